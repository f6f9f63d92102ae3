"""What a company decides about its chat: how it looks, when it is open, what it asks, where it may stand."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

ORIGIN = re.compile(r"(https?)://((?:[a-z0-9-]+\.)*[a-z0-9-]+|\[[0-9a-f:]+\])(:\d{1,5})?")
STANDARD = {"https": ":443", "http": ":80"}
CLOCK = RegexValidator(r"^(?:[01]\d|2[0-3]):[0-5]\d$", _("Write the time like 08:30."))
CLOCK_INPUT = forms.TimeInput(attrs={"type": "time"})
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the colour like #2f57d0."))
DAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip
ASKED = [("email", _("E-mail")), ("phone", _("Phone"))]
NAMED = [("name", _("Name")), *ASKED]
LONG: dict[str, Any] = {"widget": forms.Textarea(attrs={"rows": 3}), "max_length": 600}


def origin_of(text: str) -> str:
    """The origin in an address as browsers write it, without a standard port; "" when it is none."""
    found = ORIGIN.fullmatch(text.strip().rstrip("/").lower())
    if found is None:
        return ""
    port = "" if found[3] == STANDARD[found[1]] else found[3] or ""
    return f"{found[1]}://{found[2]}{port}"


class OriginsField(forms.CharField):
    """Sites, one a line; kept as a list."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line for line in str(super().clean(value) or "").splitlines() if line.strip()]
        for line in lines:
            if not origin_of(line):
                said = _("“%(origin)s” is no address of a site: https://www.example.com")
                raise ValidationError(said, params={"origin": line.strip()[:80]})
        return list(dict.fromkeys(map(origin_of, lines)))


class ChatForm(forms.Form):
    origins = OriginsField(
        label=_("Sites that may show the chat"),
        required=False,
        max_length=4000,
        help_text=_("One a line: https://www.example.com. On other sites it stays away."),
    )
    title_id = forms.CharField(
        label=_("Heading (Indonesian)"), max_length=60, initial="Ada yang bisa dibantu?"
    )
    title_en = forms.CharField(label=_("Heading (English)"), max_length=60, initial="How can we help?")
    greeting_id = forms.CharField(
        label=_("Greeting (Indonesian)"), required=False, initial="Halo! Tulis saja pertanyaan Anda.", **LONG
    )
    greeting_en = forms.CharField(
        label=_("Greeting (English)"),
        required=False,
        initial="Hello! Just write what you want to know.",
        **LONG,
    )
    colour = forms.CharField(
        label=_("Colour"),
        initial="#2f57d0",
        validators=[COLOUR],
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    position = forms.ChoiceField(
        label=_("Corner"), choices=[("right", _("Bottom right")), ("left", _("Bottom left"))], initial="right"
    )
    asked = forms.MultipleChoiceField(
        label=_("Ask before the talk begins"), choices=NAMED, required=False, initial=["name"],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    needed = forms.MultipleChoiceField(
        label=_("Must be answered"), choices=NAMED, required=False, widget=forms.CheckboxSelectMultiple
    )
    consent_id = forms.CharField(
        label=_("Consent (Indonesian)"),
        **LONG,
        initial="Dengan mengirim pesan, Anda setuju pesan dan data Anda disimpan untuk menjawab Anda.",
        help_text=_("Stands above the first message; whoever sends it has agreed to this text."),
    )
    consent_en = forms.CharField(
        label=_("Consent (English)"),
        **LONG,
        initial="By sending a message you agree that it and what you write is kept to answer you.",
    )
    takes_files = forms.BooleanField(label=_("Visitors may send files"), required=False, initial=True)
    days = forms.MultipleChoiceField(
        label=_("Days it is open"), choices=DAYS, required=False, initial=list("01234"),
        widget=forms.CheckboxSelectMultiple, help_text=_("None: on every day."),
    )  # fmt: skip
    opens_at = forms.CharField(
        label=_("Opens at"),
        required=False,
        validators=[CLOCK],
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    closes_at = forms.CharField(
        label=_("Closes at"),
        required=False,
        validators=[CLOCK],
        widget=forms.TimeInput(attrs={"type": "time"}),
    )
    hours_id = forms.CharField(label=_("Opening hours in words (Indonesian)"), max_length=200, required=False)
    hours_en = forms.CharField(label=_("Opening hours in words (English)"), max_length=200, required=False)
    offline_asked = forms.MultipleChoiceField(
        label=_("Ask when nobody is there"), choices=ASKED, initial=["email"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where the answer is sent. One of them must be answered."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens, closes = given.get("opens_at", ""), given.get("closes_at", "")
        if bool(opens) != bool(closes):
            self.add_error("closes_at" if opens else "opens_at", _("Give both times or none."))
        elif opens and opens >= closes:
            self.add_error("closes_at", _("It must close after it opens."))
        return given
