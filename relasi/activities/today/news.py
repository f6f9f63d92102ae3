"""Mentions not yet read, imports to mend, and duplicates waiting for a decision."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.models import Notification
from relasi.activities.today import Action, TodayItem, register
from relasi.kit.resources.importing.models import ImportRun
from relasi.parties.models import DuplicatePair

CAP = 100
SHOWN = 20


@register
def unread(user: Any, now: datetime) -> Iterable[TodayItem]:
    """Where colleagues asked for the reader, and what the reader asked to be reminded of."""
    rows = Notification.objects.visible_to(user).unseen().filter(kind__in=["mention", "assigned"])
    return [_item(one) for one in rows.order_by("-at", "-id")[:SHOWN]]


@register
def duplicates(user: Any, now: datetime) -> Iterable[TodayItem]:
    """How many pairs wait in the review queue."""
    url = reverse("duplicates")
    if not user.rights.scope("duplicatepair", "view"):
        return []
    pairs = (
        DuplicatePair.objects.open()
        .visible_pairs(user)
        .order_by("-score", "-id")
    )
    waiting = len(pairs.values_list("pk")[:CAP])
    if not waiting:
        return []
    text = ngettext("%(n)s pair may be the same customer", "%(n)s pairs may be the same customer", waiting)
    return [
        TodayItem(
            key="duplicates",
            rank=80,
            icon="git-merge",
            tone="teal",
            title=text % {"n": f"{CAP}+" if waiting == CAP else waiting},
            reason=_("Two records of one customer lead to two calls"),
            url=url,
            actions=(Action(label=_("Review"), url=url, how="link", is_primary=True),),
        )
    ]


@register
def imports(user: Any, now: datetime) -> Iterable[TodayItem]:
    """One's imports with rows that could not be taken and were not mended yet."""
    runs = ImportRun.objects.filter(owner=user).to_mend().order_by("-id")[:SHOWN]
    return [_import_item(run) for run in runs]


def _import_item(run: ImportRun) -> TodayItem:
    url = reverse("resource_import_run", args=[run.resource, run.pk])
    text = ngettext("%(n)d row to mend", "%(n)d rows to mend", run.open_failures)
    return TodayItem(
        key=f"import-{run.pk}",
        rank=58,
        icon="file-import",
        tone="amber",
        title=run.file_name,
        reason=text % {"n": run.open_failures},
        url=url,
        at=run.finished_at,
        actions=(Action(label=_("Mend"), url=url, how="link", is_primary=True),),
    )


def _item(one: Notification) -> TodayItem:
    return TodayItem(
        key=f"notification-{one.pk}",
        rank=20,
        icon="at" if one.kind == "mention" else "user-check",
        tone="amber",
        title=one.text,
        reason=one.reason,
        url=one.url,
        at=one.at,
        actions=(
            Action(
                label=_("Open"), url=reverse("notification_open", args=[one.pk]), how="link", is_primary=True
            ),
            Action(label=_("Mark as read"), icon="check", url=reverse("notification_seen", args=[one.pk])),
        ),
    )
