"""The calendar and the contacts for programs that speak CalDAV and CardDAV, asked by clients of others."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import caldav
import pytest
from django.conf import settings
from django.test import Client

from relasi.activities.models import Activity, Meeting, Task
from relasi.kit.access.models import ApiKey, User
from relasi.parties.models import Address
from tests.world import World

JAKARTA = ZoneInfo("Asia/Jakarta")
TOMORROW = datetime(2026, 8, 13, 10, 0, tzinfo=JAKARTA)


def key_of(user: User, *scopes: str) -> str:
    return ApiKey.issue(user=user, name="Phone", scopes=list(scopes or ("*",)), by=user)[1]


@pytest.fixture
def ask(world: World) -> Callable[..., Any]:
    """A request with bob's own key, or another user and key."""
    keys: dict[int, str] = {}

    def asked(
        method: str, path: str, body: str = "", *, user: User | None = None, key: str = "", **headers: str
    ) -> Any:
        who = user or world.bob
        token = key or keys.setdefault(who.pk, key_of(who))
        basic = base64.b64encode(f"{who.email}:{token}".encode()).decode()
        return Client().generic(
            method, path, body, content_type=headers.pop("content_type", "text/xml; charset=utf-8"),
            headers={"Authorization": f"Basic {basic}", **headers},
        )  # fmt: skip

    return asked


@pytest.fixture
def theirs(world: World, live_server: Any) -> caldav.Calendar:
    """Bob's calendar as the client of another make sees it."""
    client = caldav.DAVClient(f"{live_server.url}/dav/", username=world.bob.email, password=key_of(world.bob))
    (calendar,) = client.principal().calendars()
    return calendar


@pytest.fixture
def frozen(noon: datetime) -> Any:
    """It is noon, and the clock goes on, as servers need it."""
    import time_machine
    from django.utils import timezone

    with time_machine.travel(noon, tick=True) as travelling, timezone.override(JAKARTA):
        yield travelling


def plan(world: World, **more: Any) -> Meeting:
    told = {"owner": world.bob, "subject": "Call on Budi", "starts_at": TOMORROW, **more}
    made: Meeting = Meeting.create(by=world.bob, party=world.budi, **told)
    return made


def home(user: User, kind: str = "calendar") -> str:
    return f"/dav/{user.email}/{kind}/"


EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Another make//EN
BEGIN:VEVENT
UID:abc-123
DTSTAMP:20260812T050000Z
SUMMARY:{title}
DTSTART:20260813T030000Z
DTEND:20260813T040000Z
{more}END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


@pytest.mark.django_db(transaction=True)
def test_a_client_of_another_make_lists_makes_changes_and_deletes(
    world: World, theirs: caldav.Calendar
) -> None:
    plan(world)
    assert [str(one.icalendar_component["summary"]) for one in theirs.events()] == ["Call on Budi"]
    theirs.add_event(
        dtstart=TOMORROW + timedelta(days=1), dtend=TOMORROW + timedelta(days=1, hours=1), summary="Lunch"
    )
    lunch = Activity.objects.get(subject="Lunch")
    assert (lunch.kind, lunch.owner, lunch.starts_at) == ("meeting", world.bob, TOMORROW + timedelta(days=1))
    made = next(one for one in theirs.events() if str(one.icalendar_component["summary"]) == "Lunch")
    made.icalendar_component["summary"] = "Long lunch"
    made.save()
    lunch.refresh_from_db()
    assert lunch.subject == "Long lunch"
    made.delete()
    lunch.refresh_from_db()
    assert lunch.is_archived


@pytest.mark.django_db(transaction=True)
def test_a_client_of_another_make_is_told_only_what_changed(world: World, theirs: caldav.Calendar) -> None:
    first, second = plan(world), plan(world, subject="Other", starts_at=TOMORROW + timedelta(hours=3))
    known = theirs.get_objects_by_sync_token(load_objects=True)
    assert len(known) == 2
    first.reschedule(start=TOMORROW + timedelta(days=2), by=world.bob)
    second.archive(by=world.bob)
    changed, gone = known.sync()
    assert [one.icalendar_component.decoded("dtstart") for one in changed] == [TOMORROW + timedelta(days=2)]
    assert len(gone) == 1
    assert not str(known.sync_token).startswith("fake-")


