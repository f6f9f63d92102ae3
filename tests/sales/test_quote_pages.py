"""The customer's page of a quote, and ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from relasi.activities.timeline import timeline_of
from relasi.activities.today import items_for
from relasi.kit.access.models import FieldRule, Role
from relasi.sales.actions.accept_quote import accept_quote
from relasi.sales.models import Order, OrderReturn, Quote, QuoteRemark, QuoteTemplate, Stage
from relasi.sales.quote_links import token_of
from tests.fingerprint import fingerprint
from tests.sales.deals import make_deal, meet_all, pipeline
from tests.sales.quotes import SIGNED, add_line, available, make_goods, make_quote, sent_quote, signed_order
from tests.world import World

SIGN = {"act": "accept", "name": "Budi Santoso", "signing": "typed", "agree": "on"}


def test_the_customer_signs_without_an_account(world: World) -> None:
    quote = sent_quote(world)
    answer = Client().post(_address(quote), SIGN)
    assert answer.status_code == 302
    quote.refresh_from_db()
    assert (quote.status, quote.signed_name, quote.signed_address) == (
        "accepted",
        "Budi Santoso",
        "127.0.0.1",
    )


def test_the_page_is_guarded(world: World) -> None:
    answer = Client().get(_address(sent_quote(world)))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"] and not answer.cookies


def test_the_page_speaks_the_customers_language(world: World) -> None:
    world.budi.change(by=world.ada, language="id")
    page = Client().get(_address(sent_quote(world)), headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="id">' in page and "Setujui dan pesan" in page


def test_a_draft_has_no_page(world: World) -> None:
    quote = make_quote(world)
    assert token_of(quote) == "" and Client().get("/q/x/").status_code == 404


def test_who_guesses_is_stopped(world: World) -> None:
    browser = Client()
    answers = [browser.get(f"/q/{number:048x}/").status_code for number in range(40)]
    assert answers[0] == 404 and answers[-1] == 429


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "say who you are"),
        ({"agree": ""}, "confirm"),
        ({"signing": "drawn"}, "draw your signature"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(
    change: dict[str, str], field: str, world: World
) -> None:
    world.budi.change(by=world.ada, language="en")
    quote = sent_quote(world)
    answer = Client().post(_address(quote), {**SIGN, **change})
    assert answer.status_code == 422 and field in answer.content.decode()
    assert not Order.objects.exists()


def test_the_customer_chooses_and_the_sum_follows(world: World) -> None:
    quote = make_quote(world)
    extra = add_line(world, quote, description="Pasang", unit_price=500_000, kind="optional")
    quote.send(by=world.bob)
    part = Client().post(_address(quote), {"act": "choose", "line": extra.pk}, headers={"X-Part": "sums"})
    assert "Rp9.380.000" in part.content.decode()
    quote.refresh_from_db()
    assert quote.total == 9_380_000


def test_the_customer_asks_and_is_answered_on_the_page(world: World) -> None:
    quote = sent_quote(world)
    Client().post(_address(quote), {"act": "remark", "text": "Bisa <b>cicil</b>?"})
    quote.reply(by=world.bob, text="Bisa.")
    page = Client().get(_address(quote)).content.decode()
    assert "Bisa &lt;b&gt;cicil&lt;/b&gt;?" in page and "Bob Hutapea" in page
    assert QuoteRemark.objects.count() == 2


def test_the_customer_declines_with_a_reason(world: World) -> None:
    quote = sent_quote(world)
    Client().post(_address(quote), {"act": "decline", "reason": "Terlalu mahal"})
    quote.refresh_from_db()
    assert (quote.status, quote.decline_reason) == ("declined", "Terlalu mahal")


def test_an_expired_quote_is_not_signed(world: World) -> None:
    quote = sent_quote(world)
    quote.keep(valid_until=timezone.localdate() - timedelta(days=1))
    assert Client().post(_address(quote), SIGN).status_code == 422
    assert not Order.objects.exists()


def test_the_pdf_is_the_one_that_was_sent_and_then_the_signed_one(world: World) -> None:
    import hashlib

    quote = sent_quote(world)
    before = Client().get(_address(quote) + "quote.pdf").content
    accept_quote(quote=quote, signature=SIGNED)
    after = Client().get(_address(quote) + "quote.pdf").content
    quote.refresh_from_db()
    hashes = [hashlib.sha256(one).hexdigest() for one in (before, after)]
    assert hashes == [quote.sent_sha256, quote.signed_sha256]


def test_the_customer_follows_the_order(world: World) -> None:
    world.budi.change(by=world.ada, language="en")
    order = signed_order(world)
    order.ship(by=world.bob, carrier="JNE", tracking_number="JP123")
    page = Client().get(f"/o/{token_of(order)}/").content.decode()
    assert "JP123" in page and order.number in page


def test_shipping_takes_the_goods_out_of_stock(world: World) -> None:
    order = signed_order(world)
    product = order.lines.get().product
    order.pick(by=world.bob)
    order.ship(by=world.bob)
    order.deliver(by=world.bob, received_by="Siti")
    level = product.stock_levels.get()
    assert (level.on_hand, level.reserved, order.status) == (8, 0, "delivered")


def test_a_cancelled_order_frees_the_goods(world: World) -> None:
    order = signed_order(world)
    order.cancel(by=world.bob, reason="Batal")
    assert available(order.lines.get().product) == 10


def test_what_comes_back_is_in_stock_again(world: World) -> None:
    order = signed_order(world)
    order.ship(by=world.bob)
    line = order.lines.get()
    order.take_back(by=world.bob, line=line, quantity=1, place=line.product.stock_levels.get().place)
    line.refresh_from_db()
    assert (available(line.product), line.returned, OrderReturn.objects.count()) == (9, 1, 1)


def test_an_order_that_waits_is_reserved_when_goods_come(world: World) -> None:
    from relasi.catalog.models import StockMovement
    from relasi.sales.actions.reserve_waiting import reserve_waiting

    quote = make_quote(world, lines=False)
    product = make_goods(world, pieces=1)
    add_line(world, quote, product=product, quantity=2)
    quote.send(by=world.bob)
    order = accept_quote(quote=quote, signature=SIGNED)
    place = product.stock_levels.get().place
    StockMovement.create(by=world.ada, kind="receipt", product=product, place=place, quantity=5)
    assert reserve_waiting() == 1
    order.refresh_from_db()
    assert (order.status, order.shortage) == ("reserved", "")


def test_today_tells_who_must_approve_and_who_must_ship(world: World) -> None:
    quote = make_quote(world, lines=False)
    add_line(world, quote, product=make_goods(world), quantity=1, discount=30)
    quote.submit(by=world.bob)
    signed_order(world)
    assert f"quote-approve-{quote.pk}" in [item.key for item in items_for(world.sari)]
    keys = [item.key for item in items_for(world.bob)]
    assert any(key.startswith("order-ship-") for key in keys)
    assert not any(key.startswith("quote-approve-") for key in keys)


def test_today_tells_why_the_deal_of_a_signed_quote_is_still_open(world: World) -> None:
    won = Stage.objects.get(pipeline=pipeline(), kind="won")
    won.change(by=world.ada, required_fields=["source"])
    deal = make_deal(world)
    signed_order(world, deal=deal)
    meet_all(deal, world.bob)
    told = next(item for item in items_for(world.bob) if item.key == f"deal-signed-{deal.pk}")
    assert (told.url, told.reason) == (
        f"/deals/{deal.pk}/",
        "Signed, but the deal could not be won, for it lacks: Source",
    )
    deal.win(by=world.bob, source="Pameran")
    assert not [item for item in items_for(world.bob) if item.key == told.key]


def test_today_tells_of_a_remark_until_it_is_answered(world: World) -> None:
    quote = sent_quote(world)
    Client().post(_address(quote), {"act": "remark", "text": "Kapan bisa dipasang?"})
    told = next(item for item in items_for(world.bob) if item.key == f"quote-remark-{quote.pk}")
    assert told.reason == "The customer wrote: Kapan bisa dipasang?"
    quote.reply(by=world.bob, text="Lusa")
    assert not [item for item in items_for(world.bob) if item.key == told.key]


def test_a_refused_send_says_why(world: World, sign_in: Any) -> None:
    quote = make_quote(world, lines=False)
    add_line(world, quote, product=make_goods(world), quantity=1, discount=30)
    browser = sign_in(world.bob)
    answer = browser.post(f"/quotes/{quote.pk}/do/send/", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert "needs approval before it is sent" in answer["HX-Trigger"]


def test_a_quote_begun_on_a_deal_has_its_customer(world: World, sign_in: Any) -> None:
    deal = make_deal(world)
    box = sign_in(world.bob).get(reverse("resource_panel", args=["deals", deal.pk, "quotes-deal"]))
    assert f"/quotes/new/?party={world.budi.pk}&amp;deal={deal.pk}" in box.content.decode()


def test_a_seller_may_not_approve(world: World, sign_in: Any) -> None:
    quote = make_quote(world, lines=False)
    add_line(world, quote, product=make_goods(world), quantity=1, discount=30)
    quote.submit(by=world.bob)
    browser = sign_in(world.bob)
    before = fingerprint()
    assert browser.post(f"/quotes/{quote.pk}/do/approve/").status_code == 403
    assert fingerprint() == before


def test_the_record_pages_open_with_everything_on_them(world: World, sign_in: Any) -> None:
    order = signed_order(world)
    browser = sign_in(world.bob)
    for noun, pk, word in (("quotes", order.quote_id, "Budi Santoso"), ("orders", order.pk, "Gudang")):
        names = ("lines", "customer" if noun == "quotes" else "delivery")
        boxes = [browser.get(reverse("resource_panel", args=[noun, pk, name])) for name in names]
        assert [box.status_code for box in boxes] == [200, 200]
        assert "AC 1 PK" in boxes[0].content.decode() and word in boxes[1].content.decode()
    page = browser.get(f"/quotes/{order.quote_id}/verify/").content.decode()
    assert page.count("unchanged") == 2
    assert browser.get(f"/quotes/{order.quote_id}/signed.pdf").content.startswith(b"%PDF")


def test_another_sellers_quote_is_not_found(world: World, sign_in: Any) -> None:
    quote = sent_quote(world)
    browser = sign_in(world.citra)
    pages = [f"/quotes/{quote.pk}/", f"/quotes/{quote.pk}/sent.pdf", f"/quotes/{quote.pk}/verify/"]
    assert [browser.get(page).status_code for page in pages] == [404, 404, 404]


def test_every_step_is_on_the_timeline(world: World, sign_in: Any) -> None:
    order = signed_order(world)
    order.ship(by=world.bob, carrier="JNE", tracking_number="JP123")
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/timeline/", headers={"HX-Request": "true"})
    text = page.content.decode() if page.status_code == 200 else ""
    text = text or sign_in(world.bob).get(f"/timeline/{world.budi.pk}/").content.decode()
    for word in ("sent", "signed by the customer", "shipped"):
        assert word in text.lower()
    assert f'href="/go/order/{order.pk}/"' in text and str(order) in text
    assert text.count("Lines put on the order") == 1 and "Reservation" not in text


def _address(quote: Quote) -> str:
    return f"/q/{token_of(quote)}/"


def test_the_lines_stand_above_the_timeline(world: World, sign_in: Any) -> None:
    quote = make_quote(world)
    page = sign_in(world.bob).get(f"/quotes/{quote.pk}/").content.decode()
    lines, tabs, beside = (
        page.index(word) for word in (f"/quotes/{quote.pk}/panel/lines/", "record-tabs", "record-panels")
    )
    assert lines < tabs < beside


def test_a_row_says_number_and_customer_once(world: World, sign_in: Any) -> None:
    quote = make_quote(world)
    browser = sign_in(world.bob)
    assert _lines_below_names(browser.get("/quotes/?columns=name,number,party")) == 0
    assert _lines_below_names(browser.get("/quotes/?columns=name,number")) == 1
    assert str(quote.party) in browser.get("/quotes/?columns=name,number").content.decode()


def _lines_below_names(answer: Any) -> int:
    """How many lines below a name there are."""
    return int(answer.content.decode().count("person-detail"))


def test_the_customer_reads_the_companys_name_and_not_the_products(world: World) -> None:
    quote = sent_quote(world)
    template = QuoteTemplate.usual(quote.language)
    template.change(by=world.ada, sender="PT Sahabat Selalu\nJl. Kemang Raya 12")
    page = Client().get(_address(quote)).content.decode()
    assert "<span>PT Sahabat Selalu</span>" in page and "Kemang" not in page


def test_a_name_that_is_closed_is_not_told_on_the_timeline(world: World) -> None:
    sent_quote(world, name="Rahasia")
    for noun, name in (("quote", "name"), ("quoteline", "description")):
        FieldRule.objects.create(role=Role.objects.get(name="Seller"), noun=noun, field=name, level="hidden")
    items = timeline_of(world.budi, user=world.bob).items
    told = " ".join(f"{item.detail} {' '.join(map(str, item.lines))}" for item in items)
    assert items and "Rahasia" not in told and "AC 1 PK" not in told
    assert "Rahasia" in " ".join(str(item.detail) for item in timeline_of(world.budi, user=world.ada).items)
