"""How quotes, orders and what belongs to them are shown, found and changed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.kit.resources import (
    Calendar,
    Chart,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)
from relasi.kit.resources.timelines import register as register_timeline
from relasi.sales import quote_forms, quote_jobs, quote_panels, quote_today
from relasi.sales.models import (
    DiscountRule,
    Order,
    OrderLine,
    OrderReturn,
    Quote,
    QuoteLine,
    QuoteTemplate,
)
from relasi.sales.resources.deals import SECTION, SHELF

BACKGROUND = (quote_jobs, quote_today)  # what they declare stands as soon as they are read


def _panel(
    name: str, label: Any, template: str, order: int, context: Any = None, *, wide: bool = False
) -> Panel:
    return Panel(
        name=name, label=label, template=f"sales/{template}.html", order=order, wide=wide,
        context=context or getattr(quote_panels, name),
    )  # fmt: skip


def _in(*statuses: str) -> Any:
    return lambda record: record.status in statuses and not record.is_archived


SUBMIT = Verb(
    name="submit", label=_("Ask for approval"), icon="circle-check",
    when=lambda quote: _in("draft")(quote) and quote.total > 0,
)  # fmt: skip
APPROVE = Verb(
    name="approve", label=_("Approve"), icon="circle-check", form=quote_forms.ApproveForm, primary=True,
    fields=("remark",), when=_in("waiting"),
)  # fmt: skip
REJECT = Verb(
    name="reject", label=_("Do not approve"), icon="circle-x", form=quote_forms.RejectForm,
    fields=("remark",), right="approve", when=_in("waiting"),
)  # fmt: skip
REOPEN = Verb(name="reopen", label=_("Back to a draft"), icon="pencil", when=_in("waiting", "approved"))
SEND = Verb(
    name="send", label=_("Send"), icon="send", primary=True,
    when=lambda quote: _in("draft", "approved")(quote) and quote.total > 0,
)  # fmt: skip
REVISE = Verb(name="revise", label=_("New version"), icon="copy", when=_in(*Quote.REVISABLE))
PROLONG = Verb(
    name="prolong", label=_("Prolong"), icon="calendar-plus", form=quote_forms.ProlongForm,
    fields=("valid_until",), when=_in("sent", "expired"),
)  # fmt: skip
REPLY = Verb(
    name="reply", label=_("Write to the customer"), icon="message-2", form=quote_forms.ReplyForm,
    fields=("text",), when=lambda quote: bool(quote.link_hash),
)  # fmt: skip
RENEW = Verb(
    name="renew_link", label=_("New link"), icon="link", when=lambda quote: bool(quote.link_hash), danger=True
)

quotes = register(
    Resource(
        name="quotes",
        model=Quote,
        label=_("Quotes"),
        label_one=_("Quote"),
        icon="file-invoice",
        section=SECTION,
        order=34,
        columns=("name", "number", "party", "status", "total", "valid_until", "owner"),
        more=(
            "revision", "deal", "currency", "net", "discount_amount", "tax_amount", "sent_at", "opened_at",
            "decided_at", "signed_name", "decline_reason", "approved_by", "approved_at", "submitted_by",
            "template", "intro", "terms", "created_at", "updated_at",
        ),
        inline=("name", "valid_until", "owner"),
        groups=(
            Group(
                label=_("Quote"),
                fields=(
                    "name", "number", "party", "deal", "status", "currency", "valid_until", "owner", "tags",
                ),
            ),
            Group(label=_("Words"), fields=("intro", "terms", "template")),
            Group(label=_("Amounts"), fields=("net", "discount_amount", "tax_amount", "total")),
            Group(
                label=_("What happened"),
                fields=(
                    "submitted_by", "approved_by", "approved_at", "approval_remark", "sent_at", "opened_at",
                    "decided_at", "decline_reason", "signed_name", "signing", "signed_address",
                    "sent_sha256", "signed_sha256",
                ),
                folded=True,
            ),
        ),
        create_fields=("name", "party", "deal", "currency", "valid_until", "intro", "terms", "owner"),
        sort=("-id",),
        totals=("total",),
        search=Search(
            fields=("number", "name"),
            more=lambda quote: str(quote.party),
            subtitle=lambda quote: f"{quote.full_number} · {quote.party}",
        ),
        calendar=Calendar(start="valid_until"),
        chart=Chart(by="status", measure="total"),
        panels=(
            _panel("lines", _("Lines"), "panel_quote_lines", 5, wide=True),
            _panel("approval", _("Approval"), "panel_approval", 8),
            _panel("customer", _("At the customer"), "panel_customer", 10),
        ),
        verbs=(SEND, SUBMIT, APPROVE, REJECT, REOPEN, REVISE, PROLONG, REPLY, RENEW, *SHELF),
        timeline=True,
        subtitle=lambda quote: f"{quote.full_number} · {quote.party}",
    )
)  # fmt: skip
cells.tones(
    "quote",
    "status",
    {
        "draft": "grey", "waiting": "amber", "approved": "teal", "sent": "blue", "accepted": "green",
        "declined": "red", "expired": "grey", "replaced": "grey",
    },
)  # fmt: skip

LINE_FIELDS = ("product", "description", "quantity", "unit_price", "discount", "discount_in", "tax")
register(
    Resource(
        name="quote-lines",
        model=QuoteLine,
        label=_("Lines of quotes"),
        label_one=_("Line of a quote"),
        icon="list-details",
        order=46,
        title="description",
        columns=("description", "quote", "product", "quantity", "unit_price", "discount", "net", "kind"),
        more=(
            "discount_in", "tax", "tax_rate", "tax_amount", "total", "group", "is_chosen", "order_no",
            "created_at",
        ),
        inline=("description", "quantity", "unit_price", "discount", "order_no"),
        groups=(
            Group(label=_("Line of a quote"), fields=("quote", *LINE_FIELDS)),
            Group(label=_("Choice"), fields=("kind", "group", "is_chosen", "order_no")),
            Group(label=_("Amounts"), fields=("net", "tax_rate", "tax_amount", "total")),
        ),
        create_fields=("quote", *LINE_FIELDS[:-1], "kind", "group"),
        sort=("-id",),
        chart=Chart(by="product", measure="net"),
    )
)  # fmt: skip

RESERVE = Verb(
    name="reserve", label=_("Reserve the goods"), icon="lock", primary=True,
    when=lambda order: _in("draft", "waiting")(order) and order.total > 0,
)  # fmt: skip
PICK = Verb(name="pick", label=_("Picked"), icon="package", primary=True, bulk=True, when=_in("reserved"))
SHIP = Verb(
    name="ship", label=_("Ship"), icon="truck-delivery", form=quote_forms.ShipForm, primary=True,
    fields=("carrier", "tracking_number"), when=_in("reserved", "picked"),
)  # fmt: skip
DELIVER = Verb(
    name="deliver", label=_("Delivered"), icon="home", form=quote_forms.DeliverForm, primary=True,
    fields=("received_by",), when=_in("reserved", "picked", "shipped"),
)  # fmt: skip
TAKE_BACK = Verb(
    name="take_back", label=_("Take back"), icon="arrow-back-up", form=quote_forms.TakeBackForm,
    fields=("line", "quantity", "place", "reason"), when=_in("shipped", "delivered"),
)  # fmt: skip
CANCEL = Verb(
    name="cancel", label=_("Cancel the order"), icon="x", form=quote_forms.CancelForm, fields=("reason",),
    danger=True, when=_in("draft", "waiting", "reserved", "picked"),
)  # fmt: skip
OPEN_LINK = Verb(
    name="open_link",
    label=_("New link"),
    icon="link",
    when=_in("waiting", "reserved", "picked", "shipped", "delivered"),
)

orders = register(
    Resource(
        name="orders",
        model=Order,
        label=_("Orders"),
        label_one=pgettext_lazy("what a customer ordered", "Order"),
        icon="shopping-cart",
        section=SECTION,
        order=35,
        columns=("name", "number", "party", "status", "total", "ordered_at", "owner"),
        more=(
            "deal", "quote", "currency", "net", "discount_amount", "tax_amount", "delivery_address",
            "shortage", "reserved_at", "picked_at", "shipped_at", "carrier", "tracking_number",
            "delivered_at", "received_by", "cancel_reason", "is_returned", "remark", "created_at",
            "updated_at",
        ),
        inline=("name", "delivery_address", "remark", "owner"),
        groups=(
            Group(
                label=pgettext_lazy("what a customer ordered", "Order"),
                fields=(
                    "name", "number", "party", "deal", "quote", "status", "currency", "ordered_at", "owner",
                    "tags",
                ),
            ),
            Group(
                label=_("Delivery"),
                fields=(
                    "delivery_address", "shortage", "carrier", "tracking_number", "received_by", "remark",
                ),
            ),
            Group(label=_("Amounts"), fields=("net", "discount_amount", "tax_amount", "total")),
        ),
        create_fields=("name", "party", "deal", "currency", "delivery_address", "remark", "owner"),
        sort=("-id",),
        totals=("total",),
        search=Search(
            fields=("number", "name", "tracking_number"),
            more=lambda order: str(order.party),
            subtitle=lambda order: f"{order.number} · {order.party}",
        ),
        calendar=Calendar(start="ordered_at"),
        chart=Chart(by="status", measure="total"),
        panels=(
            _panel("lines", _("Lines"), "panel_quote_lines", 5, quote_panels.order_lines, wide=True),
            _panel("delivery", _("Delivery"), "panel_delivery", 10),
        ),
        verbs=(RESERVE, PICK, SHIP, DELIVER, TAKE_BACK, CANCEL, OPEN_LINK, *SHELF),
        timeline=True,
        subtitle=lambda order: f"{order.number} · {order.party}",
    )
)  # fmt: skip
cells.tones(
    "order",
    "status",
    {
        "draft": "grey", "waiting": "red", "reserved": "blue", "picked": "violet", "shipped": "amber",
        "delivered": "green", "cancelled": "grey",
    },
)  # fmt: skip

register(
    Resource(
        name="order-lines",
        model=OrderLine,
        label=_("Lines of orders"),
        label_one=_("Line of an order"),
        icon="list-details",
        order=47,
        title="description",
        columns=("description", "order", "product", "quantity", "unit_price", "discount", "net", "returned"),
        more=("discount_in", "tax", "tax_rate", "tax_amount", "total", "order_no", "created_at"),
        inline=("description", "quantity", "unit_price", "discount", "order_no"),
        groups=(
            Group(label=_("Line of an order"), fields=("order", *LINE_FIELDS, "order_no")),
            Group(label=_("Amounts"), fields=("net", "tax_rate", "tax_amount", "total", "returned")),
        ),
        create_fields=("order", *LINE_FIELDS[:-1]),
        sort=("-id",),
        chart=Chart(by="product", measure="net"),
    )
)
register(
    Resource(
        name="order-returns",
        model=OrderReturn,
        label=_("Returns"),
        label_one=_("Return"),
        icon="arrow-back-up",
        section=SECTION,
        order=36,
        title="reason",
        columns=("reason", "line", "quantity", "place", "returned_at"),
        groups=(Group(label=_("Return"), fields=("line", "quantity", "place", "reason", "returned_at")),),
        sort=("-id",),
        calendar=Calendar(start="returned_at"),
        chart=Chart(by="place"),
        can_create=False,
        can_delete=False,
    )
)
register(
    Resource(
        name="quote-templates",
        model=QuoteTemplate,
        label=_("Quote templates"),
        label_one=_("Quote template"),
        icon="file-text",
        order=48,
        columns=("name", "language", "is_usual", "sender"),
        more=("created_at", "updated_at"),
        inline=("name", "is_usual"),
        groups=(
            Group(
                label=_("Quote template"), fields=("name", "language", "is_usual", "sender", "body", "style")
            ),
        ),
        create_fields=("name", "language", "is_usual", "sender", "body", "style"),
        sort=("name",),
        chart=Chart(by="language"),
        panels=(_panel("preview", _("Preview"), "panel_template", 10, quote_panels.template),),
        verbs=SHELF,
    )
)
register(
    Resource(
        name="discount-rules",
        model=DiscountRule,
        label=_("Discount rules"),
        label_one=_("Discount rule"),
        icon="discount",
        order=49,
        columns=("name", "above", "margin_below", "role", "approver"),
        inline=("name", "above", "margin_below"),
        groups=(
            Group(label=_("Discount rule"), fields=("name", "above", "margin_below", "role", "approver")),
        ),
        create_fields=("name", "above", "margin_below", "role", "approver"),
        sort=("name",),
        verbs=SHELF,
    )
)

for _parties in ("people", "companies", "households"):
    extend(
        _parties,
        panel=Related(resource="quotes", via="party", columns=("status", "total", "valid_until"), order=16),
    )
    extend(
        _parties,
        panel=Related(resource="orders", via="party", columns=("status", "total", "ordered_at"), order=17),
    )
extend(
    "deals",
    panel=Related(resource="quotes", via="deal", columns=("status", "total", "valid_until"), order=15),
)
extend(
    "deals", panel=Related(resource="orders", via="deal", columns=("status", "total", "ordered_at"), order=16)
)


@register_timeline
def _timeline_of_quote(resource: Resource, record: Any) -> str:
    """The customer's, where what is written is about the quote or the order."""
    if resource.noun not in ("quote", "order"):
        return ""
    return f"{reverse('timeline', args=[record.party_id])}?about={resource.noun}-{record.pk}"
