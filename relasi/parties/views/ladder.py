"""The ladder: conversion between the rungs, the people behind each figure, and the rules the company sets."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.finding import allow
from relasi.kit.resources.replies import go, notify, toast
from relasi.kit.resources.values import plain_words
from relasi.lib import periods
from relasi.parties import jobs
from relasi.parties.actions.climb_ladder import check_rule, steps
from relasi.parties.conversion import DOWN, IN, UP, conversion, last_day, moved
from relasi.parties.forms import RungRuleForm
from relasi.parties.ladder import HEIGHT, Rung
from relasi.parties.models import Party, RungRule
from relasi.parties.panels import address_of

PERIODS = (
    ("last 30 days", gettext_lazy("Last 30 days")),
    ("this month", gettext_lazy("This month")),
    ("last month", gettext_lazy("Last month")),
    ("this quarter", gettext_lazy("This quarter")),
    ("this year", gettext_lazy("This year")),
    ("last year", gettext_lazy("Last year")),
)
SIDES = {UP: gettext_lazy("up"), DOWN: gettext_lazy("down"), IN: gettext_lazy("arrived")}
PEOPLE, SAMPLE = 200, 8


@require_GET
def ladder(request: Request) -> HttpResponse:
    """For a period: from each rung up and down, with rates; every figure opens the people behind it."""
    allow(request, "view", Party)
    text, period, problem = _period(request)
    kind = _kind(request)
    rows = conversion(period, reader=request.user, kind=kind)
    context = {
        "rows": rows,
        "most": max((row.now for row in rows), default=0) or 1,
        "lists": {
            row.rung: reverse("resource_list", args=["people"]) + f"?filter=rung+%3D+{row.rung}"
            for row in rows
        },
        **_chosen(text, period, problem, kind),
        "may_set": request.user.rights.may("view", RungRule),
    }
    return render(request, "parties/ladder.html", context)


@require_GET
def moves(request: Request) -> HttpResponse:
    """Who made the steps behind one figure."""
    allow(request, "view", Party)
    text, period, problem = _period(request)
    kind, rung, side = _kind(request), request.GET.get("rung", ""), request.GET.get("side", UP)
    if rung not in HEIGHT or side not in SIDES:
        return redirect("ladder")
    rows = moved(period, reader=request.user, rung=rung, side=side, kind=kind)
    found = list(rows.select_related("party", "by", "rule")[: PEOPLE + 1])
    context = {
        "moves": [(move, address_of(move.party)) for move in found[:PEOPLE]],
        "has_more": len(found) > PEOPLE,
        "rung": Rung(rung),
        "side": side,
        "side_label": SIDES[side],
        **_chosen(text, period, problem, kind),
    }
    return render(request, "parties/ladder_moves.html", context)


@require_GET
def rules(request: Request) -> HttpResponse:
    """The rules in their order."""
    allow(request, "view", RungRule)
    return render(request, "parties/rules.html", _rules(request))


@require_http_methods(["GET", "POST"])
def rule(request: Request, pk: int | None = None) -> HttpResponse:
    """Add or change a rule. `try` in the body only says what the rule would do."""
    found = get_object_or_404(RungRule.objects.visible_to(request.user), pk=pk) if pk else None
    allow(request, "change" if found else "add", found or RungRule)
    form = RungRuleForm(request.POST or None, rule=found)
    context = {"form": form, "rule": found, "action": request.path}
    if request.method == "GET" or not _is_sound(form, request.user):
        return render(request, "parties/rule_form.html", context, status=422 if form.is_bound else 200)
    if "try" in request.POST:
        return render(
            request, "parties/rule_form.html", {**context, "trial": _trial(form, found, request.user)}
        )
    _save(form, found, request.user)
    notify(request, _("Rule saved. It is applied tonight, or now by the button."))
    return go(request, reverse("ladder_rules"))


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(RungRule.objects.visible_to(request.user), pk=pk)
    allow(request, "delete", found)
    found.remove(by=request.user)
    notify(request, _("Rule removed. Nobody moves because of that."))
    return go(request, reverse("ladder_rules"))


@require_POST
def reorder(request: Request, pk: int) -> HttpResponse:
    """One place up or down (`way` in the body)."""
    found = get_object_or_404(RungRule.objects.visible_to(request.user), pk=pk)
    allow(request, "change", found)
    _swap(found, -1 if request.POST.get("way") == "up" else 1, request.user)
    return render(request, "parties/rules_list.html", _rules(request))


@require_POST
def climb_now(request: Request) -> HttpResponse:
    """Apply the rules now, as a job."""
    allow(request, "change", RungRule)
    jobs.climb_every_night.later(_key="now")
    return toast(HttpResponse(status=204), _("The rules are being applied."))


def _is_sound(form: RungRuleForm, user: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        check_rule(form.cleaned_data["filter"], user)
    except FilterError as error:
        form.add_error("filter", str(error))
        return False
    return True


def _trial(form: RungRuleForm, found: RungRule | None, user: Any) -> dict[str, Any]:
    """How many the reader may see would move by this rule alone, and some of them."""
    rule = RungRule(**form.cleaned_data)
    number = 0
    sample: list[Party] = []
    for step in steps([rule], reader=user):
        number += step.rows.count()
        sample += list(step.rows.order_by("name")[: SAMPLE - len(sample)]) if len(sample) < SAMPLE else []
    return {"number": number, "sample": [(party, address_of(party)) for party in sample]}


@transaction.atomic
def _save(form: RungRuleForm, found: RungRule | None, user: Any) -> None:
    values = dict(form.cleaned_data)
    if found is None:
        last = (
            RungRule.objects.visible_to(user).order_by("-order").values_list("order", flat=True).first() or 0
        )
        RungRule.create(by=user, order=last + 10, **values)
        return
    if values["reason"] == found.shown_reason:
        values["reason"] = found.reason
    found.change(by=user, is_builtin=found.is_builtin and values["reason"] == found.reason, **values)


@transaction.atomic
def _swap(rule: RungRule, step: int, user: Any) -> None:
    """Change places with the neighbour; orders are written anew in tens."""
    rows = list(RungRule.objects.visible_to(user).order_by("order", "id"))
    at = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    if not 0 <= at + step < len(rows):
        return
    rows[at], rows[at + step] = rows[at + step], rows[at]
    for place, row in enumerate(rows, start=1):
        row.change(by=user, order=place * 10)


def _rules(request: Request) -> dict[str, Any]:
    rights = request.user.rights
    return {
        "rules": RungRule.objects.visible_to(request.user),
        "can": {verb: rights.may(verb, RungRule) for verb in ("add", "change", "delete")},
    }


def _period(request: Request) -> tuple[str, periods.Period, str]:
    """(text, days, what is wrong with the text); the last 30 days when nothing or nonsense was asked."""
    text, today = request.GET.get("period", "").strip()[:60] or PERIODS[0][0], timezone.localdate()
    try:
        return text, periods.resolve(text, today), ""
    except periods.PeriodError as error:
        return PERIODS[0][0], periods.resolve(PERIODS[0][0], today), plain_words(error)


def _kind(request: Request) -> str:
    kind = request.GET.get("kind", "")
    return kind if kind in Party.Kind.values else ""


def _chosen(text: str, period: periods.Period, problem: str, kind: str) -> dict[str, Any]:
    return {
        "period_text": text,
        "period": period,
        "period_end": last_day(period),
        "problem": problem,
        "periods": PERIODS if text in dict(PERIODS) else (*PERIODS, (text, text)),
        "kind": kind,
        "kinds": [("", _("All")), *Party.Kind.choices],
    }


urlpatterns = [
    path("ladder/", ladder, name="ladder"),
    path("ladder/moves/", moves, name="ladder_moves"),
    path("settings/ladder/", rules, name="ladder_rules"),
    path("settings/ladder/new/", rule, name="ladder_rule_new"),
    path("settings/ladder/<int:pk>/", rule, name="ladder_rule"),
    path("settings/ladder/<int:pk>/remove/", remove, name="ladder_rule_remove"),
    path("settings/ladder/<int:pk>/order/", reorder, name="ladder_rule_order"),
    path("settings/ladder/apply/", climb_now, name="ladder_apply"),
]
