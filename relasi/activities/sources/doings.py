"""Tasks, notes, calls, meetings and visits on the timeline."""

from __future__ import annotations

from markupsafe import Markup

from relasi.activities.icons import ICONS
from relasi.activities.models import Activity, Kind
from relasi.activities.rich import clean_html
from relasi.activities.timeline import Asked, Item, Source, register_source

ALL = frozenset(Kind.values)
TONES = {"task": "blue", "note": "amber", "call": "green", "meeting": "violet", "visit": "teal"}


def fetch(asked: Asked) -> list[Item]:
    rows = Activity.objects.visible_to(asked.user).filter(party__in=asked.party_ids, archived_at__isnull=True)
    if not asked.kinds >= ALL:
        rows = rows.filter(kind__in=sorted(asked.kinds & ALL))
    return [item_of(row) for row in asked.newest(rows.select_related("owner"))]


def item_of(activity: Activity) -> Item:
    """An activity as a line of the timeline; the template of its kind shows the rest."""
    return Item(
        at=activity.at,
        id=activity.pk,
        kind=activity.kind,
        icon=ICONS[activity.kind],
        title=str(activity),
        body=_body(activity),
        actor=str(activity.owner) if activity.owner_id else "",
        url=f"/{activity.kind}s/{activity.pk}/",
        tone=TONES[activity.kind],
        party_id=activity.party_id,
        record=activity,
        is_planned=activity.is_open,
    )


def _body(activity: Activity) -> Markup:
    """The text, unless the title says it all."""
    body = clean_html(activity.body)
    return Markup("") if body.striptags().strip() == activity.subject else body


register_source(
    Source(
        name="activities",
        kinds={value: (label, ICONS[value]) for value, label in Kind.choices},
        fetch=fetch,
        order=10,
    )
)
