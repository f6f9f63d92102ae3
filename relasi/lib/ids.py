"""Identifiers: sortable tokens with a check sign, short codes people can read out, and digests of request
bodies.

Alphabet and check sign after Douglas Crockford's Base 32 (https://www.crockford.com/base32.html), order by
time as
in the ULID specification; the check sign here is the value modulo 31, so that it stays inside the alphabet.
"""

from __future__ import annotations

import hashlib
import secrets

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
TOKEN_SIGNS = 26  # 48 bits of milliseconds and 80 random bits


class IdError(InputError):
    """The code was mistyped or never ours."""


def token(*, at_ms: int) -> str:
    """27 signs, sortable by `at_ms` (milliseconds since 1970), 80 of its bits random, the last sign a
    check."""
    return _checked((at_ms & (1 << 48) - 1) << 80 | secrets.randbits(80), TOKEN_SIGNS)


def short_code(signs: int = 7) -> str:
    """A random code of `signs` signs and one check sign, for tickets, referrals and cards."""
    return _checked(secrets.randbits(5 * signs), signs)


def code_of(number: int, signs: int = 6) -> str:
    """A counted number as a code with a check sign; `read` gives it back."""
    if number < 0 or number >= 32**signs:
        raise ValueError(f"{number} does not fit into {signs} signs")
    return _checked(number, signs)


def read(code: str) -> int:
    """The number in a code, forgiving O for 0, I and L for 1, hyphens and case. Raises IdError."""
    tidy = tidied(code)
    if len(tidy) < 2 or any(sign not in VALUES for sign in tidy):
        raise IdError(_("“%(code)s” is not one of our codes."), code=code)
    number = _number(tidy[:-1])
    if ALPHABET[number % 31] != tidy[-1]:
        raise IdError(_("“%(code)s” has a mistyped sign."), code=code)
    return number


def is_valid(code: str) -> bool:
    """Does the check sign agree?"""
    try:
        read(code)
    except IdError:
        return False
    return True


def tidied(code: str) -> str:
    """As it was given out: capitals, no gaps, misread signs put right."""
    return code.strip().upper().translate(MISREAD)


def milliseconds(code: str) -> int:
    """When a `token` was made, in milliseconds since 1970."""
    return read(code) >> 80


def body_digest(method: str, path: str, body: bytes) -> str:
    """What an Idempotency-Key is bound to: SHA-256 of the request line and the body, 64 hex digits."""
    head = f"{method.upper()} {path}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def _checked(number: int, signs: int) -> str:
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(signs)))
    return body + ALPHABET[number % 31]


def _number(signs: str) -> int:
    number = 0
    for sign in signs:
        number = number << 5 | VALUES[sign]
    return number
