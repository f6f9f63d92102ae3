"""Boxes that say what a lead, deal or customer is worth, and what serving them costs, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from relasi.kit.records.money import own_currency
from relasi.kit.resources.declaration import Column
from relasi.kit.ui import formats
from relasi.lib.money import Money
from relasi.sales.models import CostEntry, Deal, Lead, PartyWorth

WORDS = {
    "margin_known": gettext_lazy("Of %(value)s, %(share)s stay after the cost of the products: %(margin)s"),
    "margin_usual": gettext_lazy(
        "Of %(value)s, %(share)s stay, the usual margin of our products: %(margin)s"
    ),
    "chance_stage": gettext_lazy("Probability of the stage: %(chance)s"),
    "chance_channel": gettext_lazy(
        "Of the leads by “%(channel)s” in the last 12 months, %(chance)s became sales or should yet"
    ),
    "open_work": gettext_lazy("Expected of open leads and deals: %(value)s"),
    "earned": gettext_lazy("Margin of deals won in the last 12 months: %(value)s"),
}
AMOUNTS, SHARES = ("value", "margin"), ("share", "chance")


def told(parts: list[dict[str, Any]]) -> list[str]:
    """Sentences in the reader's language."""
    return [_sentence(part) for part in parts if part.get("code") in WORDS]


def _sentence(part: dict[str, Any]) -> str:
    values = dict(part.get("values") or {})
    for name in values.keys() & set(AMOUNTS):
        values[name] = formats.money(Decimal(values[name]))
    for name in values.keys() & set(SHARES):
        values[name] = formats.percent(Decimal(values[name]), 1)
    if "channel" in values:
        values["channel"] = dict(Lead.Channel.choices).get(values["channel"], values["channel"])
    return str(WORDS[part["code"]]) % values


def of_record(record: Any, user: Any) -> Mapping[str, Any] | None:
    """Of a lead or deal."""
    if not _may_read(user, type(record)):
        return None
    return {**_figures(record), "parts": told(record.worth_parts), **_adding(record, user)}


def of_party(party: Any, user: Any) -> Mapping[str, Any] | None:
    """Of a customer; not shown to who may not read it of deals."""
    worth = PartyWorth._default_manager.filter(party=party.pk).first()
    if worth is None or not _may_read(user, Deal):
        return None
    return {**_figures(worth), "parts": told(worth.parts), **_adding(party, user)}


def _figures(row: Any) -> dict[str, Any]:
    return {
        "expected": row.expected_value,
        "cost": row.cost_to_serve,
        "minutes": row.minutes_spent,
        "per_hour": row.value_per_hour,
    }


def _adding(record: Any, user: Any) -> dict[str, Any]:
    return {"add_to": f"{record.noun}={record.pk}" if user.rights.may("add", CostEntry) else ""}


def _may_read(user: Any, model: Any) -> bool:
    return bool(user.rights.searchable(model, "expected_value"))


def _load(parties: list[Any], user: Any) -> None:
    """One query for a page of customers; only for who may read it of deals."""
    ids = [party.pk for party in parties] if _may_read(user, Deal) else []
    known = PartyWorth._default_manager.in_bulk(ids) if ids else {}
    for party in parties:
        party.worth_now = known.get(party.pk)


def _money(name: str) -> Any:
    def value(party: Any) -> Any:
        worth = getattr(party, "worth_now", None)
        amount = getattr(worth, name, None)
        return None if amount is None else Money(amount, own_currency())

    return value


COLUMNS = (
    Column(name="expected_value", label=gettext_lazy("Expected value"), kind="money",
           value=_money("expected_value"), preload=_load, path="worth__expected_value"),
    Column(name="cost_to_serve", label=gettext_lazy("Cost to serve"), kind="money",
           value=_money("cost_to_serve"), preload=_load, path="worth__cost_to_serve"),
    Column(name="value_per_hour", label=gettext_lazy("Value per hour"), kind="money",
           value=_money("value_per_hour"), preload=_load, path="worth__value_per_hour"),
)  # fmt: skip
__all__ = ["COLUMNS", "of_party", "of_record", "told"]
