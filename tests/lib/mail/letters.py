"""Small mails for the tests, as they come over the wire."""

from __future__ import annotations

from relasi.lib.mail import Mail, read


def letter(headers: str = "", body: str = "Halo Sari\r\n", *, subject: str = "Polis saya") -> Mail:
    """A mail from Budi to us with some more `headers`."""
    return read(raw(headers, body, subject=subject))


def raw(headers: str = "", body: str = "Halo Sari\r\n", *, subject: str = "Polis saya") -> bytes:
    usual = {
        "From": "Budi Santoso <budi@contoh.id>",
        "To": "Sari <sari@sahabat.test>",
        "Subject": subject,
        "Date": "Mon, 02 Mar 2026 09:30:00 +0700",
        "Message-ID": "<m1@contoh.id>",
    }
    given = {line.partition(":")[0].lower() for line in headers.splitlines() if line[:1] not in (" ", "\t")}
    lines = [f"{name}: {value}" for name, value in usual.items() if name.lower() not in given]
    return ("\r\n".join([*lines, *headers.strip("\n").splitlines()]) + "\r\n\r\n" + body).encode()


def parts(*pieces: str, kind: str = "mixed", more: str = "") -> Mail:
    """A mail of several parts, each written with its own headers."""
    body = "".join(f"--xx\r\n{piece}\r\n" for piece in pieces) + "--xx--\r\n"
    return letter(f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="xx"{more}', body)
