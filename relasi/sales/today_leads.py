"""What Today shows of leads: clocks running, tries due, names to call, customers to ask for names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.today import MOST, Action, TodayItem, day_of, register
from relasi.kit.ui import formats
from relasi.sales.models import Lead, MarketName, ReferralAsk

MINUTE = 60


@register
def leads_to_answer(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's own leads that nobody answered, by their clock; and those put off until now."""
    if not user.rights.scope("lead", "view"):
        return []
    _start, tonight = day_of(now)
    rows = Lead.objects.visible_to(user).filter(owner=user).open().select_related("party")
    unanswered = list(rows.filter(first_response_at=None).order_by("response_due_at", "id")[:MOST])
    again = list(
        rows.filter(first_response_at__isnull=False, next_at__lt=tonight).order_by("next_at", "id")[:MOST]
    )
    return [*(_unanswered(lead, now) for lead in unanswered), *(_again(lead) for lead in again)]


@register
def names_to_call(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Names of the natural market whose next step is due."""
    if not user.rights.scope("marketname", "view"):
        return []
    rows = MarketName.objects.visible_to(user).filter(owner=user).due(timezone.localdate(now))
    return [_name(row) for row in rows.select_related("party").order_by("next_on", "id")[:MOST]]


@register
def names_to_ask_for(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Customers who bought: who else should I talk to?"""
    if not user.rights.scope("referralask", "view"):
        return []
    rows = ReferralAsk.objects.visible_to(user).filter(
        owner=user, answer="open", ask_on__lte=timezone.localdate(now)
    )
    return [_ask(row) for row in rows.select_related("party").order_by("ask_on", "id")[:MOST]]


def _unanswered(lead: Lead, now: datetime) -> TodayItem:
    due = lead.response_due_at
    late = due is not None and due < now
    return TodayItem(
        key=f"lead-{lead.pk}",
        rank=2 if late else 4,
        icon="flame" if late else "target",
        tone="red" if late else "amber",
        title=str(lead),
        reason=_clock(lead, now),
        detail=_("Score %(score)s") % {"score": lead.score} if lead.score else "",
        url=f"/leads/{lead.pk}/",
        at=due or lead.received_at,
        party=lead.party,
        actions=(_work(lead),),
    )


def _again(lead: Lead) -> TodayItem:
    return TodayItem(
        key=f"lead-{lead.pk}",
        rank=32,
        icon="repeat",
        tone="blue",
        title=str(lead),
        reason=_("You wanted to try again at %(time)s") % {"time": formats.time(lead.next_at)},
        url=f"/leads/{lead.pk}/",
        at=lead.next_at,
        party=lead.party,
        actions=(_work(lead),),
    )


def _work(lead: Lead) -> Action:
    url = f"{reverse('lead_queue')}?lead={lead.pk}"
    return Action(label=_("Answer"), icon="phone", url=url, how="link", is_primary=True)


def _clock(lead: Lead, now: datetime) -> str:
    if lead.response_due_at is None:
        return _("Nobody has answered yet")
    if lead.response_due_at < now:
        return _("Should have been answered %(when)s") % {"when": formats.datetime(lead.response_due_at)}
    left = int((lead.response_due_at - now).total_seconds() // MINUTE)
    if left < 2 * MINUTE:
        told = ngettext("%(num)s minute left to answer", "%(num)s minutes left to answer", left)
        return told % {"num": left}
    return _("Answer by %(when)s") % {"when": formats.datetime(lead.response_due_at)}


def _name(row: MarketName) -> TodayItem:
    return TodayItem(
        key=f"market-{row.pk}",
        rank=40,
        icon="address-book",
        tone="teal",
        title=row.next_step or str(row),
        reason=_("On your list: %(circle)s") % {"circle": row.get_circle_display()},
        detail=row.need,
        url=f"/market-names/{row.pk}/",
        party=row.party,
        actions=(
            Action(
                label=_("Open"),
                icon="arrow-right",
                url=f"/market-names/{row.pk}/",
                how="link",
                is_primary=True,
            ),
        ),
    )


def _ask(row: ReferralAsk) -> TodayItem:
    return TodayItem(
        key=f"ask-{row.pk}",
        rank=42,
        icon="users-plus",
        tone="violet",
        title=_("Ask %(name)s: who else should I talk to?") % {"name": row.party.name},
        reason=_("After the close of “%(deal)s”") % {"deal": row.name},
        url=reverse("referral_ask", args=[row.pk]),
        party=row.party,
        actions=(
            Action(
                label=_("Write names down"),
                icon="user-plus",
                url=reverse("referral_ask", args=[row.pk]),
                how="link",
                is_primary=True,
            ),
            Action(label=_("In a month"), icon="clock", url=reverse("referral_ask_later", args=[row.pk])),
        ),
    )
