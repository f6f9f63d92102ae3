"""`GET /api/v1/deals/forecast/`: what a period will bring, as the page of the forecast shows it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel
from pydantic import Field as Shape

from relasi.kit.resources.api.endpoints import ERRORS, answer
from relasi.kit.resources.api.more import add_endpoints
from relasi.kit.resources.finding import allow
from relasi.kit.resources.values import plain_words
from relasi.lib.periods import Period, PeriodError, resolve
from relasi.sales.forecast import Figures, forecast
from relasi.sales.model_forecast import ModelForecast, model_forecast
from relasi.sales.models import Deal

Asked = Annotated[str, Query(max_length=60)]
Numbered = Annotated[int, Shape(gt=0, lt=2**63)]


class FiguresOut(BaseModel):
    """In the company's own currency. `attainment` is won ÷ quota, null without a quota."""

    won: Decimal
    won_count: int
    commit: Decimal
    best_case: Decimal
    pipeline: Decimal
    weighted: Decimal
    quota: Decimal
    attainment: Decimal | None


class SellerOut(FiguresOut):
    """`number` and `override`: what the seller and the manager say; `counted` what is counted on."""

    user: int
    name: str
    number: Decimal | None
    override: Decimal | None
    counted: Decimal


class GroupOut(FiguresOut):
    """A team or a product."""

    name: str


class ModelOut(BaseModel):
    """`error` is the sum of the misses ÷ the sum of what came in past periods; null where nothing came."""

    amount: Decimal
    low: Decimal
    high: Decimal
    from_open: Decimal
    from_new: Decimal
    error: float | None
    weighted_error: float | None
    tried: int


class ForecastOut(BaseModel):
    """`until` is the first day after the period; `model` is null where it cannot say."""

    since: date
    until: date
    total: FiguresOut
    counted: Decimal
    overdue: Decimal
    overdue_count: int
    sellers: list[SellerOut]
    teams: list[GroupOut]
    products: list[GroupOut]
    model: ModelOut | None


def _forecast(router: Router) -> None:
    @router.get(
        "/forecast/",
        response={200: ForecastOut, **ERRORS},
        operation_id="deals_forecast",
        summary="What a period such as `this month` will bring",
    )
    def told(
        request: HttpRequest, period: Asked = "this month", pipeline: Numbered | None = None
    ) -> HttpResponse:
        allow(request, "view", Deal)
        days = _days(period)
        found = forecast(days, reader=request.user, pipeline=pipeline)
        model = model_forecast(days, reader=request.user, pipeline=pipeline)
        return answer(
            {
                "since": days.start,
                "until": days.end,
                "total": _figures(found.total),
                "counted": found.counted,
                "overdue": found.overdue,
                "overdue_count": found.overdue_count,
                "sellers": [_seller(one) for one in found.sellers],
                "teams": [{"name": one.label, **_figures(one.figures)} for one in found.teams],
                "products": [{"name": one.label, **_figures(one.figures)} for one in found.products],
                "model": _model(model) if model else None,
            }
        )


def _days(text: str) -> Period:
    try:
        return resolve(text, timezone.localdate())
    except PeriodError as error:
        raise ValidationError({"period": plain_words(error)}) from error


def _figures(figures: Figures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in FiguresOut.model_fields}


def _seller(one: Any) -> dict[str, Any]:
    return {
        "user": one.user.pk,
        "name": str(one.user),
        "number": one.call.amount if one.call else None,
        "override": one.call.override if one.call else None,
        "counted": one.counted,
        **_figures(one.figures),
    }


def _model(found: ModelForecast) -> dict[str, Any]:
    told = {name: getattr(found, name) for name in ModelOut.model_fields}
    return {**told, "tried": len(found.tried)}


add_endpoints("deals", _forecast)
