"""From a name to a delivered order: a stranger asks, a seller answers, offers and gets a signature, and the
goods arrive. Every step stands on the customer's page.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, set_language, sign_in
from tests.browser.pages import settled
from tests.browser.test_first_job import api

CAMPAIGN = "rumah-baru"
CUSTOMER = "Sekar Ayuningtyas"
PHONE_NUMBER = "0813 2244 6688"
EMAIL = "sekar@rumahbaru.example"
SELLER = "Galih Pradana"
SELLER_EMAIL = "galih@sahabat-selalu.example"
PASSWORD = "hujan turun di bulan juni"  # noqa: S105
AIR, FAN, WALL_FAN = "AC split 1 PK inverter", "Kipas angin berdiri 16 inci", "Kipas angin dinding"
FITTING = "Pasang AC baru"
PIECES = {AIR: 2, FAN: 0, WALL_FAN: 1}  # ordered, of what is kept in stock
QUESTION = "Apakah pipanya termasuk?"
ANSWER = "Termasuk pipa tiga meter per unit."
TRACKING = "8825671290"
STEPS = (
    "Lead added", "Lead: assigned", "Reached", "Lead: qualified", "Lead: became a deal",
    "Quote added", "Lines put on the quote", "Quote: approval asked for", "Quote: approved", "Quote: sent",
    "Quote: opened by the customer", "Quote: options chosen by the customer", QUESTION, ANSWER,
    "Quote: signed by the customer", "Order added", "Order: reserved", "Deal: won",
    "Rung Prospect → First-time customer", "Order: picked", f"JNE {TRACKING}", "Order: delivered",
)  # fmt: skip
SOON = 20_000  # milliseconds: a signature makes a document, and the machine may be busy
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1440, "height": 900}


@dataclass(frozen=True)
class People:
    """A browser for each of them; the stranger becomes the customer, who reads on a phone."""

    owner: Page
    seller: Page
    stranger: Page
    customer: Page


@pytest.fixture(scope="module")
def people(chromium: Browser, server: Server) -> Iterator[People]:
    contexts = [
        chromium.new_context(base_url=server.url, locale="en-US", viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
        for size in (WIDE, WIDE, WIDE, PHONE)
    ]
    pages = [context.new_page() for context in contexts]
    errors: list[str] = []
    for page in pages:
        page.on("pageerror", lambda error: errors.append(str(error)))
    sign_in(pages[0], server)
    set_language(contexts[0], pages[0], "en")
    expect.set_options(timeout=SOON)
    yield People(*pages)
    expect.set_options(timeout=5_000)
    for context in contexts:
        context.close()
    assert errors == []


def test_from_a_name_to_a_delivered_order(people: People, server: Server) -> None:
    owner, seller, customer = people.owner, people.seller, people.customer
    invites_a_seller(owner)
    signs_up(seller, invitation_on(owner), server)
    gives_leads_of_the_campaign_to_the_seller(owner)
    asks_for_advice(people.stranger)
    sees_the_clock_on_today(seller)
    sees_why_the_lead_is_his(seller)
    qualifies_the_lead(seller)
    makes_a_deal_of_it(seller)
    quote = makes_a_quote(seller)
    adds_lines_to_choose_from(seller)
    may_not_send_it_yet(seller, quote)
    asks_for_approval(seller, quote)
    approves_it_from_today(owner, quote)
    link = sends_it(seller, quote)
    expect_rung(seller, "prospect")
    reserved = reserved_in_stock(seller)
    opens_the_quote(customer, link)
    chooses(customer)
    asks_a_question(customer)
    answers_it_from_today(seller)
    reads_the_answer(customer)
    signs(customer)
    the_order_stands(seller, quote)
    assert {name: count - reserved[name] for name, count in reserved_in_stock(seller).items()} == PIECES
    opens_the_order(customer)
    follows_the_order(customer, "Direservasi")
    packs_the_goods(seller)
    follows_the_order(customer, "Disiapkan")
    ships_them(seller)
    follows_the_order(customer, "Dikirim", TRACKING)
    hands_them_over(seller)
    follows_the_order(customer, "Diterima", CUSTOMER)
    finds_every_step_on_the_timeline(seller)


def invites_a_seller(owner: Page) -> None:
    owner.goto("/settings/users/invite/")
    owner.get_by_label("E-mail").fill(SELLER_EMAIL)
    owner.get_by_label("Seller", exact=True).check()
    owner.get_by_role("button", name="Invite").click()
    expect(owner.get_by_role("heading", name="is invited")).to_be_visible()


def invitation_on(owner: Page) -> str:
    return owner.locator("code", has_text="/invitation/").inner_text()


def signs_up(seller: Page, invitation: str, server: Server) -> None:
    seller.goto(invitation)
    seller.get_by_label("Name").fill(SELLER)
    seller.fill("input[name=password]", PASSWORD)
    seller.get_by_label("Password, once more").fill(PASSWORD)
    seller.get_by_role("button", name="Start").click()
    expect(seller.get_by_role("heading", name="You are in")).to_be_visible()
    sign_in(seller, Server(server.url, SELLER_EMAIL, PASSWORD))


def gives_leads_of_the_campaign_to_the_seller(owner: Page) -> None:
    """A rule of its own, before all others, that goes live."""
    owner.goto("/assignment-rules/new/")
    settled(owner)
    owner.get_by_label("Name").fill(f"Leads of {CAMPAIGN}")
    owner.get_by_label("When", exact=True).fill(f'utm_campaign = "{CAMPAIGN}"')
    owner.get_by_label("Order").fill("1")
    owner.get_by_label("Goes to").select_option("person")
    picks(owner, "Colleague", SELLER)
    owner.locator("#main").get_by_role("button", name="Create", exact=True).click()
    owner.get_by_role("button", name="Go live").click()
    expect(owner.locator("#main")).to_contain_text("went live")


def asks_for_advice(customer: Page) -> None:
    customer.goto(f"/f/form/konsultasi/?utm_source=instagram&utm_medium=story&utm_campaign={CAMPAIGN}")
    customer.get_by_label("Nama Anda").fill(CUSTOMER)
    customer.get_by_label("Telepon atau WhatsApp").fill(PHONE_NUMBER)
    customer.get_by_label("Email").fill(EMAIL)
    customer.get_by_label("Kota").fill("Kota Bogor")
    customer.get_by_label("Tentang apa?").select_option("Kesehatan")
    customer.get_by_label("Saya setuju").check()
    customer.wait_for_timeout(2500)  # nobody fills a form faster
    customer.get_by_role("button", name="Kirim").click()
    expect(customer.get_by_role("heading", name="Terima kasih")).to_be_visible()


def sees_the_clock_on_today(seller: Page) -> None:
    seller.goto("/")
    line = seller.locator(".today-item", has_text=CUSTOMER)
    expect(line).to_contain_text(re.compile("to answer|Answer by"))
    line.get_by_role("link", name="Answer").click()
    expect(seller.get_by_role("heading", name="Lead queue")).to_be_visible()


def sees_why_the_lead_is_his(seller: Page) -> None:
    seller.locator(".lead-now").get_by_role("heading", level=2).get_by_role("link").click()
    why = seller.locator(".panel", has_text="Why did I get this?")
    expect(why).to_contain_text(f"Rule “Leads of {CAMPAIGN}” was the first that fits")
    expect(why).to_contain_text(f"The rule names {SELLER}.")


def qualifies_the_lead(seller: Page) -> None:
    seller.goto("/leads/queue/")
    expect(seller.locator(".lead-now")).to_contain_text(CUSTOMER)
    seller.get_by_role("button", name="Reached").click()
    expect(seller.locator(".toast")).to_contain_text("Reached")
    seller.get_by_role("button", name="Qualify", exact=True).click()
    expect(seller.locator(".lead-now")).to_contain_text("Qualified")


def makes_a_deal_of_it(seller: Page) -> None:
    seller.get_by_role("button", name="Make a deal").click()
    expect(seller.locator(".toast", has_text="The deal")).to_contain_text("is open")
    expect(seller.locator(".record-subtitle")).to_have_text(CUSTOMER)


def makes_a_quote(seller: Page) -> str:
    """On the deal; returns its address."""
    settled(seller)
    seller.get_by_label("Add quote").click()
    dialog = seller.get_by_role("dialog")
    dialog.get_by_label("About").fill("AC untuk rumah baru")
    dialog.get_by_label("Terms").fill("Pembayaran 14 hari setelah barang diterima.")
    dialog.get_by_role("button", name="Create", exact=True).click()
    seller.wait_for_url(re.compile(r"/quotes/\d+/"))
    return seller.url


def adds_lines_to_choose_from(seller: Page) -> None:
    adds_a_line(seller, AIR, quantity="2", discount="12")
    adds_a_line(seller, FAN, kind="Alternative", group="Kipas")
    adds_a_line(seller, WALL_FAN, kind="Alternative", group="Kipas")
    adds_a_line(seller, FITTING, quantity="2", kind="Optional")
    lines = panel(seller, "Lines")
    expect(lines).to_contain_text("−12")
    expect(lines).to_contain_text("Optional")


def adds_a_line(
    seller: Page,
    product: str,
    *,
    quantity: str = "1",
    discount: str = "0",
    kind: str = "Fixed",
    group: str = "",
) -> None:
    panel(seller, "Lines").get_by_role("button", name="Add a line").click()
    dialog = seller.get_by_role("dialog")
    picks(dialog, "Product", product)
    dialog.get_by_label("Quantity").fill(quantity)
    dialog.get_by_label("Discount", exact=True).fill(discount)
    dialog.get_by_label("Kind").select_option(label=kind)
    dialog.get_by_label("Choice").fill(group)
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(panel(seller, "Lines")).to_contain_text(product)


def may_not_send_it_yet(seller: Page, quote: str) -> None:
    seller.goto(quote)
    settled(seller)
    expect(panel(seller, "Approval")).to_contain_text("A discount of 12 % is more than 10 %.")
    seller.get_by_role("button", name="Send", exact=True).click()
    expect(seller.locator(".toast")).to_contain_text("needs approval before it is sent")


def asks_for_approval(seller: Page, quote: str) -> None:
    seller.goto(quote)
    settled(seller)
    panel(seller, "Approval").get_by_role("button", name="Ask for approval").click()
    expect(panel(seller, "Approval")).to_contain_text("It waits for approval.")


def approves_it_from_today(owner: Page, quote: str) -> None:
    owner.goto("/")
    line = owner.locator(f"#today-quote-approve-{number_in(quote)}")
    expect(line).to_contain_text(f"{SELLER} asks for approval of a discount")
    line.get_by_role("button", name="Approve").first.click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("Remark").fill("Boleh, pelanggan baru")
    dialog.get_by_role("button", name="Approve").click()
    expect(line).to_be_hidden()


def sends_it(seller: Page, quote: str) -> str:
    """Returns the customer's link."""
    seller.goto(quote)
    settled(seller)
    expect(panel(seller, "Approval")).to_contain_text("Approved by")
    seller.get_by_role("button", name="Send", exact=True).click()
    link = seller.get_by_label("The customer's link")
    expect(link).to_be_visible()
    return link.input_value()


