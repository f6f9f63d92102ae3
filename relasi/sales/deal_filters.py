"""Filters of deals and of customers that are not columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.activities.next_activity import asks_yes
from relasi.kit.resources.declaration import Filter
from relasi.kit.resources.filtering import FilterError
from relasi.sales.actions.raise_on_ladder import ORDERS, WON_DEALS
from relasi.sales.models import Deal, DealCompetitor, DealLine, Order

COMPARE = {"=": "", "<": "__lt", "<=": "__lte", ">": "__gt", ">=": "__gte"}


def _yes_or_no(found: Q) -> Any:
    return lambda operator, values, user: found if asks_yes(operator, values) else ~found


def _rotting(operator: str, values: list[Any], user: Any) -> Q:
    found = Q(status="open", rots_at__isnull=False, rots_at__lt=timezone.now())
    return found if asks_yes(operator, values) else ~found


def _overdue(operator: str, values: list[Any], user: Any) -> Q:
    found = Q(status="open", expected_close_on__lt=timezone.localdate())
    return found if asks_yes(operator, values) else ~found


def _named(rows: Any, path: str) -> Any:
    """`competitor = "PT Lain"`: by name, part of a name, or number."""

    def query(operator: str, values: list[Any], user: Any) -> Q:
        lookup = "icontains" if "~" in operator else "iexact"
        wanted = Q()
        for value in values:
            by_number = Q(**{f"{path}": int(value)}) if str(value).isdecimal() else Q(pk__in=[])
            wanted |= Q(**{f"{path}__name__{lookup}": str(value)}) | by_number
        if operator in ("empty", "not empty"):
            wanted = Q()
        found = Q(pk__in=rows().filter(wanted).values("deal"))
        return ~found if operator.startswith(("!", "not in")) or operator == "empty" else found

    return query


ROTTING = Filter(name="is_rotting", label=gettext_lazy("Rotting"), query=_rotting)
OVERDUE = Filter(name="is_overdue", label=gettext_lazy("Close date passed"), query=_overdue)
PLANNED = Filter(
    name="has_next_activity",
    label=gettext_lazy("Has a next activity"),
    query=_yes_or_no(Q(next_activity_at__isnull=False)),
)
COMPETITOR = Filter(
    name="competitor",
    label=gettext_lazy("Competitor"),
    kind="text",
    query=_named(lambda: DealCompetitor._default_manager.all(), "competitor"),
)
PRODUCT = Filter(
    name="product",
    label=gettext_lazy("Product"),
    kind="text",
    query=_named(lambda: DealLine._default_manager.all(), "product"),
)


def _won_deals(operator: str, values: list[Any], user: Any) -> Q:
    """Customers by how many deals were won with them."""
    text, compared = str(values[0]) if values else "", COMPARE.get(operator)
    if compared is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FilterError(_("Won deals are asked for as won_deals >= 2."))
    return _by_count(Deal._default_manager.won(), operator, compared, int(text))


def _orders(operator: str, values: list[Any], user: Any) -> Q:
    """Customers by how often they have ordered."""
    text, compared = str(values[0]) if values else "", COMPARE.get(operator)
    if compared is None or not (text.isascii() and text.isdigit() and len(text) < 10):
        raise FilterError(_("Orders are asked for as orders >= 2."))
    return _by_count(Order._default_manager.standing(), operator, compared, int(text))


def _by_count(rows: Any, operator: str, compared: str, number: int) -> Q:
    """Customers by how many of these rows are about them."""
    counted = rows.order_by().values("party").annotate(count=Count("pk"))
    has_none = {"=": number == 0, "<": number > 0, "<=": True, ">": False, ">=": number <= 0}[operator]
    found = Q(pk__in=counted.filter(**{f"count{compared}": number}).values("party"))
    return found | ~Q(pk__in=counted.values("party")) if has_none else found


def _open_deal(operator: str, values: list[Any], user: Any) -> Q:
    found = Q(pk__in=Deal.objects.visible_to(user).open().values("party"))
    return found if asks_yes(operator, values) else ~found


OF_PARTIES = (
    Filter(name=WON_DEALS, label=gettext_lazy("Won deals"), kind="number", query=_won_deals),
    Filter(name=ORDERS, label=gettext_lazy("Orders"), kind="number", query=_orders),
    Filter(name="has_open_deal", label=gettext_lazy("Has an open deal"), query=_open_deal),
)
