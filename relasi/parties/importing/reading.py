"""One input row as a draft of a party; everything wrong with it is told at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.resources.fields import OWN, fields_of
from relasi.kit.resources.importing.contract import RowProblem, Work
from relasi.kit.resources.values import plain_words
from relasi.kit.resources.values import read as read_value
from relasi.lib import addresses, dates, phones
from relasi.lib.dates import Day
from relasi.lib.tables import Row
from relasi.lib.tables.shapes import split_values
from relasi.lib.text import unsafe_cell
from relasi.lib.wording import InputError
from relasi.parties.fields import seal
from relasi.parties.models import ContactPoint, Party

EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[A-Za-z0-9-]{2,}")
PLAIN = (
    "external_id",
    "salutation",
    "nickname",
    "job_title",
    "industry",
    "source",
    "hobbies",
    "interests",
    "greeting",
)
CHOICE = ("gender", "religion", "rung", "language")
ADDRESS_PARTS = ("street", "rt", "rw", "kelurahan", "kecamatan", "city", "province", "postal_code", "country")
LABELS = {label.value for label in ContactPoint.Label}
WORDS = {"hp": "mobile", "ponsel": "mobile", "seluler": "mobile", "cell": "mobile", "whatsapp": "mobile",
         "rumah": "home", "kantor": "work", "business": "work", "bisnis": "work", "office": "work",
         "main": "mobile"}  # fmt: skip
SEX = {"l": "male", "lk": "male", "laki-laki": "male", "laki": "male", "pria": "male", "m": "male",
       "male": "male", "p": "female", "pr": "female", "perempuan": "female", "wanita": "female",
       "f": "female",
       "female": "female"}  # fmt: skip
STAGE = {"subscriber": "suspect", "lead": "prospect", "marketingqualifiedlead": "prospect",
         "marketing qualified lead": "prospect",
         "salesqualifiedlead": "prospect", "sales qualified lead": "prospect", "opportunity": "prospect",
         "customer": "first_time",
         "evangelist": "advocate"}  # fmt: skip
BIRTHDAY = "Birthday"


@dataclass
class Draft:
    """What a row says of a party. `values` are party columns; the rest hangs on it."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    phones: list[tuple[str, str]] = field(default_factory=list)
    emails: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[dict[str, str]] = field(default_factory=list)
    days: list[tuple[str, date]] = field(default_factory=list)
    company: str = ""
    owner: str = ""
    tags: list[str] = field(default_factory=list)
    own: dict[str, Any] = field(default_factory=dict)


class _Reading:
    """Collects values and problems of one row."""

    def __init__(self, row: Row, work: Work) -> None:
        self.work = work
        self.draft = Draft(row.number)
        self.problems: list[tuple[str, str]] = []
        self.cells: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
        for column, goes in work.goes.items():
            text = unsafe_cell(row.cells.get(column, "")).strip()
            if text:
                self.cells[goes.field].append((goes.index, text, goes.part, column))

    def first(self, name: str) -> str:
        return self.cells[name][0][1] if name in self.cells else ""

    def column(self, name: str) -> str:
        return self.cells[name][0][3] if name in self.cells else name

    def attempt(self, column: str, act: Callable[[], Any]) -> Any:
        """The value, or None with the problem written down."""
        try:
            return act()
        except InputError as error:
            self.problems.append((column, plain_words(error)))
        except ValidationError as error:
            self.problems.append((column, " ".join(error.messages)))
        return None


def read(row: Row, work: Work) -> Draft:
    """Raises RowProblem with every problem of the row."""
    reading = _Reading(row, work)
    if not reading.cells:
        raise RowProblem([("", _("The row is empty."))])
    for part in (_name, _plain, _choices, _points, _addresses, _days, _identity, _own):
        part(reading)
    if not reading.draft.values.get("name"):
        reading.problems.append(
            (reading.column("name"), _("There is no name, phone or e-mail to know this customer by."))
        )
    if reading.problems:
        raise RowProblem(reading.problems)
    return reading.draft


def _name(reading: _Reading) -> None:
    values = reading.draft.values
    parts = [reading.first(name) for name in ("given_name", "middle_name", "family_name")]
    name = reading.first("name") or " ".join(part for part in parts if part)
    if suffix := reading.first("suffix"):
        name = f"{name}, {suffix}"
    reading.draft.company = reading.first("company")
    if not name and reading.work.resource.name == "companies":
        name, reading.draft.company = reading.draft.company, ""
    if reading.first("given_name"):
        values["given_name"] = " ".join(part for part in parts[:2] if part)
        values["family_name"] = parts[2]
    values["name"] = _short(reading, "name", " ".join(name.split()))


def _plain(reading: _Reading) -> None:
    values = reading.draft.values
    for name in PLAIN:
        if text := reading.first(name):
            values[name] = _short(reading, name, text)
    if site := reading.first("website"):
        values["website"] = _short(reading, "website", site if "://" in site else f"https://{site}")
    if notes := [text for _index, text, _part, _column in reading.cells["notes"]]:
        values["about"] = "\n".join(notes)
    reading.draft.owner = reading.first("owner")
    tags = [
        tag.strip().strip("*").strip()
        for _i, text, _p, _c in reading.cells["tags"]
        for tag in re.split(r":::|[,;]", text)
    ]
    reading.draft.tags = [tag[:60] for tag in tags if tag and tag.lower() != "mycontacts"]


