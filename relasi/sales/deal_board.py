"""The board of deals: one pipeline at a time, its stages as lanes, and what a drop asks for in place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.resources.chips import normal, tests_in
from relasi.kit.resources.declaration import BoardLane
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.filtering import And, Node, Test, to_text
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.registry import find
from relasi.sales.gates import missing_fields, unmet_criteria
from relasi.sales.models import CloseReason, Competitor, Deal, Outcome, Pipeline, Stage
from relasi.sales.required import LINES, NEXT

RECENT = timedelta(days=30)
CRITERION, SUBJECT, AT = "criterion.", "next.subject", "next.at"


def lanes(asked: Listing) -> Iterator[BoardLane]:
    """The stages of the pipeline in view; of closed deals only those of the last thirty days."""
    pipeline = _in_view(asked)
    if pipeline is None:
        return
    since = timezone.localdate() - RECENT
    for stage in Stage.objects.visible_to(asked.user).filter(pipeline=pipeline).order_by("order", "id"):
        rows = Q(stage=stage.pk) if stage.is_open else Q(stage=stage.pk, closed_on__gte=since)
        label = stage.name if stage.is_open else _("%(stage)s, last 30 days") % {"stage": stage}
        sort = () if stage.is_open else ("-closed_on",)
        yield BoardLane(value=str(stage.pk), label=label, rows=rows, tone=stage.tone, sort=sort)


def switch(asked: Listing) -> Iterator[tuple[str, str, bool]]:
    """The pipelines, each as the same filter with that pipeline in it."""
    current = _in_view(asked)
    for pipeline in _pipelines(asked.user):
        yield pipeline.name, _with_pipeline(asked.node, pipeline), pipeline == current


def asks(deal: Deal, value: str, user: Any) -> list[Field]:
    """What is still missing for a drop into a stage: required fields, exit criteria, the reason it closes."""
    stage = Stage.objects.visible_to(user).filter(pk=int(value)).first() if value.isdecimal() else None
    if stage is None or stage.pk == deal.stage_id or not deal.is_open:
        return []
    needed = [*_missing(deal, stage), *_criteria(deal, stage), *_closing(stage, user)]
    return [*needed, *_wanted_plan(deal, stage)]


def moved(deal: Deal, stage: Stage, by: Any, *, batch: str = "", **asked: Any) -> None:
    """A card dropped on another lane, with what was asked. Raises PermissionDenied, ValidationError."""
    values = {name: value for name, value in asked.items() if not name.startswith((CRITERION, "next."))}
    if not deal.is_open:
        _allow(by, "reopen", deal)
        if not stage.is_open:
            deal.refuse_when_closed()
        deal.reopen(by=by, stage=stage, batch=batch)
        return
    if not stage.is_open:
        _allow(by, "win" if stage.kind == Outcome.WON else "lose", deal)
    for name in asked:
        if name.startswith(CRITERION) and asked[name]:
            deal.meet(int(name.removeprefix(CRITERION)), by=by, batch=batch)
    if asked.get(SUBJECT):
        _plan(deal, asked, by=by, batch=batch)
    for name, model in (("close_reason", CloseReason), ("lost_to", Competitor)):
        if isinstance(values.get(name), str):
            number = values.pop(name)
            values |= {name: model.objects.visible_to(by).filter(pk=int(number)).first()} if number else {}
    deal.move_to(stage, by=by, batch=batch, **values)


def _plan(deal: Deal, asked: dict[str, Any], *, by: Any, batch: str) -> None:
    if not asked.get(AT):
        raise ValidationError({AT: [_("When?")]})
    deal.plan(by=by, subject=asked[SUBJECT], at=asked[AT], batch=batch)


def _allow(user: Any, verb: str, deal: Deal) -> None:
    if not may(user, verb, deal):
        raise PermissionDenied(_("You may not do this."))


def _missing(deal: Deal, stage: Stage) -> Iterator[Field]:
    resource = find("deals")
    fields = fields_of(resource) if resource else {}
    for name in missing_fields(deal, stage):
        if name == NEXT:
            yield from _next_activity()
        elif name in fields and name != LINES:
            needed = _("Needed in “%(stage)s”.") % {"stage": stage}
            yield replace(fields[name], is_required=True, help=needed)


def _wanted_plan(deal: Deal, stage: Stage) -> Iterator[Field]:
    """Where a pipeline wants a next activity and there is none, it is asked for; it may stay empty."""
    wants = stage.is_open and stage.pipeline.needs_next_activity and deal.next_activity_at is None
    if wants and NEXT not in missing_fields(deal, stage):
        for field in _next_activity():
            yield replace(field, is_required=False)


def _next_activity() -> Iterator[Field]:
    yield Field(name=SUBJECT, label=_("Next activity: what is to be done?"), kind="text", is_required=True)
    yield Field(name=AT, label=_("When"), kind="datetime", is_required=True, is_nullable=True)


def _criteria(deal: Deal, stage: Stage) -> Iterator[Field]:
    for criterion in unmet_criteria(deal, stage):
        yield Field(name=f"{CRITERION}{criterion.pk}", label=criterion.name, kind="bool")


def _closing(stage: Stage, user: Any) -> Iterator[Field]:
    """Why it was won (may stay empty) or lost, and to whom."""
    if stage.is_open:
        return
    reasons = CloseReason.objects.visible_to(user).live().filter(kind=stage.kind)
    lost = stage.kind == Outcome.LOST
    yield _choice(
        "close_reason", _("Why was it lost?") if lost else _("Why did we win?"), reasons, required=lost
    )
    if lost and (rivals := list(Competitor.objects.visible_to(user).live())):
        yield _choice("lost_to", _("Lost to"), rivals)
    yield Field(name="close_note", label=_("Remark on the outcome"), kind="long")


def _choice(name: str, label: str, rows: Iterable[Any], *, required: bool = False) -> Field:
    choices = tuple((str(row.pk), str(row)) for row in rows)
    return Field(name=name, label=label, kind="choice", choices=choices, is_required=required)


def _pipelines(user: Any) -> list[Pipeline]:
    return list(Pipeline.objects.visible_to(user).live().order_by("order", "id"))


def _in_view(asked: Listing) -> Pipeline | None:
    """The one the filter names, else the first."""
    known = _pipelines(asked.user)
    named = {value for test in tests_in(asked.node) if test.field == "pipeline" for value in test.values}
    by_name = {str(pipeline.pk): pipeline for pipeline in known}
    by_name |= {pipeline.name.lower(): pipeline for pipeline in known}
    found = [by_name[value.lower()] for value in named if value.lower() in by_name]
    return found[0] if found else known[0] if known else None


def _with_pipeline(node: Node, pipeline: Pipeline) -> str:
    rest = tuple(
        part
        for part in normal(node).parts
        if not (isinstance(part, Test) and part.field in ("pipeline", "stage"))
    )
    return to_text(And((*rest, Test("pipeline", "=", (str(pipeline.pk),)))))
