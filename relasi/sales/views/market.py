"""The natural market: the first hundred names; and the names customers give after a close."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.replies import notify, toast
from relasi.lib import money
from relasi.parties.models import Party
from relasi.sales.actions.ask_for_names import LATER, Named, take_names
from relasi.sales.actions.list_name import list_name
from relasi.sales.models import MarketName, ReferralAsk
from relasi.sales.models.market_name import GOAL

Circle = MarketName.Circle
SHOWN = 300
BLANKS = 5
QUESTIONS = {
    Circle.FAMILY: gettext_lazy("Who came to the last wedding or Lebaran at your home?"),
    Circle.FRIEND: gettext_lazy("Whom did you message this week that is not family or work?"),
    Circle.NEIGHBOUR: gettext_lazy("Who lives within ten doors? Who sits in the RT meeting?"),
    Circle.COLLEAGUE: gettext_lazy("Who sat near you in each job you had?"),
    Circle.SCHOOL: gettext_lazy("Who is in your class groups: primary school, high school, university?"),
    Circle.FAITH: gettext_lazy("Whom do you greet at the mosque, church, temple or vihara?"),
    Circle.CLUB: gettext_lazy("With whom do you cycle, play badminton, sing, save in an arisan?"),
    Circle.TRADE: gettext_lazy("Whom do you pay: doctor, mechanic, tailor, your children's teachers?"),
    Circle.REFERRED: gettext_lazy("Whom did your customers name when you asked?"),
}


@require_http_methods(["GET", "POST"])
def natural_market(request: Request) -> HttpResponse:
    """One's own list: how far it is, whom one forgot, and a line to write the next name."""
    if not may(request.user, "view", MarketName):
        raise PermissionDenied(_("You may not see this list."))
    if request.method == "GET":
        return _show(request)
    if not may(request.user, "add", MarketName) or not may(request.user, "add", Party):
        raise PermissionDenied(_("You may not do this."))
    try:
        listed = list_name(owner=request.user, by=request.user, **_typed(request))
    except ValidationError as error:
        problems = error.message_dict if hasattr(error, "error_dict") else {"name": error.messages}
        return _show(request, {name: " ".join(texts) for name, texts in problems.items()}, status=422)
    notify(request, _("On your list: %(name)s") % {"name": listed})
    circle = request.POST.get("circle", "")
    return HttpResponseRedirect(
        f"{reverse('natural_market')}?circle={circle}" if circle in Circle.values else ""
    )


@require_http_methods(["GET", "POST"])
def referral_ask(request: Request, pk: int) -> HttpResponse:
    """Who else should I talk to? Up to five names at once, or no, or later."""
    ask = _ask(request, pk)
    if request.method == "GET":
        return render(request, "sales/referral_ask.html", {"ask": ask, "lines": [{}] * BLANKS})
    answer = request.POST.get("answer", "names")
    if answer == "no":
        ask.settle(answer=ReferralAsk.Answer.NO, by=request.user)
        notify(request, _("Noted: no names this time."))
        return HttpResponseRedirect(reverse("today"))
    return _names_given(request, ask)


@require_POST
def ask_later(request: Request, pk: int) -> HttpResponse:
    """From Today: the line leaves, the question comes back in a month."""
    ask = _ask(request, pk)
    ask.put_off(until=timezone.localdate() + LATER, by=request.user)
    return toast(HttpResponse(""), _("Asked again in a month."), events={"today:changed": {}})


def _names_given(request: Request, ask: ReferralAsk) -> HttpResponse:
    lines: list[dict[str, Any]] = [
        {name: request.POST.get(f"{name}-{at}", "").strip()[:200] for name in ("name", "phone", "need")}
        for at in range(BLANKS)
    ]
    named = [Named(**line) for line in lines if line["name"]]
    if not named:
        said = _("Write at least one name, or choose “No names”.")
        return render(
            request, "sales/referral_ask.html", {"ask": ask, "lines": lines, "problem": said}, status=422
        )
    if not may(request.user, "add", MarketName) or not may(request.user, "add", Party):
        raise PermissionDenied(_("You may not do this."))
    try:
        listed = take_names(ask=ask, names=named, by=request.user)
    except ValidationError as error:
        context = {"ask": ask, "lines": lines, "problem": " ".join(error.messages)}
        return render(request, "sales/referral_ask.html", context, status=422)
    told = ngettext("%(num)s name is on your list.", "%(num)s names are on your list.", len(listed))
    notify(request, told % {"num": len(listed)})
    return HttpResponseRedirect(reverse("natural_market"))


def _ask(request: Request, pk: int) -> ReferralAsk:
    ask: ReferralAsk | None = (
        ReferralAsk.objects.visible_to(request.user).filter(pk=pk).select_related("party").first()
    )
    if ask is None:
        raise Http404(_("There is no such record, or you may not see it."))
    if not may(request.user, "change", ask):
        raise PermissionDenied(_("You may not do this."))
    return ask


def _show(request: Request, problems: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    rows = MarketName.objects.visible_to(request.user).filter(owner=request.user, archived_at=None)
    names = list(rows.select_related("party").order_by("circle", "name", "id")[:SHOWN])
    groups = [
        {
            "circle": circle,
            "label": label,
            "question": QUESTIONS.get(Circle(circle), ""),
            "names": [name for name in names if name.circle == circle],
        }
        for circle, label in Circle.choices
    ]
    context = {
        "groups": groups,
        "number": len(names),
        "goal": GOAL,
        "is_full": len(names) >= GOAL,
        "circles": Circle.choices,
        "typed": request.POST if request.method == "POST" else {"circle": request.GET.get("circle", "")},
        "problems": problems or {},
        "may_add": may(request.user, "add", MarketName) and may(request.user, "add", Party),
        "worked": sum(name.stage != MarketName.Stage.LISTED for name in names),
    }
    return render(request, "sales/natural_market.html", context, status=status)


def _typed(request: Request) -> dict[str, Any]:
    """The line as typed. Raises ValidationError by field."""
    given = {
        name: request.POST.get(name, "").strip()[:200] for name in ("name", "phone", "need", "next_step")
    }
    circle = request.POST.get("circle", "")
    values: dict[str, Any] = {**given, "circle": circle if circle in Circle.values else Circle.OTHER}
    if day := request.POST.get("next_on", "").strip():
        values["next_on"] = _day(day)
    if amount := request.POST.get("estimated_value", "").strip():
        values["estimated_value"] = _amount(amount)
    return values


def _day(text: str) -> Any:
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError({"next_on": _("“%(value)s” is not a date.") % {"value": text[:20]}})
    return day


def _amount(text: str) -> Any:
    try:
        return money.parse(text, language="id" if get_language() == "id" else "en").amount
    except money.MoneyError as error:
        raise ValidationError({"estimated_value": _(error.text) % error.values}) from error


urlpatterns = [
    path("natural-market/", natural_market, name="natural_market"),
    path("referral-asks/<int:pk>/names/", referral_ask, name="referral_ask"),
    path("referral-asks/<int:pk>/later/", ask_later, name="referral_ask_later"),
]
