"""What WhatsApp, Messenger and Instagram share: Meta's Graph API, how it is called, signed, and says no."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from relasi.channels.hooks import Hook, kept
from relasi.channels.interface import Finding, Outcome, OutcomeState
from relasi.channels.models import Account, Intake
from relasi.channels.picking import pick, text
from relasi.channels.receiving import take_in
from relasi.channels.web import MEGABYTE, Reply, Unsure, Web, WebError, outcome_of
from relasi.lib.secrets import equal
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

BASE = "https://graph.facebook.com"
VERSION = "v25.0"
OWN_HOSTS = (
    ".facebook.com",
    ".fbsbx.com",
    ".fbcdn.net",
    ".cdninstagram.com",
    ".whatsapp.net",
    ".whatsapp.com",
)
LONGEST_HOOK = 3 * MEGABYTE  # Meta sends up to 3 MB at once

SOON = timedelta(days=7)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means for a message, in words that say what to do."""

    state: OutcomeState
    words: str
    wait: timedelta | None = None
    bounce: str = ""


TOKEN_ENDED = Meaning(
    "later",
    _("The access token has expired or was withdrawn. Make a new one at Meta and enter it here."),
    timedelta(minutes=15),
)
TOO_MUCH = Meaning("later", _("Too many requests for the moment; it is tried again."), 5 * MINUTE)
TROUBLE = Meaning("later", _("Meta has a fault at the moment; it is tried again."), 2 * MINUTE)
NOT_ALLOWED = Meaning(
    "refused",
    _("The access token may not do this. Give its user the right to this channel, make a new one."),
)
COMMON: dict[int, Meaning] = {
    0: TOKEN_ENDED,
    102: TOKEN_ENDED,
    190: TOKEN_ENDED,
    1: TROUBLE,
    2: TROUBLE,
    1200: TROUBLE,
    4: TOO_MUCH,
    17: TOO_MUCH,
    32: TOO_MUCH,
    613: TOO_MUCH,
    80007: TOO_MUCH,
    3: NOT_ALLOWED,
    10: NOT_ALLOWED,
    33: Meaning(
        "refused", _("The number or page is not known to Meta any more. Check its id in the settings.")
    ),
    368: Meaning(
        "refused",
        _("Meta has blocked this account for a time for breaking its rules. See Account Quality at Meta."),
        bounce="policy",
    ),
}


class GraphError(InputError):
    """Meta said no. `meaning` is what it is for a message, `code` its number (the inner one behind it)."""

    def __init__(self, meaning: Meaning, code: str, values: Mapping[str, object]) -> None:
        super().__init__(meaning.words, **values)
        self.meaning, self.code = meaning, code

    def outcome(self, key: str) -> Outcome:
        return Outcome(
            key=key, state=self.meaning.state, code=self.code, words=self.text, values=self.values,
            wait=self.meaning.wait,
        )  # fmt: skip


def call(
    web: Web,
    account: Account,
    method: str,
    path: str,
    *,
    words: Mapping[int, Meaning] | None = None,
    **given: Any,
) -> dict[str, Any]:
    """What Meta answers. Raises GraphError for its no, NotSent and Unsure when there is no answer."""
    params = {**given.pop("params", {}), **_proof(account)}
    reply = web.ask(method, address(account, path), params=params, headers=bearer(account), **given)
    return answer_of(reply, words or {})


def answer_of(reply: Reply, words: Mapping[int, Meaning]) -> dict[str, Any]:
    found = reply.json
    if isinstance(found, dict) and isinstance(found.get("error"), dict):
        raise error_of(found["error"], words)
    if reply.is_good and isinstance(found, dict):
        return found
    if reply.status == 429:
        raise GraphError(TOO_MUCH, "429", {})
    if 300 <= reply.status < 500:
        raise GraphError(Meaning("refused", _("The request was refused (%(code)s).")), str(reply.status),
                         {"code": reply.status})  # fmt: skip
    raise Unsure(_("The answer could not be understood (%(code)s)."), code=reply.status)


def error_of(error: Mapping[str, Any], words: Mapping[int, Meaning]) -> GraphError:
    """An error object of Meta's, from an answer or a webhook."""
    number, inner = _number(pick(error, "code")), _number(pick(error, "error_subcode"))
    details = text(error, "error_data", "details") or text(error, "message") or text(error, "title")
    details = details.strip().rstrip(".")
    meaning = words.get(inner) or words.get(number) or COMMON.get(number) or _of_a_range(number)
    code = f"{number}/{inner}" if inner else str(number)
    return GraphError(meaning, code, {"details": details, "code": code})


def handed_over(
    key: str, bodies: Sequence[Body], post: Callable[[Body], Body], *id_path: str | int
) -> Outcome:
    """Hand the parts of a message over in order, under the id of the first. One that fails behind another
    leaves the message uncertain.
    """
    taken: list[str] = []
    for body in bodies:
        outcome = _handed_over(key, body, post, id_path)
        if outcome.state != "accepted":
            return outcome if not taken else _halfway(outcome, taken, len(bodies))
        taken.append(outcome.external_id)
    return Outcome(key=key, state="accepted", external_id=taken[0])


