"""Mails that came back with a letter instead of a report: qmail, Exim, Exchange, Gmail, Yahoo, others."""

from __future__ import annotations

import re

from relasi.lib.mail.automatic import Kind, why_automatic
from relasi.lib.mail.mailboxes import mailboxes, normal_address
from relasi.lib.mail.message import Mail
from relasi.lib.mail.problems import Notes

LONGEST_LETTER = 20_000
BELOW = re.compile(  # where the server stops and our own mail begins
    r"^\s*(?:-{2,} ?(?:below this line|this is a copy|original message|returned message|transcript of session"
    r"|message header|the following is|start of returned)|original message headers|-{3,} ?original"
    r"|diagnostic information for administrators:?\s*\Z|the original message was attached|return-path: <)",
    re.I | re.M,
)
OPENING = re.compile(
    r"qmail-send program|message (?:was )?created automatically by mail delivery software|unable to deliver"
    r"|was ?n.t able to deliver|delivery (?:to the following|has failed|failed)|could ?n[o']t be delivered"
    r"|could not be delivered|did not reach|wasn.t delivered|not be delivered|undeliverable|address not found"
    r"|delivery status notification|permanent(?:ly)? (?:error|fatal|failed|failure)|returned to sender"
    r"|cannot be reached|tidak (?:dapat|bisa) (?:dikirim|disampaikan)|tidak terkirim|gagal (?:di)?kirim",
    re.I,
)
SIGN = r"[^\s@<>()\[\]\"',;:]"
ADDRESS = rf"{SIGN}{{1,80}}@{SIGN}{{1,200}}"
LEADING = re.compile(
    rf"^[ \t>*]*(?:(?:to|recipient|user|penerima)\s*:\s*)?(?:'[^'\n]*'|\"[^\"\n]*\"|[^<\n@]{{0,80}}?)[ \t]*"
    rf"(?:<(?:mailto:)?({ADDRESS})>|\((?:mailto:)?({ADDRESS})\)|({ADDRESS}))"
    r"[ \t]*(?::|$| on \d|<mailto:|\(|\.\.\.)",
    re.I | re.M,
)
IN_PASSING = re.compile(
    r"(?:delivered to|deliver (?:\S+ ){0,3}to|failed to|message to|(?:disampaikan|dikirim) (?:ke|kepada))"
    rf"\s+<?({ADDRESS})",
    re.I,
)
CODED = re.compile(r"(?<![\d.])[45](?:\d\d[ \-#]|\.\d{1,3}\.\d{1,3}(?![.\d]))")
LABEL = re.compile(r"^\s*(?:subject|sent|from|date|message-id|reporting-mta|cc)\s*:", re.I)


def is_returned(mail: Mail) -> bool:
    """Does a mail server write that a mail did not arrive?"""
    if mail.first("x-failed-recipients"):
        return True
    why = why_automatic(mail)
    is_from_server = bool(why and why.kind is Kind.RETURNED) or mail.first("return-path").strip() == "<>"
    return is_from_server and bool(OPENING.search(" ".join(_letter(mail).split())))


def recipients_in(mail: Mail) -> dict[str, str]:
    """Who was not reached, with the words about each."""
    listed = [mailbox.address for mailbox in mailboxes(mail.first("x-failed-recipients"), Notes())]
    ours = {mailbox.address for mailbox in (*mail.to, mail.sender)}
    found = listed or _named(_letter(mail), not_these=ours)
    return {recipient: words_about(mail, recipient) for recipient in found}


def words_about(mail: Mail, recipient: str) -> str:
    """What the letter says behind the address, up to the next address; else what the server answered."""
    letter = _letter(mail)
    at = letter.lower().find(recipient) if recipient else -1
    if at < 0:
        return _answer(letter)
    behind = letter[at + len(recipient) :]
    following = LEADING.search(behind, behind.find("\n") + 1)
    section = behind[: following.start()] if following and not _is_same(following, recipient) else behind
    return _answer(section) or _answer(letter)


def _letter(mail: Mail) -> str:
    """What the server wrote, without the copy of our mail below."""
    text = mail.text[:LONGEST_LETTER]
    below = BELOW.search(text)
    return text[: below.start()] if below and below.start() > 0 else text


def _named(letter: str, *, not_these: set[str]) -> list[str]:
    """Addresses that stand at the head of a paragraph or after “delivered to”, in order."""
    matches = [*LEADING.finditer(letter), *IN_PASSING.finditer(letter)]
    found = [_address(match) for match in matches if not LABEL.match(match[0])]
    return [one for one in dict.fromkeys(found) if one and one not in not_these]


def _address(match: re.Match[str]) -> str:
    return normal_address(next(filter(None, match.groups()), "").rstrip(".,"))


def _is_same(match: re.Match[str], recipient: str) -> bool:
    return _address(match) == recipient


def _answer(section: str) -> str:
    """The lines of the server itself: the paragraph with a code in it, else the first that says something."""
    paragraphs = [" ".join(one.split()).strip(" :<>)*") for one in re.split(r"\n\s*\n", section)]
    spoken = [one for one in paragraphs if len(one) > 3]
    coded = (one for one in spoken if CODED.search(one))
    return next(coded, next(iter(spoken), ""))
