"""How a mailbox is: what was looked at, what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from relasi.channels.email import dkim, domains, imap
from relasi.channels.email.composing import domain_of
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.email.oauth import SignInError
from relasi.channels.email.smtp import Connection
from relasi.channels.interface import Finding, Health
from relasi.channels.models import Account
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

SILENT = timedelta(days=7)
RECEIVING, IDLING, FOLDERS = _("Receiving (IMAP)"), _("New mail at once (IDLE)"), _("Folders")
SENDING, ENCRYPTION, LAST = _("Sending (SMTP)"), _("Encryption"), _("Last received")
SPF, DKIM, DMARC, MX = _("SPF record"), _("DKIM signature"), _("DMARC record"), _("MX record")
LOOK_AT_SETTINGS = _("Check host, port, encryption, user name and password in the settings of this channel.")
ASK_LATER = _("Nothing to do now; it is looked at again by itself.")


def check(account: Account) -> Health:
    """Everything about the mailbox. Signs in at both servers and asks the DNS."""
    mailbox = Mailbox(account)
    return Health((*_imap(mailbox), *_smtp(mailbox), *_dns(mailbox), *_last(mailbox)))


def _imap(mailbox: Mailbox) -> Iterator[Finding]:
    if not mailbox.receives:
        yield Finding(
            state="warning",
            what=RECEIVING,
            words=_("No server for receiving is set; this mailbox only sends."),
            todo=LOOK_AT_SETTINGS,
        )
        return
    try:
        with imap.client(mailbox.account) as client:
            yield Finding(
                state="good",
                what=RECEIVING,
                words=_("Signed in at %(host)s."),
                values={"host": mailbox.imap_host},
            )
            yield _folders(client, mailbox)
            yield _idle(client)
    except InputError as error:
        yield _broken(RECEIVING, error)
    yield from _encryption(mailbox, "imap")


def _folders(client: imap.Client, mailbox: Mailbox) -> Finding:
    wanted = [*mailbox.folders, *filter(None, [mailbox.text("move_to")])]
    missing = [name for name in wanted if not client.folder_exists(name)]
    if not missing:
        return Finding(
            state="good",
            what=FOLDERS,
            words=_("All folders are there: %(names)s."),
            values={"names": ", ".join(wanted)},
        )
    there = [str(name) for _flags, _delimiter, name in client.list_folders()][:30]
    return Finding(
        state="broken",
        what=FOLDERS,
        words=_("The mailbox has no folder named %(names)s."),
        todo=_("Choose among the folders it has: %(there)s."),
        values={"names": ", ".join(missing), "there": ", ".join(there)},
    )


def _idle(client: imap.Client) -> Finding:
    if client.has_capability("IDLE"):
        return Finding(state="good", what=IDLING, words=_("The server tells of new mail at once."))
    return Finding(
        state="good", what=IDLING, words=_("The server does not tell of new mail; it is asked every minute.")
    )


def _smtp(mailbox: Mailbox) -> Iterator[Finding]:
    if not mailbox.sends:
        yield Finding(
            state="warning",
            what=SENDING,
            words=_("No server for sending is set; this mailbox only receives."),
            todo=LOOK_AT_SETTINGS,
        )
        return
    try:
        connection = Connection(mailbox.relay())
    except InputError as error:
        yield _broken(SENDING, error)
    else:
        words = _("Signed in at %(host)s.") if connection.relay.sign_in else _("Connected to %(host)s.")
        yield Finding(state="good", what=SENDING, words=words, values={"host": mailbox.smtp_host})
        connection.close()
    yield from _encryption(mailbox, "smtp")


def _encryption(mailbox: Mailbox, kind: str) -> Iterator[Finding]:
    if mailbox.security(kind) == "none":
        host = mailbox.imap_host if kind == "imap" else mailbox.smtp_host
        yield Finding(
            state="warning",
            what=ENCRYPTION,
            words=_(
                "The connection to %(host)s is not encrypted; mails and passwords can be read on the way."
            ),
            todo=_(
                "Choose TLS or STARTTLS in the settings of this channel, unless the server is in your own"
                " network."
            ),
            values={"host": host},
        )


def _dns(mailbox: Mailbox) -> Iterator[Finding]:
    domain = domain_of(mailbox.address)
    if not mailbox.sends or not domain:
        return
    servers = mailbox.text("dns").replace(",", " ").split() or settings.RELASI_DNS
    try:
        names = domains.Names(servers)
    except ValueError:
        yield Finding(
            state="warning",
            what=SPF,
            words=_("The name server in the settings is not an address."),
            todo=_("Write it like 10.0.0.2 or 127.0.0.1:5353."),
        )
        return
    looks: tuple[tuple[str, Callable[[domains.Names, Mailbox, str], Finding]], ...] = (
        (SPF, _spf),
        (DKIM, _dkim),
        (DMARC, _dmarc),
        (MX, _mx),
    )
    is_dead = False
    for what, look in looks:
        try:
            if is_dead:
                raise domains.Unreachable
            yield look(names, mailbox, domain)
        except domains.Unreachable:
            is_dead = True
            yield Finding(
                state="unknown",
                what=what,
                words=_("No name server answered, so this is not known."),
                todo=ASK_LATER,
            )


def _spf(names: domains.Names, mailbox: Mailbox, domain: str) -> Finding:
    found = domains.spf(names, domain, relay=mailbox.smtp_host)
    values = {"domain": domain, "host": mailbox.smtp_host}
    if not found.records:
        return Finding(
            state="warning",
            what=SPF,
            words=_("%(domain)s does not say which servers may send for it."),
            todo=_("Ask your mail provider for the SPF record and add it as TXT record of %(domain)s."),
            values=values,
        )
    if found.records > 1:
        return Finding(
            state="broken",
            what=SPF,
            words=_("%(domain)s has more than one SPF record, so none of them counts."),
            todo=_("Make one TXT record of them."),
            values=values,
        )
    if found.is_open:
        return Finding(
            state="warning",
            what=SPF,
            words=_("The SPF record of %(domain)s lets every server send."),
            todo=_("Let the record end in ~all or -all."),
            values=values,
        )
    if not found.passes:
        return Finding(
            state="warning",
            what=SPF,
            words=_("The SPF record of %(domain)s does not name %(host)s."),
            todo=_("If mails leave from there, add it to the record; else there is nothing to do."),
            values=values,
        )
    return Finding(state="good", what=SPF, words=_("%(domain)s lets %(host)s send."), values=values)


def _dkim(names: domains.Names, mailbox: Mailbox, domain: str) -> Finding:
    if not mailbox.signs:
        return Finding(
            state="good",
            what=DKIM,
            words=_("Relasi does not sign; the mail server may do it."),
        )
    name = f"{mailbox.text('dkim_selector')}._domainkey.{mailbox.dkim_domain}"
    private = mailbox.secret("dkim_key")
    try:
        values = {"name": name, "record": dkim.record_of(private)}
    except InputError as error:
        return _broken(DKIM, error)
    found = [one for one in names.texts(name) if "p=" in one]
    if not found:
        return Finding(
            state="broken",
            what=DKIM,
            words=_("The DNS has no key at %(name)s, so our signatures do not count."),
            todo=_("Add a TXT record there: %(record)s"),
            values=values,
        )
    if not any(dkim.is_same_key(one, private) for one in found):
        return Finding(
            state="broken",
            what=DKIM,
            words=_("The DNS has another key at %(name)s than the one we sign with."),
            todo=_("Replace the TXT record there by: %(record)s"),
            values=values,
        )
    return Finding(state="good", what=DKIM, words=_("The key at %(name)s is ours."), values=values)


def _dmarc(names: domains.Names, _mailbox: Mailbox, domain: str) -> Finding:
    found = domains.dmarc(names, domain)
    values = {"domain": domain}
    if found is None or found.get("p", "").lower() not in {"none", "quarantine", "reject"}:
        return Finding(
            state="warning",
            what=DMARC,
            words=_("%(domain)s does not say what to do with forged mails (DMARC)."),
            todo=_("Add a TXT record at _dmarc.%(domain)s, to begin with: v=DMARC1; p=none"),
            values=values,
        )
    policy = found["p"].lower()
    if policy == "none":
        return Finding(
            state="good",
            what=DMARC,
            words=_("%(domain)s watches forged mails and lets them through (p=none)."),
            todo=_("Once your own mails pass, p=quarantine protects your name."),
            values=values,
        )
    return Finding(
        state="good",
        what=DMARC,
        words=_("%(domain)s has forged mails kept out (p=%(policy)s)."),
        values=values | {"policy": policy},
    )


def _mx(names: domains.Names, _mailbox: Mailbox, domain: str) -> Finding:
    found = [one for one in names.mail_servers(domain) if one]
    if found:
        return Finding(
            state="good",
            what=MX,
            words=_("Mail to %(domain)s goes to %(hosts)s."),
            values={"domain": domain, "hosts": ", ".join(found[:5])},
        )
    return Finding(
        state="warning",
        what=MX,
        words=_("%(domain)s has no server that takes mail, so nobody can answer."),
        todo=_("Add an MX record for %(domain)s."),
        values={"domain": domain},
    )


def _last(mailbox: Mailbox) -> Iterator[Finding]:
    if not mailbox.receives:
        return
    received = mailbox.account.received_at
    if received is None:
        yield Finding(state="good", what=LAST, words=_("No mail has been received yet."))
        return
    silence = timezone.now() - received
    yield Finding(
        state="warning" if silence > SILENT else "good",
        what=LAST,
        words=_("The last mail came %(days)s days ago.")
        if silence.days
        else _("The last mail came within a day."),
        todo=_("Send a mail to the address to see whether it arrives.") if silence > SILENT else "",
        values={"days": silence.days},
    )


def _broken(what: str, error: InputError) -> Finding:
    is_final = not isinstance(error, SignInError) or error.is_final
    todo = getattr(error, "todo", "") or (LOOK_AT_SETTINGS if is_final else ASK_LATER)
    return Finding(
        state="broken" if is_final else "unknown", what=what, words=error.text, todo=todo, values=error.values
    )
