"""Events in words: the verb, and which fields changed from what to what, with the reader's rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup, escape

from relasi.kit.access.models import User
from relasi.kit.access.models.role import Level
from relasi.kit.events.models import Event
from relasi.kit.records.record import HIDDEN
from relasi.kit.resources import repeats
from relasi.kit.resources.batches import model_of
from relasi.kit.resources.fields import kind_of
from relasi.kit.ui import formats
from relasi.lib.text import plain, shorten

VERBS = {
    "created": gettext_lazy("Created"),
    "changed": gettext_lazy("Changed"),
    "deleted": gettext_lazy("Deleted"),
    "moved": gettext_lazy("Moved on the ladder"),
    "merged": gettext_lazy("Merged"),
    "unmerged": gettext_lazy("Unmerged"),
    "archived": gettext_lazy("Archived"),
    "unarchived": gettext_lazy("Brought back"),
    "restored": gettext_lazy("Restored"),
    "reverted": gettext_lazy("Change taken back"),
    "tagged": gettext_lazy("Tags changed"),
    "imported": gettext_lazy("Imported"),
    "finished": gettext_lazy("Finished"),
    "won": gettext_lazy("Won"),
    "lost": gettext_lazy("Lost"),
    "committed": gettext_lazy("Committed"),
    "pushed": gettext_lazy("Close date moved"),
    "said": gettext_lazy("Number given"),
    "overridden": gettext_lazy("Number overridden"),
    "reopened": gettext_lazy("Opened again"),
    "postponed": gettext_lazy("Postponed"),
    "assigned": gettext_lazy("Assigned"),
    "invited": gettext_lazy("Attendees changed"),
    "shared": gettext_lazy("Shared"),
    "submitted": gettext_lazy("Approval asked for"),
    "approved": gettext_lazy("Approved"),
    "rejected": gettext_lazy("Not approved"),
    "sent": gettext_lazy("Sent"),
    "opened": gettext_lazy("Opened by the customer"),
    "chosen": gettext_lazy("Options chosen by the customer"),
    "accepted": gettext_lazy("Signed by the customer"),
    "declined": gettext_lazy("Declined by the customer"),
    "expired": gettext_lazy("Expired"),
    "prolonged": gettext_lazy("Prolonged"),
    "revised": gettext_lazy("New version"),
    "replaced": gettext_lazy("Replaced by a new version"),
    "link_renewed": gettext_lazy("New link for the customer"),
    "reserved": gettext_lazy("Reserved"),
    "waits": gettext_lazy("Waits for stock"),
    "picked": gettext_lazy("Picked"),
    "shipped": gettext_lazy("Shipped"),
    "delivered": gettext_lazy("Delivered"),
    "cancelled": gettext_lazy("Cancelled"),
    "returned": gettext_lazy("Came back"),
    "responded": gettext_lazy("Answered"),
    "qualified": gettext_lazy("Qualified"),
    "converted": gettext_lazy("Became a deal"),
    "disqualified": gettext_lazy("Given up"),
    "recycled": gettext_lazy("Taken up again"),
    "put_off": gettext_lazy("Postponed"),
    "became_lead": gettext_lazy("Became a lead"),
    "corrected": gettext_lazy("Corrected by the sender"),
    "taken": gettext_lazy("Taken in"),
    "fulfilled": gettext_lazy("Fulfilled"),
    "released": gettext_lazy("Released"),
    "lapsed": gettext_lazy("Lapsed"),
    "extended": gettext_lazy("Prolonged"),
}
VERBS_OF = {
    ("deal", "moved"): gettext_lazy("Moved to another stage"),
    ("offer", "accepted"): gettext_lazy("Became a deal"),
}
QUIET = {"custom", "kind", "nik_index", "npwp_index", "archived_at", "merged_into"}
TOLD_WITH_FIELDS = {"changed", "moved", "assigned", "reverted", "merged", "tagged"}
LONGEST = 60
MOST = 8

Names = dict[tuple[Any, Any], str]
_LINE = Markup('<span class="change-field">{}</span> <del>{}</del> → <ins>{}</ins>')


def said(verb: str, noun: str = "") -> str:
    """The past tense a person reads, where it has another sense for a noun by that; a verb nobody described
    is shown as it is spelt.
    """
    return str(VERBS_OF.get((noun, verb)) or VERBS.get(verb) or verb.replace("_", " ").capitalize())


def changed_lines(events: Iterable[Event], user: Any) -> dict[int, list[Markup]]:
    """What each event changed, by its id: “City Medan → Jakarta”. Hidden fields are left out.

    One query for the names of colleagues and one for each kind of linked record.
    """
    told = [(event, model_of(event.noun)) for event in events]
    names = _names_in(told, user)
    return {event.pk: _lines(event, model, user, names) if model else [] for event, model in told}


def _lines(event: Event, model: Any, user: Any, names: Names) -> list[Markup]:
    if event.verb not in TOLD_WITH_FIELDS:
        return []
    lines = []
    for name, (before, after) in event.changes.items():
        field = _field(model, name)
        label = _label(field, name)
        if not label or user.rights.level(model, field.name if field else name) == Level.HIDDEN:
            continue
        sides = [_value(model, field, name, side, user, names) for side in (before, after)]
        lines.append(_LINE.format(label, *sides))
    return lines[:MOST]


def _field(model: Any, name: str) -> Any:
    return next((field for field in model._meta.concrete_fields if field.attname == name), None)


def _label(field: Any, name: str) -> str:
    if name == "tags":
        return _("Tags")
    if field is None or not field.editable and field.name not in {"rung"} or field.name in QUIET:
        return ""
    return str(field.verbose_name).capitalize()


def _value(model: Any, field: Any, name: str, value: Any, user: Any, names: Names) -> str | Markup:
    if value in (None, "", []):
        return "—"
    if field is not None and user.rights.level(model, field.name) == Level.MASKED:
        return HIDDEN
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if field is None:
        return str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _by_kind(kind_of(field), field, value, names)


def _by_kind(kind: str, field: Any, value: Any, names: Names) -> str | Markup:
    if kind == "link":
        return names.get((field.related_model, value)) or _("a record not open to you")
    if kind == "identity":
        return HIDDEN
    if kind == "date":
        return formats.date(parse_date(str(value)[:10]))
    if kind == "datetime":
        moment = parse_datetime(str(value))
        return formats.datetime(moment, zone=False) if moment else ""
    if kind == "money":
        amount = Decimal(str(value))
        return formats.number(amount, 0 if amount == int(amount) else 2)
    if kind == "repeat":
        return repeats.words(str(value))
    if kind == "bool":
        return _("yes") if value else _("no")
    return escape(shorten(plain(str(value)) if kind == "long" else str(value), LONGEST))


def _names_in(told: list[tuple[Event, Any]], user: Any) -> Names:
    """The names behind all link values of these events, as far as the reader may see the records."""
    wanted: dict[Any, set[Any]] = defaultdict(set)
    for event, model in told:
        for name, sides in event.changes.items() if model and event.verb in TOLD_WITH_FIELDS else ():
            field = _field(model, name)
            if field is not None and kind_of(field) == "link":
                wanted[field.related_model] |= {side for side in sides if side}
    names: Names = {}
    for model, ids in wanted.items():
        rows = model._default_manager.filter(pk__in=ids)
        rows = rows if issubclass(model, User) else user.rights.visible(rows)
        names |= {(model, row.pk): str(row) for row in rows}
    return names
