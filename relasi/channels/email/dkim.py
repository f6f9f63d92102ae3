"""DKIM signatures (RFC 6376, RFC 8463): relaxed/relaxed, with RSA or Ed25519; and their verification.

Signed are also the headers of one-click unsubscribing, as RFC 8058 asks; From, To and Subject once more
than they are there, so that nobody can add a second one.
"""

from __future__ import annotations

import hashlib
import re
import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

SIGNED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to",
    b"references", b"mime-version", b"content-type", b"content-transfer-encoding", b"list-id",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
ONCE_MORE = (b"from", b"to", b"subject")
RSA_BITS = 2048
WEAKEST_RSA = 1024
BLANKS = re.compile(rb"[ \t]+")
BLANK_ENDS = re.compile(rb"[ \t]+(?=\r\n)")
FOLDS = re.compile(rb"\r\n(?=[ \t])")
SIGNATURE_VALUE = re.compile(rb"((?:^|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class NewKey:
    """`private` in PEM, to be kept; `record` the text of the TXT record at
    `<selector>._domainkey.<domain>`.
    """

    private: str
    record: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Does the signature hold, for which domain, and if not, why not."""

    is_good: bool
    domain: str = ""
    selector: str = ""
    reason: str = ""


def new_key(kind: str = "rsa") -> NewKey:
    """A key of our own making: `rsa` (2048 bits, which every server reads) or `ed25519`."""
    key: PrivateKey
    if kind == "ed25519":
        key = ed25519.Ed25519PrivateKey.generate()
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return NewKey(pem.decode(), record_of(pem.decode()))


def record_of(private: str) -> str:
    """The TXT record that belongs to a private key. Raises InputError."""
    key = _private(private)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={b64encode(public).decode()}"
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def is_same_key(record: str, private: str) -> bool:
    """Does a record found in the DNS belong to the private key?"""
    found, ours = _tags(record.encode()), _tags(record_of(private).encode())
    same = found.get(b"p") == ours[b"p"]
    return same and (found.get(b"k") or b"rsa") == ours[b"k"]


def signed(content: bytes, *, domain: str, selector: str, private: str) -> bytes:
    """The mail with its signature before it. `content` has CRLF line ends. Raises InputError."""
    key = _private(private)
    head, _blank, body = content.partition(b"\r\n\r\n")
    headers = list(_headers(head))
    names = _names_to_sign(headers)
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    unsigned = (
        b"v=1; a=%b; c=relaxed/relaxed; d=%b; s=%b; t=%d;\r\n h=%b;\r\n bh=%b;\r\n b="
        % (
            b"rsa-sha256" if is_rsa else b"ed25519-sha256",
            domain.encode("idna"), selector.encode(), int(time.time()),
            b":\r\n  ".join(names), b64encode(_body_hash(body)),
        )
    )  # fmt: skip
    data = _to_sign(headers, names, unsigned)
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(data, padding.PKCS1v15(), SHA256())
    else:
        signature = key.sign(hashlib.sha256(data).digest())
    coded = b64encode(signature)
    lines = b"\r\n ".join(coded[at : at + 72] for at in range(0, len(coded), 72))
    return b"DKIM-Signature: %b%b\r\n%b" % (unsigned, lines, content)


def verify(content: bytes, key_of: Callable[[str, str], str]) -> Verdict:
    """Check the first signature. `key_of(selector, domain)` gives the TXT record or nothing."""
    content = re.sub(rb"\r?\n", b"\r\n", content)
    head, _blank, body = content.partition(b"\r\n\r\n")
    headers = list(_headers(head))
    value = next((value for name, value in headers if name.lower() == b"dkim-signature"), None)
    if value is None:
        return Verdict(False, reason="no signature")
    tags = _tags(value)
    domain, selector = tags.get(b"d", b"").decode(), tags.get(b"s", b"").decode()
    reason = _fault(tags, value, headers, body, key_of(selector, domain))
    return Verdict(not reason, domain, selector, reason)


def _fault(tags: dict[bytes, bytes], value: bytes, headers: list[Header], body: bytes, record: str) -> str:
    if tags.get(b"c") != b"relaxed/relaxed" or tags.get(b"a") not in {b"rsa-sha256", b"ed25519-sha256"}:
        return "another algorithm"
    names = [name.strip().lower() for name in tags.get(b"h", b"").split(b":")]
    if b"from" not in names:
        return "From is not signed"
    try:
        if b64decode(tags.get(b"bh", b"")) != _body_hash(body):
            return "the body was changed"
        signature, public = b64decode(tags.get(b"b", b"")), b64decode(_tags(record.encode()).get(b"p", b""))
    except NotBase64:
        return "not readable"
    if not public:
        return "no key"
    data = _to_sign(headers, names, SIGNATURE_VALUE.sub(rb"\1", value))
    try:
        if tags[b"a"] == b"rsa-sha256":
            key = serialization.load_der_public_key(public)
            if not isinstance(key, rsa.RSAPublicKey) or key.key_size < WEAKEST_RSA:
                return "another kind of key"
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        else:
            ed25519.Ed25519PublicKey.from_public_bytes(public).verify(
                signature, hashlib.sha256(data).digest()
            )
    except InvalidSignature:
        return "the headers were changed"
    except (ValueError, UnsupportedAlgorithm):
        return "not readable"
    return ""


def _headers(head: bytes) -> Iterator[Header]:
    for line in FOLDS.sub(b"", head).split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            yield name, value


def _names_to_sign(headers: list[Header]) -> list[bytes]:
    there = [name.lower() for name, _value in headers]
    return [name for name in SIGNED for _each in range(there.count(name))] + list(ONCE_MORE)


def _to_sign(headers: list[Header], names: list[bytes], signature: bytes) -> bytes:
    """The named headers, the last of a name first, then the signature's own without its value and line
    end.
    """
    waiting: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        waiting.setdefault(name.strip().lower(), []).append(value)
    lines = [
        _relaxed(name, values.pop()) + b"\r\n" for name in names if (values := waiting.get(name.strip()))
    ]
    return b"".join(lines) + _relaxed(b"dkim-signature", signature.replace(b"\r\n", b""))


def _relaxed(name: bytes, value: bytes) -> bytes:
    return name.strip().lower() + b":" + BLANKS.sub(b" ", value).strip(b" ")


def _body_hash(body: bytes) -> bytes:
    """RFC 6376, 3.4.4."""
    if b" " in body or b"\t" in body:
        body = BLANKS.sub(b" ", body)
        body = BLANK_ENDS.sub(b"", body)
    body = body.rstrip(b" ") if body.endswith(b" ") else body
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    if body == b"\r\n":
        body = b""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    return hashlib.sha256(body).digest()


def _tags(value: bytes) -> dict[bytes, bytes]:
    pairs = (one.partition(b"=") for one in value.split(b";"))
    return {
        name.strip(): (b"".join(text.split()) if name.strip() in {b"b", b"bh", b"p", b"h"} else text.strip())
        for name, equals, text in pairs
        if equals
    }


@lru_cache(maxsize=50)
def _private(pem: str) -> PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InputError(_("What was given as DKIM key cannot be read as a private key in PEM.")) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= WEAKEST_RSA:
        return key
    raise InputError(_("A DKIM key is RSA with at least 1024 bits, or Ed25519."))
