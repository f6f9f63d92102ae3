"""SMS by SMPP 3.4: a line to the telephone company itself, one to send and one to receive."""

from __future__ import annotations

import re
import select
import ssl
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Stop
from typing import Any

from smpplib import consts, exceptions, smpp
from smpplib.client import Client

from relasi.channels import looking, raw
from relasi.channels.graph import Meaning
from relasi.channels.interface import (
    Finding,
    Health,
    Incoming,
    News,
    Outcome,
    Outgoing,
    Progress,
    ProgressState,
)
from relasi.channels.models import Account, Intake
from relasi.channels.picking import cleaned
from relasi.channels.receiving import take_in
from relasi.channels.sms.asking import meant, number, refused, sender_of
from relasi.channels.sms.parts import alphabet_of, decode, encode, split
from relasi.channels.web import TIMES
from relasi.lib.phones import normalise
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST_PDU = 65_536
MOST_PARTS = 20
ALIVE_EVERY = 30.0  # seconds without a word until we ask whether the other side is there
GSM, ASCII, LATIN, UCS2 = 0, 1, 3, 8  # data_coding
HAS_HEADER, RECEIPT, KINDS = 0x40, 0x04, 0x3C  # esm_class
MINUTE = timedelta(minutes=1)

UNREACHED = Meaning("later", _("The telephone company cannot be reached; it is tried again."), 2 * MINUTE)
BROKEN_OFF = Meaning("uncertain", _("The line broke off before the telephone company answered."))
WRONG_LOGIN = Meaning(
    "later", _("The telephone company does not accept name and password. Check both."), 15 * MINUTE
)
TOO_FAST = Meaning("later", _("The telephone company asks to send slower; it is tried again."), MINUTE)
NO_NUMBER = Meaning("refused", _("There is no such number."), bounce="hard")
OTHER = Meaning("refused", _("The telephone company refused it (%(code)s)."))
STATUS: dict[int, Meaning] = {
    0x05: Meaning("later", _("The line is in use already; another program is logged in."), 2 * MINUTE),
    0x08: Meaning(
        "later", _("The telephone company has a fault at the moment; it is tried again."), 2 * MINUTE
    ),
    0x0A: Meaning("refused", _("This sender may not be used. Enter another one in the settings.")),
    0x0B: NO_NUMBER,
    0x0D: WRONG_LOGIN,
    0x0E: WRONG_LOGIN,
    0x0F: WRONG_LOGIN,
    0x14: TOO_FAST,
    0x58: TOO_FAST,
}
STATES: dict[str, tuple[ProgressState, str]] = {
    "DELIVRD": ("delivered", ""), "ACCEPTD": ("sent", ""), "ENROUTE": ("sent", ""),
    "EXPIRED": ("failed", "soft"), "DELETED": ("failed", ""), "UNDELIV": ("failed", "soft"),
    "REJECTD": ("failed", "policy"), "UNKNOWN": ("failed", ""),
}  # fmt: skip
RECEIPT_TEXT = re.compile(r"id:(?P<id>\S+).*?stat:(?P<stat>[A-Z]{5,8})(?:.*?err:(?P<err>\S+))?", re.S | re.I)


class Line(Client):  # type: ignore[misc]
    """A connection that keeps the bytes of what came last."""

    raw: bytes = b""

    def read_pdu(self) -> Any:
        head = self._recv_exact(4)
        length = int.from_bytes(head)
        if not 16 <= length <= LONGEST_PDU:
            raise exceptions.PDUError("a length that cannot be", 0x02)
        self.raw = head + self._recv_exact(length - 4)
        pdu = parsed(self.raw, self)
        if pdu.command in consts.STATE_SETTERS and not pdu.is_error():
            self.state = consts.STATE_SETTERS[pdu.command]
        return pdu


def parsed(content: bytes, line: Line) -> Any:
    """Raises PDUError for what is none."""
    try:
        pdu = smpp.parse_pdu(content, client=line, allow_unknown_opt_params=True)
    except exceptions.PDUError:
        raise
    except Exception as error:  # whatever strange bytes do to the library
        raise exceptions.PDUError("no PDU", 0x03) from error
    if pdu is None:
        raise exceptions.PDUError("no PDU", 0x03)
    return pdu


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    waiting = list(messages)
    try:
        with _bound(account, "bind_transmitter") as line:
            while waiting:
                outcome = _sent(line, account, waiting.pop(0))
                yield outcome
                if outcome.code == "line":
                    break
    except (OSError, exceptions.ConnectionError):
        yield from (meant(one.key, UNREACHED, "line") for one in waiting)
        return
    except exceptions.PDUError as error:
        yield from (_said_no(one.key, _status(error)) for one in waiting)
        return
    yield from (meant(one.key, UNREACHED, "line") for one in waiting)


