"""Booking pages: what strangers see, book, move and call off."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from relasi.activities import posting
from relasi.activities.booking.offering import free_starts
from relasi.activities.jobs import send_letters
from relasi.activities.models import (
    Activity,
    Booking,
    BookingHours,
    BookingPage,
    Letter,
    Meeting,
    Notification,
)
from relasi.kit.access.models import User
from relasi.kit.jobs.worker import Worker
from relasi.parties.models import Party
from relasi.sales.models import DayOff
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
THURSDAY = datetime(2026, 8, 13, tzinfo=JAKARTA)
RANI = {"name": "Rani Maharani", "email": "rani@contoh.example", "phone": "0812 9999 0001", "q-0": "Health"}
URL = "/book/bob/"


@pytest.fixture
def frozen(noon: datetime) -> Any:
    """It is Wednesday noon; the clock can be shifted."""
    with time_machine.travel(noon, tick=False) as travelling, timezone.override(JAKARTA):
        yield travelling


@pytest.fixture
def page(world: World) -> BookingPage:
    made: BookingPage = BookingPage.create(
        by=world.bob, owner=world.bob, name="Talk with Bob", key="bob", language="en", minutes=60,
        questions="What about? *\nWhich city?", location="Kantor Sudirman",
    )  # fmt: skip
    return made


def hour(number: int, minute: int = 0) -> datetime:
    return THURSDAY.replace(hour=number, minute=minute)


def offered(page: BookingPage) -> list[str]:
    """Thursday's free times."""
    found = [start.astimezone(JAKARTA) for start in free_starts(page, timezone.now())]
    return [f"{start:%H:%M}" for start in found if start.date() == THURSDAY.date()]


