"""One's own calendar and one on a server of another make are kept the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import caldav
import pytest
import time_machine
from django.utils import timezone

from relasi.activities.booking.offering import free_starts
from relasi.activities.models import (
    Activity,
    BookingPage,
    BusyTime,
    CalendarAccount,
    CalendarLink,
    Meeting,
    Task,
)
from relasi.activities.syncing.comparing import compare
from relasi.kit.events.models import Event
from relasi.kit.jobs.worker import Worker
from tests.activities.radicale_server import calendar_of, radicale
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
TOMORROW = datetime(2026, 8, 13, 10, 0, tzinfo=JAKARTA)
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Another make//EN
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20260812T050000Z
SUMMARY:{title}
DTSTART;TZID=Asia/Jakarta:{start:%Y%m%dT%H%M%S}
DTEND;TZID=Asia/Jakarta:{end:%Y%m%dT%H%M%S}
{more}END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with radicale(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture
def frozen(noon: datetime) -> Any:
    """It is noon; the clock goes on, as servers need it."""
    with time_machine.travel(noon, tick=True) as travelling, timezone.override(JAKARTA):
        yield travelling


@pytest.fixture
def theirs(server: str, frozen: Any) -> caldav.Calendar:
    """The calendar on the other server, seen with a client of its own."""
    return calendar_of(server, f"Work {uuid4().hex[:6]}")


@pytest.fixture
def account(world: World, server: str, theirs: caldav.Calendar, settings: Any) -> CalendarAccount:
    settings.RELASI_LOCAL_MAIL = True
    made: CalendarAccount = CalendarAccount.create(
        by=world.bob, owner=world.bob, url=server, username="bob", secrets={"password": "geheim"},
        name="Work", calendar_url=str(theirs.url), takes_tasks=True,
    )  # fmt: skip
    return made


def plan(world: World, **more: Any) -> Meeting:
    told = {
        "subject": "Call on Budi",
        "starts_at": TOMORROW,
        "ends_at": TOMORROW + timedelta(hours=1),
        **more,
    }
    made: Meeting = Meeting.create(by=world.bob, party=world.budi, **{"owner": world.bob, **told})
    return made


def put(theirs: caldav.Calendar, title: str, start: datetime = TOMORROW, more: str = "") -> Any:
    end = start + timedelta(hours=1)
    return theirs.add_event(EVENT.format(uid=uuid4(), title=title, start=start, end=end, more=more))


def synced(account: CalendarAccount) -> None:
    account.refresh_from_db()
    assert compare(account), account.problem


def titles(theirs: caldav.Calendar) -> list[str]:
    return sorted(str(one.icalendar_component["summary"]) for one in theirs.events())


def edit(theirs: caldav.Calendar, **fields: Any) -> None:
    """Change the only event there, as a person with another program does."""
    (one,) = theirs.events()
    part = one.icalendar_component
    for name, value in {"last-modified": timezone.now(), **fields}.items():
        part.pop(name, None)
        part.add(name, value)
    one.save()


def test_our_meeting_appears_there(account: CalendarAccount, theirs: caldav.Calendar, world: World) -> None:
    plan(world)
    synced(account)
    (one,) = theirs.events()
    assert one.icalendar_component.decoded("dtstart") == TOMORROW
    assert titles(theirs) == ["Call on Budi"]


def test_the_second_time_nothing_is_written(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = plan(world)
    synced(account)
    etags = [one.etag for one in theirs.events()]
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.version, [one.etag for one in theirs.events()]) == (1, etags)


def test_what_we_move_moves_there(account: CalendarAccount, theirs: caldav.Calendar, world: World) -> None:
    meeting = plan(world)
    synced(account)
    meeting.reschedule(start=TOMORROW + timedelta(hours=3), end=TOMORROW + timedelta(hours=4), by=world.bob)
    synced(account)
    (one,) = theirs.events()
    assert one.icalendar_component.decoded("dtstart") == TOMORROW + timedelta(hours=3)


def test_what_is_moved_there_moves_here(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = plan(world)
    synced(account)
    edit(theirs, dtstart=TOMORROW + timedelta(days=1), dtend=TOMORROW + timedelta(days=1, hours=2))
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.starts_at, meeting.ends_at) == (
        TOMORROW + timedelta(days=1), TOMORROW + timedelta(days=1, hours=2),
    )  # fmt: skip
    assert meeting.party == world.budi


def test_a_new_title_and_place_come_here(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = plan(world)
    synced(account)
    edit(theirs, summary="Lunch with Budi", location="Senayan")
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.subject, meeting.location) == ("Lunch with Budi", "Senayan")


@pytest.mark.parametrize("later", ["here", "there"])
def test_of_two_changes_the_later_wins_and_the_other_is_told(
    account: CalendarAccount, theirs: caldav.Calendar, world: World, frozen: Any, later: str
) -> None:
    meeting = plan(world)
    synced(account)

    def here() -> None:
        meeting.reschedule(start=TOMORROW.replace(hour=14), end=TOMORROW.replace(hour=15), by=world.bob)

    def there() -> None:
        edit(theirs, dtstart=TOMORROW.replace(hour=16), dtend=TOMORROW.replace(hour=17))

    for step in (there, here) if later == "here" else (here, there):
        step()
        frozen.shift(timedelta(minutes=2))
    synced(account)
    meeting.refresh_from_db()
    (one,) = theirs.events()
    hour = 14 if later == "here" else 16
    assert meeting.starts_at == one.icalendar_component.decoded("dtstart") == TOMORROW.replace(hour=hour)
    assert Event.objects.of(meeting).exclude(note="").count() == 1


def test_what_is_deleted_there_is_put_away_here(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = plan(world)
    synced(account)
    theirs.events()[0].delete()
    synced(account)
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.is_archived, titles(theirs)) == (True, [])


def test_history_that_is_deleted_there_stays_here_and_does_not_come_back_there(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = plan(world)
    meeting.finish(by=world.bob)
    synced(account)
    theirs.events()[0].delete()
    synced(account)
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.is_archived, titles(theirs)) == (False, [])


@pytest.mark.parametrize("way", ["remove", "archive", "call off", "hand over"])
def test_what_is_no_longer_ours_goes_there_too(
    account: CalendarAccount, theirs: caldav.Calendar, world: World, way: str
) -> None:
    meeting = plan(world)
    synced(account)
    if way == "call off":
        meeting.finish(by=world.bob, outcome="cancelled")
    elif way == "hand over":
        meeting.assign(owner=world.sari, by=world.bob)
    else:
        getattr(meeting, way)(by=world.bob)
    synced(account)
    assert (titles(theirs), CalendarLink.objects.count()) == ([], 0)


def test_what_the_owner_attends_appears_there(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = Meeting.create(by=world.sari, owner=world.sari, subject="Team", starts_at=TOMORROW)
    meeting.invite(users=[world.bob], by=world.sari)
    synced(account)
    assert titles(theirs) == ["Team"]


def test_a_meeting_one_may_not_change_is_set_right_there(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    meeting = Meeting.create(by=world.sari, owner=world.sari, subject="Team", starts_at=TOMORROW)
    meeting.invite(users=[world.bob], by=world.sari)
    synced(account)
    edit(theirs, summary="Hijacked")
    synced(account)
    meeting.refresh_from_db()
    assert (meeting.subject, titles(theirs)) == ("Team", ["Team"])


def test_a_task_with_a_time_is_a_task_there(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    task = Task.create(by=world.bob, owner=world.bob, subject="Send the quote", due_at=TOMORROW)
    synced(account)
    (one,) = theirs.todos()
    one.complete()
    synced(account)
    task.refresh_from_db()
    assert task.done_at is not None


def test_what_is_not_ours_is_taken_time_without_a_title(
    account: CalendarAccount, theirs: caldav.Calendar
) -> None:
    put(theirs, "Dentist")
    synced(account)
    busy = BusyTime.objects.get()
    assert (busy.starts_at, busy.ends_at, busy.title) == (TOMORROW, TOMORROW + timedelta(hours=1), "")
    assert not Activity.objects.exists()


def test_the_title_is_kept_where_the_owner_wishes_it(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    account.change(by=world.bob, shows_titles=True)
    put(theirs, "Dentist")
    synced(account)
    assert BusyTime.objects.get().title == "Dentist"


def test_free_time_there_is_free(account: CalendarAccount, theirs: caldav.Calendar) -> None:
    put(theirs, "Birthday of somebody", more="TRANSP:TRANSPARENT\n")
    synced(account)
    assert not BusyTime.objects.exists()


def test_repeats_there_are_unrolled_and_nothing_private_is_kept(
    account: CalendarAccount, theirs: caldav.Calendar
) -> None:
    put(theirs, "Therapy", more="RRULE:FREQ=WEEKLY;COUNT=5\nEXDATE;TZID=Asia/Jakarta:20260820T100000\n")
    synced(account)
    days = [
        timezone.localdate(day).day
        for day in BusyTime.objects.order_by("starts_at").values_list("starts_at", flat=True)
    ]
    assert days == [13, 27, 3, 10]
    assert "Therapy" not in CalendarLink.objects.get().raw


def test_repeats_without_end_are_looked_at_further_ahead_later(
    account: CalendarAccount, theirs: caldav.Calendar, frozen: Any
) -> None:
    put(theirs, "Standup", more="RRULE:FREQ=MONTHLY\n")
    synced(account)
    before = BusyTime.objects.latest("starts_at").starts_at
    frozen.shift(timedelta(days=70))
    synced(account)
    assert BusyTime.objects.latest("starts_at").starts_at > before


def test_what_goes_there_is_free_here(account: CalendarAccount, theirs: caldav.Calendar) -> None:
    one = put(theirs, "Dentist")
    synced(account)
    one.delete()
    synced(account)
    assert not BusyTime.objects.exists()


def test_nobody_books_a_time_that_is_taken_there(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    page = BookingPage.create(by=world.bob, owner=world.bob, name="Talk", minutes=60)
    assert TOMORROW in free_starts(page, timezone.now())
    put(theirs, "Dentist")
    synced(account)
    assert TOMORROW not in free_starts(page, timezone.now())


def test_what_is_taken_in_is_kept_the_same_from_then_on(
    account: CalendarAccount, theirs: caldav.Calendar, world: World, sign_in: Any
) -> None:
    put(theirs, "Lunch with Joko")
    synced(account)
    sign_in(world.bob).post(f"/settings/calendars/busy/{BusyTime.objects.get().pk}/take-in/")
    meeting = Activity.objects.get()
    assert (meeting.subject, meeting.starts_at, BusyTime.objects.count()) == ("Lunch with Joko", TOMORROW, 0)
    meeting.reschedule(start=TOMORROW.replace(hour=12), end=TOMORROW.replace(hour=13), by=world.bob)
    synced(account)
    (one,) = theirs.events()
    assert one.icalendar_component.decoded("dtstart") == TOMORROW.replace(hour=12)


def test_a_link_lost_in_the_middle_makes_no_second_event(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    plan(world)
    synced(account)
    CalendarLink.objects.all().delete()
    account.note(sync_token="")
    synced(account)
    assert (len(theirs.events()), CalendarLink.objects.count(), Activity.objects.count()) == (1, 1, 1)


def test_a_token_the_server_forgot_reads_everything_again(
    account: CalendarAccount, theirs: caldav.Calendar, world: World
) -> None:
    plan(world)
    one = put(theirs, "Dentist", TOMORROW + timedelta(days=1))
    synced(account)
    one.delete()
    account.note(sync_token="http://radicale.org/ns/sync/" + "0" * 64)
    synced(account)
    assert (titles(theirs), BusyTime.objects.count()) == (["Call on Budi"], 0)


def test_a_wrong_password_is_said_in_words(account: CalendarAccount, world: World) -> None:
    account.change(by=world.bob, secrets={"password": "wrong"})
    assert not compare(account)
    assert account.health[0] == "red"
    assert account.problem.startswith("The server does not let us in.")


def test_the_password_is_sealed(account: CalendarAccount) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select secrets from activities_calendaraccount")
        assert "geheim" not in str(cursor.fetchone())


def test_a_private_network_is_refused(account: CalendarAccount, settings: Any) -> None:
    settings.RELASI_LOCAL_MAIL = False
    assert not compare(account)
    assert "private network" in account.problem


def test_a_person_joins_a_calendar_on_the_page(
    theirs: caldav.Calendar, server: str, world: World, sign_in: Any, settings: Any
) -> None:
    settings.RELASI_LOCAL_MAIL = True
    browser = sign_in(world.citra)
    given = {"url": server, "username": "bob", "password": "geheim"}
    answer = browser.post("/settings/calendars/", given)
    assert answer.status_code == 302
    browser.post(answer["Location"], {"calendar": str(theirs.url)})
    plan(world, owner=world.citra)
    Worker().run_until_empty()
    assert "Call on Budi" in titles(theirs)
    assert "All is well." in browser.get("/settings/calendars/").content.decode()


def test_nobody_sees_the_accounts_of_others(account: CalendarAccount, world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    for page in ("", "sync/", "leave/"):
        assert browser.post(f"/settings/calendars/{account.pk}/{page}").status_code == 404
