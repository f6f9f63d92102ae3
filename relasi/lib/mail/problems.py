"""What may have to be repaired in a mail, as sentences for people."""

from __future__ import annotations

from collections.abc import Iterator

from relasi.lib.wording import mark as _

EMPTY = _("The mail is empty.")
NO_HEADERS = _("The mail has no headers; all of it was taken as text.")
BROKEN_HEADER = _("A line among the headers was not a header and was left out.")
LONG_HEADER = _("A header was too long and was cut.")
EIGHT_BIT_HEADER = _("A header was not encoded as it should be; its letters were guessed.")
BROKEN_WORD = _("A header could not be decoded completely.")
DUPLICATE_HEADER = _("A header that belongs in a mail once was there more than once; the first was taken.")
NO_SENDER = _("The mail does not say from which address it comes.")
BROKEN_ADDRESS = _("An address could not be read and was left out.")
NO_DATE = _("The mail does not say when it was sent.")
BROKEN_DATE = _("The date of the mail could not be read.")
UNKNOWN_CHARSET = _("The text names an encoding nobody knows; it was guessed.")
WRONG_CHARSET = _("The text does not fit the encoding it names; some letters may be wrong.")
BROKEN_BASE64 = _("A part of the mail was damaged on its way; what could be decoded was kept.")
NO_BOUNDARY = _("The parts of the mail were not told apart as they should be; their bounds were guessed.")
CUT_SHORT = _("The mail ends before its last part is complete.")
TOO_NESTED = _("The mail has too many parts, or too many inside each other; not all were opened.")
NULS = _("Characters that no text may hold were left out.")
LONE_CR = _("The lines of the mail end in an old way and were separated anew.")


class Notes:
    """Collects each sentence once, in the order in which things were found."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, problem: str) -> None:
        """Remember `problem`."""
        self._found.setdefault(problem)

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)
