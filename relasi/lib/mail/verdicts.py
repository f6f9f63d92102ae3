"""What a mail server means when it refuses: its status code (RFC 3463) and its words."""

from __future__ import annotations

import re
from enum import StrEnum

from relasi.lib.text import fold

LONGEST_WORDS = 2000
STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\d|\.\d)")
REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-#:;,'\"]|$)(?!-\d{3})")
FULL = re.compile(
    r"mailbox (?:is |was )?(?:\S+ )?(?:full|exceeded)|over ?quota|quota (?:is )?(?:exceeded|full)"
    r"|exceed\w* .{0,40}quota|out of storage|insufficient (?:system )?storage"
    r"|(?:user|account|mailbox) is over|storage limit"
    r"|(?:kotak (?:surat|masuk)|mailbox) .{0,20}penuh|kuota (?:penuh|terlampaui)"
)
UNKNOWN = re.compile(
    r"(?:user|recipient|address|account|mailbox|e-?mail|domain)\S*(?: \S+){0,3}"
    r" (?:unknown|not found|not exist"
    r"|(?:does|do|did) ?n.t exist|does not exist|(?:is )?invalid"
    r"|not known|cannot be found|could ?n.t be found"
    r"|disabled|inactive|suspended|deactivated|unavailable|no longer)"
    r"|(?:no such|unknown|invalid|unrouteable|nonexistent|non-existent|unregistered) "
    r"(?:\S+ )?(?:user|recipient|address|account|mailbox|person|domain|host)"
    r"|no mailbox here|does ?n.t have (?:a|an) \S+ account"
    r"|not a (?:valid|known) (?:user|recipient|mailbox|address)"
    r"|user unknown|unknown user|address not found|recipient ?not ?found|relaying denied"
    r"|(?:host|domain) (?:name )?(?:\S+ )?not found|nxdomain|name service error|no mx|null mx"
    r"|(?:alamat|pengguna|penerima) .{0,40}tidak (?:ditemukan|ada|dikenal)"
)
POLICY = re.compile(
    r"spam|block(?:ed|list)|black ?list|spamhaus|barracuda|polic(?:y|ies)|reputation|dmarc|\bspf\b|\bdkim\b"
    r"|not (?:authori[sz]ed|allowed|permitted)|access denied|virus|malware|content (?:rejected|filter)"
    r"|unsolicited|bulk mail|banned|message (?:size|too (?:big|large))|too large|rejected due to"
)
TEMPORARY = re.compile(
    r"try again|temporar|greylist|delayed|timed? ?out|deferred|connection refused"
    r"|too many (?:connections|messages)"
    r"|rate limit|expired|retry|coba lagi|sementara"
)


class Kind(StrEnum):
    """What to do with the address: leave it, try later, wait for room, or look at our own mail."""

    HARD = "hard"
    SOFT = "soft"
    FULL = "full"
    POLICY = "policy"


def status_in(words: str) -> str:
    """The first status code that says more than yes or no, `5.1.1`, else `5.0.0`, else nothing."""
    found = [match[0] for match in STATUS.finditer(words)]
    return next((one for one in found if not one.endswith(".0.0")), next(iter(found), ""))


def kind_of(status: str, words: str) -> Kind:
    """What the refusal means; where words and code disagree, as they do, the plainer of the two counts.

    Words that nobody knows, without any code, give up no address: they are taken as soft.
    """
    said = fold(words[:LONGEST_WORDS])
    family, _dot, detail = status.partition(".")
    code = REPLY_CODE.search(words[:LONGEST_WORDS])
    is_for_now = (family or (code[1] if code else "")) == "4"
    if detail == "2.2" or FULL.search(said):
        return Kind.FULL
    if is_for_now:
        return Kind.SOFT
    if UNKNOWN.search(said) or detail.startswith("1.") or detail == "2.1":
        return Kind.HARD
    if detail.startswith(("7.", "6.")) or detail in {"2.3", "3.4"} or POLICY.search(said):
        return Kind.POLICY
    if detail in {"4.0", "4.1", "4.6", "4.7"} or TEMPORARY.search(said):
        return Kind.SOFT
    return Kind.HARD if family or code else Kind.SOFT
