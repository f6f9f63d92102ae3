"""Mails from a mailbox (IMAP4rev1, RFC 3501; IDLE, RFC 2177): each kept raw before the cursor moves, none
taken twice.

`Account.cursor` is {"folders": {name: {"validity": UIDVALIDITY, "uid": the last one taken in}}}. Nothing is
ever deleted on the server.
"""

from __future__ import annotations

import hashlib
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Event as Stop
from typing import Any, NamedTuple

from django.db import close_old_connections, connections
from django.utils import timezone
from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from relasi.channels import reaching
from relasi.channels.email import oauth
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.email.smtp import trusted, why
from relasi.channels.models import Account, Intake
from relasi.channels.receiving import take_in
from relasi.lib.mail import headers
from relasi.lib.mail.problems import Notes
from relasi.lib.mail.words import decode_words
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

TIMEOUT = 60.0
AT_ONCE = 50  # mails
BYTES_AT_ONCE = 8 * 1024 * 1024
HEAD = 256 * 1024  # bytes in which the headers are looked for
LONGEST_ID = 180
RENEW = 600.0  # seconds of IDLE, after which every folder is looked at too
SLICE = 2.0  # seconds after which a listener sees that it is to stop
POLL = 60.0  # seconds between two looks where there is no IDLE
BACKOFF = (1.0, 5.0, 15.0)  # seconds; after as many failures in a row whoever called is told
SENT_NAMES = re.compile(r"(?:^|[./\\])(?:sent|sent (?:items|mail|messages)|terkirim|gesendet)$", re.I)
MESSAGE_ID_PARTS = ("from", "date", "subject")

log = logging.getLogger(__name__)
logging.getLogger("imapclient").setLevel(logging.INFO)  # below that it writes down what signs in


class ImapError(InputError):
    """The mailbox cannot be read now."""


class Folder(NamedTuple):
    """As selected: `validity` changes when the server has numbered its mails anew; `next_uid` the coming
    one's.
    """

    name: str
    validity: int
    next_uid: int
    is_sent: bool


class Found(NamedTuple):
    uid: int
    raw: bytes
    arrived: datetime | None


