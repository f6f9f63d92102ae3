"""The board of any noun."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from relasi.activities.models import Visit
from relasi.kit.access.models import FieldRule
from relasi.kit.events.models import Event
from relasi.kit.resources import lanes
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find
from relasi.parties.models import Company, Party, Person
from tests.world import World

HTMX = {"HX-Request": "true"}


def _move(world: World, sign_in, user, lane: str, **more: object):
    form = {"id": world.budi.pk, "lane": lane, "version": world.budi.version, **more}
    return sign_in(user).post("/people/board/move/", form, headers=HTMX)


def test_lanes_hold_cards_with_their_number(world: World) -> None:
    found = {lane.value: lane for lane in lanes.lanes_of(listing(find("people"), world.ada))}
    assert [card.title for card in found["client"].cards] == ["Budi Santoso"]
    assert (found["suspect"].count, found["partner"].count) == (2, 0)


def test_lanes_are_summed(world: World) -> None:
    for n in (10, 20):
        Company.create(by=world.ada, kind="company", name=f"PT {n}", employees=n, rung="client")
    found = {lane.value: lane for lane in lanes.lanes_of(listing(find("companies"), world.ada))}
    assert found["client"].total == 30
    assert found["partner"].total is None


def test_a_reader_sees_only_own_cards_and_the_filter_holds(world: World, sign_in) -> None:
    page = sign_in(world.bob).get("/people/board/", headers=HTMX).content.decode()
    assert "Budi Santoso" in page
    assert "Joko Susilo" not in page
    assert (
        "Budi Santoso"
        not in sign_in(world.bob).get("/people/board/?filter=rung = suspect", headers=HTMX).content.decode()
    )


def test_a_board_costs_a_fixed_number_of_queries(
    world: World, sign_in, django_assert_max_num_queries
) -> None:
    for n in range(30):
        Person.create(
            by=world.bob, name=f"Person {n}", owner=world.bob, rung="client", household=world.santosos
        )
    browser = sign_in(world.sari)
    with django_assert_max_num_queries(22):
        assert browser.get("/people/board/", headers=HTMX).status_code == 200


def test_a_lane_comes_a_page_at_a_time(world: World, sign_in) -> None:
    for n in range(25):
        Person.create(by=world.bob, name=f"Person {n:02}", owner=world.bob, rung="member")
    asked = listing(find("people"), world.bob)
    first = next(lane for lane in lanes.lanes_of(asked) if lane.value == "member")
    second = lanes.more_of(asked, "member", first.next)
    titles = [card.title for card in (*first.cards, *second.cards)]
    assert titles == [f"Person {n:02}" for n in range(25)]
    page = (
        sign_in(world.bob)
        .get("/people/board/", {"lane": "member", "after": first.next}, headers=HTMX)
        .content.decode()
    )
    assert "Person 24" in page


def test_a_drop_moves_the_card_and_offers_the_way_back(world: World, sign_in) -> None:
    answer = _move(world, sign_in, world.bob, "member")
    world.budi.refresh_from_db()
    assert world.budi.rung == "member"
    assert "lane-head-member" in answer.content.decode()
    sign_in(world.bob).post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    world.budi.refresh_from_db()
    assert world.budi.rung == "client"


def test_a_drop_on_the_same_lane_writes_nothing(world: World, sign_in) -> None:
    before = Event.objects.count()
    assert _move(world, sign_in, world.bob, "client").status_code == 204
    assert Event.objects.count() == before


@pytest.mark.parametrize(("name", "status"), [("citra", 404), ("mira", 403), ("eko", 404)])
def test_who_may_not_change_a_card_may_not_move_it(world: World, sign_in, name: str, status: int) -> None:
    before = Event.objects.count()
    assert _move(world, sign_in, getattr(world, name), "member").status_code == status
    assert Event.objects.count() == before


def test_a_card_changed_meanwhile_is_shown_before_it_moves(world: World, sign_in) -> None:
    Party._default_manager.filter(pk=world.budi.pk).update(version=9, rung="advocate")
    answer = _move(world, sign_in, world.bob, "member")
    world.budi.refresh_from_db()
    assert answer.status_code == 409
    assert "Advocate" in answer.content.decode()
    assert world.budi.rung == "advocate"


def test_there_is_no_lane_of_that_name(world: World, sign_in) -> None:
    assert _move(world, sign_in, world.bob, "nowhere").status_code == 409


def test_without_scripts_the_board_is_a_layout_of_the_list(world: World, sign_in) -> None:
    assert "layout=board" in sign_in(world.bob).get("/people/board/").url


@pytest.fixture
def visit(world: World) -> Visit:
    then = timezone.now() + timedelta(days=1)
    return Visit.create(by=world.bob, owner=world.bob, party=world.budi, subject="Survey", starts_at=then)


def _drop(browser, visit: Visit, **more: str):
    form = {"id": visit.pk, "lane": "held", "version": visit.version, **more}
    return browser.post("/visits/board/move/", form, headers=HTMX)


def test_a_drop_asks_in_place_for_what_the_board_names(world: World, sign_in, visit: Visit) -> None:
    before = Event.objects.count()
    answer = _drop(sign_in(world.bob), visit)
    page = answer.content.decode()
    assert (answer.status_code, Event.objects.count()) == (422, before)
    assert "Survey to “Took place”" in page and 'name="result"' in page and 'name="version"' in page


def test_what_was_asked_is_written_with_the_move_and_goes_back_with_it(
    world: World, sign_in, visit: Visit
) -> None:
    browser = sign_in(world.bob)
    answer = _drop(browser, visit, result="Two rooms", from_dialog="1")
    visit.refresh_from_db()
    assert (answer.status_code, visit.outcome, visit.result) == (204, "held", "Two rooms")
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    visit.refresh_from_db()
    assert (visit.outcome, visit.result) == ("", "")


def test_a_drop_on_the_same_lane_asks_nothing(world: World, sign_in, visit: Visit) -> None:
    assert _drop(sign_in(world.bob), visit, lane="").status_code == 204


def test_nobody_is_asked_for_a_field_that_is_closed(world: World, sign_in, visit: Visit) -> None:
    for role in world.bob.roles.all():
        FieldRule.objects.create(role=role, noun="activity", field="result", level="read")
    assert _drop(sign_in(world.bob), visit).status_code == 200
    visit.refresh_from_db()
    assert visit.outcome == "held"


def test_a_drop_says_what_is_wrong_with_what_was_given(
    world: World, sign_in, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = replace(find("visits").board, asks=("minutes",))
    monkeypatch.setitem(vars(find("visits")), "board", asking)
    answer = _drop(sign_in(world.bob), visit, minutes="many")
    visit.refresh_from_db()
    assert (answer.status_code, visit.outcome) == (422, "")
    assert "many" in answer.content.decode() and "field-error" in answer.content.decode()


def test_a_visit_has_only_lanes_a_visit_can_stand_in(world: World) -> None:
    found = [lane.value for lane in lanes.lanes_of(listing(find("visits"), world.ada))]
    assert found == ["", "held", "no_show", "cancelled"]


def test_the_owner_of_a_card_is_a_face_and_no_second_line(world: World, visit: Visit) -> None:
    (card,) = lanes.lanes_of(listing(find("visits"), world.ada))[0].cards
    assert [str(label) for label, _html in card.facts] == ["Customer", "Begins"]
