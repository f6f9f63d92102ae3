"""A quote from draft to signature: approval, sending, versions, signing."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from relasi.administration.builtin_roles import ensure_builtin_roles
from relasi.catalog.models import Price, PriceBook
from relasi.kit.events.models import Event
from relasi.sales import quote_documents
from relasi.sales.actions.accept_quote import Signature, accept_quote
from relasi.sales.actions.choose_lines import choose_lines
from relasi.sales.actions.expire_quotes import expire_quotes
from relasi.sales.actions.revise_quote import revise_quote
from relasi.sales.models import DealLine, DiscountRule, Order, Quote, QuoteLine
from relasi.sales.quote_links import address_of, token_of
from tests.sales.deals import make_deal
from tests.sales.quotes import SIGNED, add_line, available, make_goods, make_quote, sent_quote, signed_order
from tests.world import World


def test_a_line_takes_the_price_and_the_tax_of_the_day(world: World) -> None:
    quote = make_quote(world)
    line = quote.lines.get()
    assert (line.unit_price, line.tax_share * 100) == (4_000_000, 11)
    assert (quote.net, quote.tax_amount, quote.total) == (8_000_000, 880_000, 8_880_000)


def test_quotes_are_numbered_one_after_the_other(world: World) -> None:
    first, second = make_quote(world, lines=False), make_quote(world, lines=False)
    year = timezone.localdate().year
    assert [first.number, second.number] == [f"Q-{year}-0001", f"Q-{year}-0002"]


def test_a_discount_in_money_is_taken_off(world: World) -> None:
    quote = make_quote(world, lines=False)
    add_line(
        world, quote, description="Pasang", unit_price=Decimal(500_000), discount=Decimal(50_000),
        discount_in="amount",
    )  # fmt: skip
    assert (quote.discount_amount, quote.total) == (50_000, 450_000)


def test_a_discount_is_never_more_than_the_price(world: World) -> None:
    quote = make_quote(world, lines=False)
    with pytest.raises(ValidationError) as refused:
        add_line(world, quote, description="Pasang", unit_price=1000, discount=2000, discount_in="amount")
    assert refused.value.message_dict == {"discount": ["The discount is more than the price."]}


def test_a_line_needs_a_product_or_words(world: World) -> None:
    quote = make_quote(world, lines=False)
    with pytest.raises(ValidationError) as refused:
        add_line(world, quote, unit_price=1000)
    assert "description" in refused.value.message_dict


def test_an_optional_line_counts_only_when_it_is_chosen(world: World) -> None:
    quote = make_quote(world)
    extra = add_line(world, quote, description="Pasang", unit_price=500_000, kind="optional")
    assert quote.total == 8_880_000
    extra.change(by=world.bob, is_chosen=True)
    quote.refresh_from_db()
    assert quote.total == 9_380_000


def test_of_alternatives_one_is_chosen(world: World) -> None:
    quote = make_quote(world, lines=False)
    white = add_line(world, quote, description="Putih", unit_price=100, kind="alternative", group="Warna")
    black = add_line(world, quote, description="Hitam", unit_price=120, kind="alternative", group="Warna")
    assert [white.is_chosen, black.is_chosen, quote.total] == [True, False, 100]
    black.change(by=world.bob, is_chosen=True)
    white.refresh_from_db()
    quote.refresh_from_db()
    assert [white.is_chosen, quote.total] == [False, 120]


def test_a_large_discount_is_not_sent_without_approval(world: World) -> None:
    quote = _discounted(world)
    with pytest.raises(ValidationError, match="needs approval"):
        quote.send(by=world.bob)
    assert Quote.objects.get(pk=quote.pk).status == "draft"


def test_a_waiting_quote_is_not_sent(world: World) -> None:
    quote = _discounted(world)
    quote.submit(by=world.bob)
    with pytest.raises(ValidationError, match="waits for approval"):
        quote.send(by=world.bob)


def test_an_approved_quote_is_sent(world: World) -> None:
    quote = _discounted(world)
    quote.submit(by=world.bob)
    quote.approve(by=world.sari, remark="Pelanggan lama")
    quote.send(by=world.bob)
    assert (quote.status, quote.approved_by) == ("sent", world.sari)


def test_only_whom_the_rule_names_may_approve(world: World) -> None:
    role = ensure_builtin_roles()["Management"]
    DiscountRule.create(by=world.ada, name="Besar", above=20, role=role)
    quote = _discounted(world)
    quote.submit(by=world.bob)
    with pytest.raises(PermissionDenied):
        quote.approve(by=world.sari)
    quote.approve(by=world.ada)
    assert quote.status == "approved"


def test_too_little_margin_asks_for_approval(world: World) -> None:
    DiscountRule.objects.all().delete()
    DiscountRule.create(by=world.ada, name="Margin", margin_below=30)
    quote = make_quote(world)
    quote.submit(by=world.bob)
    assert quote.status == "waiting"


def test_a_rejected_quote_is_a_draft_again_with_the_reason(world: World) -> None:
    quote = _discounted(world)
    quote.submit(by=world.bob)
    quote.reject(by=world.sari, remark="Terlalu besar")
    assert (quote.status, quote.approval_remark) == ("draft", "Terlalu besar")


def test_an_approved_quote_is_not_changed_behind_the_approver(world: World) -> None:
    quote = _discounted(world)
    quote.submit(by=world.bob)
    quote.approve(by=world.sari)
    with pytest.raises(ValidationError, match="draft first"):
        quote.lines.get().change(by=world.bob, discount=90)


def test_an_empty_quote_is_not_sent(world: World) -> None:
    with pytest.raises(ValidationError, match="nothing on this quote"):
        make_quote(world, lines=False).send(by=world.bob)


def test_a_sent_quote_is_fixed(world: World) -> None:
    quote = sent_quote(world)
    with pytest.raises(ValidationError, match="fixed"):
        quote.change(by=world.bob, name="Lain")
    with pytest.raises(ValidationError, match="fixed"):
        add_line(world, quote, description="Lagi", unit_price=1)


def test_the_link_is_kept_as_a_hash_only(world: World) -> None:
    quote = sent_quote(world)
    token = token_of(quote)
    assert len(token) == 48 and token not in str(Quote.objects.filter(pk=quote.pk).values())
    assert quote.link_hash == hashlib.sha256(token.encode()).hexdigest()
    assert address_of(quote).endswith(f"/q/{token}/")


def test_a_new_link_makes_the_old_one_worthless(world: World) -> None:
    quote = sent_quote(world)
    before = token_of(quote)
    quote.renew_link(by=world.bob)
    assert token_of(quote) != before


def test_a_new_version_has_the_same_number_and_lines(world: World) -> None:
    quote = sent_quote(world)
    new = revise_quote(quote=quote, by=world.bob)
    quote.refresh_from_db()
    assert (new.number, new.revision, new.full_number) == (quote.number, 2, f"{quote.number}/2")
    assert (new.total, new.status, quote.status) == (quote.total, "draft", "replaced")
    assert revise_quote(quote=quote, by=world.bob) == new


def test_a_replaced_quote_cannot_be_signed(world: World) -> None:
    quote = sent_quote(world)
    revise_quote(quote=quote, by=world.bob)
    with pytest.raises(ValidationError, match="cannot be signed"):
        accept_quote(quote=quote, signature=SIGNED)


def test_a_quote_whose_day_has_passed_expires(world: World) -> None:
    quote = sent_quote(world)
    expire_quotes(on=quote.valid_until)
    quote.refresh_from_db()
    assert quote.status == "sent"
    expire_quotes(on=quote.valid_until + timedelta(days=1))
    quote.refresh_from_db()
    assert quote.status == "expired"
    quote.prolong(by=world.bob, valid_until=timezone.localdate() + timedelta(days=3))
    assert quote.status == "sent"


def test_signing_makes_an_order_with_reserved_goods(world: World) -> None:
    order = signed_order(world)
    line = order.lines.get()
    assert (order.status, order.total, line.quantity) == ("reserved", 8_880_000, 2)
    assert available(line.product) == 8


def test_signing_twice_is_one_order(world: World) -> None:
    order = signed_order(world)
    again = accept_quote(quote=order.quote, signature=Signature(name="Orang lain"))
    assert again == order
    assert Order.objects.count() == 1


def test_what_is_not_there_is_told_in_words_and_the_order_waits(world: World) -> None:
    quote = make_quote(world, lines=False)
    add_line(world, quote, product=make_goods(world, pieces=1), quantity=2)
    quote.send(by=world.bob)
    order = accept_quote(quote=quote, signature=SIGNED)
    assert order.status == "waiting"
    assert order.shortage == "2 of “AC 1 PK” are wanted, 1 are available."


def test_only_chosen_lines_are_ordered(world: World) -> None:
    quote = make_quote(world)
    yes = add_line(world, quote, description="Pasang", unit_price=500_000, kind="optional")
    add_line(world, quote, description="Garansi", unit_price=300_000, kind="optional")
    quote.send(by=world.bob)
    order = accept_quote(quote=quote, signature=SIGNED, chosen=[yes.pk])
    assert [str(line) for line in order.lines.all()] == ["AC 1 PK", "Pasang"]
    assert order.total == quote_total(quote) == 9_380_000


def test_one_alternative_must_be_chosen(world: World) -> None:
    quote = make_quote(world, lines=False)
    one = add_line(world, quote, description="Putih", unit_price=100, kind="alternative", group="Warna")
    two = add_line(world, quote, description="Hitam", unit_price=120, kind="alternative", group="Warna")
    quote.send(by=world.bob)
    for wrong in ([], [one.pk, two.pk]):
        with pytest.raises(ValidationError, match="Choose one of"):
            accept_quote(quote=quote, signature=SIGNED, chosen=wrong)
    assert accept_quote(quote=quote, signature=SIGNED, chosen=[two.pk]).total == 120


def test_a_line_of_another_quote_is_not_chosen(world: World) -> None:
    quote, other = sent_quote(world), sent_quote(world)
    with pytest.raises(ValidationError, match="not on the quote"):
        choose_lines(quote=quote, chosen=[other.lines.get().pk])


def test_signing_wins_the_deal_and_the_customer_climbs(world: World) -> None:
    world.budi.change(by=world.ada, rung="prospect")
    deal = make_deal(world)
    quote = sent_quote(world, deal=deal)
    accept_quote(quote=quote, signature=SIGNED)
    deal.refresh_from_db()
    world.budi.refresh_from_db()
    assert (deal.status, world.budi.rung) == ("won", "first_time")


def test_a_deal_without_an_amount_is_won_at_what_was_signed(world: World) -> None:
    deal = make_deal(world, amount=0)
    quote = sent_quote(world, deal=deal)
    deal.refresh_from_db()
    assert deal.amount == quote.net == 8_000_000
    deal.change(by=world.bob, amount=5_000_000)
    accept_quote(quote=quote, signature=SIGNED)
    deal.refresh_from_db()
    assert (deal.status, deal.amount) == ("won", 8_000_000)


def test_products_on_the_deal_keep_their_sum(world: World) -> None:
    deal = make_deal(world)
    goods = make_goods(world, name="AC 2 PK")
    DealLine.create(by=world.bob, deal=deal, product=goods, quantity=1, price=750_000)
    accept_quote(quote=sent_quote(world, deal=deal), signature=SIGNED)
    deal.refresh_from_db()
    assert (deal.status, deal.amount) == ("won", 750_000)


def test_without_a_deal_the_customer_climbs_by_the_order(world: World) -> None:
    world.budi.change(by=world.ada, rung="prospect")
    signed_order(world)
    world.budi.refresh_from_db()
    assert world.budi.rung == "first_time"


def test_a_drawn_signature_is_a_path_and_nothing_else(world: World) -> None:
    quote = sent_quote(world)
    with pytest.raises(ValidationError):
        accept_quote(quote=quote, signature=Signature(name="Budi", path='M1 1"/><script>'))
    accept_quote(quote=quote, signature=Signature(name="Budi", path="M1.0 2.5L30 40L5.5 6"))
    quote.refresh_from_db()
    assert (quote.signing, quote.signature) == ("drawn", "M1.0 2.5L30 40L5.5 6")


def test_the_time_the_address_and_the_hash_are_kept(world: World) -> None:
    quote = signed_order(world).quote
    assert (quote.signed_name, quote.signed_address) == ("Budi Santoso", "203.0.113.7")
    assert quote.decided_at and len(quote.signed_sha256) == len(quote.sent_sha256) == 64


CHANGES: list[Any] = [
    lambda quote, world: quote.change(by=world.ada, name="Lain"),
    lambda quote, world: quote.change(by=world.ada, total=1),
    lambda quote, world: Quote.objects.filter(pk=quote.pk).update(total=1),
    lambda quote, world: Quote.objects.filter(pk=quote.pk).update(status="draft"),
    lambda quote, world: Quote.objects.filter(pk=quote.pk).delete(),
    lambda quote, world: Quote.objects.bulk_update([quote], ["name"]),
    lambda quote, world: quote.save(),
    lambda quote, world: quote.delete(),
    lambda quote, world: quote.remove(by=world.ada),
    lambda quote, world: quote.lines.get().change(by=world.ada, quantity=1),
    lambda quote, world: quote.lines.get().remove(by=world.ada),
    lambda quote, world: quote.lines.get().save(),
    lambda quote, world: QuoteLine.objects.filter(quote=quote).update(net=1),
    lambda quote, world: QuoteLine.objects.filter(quote=quote).delete(),
    lambda quote, world: QuoteLine.create(by=world.ada, quote=quote, description="Lagi", unit_price=1),
    lambda quote, world: quote.documents.first().change(by=world.ada, sha256="0" * 64),
    lambda quote, world: quote.documents.first().remove(by=world.ada),
    lambda quote, world: revise_quote(quote=quote, by=world.ada),
    lambda quote, world: choose_lines(quote=quote, chosen=[]),
]


@pytest.mark.parametrize("act", CHANGES, ids=range(len(CHANGES)))
def test_a_signed_quote_cannot_be_changed(act: Any, world: World) -> None:
    quote = signed_order(world).quote
    before = _columns(quote)
    with pytest.raises(ValidationError), transaction.atomic():
        act(quote, world)
    assert _columns(quote) == before


def test_a_signed_quote_cannot_be_changed_by_the_api_or_in_bulk(world: World, sign_in: Any) -> None:
    quote = signed_order(world).quote
    line, before, browser = quote.lines.get(), _columns(quote), sign_in(world.ada)
    api = {"content_type": "application/json"}
    answers = [
        browser.patch(f"/api/v1/quotes/{quote.pk}/", {"name": "Lain"}, **api),
        browser.delete(f"/api/v1/quotes/{quote.pk}/"),
        browser.patch(f"/api/v1/quote-lines/{line.pk}/", {"quantity": 9}, **api),
        browser.delete(f"/api/v1/quote-lines/{line.pk}/"),
        browser.post("/api/v1/quote-lines/", {"quote": quote.pk, "description": "x"}, **api),
        browser.post(f"/quotes/{quote.pk}/edit/", {"name": "Lain"}),
        browser.post(f"/quotes/{quote.pk}/delete/", {"sure": "1"}),
        browser.post("/quotes/bulk/", {"ids": str(quote.pk), "what": "change", "name": "Lain"}),
        browser.post(f"/quotes/{quote.pk}/do/reopen/"),
        browser.post(f"/quotes/{quote.pk}/do/send/"),
    ]  # fmt: skip
    assert all(answer.status_code != 500 for answer in answers)
    assert _columns(quote) == before


def test_the_signed_document_verifies_until_a_byte_differs(world: World) -> None:
    quote = signed_order(world).quote
    assert quote_documents.verifies(quote, "sent") and quote_documents.verifies(quote, "signed")
    file = Path(default_storage.path(quote.documents.get(kind="signed").path))
    pdf = file.read_bytes()
    file.write_bytes(pdf.replace(b"%%EOF", b"%%EOG"))
    assert not quote_documents.verifies(quote, "signed")
    file.write_bytes(pdf)
    assert quote_documents.verifies(quote, "signed")


def test_the_hash_stands_in_the_trail(world: World) -> None:
    quote = signed_order(world).quote
    event = Event.objects.of(quote).get(verb="accepted")
    assert event.changes["signed_sha256"] == ["", quote.signed_sha256]


def test_the_same_quote_makes_the_same_bytes(world: World) -> None:
    quote = make_quote(world)
    assert quote_documents.pdf_of(quote) == quote_documents.pdf_of(Quote.objects.get(pk=quote.pk))


def test_the_document_speaks_the_customers_language(world: World) -> None:
    quote = make_quote(world)
    world.budi.change(by=world.ada, language="id")
    with translation.override("id"):
        html = quote_documents.html_of(None, quote_documents.facts(quote))
    assert "Penawaran" in html and "Rp8.880.000" in html


def test_a_template_that_does_not_work_is_refused_beside_the_field(world: World) -> None:
    from relasi.sales.models import QuoteTemplate

    with pytest.raises(ValidationError) as refused:
        QuoteTemplate.create(by=world.ada, name="Rusak", body="{% for line in %}")
    assert "body" in refused.value.message_dict


@pytest.mark.parametrize(
    "body",
    [
        "{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}",
        "{{ quote.__class__ }}{{ 'x'.__class__.__mro__ }}",
        "{% include '/etc/passwd' %}",
    ],
)
def test_a_template_reaches_nothing_and_ends(body: str, world: World) -> None:
    from relasi.sales.models import QuoteTemplate

    template = QuoteTemplate(name="x", body=body)
    problem = quote_documents.try_template(template)
    said = "" if problem else quote_documents.html_of(template, quote_documents.sample())
    assert "class" not in said and "root:" not in said


def test_what_customers_are_called_is_text_in_the_document(world: World) -> None:
    world.budi.change(by=world.ada, name="<img src=x onerror=alert(1)>")
    html = quote_documents.html_of(None, quote_documents.facts(make_quote(world)))
    assert "<img" not in html


def test_a_document_fetches_nothing() -> None:
    html = '<img src="http://169.254.169.254/"><img src="file:///etc/passwd"><p>x</p>'
    assert quote_documents.render(html, style="@import url(http://10.0.0.1/x.css);", name="x").startswith(
        b"%PDF"
    )


def quote_total(quote: Quote) -> Decimal:
    quote.refresh_from_db()
    return Decimal(quote.total)


def _discounted(world: World) -> Quote:
    quote = make_quote(world, lines=False)
    add_line(world, quote, product=make_goods(world), quantity=1, discount=Decimal(25))
    return quote


def _columns(quote: Quote) -> Any:
    lines = list(QuoteLine.objects.filter(quote=quote).order_by("pk").values())
    return Quote.objects.filter(pk=quote.pk).values().get(), lines


def test_prices_that_include_tax_come_to_their_price_in_whole_rupiah(world: World) -> None:
    quote = make_quote(world, lines=False)
    goods = make_goods(world, pieces=9)
    book = PriceBook.create(by=world.ada, name="Eceran", includes_tax=True)
    Price.create(by=world.ada, book=book, product=goods, amount=Decimal(434_700))
    for quantity in (1, 3, 7):
        line = add_line(world, quote, product=goods, quantity=quantity)
        assert (line.amounts.total, line.amounts.net % 1) == (434_700 * quantity, 0)
