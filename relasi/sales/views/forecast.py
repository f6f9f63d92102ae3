"""The forecast: a page of figures, what changed, and the numbers people give."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from relasi.kit.access.models import User
from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import allow
from relasi.kit.resources.replies import toast
from relasi.sales.deal_forms import OverrideForm, SayForm
from relasi.sales.forecast import forecast
from relasi.sales.model_forecast import model_forecast
from relasi.sales.models import Deal, ForecastCall, Pipeline, Quota
from relasi.sales.models.quota import call_of, unit_of
from relasi.sales.periods import Asked, asked_period, choices_of_periods
from relasi.sales.waterfall import slipped, snapshot_days, waterfall

WEEK = timedelta(days=7)


@require_GET
def page(request: Request) -> HttpResponse:
    """What the period in the address will bring; what changed is fetched after the page."""
    allow(request, "view", Deal)
    period = asked_period(request, "this month")
    pipelines = _pipelines(request)
    chosen = _chosen(request, pipelines)
    seen = forecast(period.days, reader=request.user, pipeline=chosen)
    context = {
        "forecast": seen,
        "period": period,
        "periods": choices_of_periods(),
        "pipelines": [("", _("All pipelines")), *((str(one.pk), one.name) for one in pipelines)],
        "pipeline": str(chosen or ""),
        "may_say": {
            seller.user.pk for seller in seen.sellers if seen.unit and _may_say(request.user, seller.user)
        },
        "may_override": {
            seller.user.pk
            for seller in seen.sellers
            if seen.unit and _may_override(request.user, seller.user)
        },
        "may_set": request.user.rights.may("add", Quota),
        "months": period.days.start.isoformat(),
    }
    return render(request, "sales/forecast.html", context)


@require_GET
def changes(request: Request) -> HttpResponse:
    """What changed between two mornings (`since`, `until`), as bars and as a list of what slipped: a part of
    the page of the forecast."""
    allow(request, "view", Deal)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('forecast')}?{request.GET.urlencode()}")
    period, days = asked_period(request, "this month"), snapshot_days()
    if days is None:
        return render(request, "sales/forecast_changes.html", {"waterfall": None})
    since, until = _between(request, *days)
    pipeline = _chosen(request, _pipelines(request))
    closing = period.days if request.GET.get("closing") == "1" else None
    fall = waterfall(since=since, until=until, reader=request.user, closing=closing, pipeline=pipeline)
    context = {
        "waterfall": fall,
        "most": max([fall.start, fall.end, *(abs(step.amount) for step in fall.steps)], default=0) or 1,
        "slips": slipped(since=since, until=until, reader=request.user, pipeline=pipeline),
        "first": days[0],
        "last": days[1],
        "period": period,
        "pipeline": pipeline or "",
        "is_closing": closing is not None,
    }
    return render(request, "sales/forecast_changes.html", context)


@require_GET
def by_model(request: Request) -> HttpResponse:
    """What the past yields of the pipeline make of it, with their past error: a part of the page, fetched
    after it.
    """
    allow(request, "view", Deal)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('forecast')}?{request.GET.urlencode()}")
    period = asked_period(request, "this month")
    found = model_forecast(
        period.days, reader=request.user, pipeline=_chosen(request, _pipelines(request))
    )
    is_over = period.days.end <= timezone.localdate()
    context = {"model": found, "is_over": is_over, "is_whole": bool(unit_of(period.days))}
    return render(request, "sales/forecast_model.html", context)


@require_http_methods(["GET", "POST"])
def say(request: Request, pk: int) -> HttpResponse:
    """The seller's number for the period."""
    allow(request, "view", Deal)
    user, period = _seller(request, pk), asked_period(request, "this month")
    if not _may_say(request.user, user):
        raise Http404(_("There is no such record, or you may not see it."))
    call = _known(user, period)
    form = SayForm(request.POST or None, record=call, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, _("Number of %(seller)s") % {"seller": user})
    return _keep(
        request,
        form,
        lambda: call_of(user, period.days, by=request.user).say(by=request.user, **form.cleaned_data),
    )


@require_http_methods(["GET", "POST"])
def override(request: Request, pk: int) -> HttpResponse:
    """The manager's number instead."""
    allow(request, "view", Deal)
    user, period = _seller(request, pk), asked_period(request, "this month")
    if not _may_override(request.user, user):
        raise Http404(_("There is no such record, or you may not see it."))
    call = _known(user, period)
    form = OverrideForm(request.POST or None, record=call, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, form, _("Manager's number for %(seller)s") % {"seller": user})
    given = form.cleaned_data
    return _keep(
        request,
        form,
        lambda: call_of(user, period.days, by=request.user).override_with(by=request.user, **given),
    )


def _keep(request: Request, form: Any, act: Any) -> HttpResponse:
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _ask(request, form, _("Forecast"))
    changed: dict[str, Any] = {"forecast:changed": {}, "dialog:close": {}}
    return toast(HttpResponse(status=204), _("Number kept."), events=changed)


def _ask(request: Request, form: Any, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "action": request.get_full_path()}
    return render(request, "parties/fact_form.html", context, status=422 if form.is_bound else 200)


def _seller(request: Request, pk: int) -> User:
    found: User | None = User.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return found


def _known(user: User, period: Asked) -> ForecastCall | None:
    from relasi.sales.models.quota import known_call

    return known_call(user, period.days)


def _may_say(reader: Any, seller: User) -> bool:
    """One's own number; those of others with the right to override them."""
    if reader.pk == seller.pk:
        return bool(reader.rights.scope("forecastcall", "change"))
    return _may_override(reader, seller)


def _may_override(reader: Any, seller: User) -> bool:
    """Not one's own, and only as far as the right reaches."""
    scope = reader.rights.scope("forecastcall", "override_with")
    if reader.pk == seller.pk and scope != "all":
        return False
    return scope == "all" or (scope == "team" and seller.pk in reader.rights._colleague_ids)


def _pipelines(request: Request) -> list[Pipeline]:
    return list(Pipeline.objects.visible_to(request.user).live().order_by("order", "id"))


def _chosen(request: Request, pipelines: list[Pipeline]) -> int | None:
    text = request.GET.get("pipeline", "")
    return next((one.pk for one in pipelines if str(one.pk) == text), None)


def _between(request: Request, first: date, last: date) -> tuple[date, date]:
    """The two mornings asked for, else the last week; within what there are pictures of."""
    until = min(_day(request, "until") or last, last)
    since = max(_day(request, "since") or until - WEEK, first)
    return min(since, until), until


def _day(request: Request, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


urlpatterns = [
    path("forecast/", page, name="forecast"),
    path("forecast/changes/", changes, name="forecast_changes"),
    path("forecast/model/", by_model, name="forecast_model"),
    path("forecast/say/<int:pk>/", say, name="forecast_say"),
    path("forecast/override/<int:pk>/", override, name="forecast_override"),
]
