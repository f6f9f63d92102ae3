"""Consent, addresses left alone, and the rules of sending, as lists and records."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.conversations import consent_panel
from relasi.conversations.models import (
    Consent,
    ConsentText,
    RestDay,
    SendingCap,
    SendingHours,
    Suppression,
)  # fmt: skip
from relasi.kit.resources import (
    Calendar,
    Chart,
    Filter,
    Group,
    Panel,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)  # fmt: skip
from relasi.kit.ui.menu import MenuItem
from relasi.kit.ui.menu import register as register_menu

SECTION = _("Settings")


def _may_see_rules(user: Any) -> bool:
    return bool(user.rights.scope("sendinghours", "view"))


consents = register(
    Resource(
        name="consents",
        model=Consent,
        label=_("Consents"),
        label_one=_("Consent"),
        icon="checklist",
        order=230,
        title="purpose",
        columns=("party", "purpose", "channel", "state", "at", "source", "by"),
        more=("text", "address", "remark"),
        groups=(
            Group(label=_("Consent"), fields=("party", "purpose", "channel", "state", "at")),
            Group(label=_("How we know"), fields=("source", "text", "address", "by", "remark")),
        ),
        sort=("-at",),
        preload=("party", "by", "text"),
        chart=Chart(by="source"),
        panels=(
            Panel(
                name="proof", label=_("What shows it"), template="conversations/panel_proof.html",
                context=lambda line, user: {"proof": line.proof.items()} if line.proof else None,
            ),
        ),
        can_create=False,
        can_delete=False,
    )
)  # fmt: skip
cells.tones(consents.noun, "state", {"given": "green", "withdrawn": "red"})

consent_texts = register(
    Resource(
        name="consent-texts",
        model=ConsentText,
        label=_("Consent texts"),
        label_one=_("Consent text"),
        icon="file-text",
        order=231,
        title="text",
        columns=("purpose", "language", "number", "text", "valid_from"),
        groups=(Group(label=_("Text"), fields=("purpose", "language", "number", "valid_from", "text")),),
        create_fields=("purpose", "language", "text", "valid_from"),
        sort=("purpose", "language", "-number"),
        can_delete=False,
    )
)

suppressions = register(
    Resource(
        name="suppressions",
        model=Suppression,
        label=_("Addresses left alone"),
        label_one=_("Address left alone"),
        icon="ban",
        section=SECTION,
        order=86,
        title="address",
        columns=("address", "channel", "reason", "since", "until", "count", "lifted_at"),
        more=("detail",),
        groups=(
            Group(label=_("Address"), fields=("address", "channel", "reason", "detail")),
            Group(label=_("Times"), fields=("since", "until", "count", "lifted_at")),
        ),
        create_fields=("address", "channel", "reason", "detail", "until"),
        sort=("-since",),
        search=Search(fields=("address",)),
        chart=Chart(by="reason"),
        verbs=(
            Verb(
                name="lift", label=_("Write to it again"), icon="lock-open", bulk=True, primary=True,
                when=lambda row: not row.is_lifted,
            ),
        ),
        can_delete=False,
    )
)  # fmt: skip
cells.tones(
    suppressions.noun,
    "reason",
    {"hard_bounce": "amber", "complaint": "red", "do_not_call": "amber", "deceased": "grey"},
)

sending_hours = register(
    Resource(
        name="sending-hours",
        model=SendingHours,
        label=_("Hours of sending"),
        label_one=_("Hours of sending"),
        icon="clock",
        order=232,
        columns=("name", "purpose", "channel", "weekdays", "opens_at", "closes_at", "rests_on_holidays"),
        inline=("name", "weekdays", "opens_at", "closes_at", "rests_on_holidays"),
        groups=(
            Group(
                label=_("Hours of sending"),
                fields=(
                    "purpose", "channel", "weekdays", "opens_at", "closes_at", "rests_on_holidays", "name",
                ),
            ),
        ),
        sort=("purpose", "channel", "opens_at"),
    )
)  # fmt: skip

sending_caps = register(
    Resource(
        name="sending-caps",
        model=SendingCap,
        label=_("Most messages"),
        label_one=_("Most messages"),
        icon="percentage",
        order=233,
        title="most",
        columns=("most", "days", "purpose", "channel"),
        inline=("most", "days"),
        groups=(Group(label=_("Most messages"), fields=("most", "days", "purpose", "channel")),),
        sort=("purpose", "days"),
    )
)

rest_days = register(
    Resource(
        name="rest-days",
        model=RestDay,
        label=_("Rest days"),
        label_one=_("Rest day"),
        icon="calendar-event",
        order=234,
        columns=("day", "name", "kind", "province"),
        inline=("day", "name", "kind", "province"),
        groups=(Group(label=_("Rest day"), fields=("name", "day", "kind", "province")),),
        create_fields=("day", "name", "kind", "province"),
        sort=("day",),
        calendar=Calendar(start="day"),
        chart=Chart(by="kind"),
    )
)
cells.tones(
    rest_days.noun,
    "kind",
    {"national": "red", "joint_leave": "amber", "regional": "violet", "own": "blue"},
)

CONSENT = Panel(
    name="consent", label=_("Consent"), template="conversations/panel_consent.html",
    context=consent_panel.consent, order=28,
)  # fmt: skip
OFFERS = Filter(
    name="offers",
    label=_("May get offers by"),
    query=consent_panel.may_get_offers,
    kind="choice",
    choices=lambda: [(str(way), way.label) for way in consent_panel.WAYS],
)
for _noun in ("people", "companies", "households"):
    extend(_noun, panel=CONSENT)
    extend(_noun, filter=OFFERS)

register_menu(
    MenuItem(
        section=SECTION,
        label=_("When may we write?"),
        icon="clock-hour-4",
        url_name="sending_rules",
        order=84,
        visible=_may_see_rules,
    )
)
