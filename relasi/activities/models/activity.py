"""The activity: a task, note, call, meeting or visit. One table: timeline, Today and calendar mix them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.activities.fields import RecurrenceField
from relasi.activities.rich import plain_text
from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.lib import recurrence as repeating
from relasi.lib.text import shorten
from relasi.parties.models import Party

HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
CALL_OUTCOMES = ("reached", "no_answer", "busy", "message", "wrong_number")
VISIT_OUTCOMES = ("held", "no_show", "cancelled")
LONGEST_REMINDER = 366 * 24 * 60  # minutes


class Kind(models.TextChoices):
    TASK = "task", _("Task")
    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    MEETING = "meeting", _("Meeting")
    VISIT = "visit", _("Visit")


class ActivityQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the reader's roles open, and what the reader is asked to attend."""
        scope = user.rights.scope("activity", "view")
        if not scope or scope == "all":
            return super().visible_to(user)
        return self.filter(user.rights._reach(self.model, scope, "view") | attended_by(user))

    def tasks(self) -> Self:
        return self.filter(kind=Kind.TASK)

    def open(self) -> Self:
        """Neither done nor put away."""
        return self.filter(done_at__isnull=True, archived_at__isnull=True)

    def done(self) -> Self:
        return self.filter(done_at__isnull=False)

    def overdue(self, now: datetime) -> Self:
        return self.tasks().open().filter(due_at__lt=now)

    def due_before(self, moment: datetime) -> Self:
        return self.tasks().open().filter(due_at__lt=moment)

    def between(self, start: datetime, end: datetime) -> Self:
        """What stands on the calendar from `start` to before `end`; nothing lasts longer than 31 days."""
        timed = Q(starts_at__gte=start - timedelta(days=31), starts_at__lt=end) & (
            Q(starts_at__gte=start) | Q(ends_at__gt=start)
        )
        return self.filter(timed | Q(kind=Kind.TASK, due_at__gte=start, due_at__lt=end))

    def repeating(self, before: datetime) -> Self:
        """Open ones that come back, planned before a moment."""
        planned = Q(due_at__lt=before) | Q(starts_at__lt=before)
        return self.open().filter(planned, recurrence__gt="")

    def for_user(self, user: Any) -> Self:
        """Those the user owns or attends."""
        return self.filter(Q(owner=user) | attended_by(user))


