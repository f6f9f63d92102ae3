"""What a deal needs before it goes on: required fields of where it goes, exit criteria of where it leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from relasi.kit.resources.fields import OWN
from relasi.sales.models.deal import Deal
from relasi.sales.models.stage import ExitCriterion, Outcome, Stage
from relasi.sales.required import LINES, NEXT, label_of, lacking


def check_gate(deal: Deal, target: Stage, given: Mapping[str, Any]) -> None:
    """Raises ValidationError, by field, for what is still missing with the given fields filled in."""
    problems: dict[str, list[str]] = {
        name: [_("Needed in “%(stage)s”.") % {"stage": target}]
        for name in missing_fields(deal, target, given)
    }
    criteria = unmet_criteria(deal, target)
    if criteria:
        problems["__all__"] = [_still_open(criteria)]
    for name in [name for name in problems if name in (NEXT, LINES) or name.startswith(OWN)]:
        said = f"{label_of(name)}: {problems.pop(name)[0]}"
        problems.setdefault("__all__", []).append(said)
    if problems:
        raise ValidationError(problems)


def missing_fields(deal: Deal, target: Stage, given: Mapping[str, Any] | None = None) -> list[str]:
    """Fields required on the way to `target`, itself included, that are empty. A lost deal needs only what
    its own stage says."""
    filled = _filled(deal, given or {})
    return list(dict.fromkeys(lacking(filled, _required(target))))


def unmet_criteria(deal: Deal, target: Stage) -> list[ExitCriterion]:
    """Required exit criteria, from the deal's stage on, that do not hold. None on the way back or out."""
    if target.kind == Outcome.LOST or deal.stage is None or target.pipeline_id != deal.pipeline_id:
        return []
    passed = Stage.objects.between(deal.stage, target)
    rows = ExitCriterion._default_manager.filter(stage__in=passed, is_required=True)
    return list(rows.exclude(met__deal=deal.pk).order_by("stage__order", "order", "id"))


def _required(target: Stage) -> Iterable[str]:
    """Of the stage and of the open ones before it, in their order."""
    if target.kind == Outcome.LOST:
        return list(target.required_fields)
    rows = Stage._default_manager.filter(pipeline=target.pipeline_id, order__lt=target.order)
    before = rows.filter(kind=Outcome.OPEN).order_by("order", "id")
    lists = [*before.values_list("required_fields", flat=True), target.required_fields]
    return [name for names in lists for name in names if target.is_open or name != NEXT]


def _filled(deal: Deal, given: Mapping[str, Any]) -> Deal:
    """A copy of the deal as it would be."""
    filled = Deal(pk=deal.pk)
    for column in Deal._meta.concrete_fields:
        setattr(filled, column.attname, getattr(deal, column.attname))
    for name, value in given.items():
        if name in {column.name for column in Deal._meta.concrete_fields}:
            setattr(filled, name, value)
    return filled


def _still_open(criteria: list[ExitCriterion]) -> str:
    names = "; ".join(str(criterion) for criterion in criteria)
    return _("Not met yet: %(criteria)s.") % {"criteria": names}