def opens_the_quote(customer: Page, link: str) -> None:
    assert customer.context.cookies() == []
    customer.goto(link)
    expect(customer.get_by_role("heading", level=1)).to_contain_text("Penawaran")


def chooses(customer: Page) -> None:
    """The sum follows each choice."""
    for choice in (WALL_FAN, FITTING):
        before = total_on(customer)
        customer.get_by_label(choice).check()
        expect(customer.locator("#sums .is-total dd")).not_to_have_text(before)


def asks_a_question(customer: Page) -> None:
    customer.get_by_label("Tulis kepada kami").fill(QUESTION)
    customer.get_by_role("button", name="Kirim").click()
    expect(customer.locator("#remarks")).to_contain_text(QUESTION)


def answers_it_from_today(seller: Page) -> None:
    seller.goto("/")
    line = seller.locator(".today-item", has_text=f"The customer wrote: {QUESTION}")
    line.get_by_role("button", name="Write to the customer").click()
    dialog = seller.get_by_role("dialog")
    dialog.get_by_label("To the customer").fill(ANSWER)
    dialog.get_by_role("button", name="Write to the customer").click()
    expect(line).to_be_hidden()


def reads_the_answer(customer: Page) -> None:
    customer.reload()
    expect(customer.locator("#remarks")).to_contain_text(ANSWER)
    expect(customer.get_by_label(WALL_FAN)).to_be_checked()
    expect(customer.get_by_label(FITTING)).to_be_checked()


