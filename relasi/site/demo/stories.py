"""What happened with the customers: calls, notes, meetings, visits, tasks done and still to do."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from relasi.activities.models import Activity
from relasi.site.bulk.pouring import sketch
from relasi.site.demo import words

ZONE = ZoneInfo("Asia/Jakarta")
KINDS = ("call",) * 34 + ("note",) * 22 + ("task",) * 24 + ("meeting",) * 10 + ("visit",) * 10
PLACES = (
    "Kantor Sahabat Selalu",
    "Rumah pelanggan",
    "Kafe Kopi Tetangga",
    "Kantor pelanggan",
    "Ruang rapat lantai 2",
)


class Story:
    """Draws activities for (party id, owner, known since, city); the same seed tells the same story."""

    def __init__(self, *, seed: int, now: datetime) -> None:
        self.dice = random.Random(seed + 1)  # noqa: S311
        self.now = now

    def activities(self, count: int, parties: Sequence[tuple[int, int, datetime, str]]) -> Iterator[Activity]:
        """`count` of them, more with some customers than with others."""
        for _ in range(count):
            party_id, owner_id, since, _name = parties[int(len(parties) * self.dice.random() ** 1.35)]
            yield self._activity(party_id, owner_id, since)

    def plan(self, activity: Activity, *, days: int) -> None:
        """Make it a thing still to do, so many days from now."""
        activity.kind = self.dice.choice(("task", "task", "meeting", "visit"))
        activity.subject, body = self.dice.choice(words.SAID[activity.kind])
        activity.body = f"<p>{body}</p>" if body else ""
        activity.at = self._at_work(self.now + timedelta(days=days))
        activity.done_at, activity.direction, activity.minutes, activity.outcome, activity.result = (
            None,
            "",
            None,
            "",
            "",
        )
        activity.starts_at = activity.ends_at = activity.due_at = None
        if activity.kind == "task":
            activity.due_at, activity.priority = activity.at, self.dice.choice(("normal", "high"))
        else:
            activity.starts_at, activity.ends_at = activity.at, activity.at + timedelta(hours=1)
            activity.location = self.dice.choice(PLACES)

    def _activity(self, party_id: int, owner_id: int, since: datetime) -> Activity:
        kind = self.dice.choice(KINDS)
        subject, body = self.dice.choice(words.SAID[kind])
        at = self._office_hour(since)
        activity = sketch(
            Activity, kind=kind, subject=subject, body=f"<p>{body}</p>" if body else "", party_id=party_id,
            owner_id=owner_id, at=at,
            created_at=at, updated_at=at, done_at=at,
        )  # fmt: skip
        getattr(self, f"_{kind}")(activity)
        return activity

    def _call(self, call: Activity) -> None:
        call.starts_at = call.at
        call.direction = "in" if self.dice.random() < 0.3 else "out"
        call.minutes = self.dice.randint(1, 25)
        call.outcome = self.dice.choice(("reached", "reached", "reached", "no_answer", "busy", "message"))
        call.ends_at = call.at + timedelta(minutes=call.minutes)

    def _note(self, note: Activity) -> None:
        pass

    def _meeting(self, meeting: Activity) -> None:
        self._planned(meeting, hours=1)

    def _visit(self, visit: Activity) -> None:
        self._planned(visit, hours=2)

    def _planned(self, activity: Activity, *, hours: int) -> None:
        if self.dice.random() < 0.06:
            activity.at = self._soon()
            activity.done_at = None
        activity.starts_at, activity.ends_at = activity.at, activity.at + timedelta(hours=hours)
        activity.location = self.dice.choice(PLACES)
        activity.outcome = "held" if activity.done_at else ""
        activity.created_at = activity.updated_at = min(activity.created_at, self.now)

    def _task(self, task: Activity) -> None:
        if self.dice.random() < 0.14:
            task.at = self._soon()
            task.done_at = None
        task.due_at = task.at
        task.priority = self.dice.choice(("normal", "normal", "normal", "high", "low"))
        if task.done_at:
            task.result = self.dice.choice(("Selesai.", "Sudah dikirim.", "Pelanggan sudah menerima.", ""))

    def _soon(self) -> datetime:
        """From a week ago to three weeks ahead, mostly near."""
        days = self.dice.choice((-6, -4, -3, -2, -1, 0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 16, 21))
        return self._at_work(self.now + timedelta(days=days))

    def _office_hour(self, since: datetime) -> datetime:
        return min(
            self._at_work(since + (self.now - since) * self.dice.random()), self.now - timedelta(minutes=20)
        )

    def _at_work(self, day: datetime) -> datetime:
        local = day.astimezone(ZONE).date()
        if local.weekday() == 6:
            local -= timedelta(days=1)
        return datetime.combine(
            local, time(self.dice.randint(8, 17), self.dice.choice((0, 15, 30, 45))), ZONE
        )
