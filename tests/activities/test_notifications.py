"""Reminders, mentions and work given: told once to those concerned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from relasi.activities import jobs
from relasi.activities.jobs import send_reminders
from relasi.activities.models import Activity, Meeting, Note, Notification, Task
from relasi.activities.reactions import tell_mentioned_in_comment
from relasi.activities.today import items_for
from relasi.kit.events.models import Event
from relasi.kit.records.models import Comment, Mention, about
from tests.world import World

SignIn = Callable[[Any], Client]
AT_SARI = '<p><span data-type="mention" data-id="{}" class="mention">@Sari</span> please look</p>'


def told(user: Any) -> list[tuple[str, str]]:
    return list(Notification.objects.visible_to(user).order_by("id").values_list("kind", "text"))


def due_soon(world: World, noon: datetime, **fields: Any) -> Task:
    given = {
        "by": world.bob,
        "owner": world.bob,
        "subject": "Call Budi",
        "due_at": noon + timedelta(minutes=10),
    }
    return Task.create(**{**given, "reminder_minutes": 15, **fields})


def test_a_reminder_comes_when_it_is_due(world: World, noon: datetime) -> None:
    due_soon(world, noon)
    send_reminders()
    assert told(world.bob) == [("reminder", "Call Budi")]


def test_a_reminder_does_not_come_early(world: World, noon: datetime) -> None:
    due_soon(world, noon, reminder_minutes=5)
    send_reminders()
    assert told(world.bob) == []


def test_a_reminder_comes_once(world: World, noon: datetime) -> None:
    due_soon(world, noon)
    send_reminders()
    send_reminders()
    assert len(told(world.bob)) == 1


def test_a_reminder_that_was_told_but_not_marked_is_not_told_twice(world: World, noon: datetime) -> None:
    due_soon(world, noon)
    send_reminders()
    Activity.objects.update(reminded_at=None)
    send_reminders()
    assert len(told(world.bob)) == 1


def test_a_kill_in_the_middle_loses_no_reminder(
    world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_soon(world, noon)
    due_soon(world, noon, subject="Call Siti")
    whole, calls = jobs._remind, []

    def dies_on_the_second(*given: Any) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(*given)

    monkeypatch.setattr(jobs, "_remind", dies_on_the_second)
    with pytest.raises(KeyboardInterrupt):
        send_reminders()
    monkeypatch.setattr(jobs, "_remind", whole)
    send_reminders()
    assert sorted(told(world.bob)) == [("reminder", "Call Budi"), ("reminder", "Call Siti")]


def test_what_is_done_reminds_nobody(world: World, noon: datetime) -> None:
    due_soon(world, noon).finish(by=world.bob)
    send_reminders()
    assert told(world.bob) == []


def test_a_meeting_reminds_who_attends_too(world: World, noon: datetime) -> None:
    meeting = Meeting.create(
        by=world.bob,
        owner=world.bob,
        subject="Review",
        starts_at=noon + timedelta(minutes=10),
        reminder_minutes=15,
    )
    meeting.invite(users=[world.sari], by=world.bob)
    send_reminders()
    assert told(world.sari) == [("reminder", "Review")]


def test_a_mention_in_a_note_is_told(world: World) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.budi, body=AT_SARI.format(world.sari.pk))
    assert told(world.sari) == [("mention", "@Sari please look")]


def test_a_mention_reaches_nobody_who_may_not_see_the_note(world: World) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.budi, body=AT_SARI.format(world.citra.pk))
    assert told(world.citra) == []


def test_a_mention_in_a_comment_is_told_with_the_name_of_the_record(world: World) -> None:
    comment = Comment.create(by=world.bob, author=world.bob, body="see", **about(world.budi))
    Mention.objects.create(comment=comment, user=world.sari)
    tell_mentioned_in_comment(Event.objects.of(comment).first())
    assert told(world.sari) == [("mention", "Budi Santoso")]


def test_a_mention_told_twice_is_kept_once(world: World) -> None:
    comment = Comment.create(by=world.bob, author=world.bob, body="see", **about(world.budi))
    Mention.objects.create(comment=comment, user=world.sari)
    for _time in range(2):
        tell_mentioned_in_comment(Event.objects.of(comment).first())
    assert len(told(world.sari)) == 1


def test_work_given_is_told(world: World, noon: datetime) -> None:
    due_soon(world, noon, owner=world.sari)
    assert told(world.sari) == [("assigned", "Call Budi")]


def test_ones_own_work_is_not(world: World, noon: datetime) -> None:
    due_soon(world, noon)
    assert told(world.bob) == []


def test_a_mention_stands_on_today_until_it_is_read(world: World, noon: datetime, sign_in: SignIn) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.budi, body=AT_SARI.format(world.sari.pk))
    before = [item.reason for item in items_for(world.sari, noon)]
    sign_in(world.sari).get(f"/notifications/{Notification.objects.get().pk}/")
    assert ("Bob Hutapea mentioned you" in before, items_for(world.sari, noon)) == (True, [])


def test_the_bell_counts_what_is_unread(world: World, noon: datetime, sign_in: SignIn) -> None:
    due_soon(world, noon, owner=world.sari)
    assert b"1 unread notification" in sign_in(world.sari).get("/notifications/bell/").content


def test_the_notifications_of_others_cannot_be_read_or_marked(
    world: World, noon: datetime, sign_in: SignIn
) -> None:
    due_soon(world, noon, owner=world.sari)
    pk = Notification.objects.get().pk
    browser = sign_in(world.bob)
    codes = (
        browser.get(f"/notifications/{pk}/").status_code,
        browser.post(f"/notifications/{pk}/seen/").status_code,
    )
    assert codes == (404, 404)


def test_all_are_marked_at_once(world: World, noon: datetime, sign_in: SignIn) -> None:
    due_soon(world, noon, owner=world.sari)
    sign_in(world.sari).post("/notifications/seen/")
    assert not Notification.objects.unseen().exists()


def test_the_page_opens_for_everybody(world: World, sign_in: SignIn) -> None:
    assert {sign_in(user).get("/notifications/").status_code for user in world.users} == {200}
