"""The catalogue's pages and the API: who may do what, and errors beside their field."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from relasi.catalog.models import Price, PriceBook, Product, Reservation, StockMovement
from relasi.kit.access.models import User
from relasi.kit.resources.registry import find
from relasi.kit.resources.searching import matching
from tests.catalog.conftest import Shop

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def test_a_product_shows_its_stock_prices_and_rules(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 7)
    book = PriceBook.create(by=shop.world.ada, name="Eceran")
    Price.create(by=shop.world.ada, book=book, product=shop.filter, amount=Decimal(80_000))
    browser = sign_in(shop.world.ada)
    boxes = [
        browser.get(f"/products/{shop.filter.pk}/panel/{name}/").content.decode()
        for name in ("stock", "prices", "eligibility")
    ]
    assert "7 bh available." in boxes[0] and "Toko Tebet" in boxes[0]
    assert "Eceran" in boxes[1] and "Rp80.000" in boxes[1]
    assert "Everybody may have it." in boxes[2]


def test_stock_shows_the_lines_of_its_ledger(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 7)
    shop.receive(shop.freon, shop.store, 9)
    level = shop.level(shop.filter, shop.store)
    box = sign_in(shop.world.ada).get(f"/stock/{level.pk}/panel/movements/").content.decode()
    assert "Receipt +7" in box and "+9" not in box


def test_a_bundle_says_how_many_can_be_made_up(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 7)
    shop.receive(shop.freon, shop.store, 9)
    box = sign_in(shop.world.ada).get(f"/products/{shop.package.pk}/panel/stock/").content.decode()
    assert "3 can be made up from its parts." in box


def test_the_list_tells_what_is_available_and_what_has_none(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 7)
    browser = sign_in(shop.world.ada)

    def names(filter: str) -> set[str]:
        items = browser.get("/api/v1/products/", {"filter": filter}).json()["items"]
        return {item["name"] for item in items}

    assert names("in_stock = yes") == {"Saringan AC"}
    assert names("in_stock = no") == {"Freon R32"}
    assert names('within = "Suku cadang"') == {"Saringan AC", "Freon R32"}
    assert names("is_bundle = yes") == {"Paket rawat AC"}


def test_a_seller_sees_products_but_not_what_they_cost(shop: Shop, sign_in: SignIn) -> None:
    shop.filter.change(by=shop.world.ada, cost=Decimal(61_234))
    browser = sign_in(shop.world.bob)
    page = browser.get(f"/products/{shop.filter.pk}/").content.decode()
    assert "Saringan AC" in page and "61.234" not in page
    assert browser.get(f"/products/{shop.filter.pk}/edit/").status_code == 403
    assert browser.get("/api/v1/products/", {"filter": "cost > 1"}).status_code == 400


def test_who_keeps_the_catalogue_may_do_all_of_it(shop: Shop) -> None:
    from relasi.administration.builtin_roles import ensure_builtin_roles

    shop.world.eko.give_roles([ensure_builtin_roles()["Storekeeper"]], by=None)
    rights = shop.world.eko.rights
    assert all(rights.may(verb, Product) for verb in ("add", "change", "delete", "import"))
    assert rights.writable(Product, "cost") and not rights.may("view", shop.world.budi)


def test_goods_are_received_by_a_verb_and_errors_stand_beside_their_field(
    shop: Shop, sign_in: SignIn
) -> None:
    shop.receive(shop.filter, shop.store, 2)
    level = shop.level(shop.filter, shop.store)
    browser = sign_in(shop.world.dewi)
    done = browser.post(f"/stock/{level.pk}/do/receive/", {"quantity": "3"}, headers=HTMX)
    refused = browser.post(f"/stock/{level.pk}/do/issue/", {"quantity": "9"}, headers=HTMX)
    assert (done.status_code, refused.status_code) == (204, 422)
    assert "Toko Tebet has 5 of “Saringan AC”, not 9." in refused.content.decode()
    assert refused.content.decode().count("field-error") >= 1 or "aria-invalid" in refused.content.decode()


def test_goods_are_moved_and_counted_through_the_api(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 2)
    level = shop.level(shop.filter, shop.store)
    browser = sign_in(shop.world.dewi)

    def ask(verb: str, **given: str) -> int:
        url = f"/api/v1/stock/{level.pk}/{verb}/"
        return int(browser.post(url, json.dumps(given), content_type="application/json").status_code)

    assert [ask("receive", quantity="8", reason="PO 7"), ask("issue", quantity="1")] == [200, 200]
    assert [ask("transfer", to=str(shop.warehouse.pk), quantity="4"), ask("count", counted="4")] == [200, 200]
    wrong = [
        ask("receive", quantity="-3"),
        ask("issue", quantity="x"),
        ask("count"),
        ask("transfer", to="9999"),
    ]
    assert all(status in {400, 422} for status in wrong)
    level.refresh_from_db()
    assert level.on_hand == 4


def test_a_transfer_offers_the_other_places(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 2)
    level = shop.level(shop.filter, shop.store)
    page = sign_in(shop.world.dewi).get(f"/stock/{level.pk}/do/transfer/", headers=HTMX).content.decode()
    assert "Gudang Bekasi" in page and f'value="{shop.store.pk}"' not in page


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_the_ledger_refuses_even_the_owner(shop: Shop, sign_in: SignIn, method: str) -> None:
    line = shop.receive(shop.filter, shop.store, 2)
    browser = sign_in(shop.world.ada)
    answer = getattr(browser, method)(
        f"/api/v1/stock-movements/{line.pk}/",
        json.dumps({"quantity": "5"}) if method == "patch" else None,
        content_type="application/json",
    )
    assert answer.status_code in {403, 405}
    assert StockMovement.objects.get().quantity == 2


def test_a_reservation_is_made_and_handed_out_by_the_api(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 2)
    browser = sign_in(shop.world.dewi)
    body = {"product": shop.filter.pk, "place": shop.store.pk, "quantity": "2", "reference": "SO-7"}
    made = browser.post("/api/v1/reservations/", json.dumps(body), content_type="application/json")
    again = browser.post("/api/v1/reservations/", json.dumps(body), content_type="application/json")
    assert (made.status_code, again.status_code) == (201, 422)
    assert "quantity" in again.json()["fields"]
    browser.post(f"/api/v1/reservations/{made.json()['id']}/fulfil/")
    assert Reservation.objects.get().status == "fulfilled"


def test_a_seller_releases_only_what_is_kept_for_their_own(shop: Shop, sign_in: SignIn) -> None:
    shop.receive(shop.filter, shop.store, 2)
    kept = Reservation.create(
        by=shop.world.citra,
        owner=shop.world.citra,
        product=shop.filter,
        place=shop.store,
        quantity=Decimal(1),
    )
    assert sign_in(shop.world.bob).post(f"/reservations/{kept.pk}/do/release/").status_code == 403
    assert sign_in(shop.world.citra).post(f"/reservations/{kept.pk}/do/release/").status_code == 302


def test_a_price_is_shown_in_the_currency_of_its_book(shop: Shop, sign_in: SignIn) -> None:
    book = PriceBook.create(by=shop.world.ada, name="Export", currency="USD")
    Price.create(by=shop.world.ada, book=book, product=shop.filter, amount=Decimal("5.25"))
    assert "US$5.25" in sign_in(shop.world.ada).get("/prices/").content.decode()


def test_a_book_is_copied_from_its_page(shop: Shop, sign_in: SignIn) -> None:
    book = PriceBook.create(by=shop.world.ada, name="Eceran")
    given = {"name": "Eceran 2027", "percent": "5", "valid_from": "2027-01-01"}
    answer = sign_in(shop.world.ada).post(f"/price-books/{book.pk}/do/copy/", given, headers=HTMX)
    assert answer.status_code == 204
    assert PriceBook.objects.filter(name="Eceran 2027").exists()


def test_a_product_is_found_by_its_sku(shop: Shop) -> None:
    products = find("products")
    assert products is not None
    found = Product.objects.filter(pk__in=matching("FR-32", products))
    assert list(found) == [shop.freon]


def test_what_is_set_up_once_stands_on_one_page(shop: Shop, sign_in: SignIn) -> None:
    page = sign_in(shop.world.ada).get("/catalogue/").content.decode()
    assert all(f'href="/{name}/"' in page for name in ("units", "taxes", "tax-rates", "stock-places"))
    assert sign_in(shop.world.eko).get("/catalogue/").status_code == 403
