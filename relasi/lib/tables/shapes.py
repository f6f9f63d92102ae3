"""Where the columns of a file belong: export forms recognised, headings understood, contents looked at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal

from rapidfuzz import fuzz, process

from relasi.lib.tables import contents
from relasi.lib.tables.contents import Custom
from relasi.lib.tables.headers import (
    ADDRESS,
    FIRST_OF_NUMBERED,
    MANY,
    MEANING,
    NUMBERED,
    PASSED_OVER,
    tidy,
)

Export = Literal["google", "google-old", "outlook", "hubspot-contacts", "hubspot-companies", "generic"]

SAMPLE = 500  # rows looked at
JOINED = " ::: "
SURE, CLEAR, LIKELY, SEEN = 1.0, 0.95, 0.7, 0.6
ALIKE = 90  # of 100, for misspelt headings
SHORTEST_MISSPELT = 5
AMBIGUOUS = frozenset(
    {"title", "owner", "stage", "group", "label", "kantor", "pt", "region", "info", "lahir"}
)
PASSED_OVER_NUMBERED = re.compile(
    r"(?:im|custom field|jot|external id|calendar link|organization|address|website) \d+ .*"
)
HUBSPOT_MARKS = frozenset({"lifecycle stage", "contact owner", "lead status", "company owner", "create date",
                           "company domain name", "last activity date",
                           "marketing contact status"})  # fmt: skip
OUTLOOK_MARKS = frozenset({"business phone", "home street", "business street", "business fax", "mobile phone",
                           "telepon bisnis", "telepon kantor", "jalan bisnis", "jalan rumah", "ponsel",
                           "telepon seluler", "home phone", "telepon rumah"})  # fmt: skip
INSTEAD = {("outlook", "title"): "salutation", ("hubspot-companies", "company name"): "name"}


@dataclass(frozen=True, slots=True)
class Target:
    """Where one column goes.

    `index` numbers the phones, e-mails, addresses … from 1; `part` is the label the heading implies
    (`mobile`, `home`, `spouse`); `confidence` is 0 to 1.
    """

    field: str
    index: int = 1
    part: str = ""
    confidence: float = SURE


@dataclass(frozen=True, slots=True)
class Guess:
    """`mapping` by column; `suggestions`: custom fields for columns without a place; the rest is left out."""

    source: Export
    mapping: dict[str, Target]
    suggestions: dict[str, Custom] = field(default_factory=dict)


def guess(columns: Sequence[str], sample_rows: Iterable[Mapping[str, str]]) -> Guess:
    """Propose a place for every column, from its heading first and its contents (up to 500 rows) second."""
    rows = list(islice(sample_rows, SAMPLE))
    values = {column: [row.get(column, "") for row in rows] for column in columns}
    source = recognise(columns)
    places = _Places(source)
    for column in columns:
        places.take(column, values[column])
    suggestions = {
        column: contents.custom_field(column, values[column])
        for column in columns
        if column not in places.mapping and not _passed_over(tidy(column)) and any(values[column])
    }
    return Guess(source, places.mapping, suggestions)


def recognise(columns: Iterable[str]) -> Export:
    """Which program exported a file with these columns."""
    headings = {tidy(column) for column in columns}
    if any(re.fullmatch(r"(?:phone|e mail) 1 value", heading) for heading in headings):
        return "google-old" if "given name" in headings else "google"
    if "record id" in headings and headings & HUBSPOT_MARKS:
        is_companies = "company name" in headings and not headings & {"first name", "email"}
        return "hubspot-companies" if is_companies else "hubspot-contacts"
    if headings & {"e mail address", "alamat e mail", "alamat email"} and len(headings & OUTLOOK_MARKS) > 1:
        return "outlook"
    return "generic"


def split_values(text: str) -> list[str]:
    """The values Google joins into one cell: `a ::: b`."""
    return [part for part in (one.strip() for one in text.split(JOINED.strip())) if part]


class _Places:
    """Gives each column a place; what may come more than once is numbered, the rest is taken once."""

    def __init__(self, source: Export) -> None:
        self.mapping: dict[str, Target] = {}
        self._source = source
        self._groups: dict[str, dict[str, int]] = {}
        self._taken: set[tuple[str, int]] = set()

    def take(self, column: str, values: Sequence[str]) -> None:
        heading = tidy(column)
        if (
            target := self._numbered(heading)
            or self._by_heading(heading, values)
            or self._by_contents(column, values)
        ):
            if (target.field, target.index) in self._taken:
                return
            self._taken.add((target.field, target.index))
            self.mapping[column] = target

    def _numbered(self, heading: str) -> Target | None:
        for pattern, name in NUMBERED:
            if match := pattern.fullmatch(heading):
                return Target(name, int(match[1]))
        if name := FIRST_OF_NUMBERED.get(heading, ""):
            return Target(name)
        return None

    def _by_heading(self, heading: str, values: Sequence[str]) -> Target | None:
        if _passed_over(heading):
            return None
        found = _meaning(heading)
        if not found:
            return None
        name, part, confidence, number = found
        if instead := INSTEAD.get((self._source, heading)):
            name, confidence = instead, CLEAR
        seen = contents.field_of(values)
        if (
            seen in {"email", "phone"}
            and seen != name
            and name not in {"notes", "nik", "npwp", "external_id"}
        ):
            name, part, confidence = seen, "", SEEN
        if self._source != "generic" and confidence == CLEAR:
            confidence = SURE
        return Target(name, self._index(name, part, number), part, confidence)

    def _by_contents(self, column: str, values: Sequence[str]) -> Target | None:
        name = "" if _passed_over(tidy(column)) else contents.field_of(values)
        return Target(name, self._index(name, column, ""), "", SEEN) if name else None

    def _index(self, name: str, part: str, number: str) -> int:
        """Addresses are numbered by their label, others by their order."""
        if name in ADDRESS:
            groups = self._groups.setdefault("address", {})
            return groups.setdefault(f"{part} {number}", len(groups) + 1)
        if name not in MANY or name == "company":
            return 1
        groups = self._groups.setdefault(name, {})
        taken = 1 + max((index for field, index in self._taken if field == name), default=0)
        return groups.setdefault(f"{part} {number} {taken}", taken)


def _meaning(heading: str) -> tuple[str, str, float, str] | None:
    """Field, part, confidence and the number at the end of the heading."""
    if heading in MEANING:
        return (*MEANING[heading], LIKELY if heading in AMBIGUOUS else CLEAR, "")
    bare, number = _without_number(heading)
    if bare != heading and bare in MEANING and MEANING[bare][0] in MANY | ADDRESS:
        return (*MEANING[bare], CLEAR, number)
    if len(heading) < SHORTEST_MISSPELT:
        return None
    near = process.extractOne(heading, MEANING.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return (*MEANING[near[0]], LIKELY, "") if near and len(near[0]) >= SHORTEST_MISSPELT else None


def _without_number(heading: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.+?) ?(\d{1,2})", heading)
    return (match[1], "" if match[2] == "1" else match[2]) if match else (heading, "")


def _passed_over(heading: str) -> bool:
    return heading in PASSED_OVER or (
        bool(PASSED_OVER_NUMBERED.fullmatch(heading))
        and not any(pattern.fullmatch(heading) for pattern, _name in NUMBERED)
        and heading not in FIRST_OF_NUMBERED
    )
