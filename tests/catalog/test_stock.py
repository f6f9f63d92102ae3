"""Stock: a ledger by place, and goods kept for somebody."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.catalog import jobs, stock
from relasi.catalog.models import Product, Reservation, StockLevel, StockMovement
from relasi.catalog.models.stock_level import NotThere
from relasi.kit.events.models import Event
from tests.catalog.conftest import Shop


def move(shop: Shop, kind: str, quantity: int | str, **more: Any) -> StockMovement:
    fields = {"product": shop.filter, "place": shop.warehouse, **more}
    return StockMovement.create(by=shop.world.ada, kind=kind, quantity=Decimal(quantity), **fields)


def keep(shop: Shop, quantity: int | str, **more: Any) -> list[Reservation]:
    fields = {"product": shop.filter, "by": shop.world.bob, **more}
    return stock.reserve(quantity=Decimal(quantity), **fields)


def numbers(shop: Shop) -> tuple[Decimal, Decimal, Decimal]:
    level = shop.level(shop.filter, shop.warehouse)
    return level.on_hand, level.reserved, level.available


def test_what_came_less_what_went_is_on_hand(shop: Shop) -> None:
    for kind, quantity in (("receipt", 10), ("issue", 3), ("return", 1), ("loss", 2), ("count", -1)):
        move(shop, kind, quantity)
    assert numbers(shop) == (5, 0, 5)
    assert StockMovement.objects.aggregate(sum=Sum("quantity"))["sum"] == 5


def test_more_than_there_is_does_not_go_out_and_nothing_is_written(shop: Shop) -> None:
    move(shop, "receipt", 2)
    with pytest.raises(NotThere) as error:
        move(shop, "issue", 3)
    assert error.value.message_dict == {"quantity": ["Gudang Bekasi has 2 of “Saringan AC”, not 3."]}
    assert (numbers(shop), StockMovement.objects.count()) == ((2, 0, 2), 1)


def test_a_line_of_the_ledger_is_never_changed_or_deleted(shop: Shop) -> None:
    line = move(shop, "receipt", 2)
    for act in (lambda: line.change(by=shop.world.ada, quantity=3), lambda: line.remove(by=shop.world.ada)):
        with pytest.raises(ValidationError) as error:
            act()
        assert "stays" in error.value.messages[0]
    assert [shop.world.ada.rights.may(verb, line) for verb in ("change", "delete")] == [False, False]


def test_a_transfer_is_one_line_in_each_place(shop: Shop) -> None:
    move(shop, "receipt", 10)
    line = move(shop, "transfer", 4, other_place=shop.store)
    assert (line.quantity, line.origin.quantity, line.origin.place) == (-4, 4, shop.store)
    assert shop.level(shop.filter, shop.store).on_hand == 4
    assert numbers(shop) == (6, 0, 6)


def test_a_transfer_needs_another_place(shop: Shop) -> None:
    move(shop, "receipt", 10)
    for other in (None, shop.warehouse):
        with pytest.raises(ValidationError) as error:
            move(shop, "transfer", 4, other_place=other)
        assert list(error.value.message_dict) == ["other_place"]


def test_a_count_writes_the_difference(shop: Shop) -> None:
    move(shop, "receipt", 10)
    level = shop.level(shop.filter, shop.warehouse)
    line = level.count(counted=Decimal(7), by=shop.world.ada, reason="Opname")
    assert (line.kind, line.quantity, level.on_hand) == ("count", -3, 7)
    assert level.count(counted=Decimal(7), by=shop.world.ada) is None


def test_half_a_piece_neither_comes_nor_goes(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        move(shop, "receipt", "0.5")
    assert error.value.message_dict == {"quantity": ["This is counted in whole bh."]}


def test_parts_of_a_kilo_stay_exact(shop: Shop) -> None:
    for quantity in ("0.1", "0.2", "0.3"):
        shop.receive(shop.freon, shop.warehouse, quantity)
    keep(shop, "0.6", product=shop.freon)
    assert shop.level(shop.freon, shop.warehouse).available == 0


def test_a_service_has_no_stock(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        shop.receive(shop.cleaning, shop.store, 1)
    assert error.value.message_dict == {"product": ["This is not kept in stock."]}


def test_available_is_on_hand_less_reserved_over_all_places(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 10)
    shop.receive(shop.filter, shop.store, 5)
    keep(shop, 3)
    assert stock.available(product=shop.filter) == 12
    assert stock.available(product=shop.filter, place=shop.warehouse) == 7


def test_what_is_broken_is_not_offered(shop: Shop) -> None:
    shop.receive(shop.filter, shop.broken, 10)
    assert stock.available(product=shop.filter) == 0
    with pytest.raises(NotThere):
        keep(shop, 1)


def test_a_service_is_always_there(shop: Shop) -> None:
    answer = stock.is_there(product=shop.cleaning, quantity=Decimal(100))
    assert (answer.is_there, answer.available) == (True, None)


def test_the_answer_says_how_many_and_where(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 10)
    shop.receive(shop.filter, shop.store, 5)
    there = stock.is_there(product=shop.filter, quantity=Decimal(12))
    assert (there.is_there, there.text) == (True, "There: 15 available. Gudang Bekasi: 10, Toko Tebet: 5")
    assert not stock.is_there(product=shop.filter, quantity=Decimal(16)).is_there


def test_as_many_bundles_as_their_scarcest_part_allows(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 7)
    shop.receive(shop.freon, shop.warehouse, "1.2")
    assert stock.available(product=shop.package) == 2


def test_a_reservation_takes_what_is_available_not_what_is_on_hand(shop: Shop) -> None:
    move(shop, "receipt", 5)
    keep(shop, 3, party=shop.world.budi, reference="SO-1")
    assert numbers(shop) == (5, 3, 2)
    with pytest.raises(NotThere) as error:
        keep(shop, 3)
    assert error.value.messages == ["3 of “Saringan AC” are wanted, 2 are available."]


def test_what_is_reserved_does_not_go_out_to_others(shop: Shop) -> None:
    move(shop, "receipt", 5)
    keep(shop, 4)
    with pytest.raises(NotThere) as error:
        move(shop, "issue", 2)
    assert error.value.messages == ["Gudang Bekasi has 1 of “Saringan AC” (4 reserved), not 2."]


def test_one_place_that_has_it_all_is_preferred(shop: Shop) -> None:
    shop.receive(shop.filter, shop.store, 3)
    shop.receive(shop.filter, shop.warehouse, 8)
    assert [(one.place, one.quantity) for one in keep(shop, 5)] == [(shop.warehouse, 5)]


def test_several_places_together_are_better_than_nothing(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 4)
    shop.receive(shop.filter, shop.store, 3)
    kept = keep(shop, 6)
    assert sum(one.quantity for one in kept) == 6
    assert {one.place for one in kept} == {shop.warehouse, shop.store}


def test_a_bundle_is_kept_by_its_parts_or_not_at_all(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 10)
    with pytest.raises(NotThere):
        keep(shop, 1, product=shop.package)
    assert not Reservation.objects.exists()
    shop.receive(shop.freon, shop.warehouse, 1)
    kept = {one.product: one.quantity for one in keep(shop, 2, product=shop.package)}
    assert kept == {shop.filter: 4, shop.freon: 1}


def test_a_released_reservation_gives_the_goods_back_once(shop: Shop) -> None:
    move(shop, "receipt", 5)
    kept = keep(shop, 3)[0]
    for _twice in range(2):
        Reservation.objects.get(pk=kept.pk).release(by=shop.world.bob)
    assert numbers(shop) == (5, 0, 5)


def test_a_fulfilled_reservation_is_a_movement_once(shop: Shop) -> None:
    move(shop, "receipt", 5)
    kept = keep(shop, 3, reference="SO-1")[0]
    for _twice in range(2):
        Reservation.objects.get(pk=kept.pk).fulfil(by=shop.world.dewi)
    assert numbers(shop) == (2, 0, 2)
    assert [(one.quantity, one.reason) for one in kept.movements.all()] == [(-3, "SO-1")]


def test_what_was_fulfilled_is_not_released(shop: Shop) -> None:
    move(shop, "receipt", 5)
    kept = keep(shop, 3)[0]
    kept.fulfil(by=shop.world.dewi)
    kept.release(by=shop.world.dewi)
    assert (kept.status, numbers(shop)) == ("fulfilled", (2, 0, 2))


def test_a_reservation_lapses_when_its_time_is_over(shop: Shop) -> None:
    move(shop, "receipt", 5)
    soon = timezone.now() + timedelta(hours=1)
    kept = keep(shop, 3, expires_at=soon)[0]
    assert jobs.lapse_reservations() == 0
    Reservation.objects.filter(pk=kept.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert (jobs.lapse_reservations(), jobs.lapse_reservations()) == (1, 0)
    kept.refresh_from_db()
    assert (kept.status, numbers(shop)) == ("lapsed", (5, 0, 5))


def test_a_reservation_is_held_longer_on_request(shop: Shop) -> None:
    move(shop, "receipt", 5)
    kept = keep(shop, 3, expires_at=timezone.now() + timedelta(hours=1))[0]
    kept.extend(expires_at=None, by=shop.world.bob)
    assert kept.expires_at is None
    kept.release(by=shop.world.bob)
    with pytest.raises(ValidationError):
        kept.extend(expires_at=timezone.now(), by=shop.world.bob)


def test_everything_a_record_asked_for_is_let_go_or_sent_out_together(shop: Shop) -> None:
    shop.receive(shop.filter, shop.warehouse, 10)
    shop.receive(shop.freon, shop.warehouse, 10)
    lines = [(shop.filter, Decimal(2)), (shop.freon, Decimal(1)), (shop.cleaning, Decimal(1))]
    stock.reserve_many(lines=lines, by=shop.world.bob, about=shop.world.budi)
    assert stock.release_all(about=shop.world.budi, by=shop.world.bob) == 2
    stock.reserve_many(lines=lines, by=shop.world.bob, about=shop.world.budi)
    assert stock.fulfil_all(about=shop.world.budi, by=shop.world.dewi) == 2
    assert [stock.available(product=one) for one in (shop.filter, shop.freon)] == [8, 9]


def test_the_customers_timeline_knows_what_is_kept_for_them(shop: Shop) -> None:
    move(shop, "receipt", 5)
    keep(shop, 3, party=shop.world.budi)[0].release(by=shop.world.bob)
    told = Event.objects.filter(noun="reservation", party_id=shop.world.budi.pk)
    assert list(told.order_by("id").values_list("verb", flat=True)) == ["created", "released"]
    lines = [(shop.filter, Decimal(1))]
    stock.reserve_many(lines=lines, party=shop.world.budi, by=shop.world.bob, about=shop.world.budi)
    assert told.count() == 2


def test_the_numbers_always_agree_with_the_ledger(shop: Shop) -> None:
    move(shop, "receipt", 5)
    keep(shop, 3)
    assert stock.differing() == []
    StockLevel.objects.update(on_hand=99)
    assert [(on_hand, reserved) for _level, on_hand, reserved in stock.differing()] == [(5, 3)]


def test_below_the_minimum_it_is_time_to_buy(shop: Shop) -> None:
    move(shop, "receipt", 5)
    shop.level(shop.filter, shop.warehouse).change(by=shop.world.ada, minimum=Decimal(4))
    assert not StockLevel.objects.low().exists()
    keep(shop, 2)
    assert StockLevel.objects.low().get().is_low


def test_asking_for_many_costs_the_same_queries_as_for_one(shop: Shop) -> None:
    def queries(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as seen:
            stock.available_many(ids)
        return len(seen)

    assert queries([shop.package.pk]) >= queries(list(Product.objects.values_list("pk", flat=True)))
