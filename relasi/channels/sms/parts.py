"""How an SMS travels: in GSM 7-bit or UCS-2, and in how many parts (3GPP TS 23.038 and 23.040)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Alphabet = Literal["GSM-7", "UCS-2"]

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F, "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40,
    "€": 0x65,
}  # fmt: skip
ESCAPE = 0x1B
CODES = {sign: bytes([at]) for at, sign in enumerate(BASIC) if at != ESCAPE} | {
    sign: bytes([ESCAPE, code]) for sign, code in EXTENDED.items()
}
BY_CODE = {code: sign for sign, code in EXTENDED.items()}

ALONE: dict[Alphabet, int] = {"GSM-7": 160, "UCS-2": 70}  # units in a message of one part
JOINED: dict[Alphabet, int] = {"GSM-7": 153, "UCS-2": 67}  # units in each of several


@dataclass(frozen=True, slots=True)
class Size:
    """`units` of the alphabet, `parts` that are paid, `left` units in the last of them."""

    alphabet: Alphabet
    units: int
    parts: int
    left: int


def alphabet_of(text: str) -> Alphabet:
    """One sign that GSM 7-bit has not makes the whole message UCS-2."""
    return "GSM-7" if all(sign in CODES for sign in text) else "UCS-2"


def size_of(text: str) -> Size:
    alphabet = alphabet_of(text)
    pieces = split(text)
    units = sum(_units(sign, alphabet) for sign in text)
    room = ALONE[alphabet] if len(pieces) < 2 else JOINED[alphabet]
    last = sum(_units(sign, alphabet) for sign in pieces[-1]) if pieces else 0
    return Size(alphabet, units, len(pieces), room - last)


def split(text: str) -> list[str]:
    """The text in the parts it travels in; no sign is torn in two. Nothing for an empty text."""
    alphabet = alphabet_of(text)
    if sum(_units(sign, alphabet) for sign in text) <= ALONE[alphabet]:
        return [text] if text else []
    pieces, piece, used = [], "", 0
    for sign in text:
        units = _units(sign, alphabet)
        if used + units > JOINED[alphabet]:
            pieces.append(piece)
            piece, used = "", 0
        piece += sign
        used += units
    return [*pieces, piece]


def encode(text: str, alphabet: Alphabet) -> bytes:
    """The octets of a part: one septet each for GSM-7 (unpacked, as SMPP carries it), UTF-16 else."""
    if alphabet == "UCS-2":
        return text.encode("utf-16-be", "replace")
    return b"".join(CODES[sign] for sign in text)


def decode(octets: bytes, alphabet: Alphabet) -> str:
    """The text of a part; what is no sign becomes “?”, as a phone shows it."""
    if alphabet == "UCS-2":
        return octets.decode("utf-16-be", "replace")
    signs, escaped = [], False
    for code in octets:
        if escaped:
            signs.append(BY_CODE.get(code, BASIC[code] if code < len(BASIC) else "?"))
            escaped = False
        elif code == ESCAPE:
            escaped = True
        else:
            signs.append(BASIC[code] if code < len(BASIC) else "?")
    return "".join(signs)


def _units(sign: str, alphabet: Alphabet) -> int:
    if alphabet == "GSM-7":
        return len(CODES[sign])
    return 2 if ord(sign) > 0xFFFF else 1
