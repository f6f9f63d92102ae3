"""What the boxes beside a quote and an order show, for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote as quoted

from django.urls import reverse
from django.utils.translation import gettext as _

from relasi.catalog.eligibility import why_not_many
from relasi.catalog.models import Reservation
from relasi.catalog.models.stock_level import plain
from relasi.catalog.stock import available_many
from relasi.kit.access.rights import may
from relasi.sales.approval import demands, may_approve
from relasi.sales.models import Order, OrderLine, OrderReturn, Quote, QuoteLine
from relasi.sales.quote_documents import discount_text, exact
from relasi.sales.quote_links import address_of
from relasi.sales.reckoning import reckon

Context = Mapping[str, Any] | None


def lines(quote: Any, user: Any) -> Context:
    """The lines of a quote with their sums, and what speaks against them."""
    if not user.rights.may("view", QuoteLine):
        return None
    return {
        **_lines(quote),
        "warnings": _warnings(quote) if quote.is_draft else {},
        **_tools(quote, user, "quotes"),
    }


def order_lines(order: Any, user: Any) -> Context:
    """The lines of an order with their sums, and what came back."""
    if not user.rights.may("view", OrderLine):
        return None
    return {**_lines(order), "warnings": {}, **_tools(order, user, "orders")}


def approval(quote: Any, user: Any) -> Context:
    """Which rules ask for approval, and who gave it; nothing where none asks."""
    asked = demands(quote) if quote.status in ("draft", "waiting") else ()
    if not asked and not quote.approved_by_id and not quote.approval_remark:
        return None
    return {
        "quote": quote,
        "demands": asked,
        "may_submit": quote.is_draft and not quote.is_archived and may(user, "submit", quote),
        "may_approve": quote.status == "waiting" and may(user, "approve", quote) and may_approve(user, quote),
        "panel_url": panel_url(quote, "quotes", "approval"),
    }


def customer(quote: Any, user: Any) -> Context:
    """The customer's address of it, what they did there, and the documents."""
    if quote.status in ("draft", "waiting") and not quote.link_hash and not quote.revises_id:
        return None
    address = address_of(quote) if may(user, "send", quote) else ""
    return {
        "quote": quote,
        "address": address,
        "whatsapp": _whatsapp(quote, address),
        "mail": _mail(quote, address),
        "remarks": list(quote.remarks.select_related("author").order_by("id")[:100]),
        "may_reply": bool(quote.link_hash) and may(user, "reply", quote),
        "versions": versions(quote, user),
        "order": _order_of(quote, user),
        "level": user.rights.level(Quote, "signed_address"),
        "panel_url": panel_url(quote, "quotes", "customer"),
    }


def delivery(order: Any, user: Any) -> Context:
    """The steps to the customer's door, what is kept for it, and the customer's address of it."""
    held = Reservation.objects.about("order", order.pk).select_related("product", "place").order_by("id")
    return {
        "order": order,
        "steps": steps(order),
        "held": [(row, plain(row.quantity)) for row in held[:100]]
        if user.rights.may("view", Reservation)
        else [],
        "returns": list(
            OrderReturn.objects.visible_to(user)
            .filter(line__order=order.pk)
            .select_related("line", "place")[:50]
        ),
        "address": address_of(order) if may(user, "open_link", order) else "",
        "panel_url": panel_url(order, "orders", "delivery"),
    }


def template(record: Any, user: Any) -> Context:
    """How a quote looks with it."""
    return {"address": reverse("quote_template_preview", args=[record.pk])}


def steps(order: Order) -> list[dict[str, Any]]:
    """Each step with its time; None for what is still to come."""
    words = {
        "reserved": _("Reserved"),
        "picked": _("Picked"),
        "shipped": _("Shipped"),
        "delivered": _("Delivered"),
    }
    found = [
        {"name": name, "label": words[name], "at": getattr(order, column), "is_done": False}
        for name, column in Order.STEPS
    ]
    place = next((at for at in reversed(range(len(found))) if found[at]["at"]), -1)
    for at, step in enumerate(found):
        step["is_done"] = at <= place
    return found


def versions(quote: Quote, user: Any) -> list[Quote]:
    """Every version of it the reader may see, the newest first."""
    rows = Quote.objects.visible_to(user).filter(number=quote.number).order_by("-revision")
    return list(rows[:50]) if quote.revision > 1 or quote.status == "replaced" else []


def _lines(whole: Any) -> dict[str, Any]:
    rows = whole.ordered_lines()
    sums = reckon(rows, whole.currency)
    return {
        "whole": whole,
        "rows": [
            (row, amounts, discount_text(row, whole.currency))
            for row, amounts in zip(rows, sums.lines, strict=True)
        ],
        "sums": sums,
        "exact": exact,
    }


def _tools(whole: Any, user: Any, resource: str) -> dict[str, Any]:
    part = QuoteLine if resource == "quotes" else OrderLine
    can_change = whole.is_draft and user.rights.may("add", part) and may(user, "change", whole)
    return {
        "can_change": can_change,
        "part": "quote-lines" if resource == "quotes" else "order-lines",
        "via": "quote" if resource == "quotes" else "order",
        "panel_url": panel_url(whole, resource, "lines"),
    }


def _warnings(quote: Quote) -> dict[int, list[str]]:
    """By line: too little in stock, or the customer may not have it."""
    rows = [line for line in quote.ordered_lines() if line.product]
    free = available_many([line.product_id for line in rows])
    reasons = why_not_many(products=[line.product for line in rows], party=quote.party) if rows else {}
    found: dict[int, list[str]] = {}
    for line in rows:
        said = list(reasons.get(line.product_id, ()))
        there = free.get(line.product_id)
        if there is not None and there < line.quantity:
            said.append(_("Only %(count)s in stock.") % {"count": plain(max(there, Decimal(0)))})
        if said:
            found[line.pk] = said
    return found


def _order_of(quote: Quote, user: Any) -> Order | None:
    found: Order | None = Order.objects.visible_to(user).filter(quote=quote.pk).first()
    return found


def _whatsapp(quote: Quote, address: str) -> str:
    phone = "".join(sign for sign in quote.party.phone or "" if sign.isdigit())
    text = _("Here is our quote %(number)s: %(link)s") % {"number": quote.full_number, "link": address}
    return f"https://wa.me/{phone}?text={quoted(text)}" if address and phone else ""


def _mail(quote: Quote, address: str) -> str:
    if not address or not quote.party.email:
        return ""
    subject = _("Quote %(number)s") % {"number": quote.full_number}
    return f"mailto:{quote.party.email}?subject={quoted(subject)}&body={quoted(address)}"


def panel_url(record: Any, resource: str, name: str) -> str:
    return reverse("resource_panel", args=[resource, record.pk, name])
