"""What an account of the provider `mailbox` has been told: its servers, who signs in, how it sends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from relasi.channels import reaching
from relasi.channels.email import oauth
from relasi.channels.email.composing import Composed, Sender, compose, domain_of, envelope_address
from relasi.channels.email.dkim import record_of, signed
from relasi.channels.email.smtp import Relay
from relasi.channels.interface import Outgoing
from relasi.channels.models import Account

DEFAULT_PORTS = {("imap", "tls"): 993, ("smtp", "tls"): 465, ("smtp", "starttls"): 587, ("smtp", "none"): 25}
SINCE_DAYS = 30
CONNECTIONS = 4
MOST_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The account's settings, with what is usual where nothing was said."""

    account: Account

    def text(self, name: str) -> str:
        return str(self.account.settings.get(name) or "").strip()

    def number(self, name: str, default: int) -> int:
        value = self.account.settings.get(name)
        return int(value) if isinstance(value, int | float) or str(value or "").isdigit() else default

    def secret(self, name: str) -> str:
        secrets: dict[str, Any] = self.account.secrets or {}
        return str(secrets.get(name) or "")

    @property
    def address(self) -> str:
        return self.account.address.strip().lower()

    @property
    def local_ok(self) -> bool:
        return reaching.local_ok(self.account)

    @property
    def authority(self) -> str:
        """google, microsoft, or "" when one signs in with a password."""
        return self.text("sign_in") if self.text("sign_in") in oauth.AUTHORITIES else ""

    @property
    def folders(self) -> tuple[str, ...]:
        """Those to be read; the first is the one that is listened to."""
        value = self.account.settings.get("folders") or ["INBOX"]
        names = re.split(r"[\n,]", value) if isinstance(value, str) else value
        return tuple(dict.fromkeys(name.strip() for name in names if name.strip())) or ("INBOX",)

    @property
    def sends(self) -> bool:
        return bool(self.smtp_host)

    @property
    def receives(self) -> bool:
        return bool(self.imap_host)

    @property
    def smtp_host(self) -> str:
        return self.text("smtp_host") or (oauth.AUTHORITIES[self.authority].smtp if self.authority else "")

    @property
    def imap_host(self) -> str:
        return self.text("imap_host") or (oauth.AUTHORITIES[self.authority].imap if self.authority else "")

    def security(self, kind: str) -> str:
        usual = "tls" if kind == "imap" else "starttls"
        value = self.text(f"{kind}_security")
        return value if value in {"none", "starttls", "tls"} else usual

    def port(self, kind: str) -> int:
        return self.number(f"{kind}_port", DEFAULT_PORTS.get((kind, self.security(kind)), 143))

    def user(self, kind: str) -> str:
        return self.text(f"{kind}_user") or self.text("imap_user") or self.address

    @property
    def since_days(self) -> int:
        return self.number("since_days", SINCE_DAYS)

    @property
    def connections(self) -> int:
        return max(1, min(self.number("connections", CONNECTIONS), MOST_CONNECTIONS))

    @property
    def sender(self) -> Sender:
        return Sender(self.address, self.text("from_name"), domain_of(self.address))

    def relay(self) -> Relay:
        """Raises InputError, above all when a sign-in elsewhere has ended."""
        sign_in, secret = self._smtp_sign_in()
        return Relay(
            host=self.smtp_host,
            port=self.port("smtp"),
            security=self.security("smtp"),
            user=self.user("smtp") if sign_in else "",
            secret=secret,
            sign_in=sign_in,
            own_name=domain_of(self.address).encode("idna").decode() or "localhost",
            ca=self.text("ca"),
            local_ok=self.local_ok,
        )

    def _smtp_sign_in(self) -> tuple[str, str]:
        if self.authority:
            return "token", oauth.access_token(self.account)
        if self.text("smtp_user") or self.account.settings.get("smtp_sign_in", True):
            password = self.secret("smtp_password") or self.secret("password")
            return ("password", password) if password else ("", "")
        return "", ""

    def check_sender(self) -> None:
        """Raises InputError when no mail could be written: for its address, or for the key it signs with."""
        envelope_address(self.address)
        if self.signs:
            record_of(self.secret("dkim_key"))

    @property
    def signs(self) -> bool:
        return bool(self.secret("dkim_key") and self.text("dkim_selector"))

    @property
    def dkim_domain(self) -> str:
        return self.text("dkim_domain") or domain_of(self.address)

    def composed(self, message: Outgoing) -> Composed:
        """The mail, signed where the account signs. Raises InputError."""
        mail = compose(message, self.sender)
        if not self.signs:
            return mail
        content = signed(
            mail.content,
            domain=self.dkim_domain,
            selector=self.text("dkim_selector"),
            private=self.secret("dkim_key"),
        )
        return Composed(mail.key, mail.message_id, mail.sender, mail.recipients, content, mail.needs_utf8)


@lru_cache(maxsize=100)
def _pattern(address: str) -> re.Pattern[str]:
    local, _at, domain = address.partition("@")
    return re.compile(rf"{re.escape(local)}(?:\+[^@]*)?@{re.escape(domain)}", re.I)


def is_own(address: str, mailbox: str) -> bool:
    """Is it the mailbox's address, with or without something behind a plus?"""
    return bool(mailbox) and bool(_pattern(mailbox).fullmatch(address))
