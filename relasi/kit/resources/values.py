"""From what people type to what the database holds, and back to what people read, by the kind of field."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from relasi.kit.resources.fields import Field
from relasi.lib import dates, money
from relasi.lib.recurrence import from_rrule, to_rrule
from relasi.lib.wording import InputError

YES = {"yes", "true", "1", "ya", "y", "on", "benar"}
YEARS = range(1800, 2201)
NEVER_EMPTY = {"link", "choice", "number", "money", "date", "datetime", "time"}
NO = {"no", "false", "0", "tidak", "t", "off", "salah", ""}


def plain_words(error: InputError) -> str:
    """The sentence of an error of `lib` in the reader's language."""
    return _(error.text) % error.values if error.values else _(error.text)


def read(field: Field, text: Any, *, user: Any = None) -> Any:
    """The value of a typed, pasted or imported text. Raises ValidationError in plain words.

    Links are given as a number or by the other record's name, as far as `user` may see it. Empty text is the
    empty value.
    """
    if isinstance(text, str):
        text = text.strip()
    if text in ("", None, []):
        return _nothing(field)
    if "\0" in str(text):
        raise ValidationError(_("The text has a character that cannot be kept."))
    try:
        return READERS.get(field.kind, _as_text)(field, text, user)
    except InputError as error:
        raise ValidationError(plain_words(error)) from error


def write(field: Field, value: Any) -> str:
    """The text that `read` takes back: for cells being edited, exports and forms."""
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, list | tuple):
        return ", ".join(str(getattr(part, "name", part)) for part in value)
    if field.choices and field.kind == "choice":
        return str(field.choice_label(value))
    return str(value)


def _nothing(field: Field) -> Any:
    if field.kind in {"multi", "tags"}:
        return []
    if field.kind == "bool":
        return False
    if field.is_nullable:
        return None
    if field.kind in NEVER_EMPTY and field.model_field is not None and not field.model_field.blank:
        raise ValidationError(_("“%(field)s” is needed.") % {"field": field.label})
    return ""


def _as_text(field: Field, text: Any, user: Any) -> str:
    return str(text)


def _as_number(field: Field, text: Any, user: Any) -> Any:
    if isinstance(text, int | float | Decimal) and not isinstance(text, bool):
        number = Decimal(str(text))
    else:
        number = money.parse(str(text), language="id" if get_language() == "id" else "en").amount
    if not number.is_finite():
        raise ValidationError(_("“%(text)s” is not a number.") % {"text": text})
    if field.custom:
        return int(number) if number == number.to_integral() else float(number)
    if "Integer" in field.model_field.get_internal_type():
        if number != number.to_integral():
            raise ValidationError(_("A whole number is needed."))
        return int(number)
    return number


def _as_date(field: Field, text: Any, user: Any) -> Any:
    day = text if isinstance(text, date) else dates.parse(str(text))
    _near(day.year)
    return day.isoformat() if field.custom else day


def _as_datetime(field: Field, text: Any, user: Any) -> datetime:
    if isinstance(text, datetime):
        moment = text
    else:
        try:
            read = parse_datetime(str(text))
        except ValueError:
            read = None
        moment = read or datetime.combine(dates.parse(str(text)), time())
    _near(moment.year)
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def _near(year: int) -> None:
    if year not in YEARS:
        raise ValidationError(
            _("The year must lie between %(first)s and %(last)s.") % {"first": YEARS[0], "last": YEARS[-1]}
        )


def _as_time(field: Field, text: Any, user: Any) -> time:
    try:
        found = parse_time(str(text).replace(".", ":"))
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("“%(text)s” is not a time of day such as 14:30.") % {"text": text})
    return found


def _as_bool(field: Field, text: Any, user: Any) -> bool:
    word = str(text).strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValidationError(_("“%(value)s” is neither yes nor no.") % {"value": text})


def _as_choice(field: Field, text: Any, user: Any) -> Any:
    wanted = str(text).strip().lower()
    for key, label in field.choices:
        if wanted in {str(key).lower(), str(label).lower()}:
            return key
    choices = ", ".join(str(label) for _key, label in field.choices[:12])
    raise ValidationError(_("“%(value)s” is not one of: %(choices)s.") % {"value": text, "choices": choices})


def _as_many(field: Field, text: Any, user: Any) -> list[Any]:
    parts = text if isinstance(text, list) else str(text).replace(";", ",").split(",")
    parts = [str(part).strip() for part in parts if str(part).strip()]
    return (
        [_as_choice(field, part, user) for part in parts]
        if field.choices and field.kind == "multi"
        else parts
    )


def _as_repeat(field: Field, text: Any, user: Any) -> str:
    return to_rrule(from_rrule(str(text)))


def _as_link(field: Field, text: Any, user: Any) -> Any:
    """The record, or for own fields its number."""
    if field.link_model is None:
        raise ValidationError(_("This link leads to a kind of record that is gone."))
    rows = user.rights.visible(field.link_model._default_manager.all())
    word = str(text).strip()
    if word.isdecimal() and len(word) < 19:
        found = rows.filter(pk=int(word)).first()
    elif word == "me" and isinstance(user, field.link_model):
        found = user
    else:
        found = _by_name(field, rows, word)
    if found is None:
        raise ValidationError(_("There is no “%(value)s” that you may see.") % {"value": text})
    return found.pk if field.custom else found


def _by_name(field: Field, rows: Any, word: str) -> Any:
    """By a column that names it; where one is not enough, by the full name that the model reads back."""
    of_full_name = getattr(field.link_model, "of_full_name", None)
    if of_full_name and (whole := of_full_name(rows, word)) is not None:
        return whole
    names = [
        n
        for n in ("email", "name", "title", "subject")
        if any(f.name == n for f in field.link_model._meta.fields)
    ]
    for name in names:
        found = list(rows.filter(**{f"{name}__iexact": word})[:2])
        if len(found) > 1:
            raise ValidationError(_("There are several “%(value)s”; give the number.") % {"value": word})
        if found:
            return found[0]
    return None


READERS: dict[str, Any] = {
    "repeat": _as_repeat,
    "number": _as_number,
    "money": _as_number,
    "date": _as_date,
    "datetime": _as_datetime,
    "time": _as_time,
    "bool": _as_bool,
    "choice": _as_choice,
    "multi": _as_many,
    "tags": _as_many,
    "link": _as_link,
}
