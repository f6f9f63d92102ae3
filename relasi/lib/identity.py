"""Indonesian identity numbers: NIK (KTP) and NPWP (tax).

Sources: PP 37/2007 art. 37 for the form of a NIK; PMK 112/2022 for the 16 digits of an NPWP; the check digit
by
python-stdnum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.exceptions import ValidationError
from stdnum.id import npwp as stdnum_npwp

from relasi.lib.provinces import Province, province_of_code
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Sex = Literal["female", "male"]

SEPARATORS = re.compile(r"[\s.\-/'\u00a0]+")


class IdentityError(InputError):
    """The number cannot be a NIK or NPWP; the text says why."""


@dataclass(frozen=True, slots=True)
class Nik:
    """A plausible NIK and what its digits say of their owner. The year of birth is a guess of the century."""

    number: str
    province: Province
    born_on: date
    sex: Sex


def normalise(raw: str) -> str:
    """Only the digits, as far as `raw` has nothing else than digits and the usual separators."""
    return SEPARATORS.sub("", raw)


def read_nik(raw: str, *, today: date) -> Nik:
    """Check a NIK of 16 digits and read it. `today` decides the century of birth. Raises IdentityError."""
    number = _digits(raw, "NIK", {16})
    province = province_of_code(number[:2])
    if province is None:
        raise IdentityError(
            _("No province has the code %(code)s, with which this NIK begins."), code=number[:2]
        )
    regency, district = int(number[2:4]), int(number[4:6])
    if regency == 0 or regency == 70 or regency > 79:
        raise IdentityError(_("No regency or city has the code %(code)s in this NIK."), code=number[:4])
    if district == 0:
        raise IdentityError(_("No district has the code %(code)s in this NIK."), code=number[:6])
    if number.endswith("0000"):
        raise IdentityError(_("A NIK never ends in 0000."))
    return Nik(number, province, _born_on(number, today), "female" if int(number[6:8]) > 40 else "male")


def validate_nik(raw: str, *, today: date) -> str:
    """The 16 digits of a plausible NIK. Raises IdentityError."""
    return read_nik(raw, today=today).number


def validate_npwp(raw: str, *, today: date) -> str:
    """The 15 or 16 digits of an NPWP; 16 digits not beginning with 0 are a NIK. Raises IdentityError."""
    number = _digits(raw, "NPWP", {15, 16})
    if len(number) == 16 and number[0] != "0":
        return validate_nik(number, today=today)
    if not number.strip("0"):
        raise IdentityError(_("An NPWP is not all zeros."))
    try:
        return stdnum_npwp.validate(number)
    except ValidationError as error:
        raise IdentityError(_("The check digit of this NPWP is wrong; one digit was mistyped.")) from error


def npwp_key(number: str) -> str:
    """One form for finding: an old number of 15 digits and its 16 digits are the same NPWP."""
    return number if len(number) == 16 else number.rjust(16, "0")


def show_npwp(number: str) -> str:
    """`01.312.166.0-091.000` for 15 digits, groups of four for 16."""
    if len(number) == 15:
        return stdnum_npwp.format(number)
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def mask(number: str) -> str:
    """What may be shown without the right to reveal: the first two and last four, `31••••••••••0001`."""
    if len(number) < 9:
        return "•" * len(number)
    return number[:2] + "•" * (len(number) - 6) + number[-4:]


def _digits(raw: str, name: str, lengths: set[int]) -> str:
    number = normalise(raw)
    if not number:
        raise IdentityError(_("The %(name)s is empty."), name=name)
    if not (number.isascii() and number.isdigit()):
        if re.fullmatch(r"\d[.,]?\d*[eE]\+?\d+", number):
            raise IdentityError(
                _("The spreadsheet has shortened this %(name)s; format the column as text."), name=name
            )
        raise IdentityError(_("A %(name)s has digits only."), name=name)
    if len(number) not in lengths:
        needed = " / ".join(str(length) for length in sorted(lengths))
        raise IdentityError(
            _("A %(name)s has %(needed)s digits; this one has %(found)s."),
            name=name,
            needed=needed,
            found=len(number),
        )
    return number


def _born_on(number: str, today: date) -> date:
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    day = day - 40 if day > 40 else day
    for century in (2000, 1900):
        try:
            born_on = date(century + year, month, day)
        except ValueError:
            continue
        if born_on <= today:
            return born_on
    raise IdentityError(_("Digits 7 to 12 of this NIK are not a date of birth."))