def _choices(reading: _Reading) -> None:
    for name in CHOICE:
        text = reading.first(name)
        if not text:
            continue
        if name == "gender":
            text = SEX.get(text.lower(), text)
        elif name == "rung":
            text = STAGE.get(text.lower(), text)
        party_field = _fields(reading.work)[name]
        value = reading.attempt(reading.column(name), partial(read_value, party_field, text))
        if value is not None:
            reading.draft.values[name] = value


def _points(reading: _Reading) -> None:
    labels = {index: text for index, text, _p, _c in reading.cells["phone_label"]}
    for index, text, part, column in reading.cells["phone"]:
        for one in split_values(text) or [text]:
            phone = reading.attempt(column, partial(phones.normalise, one))
            if phone:
                reading.draft.phones.append((phone.e164, _label(labels.get(index) or part, "mobile")))
    labels = {index: text for index, text, _p, _c in reading.cells["email_label"]}
    for index, text, part, column in reading.cells["email"]:
        for one in split_values(text) or [text]:
            email = one.strip().strip("<>").removeprefix("mailto:").lower()
            if len(email) > 254 or not EMAIL.fullmatch(email):
                reading.problems.append(
                    (column, _("“%(text)s” is not an e-mail address.") % {"text": one[:80]})
                )
            else:
                reading.draft.emails.append((email, _label(labels.get(index) or part, "home")))
    draft = reading.draft
    draft.phones, draft.emails = list(dict(draft.phones).items()), list(dict(draft.emails).items())
    if draft.phones:
        draft.values["phone"] = draft.phones[0][0]
    if draft.emails:
        draft.values["email"] = draft.emails[0][0]
    if not draft.values["name"]:
        draft.values["name"] = draft.values.get("email") or draft.values.get("phone", "")


def _addresses(reading: _Reading) -> None:
    by_index: dict[int, dict[str, str]] = defaultdict(dict)
    for part in ADDRESS_PARTS:
        for index, text, label, _column in reading.cells[part]:
            by_index[index][part] = text
            by_index[index].setdefault("label", label)
    for index, text, label, _column in reading.cells["address_text"]:
        parsed = addresses.parse(text)
        found = {part: getattr(parsed, part) for part in ADDRESS_PARTS if getattr(parsed, part)}
        by_index[index] = {**found, "text": text, "label": label, **by_index[index]}
    for index, text, _label_part, _column in reading.cells["address_label"]:
        by_index[index]["label"] = text
    for parts in (by_index[index] for index in sorted(by_index)):
        if any(parts.get(name) for name in (*ADDRESS_PARTS[:-1], "text")):
            parts["label"] = _label(parts.get("label", ""), "home")
            parts["country"] = _country(parts.get("country", ""))
            reading.draft.addresses.append(
                {**parts, "province": addresses.tidy_province(parts.get("province", ""))}
            )
    if reading.draft.addresses and (city := reading.draft.addresses[0].get("city", "")):
        reading.draft.values["city"] = city[:80]


def _days(reading: _Reading) -> None:
    draft = reading.draft
    if reading.first("birth_on"):
        day = _day(reading, *reading.cells["birth_on"][0][1::2])
        if day and day.date:
            if day.date > timezone.localdate():
                reading.problems.append(
                    (reading.column("birth_on"), _("A birth date cannot be in the future."))
                )
            draft.values["birth_on"] = day.date
        elif day:
            draft.days.append((BIRTHDAY, date(2000, day.month, day.day)))
    if reading.first("anniversary_on"):
        day = _day(reading, *reading.cells["anniversary_on"][0][1::2])
        if day:
            draft.days.append((_("Anniversary"), day.date or date(2000, day.month, day.day)))
    labels = {index: text for index, text, _p, _c in reading.cells["date_label"]}
    for index, text, part, column in reading.cells["date"]:
        day = _day(reading, text, column)
        if day:
            draft.days.append(
                ((labels.get(index) or part or _("Day"))[:80], day.date or date(2000, day.month, day.day))
            )


def _day(reading: _Reading, text: str, column: str) -> Day | None:
    order = reading.work.options.get("day_order", "dmy")
    today = reading.work.memo.setdefault("today", timezone.localdate())
    found: Day | None = reading.attempt(column, lambda: dates.parse_day(text, order=order, today=today))
    return found


def _identity(reading: _Reading) -> None:
    for kind in ("nik", "npwp"):
        if text := reading.first(kind):
            token = reading.attempt(reading.column(kind), partial(seal, kind, text))
            if token:
                reading.draft.values[kind] = token


def _own(reading: _Reading) -> None:
    fields = _fields(reading.work)
    for name in [name for name in reading.cells if name.startswith(OWN) and name in fields]:
        text, column = reading.first(name), reading.column(name)
        value = reading.attempt(
            column, partial(read_value, fields[name], text, user=reading.work.user)
        )
        if value is not None:
            reading.draft.own[name.removeprefix(OWN)] = value


def _fields(work: Work) -> dict[str, Any]:
    if "fields" not in work.memo:
        work.memo["fields"] = fields_of(work.resource)
    found: dict[str, Any] = work.memo["fields"]
    return found


def _short(reading: _Reading, name: str, text: str) -> str:
    longest = Party._meta.get_field(name).max_length  # type: ignore[union-attr]
    if longest and len(text) > longest:
        reading.problems.append((reading.column(name), _("Longer than %(n)s letters.") % {"n": longest}))
    return text


def _label(text: str, default: str) -> str:
    word = text.strip().lower().lstrip("* ")
    return word if word in LABELS else WORDS.get(word, default)


def _country(text: str) -> str:
    if len(text) == 2:
        return text.upper()
    return addresses.COUNTRIES.get(text.lower(), "ID") if text else "ID"
