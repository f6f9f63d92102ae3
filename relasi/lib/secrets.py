"""Encryption at rest, and an index by which an encrypted value can be found again.

AES-256-GCM (NIST SP 800-38D) with 96 random bits of nonce, keys by HKDF-SHA256 (RFC 5869), blind index by
HMAC-SHA256 under a key of its own.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12
SHORTEST_SECRET = 16


class SecretError(Exception):
    """The token was changed, belongs to another context, or its key is not there. Says nothing of the
    content."""


def derive_key(secret: str | bytes, purpose: str, *, length: int = 32) -> bytes:
    """A key of `length` bytes for `purpose` from a `secret` of at least 16 bytes."""
    material = secret.encode() if isinstance(secret, str) else secret
    if len(material) < SHORTEST_SECRET:
        raise ValueError(f"a secret has at least {SHORTEST_SECRET} bytes")
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"relasi:" + purpose.encode()).derive(
        material
    )


def equal(one: str | bytes, two: str | bytes) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(
        one.encode() if isinstance(one, str) else one, two.encode() if isinstance(two, str) else two
    )


@dataclass(frozen=True, repr=False)
class Vault:
    """Encrypts with the newest of `keys` (version → secret of at least 16 bytes), decrypts with any of them.

    `context` names where the value lives (`parties.identity:nik`); a token moved elsewhere no longer opens.
    """

    keys: Mapping[int, bytes]
    _ciphers: dict[int, AESGCM] = field(init=False, compare=False)
    _index_keys: dict[int, bytes] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a vault needs a key")
        ciphers = {version: AESGCM(derive_key(key, "encrypt")) for version, key in self.keys.items()}
        index_keys = {version: derive_key(key, "blind-index") for version, key in self.keys.items()}
        object.__setattr__(self, "_ciphers", ciphers)
        object.__setattr__(self, "_index_keys", index_keys)

    @property
    def newest(self) -> int:
        """The version that encrypts."""
        return max(self.keys)

    def encrypt(self, text: str, context: str) -> str:
        """A token `version.base64url`, different each time."""
        return f"{self.newest}.{_pack(self.seal(text.encode(), context))}"

    def decrypt(self, token: str, context: str) -> str:
        """The text of `token`. Raises SecretError."""
        version, sealed = self._opened(token)
        return self.open(sealed, context, version=version).decode()

    def seal(self, data: bytes, context: str) -> bytes:
        """Nonce and sealed bytes under the newest key; whoever keeps them keeps its version too."""
        version, nonce = self.newest, os.urandom(NONCE)
        return nonce + self._ciphers[version].encrypt(nonce, data, _bound(version, context))

    def open(self, sealed: bytes, context: str, *, version: int) -> bytes:
        """What `seal` was given, under the key of `version`. Raises SecretError."""
        if version not in self._ciphers:
            raise SecretError(f"the key of version {version} is not here")
        try:
            return self._ciphers[version].decrypt(sealed[:NONCE], sealed[NONCE:], _bound(version, context))
        except (InvalidTag, ValueError) as error:
            raise SecretError("this does not open here") from error

    def is_stale(self, token: str) -> bool:
        """Was it sealed by an older key, so that it should be sealed again?"""
        return self._opened(token)[0] != self.newest

    def blind_index(self, text: str, context: str, *, version: int | None = None) -> str:
        """The same short text for the same value in the same context, under the newest key or `version`."""
        chosen = self.newest if version is None else version
        digest = hmac.digest(self._index_keys[chosen], context.encode() + b"\0" + text.encode(), "sha256")
        return f"{chosen}.{_pack(digest)}"

    def blind_indexes(self, text: str, context: str) -> list[str]:
        """One per key, newest first: what to look for while some rows are still under an older key."""
        return [
            self.blind_index(text, context, version=version) for version in sorted(self.keys, reverse=True)
        ]

    def __repr__(self) -> str:
        return f"Vault(versions={sorted(self.keys)})"

    def _opened(self, token: str) -> tuple[int, bytes]:
        version, _dot, packed = token.partition(".")
        try:
            number, sealed = (
                int(version),
                base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True),
            )
        except ValueError as error:
            raise SecretError("this is not a sealed token") from error
        if number not in self._ciphers:
            raise SecretError(f"the key of version {number} is not here")
        if len(sealed) < NONCE + 16:
            raise SecretError("this is not a sealed token")
        return number, sealed


def _bound(version: int, context: str) -> bytes:
    return f"{version}\0{context}".encode()


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