def _handed_over(
    key: str, body: Body, post: Callable[[Body], Body], id_path: tuple[str | int, ...]
) -> Outcome:
    try:
        found = post(body)
    except GraphError as error:
        return error.outcome(key)
    except WebError as error:
        return outcome_of(error, key)
    if external_id := text(found, *id_path):
        return Outcome(key=key, state="accepted", external_id=external_id)
    return Outcome(key=key, state="uncertain", code="id", words=_("Meta took it but gave no id for it."))


def _halfway(failed: Outcome, taken: list[str], parts: int) -> Outcome:
    return replace(
        failed,
        state="uncertain",
        external_id=taken[0],
        wait=None,
        words=_("Only %(taken)s of %(parts)s parts were taken (code %(code)s); the others were not."),
        values={"taken": len(taken), "parts": parts, "code": failed.code},
    )


def before_sending(error: InputError, key: str) -> Outcome:
    """What a message is of which nothing was sent yet: only its files were handed over, or it cannot be."""
    if isinstance(error, GraphError):
        return error.outcome(key)
    if isinstance(error, WebError):
        return replace(outcome_of(error, key), state="later")
    return Outcome(key=key, state="refused", code="input", words=error.text, values=error.values)


def passed_on(account: Account, intake: Intake, content: bytes, setting: str, number: str) -> bool:
    """One app at Meta has one address for all its numbers and pages: what is for another one goes to its own
    channel, if that holds the same app secret.
    """
    if not number or number == account.settings.get(setting):
        return False
    named = {f"settings__{setting}": number}
    others = Account._default_manager.all().in_use().filter(provider=account.provider, **named)
    secret = account.secrets.get("app_secret")
    for other in others:
        if secret and other.secrets.get("app_secret") == secret:
            take_in(other, content, external_id=intake.external_id, title=intake.title, meta=intake.meta)
            return True
    return False


def ending_token(web: Web, account: Account, now: datetime) -> list[Finding]:
    """A warning when the token ends soon. Nothing is said where Meta does not say."""
    asked = {"input_token": str(account.secrets.get("access_token", ""))}
    try:
        found = call(web, account, "GET", "debug_token", params=asked, whole=20)
    except InputError:
        return []
    ends = pick(found, "data", "expires_at")
    if not isinstance(ends, int) or not 0 < ends < 1e11:
        return []
    left = datetime.fromtimestamp(ends, UTC) - now
    if left > SOON:
        return []
    return [
        Finding(
            state="warning",
            what=_("Access token"),
            words=_("It ends in %(days)s days."),
            values={"days": max(left.days, 0)},
            todo=_("Make a token of a system user that never ends, and enter it here."),
        )
    ]


def unreached(error: InputError) -> Finding:
    """Meta did not answer the check, or said no."""
    if isinstance(error, GraphError):
        return Finding(state="broken", what=_("Access token"), words=error.text, values=error.values)
    return Finding(
        state="unknown",
        what=_("Connection"),
        words=error.text,
        values=error.values,
        todo=_("Look whether this server reaches the internet."),
    )


def bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets.get('access_token', '')}"}


def address(account: Account, path: str) -> str:
    base = str(account.settings.get("base_url") or BASE).rstrip("/")
    return f"{base}/{account.settings.get('version') or VERSION}/{path}"


def is_own_host(account: Account, url: str) -> bool:
    """Whether an address of a file is Meta's, so that it may be fetched, with the token."""
    try:
        parts = urlsplit(url)
        own = urlsplit(str(account.settings.get("base_url") or BASE))
    except ValueError:
        return False
    if (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(OWN_HOSTS)


def signed(secret: str, body: bytes) -> str:
    """The value of X-Hub-Signature-256 over the raw bytes (Meta, “Validating payloads”)."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _verify(account: Account, request: HttpRequest) -> bool:
    if request.method == "GET":
        expected = str(account.secrets.get("verify_token", ""))
        asked = request.GET.get("hub.mode") == "subscribe"
        return asked and bool(expected) and equal(request.GET.get("hub.verify_token", ""), expected)
    secret = str(account.secrets.get("app_secret", ""))
    return bool(secret) and equal(
        request.headers.get("X-Hub-Signature-256", ""), signed(secret, request.body)
    )


def _answer(account: Account, request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return HttpResponse(request.GET.get("hub.challenge", "")[:200], content_type="text/plain")
    kept(account, request)
    return HttpResponse("ok", content_type="text/plain")


GRAPH_HOOK = Hook(verify=_verify, answer=_answer, methods=("GET", "POST"), most=LONGEST_HOOK)


def _proof(account: Account) -> dict[str, str]:
    """`appsecret_proof`: shows that who holds the token also holds the app's secret."""
    secret, token = str(account.secrets.get("app_secret", "")), str(account.secrets.get("access_token", ""))
    if not (secret and token):
        return {}
    return {"appsecret_proof": hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()}


def _number(value: object) -> int:
    return (
        value
        if isinstance(value, int)
        else int(value)
        if isinstance(value, str) and value.isdecimal() and len(value) < 12
        else 0
    )


def _of_a_range(number: int) -> Meaning:
    if 200 <= number <= 299:
        return NOT_ALLOWED
    return Meaning("refused", _("Meta refused it: %(details)s (%(code)s)."))
