"""What to offer next: rules, what is held, what was said before; and what comes of it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from relasi.catalog.models import EligibilityRule, Product
from relasi.kit.events.models import Event
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find
from relasi.parties.models import Relation, RelationType
from relasi.sales.models import Deal, DealLine, Offer, OfferRule
from relasi.sales.offer_next import offering
from tests.catalog.conftest import Shop, shop
from tests.sales.deals import make_deal, meet_all
from tests.world import World

__all__ = ["shop"]
HTMX = {"HX-Request": "true"}


def rule(shop: Shop, product: Product, **fields: object) -> OfferRule:
    values = {"name": f"Aturan {product}", "reason_id": "Cocok", "reason_en": "It fits", **fields}
    made: OfferRule = OfferRule.create(by=shop.world.ada, product=product, **values)
    return made


def sell(world: World, product: Product, party: object = None, on: date | None = None) -> Deal:
    """A won deal with the product on it."""
    deal = make_deal(world, party=party or world.budi, amount=0)
    DealLine.create(by=world.ada, deal=deal, product=product, price=100_000)
    deal.refresh_from_db()
    meet_all(deal, world.ada)
    deal.win(by=world.ada)
    if on:
        Deal.objects.filter(pk=deal.pk).update(closed_on=on)
    return deal


def offered(party: object) -> list[str]:
    return [one.product.name for one in offering(party=party).suggestions]


def held_back(party: object) -> dict[str, str]:
    return {one.product.name: one.why for one in offering(party=party).withheld}


def found(world: World, asked: str) -> set[str]:
    return {row.name for row in listing(find("people"), world.ada, filter=asked).rows()}


def test_rules_rank_what_the_customer_lacks(world: World, shop: Shop) -> None:
    rule(shop, shop.plan, filter="age >= 30", points=20)
    rule(shop, shop.plan, name="Keluarga", points=15, reason_id="Punya keluarga", reason_en="Has a family")
    rule(shop, shop.cleaning, points=30)
    first, second = offering(party=world.budi).suggestions
    assert (first.product, first.points) == (shop.plan, 35)
    assert [reason["points"] for reason in first.reasons] == [20, 15]
    assert (second.product, second.points) == (shop.cleaning, 30)


def test_a_rule_that_does_not_hold_or_speaks_against_offers_nothing(world: World, shop: Shop) -> None:
    rule(shop, shop.plan, filter="age >= 60")
    rule(shop, shop.cleaning, points=10)
    rule(shop, shop.cleaning, name="Dagang", points=-10)
    rule(shop, shop.freon, is_active=False)
    assert offered(world.budi) == []


def test_reasons_are_told_in_the_reader_s_language(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.plan, reason_id="Anak sudah sekolah", reason_en="A child goes to school")
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/panel/offer-next/", headers=HTMX)
    assert "A child goes to school" in page.content.decode()
    world.bob.change(by=world.ada, language="id")
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/panel/offer-next/", headers=HTMX)
    assert "Anak sudah sekolah" in page.content.decode()


def test_what_is_held_is_not_offered_until_it_ends(world: World, shop: Shop) -> None:
    shop.plan.change(by=world.ada, term_months=12)
    rule(shop, shop.plan)
    rule(shop, shop.plan, name="Perpanjang", ends_within=60, reason_id="Akan berakhir", points=40)
    sell(world, shop.plan)
    assert offered(world.budi) == []
    today = timezone.localdate()
    Deal.objects.won().update(closed_on=today - timedelta(days=340))
    (one,) = offering(party=world.budi).suggestions
    assert (one.points, one.reasons[0]["id"]) == (40, "Akan berakhir")
    Deal.objects.won().update(closed_on=today - timedelta(days=400))
    (one,) = offering(party=world.budi).suggestions
    assert one.points == 10


def test_who_may_not_have_it_what_is_gone_and_what_is_talked_about_are_held_back(
    world: World, shop: Shop
) -> None:
    for product in (shop.plan, shop.filter, shop.cleaning):
        rule(shop, product)
    EligibilityRule.create(
        by=world.ada, name="Umur", product=shop.plan, filter="rung = advocate", reason="Hanya untuk penganjur"
    )
    DealLine.create(by=world.bob, deal=make_deal(world, name="Rawat"), product=shop.cleaning, price=1)
    assert offered(world.budi) == []
    assert held_back(world.budi) == {
        shop.plan.name: "Hanya untuk penganjur",
        shop.filter.name: "Not in stock",
        shop.cleaning.name: "On the deal “Rawat”",
    }
    shop.receive(shop.filter, shop.store, 4)
    (one,) = offering(party=world.budi).suggestions
    assert (one.product, one.available) == (shop.filter, 4)


def test_a_box_costs_the_same_queries_for_few_and_many_rules(world: World, shop: Shop) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            offering(party=world.budi)
        return len(seen)

    def add(n: int) -> None:
        product = Product.create(
            by=world.ada, name=f"Paket {n}", kind="service", list_price=Decimal(1000), tax=shop.ppn
        )
        rule(shop, product, filter=f"age >= {n}", points=n + 1)
        EligibilityRule.create(
            by=world.ada, name=f"E{n}", product=product, filter=f"age < {90 + n}", reason="x"
        )

    add(0)
    few = asked()
    for n in range(1, 15):
        add(n)
    assert asked() == few <= 24


def test_holds_family_and_ends_are_asked_in_the_filter_language(world: World, shop: Shop) -> None:
    shop.plan.change(by=world.ada, term_months=12)
    sell(world, shop.plan, on=timezone.localdate() - timedelta(days=350))
    assert found(world, f'holds = "{shop.plan.name}"') == {world.budi.name}
    assert found(world, 'holds = "Tidak ada"') == set()
    assert found(world, 'holding_ends = "next 60 days"') == {world.budi.name}
    assert world.budi.name not in found(world, "holds is empty")
    assert found(world, f"family_holds = {shop.plan.pk}") == {world.siti.name, world.rizky.name}
    assert found(world, "age = 16") <= {world.rizky.name}
    assert world.budi.name in found(world, "age >= 40")
    sell(world, shop.plan)
    assert found(world, 'holding_ends = "next 60 days"') == set()


def test_family_is_also_who_is_related(world: World, shop: Shop) -> None:
    kind = RelationType.objects.filter(is_family=True).order_by("id")[0]
    Relation.create(by=world.ada, source=world.joko, target=world.budi, type=kind)
    sell(world, shop.plan)
    assert world.joko.name in found(world, "family_holds is not empty")


def test_one_click_makes_a_deal_with_the_product_at_its_price(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.cleaning)
    browser = sign_in(world.bob)
    url = f"/offers/next/{world.budi.pk}/{shop.cleaning.pk}/accept/"
    done = browser.post(url, headers=HTMX)
    deal = Deal.objects.get()
    assert done["HX-Redirect"] == f"/deals/{deal.pk}/"
    assert (deal.party_id, deal.owner, deal.amount) == (world.budi.pk, world.bob, Decimal(90_000))
    offer = Offer.objects.get()
    assert (offer.outcome, offer.deal, offer.decided_by) == ("accepted", deal, world.bob)
    assert browser.post(url, headers=HTMX)["HX-Redirect"] == f"/deals/{deal.pk}/"
    assert Deal.objects.count() == 1
    assert list(Event.objects.of(offer).order_by("id").values_list("verb", flat=True)) == [
        "shown",
        "accepted",
    ]


def test_a_no_is_kept_with_its_reason_and_respected(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.plan)
    browser, url = sign_in(world.bob), f"/offers/next/{world.budi.pk}/{shop.plan.pk}/not-now/"
    assert "Why not?" in browser.get(url, headers=HTMX).content.decode()
    assert browser.post(url, {"why": ""}, headers=HTMX).status_code == 422
    yesterday = timezone.localdate() - timedelta(days=1)
    refused = browser.post(url, {"why": "bad_time", "again_on": yesterday.isoformat()}, headers=HTMX)
    assert refused.status_code == 422 and not Offer.objects.exists()
    assert browser.post(url, {"why": "too_dear", "remark": "Nanti saja"}, headers=HTMX).status_code == 204
    offer = Offer.objects.get()
    assert (offer.outcome, offer.why, offer.remark) == ("declined", "too_dear", "Nanti saja")
    assert held_back(world.budi) == {shop.plan.name: "Declined: Too expensive"}
    offer.offer_again(by=world.bob)
    assert offered(world.budi) == [shop.plan.name]


def test_later_comes_back_on_its_day(world: World, shop: Shop) -> None:
    rule(shop, shop.plan)
    offer = Offer.create(by=world.bob, party=world.budi, product=shop.plan)
    again = timezone.localdate() + timedelta(days=30)
    offer.decline(by=world.bob, why="bad_time", again_on=again)
    assert offer.outcome == "later"
    assert offered(world.budi) == []
    assert [one.product for one in offering(party=world.budi, today=again).suggestions] == [shop.plan]


def test_what_was_on_the_screen_is_kept_once(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.plan)
    browser, url = sign_in(world.bob), f"/offers/next/{world.budi.pk}/shown/"
    assert browser.get(f"/people/{world.budi.pk}/panel/offer-next/", headers=HTMX).status_code == 200
    assert not Offer.objects.exists()
    assert [browser.post(url).status_code for _n in range(2)] == [204, 204]
    offer = Offer.objects.get()
    assert (offer.outcome, offer.days_shown, offer.points) == ("shown", 1, 10)
    Offer.objects.update(last_shown_on=timezone.localdate() - timedelta(days=1))
    browser.post(url)
    assert Offer.objects.get().days_shown == 2


def test_strangers_are_refused_and_readers_get_no_buttons(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.plan)
    url = f"/offers/next/{world.budi.pk}/{shop.plan.pk}"
    for act in ("accept", "not-now"):
        assert sign_in(world.citra).post(f"{url}/{act}/", {"why": "other"}).status_code == 404
        assert sign_in(world.mira).post(f"{url}/{act}/", {"why": "other"}).status_code == 403
    page = (
        sign_in(world.mira).get(f"/people/{world.budi.pk}/panel/offer-next/", headers=HTMX).content.decode()
    )
    assert shop.plan.name in page and "Make a deal" not in page and "/shown/" not in page
    assert not Offer.objects.exists() and not Deal.objects.exists()


def test_what_may_not_be_sold_makes_no_deal(world: World, shop: Shop) -> None:
    offer = Offer.create(by=world.bob, party=world.budi, product=shop.plan)
    shop.plan.withdraw(by=world.ada)
    with pytest.raises(ValidationError):
        Offer.objects.get().accept(by=world.bob)
    assert not Deal.objects.exists() and offer.is_open


def test_programs_ask_what_to_offer_and_say_what_came_of_it(world: World, shop: Shop, sign_in) -> None:
    rule(shop, shop.plan)
    browser = sign_in(world.ada)
    told = browser.get(f"/api/v1/offers/next/{world.budi.pk}/").json()
    assert told["suggestions"][0]["reasons"] == ["It fits"]
    body = {"party": world.budi.pk, "product": shop.plan.pk}
    made = browser.post("/api/v1/offers/", body, content_type="application/json").json()
    said = {"why": "has_it"}
    done = browser.post(f"/api/v1/offers/{made['id']}/decline/", said, content_type="application/json")
    assert (done.status_code, done.json()["outcome"]) == (200, "declined")
    assert sign_in(world.citra).get(f"/api/v1/offers/next/{world.budi.pk}/").status_code == 404


def test_a_rule_that_cannot_be_read_is_refused(world: World, shop: Shop) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as error:
        rule(shop, shop.plan, filter="nonsense = 1")
    assert "filter" in error.value.message_dict