def token_of(answer: Any) -> str:
    found = re.search(r'name="token" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def book(client: Client, clock: Any, start: datetime, token: str = "", **more: str) -> Any:
    """Open the form, take ten seconds, send it."""
    token = token or token_of(client.get(f"{URL}?at={quote(start.isoformat())}"))
    clock.shift(timedelta(seconds=10))
    data = {**RANI, "at": start.isoformat(), "zone": "Asia/Jakarta", "token": token, **more}
    return client.post(URL, data)


@pytest.fixture
def booking(page: BookingPage, client: Client, frozen: Any) -> Booking:
    book(client, frozen, hour(10))
    made: Booking = Booking.objects.select_related("meeting", "page", "owner").get()
    return made


def test_a_visitor_books_a_free_time(page: BookingPage, client: Client, frozen: Any, world: World) -> None:
    answer = book(client, frozen, hour(10))
    booking = Booking.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/booked/{booking.secret}/")
    meeting = booking.meeting
    told = (meeting.kind, meeting.owner, meeting.starts_at, meeting.until, meeting.location)
    assert told == ("meeting", world.bob, hour(10), hour(11), "Kantor Sudirman")


def test_who_is_new_becomes_a_person_of_the_host(booking: Booking, world: World) -> None:
    party = booking.meeting.party
    assert party and (party.name, party.owner, party.email) == (
        "Rani Maharani", world.bob, "rani@contoh.example",
    )  # fmt: skip


def test_who_is_known_is_found_again(page: BookingPage, client: Client, frozen: Any, world: World) -> None:
    before = Party.objects.count()
    book(client, frozen, hour(10), name="Budi Santoso", phone="081211112222", email="")
    assert (Booking.objects.get().meeting.party_id, Party.objects.count()) == (world.budi.pk, before)


def test_the_host_is_told(booking: Booking, world: World) -> None:
    told = Notification.objects.get(user=world.bob)
    assert told.text == "Rani Maharani booked Thu, 13 Aug 10:00 WIB"


def test_the_answers_stand_in_the_meeting(booking: Booking) -> None:
    assert "<p>What about? — Health</p>" in booking.meeting.body


def test_what_a_visitor_writes_is_text(page: BookingPage, client: Client, frozen: Any) -> None:
    book(client, frozen, hour(10), **{"q-0": "<script>alert(1)</script>"})
    assert "<script" not in Activity.objects.get(kind="meeting").body


def test_times_are_shown_by_the_visitors_clock(page: BookingPage, client: Client) -> None:
    there = client.get(f"{URL}?zone=Asia/Jayapura").content.decode()
    assert ">11:00</a>" in there  # nine o'clock in Jakarta
    assert ">09:00</a>" not in there


def test_an_unknown_zone_is_the_hosts(page: BookingPage, client: Client) -> None:
    assert ">09:00</a>" in client.get(f"{URL}?zone=../../etc/passwd").content.decode()


def test_no_cookie_is_set(page: BookingPage, client: Client) -> None:
    assert not client.get(URL).cookies


def test_it_stands_in_no_frame(page: BookingPage, client: Client) -> None:
    assert "frame-ancestors 'none'" in client.get(URL)["Content-Security-Policy"]


def test_it_speaks_the_pages_language(page: BookingPage, client: Client, world: World) -> None:
    page.change(by=world.bob, language="id")
    assert "Kamis, 13 Agustus 2026" in client.get(URL).content.decode()


def test_a_closed_page_says_so(page: BookingPage, client: Client, world: World) -> None:
    page.change(by=world.bob, is_active=False)
    assert client.get(URL).status_code == 410


def test_who_was_shut_out_cannot_be_booked(page: BookingPage, client: Client, world: World) -> None:
    world.bob.deactivate(by=world.ada)
    assert client.get(URL).status_code == 410


def test_meetings_and_visits_of_the_host_are_in_the_way(page: BookingPage, world: World) -> None:
    Meeting.create(by=world.bob, owner=world.bob, subject="Busy", starts_at=hour(9), ends_at=hour(15, 30))
    assert offered(page) == ["15:30", "16:00"]


def test_what_the_host_attends_is_in_the_way(page: BookingPage, world: World) -> None:
    meeting = Meeting.create(
        by=world.sari, owner=world.sari, subject="Busy", starts_at=hour(9), ends_at=hour(15, 30)
    )
    meeting.invite(users=[world.bob], by=world.sari)
    assert offered(page) == ["15:30", "16:00"]


def test_what_was_called_off_or_put_away_is_not_in_the_way(page: BookingPage, world: World) -> None:
    for verb in ("archive", "finish"):
        meeting = Meeting.create(
            by=world.bob, owner=world.bob, subject="Busy", starts_at=hour(9), ends_at=hour(17)
        )
        getattr(meeting, verb)(by=world.bob)
    assert len(offered(page)) == 15


def test_repeats_that_are_not_made_yet_are_in_the_way(page: BookingPage, world: World) -> None:
    week_ago = hour(9) - timedelta(days=7)
    Meeting.create(
        by=None, owner=world.bob, subject="Weekly", starts_at=week_ago, ends_at=week_ago + timedelta(hours=6),
        done_at=None, recurrence="FREQ=WEEKLY",
    ).reopen(by=world.bob)  # fmt: skip
    assert offered(page) == ["15:00", "15:30", "16:00"]


def test_own_hours_take_the_place_of_the_usual_ones(page: BookingPage, world: World) -> None:
    BookingHours.create(by=world.bob, owner=world.bob, weekdays="4", opens_at=time(19), closes_at=time(21))
    assert offered(page) == ["19:00", "19:30", "20:00"]


def test_days_off_are_left_out_where_the_page_says_so(page: BookingPage, world: World) -> None:
    DayOff.create(by=world.ada, name="Cuti", on=THURSDAY.date())
    assert offered(page) == []
    page.change(by=world.bob, rests_on_days_off=False)
    assert len(offered(page)) == 15


def test_no_more_than_so_many_a_day(booking: Booking, page: BookingPage, world: World) -> None:
    page.change(by=world.bob, most_a_day=1)
    assert offered(page) == []


def test_what_stays_free_around_a_booking_counts_for_other_pages_too(
    booking: Booking, page: BookingPage, world: World
) -> None:
    page.change(by=world.bob, after_minutes=60)
    other = BookingPage.create(by=world.bob, owner=world.bob, name="Short", minutes=30)
    assert "11:30" not in offered(other)
    assert "12:00" in offered(other)


def test_a_time_that_is_gone_is_told_plainly_with_the_next_ones(
    booking: Booking, client: Client, frozen: Any
) -> None:
    token = token_of(client.get(f"{URL}?at={quote(hour(13).isoformat())}"))
    answer = book(client, frozen, hour(10), token=token, name="Joni", phone="", email="joni@contoh.example")
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else has just taken this time." in body
    assert 'value="Joni"' in body
    assert 'type="radio"' in body and "11:00" in body


def test_sent_twice_it_is_booked_once(page: BookingPage, client: Client, frozen: Any) -> None:
    token = token_of(client.get(f"{URL}?at={quote(hour(10).isoformat())}"))
    first = book(client, frozen, hour(10), token=token)
    again = book(client, frozen, hour(10), token=token)
    assert first["Location"] == again["Location"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please say who you are."),
        ({"email": "", "phone": ""}, "Please leave an e-mail address or a phone number."),
        ({"phone": "12"}, "This is not a phone number."),
        ({"q-0": ""}, "This is needed."),
    ],
)
def test_what_is_missing_is_said(
    page: BookingPage, client: Client, frozen: Any, wrong: dict[str, str], said: str
) -> None:
    answer = book(client, frozen, hour(10), **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_robot_books_nothing(page: BookingPage, client: Client, frozen: Any) -> None:
    assert book(client, frozen, hour(10), website="http://spam.example").status_code == 422
    assert not Booking.objects.exists()


def test_one_address_books_no_more_than_its_share(page: BookingPage, client: Client, frozen: Any) -> None:
    page.change(by=None, minutes=30)
    starts = free_starts(page, timezone.now())
    codes = [book(client, frozen, start).status_code for start in starts[2:15]]
    assert codes == [302] * 12 + [429]


def test_nonsense_in_the_address_is_no_error(page: BookingPage, client: Client) -> None:
    for query in ("?at=x", "?at=2026-99-99", "?from=zzz", "?at=2026-08-13T10:00:00", "?zone="):
        assert client.get(URL + query).status_code == 200


def test_the_visitor_keeps_the_meeting_as_a_file(booking: Booking, client: Client) -> None:
    answer = client.get(f"/booked/{booking.secret}/meeting.ics")
    event = next(iter(icalendar.Calendar.from_ical(answer.content).walk("VEVENT")))
    assert event.decoded("dtstart") == hour(10)
    assert "Rani" not in answer.content.decode()  # nothing of the host's own notes


def test_the_visitor_moves_it(booking: Booking, client: Client) -> None:
    answer = client.post(f"/booked/{booking.secret}/move/", {"at": hour(14).isoformat()})
    booking.meeting.refresh_from_db()
    assert (answer.status_code, booking.meeting.starts_at, booking.meeting.until) == (302, hour(14), hour(15))


def test_its_own_time_does_not_stand_in_the_way_of_moving_it(booking: Booking, client: Client) -> None:
    client.post(f"/booked/{booking.secret}/move/", {"at": hour(10, 30).isoformat()})
    booking.meeting.refresh_from_db()
    assert booking.meeting.starts_at == hour(10, 30)


def test_it_is_not_moved_to_a_time_that_is_taken(booking: Booking, client: Client, world: World) -> None:
    Meeting.create(by=world.bob, owner=world.bob, subject="Busy", starts_at=hour(14), ends_at=hour(15))
    answer = client.post(f"/booked/{booking.secret}/move/", {"at": hour(14).isoformat()})
    booking.meeting.refresh_from_db()
    assert (answer.status_code, booking.meeting.starts_at) == (409, hour(10))


def test_the_visitor_calls_it_off(booking: Booking, client: Client, page: BookingPage) -> None:
    client.post(f"/booked/{booking.secret}/cancel/")
    booking.refresh_from_db()
    assert (booking.is_standing, booking.meeting.outcome) == (False, "cancelled")
    assert "10:00" in offered(page)


def test_after_the_limit_nothing_is_changed(booking: Booking, client: Client, frozen: Any) -> None:
    frozen.move_to(hour(8, 30))
    client.post(f"/booked/{booking.secret}/cancel/")
    client.post(f"/booked/{booking.secret}/move/", {"at": hour(14).isoformat()})
    booking.refresh_from_db()
    assert (booking.is_standing, booking.meeting.starts_at) == (True, hour(10))
    assert "It can no longer be changed here." in client.get(f"/booked/{booking.secret}/").content.decode()


def test_a_wrong_secret_opens_nothing(booking: Booking, client: Client) -> None:
    assert client.get("/booked/x/").status_code == 404


def test_the_visitor_gets_a_confirmation_once(booking: Booking) -> None:
    Worker().run_until_empty()
    send_letters()
    (sent,) = mail.outbox
    assert sent.to == ["rani@contoh.example"]
    assert sent.subject == "Booked: Talk with Bob, Thursday, 13 August 2026 10:00 WIB"
    assert booking.address in sent.body
    assert [name for name, _content, _type in sent.attachments] == ["meeting.ics"]


def test_the_visitor_is_reminded_a_day_before(
    page: BookingPage, client: Client, frozen: Any, world: World
) -> None:
    page.change(by=world.bob, reminder_hours=3)
    book(client, frozen, hour(10))
    send_letters()
    frozen.move_to(hour(7, 1))
    send_letters()
    assert [sent.subject.partition(":")[0] for sent in mail.outbox] == ["Booked", "Soon"]


def test_what_was_called_off_is_not_reminded_of(booking: Booking, client: Client, frozen: Any) -> None:
    booking.page.change(by=None, reminder_hours=3)
    client.post(f"/booked/{booking.secret}/move/", {"at": hour(14).isoformat()})
    client.post(f"/booked/{booking.secret}/cancel/")
    frozen.move_to(hour(13))
    send_letters()
    assert [sent.subject.partition(":")[0] for sent in mail.outbox] == ["Booked", "Moved", "Called off"]


def test_a_meeting_the_host_moves_is_told_to_the_visitor(booking: Booking, world: World) -> None:
    booking.meeting.reschedule(start=hour(15), end=hour(16), by=world.bob)
    send_letters()
    assert "15:00" in mail.outbox[-1].subject


@pytest.mark.parametrize("way", ["verb", "calendar"])
def test_what_the_host_calls_off_is_told_to_the_visitor_once(
    booking: Booking, world: World, way: str
) -> None:
    if way == "verb":
        booking.cancel(by=world.bob)
    else:
        booking.meeting.finish(by=world.bob, outcome="cancelled")
    send_letters()
    assert [sent.subject.partition(":")[0] for sent in mail.outbox] == ["Booked", "Called off"]


def test_a_letter_left_in_the_middle_is_not_sent_again(booking: Booking, frozen: Any) -> None:
    Letter.objects.update(state="sending", changed_at=timezone.now())
    frozen.shift(timedelta(minutes=16))
    send_letters()
    assert (mail.outbox, Letter.objects.first().state) == ([], "uncertain")  # type: ignore[union-attr]


def test_where_no_relay_answers_the_letter_waits(booking: Booking, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    letter = Letter.objects.get()
    assert posting.send(letter.pk) == "waiting"


@pytest.fixture
def team_page(world: World) -> BookingPage:
    world.citra.change(by=None, team=world.jakarta_south)
    made: BookingPage = BookingPage.create(
        by=world.sari, owner=world.sari, name="Talk with us", key="us", language="en", minutes=60,
        team=world.jakarta_south,
    )  # fmt: skip
    return made


def test_a_team_is_booked_in_turn(team_page: BookingPage, client: Client, frozen: Any, world: World) -> None:
    hosts = []
    for number in (9, 11, 13, 15):
        token = token_of(client.get(f"/book/us/?at={quote(hour(number).isoformat())}"))
        frozen.shift(timedelta(seconds=5))
        client.post("/book/us/", {**RANI, "at": hour(number).isoformat(), "token": token})
        hosts.append(Booking.objects.latest("pk").owner)
    assert hosts.count(world.bob) == hosts.count(world.citra) == 2


def test_who_of_the_team_is_busy_is_passed_over(team_page: BookingPage, world: World) -> None:
    Meeting.create(by=world.bob, owner=world.bob, subject="Busy", starts_at=hour(9), ends_at=hour(17))
    assert len(offered(team_page)) == 15


def test_nobody_offers_the_time_of_another_team(world: World) -> None:
    with pytest.raises(ValidationError, match="own team"):
        BookingPage.create(by=world.bob, owner=world.bob, name="Theirs", team=world.surabaya)


def test_a_seller_makes_the_own_page_with_one_click(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    browser.post("/my-booking/")
    browser.post("/my-booking/")
    page = BookingPage.objects.get()
    assert (page.owner, page.address in browser.get("/my-booking/").content.decode()) == (world.bob, True)


def test_a_seller_sees_only_the_own_pages(page: BookingPage, world: World) -> None:
    def seen(user: User) -> int:
        return BookingPage.objects.visible_to(user).count()

    assert (seen(world.bob), seen(world.citra), seen(world.sari)) == (1, 0, 1)
