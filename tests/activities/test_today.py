"""Today: what to do now, and doing it in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relasi.activities import today
from relasi.activities.models import Activity, Meeting, Note, Task, Visit
from relasi.activities.today import due_count, items_for
from relasi.activities.today.week import week_of
from relasi.kit.resources.importing.models import ImportRun
from relasi.kit.resources.models import Batch
from relasi.parties.models import DuplicatePair, ImportantDate, Person, Relation, RelationType
from tests.world import World

SignIn = Callable[[Any], Client]


def reasons(user: Any, now: datetime) -> dict[str, str]:
    return {str(item.title): str(item.reason) for item in items_for(user, now)}


def due(world: World, moment: datetime, **fields: Any) -> Task:
    return Task.create(
        **{
            "by": world.bob,
            "owner": world.bob,
            "party": world.budi,
            "subject": "Send offer",
            "due_at": moment,
            **fields,
        }
    )


def test_an_overdue_task_comes_before_one_due_tonight(world: World, noon: datetime) -> None:
    due(world, noon + timedelta(hours=5), subject="Tonight")
    due(world, noon - timedelta(days=2), subject="Late")
    assert [item.title for item in items_for(world.bob, noon)][:2] == ["Late", "Tonight"]


def test_a_task_says_since_when_it_is_overdue(world: World, noon: datetime) -> None:
    due(world, noon - timedelta(days=2))
    assert reasons(world.bob, noon)["Send offer"] == "Overdue since Mon, 10 Aug"


def test_tasks_of_tomorrow_and_of_others_are_not_there(world: World, noon: datetime) -> None:
    due(world, noon + timedelta(days=1))
    due(world, noon, subject="Sari's", owner=world.sari)
    assert not {"Send offer", "Sari's"} & reasons(world.bob, noon).keys()


def test_tonight_is_the_readers_own(world: World, noon: datetime) -> None:
    due(world, noon.replace(hour=23, minute=30))
    assert "Send offer" in reasons(world.bob, noon)


def test_a_meeting_one_attends_is_there(world: World, noon: datetime) -> None:
    meeting = Meeting.create(
        by=world.sari, owner=world.sari, subject="Team review", starts_at=noon + timedelta(hours=1)
    )
    meeting.invite(users=[world.bob], by=world.sari)
    assert reasons(world.bob, noon)["Team review"] == "Meeting today at 13:00 WIB"


def test_a_visit_nobody_closed_asks_how_it_went(world: World, noon: datetime) -> None:
    visit = Visit.create(
        by=world.bob, owner=world.bob, subject="See the shop", starts_at=noon + timedelta(days=1)
    )
    Activity.objects.filter(pk=visit.pk).update(starts_at=noon - timedelta(days=1))
    assert reasons(world.bob, noon)["See the shop"] == "Visit of yesterday: how did it go?"


def test_a_birthday_within_the_week_is_there(world: World, noon: datetime) -> None:
    assert (
        reasons(world.bob, noon)["Budi Santoso"].startswith("Birthday")
        and "46 years" in reasons(world.bob, noon)["Budi Santoso"]
    )


def test_a_birthday_after_the_week_is_not(world: World, noon: datetime) -> None:
    assert "Budi Santoso" not in reasons(world.bob, noon - timedelta(days=5))


def test_a_birthday_of_29_february_is_kept_on_the_28th(world: World, noon: datetime) -> None:
    Person.create(by=world.bob, owner=world.bob, name="Leap Lestari", birth_on=date(2004, 2, 29))
    assert "Leap Lestari" in reasons(world.bob, noon.replace(year=2027, month=2, day=28))


def test_the_birthday_of_a_beneficiary_names_the_customer(world: World, noon: datetime) -> None:
    child = Person.create(by=world.bob, name="Ayu", birth_on=date(2015, 8, 14))
    heir = RelationType.create(
        by=None, key="heir", name="has beneficiary", reverse="is beneficiary of", has_share=True
    )
    world.budi.change(by=world.ada, owner=world.ada)
    Relation.create(by=world.ada, source=world.budi, target=child, type=heir, share=100)
    found = next(item for item in items_for(world.ada, noon) if item.title == "Ayu")
    assert (found.party, found.detail) == (world.budi, "is beneficiary of")


def test_a_family_member_the_reader_may_not_see_is_not_named(world: World, noon: datetime) -> None:
    hidden = Person.create(by=world.citra, owner=world.citra, name="Hidden Heir", birth_on=date(2015, 8, 14))
    kin = RelationType.create(
        by=None, key="heir", name="has beneficiary", reverse="is beneficiary of", has_share=True
    )
    Relation.create(by=world.ada, source=world.budi, target=hidden, type=kin)
    assert "Hidden Heir" not in reasons(world.bob, noon)


def test_an_anniversary_is_there_with_its_years(world: World, noon: datetime) -> None:
    ImportantDate.create(by=world.bob, party=world.siti, label="Wedding day", on=date(2006, 8, 12))
    assert reasons(world.bob, noon)["Siti Rahmawati"] == "Wedding day today: 20 years"


def test_whatsapp_is_one_click_away(world: World, noon: datetime) -> None:
    found = next(item for item in items_for(world.bob, noon) if item.title == "Budi Santoso")
    assert found.actions[1].url.startswith("https://wa.me/6281211112222?text=Happy%20birthday")


def test_whoever_was_greeted_leaves(world: World, noon: datetime, sign_in: SignIn) -> None:
    sign_in(world.bob).post(
        f"/today/greet/{world.budi.pk}/", {"occasion": "birthday:2026", "what": "Birthday"}
    )
    assert "Budi Santoso" not in reasons(world.bob, noon)


def test_who_may_only_look_greets_nobody(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.mira).post(f"/today/greet/{world.budi.pk}/", {"occasion": "birthday:2026"})
    assert (answer.status_code, Activity.objects.count(), Batch.objects.count()) == (403, 0, 0)


def test_undoing_a_greeting_brings_the_birthday_back(world: World, noon: datetime, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    browser.post(f"/today/greet/{world.budi.pk}/", {"occasion": "birthday:2026", "what": "Birthday"})
    browser.post(f"/undo/{Batch.objects.get().token}/")
    assert "Budi Santoso" in reasons(world.bob, noon)


def test_a_birthday_becomes_a_task(world: World, noon: datetime, sign_in: SignIn) -> None:
    sign_in(world.bob).post(
        f"/today/remember/{world.budi.pk}/", {"occasion": "birthday:2026", "what": "Birthday"}
    )
    assert "Greet Budi Santoso: Birthday" in reasons(world.bob, noon)


def test_duplicates_to_review_are_counted(world: World, noon: datetime) -> None:
    DuplicatePair.create(by=None, left=world.budi, right=world.siti, score=0.9)
    assert "1 pair may be the same customer" in reasons(world.sari, noon)


def test_an_import_with_rows_to_mend_is_there(world: World, noon: datetime) -> None:
    ImportRun.create(
        by=world.bob,
        owner=world.bob,
        resource="people",
        file_name="kontak.csv",
        path="x",
        state="done",
        open_failures=3,
    )
    assert reasons(world.bob, noon)["kontak.csv"] == "3 rows to mend"


def test_finishing_in_place_answers_with_an_undo(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = due(world, noon)
    answer = sign_in(world.bob).post(f"/today/activity/{one.pk}/finish/")
    assert "undo_url" in answer["HX-Trigger"]


def test_next_week_keeps_the_hour(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = due(world, noon - timedelta(days=3))
    sign_in(world.bob).post(f"/today/activity/{one.pk}/postpone/", {"days": 7})
    one.refresh_from_db()
    assert one.due_at == noon + timedelta(days=7)


def test_who_may_only_look_finishes_nothing(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = due(world, noon)
    answer = sign_in(world.mira).post(f"/today/activity/{one.pk}/finish/")
    one.refresh_from_db()
    assert (answer.status_code, one.done_at) == (403, None)


def test_a_task_of_another_team_is_not_there_to_finish(world: World, noon: datetime, sign_in: SignIn) -> None:
    one = due(world, noon)
    assert sign_in(world.citra).post(f"/today/activity/{one.pk}/finish/").status_code == 404


def test_the_page_opens_for_everybody(world: World, sign_in: SignIn) -> None:
    assert {sign_in(user).get("/").status_code for user in world.users} == {200}


def test_an_empty_day_tells_what_went_well(world: World, noon: datetime) -> None:
    Note.create(by=world.citra, owner=world.citra, party=world.joko, body="Signed")
    assert [(kind, number) for kind, _label, number in week_of(world.citra, noon).done] == [("note", 1)]


def test_an_empty_day_tells_what_is_next(world: World, noon: datetime) -> None:
    Task.create(by=world.citra, owner=world.citra, subject="Tomorrow", due_at=noon + timedelta(days=1))
    assert week_of(world.citra, noon).next.subject == "Tomorrow"


def test_the_menu_counts_what_is_due(world: World, noon: datetime) -> None:
    due(world, noon)
    assert due_count(world.bob) == 1


def test_more_to_do_costs_no_more_queries(world: World, noon: datetime) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            items_for(world.bob, noon)
        return len(seen)

    def more(*numbers: int) -> None:
        for n in numbers:
            due(world, noon - timedelta(hours=n), subject=f"Task {n}")
            Person.create(by=world.bob, owner=world.bob, name=f"Twin {n}", birth_on=date(1990, 8, 13))

    more(0)
    assert items_for(world.bob, noon)
    few = asked()
    more(*range(1, 20))
    assert asked() == few <= 2 * len(today._sources)


def test_who_may_add_nothing_is_not_asked_to_plan(world: World, sign_in: Any) -> None:
    assert "/calendar/new/" in sign_in(world.bob).get("/").content.decode()
    assert "/calendar/new/" not in sign_in(world.mira).get("/").content.decode()