def _sent(line: Line, account: Account, message: Outgoing) -> Outcome:
    try:
        pieces = _pieces(account, message)
    except InputError as error:
        return refused(message.key, error)
    taken: list[str] = []
    for piece in pieces:
        try:
            answer = _submitted(line, piece)
        except (OSError, exceptions.ConnectionError, exceptions.PDUError):
            return meant(message.key, BROKEN_OFF, "line")
        if answer.status:
            if not taken:
                return _said_no(message.key, answer.status)
            values = {"taken": len(taken), "parts": len(pieces), "code": hex(answer.status)}
            words = _("Only %(taken)s of %(parts)s parts were taken (code %(code)s); the others were not.")
            return Outcome(
                key=message.key, state="uncertain", external_id=taken[0], words=words, values=values,
                code=hex(answer.status),
            )  # fmt: skip
        taken.append(_text(answer.message_id))
    return Outcome(key=message.key, state="accepted", external_id=taken[0] or message.key)


def _pieces(account: Account, message: Outgoing) -> list[dict[str, Any]]:
    """What each part is submitted with. Raises InputError."""
    pieces, alphabet = split(message.text), alphabet_of(message.text)
    if not pieces:
        raise InputError(_("There is nothing in the message."))
    if len(pieces) > MOST_PARTS:
        raise InputError(_("The text is too long for an SMS."))
    sender = sender_of(account, message)
    is_number = bool(re.fullmatch(r"\+?\d+", sender))
    about = {
        "source_addr_ton": (1 if sender.startswith("+") else 0) if is_number else 5,
        "source_addr_npi": 1 if is_number else 0, "source_addr": sender.removeprefix("+"),
        "dest_addr_ton": 1, "dest_addr_npi": 1,
        "destination_addr": normalise(message.to).e164.removeprefix("+"),
        "data_coding": GSM if alphabet == "GSM-7" else UCS2, "registered_delivery": 1,
        "esm_class": HAS_HEADER if len(pieces) > 1 else 0,
    }  # fmt: skip
    reference = zlib.crc32(message.key.encode()) & 0xFF
    heads = [bytes([5, 0, 3, reference, len(pieces), at]) for at in range(1, len(pieces) + 1)]
    return [
        {**about, "short_message": (head if len(pieces) > 1 else b"") + encode(piece, alphabet)}
        for head, piece in zip(heads, pieces, strict=True)
    ]


def _submitted(line: Line, piece: dict[str, Any]) -> Any:
    """The answer to a part; whether the other side asks meanwhile if we are there is answered too."""
    sent = line.send_message(**piece)
    while True:
        pdu = line.read_pdu()
        if pdu.command == "submit_sm_resp" and pdu.sequence == sent.sequence:
            return pdu
        if pdu.command == "generic_nack":
            return pdu
        if pdu.command == "enquire_link":
            line._enquire_link_received(pdu)


def listen(account: Account, stop: Stop) -> None:
    """Keep what comes until told to stop. Raises InputError when the line is lost."""
    try:
        with _bound(account, "bind_receiver") as line:
            quiet = 0.0
            while not stop.is_set():
                if not _has_come(line):
                    quiet += TIMES.connect / 20
                    if quiet >= ALIVE_EVERY:
                        quiet = 0.0
                        line.send_pdu(smpp.make_pdu("enquire_link", client=line))
                    continue
                quiet = 0.0
                _take(line, account, line.read_pdu())
    except (OSError, exceptions.ConnectionError, exceptions.PDUError) as error:
        raise InputError(_("The line to the telephone company is lost.")) from error


def _take(line: Line, account: Account, pdu: Any) -> None:
    """Keep a message before it is acknowledged; what could not be kept is sent again."""
    if pdu.command == "enquire_link":
        line._enquire_link_received(pdu)
    elif pdu.command == "unbind":
        raise exceptions.ConnectionError("the other side ends the line")
    elif pdu.command == "deliver_sm":
        status = 0x08
        try:
            take_in(account, line.raw, meta={"hook": "smpp"})
            status = 0
        finally:
            answer = smpp.make_pdu("deliver_sm_resp", client=line, status=status)
            answer.sequence = pdu.sequence
            line.send_pdu(answer)


def _has_come(line: Line) -> bool:
    socket = line._socket
    if isinstance(socket, ssl.SSLSocket) and socket.pending():
        return True
    return bool(select.select([socket], [], [], TIMES.connect / 20)[0])