class Activity(Record, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """What somebody did or will do with a customer.

    `at` is where it stands in time: when it was done, is due or begins, else when it was written.
    `about_noun` and `about_id` name another record it is about. `recurrence` is an RRULE counted from
    `repeats_from`; finishing makes the next one, which `follows` this one. `remind_at` is derived from
    `reminder_minutes`. `occasion` marks what a greeting was for ("birthday:2026"). All-day: from local
    midnight to the midnight after the last day.
    """

    class Direction(models.TextChoices):
        IN = "in", _("Incoming")
        OUT = "out", _("Outgoing")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        BUSY = "busy", _("Busy")
        MESSAGE = "message", _("Left a message")
        WRONG_NUMBER = "wrong_number", _("Wrong number")
        HELD = "held", _("Took place")
        NO_SHOW = "no_show", _("Nobody came")
        CANCELLED = "cancelled", _("Called off")

    class Priority(models.TextChoices):
        LOW = "low", _("Low")
        NORMAL = "normal", _("Normal")
        HIGH = "high", _("High")

    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices, default=Kind.NOTE, editable=False)
    subject = models.CharField(_("Subject"), max_length=200, blank=True)
    body = models.TextField(_("Details"), blank=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, blank=True, related_name="activities", db_index=False,
        verbose_name=_("Customer"),
    )  # fmt: skip
    about_noun = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, editable=False)

    at = models.DateTimeField(_("When"), editable=False)
    due_at = models.DateTimeField(_("Due"), null=True, blank=True)
    starts_at = models.DateTimeField(_("Begins"), null=True, blank=True)
    ends_at = models.DateTimeField(_("Ends"), null=True, blank=True)
    all_day = models.BooleanField(_("All day"), default=False)
    done_at = models.DateTimeField(_("Done"), null=True, blank=True)
    outcome = models.CharField(_("Outcome"), max_length=12, choices=Outcome.choices, blank=True)
    result = models.TextField(_("Result"), blank=True)

    direction = models.CharField(_("Direction"), max_length=3, choices=Direction.choices, blank=True)
    minutes = models.PositiveIntegerField(_("Minutes"), null=True, blank=True)
    location = models.CharField(_("Place"), max_length=300, blank=True)
    priority = models.CharField(
        _("Priority"), max_length=6, choices=Priority.choices, default=Priority.NORMAL
    )
    occasion = models.CharField(max_length=40, blank=True, editable=False)

    recurrence = RecurrenceField(
        _("Repeats"), max_length=200, blank=True, help_text=_("As FREQ=WEEKLY or FREQ=MONTHLY;INTERVAL=3")
    )
    repeats_from = models.DateField(null=True, editable=False)
    follows = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="followed_by",
        db_index=False,
    )
    reminder_minutes = models.PositiveIntegerField(_("Remind (minutes before)"), null=True, blank=True)
    remind_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("party",)
    shown_party: Party | None  # set by visibility.load_parties for one reader
    unlogged_fields: ClassVar[tuple[str, ...]] = ("at", "remind_at", "reminded_at", "repeats_from")
    fixed_kind: ClassVar[str] = ""
    offered_choices: ClassVar[dict[str, tuple[str, ...]]] = {}

    objects = ActivityQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Activity")
        verbose_name_plural = _("Activities")
        constraints = [
            models.UniqueConstraint(
                fields=["follows"], condition=Q(follows__isnull=False), name="activity_follows_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["party", "-at", "-id"], name="activity_party", condition=Q(party__isnull=False)
            ),
            models.Index(fields=["kind", "-at", "-id"], name="activity_kind", condition=Q(archived_at=None)),
            models.Index(fields=["-at", "-id"], name="activity_at", condition=Q(archived_at=None)),
            models.Index(
                fields=["owner", "due_at", "id"],
                name="activity_open_tasks",
                condition=Q(kind="task", done_at=None, archived_at=None),
            ),  # fmt: skip
            models.Index(
                fields=["party", "due_at"],
                name="activity_party_open",
                condition=Q(done_at=None, archived_at=None, party__isnull=False),
            ),  # fmt: skip
            models.Index(
                fields=["owner", "starts_at"], name="activity_calendar", condition=Q(starts_at__isnull=False)
            ),
            models.Index(
                fields=["starts_at", "owner"],
                name="activity_open_planned",
                condition=Q(done_at=None, archived_at=None, starts_at__isnull=False),
            ),
            models.Index(fields=["starts_at"], name="activity_starts", condition=Q(starts_at__isnull=False)),
            models.Index(
                fields=["owner", "-done_at"], name="activity_done_by", condition=Q(done_at__isnull=False)
            ),
            models.Index(
                fields=["remind_at"],
                name="activity_remind",
                condition=Q(remind_at__isnull=False, reminded_at=None, done_at=None),
            ),  # fmt: skip
            models.Index(
                fields=["owner", "id"],
                name="activity_repeating",
                condition=Q(done_at=None, archived_at=None, recurrence__gt=""),
            ),
            models.Index(
                fields=["about_noun", "about_id", "-at"],
                name="activity_about",
                condition=Q(about_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.subject or str(self.get_kind_display())

    @property
    def is_open(self) -> bool:
        return self.done_at is None

    @property
    def planned_at(self) -> datetime | None:
        """When it should happen: due for tasks, begins for the others."""
        return self.due_at if self.kind == Kind.TASK else self.starts_at

    @property
    def until(self) -> datetime | None:
        """When it ends on the calendar; where nobody said, an hour after its beginning, a call a quarter."""
        if self.ends_at or not self.starts_at:
            return self.ends_at
        if self.all_day:
            return self.starts_at + timedelta(days=1)
        usual = QUARTER if self.kind == Kind.CALL else HOUR
        return self.starts_at + (timedelta(minutes=self.minutes) if self.minutes else usual)

    def is_overdue(self, now: datetime) -> bool:
        return self.kind == Kind.TASK and self.is_open and self.due_at is not None and self.due_at < now

    # verbs

    @transaction.atomic
    def finish(self, *, by: Any, result: str = "", outcome: str = "", batch: str = "") -> Activity | None:
        """Done. A repeating one is followed by its next, which is returned; harmless when repeated."""
        if not self._locked().is_open:
            self.refresh_from_db()
            return None
        given = {"result": result, "outcome": outcome}
        said: dict[str, Any] = {name: value for name, value in given.items() if value}
        self.change(by=by, verb="finished", batch=batch, done_at=timezone.now(), **said)
        return self._make_next(by=by, batch=batch)

    @transaction.atomic
    def reopen(self, *, by: Any, batch: str = "") -> None:
        """Not done after all. The next of a repeating one goes again, unless somebody touched it."""
        if self.kind == Kind.NOTE or self._locked().is_open:
            return
        self.change(by=by, verb="reopened", batch=batch, done_at=None)
        following = type(self)._default_manager.filter(follows=self, done_at__isnull=True, version=1).first()
        if following:
            following.remove(by=by, batch=batch)

    @transaction.atomic
    def postpone(self, *, until: datetime, by: Any, batch: str = "") -> None:
        """Later: a task is due then; the others begin then and last as long as before."""
        if not self._locked().is_open:
            return
        if self.kind == Kind.TASK:
            self.change(by=by, verb="postponed", batch=batch, due_at=until)
        elif self.starts_at:
            end = self.ends_at + (until - self.starts_at) if self.ends_at else None
            self.change(by=by, verb="postponed", batch=batch, starts_at=until, ends_at=end)

    def reschedule(
        self, *, start: datetime, end: datetime | None = None, all_day: bool = False, by: Any, batch: str = ""
    ) -> bool:
        """To another place on the calendar; also when it is done already. False when nothing differs."""
        if self.kind == Kind.TASK:
            return self.change(by=by, verb="rescheduled", batch=batch, due_at=start)
        times: dict[str, Any] = {"starts_at": start, "ends_at": end, "all_day": all_day}
        return self.change(by=by, verb="rescheduled", batch=batch, **times)

    def assign(self, *, owner: Any, by: Any, batch: str = "") -> None:
        """Somebody else does it."""
        if self.owner_id != getattr(owner, "pk", None):
            self.change(by=by, verb="assigned", batch=batch, owner=owner)

    @transaction.atomic
    def invite(
        self, *, users: Iterable[Any] = (), parties: Iterable[Any] = (), by: Any, batch: str = ""
    ) -> bool:
        """Make these the attendees; one event with the old and new names."""
        from relasi.activities.models.attendee import Attendee

        before = {attendee.who: attendee for attendee in self.attendees.select_related("user", "party")}
        wanted = {("user", user.pk): user for user in users} | {
            ("party", party.pk): party for party in parties
        }
        if before.keys() == wanted.keys():
            return False
        for who in before.keys() - wanted.keys():
            before[who].delete()
        Attendee.objects.bulk_create(
            Attendee.of(self, wanted[who]) for who in sorted(wanted.keys() - before.keys())
        )
        names = [
            sorted(str(attendee) for attendee in before.values()),
            sorted(str(one) for one in wanted.values()),
        ]
        emit(
            "invited", self, by=by, changes={"attendees": names}, batch=batch, party_id=self.event_party_id()
        )
        return True

    # keeping itself true

    def prepare(self) -> None:
        """Derive what follows: subject from the text, times of what has happened, reminder, place in time."""
        self.kind = self.fixed_kind or self.kind
        self.subject = self.subject.strip() or shorten(plain_text(self.body), 90)
        if self._state.adding:
            self._happened_if_past()
        if self.kind == Kind.NOTE:
            self.done_at = self.done_at or self.starts_at or self.created_at
        self.repeats_from = self._first_day() if self.recurrence else None
        self.at = self._place_in_time()
        self._set_reminder()

    def clean(self) -> None:
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            raise ValidationError({"ends_at": _("It cannot end before it begins.")})
        if self.kind in (Kind.MEETING, Kind.VISIT) and not self.starts_at:
            raise ValidationError({"starts_at": _("When does it begin?")})
        if self.kind in (Kind.TASK, Kind.MEETING) and not self.subject:
            raise ValidationError({"subject": _("Say in a few words what it is about.")})
        if self.recurrence:
            self._check_recurrence()

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        from relasi.activities.last_activity import keep_last_activity

        if removed or created or fields & {"done_at", "party_id"}:
            keep_last_activity(self, created=created, removed=removed)
        super().saved(created=created, fields=fields, removed=removed)

    def _locked(self) -> Activity:
        locked: Activity = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        return locked

    def _happened_if_past(self) -> None:
        """What is written down after its end is a log of it; a call without a time is now."""
        if self.kind in (Kind.TASK, Kind.NOTE):
            return
        if not self.starts_at and self.kind == Kind.CALL:
            self.starts_at = self.created_at
        end = self.until if self.kind != Kind.CALL else self.starts_at
        if not self.done_at and end and end <= timezone.now():
            self.done_at = end

    def _place_in_time(self) -> datetime:
        if self.kind == Kind.TASK:
            return self.done_at or self.due_at or self.created_at
        return self.starts_at or self.done_at or self.created_at

    def _set_reminder(self) -> None:
        moment = self.planned_at
        remind_at = None
        if self.reminder_minutes is not None and self.reminder_minutes > LONGEST_REMINDER:
            raise ValidationError({"reminder_minutes": _("At most a year before.")})
        if moment and self.reminder_minutes is not None:
            remind_at = moment - timedelta(minutes=self.reminder_minutes)
        if remind_at != self.remind_at:
            self.remind_at, self.reminded_at = remind_at, None

    def _check_recurrence(self) -> None:
        if self.kind == Kind.NOTE:
            raise ValidationError({"recurrence": _("A note does not repeat.")})
        if not self.planned_at:
            raise ValidationError({"recurrence": _("What repeats needs a first day.")})
        try:
            self.recurrence = repeating.to_rrule(repeating.from_rrule(self.recurrence))
        except repeating.RecurrenceError as error:
            raise ValidationError({"recurrence": gettext(error.text) % error.values}) from error

    def _first_day(self) -> Any:
        if self.repeats_from or not self.planned_at:
            return self.repeats_from
        return timezone.localtime(self.planned_at).date()

    def _make_next(self, *, by: Any, batch: str) -> Activity | None:
        """The next of a repeating one, at the same local time; None when it has ended or is there already."""
        moment = self.planned_at
        if not (self.recurrence and self.repeats_from and moment):
            return None
        if type(self)._default_manager.filter(follows=self).exists():
            return None
        here = timezone.localtime(moment)
        day = repeating.from_rrule(self.recurrence).next_after(here.date(), self.repeats_from)
        if day is None:
            return None
        then = timezone.make_aware(datetime.combine(day, here.time()), here.tzinfo)
        following: Activity = type(self).create(
            by=by, batch=batch, **self._copied(), **self._times_at(then, moment)
        )
        return following

    def _copied(self) -> dict[str, Any]:
        names = (
            "kind", "subject", "body", "party_id", "about_noun", "about_id", "owner_id", "all_day",
            "direction", "minutes", "location", "priority", "recurrence", "repeats_from", "reminder_minutes",
        )  # fmt: skip
        return {"follows": self, "custom": self.custom, **{name: getattr(self, name) for name in names}}

    def _times_at(self, then: datetime, moment: datetime) -> dict[str, Any]:
        if self.kind == Kind.TASK:
            return {"due_at": then}
        return {"starts_at": then, "ends_at": self.ends_at + (then - moment) if self.ends_at else None}


class Task(Activity):
    fixed_kind = Kind.TASK

    class Meta:
        proxy = True
        verbose_name = _("Task")
        verbose_name_plural = _("Tasks")


class Note(Activity):
    fixed_kind = Kind.NOTE

    class Meta:
        proxy = True
        verbose_name = _("Note")
        verbose_name_plural = _("Notes")


class Call(Activity):
    fixed_kind = Kind.CALL
    offered_choices: ClassVar[dict[str, tuple[str, ...]]] = {"outcome": CALL_OUTCOMES}

    class Meta:
        proxy = True
        verbose_name = _("Call")
        verbose_name_plural = _("Calls")


class Meeting(Activity):
    fixed_kind = Kind.MEETING
    offered_choices: ClassVar[dict[str, tuple[str, ...]]] = {"outcome": VISIT_OUTCOMES}

    class Meta:
        proxy = True
        verbose_name = _("Meeting")
        verbose_name_plural = _("Meetings")


class Visit(Activity):
    fixed_kind = Kind.VISIT
    offered_choices: ClassVar[dict[str, tuple[str, ...]]] = {"outcome": VISIT_OUTCOMES}

    class Meta:
        proxy = True
        verbose_name = _("Visit")
        verbose_name_plural = _("Visits")


MODELS: dict[str, type[Activity]] = {
    str(model.fixed_kind): model for model in (Task, Note, Call, Meeting, Visit)
}


def attended_by(user: Any) -> Q:
    """Activities the user is asked to attend."""
    from relasi.activities.models.attendee import Attendee

    return Q(pk__in=Attendee.objects.filter(user=user).values("activity_id"))
