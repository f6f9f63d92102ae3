"""Products, their categories, units and parts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from relasi.catalog.bundles import needs
from relasi.catalog.models import BundleItem, Category, Product
from tests.catalog.conftest import Shop


def problems(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return error.value.message_dict


def test_two_products_cannot_have_one_sku_whatever_its_case(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        Product.create(by=shop.world.ada, name="Another", kind="goods", sku=" sa-1 ")
    assert problems(error) == {"sku": ["Another product has this SKU."]}


def test_many_products_have_no_sku(shop: Shop) -> None:
    assert shop.cleaning.sku == shop.plan.sku == ""


def test_a_service_is_not_kept_in_stock(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        shop.cleaning.change(by=shop.world.ada, is_stocked=True)
    assert problems(error) == {"is_stocked": ["Only goods are kept in stock."]}


def test_what_still_lies_somewhere_stays_in_stock(shop: Shop) -> None:
    shop.receive(shop.filter, shop.store, 1)
    with pytest.raises(ValidationError) as error:
        shop.filter.change(by=shop.world.ada, is_stocked=False)
    assert problems(error) == {"is_stocked": ["There is still stock of it; count it to nothing first."]}


def test_a_price_is_never_below_nothing(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        shop.filter.change(by=shop.world.ada, list_price=Decimal(-1))
    assert list(problems(error)) == ["list_price"]


def test_the_margin_is_the_price_less_the_cost(shop: Shop) -> None:
    shop.filter.change(by=shop.world.ada, cost=Decimal(60_000))
    assert (shop.filter.margin, shop.plan.margin) == (Decimal(25_000), None)


def test_what_is_withdrawn_is_no_longer_on_sale_and_can_come_back(shop: Shop) -> None:
    shop.filter.withdraw(by=shop.world.ada)
    assert shop.filter not in Product.objects.on_sale()
    shop.filter.launch(by=shop.world.ada)
    assert shop.filter in Product.objects.on_sale()


def test_a_category_holds_what_is_in_those_below_it(shop: Shop) -> None:
    assert set(Product.objects.within(shop.parts)) == {shop.filter, shop.freon}
    assert list(Product.objects.within(shop.filters)) == [shop.filter]


def test_a_category_that_moves_takes_those_below_it_along(shop: Shop) -> None:
    goods = Category.create(by=shop.world.ada, name="Barang")
    shop.parts.change(by=shop.world.ada, parent=goods)
    shop.filters.refresh_from_db()
    assert shop.filters.line == [goods.pk, shop.parts.pk, shop.filters.pk]


def test_a_category_cannot_be_part_of_what_is_below_it(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        shop.parts.change(by=shop.world.ada, parent=shop.filters)
    assert problems(error) == {"parent": ["A category cannot be part of itself."]}


def test_a_bundle_needs_its_parts(shop: Shop) -> None:
    assert needs(shop.package, Decimal(3)) == {
        shop.filter.pk: Decimal(6),
        shop.cleaning.pk: Decimal(3),
        shop.freon.pk: Decimal("1.5"),
    }


def test_a_bundle_in_a_bundle_needs_the_parts_of_both(shop: Shop) -> None:
    yearly = Product.create(by=shop.world.ada, name="Paket tahunan", kind="service")
    BundleItem.create(by=shop.world.ada, bundle=yearly, item=shop.package, quantity=Decimal(4))
    BundleItem.create(by=shop.world.ada, bundle=yearly, item=shop.filter)
    assert needs(yearly, Decimal(1))[shop.filter.pk] == 9


def test_an_optional_part_is_not_needed(shop: Shop) -> None:
    BundleItem.objects.filter(bundle=shop.package, item=shop.freon).get().change(
        by=shop.world.ada, is_optional=True
    )
    assert shop.freon.pk not in needs(shop.package, Decimal(1))


def test_a_bundle_is_never_part_of_itself(shop: Shop) -> None:
    outer = Product.create(by=shop.world.ada, name="Luar", kind="service")
    BundleItem.create(by=shop.world.ada, bundle=outer, item=shop.package)
    for inner in (outer, shop.package):
        with pytest.raises(ValidationError) as error:
            BundleItem.create(by=shop.world.ada, bundle=shop.package, item=inner)
        assert problems(error) == {"item": ["A bundle cannot be part of itself."]}


def test_half_a_piece_is_no_part(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        BundleItem.create(by=shop.world.ada, bundle=shop.plan, item=shop.filter, quantity=Decimal("0.5"))
    assert problems(error) == {"quantity": ["This is counted in whole bh."]}