def read(account: Account, intake: Intake) -> Iterator[News]:
    """A receipt or a message of a customer. Raises InputError."""
    try:
        pdu = parsed(raw.current(intake), Line("", 0, allow_unknown_opt_params=True))
    except exceptions.PDUError as error:
        raise InputError(_("This is no SMS that can be read.")) from error
    if pdu.command != "deliver_sm":
        raise InputError(_("This is no SMS that can be read."))
    octets = bytes(pdu.short_message or b"") or bytes(pdu.message_payload or b"")
    if (pdu.esm_class or 0) & KINDS == RECEIPT or pdu.receipted_message_id:
        yield from _receipt(pdu, octets.decode("latin-1"))
        return
    body, part = _without_header(octets) if (pdu.esm_class or 0) & HAS_HEADER else (octets, {})
    yield Incoming(
        external_id=f"smpp:{intake.pk}", sender=number(_text(pdu.source_addr)),
        to=(number(_text(pdu.destination_addr)),), text=cleaned(_decoded(body, pdu.data_coding or 0)),
        extra={"part": part} if part else {},
    )  # fmt: skip


def _receipt(pdu: Any, words: str) -> Iterator[News]:
    match = RECEIPT_TEXT.search(words)
    external_id = _text(pdu.receipted_message_id) or (match["id"] if match else "")
    state, bounce = STATES.get(match["stat"].upper()[:7], ("sent", "")) if match else ("sent", "")
    if not external_id:
        raise InputError(_("This is a receipt without an id."))
    said = {"status": match["stat"], "code": match["err"] or ""} if match and state == "failed" else {}
    yield Progress(
        external_id=cleaned(external_id), state=state, recipient=number(_text(pdu.source_addr)),
        bounce=bounce, code=(match["err"] or "") if match and state == "failed" else "", values=said,
        words=_("The telephone company reports: %(status)s (%(code)s).") if said else "",
    )  # fmt: skip


def _without_header(octets: bytes) -> tuple[bytes, dict[str, str]]:
    """The text behind the header, and which part it is (3GPP TS 23.040, 9.2.3.24)."""
    end = octets[0] + 1 if octets else 0
    header, at, part = octets[1:end], 0, {}
    while at + 2 <= len(header):
        kind, body = header[at], header[at + 2 : at + 2 + header[at + 1]]
        if kind == 0x00 and len(body) == 3:
            part = _part(body[0], body[2], body[1])
        elif kind == 0x08 and len(body) == 4:
            part = _part(int.from_bytes(body[:2]), body[3], body[2])
        at += 2 + header[at + 1]
    return octets[end:], part


def _part(of: int, part: int, parts: int) -> dict[str, str]:
    return {"of": str(of), "part": str(part), "parts": str(parts)}


def _decoded(octets: bytes, coding: int) -> str:
    if coding == UCS2:
        return decode(octets, "UCS-2")
    if coding in (ASCII, LATIN):
        return octets.decode("latin-1")
    return decode(octets, "GSM-7")


def check(account: Account) -> Health:
    findings = looking.missing(
        account, host=_("Server"), system_id=_("Name"), password=_("Password"), sender=_("Sender")
    )
    if not findings:
        findings.append(_login(account))
    return Health(tuple(findings))


def _login(account: Account) -> Finding:
    what = _("Line")
    try:
        with _bound(account, "bind_transmitter"):
            return Finding(state="good", what=what, words=_("The telephone company accepts the login."))
    except exceptions.PDUError as error:
        code = _status(error)
        return Finding(
            state="broken", what=what, words=STATUS.get(code, OTHER).words, values={"code": hex(code)}
        )
    except (OSError, exceptions.ConnectionError):
        return Finding(
            state="broken", what=what, words=_("The server of the telephone company cannot be reached."),
            todo=_("Check server and port, and whether the company has allowed this server's address."),
        )  # fmt: skip


@contextmanager
def _bound(account: Account, how: str) -> Iterator[Line]:
    """Raises OSError, ConnectionError of the library and PDUError."""
    settings = account.settings
    host, port = str(settings.get("host", "")), int(settings.get("port") or 2775)
    context = ssl.create_default_context() if settings.get("tls") else None
    line = Line(host, port, timeout=TIMES.connect, allow_unknown_opt_params=True, logger_name="relasi.smpp")
    line.logger.setLevel("CRITICAL")  # at its finest it tells passwords
    try:
        line.connect()
        if context and line._socket:
            line._socket = context.wrap_socket(line._socket, server_hostname=host)
        getattr(line, how)(
            system_id=str(settings.get("system_id", "")), password=str(account.secrets.get("password", "")),
            system_type=str(settings.get("system_type", "")),
        )  # fmt: skip
        line._socket.settimeout(TIMES.read)
        yield line
        line.send_pdu(smpp.make_pdu("unbind", client=line))
    finally:
        line.disconnect()


def _said_no(key: str, status: int) -> Outcome:
    return meant(key, STATUS.get(status, OTHER), hex(status))


def _status(error: exceptions.PDUError) -> int:
    return int(error.args[1]) if len(error.args) > 1 else 0x08


def _text(value: Any) -> str:
    found = value.decode("latin-1") if isinstance(value, bytes) else str(value or "")
    return found.rstrip("\0")
