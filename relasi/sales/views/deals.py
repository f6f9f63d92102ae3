"""The checklist of a deal's stage, the page of a pipeline's flow."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.resources import batches
from relasi.kit.resources.finding import allow
from relasi.kit.resources.replies import toast
from relasi.sales.flow import flow_of
from relasi.sales.models import Deal, ExitCriterion, Pipeline
from relasi.sales.periods import asked_period, choices_of_periods


@require_POST
def criterion(request: Request, pk: int, criterion_id: int) -> HttpResponse:
    """Tick an exit criterion, or take the tick away; with an undo."""
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    allow(request, "change", deal)
    found = ExitCriterion.objects.visible_to(request.user).filter(pk=criterion_id).first()
    if found is None or found.stage.pipeline_id != deal.pipeline_id:
        raise Http404(_("There is no such record, or you may not see it."))
    try:
        batch = _toggle(deal, found, by=request.user)
    except ValidationError as error:
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    changed: dict[str, Any] = {"records:changed": {"resource": "deals"}}
    return toast(HttpResponse(status=204), str(found), undo=batch, events=changed)


@transaction.atomic
def _toggle(deal: Deal, found: ExitCriterion, *, by: Any) -> Any:
    deal.refuse_when_closed()
    batch = batches.begin("edit", "deals", by=by, title=f"{deal}: {found}")
    if deal.met.filter(criterion=found).exists():
        deal.unmeet(found, by=by, batch=batch.token)
    else:
        deal.meet(found, by=by, batch=batch.token)
    return batch


@require_GET
def flow(request: Request, pk: int | None = None) -> HttpResponse:
    """How deals go through a pipeline: how many came, went on, were lost, and how long they stayed."""
    allow(request, "view", Deal)
    pipelines = list(Pipeline.objects.visible_to(request.user).live().order_by("order", "id"))
    chosen = next((one for one in pipelines if one.pk == pk), None) if pk else next(iter(pipelines), None)
    if chosen is None:
        raise Http404(_("There is no such record, or you may not see it."))
    period = asked_period(request, "last 12 months")
    context = {
        "pipelines": pipelines,
        "pipeline": chosen,
        "flow": flow_of(chosen, period=period.days, reader=request.user),
        "period": period,
        "periods": choices_of_periods(),
    }
    return render(request, "sales/flow.html", context)


urlpatterns = [
    path("deals/<int:pk>/criteria/<int:criterion_id>/", criterion, name="deal_criterion"),
    path("pipelines/flow/", flow, name="pipeline_flow"),
    path("pipelines/<int:pk>/flow/", flow, name="pipeline_flow_of"),
]