@pytest.mark.django_db(transaction=True)
def test_tasks_are_tasks_there(world: World, theirs: caldav.Calendar) -> None:
    task = Task.create(by=world.bob, owner=world.bob, subject="Send the quote", due_at=TOMORROW)
    (one,) = theirs.todos()
    one.complete()
    task.refresh_from_db()
    assert not task.is_open


def test_without_a_key_nothing_opens(world: World) -> None:
    answer = Client().generic("PROPFIND", "/dav/")
    assert (answer.status_code, "Basic" in answer["WWW-Authenticate"]) == (401, True)


def test_a_password_is_no_key(world: World, ask: Any) -> None:
    assert ask("PROPFIND", "/dav/", key="rahasia-sekali").status_code == 401


def test_a_key_opens_only_its_own_users(world: World, ask: Any) -> None:
    assert ask("PROPFIND", "/dav/", user=world.citra, key=key_of(world.bob)).status_code == 401


def test_a_revoked_key_opens_nothing(world: World, ask: Any) -> None:
    key, token = ApiKey.issue(user=world.bob, name="Phone", scopes=["*"], by=world.bob)
    key.revoke(by=world.bob)
    assert ask("PROPFIND", "/dav/", key=token).status_code == 401


def test_nobody_reads_the_calendar_of_another(world: World, ask: Any) -> None:
    meeting = plan(world)
    for path in (home(world.bob), f"{home(world.bob)}activity-{meeting.pk}.ics"):
        assert ask("GET", path, user=world.ada).status_code in (403, 404)


def test_a_key_for_contacts_opens_no_calendar(world: World, ask: Any) -> None:
    meeting = plan(world)
    path = f"{home(world.bob)}activity-{meeting.pk}.ics"
    assert ask("GET", path).status_code == 200
    assert ask("GET", path, key=key_of(world.bob, "party:view")).status_code == 404


def test_a_key_that_only_reads_writes_nothing(world: World, ask: Any) -> None:
    key = key_of(world.bob, "*:view")
    body = EVENT.format(title="New", more="")
    answer = ask("PUT", f"{home(world.bob)}abc.ics", body, key=key, content_type="text/calendar")
    assert (answer.status_code, Activity.objects.count()) == (403, 0)


def test_what_was_made_is_found_under_its_own_name(world: World, ask: Any) -> None:
    path = f"{home(world.bob)}abc.ics"
    answer = ask("PUT", path, EVENT.format(title="New", more=""), content_type="text/calendar")
    assert (answer.status_code, ask("GET", path)["ETag"]) == (201, answer["ETag"])
    assert b"UID:abc-123" in ask("GET", path).content


def test_a_change_of_what_is_another_by_now_is_refused(world: World, ask: Any) -> None:
    path = f"{home(world.bob)}abc.ics"
    etag = ask("PUT", path, EVENT.format(title="New", more=""), content_type="text/calendar")["ETag"]
    Activity.objects.get().reschedule(start=TOMORROW + timedelta(hours=5), by=world.bob)
    late = {"If-Match": etag, "content_type": "text/calendar"}
    assert ask("PUT", path, EVENT.format(title="Late", more=""), **late).status_code == 412


def test_what_one_only_attends_is_read_and_not_changed(world: World, ask: Any) -> None:
    meeting = Meeting.create(by=world.sari, owner=world.sari, subject="Team", starts_at=TOMORROW)
    meeting.invite(users=[world.bob], by=world.sari)
    path = f"{home(world.bob)}activity-{meeting.pk}.ics"
    read = ask("GET", path).content.decode()
    answer = ask("PUT", path, read.replace("SUMMARY:Team", "SUMMARY:Mine"), content_type="text/calendar")
    meeting.refresh_from_db()
    assert (answer.status_code, answer.content.decode(), meeting.subject) == (
        403, "You may not do this.", "Team",
    )  # fmt: skip
    assert ask("DELETE", path).status_code == 403


