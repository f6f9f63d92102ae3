"""One's own calendars elsewhere: joined, chosen, compared, left."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from relasi.activities.jobs import sync_calendar
from relasi.activities.models import BusyTime, CalendarAccount
from relasi.activities.syncing import remote
from relasi.activities.syncing.comparing import take_in
from relasi.activities.views.today import refused
from relasi.kit.access.requests import Request
from relasi.lib.wording import InputError

SHOWN = 30


class JoinForm(forms.Form):
    """Where it is and how to get in."""

    url = forms.URLField(
        label=gettext_lazy("Address of the server"), assume_scheme="https", max_length=500,
        help_text=gettext_lazy("As the other calendar tells it under “CalDAV”."),
    )  # fmt: skip
    username = forms.CharField(label=gettext_lazy("User"), max_length=200)
    password = forms.CharField(
        label=gettext_lazy("Password, best one for apps only"), widget=forms.PasswordInput, max_length=500
    )
    shows_titles = forms.BooleanField(
        label=gettext_lazy("Show titles of what is there"), required=False,
        help_text=gettext_lazy("Otherwise only that the time is taken."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def accounts(request: Request) -> HttpResponse:
    """What is joined, with its health in words; the form to join another one."""
    form = JoinForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_joined(request, form.cleaned_data))
        except InputError as error:
            problem = _(error.text) % error.values
        except ValidationError as error:
            problem = " ".join(error.messages)
    return _page(request, form, problem, status=422 if request.method == "POST" else 200)


def _joined(request: Request, given: dict[str, Any]) -> str:
    """The account, once the server let us in; with one calendar only it is chosen at once."""
    facts = {name: given[name] for name in ("url", "username", "shows_titles")}
    account = CalendarAccount(owner=request.user, secrets={"password": given["password"]}, **facts)
    found = remote.choices(account)
    account = CalendarAccount.create(
        by=request.user, verb="joined", owner=request.user, secrets=account.secrets, **facts
    )
    if len(found) == 1:
        _choose(request, account, found[0])
        return reverse("calendar_accounts")
    return reverse("calendar_account", args=[account.pk])


@require_http_methods(["GET", "POST"])
def choose(request: Request, pk: int) -> HttpResponse:
    """Which of the calendars there."""
    account = _own(request, pk)
    try:
        found = remote.choices(account)
    except InputError as error:
        return _page(request, JoinForm(), _(error.text) % error.values, status=422)
    chosen = next((one for one in found if one.url == request.POST.get("calendar")), None)
    if request.method == "POST" and chosen:
        _choose(request, account, chosen)
        return HttpResponseRedirect(reverse("calendar_accounts"))
    context = {"account": account, "choices": [(one.url, one.name) for one in found]}
    return render(request, "activities/calendar_account.html", context)


@require_POST
def sync(request: Request, pk: int) -> HttpResponse:
    """Compare now."""
    account = _own(request, pk)
    sync_calendar.later(account_id=account.pk, _key=f"calendar-{account.pk}", _priority=5)
    return HttpResponseRedirect(reverse("calendar_accounts"))


@require_POST
def leave(request: Request, pk: int) -> HttpResponse:
    """No longer compared; what is in either calendar stays there."""
    _own(request, pk).remove(by=request.user, verb="left")
    return HttpResponseRedirect(reverse("calendar_accounts"))


@require_POST
def take(request: Request, pk: int) -> HttpResponse:
    """A busy time becomes a meeting."""
    busy = (
        BusyTime.objects.visible_to(request.user).select_related("link__account__owner").filter(pk=pk).first()
    )
    if busy is None:
        raise Http404(_("There is no such record, or you may not see it."))
    try:
        meeting = take_in(busy, by=request.user)
    except InputError as error:
        return refused(ValidationError(_(error.text) % error.values))
    except ValidationError as error:
        return refused(error)
    return HttpResponseRedirect(f"/meetings/{meeting.pk}/")


def _choose(request: Request, account: CalendarAccount, chosen: remote.Choice) -> None:
    """Another calendar is read from its beginning."""
    account.change(
        by=request.user, verb="calendar_chosen", name=chosen.name[:200], calendar_url=chosen.url,
        takes_tasks=chosen.takes_tasks, is_active=True,
    )  # fmt: skip
    account.links.all().delete()
    account.note(sync_token="", problem="", synced_at=None)
    sync_calendar.later(account_id=account.pk, _key=f"calendar-{account.pk}")


def _page(request: Request, form: JoinForm, problem: str, *, status: int) -> HttpResponse:
    rows = CalendarAccount.objects.visible_to(request.user).order_by("id")
    busy = BusyTime.objects.visible_to(request.user).filter(ends_at__gte=timezone.now(), link__raw="")
    context = {
        "accounts": rows, "form": form, "problem": problem,
        "busy": busy.order_by("starts_at")[:SHOWN],
    }  # fmt: skip
    return render(request, "activities/calendar_accounts.html", context, status=status)


def _own(request: Request, pk: int) -> CalendarAccount:
    found: CalendarAccount | None = CalendarAccount.objects.visible_to(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such record, or you may not see it."))
    return found


urlpatterns: list[Any] = [
    path("settings/calendars/", accounts, name="calendar_accounts"),
    path("settings/calendars/<int:pk>/", choose, name="calendar_account"),
    path("settings/calendars/<int:pk>/sync/", sync, name="calendar_account_sync"),
    path("settings/calendars/<int:pk>/leave/", leave, name="calendar_account_leave"),
    path("settings/calendars/busy/<int:pk>/take-in/", take, name="busy_time_take_in"),
]
