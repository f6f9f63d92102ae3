"""Signing in at Google or Microsoft instead of with a password (RFC 6749 with PKCE, RFC 7636), and staying
so.

The tokens live in `Account.secrets["tokens"]`: access_token, refresh_token, expires_at (seconds since 1970).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from collections import defaultdict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings

from relasi.channels.models import Account
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

EARLY = 120  # seconds before its end at which a token is renewed
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Authority:
    """Who knows the person: its addresses, and the mail servers that go with it."""

    label: str
    authorize: str
    token: str
    scope: str
    imap: str
    smtp: str
    more: tuple[tuple[str, str], ...] = ()


AUTHORITIES: dict[str, Authority] = {
    "google": Authority(
        label="Google",
        authorize="https://accounts.google.com/o/oauth2/v2/auth",
        token="https://oauth2.googleapis.com/token",  # noqa: S106 (an address)
        scope="https://mail.google.com/",
        imap="imap.gmail.com",
        smtp="smtp.gmail.com",
        more=(("access_type", "offline"), ("prompt", "consent")),
    ),
    "microsoft": Authority(
        label="Microsoft",
        authorize="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        token="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106 (an address)
        scope="offline_access https://outlook.office.com/IMAP.AccessAsUser.All"
        " https://outlook.office.com/SMTP.Send",
        imap="outlook.office365.com",
        smtp="smtp.office365.com",
    ),
}


class SignInError(InputError):
    """The authority gave no token. `is_final`: it never will without the person; `todo` says what to do."""

    def __init__(self, text: str, /, *, is_final: bool = True, todo: str = "", **values: object) -> None:
        super().__init__(text, **values)
        self.is_final, self.todo = is_final, todo


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that began: where to send the person, and what must be the same when they come back."""

    address: str
    state: str
    verifier: str


_locks: dict[int, Lock] = defaultdict(Lock)


def begin(account: Account, *, back_to: str) -> Started:
    """Raises SignInError when the company has no application there."""
    authority, (client, _secret) = _authority(account), _client(account)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": back_to,
        "scope": authority.scope,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "login_hint": account.address,
        **dict(authority.more),
    }
    return Started(f"{authority.authorize}?{urlencode(asked)}", state, verifier)


def finish(account: Account, *, code: str, verifier: str, back_to: str) -> None:
    """Exchange what the person brought back for tokens, and keep them. Raises SignInError."""
    answer = _ask(
        account,
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": back_to,
        },
    )
    if not answer.get("refresh_token"):
        raise SignInError(
            _(
                "%(authority)s gave no lasting permission. Take back Relasi's access there and sign in once"
                " more."
            ),
            authority=_authority(account).label,
        )
    _keep(account, answer)


def access_token(account: Account) -> str:
    """One that holds for at least two minutes more. Raises SignInError."""
    with _locks[account.pk]:
        tokens = _tokens(account)
        if not _holds(tokens):
            tokens = _tokens(_fresh(account))
        if not _holds(tokens):
            tokens = _renewed(account, tokens)
        return str(tokens["access_token"])


def has_signed_in(account: Account) -> bool:
    return bool(_tokens(account).get("refresh_token"))


def _renewed(account: Account, tokens: dict[str, Any]) -> dict[str, Any]:
    if not tokens.get("refresh_token"):
        raise SignInError(
            _("Nobody has signed in at %(authority)s for this mailbox yet."),
            todo=_("Open the channel and press “Sign in”."),
            authority=_authority(account).label,
        )
    answer = _ask(account, {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    return _keep(account, answer | {"refresh_token": answer.get("refresh_token") or tokens["refresh_token"]})


def _ask(account: Account, form: dict[str, str]) -> dict[str, Any]:
    authority, (client, secret) = _authority(account), _client(account)
    data = form | {"client_id": client} | ({"client_secret": secret} if secret else {})
    try:
        response = httpx.post(authority.token, data=data, timeout=TIMEOUT, follow_redirects=False)
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        raise SignInError(
            _("%(authority)s does not answer."), is_final=False, authority=authority.label
        ) from None
    if response.status_code == 200 and isinstance(answer, dict) and answer.get("access_token"):
        return answer
    raise _refused(authority, answer if isinstance(answer, dict) else {}, response.status_code)


def _refused(authority: Authority, answer: dict[str, Any], status: int) -> SignInError:
    error = str(answer.get("error", status))
    if error in {"invalid_grant", "interaction_required", "consent_required"}:
        return SignInError(
            _("The permission at %(authority)s has ended or was taken back."),
            todo=_("Open the channel and press “Sign in”."),
            authority=authority.label,
        )
    if error in {"invalid_client", "unauthorized_client"}:
        return SignInError(
            _("%(authority)s does not know Relasi's application, or its secret is wrong."),
            todo=_("An administrator sets the id and secret of the application."),
            authority=authority.label,
        )
    is_final = status < 500 and status != 429
    return SignInError(
        _("%(authority)s refused the sign-in (%(why)s)."),
        is_final=is_final,
        authority=authority.label,
        why=error,
    )


def _keep(account: Account, answer: dict[str, Any]) -> dict[str, Any]:
    tokens = {
        "access_token": answer["access_token"],
        "refresh_token": answer.get("refresh_token", ""),
        "expires_at": int(time.time()) + int(answer.get("expires_in") or 3600),
    }
    account.secrets = {**(_fresh(account).secrets or {}), "tokens": tokens}
    Account._default_manager.filter(pk=account.pk).update(secrets=account.secrets)
    return tokens


def _fresh(account: Account) -> Account:
    found: Account = Account._default_manager.only("id", "secrets").get(pk=account.pk)
    return found


def _tokens(account: Account) -> dict[str, Any]:
    found = (account.secrets or {}).get("tokens")
    return found if isinstance(found, dict) else {}


def _holds(tokens: dict[str, Any]) -> bool:
    return bool(tokens.get("access_token")) and int(tokens.get("expires_at", 0)) - EARLY > time.time()


def _authority(account: Account) -> Authority:
    found = AUTHORITIES.get(str(account.settings.get("sign_in") or ""))
    if found is None:
        raise SignInError(_("This mailbox signs in with a password."))
    return found


def _client(account: Account) -> tuple[str, str]:
    """The company's application: the account's own, else the installation's."""
    own = str(account.settings.get("client_id") or "")
    if own:
        return own, str((account.secrets or {}).get("client_secret") or "")
    client, secret = settings.RELASI_MAIL_SIGN_IN.get(account.settings.get("sign_in"), ("", ""))
    if not client:
        raise SignInError(
            _("No application is registered at %(authority)s yet."),
            todo=_("An administrator sets the id and secret of the application."),
            authority=_authority(account).label,
        )
    return client, secret
