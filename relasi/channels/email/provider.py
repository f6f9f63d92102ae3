"""How e-mail is carried: by a mailbox of the company's own choice, over IMAP and SMTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from relasi.channels.email import imap
from relasi.channels.email.checking import check
from relasi.channels.email.forms import MailboxForm
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.email.reading import read
from relasi.channels.email.sending import SIGN_IN_WAIT, TROUBLE_WAIT, send_all
from relasi.channels.interface import Outcome, Outgoing, Provider, register
from relasi.channels.models import Account
from relasi.kit.access.rights import may
from relasi.kit.resources import Panel, extend
from relasi.lib.wording import InputError


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    """Each outcome as soon as it is known. What is wrong with the account itself makes all of them wait."""
    mailbox = Mailbox(account)
    try:
        mailbox.check_sender()
        relay = mailbox.relay()
    except InputError as error:
        wait = SIGN_IN_WAIT if getattr(error, "is_final", True) else TROUBLE_WAIT
        for message in messages:
            yield Outcome(
                key=message.key,
                state="later",
                code="sign-in",
                words=error.text,
                values=error.values,
                wait=wait,
            )
        return
    yield from send_all(relay, mailbox.composed, messages, connections=mailbox.connections)


def link(_account: Account, outgoing: Outgoing) -> str:
    """A `mailto:` address with everything filled in."""
    known = {"subject": outgoing.subject, "body": outgoing.text, "cc": ",".join(outgoing.cc)}
    filled = {name: value for name, value in known.items() if value}
    return f"mailto:{quote(outgoing.to, safe='@')}" + (
        f"?{urlencode(filled, quote_via=quote)}" if filled else ""
    )


MAILBOX = register(
    Provider(
        name="mailbox",
        channel="email",
        label=_("Mailbox (IMAP and SMTP)"),
        icon="mail",
        settings=MailboxForm,
        secrets=("password", "smtp_password", "dkim_key", "client_secret"),
        send=send,
        read=read,
        fetch=imap.fetch,
        listen=imap.listen,
        check=check,
        link=link,
        help=_("Any mailbox: of your provider, of your own server, of Google or of Microsoft."),
    )
)


def signing(account: Any, user: Any) -> dict[str, Any] | None:
    """Signing in at Google or Microsoft, and signing mails."""
    if account.provider != MAILBOX.name or not may(user, "change", account):
        return None
    mailbox = Mailbox(account)
    return {"authority": mailbox.authority.capitalize(), "is_signed": bool(mailbox.secret("dkim_key"))}


extend(
    "channels",
    panel=Panel(
        name="mailbox",
        label=_("Signing"),
        template="channels/panel_mailbox.html",
        context=signing,
        order=7,
    ),
)
