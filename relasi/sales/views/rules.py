"""Lead settings on one page, and the rehearsal of assignment rules on past leads."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.registry import find
from relasi.kit.resources.values import plain_words
from relasi.lib import periods
from relasi.sales.models import AssignmentRule, Lead, WebForm
from relasi.sales.rehearsing import rehearse, span

SHOWN = 200
PARTS = (
    ("web-forms", gettext_lazy("Forms strangers fill on your site or on a page of their own.")),
    ("form-submissions", gettext_lazy("What was sent, also what failed: mend it and try again.")),
    ("cards", gettext_lazy("A page and a QR code for each colleague.")),
    ("referral-links", gettext_lazy("“Refer a friend”: an address for each customer.")),
    ("score-rules", gettext_lazy("Points with reasons: which leads come first.")),
    ("assignment-rules", gettext_lazy("Who gets which lead. Rehearse before they go live.")),
    ("territories", gettext_lazy("Parts of the market, and who sells there.")),
    ("shifts", gettext_lazy("When colleagues take leads, how many, and what they know.")),
    ("response-targets", gettext_lazy("How soon which lead is answered.")),
    ("opening-hours", gettext_lazy("When the clock runs.")),
    ("days-off", gettext_lazy("Holidays and joint leave: the clock stands still.")),
)


@require_GET
def lead_settings(request: Request) -> HttpResponse:
    """Every noun about leads that the reader may see."""
    if not may(request.user, "view", WebForm) and not may(request.user, "view", AssignmentRule):
        raise PermissionDenied(_("You may not see this list."))
    shown = []
    for name, text in PARTS:
        resource = find(name)
        if resource is not None and may(request.user, "view", resource.model):
            shown.append((resource, text))
    may_rehearse = may(request.user, "rehearse", AssignmentRule)
    return render(request, "sales/lead_settings.html", {"parts": shown, "may_rehearse": may_rehearse})


@require_GET
def rehearsal(request: Request) -> HttpResponse:
    """Try rules on the leads of a period the reader may see. Nothing is written."""
    user: Any = request.user
    if not may(user, "rehearse", AssignmentRule) or not may(user, "view", Lead):
        raise PermissionDenied(_("You may not do this."))
    rules = list(
        AssignmentRule.objects.visible_to(user).select_related("team", "person").order_by("order", "id")
    )
    asked = request.GET.getlist("rule")
    chosen = (
        [rule for rule in rules if str(rule.pk) in asked]
        if asked
        else [rule for rule in rules if rule.is_live]
    )
    text = request.GET.get("period", "").strip()[:60] or "last quarter"
    context: dict[str, Any] = {"rules": rules, "chosen": {rule.pk for rule in chosen}, "period": text}
    try:
        period = periods.resolve(text, timezone.localdate())
    except periods.PeriodError as error:
        return render(request, "sales/rehearsal.html", {**context, "problem": plain_words(error)}, status=422)
    rows = Lead.objects.visible_to(user).filter(**span(*_moments(period)))
    result = rehearse(rules=chosen, leads=rows) if "go" in request.GET else None
    lines = result.differing if result else ()
    context |= {"result": result, "lines": lines[:SHOWN], "more": max(0, len(lines) - SHOWN), "days": period}
    return render(request, "sales/rehearsal.html", context)


def _moments(period: periods.Period) -> tuple[datetime, datetime]:
    start, end = (timezone.make_aware(datetime.combine(day, time())) for day in period)
    return start, end


urlpatterns = [
    path("leads/settings/", lead_settings, name="lead_settings"),
    path("leads/rehearsal/", rehearsal, name="lead_rehearsal"),
]
