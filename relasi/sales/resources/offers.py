"""How offers and the rules behind them are shown, found and changed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import Chart, Group, Resource, Search, Verb, cells, register
from relasi.kit.resources.declaration import Panel, Related
from relasi.kit.resources.registry import extend
from relasi.sales import offer_filters, offer_panels
from relasi.sales.models import Offer, OfferRule
from relasi.sales.offer_forms import NotNowForm

PARTIES = ("people", "companies", "households")

offers = register(
    Resource(
        name="offers",
        model=Offer,
        label=_("Offers"),
        label_one=_("Offer"),
        icon="bulb",
        section=_("Sales"),
        order=38,
        columns=("name", "party", "product", "outcome", "why", "again_on", "points", "shown_at"),
        more=("remark", "days_shown", "last_shown_on", "decided_at", "decided_by", "deal", "created_at"),
        inline=("remark",),
        groups=(
            Group(label=_("Offer"), fields=("party", "product", "points", "shown_at", "days_shown")),
            Group(
                label=_("Outcome"),
                fields=("outcome", "why", "remark", "again_on", "decided_at", "decided_by", "deal"),
            ),
        ),
        create_fields=("party", "product", "remark"),
        sort=("-id",),
        preload=("party", "product"),
        search=Search(fields=("name", "remark")),
        chart=Chart(by="outcome"),
        panels=(
            Panel(
                name="why", label=_("Why it was offered"), template="sales/panel_offer_why.html",
                context=offer_panels.why, order=5,
            ),
        ),
        verbs=(
            Verb(
                name="accept", label=_("Make a deal"), icon="briefcase", primary=True,
                when=lambda offer: offer.is_open,
            ),
            Verb(
                name="decline", label=_("Not now"), icon="thumb-down", form=NotNowForm,
                fields=("why", "remark", "again_on"), when=lambda offer: offer.is_open,
            ),
            Verb(
                name="offer_again", label=_("Offer again"), icon="repeat", bulk=True, right="decline",
                when=lambda offer: offer.is_held_back,
            ),
        ),
        subtitle=lambda offer: str(offer.party),
    )
)  # fmt: skip
cells.tones(
    offers.noun, "outcome", {"shown": "blue", "accepted": "green", "declined": "red", "later": "amber"}
)

RULE = ("name", "product", "filter", "ends_within", "points", "reason_id", "reason_en", "is_active")
offer_rules = register(
    Resource(
        name="offer-rules",
        model=OfferRule,
        label=_("Offer rules"),
        label_one=_("Offer rule"),
        icon="bulb",
        order=212,
        columns=("name", "product", "filter", "ends_within", "points", "reason_id", "reason_en", "is_active"),
        more=("created_at", "updated_at"),
        inline=("name", "points", "ends_within", "reason_id", "reason_en", "is_active"),
        groups=(Group(label=_("Offer rule"), fields=RULE),),
        create_fields=RULE[:-1],
        sort=("name",),
        preload=("product",),
        search=Search(fields=("name", "reason_id", "reason_en")),
        chart=Chart(by="product", measure="points"),
    )
)

for _parties in PARTIES:
    extend(
        _parties,
        panel=Panel(
            name="offer-next", label=_("Offer next"), template="sales/panel_offer_next.html",
            context=offer_panels.next_offers, order=12,
        ),
    )  # fmt: skip
    for _filter in offer_filters.OF_PARTIES:
        extend(_parties, filter=_filter)
extend("people", filter=offer_filters.AGE)
extend(
    "products",
    panel=Related(
        resource="offer-rules", via="product", columns=("filter", "points"), sort="-points", order=45
    ),
)
