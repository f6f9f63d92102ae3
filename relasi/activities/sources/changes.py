"""What changed at a customer: made, moved on the ladder, merged, edited; read from the events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markupsafe import Markup, escape

from relasi.activities.timeline import Asked, Item, Source, register_source
from relasi.activities.visibility import visible_names
from relasi.activities.wording import changed_lines, said
from relasi.kit.events.models import Event
from relasi.kit.resources.batches import model_of
from relasi.kit.resources.registry import resources_of_noun

TOLD_ELSEWHERE = (
    "activity", "comment", "attachment", "batch", "quotedocument", "conversation", "phonecall",
)  # fmt: skip
NOT_NEWS = ("viewed", "revealed", "exported", "printed", "stepped")
ICONS = {
    "created": "plus",
    "imported": "file-import",
    "moved": "stairs",
    "merged": "git-merge",
    "unmerged": "switch-horizontal",
    "archived": "archive",
    "unarchived": "archive",
    "deleted": "trash",
    "restored": "rotate",
    "reverted": "rotate",
    "tagged": "tag",
    "won": "trophy",
    "lost": "thumb-down",
    "reopened": "lock-open",
    "sent": "send",
    "accepted": "signature",
    "declined": "thumb-down",
    "approved": "circle-check",
    "shipped": "truck-delivery",
    "delivered": "home",
    "assigned": "user-check",
    "responded": "phone-check",
    "qualified": "circle-check",
    "converted": "transfer",
    "disqualified": "circle-x",
    "recycled": "repeat",
    "put_off": "clock-pause",
    "opened": "eye",
    "chosen": "list-check",
    "reserved": "lock",
    "picked": "package",
}
PARTS = {
    "created": gettext_lazy("%(thing)s added"),
    "changed": gettext_lazy("%(thing)s changed"),
    "deleted": gettext_lazy("%(thing)s removed"),
}
TITLES = {
    ("dealline", "created"): gettext_lazy("Products put on the deal"),
    ("quoteline", "created"): gettext_lazy("Lines put on the quote"),
    ("orderline", "created"): gettext_lazy("Lines put on the order"),
    ("criterionmet", "created"): gettext_lazy("Exit criteria met"),
}
BY_THE_CUSTOMER = {
    ("quote", "opened"), ("quote", "chosen"), ("quote", "accepted"), ("quote", "declined"),
    ("quoteremark", "created"),
}  # fmt: skip
TONES = {
    "created": "green",
    "moved": "violet",
    "merged": "teal",
    "deleted": "red",
    "won": "green",
    "lost": "red",
    "accepted": "green",
    "delivered": "green",
    "declined": "red",
}


def fetch(asked: Asked) -> list[Item]:
    rows = Event.objects.filter(party_id__in=asked.party_ids)
    rows = rows.exclude(noun__in=TOLD_ELSEWHERE).exclude(verb__in=NOT_NEWS)
    return [_item(event) for event in asked.newest(rows)]


def visible(items: list[Item], user: Any) -> list[Item]:
    """Those of records the reader may see, with changed fields as far as the reader's rights go."""
    names = visible_names(user, ((item.record.noun, item.record.record_id) for item in items))
    kept = [item for item in items if (item.record.noun, item.record.record_id) in names]
    lines = changed_lines([item.record for item in kept], user)
    told = [item for item in kept if lines[item.id] or item.record.verb != "changed"]
    return [_named(_with_lines(item, lines[item.id]), user) for item in told]


def _item(event: Event) -> Item:
    return Item(
        at=event.at,
        id=event.pk,
        kind="change",
        icon=ICONS.get(event.verb, "pencil"),
        title=title_of(event),
        body=Markup("<p>{}</p>").format(event.note) if event.note else Markup(""),
        actor=_actor(event),
        detail=event.title if has_page(event) and not _is_line(event) else "",
        url=reverse("go_to", args=[event.noun, event.record_id]) if has_page(event) else "",
        tone=TONES.get(event.verb, "grey"),
        party_id=event.party_id,
        group=_group(event),
        record=event,
    )


def title_of(event: Event) -> str:
    """“Changed”, “Moved”; for what belongs to a customer also which: “Address added”."""
    if event.noun == "party":
        return said(event.verb)
    if (event.noun, event.verb) in TITLES:
        return str(TITLES[event.noun, event.verb])
    if event.verb == "created" and event.noun == "quoteremark":
        return _("Written to the customer") if event.actor_name else _("Written by the customer")
    if event.verb == "created" and event.noun == "referralask":
        return _("Time to ask for referrals")
    model = model_of(event.noun)
    thing = str(model._meta.verbose_name if model else event.noun).capitalize()
    if event.verb in PARTS:
        return str(PARTS[event.verb]) % {"thing": thing}
    return _("%(thing)s: %(verb)s") % {"thing": thing, "verb": said(event.verb, event.noun).lower()}


def has_page(event: Event) -> bool:
    """Whether it is a record beside the customer, with a name and a page of its own."""
    return event.noun != "party" and event.verb != "deleted" and bool(resources_of_noun(event.noun))


def _is_line(event: Event) -> bool:
    """Told as one line of a list: a product put on something, a criterion met."""
    return (event.noun, event.verb) in TITLES


def _group(event: Event) -> str:
    if _is_line(event):
        return f"{event.noun}:{event.actor_id}"
    return f"{event.noun}:{event.record_id}:{event.actor_id}" if event.verb == "changed" else ""


def _actor(event: Event) -> str:
    if not event.actor_name and (event.noun, event.verb) in BY_THE_CUSTOMER:
        return ""
    return event.actor_name or _("The system")


def _with_lines(item: Item, lines: Iterable[Markup]) -> Item:
    if _is_line(item.record):
        lines = (escape(item.record.title),)
    return replace(item, lines=tuple(lines))


def _named(item: Item, user: Any) -> Item:
    """Without the record's name where the field it stands in is closed to the reader."""
    shown = resources_of_noun(item.record.noun)
    if all(user.rights.searchable(one.model, one.title) for one in shown):
        return item
    return replace(item, detail="", lines=() if _is_line(item.record) else item.lines)


register_source(
    Source(
        name="changes",
        kinds={"change": (gettext_lazy("Changes"), "history")},
        fetch=fetch,
        visible=visible,
        order=40,
    )
)
