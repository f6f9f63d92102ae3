"""The period a page of figures is about, from its address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.resources.values import plain_words
from relasi.lib.periods import Period, PeriodError, resolve

PERIODS = (
    ("this month", _("This month")),
    ("last month", _("Last month")),
    ("next month", _("Next month")),
    ("this quarter", _("This quarter")),
    ("last quarter", _("Last quarter")),
    ("next quarter", _("Next quarter")),
    ("this year", _("This year")),
    ("last year", _("Last year")),
    ("last 90 days", _("Last 90 days")),
    ("last 12 months", _("Last 12 months")),
)


@dataclass(frozen=True)
class Asked:
    """`text` as it stands in the address; `problem` in plain words when it could not be read."""

    text: str
    days: Period
    problem: str = ""

    @property
    def last(self) -> Any:
        """The last day, as people say it."""
        return self.days.end - timedelta(days=1)


def asked_period(request: HttpRequest, otherwise: str) -> Asked:
    """What `?period=` says, else `otherwise`."""
    today, text = timezone.localdate(), request.GET.get("period", "").strip()[:60] or otherwise
    try:
        return Asked(text, resolve(text, today))
    except PeriodError as error:
        return Asked(otherwise, resolve(otherwise, today), plain_words(error))


def choices_of_periods() -> list[tuple[str, Any]]:
    return list(PERIODS)
