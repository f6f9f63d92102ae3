"""Who has bought climbs the ladder: first-time customer, then repeat customer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from relasi.parties.ladder import HEIGHT, Rung
from relasi.parties.models import Party, RungRule
from relasi.sales.models.deal import Deal
from relasi.sales.models.order import Order

WON_DEALS = "won_deals"  # the filters of customers that the rules ask by
ORDERS = "orders"


@transaction.atomic
def raise_on_ladder(
    *, by: Any, deal: Deal | None = None, order: Order | None = None, batch: str = ""
) -> bool:
    """Move the customer of a won deal or of an order up, with it as the reason; False when nobody moved.

    The company's own rules decide: only when a rule in use leads to that rung by the number of won deals or
    of orders. A rung set by hand does not hold a customer down who has just bought.
    """
    bought: Any = deal or order
    party: Party = Party._default_manager.select_for_update(of=("self",)).get(pk=bought.party_id)
    rung = Rung.REPEAT if _bought_before(bought) else Rung.FIRST_TIME
    asked = WON_DEALS if deal else ORDERS
    rule = _rule_for(rung, asked) or _rule_for(Rung.FIRST_TIME, asked)
    if rule is None or HEIGHT[rule.rung] <= HEIGHT[party.rung]:
        return False
    reason = _("Won: %(deal)s") % {"deal": deal} if deal else _("Ordered: %(order)s") % {"order": order}
    return party.move_to(rule.rung, by=by, reason=reason, rule=rule, batch=batch)


def _bought_before(bought: Any) -> bool:
    """Another deal was won, or something else was ordered, with this customer."""
    won = Deal._default_manager.won().filter(party=bought.party_id)
    orders = Order._default_manager.standing().filter(party=bought.party_id)
    if isinstance(bought, Deal):
        return bool(won.exclude(pk=bought.pk).exists() or orders.exclude(deal=bought.pk).exists())
    mine = Q(pk=bought.deal_id) if bought.deal_id else Q(pk__in=[])
    return bool(won.exclude(mine).exists() or orders.exclude(pk=bought.pk).exists())


def _rule_for(rung: str, asked: str) -> RungRule | None:
    rules = RungRule._default_manager.filter(is_active=True, rung=rung, filter__contains=asked)
    found: RungRule | None = rules.order_by("order").first()
    return found
