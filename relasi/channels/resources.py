"""How channels and raw inputs are shown."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relasi.channels.forms import MendForm
from relasi.channels.hooks import HOOKS, hook_path
from relasi.channels.models import Account, Intake
from relasi.kit.access.rights import may
from relasi.kit.resources import Panel, Related, Resource, Search, Verb, cells, register
from relasi.kit.ui.menu import MenuItem, register_create

TONES = {"good": "green", "warning": "amber", "broken": "red", "unknown": "grey"}


def health(account: Any, user: Any) -> dict[str, Any]:
    """What the last look found, worst first, in the reader's language."""
    order = ["broken", "warning", "unknown", "good"]
    found = sorted(account.findings, key=lambda one: order.index(one["state"]))
    return {
        "findings": [
            {
                **one,
                "tone": TONES[one["state"]],
                "words": _said(one["words"], one["values"]),
                "todo": _said(one["todo"], one["values"]),
            }
            for one in found
        ],
        "may_change": may(user, "change", account),
    }


def _said(text: str, values: dict[str, str]) -> str:
    shown = _now(text) if text else ""
    return shown % values if values else shown


def connection(account: Any, user: Any) -> dict[str, Any] | None:
    """How the other side is connected: the address it calls, what its carrier says about it."""
    if not may(user, "change", account):
        return None
    path = hook_path(account) if account.provider in HOOKS else ""
    return {
        "hook": path,
        "help": account.carrier.help,
        "set_up": reverse("channel_set_up", args=[account.pk]),
    }


register(
    Resource(
        name="channels",
        model=Account,
        label=_("Channels"),
        label_one=_("Channel"),
        icon="plug",
        order=90,
        columns=("name", "channel", "address", "state", "received_at", "sent_at", "owner", "team"),
        more=("is_active", "provider", "checked_at", "created_at", "archived_at"),
        filters=("channel", "state", "is_active", "owner", "team"),
        sort=("channel", "name"),
        preload=("owner", "team"),
        search=Search(fields=("name", "address")),
        can_create=False,
        can_delete=False,
        verbs=(
            Verb(name="probe", label=_("Check now"), icon="heartbeat", primary=True, right="change"),
            Verb(
                name="archive", label=_("Archive"), icon="archive", when=lambda one: not one.is_archived
            ),
            Verb(
                name="unarchive", label=_("Bring back"), icon="archive", when=lambda one: one.is_archived
            ),
        ),
        panels=(
            Panel(
                name="health", label=_("Health"), template="channels/panel_health.html", context=health,
                order=5, wide=True,
            ),
            Panel(
                name="connection", label=_("Set up"), template="channels/panel_connection.html",
                context=connection, order=6,
            ),
            Related(resource="intakes", via="account", label=_("Came in"), sort="-id", order=20),
        ),
    )
)  # fmt: skip
cells.tones("account", "state", TONES)
register_create(
    MenuItem(
        section=_("Settings"),
        label=_("New channel"),
        icon="plug",
        url_name="channel_add",
        order=95,
        visible=lambda user: bool(user.rights.scope("account", "add")),
    )
)

register(
    Resource(
        name="intakes",
        model=Intake,
        label=_("Raw inputs"),
        label_one=_("Raw input"),
        icon="inbox",
        order=91,
        title="title",
        columns=("title", "account", "state", "at", "error", "size", "tries"),
        filters=("state", "account", "at"),
        sort=("-id",),
        preload=("account",),
        can_create=False,
        can_delete=False,
        verbs=(
            Verb(name="replay", label=_("Understand once more"), icon="rotate", bulk=True, primary=True,
                 when=lambda one: one.state in ("failed", "ignored")),
            Verb(name="mend", label=_("Put right"), icon="tool", form=MendForm,
                 when=lambda one: one.state == "failed"),
            Verb(name="ignore", label=_("Set aside"), icon="archive", bulk=True,
                 when=lambda one: one.state in ("failed", "new")),
        ),
        panels=(
            Panel(
                name="raw", label=_("As it came in"), template="channels/panel_raw.html",
                context=lambda record, user: {"record": record}, order=5,
            ),
        ),
    )
)  # fmt: skip
cells.tones("intake", "state", {"new": "blue", "done": "green", "failed": "red", "ignored": "grey"})