def signs(customer: Page) -> None:
    customer.get_by_label("Nama Anda").fill(CUSTOMER)
    customer.get_by_label("Saya menggambarnya").check()
    draws(customer)
    customer.get_by_label("Saya menyetujui penawaran ini").check()
    customer.get_by_role("button", name="Setujui dan pesan").click()
    expect(customer.locator("#done")).to_contain_text(CUSTOMER)


def draws(customer: Page) -> None:
    """A wave, with the mouse."""
    pad = customer.locator("[data-pad-paper]")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    customer.mouse.move(box["x"] + 30, box["y"] + 80)
    customer.mouse.down()
    for step in range(1, 12):
        customer.mouse.move(box["x"] + 30 + step * 25, box["y"] + (40 if step % 2 else 120))
    customer.mouse.up()
    expect(pad.locator("path")).to_have_attribute("d", re.compile("M.+L"))


def the_order_stands(seller: Page, quote: str) -> None:
    """Opened from the quote. Its deal is won at what was signed, and the customer has climbed."""
    seller.goto(quote)
    settled(seller)
    panel(seller, "At the customer").get_by_role("link", name=re.compile("SO-")).click()
    expect(panel(seller, "Delivery")).to_contain_text("Reserved")
    expect_rung(seller, "first_time")
    signed = api(seller, f"quotes/{number_in(quote)}/")
    deal = api(seller, f"deals/{signed['deal']['id']}/")
    assert (deal["status"], deal["amount"]) == ("won", signed["net"])


