"""What our own mail server found out about the sender (Authentication-Results, RFC 8601)."""

from __future__ import annotations

import re

from relasi.channels.email.mailbox import Mailbox
from relasi.lib.mail import Mail
from relasi.lib.wording import mark as _

WARNING = _("The sender's domain says that this mail does not come from it (DMARC). Ask before you trust it.")
METHODS = ("spf", "dkim", "dmarc")
COMMENT = re.compile(r"\([^()]*\)")
RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]{2,12})", re.I)
BY = re.compile(r"\bby\s+([A-Za-z0-9.-]{3,255})")
BEST = ("pass", "fail", "softfail", "permerror", "temperror", "neutral", "policy", "none")
KNOWN = {"gmail.com": "mx.google.com", "googlemail.com": "mx.google.com", "google": "mx.google.com"}
WITHOUT_NAME = frozenset({"outlook.office365.com", "microsoft"})


def verdicts(mail: Mail, mailbox: Mailbox) -> dict[str, str]:
    """{"spf": "pass", "dkim": …, "dmarc": …, "by": server}, empty where our own server wrote nothing.

    Whatever another server wrote may have been written by the sender and is not looked at.
    """
    for value in mail.all("authentication-results")[:10]:
        server, results = _parts(value)
        if _is_ours(server, mail, mailbox):
            return _found(results) | {"by": server}
    return {}


def _parts(value: str) -> tuple[str, str]:
    bare = value[:4000]
    for _depth in range(3):
        bare = COMMENT.sub(" ", bare)
    first, _semicolon, rest = bare.partition(";")
    if "=" in first:  # Exchange gives no name
        return "", bare
    return (first.split() or [""])[0].lower(), rest


def _is_ours(server: str, mail: Mail, mailbox: Mailbox) -> bool:
    if said := mailbox.text("authserv_id").lower():
        return server == said
    host = mailbox.imap_host.lower()
    if not server:
        return host in WITHOUT_NAME or mailbox.authority in WITHOUT_NAME
    if server == KNOWN.get(mailbox.authority) or server == KNOWN.get(host.partition(".")[2]):
        return True
    received = mail.first("received")[:1000]
    first_by = BY.search(received)
    return server == host or bool(first_by and first_by[1].lower() == server)


def _found(results: str) -> dict[str, str]:
    """The best result of each method: one good signature among several is enough."""
    every: dict[str, list[str]] = {method: [] for method in METHODS}
    for method, result in RESULT.findall(results):
        every[method.lower()].append(result.lower())
    ranked = {name: sorted(found, key=_rank) for name, found in every.items() if found}
    return {name: found[0] for name, found in ranked.items()}


def _rank(result: str) -> int:
    return BEST.index(result) if result in BEST else len(BEST)
