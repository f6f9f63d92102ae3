"""Telephone numbers as Indonesians write them, turned into E.164 (ITU-T E.164, `+628123456789`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, PhoneNumberType

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Kind = Literal["mobile", "fixed", "other"]

MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
WRAPPING = re.compile(
    r"^(?:tel|phone|telp|hp|wa)[:.]\s*|^https?://(?:wa\.me/|api\.whatsapp\.com/send\?phone=)", re.I
)
EXTENSION = re.compile(
    r"\s*,?\s*(?:\bpesawat\b|\bpes\b\.?|\bextension\b|\bextn?\b\.?|#)\s*:?\s*(\d{1,7})\s*$", re.I
)
SEPARATORS = re.compile(r"[\s\u00a0\u2010-\u2015\u202a-\u202e\u200b-\u200f\ufeff().\-_/]+")
SHORTENED = re.compile(r"\d[.,]\d+e\+?\d+", re.I)
LISTED = re.compile(r"\s*(?::::|[;,|\n]|\batau\b|\bor\b|(?<=\d{6})\s*/\s*(?=[+0-9(]))\s*", re.I)
PLAIN = re.compile(r"[+0-9 ()./\-]*(?<!\.0)")  # a spreadsheet's number ends in .0
COMMON_MOBILE = re.compile(r"(?:\+?620?|0)?(8\d{7,11})")


def _pattern_of_mobiles() -> re.Pattern[str]:
    indonesia = PhoneMetadata.metadata_for_region("ID")
    assert indonesia and indonesia.mobile and indonesia.mobile.national_number_pattern
    return re.compile(indonesia.mobile.national_number_pattern)


MOBILE = _pattern_of_mobiles()


class PhoneError(InputError):
    """The text is no telephone number that could be called."""


@dataclass(frozen=True, slots=True)
class Phone:
    """`e164` as `+628123456789`, `region` as ISO 3166 (`ID`), `extension` digits or empty."""

    e164: str
    kind: Kind
    region: str = "ID"
    extension: str = ""

    @property
    def pretty(self) -> str:
        """`+62 812-3456-7890`, with `ext. 12` behind it where there is one."""
        number = phonenumbers.parse(self.e164)
        shown = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        return f"{shown} ext. {self.extension}" if self.extension else shown

    @property
    def local(self) -> str:
        """As dialled inside its own country: `0812-3456-7890`."""
        return phonenumbers.format_number(phonenumbers.parse(self.e164), PhoneNumberFormat.NATIONAL)

    def __str__(self) -> str:
        return self.e164


def normalise(raw: str, region: str = "ID") -> Phone:
    """The number in `raw`, read as somebody in `region` (ISO 3166) would dial it. Raises PhoneError."""
    return (common_mobile(raw) if region == "ID" else None) or normalise_slowly(raw, region)


def common_mobile(raw: str) -> Phone | None:
    """An ordinary Indonesian mobile without a full parse, or None.

    Uses phonenumbers' own pattern for Indonesian mobiles, so it never says anything else than the full parse.
    """
    match = COMMON_MOBILE.fullmatch(SEPARATORS.sub("", raw)) if PLAIN.fullmatch(raw) else None
    if match and MOBILE.fullmatch(match[1]):
        return Phone("+62" + match[1], "mobile")
    return None


@lru_cache(maxsize=4096)
def normalise_slowly(raw: str, region: str = "ID") -> Phone:
    """The full parse behind `normalise`."""
    text = _tidy(raw)
    text, extension = _take_extension(text)
    try:
        number = phonenumbers.parse(_with_country(text, region), region)
    except NumberParseException as error:
        raise _explain(raw, text, region) from error
    if not phonenumbers.is_valid_number(number):
        raise _explain(raw, text, region)
    return Phone(
        e164=phonenumbers.format_number(number, PhoneNumberFormat.E164),
        kind=_kind(number),
        region=phonenumbers.region_code_for_number(number) or region,
        extension=extension or number.extension or "",
    )


def split(raw: str) -> list[str]:
    """The numbers of one cell: `0812…/0813…; 021…` gives three texts."""
    return [part for part in LISTED.split(raw) if part]


def _tidy(raw: str) -> str:
    text = WRAPPING.sub("", raw.strip().lstrip("'").strip())
    if SHORTENED.fullmatch(text):
        raise PhoneError(
            _("The spreadsheet has shortened “%(raw)s”; format the column as text."), raw=raw.strip()
        )
    return re.sub(r"(?<=\d)\.0$", "", text)


def _take_extension(text: str) -> tuple[str, str]:
    match = EXTENSION.search(text)
    return (text[: match.start()], match[1]) if match and match.start() else (text, "")


def _with_country(text: str, region: str) -> str:
    """Indonesian habits mended: `0062…`, `62…` without plus, `+62 0812…`, `+62 (0)21…`, a bare `8…`."""
    digits = SEPARATORS.sub("", text)
    if re.match(r"\+?(?:00)?62", digits) and (region == "ID" or digits.startswith(("+", "00"))):
        rest = re.sub(r"^\+?(?:00)?62", "", digits)
        if len(rest) >= 7:
            return "+62" + rest.removeprefix("0")
    if digits.startswith("00") and len(digits) > 9:
        return "+" + digits[2:]
    if region == "ID" and re.fullmatch(r"0?8\d{7,11}", digits):
        return "+62" + digits.removeprefix("0")
    return text


def _kind(number: phonenumbers.PhoneNumber) -> Kind:
    kind = phonenumbers.number_type(number)
    if kind in MOBILE_TYPES:
        return "mobile"
    return "fixed" if kind == PhoneNumberType.FIXED_LINE else "other"


def _explain(raw: str, text: str, region: str) -> PhoneError:
    shown, digits = raw.strip(), re.sub(r"\D", "", text)
    if not digits:
        return PhoneError(_("“%(raw)s” has no digits of a telephone number."), raw=shown)
    if len(digits) < 8:
        return PhoneError(_("“%(raw)s” is too short; add the area code."), raw=shown)
    if len(digits) > 15:
        return PhoneError(_("“%(raw)s” is too long; is it two numbers?"), raw=shown)
    return PhoneError(_("“%(raw)s” is not a telephone number that exists."), raw=shown)
