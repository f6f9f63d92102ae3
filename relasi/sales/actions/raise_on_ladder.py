"""After a won deal the customer climbs the ladder: first-time customer, then repeat customer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relasi.parties.ladder import HEIGHT, Rung
from relasi.parties.models import Party, RungRule
from relasi.sales.models.deal import Deal

WON_DEALS = "won_deals"  # the filter of customers that the rules ask by


@transaction.atomic
def raise_on_ladder(*, deal: Deal, by: Any, batch: str = "") -> bool:
    """Move the deal's customer up, with the deal as the reason; False when nobody moved.

    The company's own rules decide: only when a rule in use leads to that rung by the number of won deals. A
    rung set by hand does not hold a customer down who has just bought.
    """
    party: Party = Party._default_manager.select_for_update(of=("self",)).get(pk=deal.party_id)
    rung = Rung.REPEAT if _others_won(deal) else Rung.FIRST_TIME
    rule = _rule_for(rung) or _rule_for(Rung.FIRST_TIME)
    if rule is None or HEIGHT[rule.rung] <= HEIGHT[party.rung]:
        return False
    return party.move_to(rule.rung, by=by, reason=_("Won: %(deal)s") % {"deal": deal}, rule=rule, batch=batch)


def _others_won(deal: Deal) -> bool:
    return bool(Deal._default_manager.won().filter(party=deal.party_id).exclude(pk=deal.pk).exists())


def _rule_for(rung: str) -> RungRule | None:
    rules = RungRule._default_manager.filter(is_active=True, rung=rung, filter__contains=WON_DEALS)
    found: RungRule | None = rules.order_by("order").first()
    return found
