"""The log of calls, as a noun: what rang, how long, what it was about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.conversations.models import PhoneCall
from relasi.kit.resources import (
    Chart,
    Column,
    Filter,
    Group,
    Related,
    Resource,
    Verb,
    cells,
    extend,
    register,
)


class WrapUpForm(forms.Form):
    """What a call was about."""

    disposition = forms.ChoiceField(
        label=_("What it was"), choices=PhoneCall.Disposition.choices, required=False
    )
    summary = forms.CharField(label=_("Summary"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self, data: Any = None, *args: Any, record: Any = None, user: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        if record is not None:
            self.initial = {"disposition": record.disposition, "summary": record.summary}


def lasting(time: timedelta | None) -> str:
    """1:05 for a minute and five seconds, 1:02:03 beyond an hour; "" for nothing."""
    seconds = int(time.total_seconds()) if time else 0
    if not seconds:
        return ""
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def _yes(operator: str, values: list[Any]) -> bool:
    is_said = str(values[0]).lower() in ("yes", "true", "1") if values else True
    return is_said == (operator in ("is", "="))


def _missed(operator: str, values: list[Any], user: Any) -> Q:
    missed = Q(is_inbound=True, answered_at__isnull=True, state="ended")
    return missed if _yes(operator, values) else ~missed


def _answered(operator: str, values: list[Any], user: Any) -> Q:
    return Q(answered_at__isnull=not _yes(operator, values))


def _wrapped(operator: str, values: list[Any], user: Any) -> Q:
    return Q(wrapped_up_at__isnull=not _yes(operator, values))


RANG = Column(name="rang_for", label=_("Rang for"), value=lambda call: lasting(call.rang_for))
TALKED = Column(name="talked_for", label=_("Talked for"), value=lambda call: lasting(call.talked_for))
HELD = Column(
    name="held_for", label=_("On hold for"), value=lambda call: lasting(timedelta(seconds=call.held_seconds))
)
WRAPPED = Column(name="wrapped_up_in", label=_("Wrap-up"), value=lambda call: lasting(call.wrapped_up_in))

phone_calls = register(
    Resource(
        name="phone-calls",
        model=PhoneCall,
        label=_("Phone calls"),
        label_one=_("Phone call"),
        icon="phone",
        order=17,
        title="number",
        columns=("number", "party", "is_inbound", "state", "rang_at", RANG, TALKED, "owner", "disposition"),
        more=(
            HELD, WRAPPED, "answered_at", "ended_at", "extension", "cause", "recording", "summary", "account",
            "wrapped_up_at", "conversation",
        ),
        filters=(
            Filter(name="missed", label=_("Missed"), query=_missed),
            Filter(name="answered", label=_("Answered"), query=_answered),
            Filter(name="wrapped_up", label=_("Wrapped up"), query=_wrapped),
        ),
        inline=("disposition", "party"),
        groups=(
            Group(label=_("Call"), fields=("number", "party", "is_inbound", "state", "owner", "extension")),
            Group(
                label=_("What it was about"), fields=("disposition", "summary", "recording", "conversation")
            ),
            Group(
                label=_("Times"),
                fields=(
                    "rang_at", "answered_at", "ended_at", "wrapped_up_at", "rang_for", "talked_for",
                    "held_for", "wrapped_up_in", "cause",
                ),
            ),
        ),
        sort=("-rang_at",),
        preload=("party", "owner"),
        chart=Chart(by="disposition"),
        verbs=(
            Verb(
                name="wrap_up", label=_("Wrap up"), icon="phone-check", form=WrapUpForm, primary=True,
                fields=("disposition", "summary"), when=lambda call: call.may_be_wrapped_up,
            ),
            Verb(
                name="call_back", label=_("Call back"), icon="phone-call",
                when=lambda call: call.may_be_called_back,
            ),
        ),
        can_create=False,
        can_delete=False,
    )
)  # fmt: skip
cells.tones(
    phone_calls.noun, "state", {"ringing": "amber", "talking": "green", "held": "violet", "ended": "grey"}
)

for _noun in ("people", "companies", "households"):
    extend(
        _noun,
        panel=Related(
            resource="phone-calls", via="party", columns=("is_inbound", "rang_at", "talked_for"),
            sort="-rang_at", order=27,
        ),
    )  # fmt: skip
