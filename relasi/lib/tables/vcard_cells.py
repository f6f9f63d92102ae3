"""The cells of one vCard, named as Google Contacts names its columns."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from relasi.lib.dates import DateError, parse_day
from relasi.lib.tables.vcard_lines import Property


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


IGNORED = _words(
    "BEGIN END VERSION PRODID REV PHOTO LOGO SOUND KEY CLASS PROFILE MAILER TZ GEO CLIENTPIDMAP "
    "SORT-STRING LABEL AGENT "
    "SOURCE NAME XML X-ABLABEL X-ABADR X-ABUID X-ABSHOWAS X-IMAGEHASH X-IMAGETYPE "
    "X-SHARED-PHOTO-DISPLAY-PREF "
    "X-WALLPAPER X-MS-CARDPICTURE X-MS-OL-DESIGN X-EVOLUTION-FILE-AS MEMBER"
)
PLAIN = {
    "FN": "Name", "TITLE": "Organization Title", "NOTE": "Notes", "UID": "UID", "ROLE": "Role",
    "KIND": "Kind",
    "HOBBY": "Hobby", "INTEREST": "Interest", "LANG": "Language", "X-GENDER": "Gender",
    "DEPARTMENT": "Organization Department",
    "X-PHONETIC-FIRST-NAME": "Phonetic First Name", "X-PHONETIC-LAST-NAME": "Phonetic Last Name",
    "GENDER": "Gender",
}  # fmt: skip
DATES = {"BDAY": "Birthday", "ANNIVERSARY": "Anniversary", "X-ANNIVERSARY": "Anniversary",
         "X-EVOLUTION-ANNIVERSARY": "Anniversary"}  # fmt: skip
RELATIONS = {"X-SPOUSE": "Spouse", "X-EVOLUTION-SPOUSE": "Spouse", "X-MANAGER": "Manager",
             "X-MS-MANAGER": "Manager",
             "X-EVOLUTION-MANAGER": "Manager", "X-ASSISTANT": "Assistant", "X-MS-ASSISTANT": "Assistant",
             "X-EVOLUTION-ASSISTANT": "Assistant", "X-CHILD": "Child", "X-MS-CHILD": "Child",
             "X-MS-SPOUSE": "Spouse",
             "X-PARTNER": "Partner"}  # fmt: skip
ANDROID_RELATIONS = ("", "Assistant", "Brother", "Child", "Domestic Partner", "Father", "Friend", "Manager",
                     "Mother",
                     "Parent", "Partner", "Referred By", "Relative", "Sister", "Spouse")  # fmt: skip
UNSAID_TYPES = frozenset({"voice", "internet", "pref", "x-internet", "x400", "text", "msg", "video", "uri"})
WORDS = {"cell": "Mobile", "iphone": "Mobile", "home": "Home", "work": "Work", "fax": "Fax", "other": "Other",
         "main": "Main", "pager": "Pager", "car": "Car", "dom": "", "intl": "", "postal": "",
         "parcel": ""}  # fmt: skip
NAME_PARTS = ("Last Name", "First Name", "Middle Name", "Name Prefix", "Name Suffix")
ADDRESS_PARTS = ("PO Box", "Extended Address", "Street", "City", "Region", "Postal Code", "Country")
APPLE_LABEL = re.compile(r"_\$!<(.*?)>!\$_")


class Card:
    """Collects the cells of one card; equal properties are numbered `Phone 1 - Value`, `Phone 2 - Value`."""

    def __init__(self, properties: list[Property]) -> None:
        self.cells: dict[str, str] = {}
        self._counts: defaultdict[str, int] = defaultdict(int)
        self._labels = {
            one.group: _plain_label(one.text) for one in properties if one.name == "X-ABLABEL" and one.group
        }
        for one in properties:
            if one.name not in IGNORED and one.value.strip(" ;"):
                self._take(one)

    def _take(self, one: Property) -> None:
        if one.name in PLAIN:
            self._add(PLAIN[one.name], one.text)
        elif one.name in DATES:
            self._add(DATES[one.name], _day(one))
        elif one.name in RELATIONS:
            self._numbered("Relation", RELATIONS[one.name], one.text)
        elif one.name in _READERS:
            _READERS[one.name](self, one)
        else:
            self._add(one.name, one.text)

    def _add(self, column: str, value: str) -> None:
        """A second value of a single column stands on a new line below the first."""
        if value and value not in self.cells.get(column, "").split("\n"):
            self.cells[column] = f"{self.cells[column]}\n{value}" if column in self.cells else value

    def _numbered(self, noun: str, label: str, value: str) -> None:
        if not value:
            return
        place = self._next(noun)
        self.cells[f"{noun} {place} - Label"] = label
        self.cells[f"{noun} {place} - Value"] = value

    def _next(self, noun: str) -> int:
        self._counts[noun] += 1
        return self._counts[noun]

    def _label(self, one: Property) -> str:
        if label := self._labels.get(one.group):
            return label
        words = [
            WORDS.get(kind, kind.removeprefix("x-").capitalize())
            for kind in one.types
            if kind not in UNSAID_TYPES
        ]
        return " ".join(dict.fromkeys(word for word in words if word))

    def take_name(self, one: Property) -> None:
        """N: family; given; additional; prefixes; suffixes."""
        for column, value in zip(NAME_PARTS, one.fields, strict=False):
            self._add(column, value.replace(",", " ") if column == "Middle Name" else value)

    def take_organization(self, one: Property) -> None:
        """ORG: name; unit; unit below it."""
        name, *units = one.fields
        self._add("Organization Name", name)
        self._add("Organization Department", " / ".join(unit for unit in units if unit))

    def take_address(self, one: Property) -> None:
        """ADR: seven parts."""
        place = self._next("Address")
        self.cells[f"Address {place} - Label"] = self._label(one)
        for part, value in zip(ADDRESS_PARTS, one.fields, strict=False):
            if value:
                self.cells[f"Address {place} - {part}"] = value

    def take_phone(self, one: Property) -> None:
        """TEL, also as `tel:` address of 4.0."""
        self._numbered(
            "Phone", self._label(one), re.sub(r"^tel:", "", one.text, flags=re.I).replace(";ext=", " ext. ")
        )

    def take_email(self, one: Property) -> None:
        """EMAIL."""
        self._numbered("E-mail", self._label(one), re.sub(r"^mailto:", "", one.text, flags=re.I))

    def take_url(self, one: Property) -> None:
        """URL."""
        self._numbered("Website", self._label(one), one.text)

    def take_nickname(self, one: Property) -> None:
        """NICKNAME: a list."""
        self._add("Nickname", ", ".join(one.items))

    def take_categories(self, one: Property) -> None:
        """CATEGORIES: a list, joined as Google joins its labels."""
        self._add("Labels", " ::: ".join(one.items))

    def take_relation(self, one: Property) -> None:
        """RELATED and Apple's X-ABRELATEDNAMES, but not a mere reference to another card."""
        if not one.text.lower().startswith("urn:"):
            self._numbered("Relation", self._label(one), one.text)

    def take_date(self, one: Property) -> None:
        """Apple's X-ABDATE, named by its label."""
        label = self._label(one)
        if label.lower() == "anniversary":
            self._add("Anniversary", _day(one))
        else:
            self._numbered("Event", label, _day(one))

    def take_android(self, one: Property) -> None:
        """X-ANDROID-CUSTOM: kind; value; type."""
        kind, value, number, *_rest = [*one.fields, "", ""]
        kind = kind.rpartition("/")[2]
        if kind == "nickname":
            self._add("Nickname", value)
        elif kind == "relation":
            index = int(number) if number.isdecimal() else 0
            self._numbered(
                "Relation", ANDROID_RELATIONS[index] if index < len(ANDROID_RELATIONS) else "", value
            )
        elif kind == "contact_event":
            self._add({"1": "Anniversary", "3": "Birthday"}.get(number, "Event 1 - Value"), value)


_READERS: dict[str, Callable[[Card, Property], None]] = {
    "N": Card.take_name, "ORG": Card.take_organization, "ADR": Card.take_address, "TEL": Card.take_phone,
    "EMAIL": Card.take_email, "URL": Card.take_url, "NICKNAME": Card.take_nickname,
    "CATEGORIES": Card.take_categories, "RELATED": Card.take_relation, "X-ABRELATEDNAMES": Card.take_relation,
    "X-ABDATE": Card.take_date, "X-ANDROID-CUSTOM": Card.take_android,
}  # fmt: skip


def _plain_label(text: str) -> str:
    return APPLE_LABEL.sub(r"\1", text)


def _day(one: Property) -> str:
    """`1985-08-17`, `--08-17`, or the text itself where it is no day."""
    omitted = one.params.get("X-APPLE-OMIT-YEAR", "")
    text = one.text
    if omitted and text.startswith(omitted):
        text = (
            "-" + text[len(omitted) :]
            if text[len(omitted) :].startswith("-")
            else "--" + text[len(omitted) :]
        )
    try:
        return str(parse_day(re.sub(r"T.*$", "", text)))
    except DateError:
        return one.text
