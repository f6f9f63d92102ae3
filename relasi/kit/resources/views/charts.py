"""A chart of a noun: bars that open the rows behind them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.resources.asking import asked as asked_for
from relasi.kit.resources.charting import KINDS, Chart, ChartError, chart_of, groupable, measurable
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.replies import go
from relasi.kit.resources.views.listing import gate

ICONS = {"bar": "chart-bar", "line": "chart-line", "pie": "chart-pie", "donut": "circle-dashed"}


@require_GET
def chart(request: Request, resource: Resource) -> HttpResponse:
    """The chart of what the address asks for, by `by`, of `measure`, as `kind`; JSON for who asks for it."""
    gate(request, resource)
    wants_json = "json" in request.headers.get("Accept", "")
    if not request.headers.get("HX-Request") and not wants_json:
        query = request.GET.copy()
        query["layout"] = "chart"
        return go(request, f"/{resource.name}/?{query.urlencode()}")
    try:
        listing = asked_for(request, resource).listing(request.user)
        found = _found(request, resource, listing)
    except (ChartError, FilterError, PageError) as error:
        if wants_json:
            return JsonResponse({"error": str(error)}, status=400)
        return render(request, "resources/chart_wrong.html", {"error": error}, status=400)
    option = _option(found, resource)
    if wants_json:
        return JsonResponse({"option": option})
    hidden = {name: value for name, value in request.GET.items() if name not in {"by", "measure", "kind"}}
    words = {"bar": _("Bars"), "line": _("Line"), "pie": _("Pie"), "donut": _("Ring")}
    context = {
        "resource": resource,
        "chart": found,
        "option": option,
        "hidden": hidden.items(),
        "fields": groupable(listing),
        "measures": measurable(listing),
        "kinds": [(kind, words[kind], ICONS[kind]) for kind in KINDS],
        "is_money": found.measure is not None and found.measure.kind == "money",
    }
    return render(request, "resources/chart.html", context)


def _found(request: Request, resource: Resource, listing: Any) -> Chart:
    declared = resource.chart
    fields = groupable(listing)
    names = {field.name for field in fields}
    by = request.GET.get("by") or (
        declared.by if declared and declared.by in names else next(iter(sorted(names)), "")
    )
    measure = request.GET.get("measure", declared.measure if declared and "by" not in request.GET else "")
    if measure not in {field.name for field in measurable(listing)} and "measure" not in request.GET:
        measure = ""
    kind = request.GET.get("kind") or (declared.kind if declared else "bar")
    return chart_of(listing, by=by, measure=measure, kind=kind)


def _option(found: Chart, resource: Resource) -> dict[str, Any]:
    """What ECharts draws. Every item carries the address of its rows."""
    name = str(found.measure.label) if found.measure else str(resource.label)
    items = [
        {
            "name": bar.label,
            "value": _value(bar, found),
            "url": f"/{resource.name}/?{urlencode({'filter': bar.filter, 'layout': 'table'})}",
        }
        for bar in found.bars
    ]
    if found.kind in {"pie", "donut"}:
        radius = ["46%", "72%"] if found.kind == "donut" else "72%"
        return {
            "series": [{"type": "pie", "name": name, "radius": radius, "data": items}],
            "legend": {"type": "scroll"},
        }
    labels = [bar.label for bar in found.bars]
    series: dict[str, Any] = {"type": found.kind, "name": name, "data": items, "cursor": "pointer"}
    if found.kind == "line":
        series |= {"smooth": False, "areaStyle": {"opacity": 0.08}}
    is_lying = (
        found.kind == "bar"
        and (len(items) > 10 or any(len(label) > 14 for label in labels))
        and found.by.kind not in {"date", "datetime"}
    )
    category = {"type": "category", "data": labels}
    if is_lying:
        return {"xAxis": {"type": "value"}, "yAxis": {**category, "inverse": True}, "series": [series]}
    return {
        "xAxis": {**category, "axisLabel": {"interval": "auto"}},
        "yAxis": {"type": "value"},
        "series": [series],
    }


def _value(bar: Any, found: Chart) -> float | int:
    return bar.count if found.measure is None else float(bar.total or 0)


urlpatterns = [path("<resource:resource>/chart/", chart, name="resource_chart")]
