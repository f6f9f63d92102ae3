"""The calendar, its feed, and moving things on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import icalendar
import pytest
from django.test import Client
from django.utils import timezone

from relasi.activities.models import Activity, CalendarFeed, Meeting, Task
from relasi.kit.resources.models import Batch
from tests.world import World

SignIn = Callable[[Any], Client]
WEEK = "start=2026-08-10T00:00:00&end=2026-08-17T00:00:00"


def meeting(world: World, noon: datetime, **fields: Any) -> Meeting:
    given = {
        "by": world.bob,
        "owner": world.bob,
        "party": world.budi,
        "subject": "Review",
        "starts_at": noon + timedelta(hours=1),
    }
    return Meeting.create(**{**given, **fields})


def titles(browser: Client, who: str = "me") -> list[str]:
    return [event["title"] for event in browser.get(f"/calendar/events/?{WEEK}&who={who}").json()["events"]]


def feed(world: World, user: Any) -> tuple[CalendarFeed, str]:
    made, token = CalendarFeed.issue(user=user, by=user)
    return made, f"/calendar/feed/{token}.ics"


def test_the_page_opens(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get("/calendar/").status_code == 200


def test_events_stand_at_the_readers_clock(world: World, noon: datetime, sign_in: SignIn) -> None:
    meeting(world, noon)
    event = sign_in(world.bob).get(f"/calendar/events/?{WEEK}").json()["events"][0]
    assert (event["start"], event["end"], event["editable"]) == (
        "2026-08-12T13:00:00",
        "2026-08-12T14:00:00",
        True,
    )


def test_mine_is_what_i_own_or_attend(world: World, noon: datetime, sign_in: SignIn) -> None:
    meeting(world, noon, owner=world.sari, subject="Sari's own", party=None)
    meeting(world, noon, owner=world.sari, subject="With Bob", party=None).invite(
        users=[world.bob], by=world.sari
    )
    assert titles(sign_in(world.bob)) == ["With Bob"]


def test_the_team_is_those_at_or_below_mine(world: World, noon: datetime, sign_in: SignIn) -> None:
    meeting(world, noon)
    meeting(world, noon, owner=world.citra, party=world.joko, subject="Surabaya")
    assert titles(sign_in(world.sari), "team") == ["Review · Budi Santoso"]


def test_a_colleagues_calendar_shows_only_what_i_may_see(
    world: World, noon: datetime, sign_in: SignIn
) -> None:
    meeting(world, noon, owner=world.citra, party=world.joko, subject="Surabaya")
    assert titles(sign_in(world.bob), str(world.citra.pk)) == []


def test_a_customer_one_may_not_see_is_not_named(world: World, noon: datetime, sign_in: SignIn) -> None:
    meeting(world, noon, owner=world.citra, party=world.joko, subject="Come along").invite(
        users=[world.bob], by=world.citra
    )
    assert titles(sign_in(world.bob)) == ["Come along"]


def test_without_a_start_it_says_so(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get("/calendar/events/?start=soon").status_code == 400


def test_a_meeting_is_dragged(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = meeting(world, noon)
    sign_in(world.bob).post(
        "/calendar/move/",
        {"id": one.pk, "start": "2026-08-13T09:00:00", "end": "2026-08-13T11:00:00", "all_day": "false"},
    )
    one.refresh_from_db()
    assert (timezone.localtime(one.starts_at).hour, one.ends_at - one.starts_at) == (9, timedelta(hours=2))


def test_dragging_can_be_undone(world: World, noon: datetime, sign_in: SignIn) -> None:
    one, browser = meeting(world, noon), sign_in(world.bob)
    browser.post(
        "/calendar/move/", {"id": one.pk, "start": "2026-08-13T09:00:00", "end": "2026-08-13T11:00:00"}
    )
    browser.post(f"/undo/{Batch.objects.get().token}/")
    one.refresh_from_db()
    assert (one.starts_at, one.ends_at) == (noon + timedelta(hours=1), None)


def test_an_end_before_the_start_is_refused(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = meeting(world, noon)
    answer = sign_in(world.bob).post(
        "/calendar/move/", {"id": one.pk, "start": "2026-08-13T09:00:00", "end": "2026-08-13T08:00:00"}
    )
    assert answer.status_code == 422


def test_who_may_only_look_moves_nothing(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = meeting(world, noon)
    answer = sign_in(world.mira).post("/calendar/move/", {"id": one.pk, "start": "2026-08-13T09:00:00"})
    one.refresh_from_db()
    assert (answer.status_code, one.starts_at) == (403, noon + timedelta(hours=1))


def test_a_click_plans_something(world: World, noon: datetime, sign_in: SignIn) -> None:
    said = {
        "kind": "meeting",
        "subject": "Coffee",
        "starts_at": "2026-08-14T15:00",
        "length": "30",
        "party": "budi santoso",
    }
    sign_in(world.bob).post("/calendar/new/", said)
    assert Meeting.objects.get().party_id == world.budi.pk


def test_a_customer_nobody_knows_is_told(world: World, sign_in: SignIn) -> None:
    said = {
        "kind": "meeting",
        "subject": "Coffee",
        "starts_at": "2026-08-14T15:00",
        "length": "30",
        "party": "Joko Susilo",
    }
    answer = sign_in(world.bob).post("/calendar/new/", said)
    assert (answer.status_code, Activity.objects.count()) == (422, 0)


def test_the_dialog_opens_for_each_kind(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    kinds = ("meeting", "task", "visit", "call")
    assert {browser.get(f"/calendar/new/?kind={kind}&start=2026-08-14").status_code for kind in kinds} == {
        200
    }


def test_the_feed_is_read_without_signing_in(world: World, noon: datetime) -> None:
    meeting(world, noon)
    _made, url = feed(world, world.bob)
    calendar = icalendar.Calendar.from_ical(Client().get(url).content)
    assert [str(event["summary"]) for event in calendar.walk("VEVENT")] == ["Review · Budi Santoso"]


def test_the_feed_carries_its_time_zone(world: World, noon: datetime) -> None:
    meeting(world, noon)
    _made, url = feed(world, world.bob)
    calendar = icalendar.Calendar.from_ical(Client().get(url).content)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Jakarta"]


def test_the_feed_holds_only_its_owners(world: World, noon: datetime) -> None:
    meeting(world, noon)
    _made, url = feed(world, world.sari)
    assert b"Review" not in Client().get(url).content


def test_tasks_are_in_the_feed_with_their_due_time(world: World, noon: datetime) -> None:
    Task.create(by=world.bob, owner=world.bob, subject="Send offer", due_at=noon)
    _made, url = feed(world, world.bob)
    todo = icalendar.Calendar.from_ical(Client().get(url).content).walk("VTODO")[0]
    assert todo["due"].dt == noon


def test_the_token_is_not_kept(world: World) -> None:
    made, url = feed(world, world.bob)
    assert made.token_hash not in url


def test_a_revoked_address_is_gone(world: World) -> None:
    made, url = feed(world, world.bob)
    made.revoke(by=world.bob)
    assert Client().get(url).status_code == 404


def test_a_new_address_ends_the_one_before(world: World) -> None:
    _made, url = feed(world, world.bob)
    feed(world, world.bob)
    assert Client().get(url).status_code == 404


def test_the_address_of_who_left_is_gone(world: World) -> None:
    _made, url = feed(world, world.bob)
    world.bob.deactivate(by=world.ada)
    assert Client().get(url).status_code == 404


def test_the_address_is_shown_when_made(world: World, sign_in: SignIn) -> None:
    assert b"/calendar/feed/" in sign_in(world.bob).post("/calendar/subscribe/").content


def test_one_meeting_is_taken_along_as_a_file(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = meeting(world, noon)
    answer = sign_in(world.bob).get(f"/calendar/{one.pk}.ics")
    assert answer["Content-Disposition"] == f'attachment; filename="meeting-{one.pk}.ics"'


def test_a_meeting_of_another_team_is_not_a_file(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = meeting(world, noon)
    assert sign_in(world.citra).get(f"/calendar/{one.pk}.ics").status_code == 404


def test_more_meetings_cost_no_more_queries(
    world: World, noon: datetime, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        meeting(world, noon, subject=f"Meeting {n}")
    browser = sign_in(world.bob)
    titles(browser)
    with django_assert_max_num_queries(12):
        titles(browser)


def test_what_repeats_is_shown_before_it_is_made(world: World, noon: datetime, sign_in: SignIn) -> None:
    Task.create(by=world.bob, owner=world.bob, subject="Pump", due_at=noon, recurrence="FREQ=DAILY;COUNT=4")
    events = sign_in(world.bob).get(f"/calendar/events/?{WEEK}").json()["events"]
    assert [(event["start"][:10], event["editable"]) for event in events] == [
        ("2026-08-12", True),
        ("2026-08-13", False),
        ("2026-08-14", False),
        ("2026-08-15", False),
    ]
    assert {event["url"] for event in events} == {events[0]["url"]}


def test_repeats_of_others_and_of_what_is_done_are_not_shown(
    world: World, noon: datetime, sign_in: SignIn
) -> None:
    Task.create(by=world.citra, owner=world.citra, subject="Hers", due_at=noon, recurrence="FREQ=DAILY")
    done = Task.create(
        by=world.bob, owner=world.bob, subject="Pump", due_at=noon, recurrence="FREQ=DAILY;COUNT=1"
    )
    done.finish(by=world.bob)
    assert titles(sign_in(world.bob)) == ["Pump"]
    assert titles(sign_in(world.bob), str(world.citra.pk)) == []


def test_repeats_long_after_the_first_are_found_at_once(
    world: World, noon: datetime, sign_in: SignIn
) -> None:
    first = noon - timedelta(days=2000)
    meeting(world, first, recurrence="FREQ=WEEKLY", subject="Standup", done_at=None)
    Activity._default_manager.update(done_at=None)
    assert titles(sign_in(world.bob)) == ["Standup · Budi Santoso"]


@pytest.mark.parametrize(("asked", "shown"), [("2026-03-01", "2026-03-01"), ("2026-02-31", "2026-08-12")])
def test_the_calendar_opens_on_a_day_there_is(
    asked: str, shown: str, world: World, noon: datetime, sign_in: SignIn
) -> None:
    page = sign_in(world.bob).get(f"/calendar/?date={asked}").content.decode()
    assert f'data-date="{shown}"' in page


def test_the_team_of_who_has_none_and_sees_all_is_everybody(
    world: World, noon: datetime, sign_in: SignIn
) -> None:
    meeting(world, noon)
    world.ada.change(by=world.ada, team=None)
    browser = sign_in(world.ada)
    assert titles(browser, "team") == ["Review · Budi Santoso"]
    assert "Everybody" in browser.get("/calendar/").content.decode()
