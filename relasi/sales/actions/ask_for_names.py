"""After a close: who else should I talk to? Asked once for each deal, and what the customer answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction

from relasi.kit.access.models import User
from relasi.parties.models import Party
from relasi.sales.actions.list_name import list_name
from relasi.sales.models import Deal, MarketName, ReferralAsk

LATER = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A name a customer gave."""

    name: str
    phone: str = ""
    need: str = ""


def ask_for_names(*, deal_id: int) -> ReferralAsk | None:
    """An open question to the customer of a won deal, for its owner; the one there is, when repeated."""
    deal = Deal._default_manager.filter(pk=deal_id).select_related("party", "owner").first()
    if deal is None or not deal.is_won or deal.owner is None:
        return None
    known = ReferralAsk.objects.filter(about_noun="deal", about_id=deal.pk).first()
    if known:
        return known  # type: ignore[no-any-return]
    try:
        with transaction.atomic():
            made: ReferralAsk = ReferralAsk.create(
                by=None,
                party=deal.party,
                owner=deal.owner,
                name=deal.name,
                about_noun="deal",
                about_id=deal.pk,
            )
            return made
    except IntegrityError:
        return ReferralAsk.objects.filter(about_noun="deal", about_id=deal.pk).first()


@transaction.atomic
def take_names(*, ask: ReferralAsk, names: list[Named], by: User) -> list[MarketName]:
    """The names the customer gave: each on the list of whoever asked, with the customer as their referrer."""
    customer = Party._default_manager.get(pk=ask.party_id)
    listed = [
        list_name(
            owner=ask.owner or by,
            name=one.name,
            phone=one.phone,
            need=one.need,
            introduced_by=customer,
            circle=MarketName.Circle.REFERRED,
            by=by,
        )  # fmt: skip
        for one in names
    ]
    ask.settle(answer=ReferralAsk.Answer.NAMES, names_given=len(listed), by=by)
    return listed