def test_what_is_called_off_there_is_called_off_here(world: World, ask: Any) -> None:
    path = f"{home(world.bob)}abc.ics"
    for more in ("", "STATUS:CANCELLED\r\n"):
        ask("PUT", path, EVENT.format(title="New", more=more), content_type="text/calendar")
    assert Activity.objects.get().outcome == "cancelled"


@pytest.mark.parametrize("body", ["", "nonsense", EVENT.format(title="x", more="RRULE:FREQ=DAILY\r\n")])
def test_what_cannot_be_kept_is_refused(world: World, ask: Any, body: str) -> None:
    answer = ask("PUT", f"{home(world.bob)}abc.ics", body, content_type="text/calendar")
    assert (answer.status_code in (400, 403), Activity.objects.count()) == (True, 0)


@pytest.mark.parametrize("method", ["DELETE", "PUT", "MKCALENDAR"])
def test_the_collections_stay(world: World, ask: Any, method: str) -> None:
    meeting = plan(world)
    path = home(world.bob) if method != "MKCALENDAR" else f"/dav/{world.bob.email}/other/"
    assert ask(method, path, content_type="text/calendar").status_code in (400, 403, 405, 409)
    meeting.refresh_from_db()
    assert not meeting.is_archived


def test_contacts_are_listed_with_phones_birthday_and_address(world: World, ask: Any) -> None:
    Address.create(by=world.bob, party=world.budi, street="Jl. Melati 5", city="Jakarta Selatan")
    body = (
        '<C:addressbook-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:carddav">'
        "<D:prop><D:getetag/><C:address-data/></D:prop></C:addressbook-query>"
    )
    answer = ask("REPORT", home(world.bob, "contacts"), body, Depth="1")
    cards = answer.content.decode()
    assert answer.status_code == 207
    assert re.findall(r"FN:(.+?)[\r\n&]", cards) == ["Budi Santoso", "Siti Rahmawati", "Rizky Santoso"]
    for told in ("+6281211112222", "budi@santoso.example", "BDAY:1980-08-17", "Jl. Melati 5"):
        assert told in cards


def test_the_address_book_is_found(world: World, ask: Any) -> None:
    body = '<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/><D:displayname/></D:prop></D:propfind>'
    answer = ask("PROPFIND", f"/dav/{world.bob.email}/", body, Depth="1").content.decode()
    assert (
        "addressbook" in answer
        and "Kontak Relasi" in answer
        and "/dav/bob%40sahabat.example/contacts/" in answer
    )


def test_contacts_are_not_written(world: World, ask: Any) -> None:
    path = f"{home(world.bob, 'contacts')}party-{world.budi.pk}.vcf"
    card = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x\r\nFN:Mallory\r\nN:M;;;;\r\nEND:VCARD\r\n"
    for method in ("PUT", "DELETE"):
        assert ask(method, path, card, content_type="text/vcard").status_code == 403
    world.budi.refresh_from_db()
    assert world.budi.name == "Budi Santoso"


@pytest.mark.parametrize("what", ["caldav", "carddav"])
def test_programs_find_the_way(db: None, what: str) -> None:
    answer = Client().generic("PROPFIND", f"/.well-known/{what}")
    assert (answer.status_code, answer["Location"]) == (301, "/dav/")


def test_nothing_is_written_to_the_disk(world: World, ask: Any, tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(settings.DATA_DIR.rglob("*"))
    ask("PUT", f"{home(world.bob)}abc.ics", EVENT.format(title="New", more=""), content_type="text/calendar")
    ask("GET", home(world.bob))
    assert (sorted(settings.DATA_DIR.rglob("*")), list(tmp_path.iterdir())) == (before, [])
