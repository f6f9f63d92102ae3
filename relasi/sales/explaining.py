"""Why did I get this? The kept reasons of an assignment, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.kit.ui import formats

WORDS = {
    "rule": _("Rule “%(rule)s” was the first that fits: %(condition)s"),
    "rule_for_all": _("Rule “%(rule)s” takes every lead that came this far."),
    "nobody": _("Rule “%(rule)s” fits, but names nobody for this lead."),
    "no_skill": _("Rule “%(rule)s” fits, but nobody has the skill it asks for."),
    "no_shift": _("Rule “%(rule)s” fits, but nobody was on shift."),
    "no_room": _("Rule “%(rule)s” fits, but everybody has as many open leads as they take."),
    "no_rule": _("No live rule fits this lead."),
    "pool_customer_owner": _("%(user)s looks after this customer."),
    "pool_person": _("The rule names %(user)s."),
    "pool_team": _("%(user)s is in the team %(team)s."),
    "pool_territory": _("%(user)s sells in the territory %(territory)s."),
    "skill": _("%(user)s knows: %(skill)s."),
    "shift": _("%(user)s was on shift."),
    "room": _("%(user)s had %(open)s open leads and takes up to %(capacity)s."),
    "fewest": _("Of %(of)s colleagues %(user)s had the fewest open leads: %(open)s."),
    "turn": _("It was the turn of %(user)s among %(of)s: the last one by this rule came on %(last)s."),
    "first_turn": _("It was the turn of %(user)s among %(of)s: none came by this rule before."),
    "by_hand": _("%(by)s gave it to %(user)s by hand."),
    "taken": _("%(user)s took it from those that waited."),
    "form": _("The form “%(form)s” gives its leads to %(user)s."),
    "card": _("It came by the business card of %(user)s."),
    "link": _("It came by a referral link of a customer of %(user)s."),
    "made": _("%(user)s wrote the lead down."),
    "waits": _("Nobody has it: it waits to be taken."),
}  # fmt: skip


def told(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """Sentences; a code of a later version is left out."""
    return [_sentence(reason) for reason in reasons if reason.get("code") in WORDS]


def _sentence(reason: dict[str, Any]) -> str:
    values = dict(reason.get("values") or {})
    if "last" in values:
        values["last"] = formats.datetime(datetime.fromisoformat(values["last"]))
    return gettext(str(WORDS[reason["code"]])) % values
