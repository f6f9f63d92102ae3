"""Quotes and orders on Today: to approve, answered with a remark, expiring, signed but not won, to ship."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.activities.today import Action, TodayItem, register
from relasi.activities.visibility import load_parties
from relasi.kit.ui import formats
from relasi.lib.text import shorten
from relasi.sales.approval import may_approve
from relasi.sales.gates import missing_fields, unmet_criteria
from relasi.sales.models import Deal, Order, Quote, QuoteRemark
from relasi.sales.required import label_of

MOST = 20
SOON = timedelta(days=3)


@register
def quotes_to_approve(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Those that wait for somebody whom the discount rules name."""
    if not user.rights.scope("quote", "approve"):
        return []
    rows = Quote.objects.open_to(user, "approve").to_approve().order_by("updated_at", "id")
    found = [row for row in _with_parties(rows, user) if may_approve(user, row)]
    return [_to_approve(quote) for quote in found]


@register
def quotes_to_follow(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own that were sent and expire soon, and those approved and not sent."""
    if not user.rights.scope("quote", "view"):
        return []
    own = Quote.objects.visible_to(user).filter(owner=user)
    until = timezone.localtime(now).date() + SOON
    expiring = _with_parties(own.sent().filter(valid_until__lte=until).order_by("valid_until", "id"), user)
    approved = own.filter(status=Quote.Status.APPROVED, archived_at=None).order_by("approved_at", "id")
    return [
        *(_expiring(quote) for quote in expiring),
        *(_to_send(quote) for quote in _with_parties(approved, user)),
    ]


@register
def remarks_to_answer(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own open quotes on whose page the customer had the last word."""
    if not user.rights.scope("quote", "view"):
        return []
    last = QuoteRemark.objects.filter(quote=OuterRef("pk")).order_by("-id")
    own = Quote.objects.visible_to(user).filter(owner=user).sent()
    asked = own.annotate(
        said=Subquery(last.values("text")[:1]), answered_by=Subquery(last.values("author")[:1])
    )
    rows = asked.filter(said__isnull=False, answered_by=None).order_by("id")
    return [_to_answer(quote, quote.said) for quote in _with_parties(rows, user)]


@register
def deals_of_signed_quotes(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Deals that stayed open although their quote is signed: each says what it lacks."""
    if not user.rights.scope("deal", "view"):
        return []
    signed = Quote.objects.visible_to(user).signed().exclude(order__status=Order.Status.CANCELLED)
    mine = Q(owner=user) | Q(pk__in=signed.filter(owner=user).values("deal"))
    open_still = Deal.objects.visible_to(user).open().filter(mine, pk__in=signed.values("deal"))
    rows = open_still.select_related("pipeline", "stage")
    return [_to_win(deal) for deal in _with_parties(rows.order_by("id"), user)]


@register
def orders_to_ship(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own orders: those that can go out, and those that wait for stock."""
    if not user.rights.scope("order", "view"):
        return []
    own = Order.objects.visible_to(user).filter(owner=user)
    ready = _with_parties(own.to_ship().order_by("ordered_at", "id"), user)
    waiting = _with_parties(own.waiting().order_by("ordered_at", "id"), user)
    return [*(_to_ship(order) for order in ready), *(_waiting(order) for order in waiting)]


def _with_parties(rows: Any, user: Any) -> list[Any]:
    found = list(rows[:MOST])
    load_parties(found, user)
    return found


def _to_approve(quote: Quote) -> TodayItem:
    return _quote(
        quote, "approve", rank=14, tone="violet", icon="discount",
        reason=_("%(seller)s asks for approval of a discount") % {"seller": quote.owner or _("Somebody")},
        actions=(
            _ask("quotes", quote, "approve", _("Approve"), "circle-check", primary=True),
            _ask("quotes", quote, "reject", _("Do not approve"), "circle-x"),
        ),
    )  # fmt: skip


def _to_answer(quote: Quote, said: str) -> TodayItem:
    reply = _ask("quotes", quote, "reply", _("Write to the customer"), "message-2", primary=True)
    return _quote(
        quote, "remark", rank=10, tone="amber", icon="message-question", actions=(reply,),
        reason=_("The customer wrote: %(text)s") % {"text": shorten(said, 90)},
    )  # fmt: skip


def _to_win(deal: Deal) -> TodayItem:
    return TodayItem(
        key=f"deal-signed-{deal.pk}", rank=12, tone="amber", icon="trophy", title=str(deal),
        reason=_why_open(deal), detail=formats.money(deal.value),
        url=reverse("resource_record", args=["deals", deal.pk]), party=deal.shown_party,
        actions=(_ask("deals", deal, "win", _("Won"), "trophy", primary=True),),
    )  # fmt: skip


def _why_open(deal: Deal) -> str:
    """What keeps the deal from being won: fields that are empty, exit criteria that are not ticked."""
    try:
        if deal.pipeline is None:
            raise ValidationError(_("it is in no pipeline"))
        won = deal.pipeline.stage_for("won")
        missing = [label_of(name) for name in missing_fields(deal, won)]
        why = ", ".join([*missing, *(str(criterion) for criterion in unmet_criteria(deal, won))])
    except ValidationError as error:
        return _("Signed, but the deal could not be won: %(why)s") % {"why": " ".join(error.messages)}
    if not why:
        return _("Signed, but the deal is still open")
    return _("Signed, but the deal could not be won, for it lacks: %(what)s") % {"what": why}


def _expiring(quote: Quote) -> TodayItem:
    reason = _("Valid until %(day)s, and no answer yet") % {"day": formats.date(quote.valid_until)}
    prolong = _ask("quotes", quote, "prolong", _("Prolong"), "calendar-plus", primary=True)
    return _quote(
        quote, "expiring", rank=26, tone="amber", icon="file-invoice", reason=reason, actions=(prolong,)
    )


def _to_send(quote: Quote) -> TodayItem:
    send = Action(
        label=_("Send"), icon="send", url=reverse("resource_verb", args=["quotes", quote.pk, "send"]),
        is_primary=True,
    )  # fmt: skip
    return _quote(
        quote, "send", rank=22, tone="blue", icon="file-invoice", reason=_("Approved and not sent yet"),
        actions=(send,),
    )  # fmt: skip


def _to_ship(order: Order) -> TodayItem:
    ship = _ask("orders", order, "ship", _("Ship"), "truck-delivery", primary=True)
    reason = _("Ordered on %(day)s, everything is there") % {"day": formats.date(order.ordered_at)}
    return _order(order, "ship", rank=20, tone="blue", reason=reason, actions=(ship,))


def _waiting(order: Order) -> TodayItem:
    return _order(
        order, "waits", rank=28, tone="red", reason=order.shortage or _("Waits for stock"), actions=()
    )


def _quote(quote: Quote, why: str, **told: Any) -> TodayItem:
    return _item(quote, f"quote-{why}-{quote.pk}", "quotes", **told)


def _order(order: Order, why: str, **told: Any) -> TodayItem:
    return _item(order, f"order-{why}-{order.pk}", "orders", icon="truck-delivery", **told)


def _item(record: Any, key: str, resource: str, **told: Any) -> TodayItem:
    return TodayItem(
        key=key,
        title=str(record),
        detail=formats.money(record.total, record.currency),
        url=reverse("resource_record", args=[resource, record.pk]),
        party=record.shown_party,
        **told,
    )


def _ask(resource: str, record: Any, verb: str, label: str, icon: str, primary: bool = False) -> Action:
    url = reverse("resource_verb", args=[resource, record.pk, verb])
    return Action(label=label, icon=icon, url=url, how="dialog", is_primary=primary)
