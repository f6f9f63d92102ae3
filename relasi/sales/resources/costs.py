"""How the cost ledger and what comes of it are shown: on leads, deals, customers, and on lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import Chart, Group, Resource, Search, register
from relasi.kit.resources.declaration import Panel
from relasi.kit.resources.registry import extend
from relasi.kit.ui import menu
from relasi.sales import cost_panels
from relasi.sales.models import CostEntry, CostRate

COST = ("name", "on", "party", "lead", "deal", "channel", "seller", "minutes", "amount", "currency")
RATE = ("name", "user", "role", "hourly", "valid_from")

register(
    Resource(
        name="costs",
        model=CostEntry,
        label=_("Costs"),
        label_one=_("Cost"),
        icon="coins",
        section=_("Sales"),
        order=39,
        columns=("name", "on", "party", "channel", "seller", "minutes", "amount", "cost"),
        more=("lead", "deal", "currency", "owner", "created_at", "updated_at"),
        inline=("name", "on", "channel", "seller", "minutes", "amount"),
        groups=(Group(label=_("Cost"), fields=(*COST, "cost", "owner")),),
        create_fields=COST,
        sort=("-on",),
        totals=("cost",),
        preload=("party", "seller"),
        search=Search(fields=("name",)),
        chart=Chart(by="channel", measure="cost"),
    )
)
register(
    Resource(
        name="cost-rates",
        model=CostRate,
        label=_("Hourly rates"),
        label_one=_("Hourly rate"),
        icon="clock",
        order=213,
        columns=RATE,
        more=("created_at", "updated_at"),
        inline=("name", "hourly", "valid_from"),
        groups=(Group(label=_("Hourly rate"), fields=RATE),),
        create_fields=RATE,
        sort=("-valid_from",),
    )
)


def _panel(context: Any, order: int) -> Panel:
    return Panel(
        name="worth",
        label=_("Worth the time"),
        template="sales/panel_worth.html",
        context=context,
        order=order,
    )


for _noun in ("leads", "deals"):
    extend(_noun, panel=_panel(cost_panels.of_record, 17))
for _parties in ("people", "companies", "households"):
    extend(_parties, panel=_panel(cost_panels.of_party, 18))
    for _column in cost_panels.COLUMNS:
        extend(_parties, column=_column)


def _may_see_costs(user: Any) -> bool:
    return bool(user and user.is_authenticated and user.rights.may("view", CostEntry))


menu.register(
    menu.MenuItem(
        section=_("Sales"), label=_("Cost per sale"), icon="calculator", url_name="cost_per_sale", order=40,
        visible=_may_see_costs,
    )
)  # fmt: skip