class _Socketed(imaplib.IMAP4):
    """Connects to the address that was checked, with the certificate of the name."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        super().__init__(mailbox.imap_host, mailbox.port("imap"), timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = reaching.connected(
            self.host, self.port, local_ok=self.mailbox.local_ok, timeout=timeout or TIMEOUT
        )
        if self.mailbox.security("imap") != "tls":
            return sock
        return trusted(self.mailbox.text("ca")).wrap_socket(sock, server_hostname=self.host)


class Client(IMAPClient):  # type: ignore[misc]
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        super().__init__(
            mailbox.imap_host, mailbox.port("imap"), ssl=mailbox.security("imap") == "tls", timeout=TIMEOUT
        )
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return _Socketed(self.mailbox)


@contextmanager
def client(account: Account) -> Iterator[Client]:
    """A connection that has signed in. Raises ImapError, SignInError."""
    mailbox = Mailbox(account)
    host = mailbox.imap_host
    try:
        connection = Client(mailbox)
    except reaching.NotReached as error:
        raise ImapError(error.text, **error.values) from None
    except (OSError, IMAPClientError, imaplib.IMAP4.error) as error:
        raise ImapError(_unreached(error), host=host, why=_reason(error)) from error
    try:
        _sign_in(connection, mailbox)
        yield connection
    except (ConnectionError, TimeoutError, ssl.SSLError, IMAPClientError, imaplib.IMAP4.error) as error:
        raise ImapError(
            _("The mail server %(host)s broke off (%(why)s)."), host=host, why=_reason(error)
        ) from error
    finally:
        try:
            connection.logout()
        except (OSError, IMAPClientError, imaplib.IMAP4.error):
            connection.shutdown()


def fetch(account: Account) -> int:
    """What is new in every folder, taken in; how many. Raises ImapError, SignInError."""
    mailbox = Mailbox(account)
    if not mailbox.receives or (mailbox.authority and not oauth.has_signed_in(account)):
        return 0
    with client(account) as connection:
        return fetch_with(connection, account)


def _renew_database() -> None:
    """A thread that listens for days lets go of a connection the database has closed."""
    if not connections["default"].in_atomic_block:
        close_old_connections()


def fetch_with(connection: Client, account: Account) -> int:
    mailbox = Mailbox(account)
    sent = sent_folders(connection)
    taken = 0
    for name in mailbox.folders:
        folder = _selected(connection, mailbox, name, is_sent=name in sent or bool(SENT_NAMES.search(name)))
        if folder:
            taken += _fetch_folder(connection, account, folder)
    return taken


def listen(account: Account, stop: Stop) -> None:
    """Stay connected until told to stop: IDLE where there is one, else a look every minute. What breaks is
    connected again; raises when that fails several times in a row.
    """
    failures = 0
    while not stop.is_set():
        try:
            account.refresh_from_db()
            with client(account) as connection:
                fetch_with(connection, account)
                failures = 0
                _stay(connection, account, stop)
        except (InputError, OSError, IMAPClientError, imaplib.IMAP4.error) as error:
            if failures >= len(BACKOFF):
                raise
            log.info("listening to %s broke: %s", account.pk, error)
            stop.wait(BACKOFF[failures])
            failures += 1
        finally:
            _renew_database()


def sent_folders(connection: Client) -> set[str]:
    """Those the server marks as holding what was sent (RFC 6154)."""
    listed = connection.list_folders()
    return {str(name) for flags, _delimiter, name in listed if b"\\sent" in {flag.lower() for flag in flags}}


def _sign_in(connection: Client, mailbox: Mailbox) -> None:
    host, user = mailbox.imap_host, mailbox.user("imap")
    try:
        if mailbox.security("imap") == "starttls":
            connection.starttls(trusted(mailbox.text("ca")))
        if mailbox.authority:
            connection.oauth2_login(user, oauth.access_token(mailbox.account))
        else:
            connection.login(user, mailbox.secret("password"))
    except (ssl.SSLError, OSError) as error:
        raise ImapError(_unreached(error), host=host, why=_reason(error)) from error
    except (IMAPClientError, imaplib.IMAP4.error, UnicodeError) as error:
        raise ImapError(
            _("The mail server %(host)s does not accept user name or password: %(why)s"),
            host=host,
            why=_reason(error),
        ) from error


def _selected(connection: Client, mailbox: Mailbox, name: str, *, is_sent: bool) -> Folder | None:
    """None when there is no such folder (any more); the check tells it."""
    try:
        answer = connection.select_folder(name, readonly=not _changes(mailbox))
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        log.warning("the folder %r of account %s cannot be opened: %s", name, mailbox.account.pk, error)
        return None
    return Folder(name, int(answer.get(b"UIDVALIDITY", 0)), int(answer.get(b"UIDNEXT", 0)), is_sent)


def _changes(mailbox: Mailbox) -> bool:
    return bool(mailbox.account.settings.get("mark_seen") or mailbox.text("move_to"))


def _fetch_folder(connection: Client, account: Account, folder: Folder) -> int:
    taken = 0
    for found in filter(None, _new(connection, account, folder)):
        uids = []
        for one in found:
            if _take(account, folder, one):
                taken += 1
            uids.append(one.uid)
        _remember(account, folder, max(uids))
        _mark(connection, account, uids)
    if _known(account).get(folder.name, {}).get("validity") != folder.validity:
        _remember(account, folder, max(folder.next_uid - 1, 0))
    return taken


def _new(connection: Client, account: Account, folder: Folder) -> Iterator[list[Found]]:
    """The mails behind the cursor, a few at once; where there is no cursor that holds, those of the last
    days.
    """
    known = _known(account).get(folder.name)
    if known and known["validity"] == folder.validity:
        last = int(known["uid"])
        uids = connection.search(["UID", f"{last + 1}:*"]) if folder.next_uid != last + 1 else []
        uids = [uid for uid in uids if uid > last]  # `n:*` always answers with the last mail
    else:
        uids = connection.search(["SINCE", _first_day(account)])
    for chunk in _chunks(connection, sorted(uids)):
        yield _fetched(connection, chunk)


def _first_day(account: Account) -> date:
    return (timezone.now() - timedelta(days=max(Mailbox(account).since_days, 0))).date()


def _chunks(connection: Client, uids: list[int]) -> Iterator[list[int]]:
    for at in range(0, len(uids), AT_ONCE):
        part = uids[at : at + AT_ONCE]
        sizes = connection.fetch(part, ["RFC822.SIZE"])
        chunk: list[int] = []
        size = 0
        for uid in part:
            if uid not in sizes:
                continue  # deleted meanwhile
            if chunk and size + sizes[uid][b"RFC822.SIZE"] > BYTES_AT_ONCE:
                yield chunk
                chunk, size = [], 0
            chunk.append(uid)
            size += sizes[uid][b"RFC822.SIZE"]
        if chunk:
            yield chunk


def _fetched(connection: Client, uids: list[int]) -> list[Found]:
    answer = connection.fetch(uids, ["BODY.PEEK[]", "INTERNALDATE"])
    return [
        Found(uid, answer[uid][b"BODY[]"], answer[uid].get(b"INTERNALDATE"))
        for uid in sorted(answer)
        if uid in uids and answer[uid].get(b"BODY[]") is not None
    ]


def _take(account: Account, folder: Folder, found: Found) -> bool:
    """Keep one mail; whether it was new. Harmless when repeated."""
    head = _head(found.raw)
    print_of = hashlib.sha256("\n".join(head.first(name) for name in MESSAGE_ID_PARTS).encode()).hexdigest()[
        :24
    ]
    external_id = _external_id(account, found.raw, head, print_of)
    before = Intake._default_manager.filter(account=account, external_id=external_id).exists()
    if before:
        return False
    meta: dict[str, Any] = {"folder": folder.name, "uid": found.uid, "print": print_of}
    if found.arrived:
        meta["arrived"] = found.arrived.astimezone(UTC).isoformat()
    if folder.is_sent:
        meta["from_us"] = True
    take_in(account, found.raw, external_id=external_id, title=_title(head), meta=meta)
    return True


def _external_id(account: Account, content: bytes, head: headers.Headers, print_of: str) -> str:
    """The Message-ID; where another mail came in under the same one, it is told apart."""
    digest = hashlib.sha256(content).hexdigest()
    named = next(iter(headers.ids(head.first("message-id"))), "")
    if not named or len(named) > LONGEST_ID:
        return digest
    known = Intake._default_manager.filter(account=account, external_id=named).only("sha256", "meta").first()
    if known and known.sha256 != digest and known.meta.get("print", print_of) != print_of:
        return f"{named[:130]}#{digest[:40]}"
    return named


def _head(content: bytes) -> headers.Headers:
    try:
        return headers.split(content[:HEAD].lstrip(b"\r\n"), Notes())[0]
    except Exception:  # whatever is wrong with it, it is kept
        log.exception("the headers of a mail cannot be read")
        return headers.Headers(())


def _title(head: headers.Headers) -> str:
    try:
        return decode_words(head.first("subject"), Notes())[:200].replace("\x00", "")
    except Exception:  # the title is for people only
        return ""


def _known(account: Account) -> dict[str, dict[str, int]]:
    found = account.cursor.get("folders")
    return found if isinstance(found, dict) else {}


def _remember(account: Account, folder: Folder, uid: int) -> None:
    before = _known(account).get(folder.name)
    if before and before["validity"] == folder.validity:
        uid = max(uid, int(before["uid"]))
    folders = _known(account) | {folder.name: {"validity": folder.validity, "uid": uid}}
    account.keep_cursor({**account.cursor, "folders": folders})


def _mark(connection: Client, account: Account, uids: Iterable[int]) -> None:
    mailbox = Mailbox(account)
    uids = list(uids)
    if mailbox.account.settings.get("mark_seen"):
        connection.add_flags(uids, [SEEN], silent=True)
    if target := mailbox.text("move_to"):
        if connection.has_capability("MOVE"):
            connection.move(uids, target)
        else:
            connection.copy(uids, target)  # nothing is deleted: the original stays where it is


def _stay(connection: Client, account: Account, stop: Stop) -> None:
    """Take in what comes until told to stop."""
    can_idle = connection.has_capability("IDLE")
    while not stop.is_set():
        if can_idle:
            _idle(connection, account, stop)
        else:
            stop.wait(POLL)
        if not stop.is_set():
            _renew_database()
            account.refresh_from_db()
            fetch_with(connection, account)


def _idle(connection: Client, account: Account, stop: Stop) -> None:
    """Until something happens in the first folder, or it is time to begin anew."""
    mailbox = Mailbox(account)
    connection.select_folder(mailbox.folders[0], readonly=not _changes(mailbox))
    if _has_new(connection, account, mailbox.folders[0]):
        return
    connection.idle()
    waited = 0.0
    try:
        while waited < RENEW and not stop.is_set():
            said = connection.idle_check(timeout=SLICE)
            if any(len(one) > 1 and one[1] in {b"EXISTS", b"RECENT"} for one in said):
                break
            if any(one and one[0] == b"BYE" for one in said):
                raise OSError("closed by the other side")
            waited += SLICE
    finally:
        connection.idle_done()


def _has_new(connection: Client, account: Account, name: str) -> bool:
    """Did something come between the last look and now?"""
    known = _known(account).get(name)
    uids = connection.search(["UID", f"{int(known['uid']) + 1}:*"]) if known else []
    return any(uid > int(known["uid"]) for uid in uids) if known else False


def _unreached(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return _("No safe connection to %(host)s could be made (%(why)s).")
    return _("The mail server %(host)s cannot be reached (%(why)s).")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return why(error)
    text = str(error)
    return re.sub(r"^b['\"]|['\"]$", "", text)[:200] or type(error).__name__
