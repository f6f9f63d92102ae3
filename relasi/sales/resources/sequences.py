"""Sequences, their steps and who is in them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources import Group, Related, Resource, Search, Verb, cells, extend, register
from relasi.sales.models.sequence import Enrolment, Sequence, SequenceStep

SELLING = _("Sales")

register(
    Resource(
        name="sequences",
        model=Sequence,
        label=_("Sequences"),
        label_one=_("Sequence"),
        icon="timeline-event",
        section=SELLING,
        order=46,
        columns=("name", "purpose", "stops_on_reply", "is_active", "owner", "updated_at"),
        more=("about", "created_at", "archived_at"),
        filters=("purpose", "is_active", "owner"),
        inline=("name", "is_active", "stops_on_reply"),
        groups=(Group(
            label=_("Sequence"),
            fields=("name", "about", "purpose", "stops_on_reply", "is_active", "owner"),
        ),),
        create_fields=("name", "about", "purpose", "stops_on_reply"),
        sort=("name",),
        preload=("owner",),
        search=Search(fields=("name", "about")),
        verbs=(
            Verb(name="archive", label=_("Archive"), icon="archive", when=lambda one: not one.is_archived),
            Verb(name="unarchive", label=_("Bring back"), icon="archive", when=lambda one: one.is_archived),
        ),
        panels=(
            Related(resource="sequence-steps", via="sequence", label=_("Steps"), sort="order", order=5,
                    columns=("kind", "wait_days")),
            Related(resource="enrolments", via="sequence", label=_("Who is in it"), sort="-id", order=10,
                    columns=("status", "next_at")),
        ),
    )
)  # fmt: skip

register(
    Resource(
        name="sequence-steps",
        model=SequenceStep,
        label=_("Steps"),
        label_one=_("Step"),
        icon="list-numbers",
        order=204,
        title="subject",
        columns=("subject", "kind", "sequence", "order", "wait_days", "template"),
        filters=("sequence", "kind"),
        inline=("order", "wait_days", "subject", "template"),
        groups=(
            Group(label=_("Step"), fields=("sequence", "order", "kind", "wait_days", "template", "subject")),
        ),
        create_fields=("sequence", "order", "kind", "wait_days", "template", "subject"),
        sort=("sequence", "order"),
        preload=("sequence", "template"),
    )
)

register(
    Resource(
        name="enrolments",
        model=Enrolment,
        label=_("In sequences"),
        label_one=_("In a sequence"),
        icon="player-track-next",
        order=205,
        title="party",
        columns=("party", "sequence", "status", "step", "next_at", "owner"),
        more=("reason", "started_at", "ended_at"),
        filters=("sequence", "status", "owner", "next_at"),
        groups=(
            Group(
                label=_("Way"),
                fields=("party", "sequence", "owner", "status", "step", "next_at", "reason", "remark"),
            ),
        ),
        create_fields=("party", "sequence", "owner", "remark"),
        sort=("-id",),
        preload=("party", "sequence", "owner"),
        verbs=(
            Verb(
                name="stop", label=_("Stop"), icon="player-stop", bulk=True, when=lambda one: one.is_running
            ),
        ),
    )
)
cells.tones(
    "enrolment", "status", {"running": "blue", "done": "green", "answered": "teal", "stopped": "grey"}
)

for name in ("people", "companies"):
    extend(name, panel=Related(resource="enrolments", via="party", label=_("Sequences"), sort="-id", order=62,
                               columns=("sequence", "status", "next_at")))  # fmt: skip
