"""Calling back counts in the company's opening hours; of who calls, the open deals are shown."""

from __future__ import annotations

from django.utils.translation import ngettext

from relasi.activities.call_backs import hours
from relasi.conversations.caller import Hint, hint
from relasi.kit.access.models import User
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal
from relasi.sales.models.response import working_time

hours(working_time)


@hint
def deals_of(party: Party, user: User) -> list[Hint]:
    """How many open deals there are with the customer who calls."""
    count = Deal.objects.visible_to(user).open().filter(party=party).count()
    text = ngettext("%(n)d open deal", "%(n)d open deals", count) % {"n": count}
    return [Hint(icon="briefcase", text=text, tone="blue")] if count else []
