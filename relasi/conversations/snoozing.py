"""Until when a conversation may sleep: the moments people choose, in the reader's zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MORNING = time(8)
LATER = timedelta(hours=3)


def presets(now: datetime | None = None) -> list[tuple[Any, datetime]]:
    """(what it is called, the moment): later today, tomorrow at eight, Monday, in a week."""
    here = timezone.localtime(now)
    monday = here.date() + timedelta(days=7 - here.weekday())
    later = (here + LATER).replace(minute=0, second=0, microsecond=0)
    return [
        (gettext_lazy("Later today"), later),
        (gettext_lazy("Tomorrow morning"), _morning(here.date() + timedelta(days=1))),
        (gettext_lazy("Monday"), _morning(monday)),
        (gettext_lazy("In a week"), _morning(here.date() + timedelta(days=7))),
    ]


def _morning(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, MORNING))


class SnoozeForm(forms.Form):
    """Asks until when; takes the record and the reader besides the data, as forms of verbs do."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        initial=lambda: presets()[1][1],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(
        self, data: Any = None, *args: Any, record: Any = None, user: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.record, self.user = record, user

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= timezone.now():
            raise ValidationError(_("This moment has gone by."))
        return until
