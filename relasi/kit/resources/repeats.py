"""A repetition as people choose and read it: how often, and until when. It is kept as an RRULE."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relasi.kit.ui import formats
from relasi.lib.recurrence import LAST_DAY, Recurrence, RecurrenceError, from_rrule, to_rrule

CHOICES: list[tuple[str, Any]] = [
    ("", gettext_lazy("Does not repeat")),
    ("FREQ=DAILY", gettext_lazy("Every day")),
    ("FREQ=WEEKLY", gettext_lazy("Every week")),
    ("FREQ=WEEKLY;INTERVAL=2", gettext_lazy("Every two weeks")),
    ("FREQ=MONTHLY", gettext_lazy("Every month")),
    ("FREQ=MONTHLY;INTERVAL=3", gettext_lazy("Every quarter")),
    ("FREQ=YEARLY", gettext_lazy("Every year")),
]


def choices(text: str) -> list[tuple[str, Any]]:
    """What can be chosen, and what stands now where it is none of these."""
    chosen = parted(text)[0]
    own = [] if chosen in dict(CHOICES) else [(chosen, words(chosen))]
    return [*CHOICES, *own]


def parted(text: str) -> tuple[str, str]:
    """(the rule without its last day, that day as YYYY-MM-DD or "")."""
    rule = _rule(text)
    if rule is None:
        return text, ""
    return to_rrule(replace(rule, until=None)), rule.until.isoformat() if rule.until else ""


def joined(chosen: str, until: str) -> str:
    """A rule of what was chosen; until `values.read` has looked at it, it may be wrong."""
    text = f"{chosen};UNTIL={until.strip().replace('-', '')}" if chosen and until.strip() else chosen
    rule = _rule(text)
    return to_rrule(rule) if rule else text


def words(text: str) -> str:
    """“Every two weeks on Monday, until 3 Dec 2026”. What cannot be read stays as it is."""
    rule = _rule(text)
    if rule is None:
        return text
    often = dict(CHOICES).get(to_rrule(Recurrence(every=rule.every, interval=rule.interval))) or _often(rule)
    days = ", ".join(str(WEEKDAYS[day]) for day in rule.weekdays)
    parts = [_("%(often)s on %(days)s") % {"often": often, "days": days} if days else str(often)]
    if rule.month_day == LAST_DAY:
        parts.append(_("on the last day"))
    elif rule.month_day:
        parts.append(_("on day %(day)s") % {"day": rule.month_day})
    if rule.until:
        parts.append(_("until %(day)s") % {"day": formats.date(rule.until)})
    if rule.times:
        parts.append(ngettext("%(num)d time", "%(num)d times", rule.times) % {"num": rule.times})
    return ", ".join(parts)


def _often(rule: Recurrence) -> str:
    n = rule.interval
    said = {
        "day": ngettext("Every %(num)d day", "Every %(num)d days", n),
        "week": ngettext("Every %(num)d week", "Every %(num)d weeks", n),
        "month": ngettext("Every %(num)d month", "Every %(num)d months", n),
        "year": ngettext("Every %(num)d year", "Every %(num)d years", n),
    }
    return said[rule.every] % {"num": n}


def _rule(text: str) -> Recurrence | None:
    try:
        return from_rrule(text) if text else None
    except RecurrenceError:
        return None
