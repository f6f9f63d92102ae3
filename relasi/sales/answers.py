"""What was typed into a form, read by question: clean values, and problems in the form's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext

from relasi.lib import dates, money
from relasi.lib.wording import InputError
from relasi.parties.models.contact_point import normal_value
from relasi.sales.models import FormField, WebForm

Kind, Goes = FormField.Kind, FormField.Goes
LONGEST = {Kind.TEXT: 200, Kind.LONG: 4000, Kind.EMAIL: 254, Kind.PHONE: 40}
LIMITS = {Goes.NAME: 200, Goes.CITY: 80, Goes.COMPANY: 200, Goes.JOB: 100}
YES = "yes"


@dataclass
class Read:
    """`values` by where they go; `notes`: (question, answer) of the others; `problems` by key."""

    values: dict[str, Any] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    has_consent: bool = False


def read_answers(form: WebForm, answers: Mapping[str, str]) -> Read:
    """Every answer of the form, cleaned. Without a name, an e-mail or a phone nobody can be called back."""
    read = Read()
    for question in form.ordered_fields:
        _read_one(question, str(answers.get(question.key, "")).strip(), read)
    _check_person(form, read)
    return read


def _read_one(question: FormField, text: str, read: Read) -> None:
    if not text:
        if question.is_required:
            read.problems[question.key] = gettext("This is needed.")
        return
    try:
        value = READERS.get(question.kind, _text)(question, text)
    except (ValidationError, InputError) as error:
        read.problems[question.key] = _said(error)
        return
    if question.kind == Kind.CONSENT:
        read.has_consent = True
    if question.goes_to == Goes.NOTE or question.kind == Kind.CONSENT:
        read.notes.append((question.label, str(value)))
    elif question.goes_to == Goes.NEED and Goes.NEED in read.values:
        read.values[Goes.NEED] += f"\n{value}"
    else:
        read.values[question.goes_to] = value


def _check_person(form: WebForm, read: Read) -> None:
    if read.problems:
        return
    by_place = {question.goes_to: question.key for question in form.ordered_fields}
    if not read.values.get(Goes.NAME):
        read.problems[by_place.get(Goes.NAME, "")] = gettext("Please say who you are.")
    elif not read.values.get(Goes.PHONE) and not read.values.get(Goes.EMAIL):
        place = by_place.get(Goes.PHONE) or by_place.get(Goes.EMAIL, "")
        read.problems[place] = gettext("Please leave a phone number or an e-mail address.")


def _text(question: FormField, text: str) -> str:
    most = min(LONGEST.get(Kind(question.kind), 4000), LIMITS.get(Goes(question.goes_to), 4000))
    if len(text) > most:
        raise ValidationError(gettext("This is too long: at most %(most)s signs.") % {"most": most})
    return text if question.kind == Kind.LONG else " ".join(text.split())


def _reached(question: FormField, text: str) -> str:
    """A phone number or an e-mail address, as contacts keep them."""
    return normal_value(question.kind, _text(question, text))


def _number(question: FormField, text: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise ValidationError(gettext("This is not a number.")) from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 12:
        raise ValidationError(gettext("This is not a number."))
    return number


def _money(question: FormField, text: str) -> Decimal:
    amount = money.parse(text, language="id" if get_language() == "id" else "en").amount
    if not 0 <= amount < Decimal(10) ** 12:
        raise ValidationError(gettext("This amount is not possible."))
    return amount


def _date(question: FormField, text: str) -> date:
    day = dates.parse(text)
    if question.goes_to == Goes.BORN and day > timezone.localdate():
        raise ValidationError(gettext("A birth date cannot be in the future."))
    return day


def _choice(question: FormField, text: str) -> str:
    if text not in question.option_list:
        raise ValidationError(gettext("Choose one of the answers."))
    return text


def _tick(question: FormField, text: str) -> str:
    return gettext("yes")


def _said(error: ValidationError | InputError) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return gettext(error.text) % error.values


READERS: dict[str, Callable[[FormField, str], Any]] = {
    Kind.EMAIL: _reached, Kind.PHONE: _reached, Kind.NUMBER: _number, Kind.MONEY: _money, Kind.DATE: _date,
    Kind.CHOICE: _choice, Kind.CHECK: _tick, Kind.CONSENT: _tick,
}  # fmt: skip
