"""Records of a noun on a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from relasi.kit.events.models import Event
from relasi.kit.resources.registry import find
from tests.world import World


def _events(browser, noun: str, start: str, end: str) -> list[dict]:
    return browser.get(f"/{noun}/calendar/events/", {"start": start, "end": end}).json()["events"]


def test_birthdays_come_back_every_year_with_the_age(world: World, sign_in) -> None:
    events = _events(sign_in(world.bob), "people", "2026-08-01", "2026-09-01")
    assert [(event["title"], event["start"], event["all_day"]) for event in events] == [
        ("Budi Santoso (46)", "2026-08-17", True)
    ]
    assert events[0]["editable"] is False


def test_days_over_new_year_are_found(world: World, sign_in) -> None:
    world.siti.change(by=world.bob, birth_on=date(1990, 1, 2))
    events = _events(sign_in(world.bob), "people", "2026-12-28", "2027-02-01")
    assert [event["start"] for event in events] == ["2027-01-02"]


def test_only_what_the_reader_may_see_is_on_it(world: World, sign_in) -> None:
    assert _events(sign_in(world.citra), "people", "2026-08-01", "2026-09-01") == []


def test_a_day_that_cannot_be_read_is_told(world: World, sign_in) -> None:
    assert sign_in(world.bob).get("/people/calendar/events/?start=tomorrowish").status_code == 400


def test_a_birthday_is_not_dragged(world: World, sign_in) -> None:
    before = Event.objects.count()
    answer = sign_in(world.bob).post("/people/calendar/move/", {"id": world.budi.pk, "start": "2026-08-18"})
    assert answer.status_code == 409
    assert Event.objects.count() == before


@pytest.fixture
def meeting(world: World):
    resource = find("meetings")
    assert resource is not None
    return resource.model.create(
        by=world.bob,
        **resource.where,
        subject="Present the offer",
        owner=world.bob,
        party_id=world.budi.pk,
        starts_at=datetime(2026, 11, 23, 2, 0, tzinfo=UTC),
        ends_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    )


def test_a_meeting_is_dragged_with_its_length(world: World, sign_in, meeting) -> None:
    answer = sign_in(world.bob).post(
        "/meetings/calendar/move/",
        {"id": meeting.pk, "start": "2026-11-24T02:00:00Z", "version": meeting.version},
    )
    meeting.refresh_from_db()
    assert answer.status_code == 204
    assert (meeting.starts_at.day, meeting.ends_at.day, meeting.ends_at.hour) == (24, 24, 3)


def test_a_stale_drag_is_refused(world: World, sign_in, meeting) -> None:
    answer = sign_in(world.bob).post(
        "/meetings/calendar/move/", {"id": meeting.pk, "start": "2026-11-24T02:00:00Z", "version": 99}
    )
    meeting.refresh_from_db()
    assert answer.status_code == 409
    assert meeting.starts_at.day == 23


def test_a_stranger_does_not_drag(world: World, sign_in, meeting) -> None:
    assert (
        sign_in(world.citra)
        .post("/meetings/calendar/move/", {"id": meeting.pk, "start": "2026-11-24"})
        .status_code
        == 404
    )
