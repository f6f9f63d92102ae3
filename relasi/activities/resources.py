"""How tasks, notes, calls, meetings and visits are shown, and what they add to customers' pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.activities import (
    booking_resources,  # noqa: F401 - registers
    next_activity,
)
from relasi.activities.forms import CallResultForm, PostponeForm, ResultForm
from relasi.activities.models import Activity, Call, Kind, Meeting, Note, Task, Visit
from relasi.kit.resources import (
    Board,
    Calendar,
    Chart,
    Column,
    Filter,
    Group,
    Panel,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)
from relasi.kit.resources.timelines import register as register_timeline
from relasi.kit.ui.menu import MenuItem
from relasi.kit.ui.menu import register as register_menu


def _is_open(activity: Any) -> bool:
    return bool(activity.is_open)


def _may_reopen(activity: Any) -> bool:
    return not activity.is_open and activity.kind != Kind.NOTE


FINISH = Verb(name="finish", label=_("Done"), icon="check", bulk=True, when=_is_open, primary=True)
REOPEN = Verb(name="reopen", label=_("Open again"), icon="rotate", bulk=True, when=_may_reopen)
POSTPONE = Verb(
    name="postpone", label=_("Postpone"), icon="clock", form=PostponeForm, bulk=True, when=_is_open
)
ASSIGN = Verb(name="assign", label=_("Assign"), icon="user-check", fields=("owner",), bulk=True)
ARCHIVE = Verb(
    name="archive", label=_("Archive"), icon="archive", bulk=True, when=lambda one: not one.is_archived
)
UNARCHIVE = Verb(
    name="unarchive", label=_("Bring back"), icon="archive", bulk=True, when=lambda one: one.is_archived
)
FINISH_CALL = Verb(
    name="finish", label=_("Done"), icon="check", form=CallResultForm, when=_is_open, primary=True
)
FINISH_VISIT = Verb(
    name="finish", label=_("Took place"), icon="check", form=ResultForm, when=_is_open, primary=True
)
SHELF = (ASSIGN, ARCHIVE, UNARCHIVE)


def _open_query(operator: str, values: list[Any], user: Any) -> Q:
    """Neither done nor put away."""
    wanted = next_activity.asks_yes(operator, values)
    is_open = Q(done_at__isnull=True)
    return is_open if wanted else ~is_open


def _overdue_query(operator: str, values: list[Any], user: Any) -> Q:
    late = Q(kind=Kind.TASK, done_at__isnull=True, due_at__lt=timezone.now())
    return late if next_activity.asks_yes(operator, values) else ~late


OPEN = Filter(name="is_open", label=pgettext_lazy("state", "Open"), query=_open_query)
OVERDUE = Filter(name="is_overdue", label=_("Overdue"), query=_overdue_query)


def _subtitle(activity: Any) -> str:
    """Which kind, with whom and when: what explains a hit of the search."""
    when = date_format(timezone.localtime(activity.at), "SHORT_DATETIME_FORMAT") if activity.at else ""
    party = str(activity.party) if activity.party_id else ""
    return " · ".join(part for part in (str(activity.get_kind_display()), party, when) if part)


SEARCH = Search(fields=("subject", "location"), subtitle=_subtitle)
CONTEXT = Group(label=_("With"), fields=("party", "owner", "tags"))

tasks = register(
    Resource(
        name="tasks",
        model=Task,
        label=_("Tasks"),
        label_one=_("Task"),
        icon="checkbox",
        order=11,
        where={"kind": "task"},
        title="subject",
        columns=("subject", "party", "due_at", "priority", "owner", "done_at"),
        more=("recurrence", "reminder_minutes", "result", "created_at", "updated_at"),
        filters=(OPEN, OVERDUE),
        inline=("subject", "due_at", "priority", "owner", "party"),
        groups=(
            Group(
                label=_("Task"),
                fields=("subject", "due_at", "priority", "reminder_minutes", "recurrence", "body"),
            ),
            CONTEXT,
            Group(label=_("Result"), fields=("done_at", "result"), folded=True),
        ),
        create_fields=(
            "subject",
            "party",
            "due_at",
            "priority",
            "owner",
            "reminder_minutes",
            "recurrence",
            "body",
        ),
        sort=("-at",),
        preload=("party", "owner"),
        search=SEARCH,
        board=Board(lane="priority", card=("party", "due_at", "owner")),
        calendar=Calendar(start="due_at"),
        chart=Chart(by="owner"),
        verbs=(FINISH, REOPEN, POSTPONE, *SHELF),
    )
)

cells.tones(tasks.noun, "priority", {"low": "grey", "normal": "blue", "high": "amber"})

notes = register(
    Resource(
        name="notes",
        model=Note,
        label=_("Notes"),
        label_one=_("Note"),
        icon="note",
        order=15,
        where={"kind": "note"},
        title="subject",
        columns=("subject", "party", "owner", "at"),
        more=("created_at", "updated_at"),
        inline=("subject", "party"),
        groups=(Group(label=_("Note"), fields=("subject", "body")), CONTEXT),
        create_fields=("body", "party", "subject", "owner"),
        sort=("-at",),
        preload=("party", "owner"),
        search=SEARCH,
        chart=Chart(by="owner"),
        verbs=SHELF,
    )
)

calls = register(
    Resource(
        name="calls",
        model=Call,
        label=_("Calls"),
        label_one=_("Call"),
        icon="phone",
        order=14,
        where={"kind": "call"},
        title="subject",
        columns=("subject", "party", "direction", "starts_at", "minutes", "outcome", "owner"),
        more=("result", "done_at", "created_at", "updated_at"),
        filters=(OPEN,),
        inline=("subject", "party", "direction", "minutes", "outcome", "owner"),
        groups=(
            Group(
                label=_("Call"),
                fields=("subject", "direction", "starts_at", "minutes", "outcome", "result", "body"),
            ),
            CONTEXT,
        ),
        create_fields=("party", "direction", "subject", "starts_at", "minutes", "outcome", "body", "owner"),
        sort=("-at",),
        totals=("minutes",),
        preload=("party", "owner"),
        search=SEARCH,
        board=Board(lane="outcome", card=("party", "starts_at", "owner")),
        calendar=Calendar(start="starts_at", end="ends_at"),
        chart=Chart(by="outcome"),
        verbs=(FINISH_CALL, REOPEN, POSTPONE, *SHELF),
    )
)

TIMED = ("subject", "starts_at", "ends_at", "all_day", "location", "reminder_minutes", "body")

meetings = register(
    Resource(
        name="meetings",
        model=Meeting,
        label=_("Meetings"),
        label_one=_("Meeting"),
        icon="calendar-event",
        order=13,
        where={"kind": "meeting"},
        title="subject",
        columns=("subject", "party", "starts_at", "ends_at", "location", "owner", "done_at"),
        more=("outcome", "result", "all_day", "created_at", "updated_at"),
        filters=(OPEN,),
        inline=("subject", "party", "starts_at", "ends_at", "location", "owner"),
        groups=(
            Group(label=_("Meeting"), fields=TIMED),
            CONTEXT,
            Group(label=_("Result"), fields=("done_at", "outcome", "result"), folded=True),
        ),
        create_fields=(
            "subject",
            "party",
            "starts_at",
            "ends_at",
            "location",
            "owner",
            "reminder_minutes",
            "body",
        ),
        sort=("-at",),
        preload=("party", "owner"),
        search=SEARCH,
        calendar=Calendar(start="starts_at", end="ends_at"),
        chart=Chart(by="owner"),
        verbs=(FINISH_VISIT, REOPEN, POSTPONE, *SHELF),
    )
)

visits = register(
    Resource(
        name="visits",
        model=Visit,
        label=_("Visits"),
        label_one=_("Visit"),
        icon="map-pin",
        order=14,
        where={"kind": "visit"},
        title="subject",
        columns=("subject", "party", "starts_at", "location", "outcome", "owner", "done_at"),
        more=("ends_at", "result", "created_at", "updated_at"),
        filters=(OPEN,),
        inline=("subject", "party", "starts_at", "location", "outcome", "owner"),
        groups=(
            Group(label=_("Visit"), fields=TIMED),
            CONTEXT,
            Group(label=_("Result"), fields=("done_at", "outcome", "result"), folded=True),
        ),
        create_fields=(
            "subject",
            "party",
            "starts_at",
            "ends_at",
            "location",
            "owner",
            "reminder_minutes",
            "body",
        ),
        sort=("-at",),
        preload=("party", "owner"),
        search=SEARCH,
        board=Board(lane="outcome", card=("party", "starts_at", "owner"), asks=("result",)),
        calendar=Calendar(start="starts_at", end="ends_at"),
        chart=Chart(by="outcome"),
        verbs=(FINISH_VISIT, REOPEN, POSTPONE, *SHELF),
    )
)

activities = register(
    Resource(
        name="activities",
        model=Activity,
        label=_("Activities"),
        label_one=_("Activity"),
        icon="list-details",
        order=12,
        title="subject",
        columns=("subject", "kind", "party", "at", "owner", "done_at"),
        more=("outcome", "minutes", "location", "priority", "created_at", "updated_at"),
        filters=(OPEN, OVERDUE),
        inline=("subject", "party", "owner"),
        groups=(Group(label=_("Activity"), fields=("subject", "kind", "at", "body")), CONTEXT),
        sort=("-at",),
        totals=("minutes",),
        preload=("party", "owner"),
        board=Board(lane="kind", card=("party", "at", "owner")),
        calendar=Calendar(start="at"),
        chart=Chart(by="kind"),
        verbs=(FINISH, REOPEN, POSTPONE, *SHELF),
        can_create=False,
    )
)

for _parties in ("people", "companies", "households"):
    extend(
        _parties,
        panel=Panel(
            name="next",
            label=_("What is next"),
            template="activities/panel_next.html",
            context=next_activity.panel,
            order=10,
        ),
    )
    extend(
        _parties,
        filter=Filter(name="has_open_task", label=_("Has an open task"), query=next_activity.has_open_task),
    )
    extend(
        _parties,
        filter=Filter(
            name="has_next_activity", label=_("Has a next activity"), query=next_activity.has_next_activity
        ),
    )
    extend(
        _parties,
        filter=Filter(
            name="has_activity_of_mine",
            label=_("I have dealt with"),
            query=next_activity.has_activity_of_mine,
        ),
    )
    extend(
        _parties,
        column=Column(
            name="next_activity",
            label=_("Next activity"),
            kind="datetime",
            value=lambda party: getattr(party, "next_activity_at", None),
            preload=next_activity.load_next,
        ),
    )


@register_timeline
def _timeline_of_party(resource: Resource, record: Any) -> str:
    return reverse("timeline", args=[record.pk]) if resource.noun == "party" else ""


def _may_see(user: Any) -> bool:
    return bool(user.is_authenticated and user.rights.scope("activity", "view"))


def _open_tasks_today(user: Any) -> int | None:
    from relasi.activities.today import due_count

    return due_count(user)


register_menu(
    MenuItem(
        section="",
        label=_("Today"),
        icon="sun",
        url_name="today",
        order=1,
        phone=True,
        key="t",
        count=_open_tasks_today,
    )
)
register_menu(
    MenuItem(
        section="",
        label=_("Calendar"),
        icon="calendar",
        url_name="calendar",
        order=3,
        visible=_may_see,
        key="k",
    )
)
register_menu(
    MenuItem(
        section="",
        label=_("Tasks"),
        icon="checkbox",
        url="/tasks/?filter=is_open+%3D+yes&sort=at",
        order=4,
        visible=_may_see,
        key="s",
    )
)
