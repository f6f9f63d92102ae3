"""What the verbs ask first."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.activities.models import Activity
from relasi.activities.models.activity import CALL_OUTCOMES, VISIT_OUTCOMES


class _VerbForm(forms.Form):
    """Takes the record and the reader besides the data."""

    def __init__(
        self, data: Any = None, *args: Any, record: Activity | None = None, user: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.record, self.user = record, user


class PostponeForm(_VerbForm):
    until = forms.DateTimeField(
        label=_("Until"),
        initial=lambda: tomorrow_morning(timezone.now()),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ResultForm(_VerbForm):
    """How a call, meeting or visit went."""

    outcome = forms.ChoiceField(label=_("Outcome"), required=False)
    result = forms.CharField(label=_("Result"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    outcomes: tuple[str, ...] = VISIT_OUTCOMES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Activity.Outcome.choices)
        choices = [("", "—"), *((key, labels[key]) for key in self.outcomes)]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]


class CallResultForm(ResultForm):
    outcomes = CALL_OUTCOMES


def tomorrow_morning(now: datetime, *, days: int = 1) -> datetime:
    """Nine o'clock of the reader's day, `days` from now."""
    day = timezone.localtime(now).date() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(9)))
