"""Mail as it comes in: read it, find its talk, tell machines from people. `read()` is the one door."""

from relasi.lib.mail.message import NOBODY, Attachment, Mail, Mailbox
from relasi.lib.mail.reading import read

__all__ = ["NOBODY", "Attachment", "Mail", "Mailbox", "read"]
