"""Activities: what verbs do, and what follows from the fields."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from relasi.activities.models import Activity, Call, Meeting, Note, Task, Visit
from relasi.kit.events.models import Event
from relasi.kit.resources import batches
from tests.world import World


def task(world: World, noon: datetime, **fields: object) -> Task:
    return Task.create(
        **{
            "by": world.bob,
            "owner": world.bob,
            "party": world.budi,
            "subject": "Call back",
            "due_at": noon,
            **fields,
        }
    )


def last_verbs(activity: Activity) -> list[str]:
    return [event.verb for event in Event.objects.of(activity)]


def test_finishing_a_task_is_told_once(world: World, noon: datetime) -> None:
    one = task(world, noon)
    one.finish(by=world.bob, result="Reached her")
    one.finish(by=world.bob)
    assert last_verbs(one) == ["finished", "created"]


def test_a_finished_task_keeps_when_and_with_what_result(world: World, noon: datetime) -> None:
    one = task(world, noon)
    one.finish(by=world.bob, result="Reached her")
    one.refresh_from_db()
    assert (one.done_at, one.result) == (noon, "Reached her")


def test_a_stale_copy_does_not_finish_a_task_twice(world: World, noon: datetime) -> None:
    one = task(world, noon, recurrence="FREQ=WEEKLY")
    stale = Task.objects.get(pk=one.pk)
    one.finish(by=world.bob)
    assert stale.finish(by=world.bob) is None


def test_a_repeating_task_is_followed_by_its_next_at_the_same_hour(world: World, noon: datetime) -> None:
    following = task(world, noon, recurrence="FREQ=WEEKLY;BYDAY=WE").finish(by=world.bob)
    assert following.due_at == noon + timedelta(days=7)


def test_the_next_of_a_repeating_task_counts_from_the_first_day(world: World, noon: datetime) -> None:
    one = task(world, noon, recurrence="FREQ=DAILY;COUNT=2")
    following = one.finish(by=world.bob)
    assert following.finish(by=world.bob) is None


def test_opening_a_repeating_task_again_takes_its_next_away(world: World, noon: datetime) -> None:
    one = task(world, noon, recurrence="FREQ=DAILY")
    following = one.finish(by=world.bob)
    one.reopen(by=world.bob)
    assert not Activity.objects.filter(pk=following.pk).exists()


def test_the_next_stays_when_somebody_touched_it(world: World, noon: datetime) -> None:
    one = task(world, noon, recurrence="FREQ=DAILY")
    following = one.finish(by=world.bob)
    following.postpone(until=noon + timedelta(days=3), by=world.bob)
    one.reopen(by=world.bob)
    assert Activity.objects.filter(pk=following.pk).exists()


def test_undo_of_finishing_takes_the_next_back_too(world: World, noon: datetime) -> None:
    one = task(world, noon, recurrence="FREQ=DAILY")
    batch = batches.begin("edit", "tasks", by=world.bob)
    one.finish(by=world.bob, batch=batch.token)
    batches.undo(batch, by=world.bob)
    assert list(Activity.objects.tasks().values_list("pk", "done_at")) == [(one.pk, None)]


def test_postponing_a_meeting_keeps_its_length(world: World, noon: datetime) -> None:
    meeting = Meeting.create(
        by=world.bob,
        owner=world.bob,
        subject="Review",
        starts_at=noon + timedelta(hours=1),
        ends_at=noon + timedelta(hours=3),
    )
    meeting.postpone(until=noon + timedelta(days=1), by=world.bob)
    assert meeting.ends_at - meeting.starts_at == timedelta(hours=2)


def test_assigning_names_the_verb(world: World, noon: datetime) -> None:
    one = task(world, noon)
    one.assign(owner=world.sari, by=world.bob)
    assert last_verbs(one)[0] == "assigned"


def test_a_note_takes_its_subject_from_its_text(world: World) -> None:
    note = Note.create(
        by=world.bob, owner=world.bob, party=world.budi, body="<p>Prefers <b>WhatsApp</b></p><p>after six</p>"
    )
    assert note.subject == "Prefers WhatsApp after six"


def test_a_logged_call_has_happened(world: World, noon: datetime) -> None:
    call = Call.create(by=world.bob, owner=world.bob, party=world.budi, direction="out", outcome="reached")
    assert call.done_at == noon


def test_a_call_planned_ahead_is_open(world: World, noon: datetime) -> None:
    assert Call.create(by=world.bob, owner=world.bob, starts_at=noon + timedelta(hours=2)).is_open


def test_a_visit_written_down_afterwards_has_happened(world: World, noon: datetime) -> None:
    visit = Visit.create(by=world.bob, owner=world.bob, subject="Survey", starts_at=noon - timedelta(hours=3))
    assert visit.done_at == noon - timedelta(hours=2)


def test_nothing_ends_before_it_begins(world: World, noon: datetime) -> None:
    with pytest.raises(ValidationError, match="before it begins"):
        Meeting.create(by=world.bob, subject="Odd", starts_at=noon, ends_at=noon - timedelta(hours=1))


def test_a_repetition_that_cannot_be_read_is_refused(world: World, noon: datetime) -> None:
    with pytest.raises(ValidationError, match="cannot be read"):
        task(world, noon, recurrence="every full moon")


def test_finishing_makes_it_the_last_activity_of_the_customer(world: World, noon: datetime) -> None:
    task(world, noon).finish(by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.last_activity_at == noon


def test_the_last_activity_writes_no_event_of_the_customer(world: World, noon: datetime) -> None:
    before = Event.objects.of(world.budi).count()
    task(world, noon).finish(by=world.bob)
    assert Event.objects.of(world.budi).count() == before


def test_an_older_deed_does_not_become_the_last_activity(world: World, noon: datetime) -> None:
    Call.create(by=world.bob, party=world.budi)
    Call.create(by=world.bob, party=world.budi, starts_at=noon - timedelta(days=9))
    world.budi.refresh_from_db()
    assert world.budi.last_activity_at == noon


def test_deleting_the_last_deed_looks_up_the_one_before(world: World, noon: datetime) -> None:
    Call.create(by=world.bob, party=world.budi, starts_at=noon - timedelta(days=9))
    Call.create(by=world.bob, party=world.budi).remove(by=world.bob)
    world.budi.refresh_from_db()
    assert world.budi.last_activity_at == noon - timedelta(days=9)


def test_many_loaded_at_once_are_counted_in_one_statement(
    world: World, noon: datetime, django_assert_num_queries: object
) -> None:
    from relasi.activities.last_activity import count_last_activity

    Activity.objects.bulk_create(
        Activity(kind="note", subject="Old", party=party, at=noon, done_at=noon)
        for party in (world.budi, world.joko)
    )
    with django_assert_num_queries(1):
        count_last_activity()
    world.joko.refresh_from_db()
    assert world.joko.last_activity_at == noon


def test_bob_does_not_see_what_is_done_with_customers_of_surabaya(world: World) -> None:
    note = Note.create(by=world.citra, owner=world.citra, party=world.joko, body="Wants a discount")
    assert note not in Activity.objects.visible_to(world.bob)


def test_bob_sees_what_others_did_with_his_customer(world: World) -> None:
    note = Note.create(by=world.dewi, owner=world.dewi, party=world.budi, body="Called about the bill")
    assert Activity.objects.visible_to(world.bob).filter(pk=note.pk).exists()


def test_whoever_attends_a_meeting_sees_it(world: World, noon: datetime) -> None:
    meeting = Meeting.create(
        by=world.citra, owner=world.citra, party=world.joko, subject="Visit us", starts_at=noon
    )
    meeting.invite(users=[world.bob], parties=[world.joko], by=world.citra)
    assert Activity.objects.visible_to(world.bob).filter(pk=meeting.pk).exists()


def test_attending_does_not_open_anything_to_who_may_see_no_activities(world: World, noon: datetime) -> None:
    meeting = Meeting.create(by=world.citra, owner=world.citra, subject="Visit us", starts_at=noon)
    meeting.invite(users=[world.eko], by=world.citra)
    assert not Activity.objects.visible_to(world.eko).exists()


def test_inviting_the_same_people_again_tells_nothing(world: World, noon: datetime) -> None:
    meeting = Meeting.create(by=world.bob, subject="Review", starts_at=noon)
    meeting.invite(users=[world.sari], by=world.bob)
    assert not meeting.invite(users=[world.sari], by=world.bob)


def test_moving_the_due_time_sets_the_reminder_again(world: World, noon: datetime) -> None:
    one = task(world, noon, reminder_minutes=30)
    Activity.objects.filter(pk=one.pk).update(reminded_at=noon)
    one.postpone(until=noon + timedelta(days=1), by=world.bob)
    assert (one.remind_at, one.reminded_at) == (noon + timedelta(hours=23, minutes=30), None)
