"""The secret key in a backup: only when asked for, and only under a passphrase."""

from __future__ import annotations

import base64
import getpass
import os
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from relasi.kit.events.sign import sign
from relasi.site.failures import CommandFailed

VARIABLE = "RELASI_BACKUP_PASSPHRASE"
SHORTEST = 12
SALT = 16
BOUND = b"relasi backup secret key 1"


def key_check() -> str:
    """Tells whether two keys are the same, and nothing else of them."""
    return sign(b"relasi.backup.key-check")


def sealed(secret: str, passphrase: str) -> bytes:
    """Scrypt (RFC 7914; n 2¹⁷, r 8, p 1) and AES-256-GCM: salt, nonce and ciphertext in base64."""
    salt, nonce = os.urandom(SALT), os.urandom(12)
    return base64.b64encode(salt + nonce + _cipher(passphrase, salt).encrypt(nonce, secret.encode(), BOUND))


def opened(token: bytes, passphrase: str) -> str:
    """The secret key. Raises CommandFailed for a wrong passphrase."""
    raw = base64.b64decode(token)
    salt, nonce, body = raw[:SALT], raw[SALT : SALT + 12], raw[SALT + 12 :]
    try:
        return _cipher(passphrase, salt).decrypt(nonce, body, BOUND).decode()
    except InvalidTag as error:
        raise CommandFailed("The passphrase does not open the secret key of this backup.") from error


def passphrase(*, is_new: bool) -> str:
    """From RELASI_BACKUP_PASSPHRASE, else asked at the terminal."""
    given = os.environ.get(VARIABLE, "")
    if not given and sys.stdin.isatty():
        given = getpass.getpass("Passphrase of the secret key: ")
    if not given:
        raise CommandFailed(f"The secret key needs a passphrase: set {VARIABLE} or run this at a terminal.")
    if is_new and len(given) < SHORTEST:
        raise CommandFailed(f"A passphrase of the secret key has at least {SHORTEST} signs.")
    return given


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode()))
