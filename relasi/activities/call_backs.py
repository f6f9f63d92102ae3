"""A missed call is a promise: a task to call back, due within so much of the company's opening hours.

One at a time for a number, given to whoever looks after the customer, else to whose telephone rang; done by
itself once somebody has talked with that number.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.days_off import days_off
from relasi.activities.models import Activity, Kind, Notification, Task, notify
from relasi.conversations.caller import Hint
from relasi.conversations.caller import hint as show_to_callee
from relasi.conversations.models import PhoneCall
from relasi.kit.access.models import User
from relasi.kit.resources.registry import find
from relasi.lib.business_time import WorkingTime
from relasi.parties.models import Party

MINUTES = 30  # unless the telephone system's settings say otherwise
AHEAD = timedelta(days=40)  # so far days off are looked at
ABOUT = "phonecall"
_hours: list[Callable[[], WorkingTime]] = []


def hours(source: Callable[[], WorkingTime]) -> Callable[[], WorkingTime]:
    """Whose opening hours count; without any the company is always open."""
    _hours[:] = [source]
    return source


def ask_call_back(call: PhoneCall) -> Task | None:
    """The task of a missed call; None where one is open for that number, or the caller hid it."""
    if not call.number or not call.is_missed or open_call_backs(call.number):
        return None
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Call back %(who)s") % {"who": call.party or call.number}
        body = _("Missed call from %(number)s at %(when)s.") % {
            "number": call.number, "when": timezone.localtime(call.rang_at).strftime("%H:%M"),
        }  # fmt: skip
    task: Task = Task.create(
        by=None,
        subject=subject[:200],
        body=body,
        party=call.party,
        owner=_owner(call),
        due_at=due_at(call),
        priority=Activity.Priority.HIGH,
        about_noun=ABOUT,
        about_id=call.pk,
    )
    if task.owner_id:
        _tell(task, call)
    return task


def finish_call_backs(call: PhoneCall) -> None:
    """Somebody talked with that number: what was promised is done."""
    for task in open_call_backs(call.number) if call.number else ():
        task.finish(by=call.owner, outcome=Activity.Outcome.REACHED)


def open_call_backs(number: str) -> list[Task]:
    """Those that wait for a number, the oldest first."""
    calls = PhoneCall._default_manager.filter(number=number).order_by().values("pk")
    rows = Task._default_manager.all().open().filter(kind=Kind.TASK, about_noun=ABOUT, about_id__in=calls)
    return list(rows.order_by("id"))


def due_at(call: PhoneCall) -> datetime:
    """So many minutes of opening hours after the call ended."""
    given = call.account.settings if call.account else {}
    minutes = int(given.get("call_back_minutes") or MINUTES)
    began = call.ended_at or call.rang_at
    return opening_hours(began).after(began, minutes) or began + timedelta(minutes=minutes)


def opening_hours(start: datetime) -> WorkingTime:
    """The company's hours, without the days off that follow `start`."""
    zone = ZoneInfo(settings.TIME_ZONE)
    known = _hours[0]() if _hours else WorkingTime({}, zone)
    first = start.astimezone(zone).date()
    return WorkingTime(known.week, known.zone, known.closed | days_off(first, first + AHEAD))


def _owner(call: PhoneCall) -> User | None:
    """Who looks after the customer, else whose telephone rang; nobody: it is for all."""
    owner = call.party.owner if call.party else None
    chosen = owner if owner and owner.is_active else call.owner
    return chosen if chosen and chosen.is_active else None


def _tell(task: Task, call: PhoneCall) -> None:
    notify(
        users=[task.owner_id],
        kind=Notification.Kind.ASSIGNED,
        key=f"call-back:{call.pk}",
        text=str(task),
        url=f"/tasks/{task.pk}/",
    )


@show_to_callee
def _tasks_of(party: Party, user: User) -> list[Hint]:
    """How many open tasks there are with the customer who calls."""
    rows = Activity.objects.visible_to(user).tasks().open().filter(party=party)
    late = rows.filter(due_at__lt=timezone.now()).count()
    count = rows.count()
    if not count or find("tasks") is None:
        return []
    text = ngettext("%(n)d open task", "%(n)d open tasks", count) % {"n": count}
    return [Hint(icon="checkbox", text=text, tone="amber" if late else "grey")]