def opens_the_order(customer: Page) -> None:
    customer.get_by_role("link", name="Pantau pengiriman").click()
    expect(customer.get_by_role("heading", level=1)).to_contain_text("Pesanan SO-")


def follows_the_order(customer: Page, step: str, *more: str) -> None:
    """On the customer's page of the order."""
    customer.reload()
    expect(steps_done(customer).last).to_contain_text(step)
    for text in more:
        expect(customer.locator("main")).to_contain_text(text)


def packs_the_goods(seller: Page) -> None:
    seller.get_by_role("button", name="Picked").click()
    expect(steps_done(seller)).to_have_text([re.compile("Reserved"), re.compile("Picked")])


def ships_them(seller: Page) -> None:
    seller.get_by_role("button", name="Ship", exact=True).click()
    dialog = seller.get_by_role("dialog")
    dialog.get_by_label("Carrier").fill("JNE")
    dialog.get_by_label("Tracking number").fill(TRACKING)
    dialog.get_by_role("button", name="Ship").click()
    expect(panel(seller, "Delivery")).to_contain_text(f"JNE {TRACKING}")
    expect(steps_done(seller)).to_have_count(3)


def hands_them_over(seller: Page) -> None:
    seller.get_by_role("button", name="Delivered").click()
    dialog = seller.get_by_role("dialog")
    dialog.get_by_label("Received by").fill(CUSTOMER)
    dialog.get_by_role("button", name="Delivered").click()
    expect(steps_done(seller)).to_have_count(4)


def finds_every_step_on_the_timeline(seller: Page) -> None:
    """Newest first; between these steps there may be others."""
    seller.goto(the_customer(seller)["url"])
    settled(seller)
    earlier = seller.locator("#timeline-items .sentinel")
    earlier.scroll_into_view_if_needed()
    expect(earlier).to_have_count(0)
    told = [" ".join(text.split()) for text in seller.locator("#timeline-items > li").all_inner_texts()]
    lines = iter(reversed(told))
    for step in STEPS:
        assert any(step in line for line in lines), (
            f"{step} is not on the timeline, or not in its place: {told}"
        )


def panel(page: Page, name: str) -> Locator:
    """A box beside a record."""
    return page.locator(".panel", has=page.get_by_role("heading", name=name, exact=True))


def the_customer(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = api(page, f'people/?filter=name = "{CUSTOMER}"&sort=-id')["items"][0]
    return found


def number_in(address: str) -> str:
    """Of the record with this address."""
    return address.rstrip("/").rpartition("/")[2]


def expect_rung(page: Page, rung: str) -> None:
    """By itself, by the rules of the ladder, soon."""
    until = time.monotonic() + 40
    while the_customer(page)["rung"] != rung and time.monotonic() < until:
        page.wait_for_timeout(500)
    assert the_customer(page)["rung"] == rung


def reserved_in_stock(page: Page) -> dict[str, int]:
    found = {}
    for name in (AIR, FAN, WALL_FAN):
        rows = api(page, f'stock/?filter=product = "{name}"')["items"]
        found[name] = sum(int(float(row["reserved"])) for row in rows)
    return found


def total_on(customer: Page) -> str:
    return customer.locator("#sums .is-total dd").inner_text()


def steps_done(page: Page) -> Locator:
    """Of an order, on our page and on the customer's."""
    return page.locator(".order-step.is-done")


def picks(page: Page | Locator, label: str, name: str) -> None:
    """In a field that offers records by name."""
    field = page.get_by_label(label, exact=True).first
    field.fill(name)
    page.get_by_role("option", name=re.compile(re.escape(name))).first.click()
