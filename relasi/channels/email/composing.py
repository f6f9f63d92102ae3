"""From a message on its way out to the bytes of a mail (RFC 5322, MIME), always in seven bits.

Seven bits because a relay that has to translate eight would break a signature; only addresses in other
scripts (RFC 6531) need more. Written by hand because the standard library's generator takes most of the
time of a campaign.
"""

from __future__ import annotations

import re
import time
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from hashlib import blake2s
from urllib.parse import quote

from relasi.channels.interface import File, Outgoing
from relasi.lib.text import plain
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST_LINE = 998  # RFC 5322, 2.1.1, without its end
FOLD_AT = 76
WORD_BYTES = 42  # in an encoded word: 56 signs of base64 and its marks stay below 76
PLAIN_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}[A-Za-z0-9_-]")
HEADER_NAME = re.compile(r"[!-9;-~]{1,76}")
ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,253}")
CONTENT_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,100}")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
BREAKS = re.compile(r"[\r\n\x00]")
LINE_END = re.compile(r"\r\n|\r|\n")
OURS = frozenset(
    {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to",
     "mime-version", "dkim-signature", "received", "return-path", "sender"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sender:
    """From whom mails go out: `address` of the mailbox, shown with `name`; ids are made under `domain`."""

    address: str
    name: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail ready to be handed over. `recipients[0]` is whom it is meant for."""

    key: str
    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    needs_utf8: bool = False


def compose(message: Outgoing, sender: Sender) -> Composed:
    """The mail. Raises InputError for what cannot be written, most of all for line breaks in headers."""
    to = envelope_address(message.to)
    others = [envelope_address(one) for one in (*message.cc, *message.bcc)]
    written_from = envelope_address(message.sender or sender.address)
    recipients = tuple(dict.fromkeys([to, *others]))
    has_utf8 = not all(one.isascii() for one in (*recipients, written_from, message.reply_to))
    message_id = id_of(message.key, sender.domain or domain_of(sender.address))
    lines = _headers(message, message_id, written_from, message.sender_name or sender.name, to)
    content_headers, body = _content(message, message_id)
    head = "\r\n".join([*lines, "MIME-Version: 1.0", *content_headers])
    content = b"%b\r\n\r\n%b" % (head.encode(), body)
    return Composed(message.key, message_id, envelope_address(sender.address), recipients, content, has_utf8)


def id_of(key: str, domain: str) -> str:
    """The Message-ID, without its brackets: the same for the same key."""
    local = key if PLAIN_KEY.fullmatch(key) else blake2s(key.encode(), digest_size=16).hexdigest()
    return f"{local}@{domain or 'relasi.invalid'}"


def domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


@lru_cache(maxsize=2000)
def envelope_address(address: str) -> str:
    """As SMTP writes it: the domain in ASCII. Raises InputError."""
    if not ADDRESS.fullmatch(address):
        raise InputError(_("“%(address)s” is not an e-mail address."), address=BREAKS.sub(" ", address))
    if address.isascii():
        return address
    local, _at, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise InputError(_("“%(address)s” is not an e-mail address."), address=address) from None


def header(name: str, value: str) -> str:
    """One header with its value encoded and folded, without the line end. Raises InputError."""
    if BREAKS.search(value):
        raise InputError(_("The header %(name)s holds a line break; nothing was sent."), name=name)
    if value.isascii() and "=?" not in value:
        line = f"{name}: {value}"
        return line if len(line) <= FOLD_AT else _folded(line)
    return f"{name}: {_words(value)}"


def mailbox(name: str, address: str) -> str:
    """`"Budi, S.E." <budi@contoh.id>`. Raises InputError."""
    if BREAKS.search(name):
        raise InputError(_("The name of an address holds a line break; nothing was sent."))
    name = name.strip()
    if not name:
        return address
    return f"{_phrase(name)} <{address}>"


def _headers(message: Outgoing, message_id: str, sender: str, sender_name: str, to: str) -> list[str]:
    lines = [
        _addresses("From", [mailbox(sender_name, sender)]),
        _addresses("To", [mailbox(message.to_name, to)]),
        header("Subject", message.subject),
        f"Date: {_now(int(time.time()))}",
        f"Message-ID: <{message_id}>",
    ]
    if message.cc:
        lines.append(_addresses("Cc", [envelope_address(one) for one in message.cc]))
    if message.reply_to:
        lines.append(_addresses("Reply-To", [envelope_address(message.reply_to)]))
    if message.answers:
        lines.append(header("In-Reply-To", _bracketed(message.answers)))
    if line_before := tuple(dict.fromkeys((*message.references, *filter(None, (message.answers,))))):
        lines.append(header("References", " ".join(_bracketed(one) for one in line_before)))
    for name, value in message.headers:
        lines.append(header(_checked_name(name), value))
    return lines


def _checked_name(name: str) -> str:
    if not HEADER_NAME.fullmatch(name) or name.lower() in OURS or name.lower().startswith("content-"):
        raise InputError(_("The header “%(name)s” cannot be set."), name=BREAKS.sub(" ", name))
    return name


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip('<> ')}>"


def _addresses(name: str, mailboxes: list[str]) -> str:
    """Mailboxes are encoded already; an address in another script stays as it is (RFC 6532)."""
    line = f"{name}: {', '.join(mailboxes)}"
    return line if len(line) <= FOLD_AT else _folded(line)


@lru_cache(maxsize=4)
def _now(second: int) -> str:
    return formatdate(second, localtime=False).replace("-0000", "+0000")


@lru_cache(maxsize=4000)
def _phrase(name: str) -> str:
    if not name.isascii():
        return _words(name)
    if ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@lru_cache(maxsize=4000)
def _words(value: str) -> str:
    """Encoded words (RFC 2047), none cut within a letter."""
    pieces, piece = [], b""
    for sign in value:
        more = sign.encode("utf-8", "replace")
        if len(piece) + len(more) > WORD_BYTES:
            pieces.append(piece)
            piece = b""
        piece += more
    pieces.append(piece)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(one).decode()}?=" for one in pieces)


def _folded(line: str) -> str:
    """In lines of at most 76 signs where there are blanks to break at. Raises InputError beyond 998."""
    lines, current = [], ""
    for word in line.split(" "):
        if current.strip() and len(current) + 1 + len(word) > FOLD_AT and not current.endswith(":"):
            lines.append(current)
            current = " " + word
        else:
            current = f"{current} {word}" if current else word
    lines.append(current)
    if any(len(one.encode()) > LONGEST_LINE for one in lines):
        raise InputError(_("A header is too long to be sent."))
    return "\r\n".join(one for one in lines if one.strip())


Part = tuple[list[str], bytes]


def _content(message: Outgoing, message_id: str) -> Part:
    """The letter and its files: mixed(alternative(text, related(html, pictures)), files) as far as needed."""
    pictures = [one for one in message.files if one.is_inline and message.html]
    files = [one for one in message.files if one not in pictures]
    marker = blake2s(message_id.encode(), digest_size=9).hexdigest()
    letter = _letter(message, pictures, marker)
    return _joined("mixed", [letter, *map(_file, files)], marker + "m") if files else letter


def _letter(message: Outgoing, pictures: list[File], marker: str) -> Part:
    if not message.html:
        return _text("plain", message.text)
    html = _text("html", message.html)
    if pictures:
        html = _joined("related", [html, *map(_file, pictures)], marker + "r")
    text = message.text or plain(message.html)
    return _joined("alternative", [_text("plain", text), html], marker + "a")


def _joined(kind: str, parts: list[Part], marker: str) -> Part:
    boundary = f"=_{marker}"  # `=_` never stands in quoted-printable or base64
    pieces = []
    for headers, body in parts:
        head = "\r\n".join(headers)
        pieces.append(b"--%b\r\n%b\r\n\r\n%b\r\n" % (boundary.encode(), head.encode(), body))
    pieces.append(b"--%b--\r\n" % boundary.encode())
    return [f'Content-Type: multipart/{kind}; boundary="{boundary}"'], b"".join(pieces)


def _text(kind: str, text: str) -> Part:
    """In the first of 7bit, quoted-printable and base64 that carries it well."""
    if "\n" in text or "\r" in text:
        text = LINE_END.sub("\r\n", text)
    if not text.endswith("\r\n"):
        text += "\r\n"
    data = text.encode("utf-8", "replace")
    if text.isascii() and _fits(data):
        way = "7bit"
    elif (len(data) - len(text)) * 5 > len(text) * 2:  # most of it is not Latin
        way, data = "base64", _base64(data)
    else:
        way, data = "quoted-printable", b2a_qp(data, istext=True)
    charset = "us-ascii" if way == "7bit" else "utf-8"
    return [f"Content-Type: text/{kind}; charset={charset}", f"Content-Transfer-Encoding: {way}"], data


def _fits(data: bytes) -> bool:
    """May it travel as it is?"""
    if b"\x00" in data or b"=_" in data:
        return False
    return len(data) <= LONGEST_LINE or max(map(len, data.split(b"\r\n"))) <= LONGEST_LINE


def _base64(data: bytes) -> bytes:
    return b"".join(b"%b\r\n" % line for line in _lines(b64encode(data)))


def _lines(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), 76):
        yield data[at : at + 76]


def _file(file: File) -> Part:
    kind = file.content_type if CONTENT_TYPE.fullmatch(file.content_type) else "application/octet-stream"
    if kind.startswith(("message/", "multipart/")):  # they may not be encoded (RFC 2046, 5.2.1)
        kind = "application/octet-stream"
    placing = "inline" if file.is_inline else "attachment"
    headers = [
        f"Content-Type: {kind}",
        f"Content-Disposition: {placing};{_file_name(file.name)}",
        "Content-Transfer-Encoding: base64",
    ]
    if file.content_id:
        if BREAKS.search(file.content_id):
            raise InputError(_("The name of an address holds a line break; nothing was sent."))
        headers.append(f"Content-ID: {_bracketed(file.content_id)}")
    return headers, _base64(file.content)


def _file_name(name: str) -> str:
    """The parameter, in pieces where it is long (RFC 2231)."""
    safe = re.sub(r"[\x00-\x1f\x7f/\\]+", " ", name).strip() or "file"
    if safe.isascii() and len(safe) < 60:
        escaped = safe.replace('"', "'")
        return f'\r\n filename="{escaped}"'
    coded = "utf-8''" + quote(safe, safe="", encoding="utf-8", errors="replace")
    pieces = re.findall(r"(?:%[0-9A-F]{2}|[^%]){1,18}", coded)
    if len(pieces) == 1:
        return f"\r\n filename*={coded}"
    return ";".join(f"\r\n filename*{at}*={piece}" for at, piece in enumerate(pieces))
