"""The audit page: found by what one asks, closed values closed, taken out as shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.activities.models import Task
from relasi.administration import trail
from relasi.administration.models import ChainCheck
from relasi.kit.access.models import FieldRule, Grant, Role, User
from relasi.kit.events.models import Event
from relasi.kit.jobs.worker import Worker
from tests.kit.access.test_rights import again
from tests.world import World

SignIn = Callable[[User], Client]


@pytest.fixture
def auditor(world: World) -> User:
    """Mira reads the trail, but no identity numbers, and not the religion of a customer."""
    role = Role.create(by=None, name="Auditor")
    Grant.objects.create(role=role, noun="event", verb="*", scope="all")
    FieldRule.objects.create(role=role, noun="party", field="city", level="hidden")
    world.mira.give_roles([role], by=None)
    return again(world.mira)


def lines(reader: User, **asked: str) -> list[trail.Line]:
    return trail.page(trail.Asked.of(asked), reader)[0]


@pytest.mark.parametrize(
    "asked",
    [{"noun": "party"}, {"verb": "changed"}, {"actor": "bob"}, {"record": "budi"}, {"since": "2020-01-01"}],
)
def test_it_is_found_by_kind_verb_person_record_and_day(asked: dict[str, str], world: World) -> None:
    world.budi.change(by=world.bob, city="Depok")
    numbers = {"bob": str(world.bob.pk), "budi": str(world.budi.pk)}
    found = lines(world.ada, **{name: numbers.get(value, value) for name, value in asked.items()})
    assert found[0].event.changes == {"city": ["Jakarta Selatan", "Depok"]}


@pytest.mark.parametrize(
    "asked",
    [{"until": "2020-01-01"}, {"actor": "system", "noun": "party", "verb": "changed"}, {"batch": "x"}],
)
def test_what_does_not_fit_is_not_shown(asked: dict[str, str], world: World) -> None:
    world.budi.change(by=world.bob, city="Depok")
    assert lines(world.ada, **asked) == []


@pytest.mark.parametrize(
    "asked",
    ["actor=1' OR 1=1", "since=2026-99-99", "record=99999999999999999999999", "before=abc"],
)
def test_nonsense_in_the_address_is_no_error(asked: str, world: World, sign_in: SignIn) -> None:
    assert sign_in(world.ada).get(f"/settings/audit/?{asked}").status_code == 200


def test_a_nul_sign_in_the_address_is_refused_in_words(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.ada).get("/settings/audit/?noun=%00")
    assert (answer.status_code, answer.content.decode()) == (
        400,
        "The text has a character that cannot be kept.",
    )


def test_a_masked_field_shows_dots_and_a_hidden_one_nothing(world: World, auditor: User) -> None:
    world.budi.change(by=world.bob, nik="3174051708800003", religion="islam", city="Depok")
    told = str(lines(auditor, noun="party", verb="changed")[0].changes)
    assert "•••" in told and "3174" not in told and "islam" not in told and "Depok" not in told


def test_the_export_closes_the_same_values(world: World, auditor: User, sign_in: SignIn) -> None:
    world.budi.change(by=world.bob, religion="islam", city="Depok", nickname="Bud")
    answer = sign_in(auditor).get("/settings/audit/export/?noun=party")
    body = b"".join(answer.streaming_content).decode()
    assert "Bud" in body and "islam" not in body and "Depok" not in body
    assert Event.objects.of(auditor).filter(verb="audit_exported").exists()


def test_a_page_costs_few_queries_for_few_and_many_events(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    browser.get("/settings/audit/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/settings/audit/?noun=party").status_code == 200
        return len(seen)

    few = queries()
    for number in range(70):
        world.budi.change(by=world.bob, city=f"Kota {number}")
    assert queries() <= few <= 15


def test_it_goes_on_where_the_page_ended(world: World) -> None:
    for number in range(trail.PAGE):
        world.budi.change(by=world.bob, city=f"Kota {number}")
    asked = trail.Asked.of({"noun": "party"})
    first, mark = trail.page(asked, world.ada)
    second, _end = trail.page(asked, world.ada, before=str(mark))
    ids = [line.event.pk for line in [*first, *second]]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == len(ids) == asked.events().count()


def test_a_touched_trail_is_told_with_the_place(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    browser.post("/settings/audit/verify/")
    Worker().run_until_empty()
    event = Event.objects.filter(noun="party").first()
    assert event
    Event.objects.filter(pk=event.pk).update(actor_name="Somebody else")
    browser.post("/settings/audit/verify/")
    Worker().run_until_empty()
    page = browser.get("/settings/audit/").content.decode()
    assert f"?event={event.pk}" in page and "1 place does not hold" in page
    assert list(ChainCheck.objects.order_by("id").values_list("flaw_count", flat=True)) == [0, 1]


def test_asking_twice_runs_one_check(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    browser.post("/settings/audit/verify/")
    browser.post("/settings/audit/verify/")
    assert ChainCheck.objects.count() == 1


def test_links_have_names_and_moments_the_clock_of_the_reader(world: World) -> None:
    due = datetime(2026, 8, 12, 5, tzinfo=UTC)
    task = Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Call", due_at=due)
    with timezone.override("Asia/Makassar"):
        made = next(line for line in lines(world.ada) if line.event.record_id == task.pk)
    told = {label: after for label, _before, after in made.changes}
    assert (told["Owner"], told["Customer"]) == ("Bob Hutapea", "Budi Santoso")
    assert told["Due"].startswith("12 Aug 2026") and "13:00" in told["Due"]


def test_a_linked_record_that_is_not_open_is_not_named(world: World, auditor: User) -> None:
    Task.create(by=world.bob, owner=world.bob, party=world.budi, subject="Call")
    world.eko.give_roles(auditor.roles.all(), by=None)
    told = [change for line in lines(again(world.eko)) for change in line.changes]
    assert [after for label, _before, after in told if label == "Customer"] == [
        f"Not open to you ({world.budi.pk})"
    ]
