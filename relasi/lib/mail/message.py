"""What a mail says, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class Mailbox(NamedTuple):
    """A name as written and an address in lower case; either may be empty."""

    name: str
    address: str


NOBODY = Mailbox("", "")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the letter itself; `is_inline` when the letter shows it by its `content_id`."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str = ""
    is_inline: bool = False

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; ids come without their angle brackets, texts without NULs and with `\\n` for line ends.

    `text` is made from `html` when the mail has no plain text of its own. `headers` are all of them in their
    order, with names in lower case and values decoded. `problems` are sentences ready for gettext.
    """

    raw: bytes = field(repr=False)
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    sender: Mailbox
    reply_to: tuple[Mailbox, ...]
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    list_unsubscribe: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    problems: tuple[str, ...]

    @property
    def answer_to(self) -> tuple[Mailbox, ...]:
        """Whom an answer would reach: Reply-To, else the sender, else nobody."""
        return self.reply_to or ((self.sender,) if self.sender.address else ())

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the header `name`, in order."""
        return tuple(value for called, value in self.headers if called == name.lower())

    def first(self, name: str) -> str:
        """The first value of the header `name`, or nothing."""
        return next(iter(self.all(name)), "")
