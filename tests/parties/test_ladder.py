"""Eight rungs, moves with their day and reason, rules the company sets, conversion between rungs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.records.models import Tag, Tagging, about
from relasi.kit.resources.filtering import FilterError
from relasi.lib.periods import Period
from relasi.parties.actions.climb_ladder import check_rule, climb_ladder, steps
from relasi.parties.conversion import UP, conversion, moved
from relasi.parties.models import Party, Relation, RelationType, RungMove, RungRule
from tests.world import World

SignIn = Callable[[User], Client]
EVER = Period(date(2000, 1, 1), date(2100, 1, 1))


def rung_of(party: Party) -> str:
    party.refresh_from_db()
    return party.rung


def tag(party: Party, name: str) -> None:
    Tagging.objects.create(tag=Tag.objects.get_or_create(name=name)[0], **about(party))


def test_a_move_keeps_its_day_and_reason(world: World) -> None:
    world.joko.move_to("client", by=world.citra, reason="Bought a second policy")
    move = RungMove.objects.get()
    assert (move.before, move.after, move.reason, move.by) == (
        "prospect",
        "client",
        "Bought a second policy",
        world.citra,
    )


def test_a_rung_changed_in_a_cell_is_a_dated_move_too(world: World) -> None:
    world.joko.change(by=world.citra, rung="client")
    assert RungMove.objects.get().after == "client"
    assert world.joko.rung_since == timezone.localdate()


def test_moving_to_where_one_stands_is_nothing(world: World) -> None:
    assert not world.joko.move_to("prospect", by=world.citra)
    assert not RungMove.objects.exists()


def test_whoever_can_be_reached_becomes_a_prospect(world: World) -> None:
    climb_ladder()
    assert rung_of(world.siti) == "prospect" and rung_of(world.rizky) == "suspect"


def test_rules_do_not_step_down_unless_they_say_so(world: World) -> None:
    climb_ladder()
    assert rung_of(world.budi) == "client"


def test_a_customer_who_brought_another_is_an_advocate(world: World) -> None:
    referrer = RelationType.objects.get(key="referrer")
    Relation.create(by=world.bob, source=world.budi, target=world.joko, type=referrer)
    climb_ladder()
    assert rung_of(world.budi) == "advocate"


def test_the_first_rule_that_fits_decides(world: World) -> None:
    tag(world.siti, "member")
    tag(world.siti, "customer")
    climb_ladder()
    assert rung_of(world.siti) == "member"


def test_a_rule_with_leave_to_step_down_does(world: World) -> None:
    RungRule.objects.all().delete()
    RungRule.create(by=None, rung="suspect", filter='name ~ "Budi"', reason="Silent", may_step_down=True)
    climb_ladder()
    assert rung_of(world.budi) == "suspect"


def test_a_rung_set_by_hand_stands(world: World) -> None:
    world.siti.move_to("prospect", by=world.bob, reason="Met her")
    world.siti.move_to("suspect", by=world.bob, reason="Not now")
    climb_ladder()
    assert rung_of(world.siti) == "suspect"


def test_a_climb_is_an_event_with_the_rules_reason(world: World) -> None:
    climb_ladder()
    event = Event.objects.of(world.siti).first()
    assert (event.verb, event.changes) == ("moved", {"rung": ["suspect", "prospect"]}) and event.note


def test_climbing_twice_moves_nobody_again(world: World) -> None:
    assert climb_ladder() > 0
    assert climb_ladder() == 0


def test_only_the_given_parties_climb(world: World) -> None:
    climb_ladder(party_ids=[world.rizky.pk])
    assert rung_of(world.siti) == "suspect"


def test_a_rule_that_cannot_be_read_is_refused(world: World) -> None:
    for text in ("shoe_size > 3", "name =", "rung = king"):
        with pytest.raises(FilterError):
            check_rule(text, world.ada)


def test_a_trial_tells_without_moving(world: World) -> None:
    rule = RungRule(rung="client", filter="city = Surabaya", reason="")
    assert sum(step.rows.count() for step in steps([rule], reader=world.ada)) == 2
    assert rung_of(world.joko) == "prospect"


def test_conversion_counts_who_went_up(world: World) -> None:
    world.joko.move_to("client", by=world.citra)
    prospects = next(row for row in conversion(EVER, reader=world.ada) if row.rung == "prospect")
    assert (prospects.up, prospects.base, prospects.up_rate) == (1, 1, 1.0)


def test_conversion_shows_each_reader_their_own(world: World) -> None:
    world.joko.move_to("client", by=world.citra)
    assert list(moved(EVER, reader=world.bob, rung="prospect", side=UP)) == []


def test_moves_outside_the_period_do_not_count(world: World) -> None:
    world.joko.move_to("client", by=world.citra)
    RungMove.objects.update(at=timezone.now() - timedelta(days=400))
    today = timezone.localdate()
    rows = conversion(Period(today - timedelta(days=30), today + timedelta(days=1)), reader=world.ada)
    assert all(row.up == 0 for row in rows)


PAGES = [
    "/ladder/",
    "/ladder/?period=last+year&kind=person",
    "/ladder/?period=nonsense",
    "/ladder/moves/?rung=prospect&side=up",
    "/settings/ladder/",
    "/settings/ladder/new/",
]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_of_the_ladder_opens(world: World, sign_in: SignIn, address: str) -> None:
    world.joko.move_to("client", by=world.citra, reason="Bought")
    assert sign_in(world.ada).get(address).status_code == 200


def test_the_page_of_rules_is_closed_to_sellers(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get("/settings/ladder/").status_code == 403


def test_a_rule_is_tried_and_saved(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    data = {"rung": "client", "filter": "city = Surabaya", "reason": "Lives in Surabaya", "is_active": "on"}
    tried = browser.post("/settings/ladder/new/", {**data, "try": "1"}, headers={"HX-Request": "true"})
    assert (
        b"Joko Susilo" in tried.content
        and not RungRule.objects.filter(rung="client", filter=data["filter"]).exists()
    )
    browser.post("/settings/ladder/new/", data)
    assert RungRule.objects.order_by("order").last().filter == "city = Surabaya"


def test_a_wrong_rule_is_explained(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.ada).post(
        "/settings/ladder/new/", {"rung": "client", "filter": "shoe = 3", "reason": "x"}
    )
    assert answer.status_code == 422 and b"shoe" in answer.content


def test_rules_change_places(world: World, sign_in: SignIn) -> None:
    first, second = RungRule.objects.all()[:2]
    sign_in(world.ada).post(f"/settings/ladder/{second.pk}/order/", {"way": "up"})
    assert list(RungRule.objects.all()[:2]) == [second, first]


def test_a_card_dropped_on_another_lane_is_a_move(world: World) -> None:
    from relasi.kit.resources.registry import find

    find("people").board.move(world.joko, "client", world.citra, reason="Signed")  # type: ignore[union-attr, misc]
    assert RungMove.objects.get().reason == "Signed"
