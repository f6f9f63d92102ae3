"""When may we write? The company's rules on one page, and a box to try them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from relasi.channels.models import Medium
from relasi.conversations import contact, sending_rules
from relasi.conversations.models import Consent, Purpose, RestDay, SendingCap, SendingHours
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.finding import is_number
from relasi.lib.contact import SOURCES, Window
from relasi.lib.contact.rules import Way
from relasi.parties.models import Party

COMING = 14  # rest days shown
ADDRESSES = {"email": "email", "whatsapp": "phone", "sms": "phone", "phone": "phone"}


@dataclass(frozen=True, slots=True)
class Row:
    """Ways of one purpose that go at the same hours; `week` is the text of each weekday, Monday first."""

    labels: list[Any]
    week: list[list[str]]
    rests_on_holidays: bool


class TryForm(forms.Form):
    """Who is written to, why, how and when."""

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), choices=Purpose.choices, initial="marketing")
    channel = forms.ChoiceField(
        label=gettext_lazy("Way"),
        choices=[(name, Medium(name).label) for name in (*ADDRESSES, "chat")],
        initial="whatsapp",
    )
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    is_template = forms.BooleanField(label=gettext_lazy("An approved WhatsApp template"), required=False)


@require_GET
def rules(request: Request) -> HttpResponse:
    """Hours, caps, rest days, where each comes from, and "would this be sent?"."""
    if not may(request.user, "view", SendingHours):
        raise PermissionDenied(_("You may not see this list."))
    tried = "channel" in request.GET
    form = TryForm(request.GET if tried else None)
    context = {
        "purposes": [(label, _rows(purpose)) for purpose, label in Purpose.choices],
        "weekdays": _weekdays(),
        "caps": list(SendingCap.objects.visible_to(request.user)),
        "days": list(RestDay.objects.visible_to(request.user).filter(day__gte=timezone.localdate())[:COMING]),
        "sources": _sources(),
        "form": form,
        **(_tried(request, form) if tried else {}),
        "may_change": may(request.user, "change", SendingHours),
    }
    return render(request, "conversations/sending_rules.html", context)


def _rows(purpose: str) -> list[Row]:
    """One row for all ways whose hours are the same."""
    windows: Mapping[Way, tuple[Window, ...]] = sending_rules.current().rules.windows
    alike: dict[tuple[Window, ...], list[str]] = defaultdict(list)
    for (name, channel), hours in windows.items():
        if name == purpose:
            alike[hours].append(channel)
    return [
        Row([Medium(channel).label for channel in channels], [_hours(hours, day) for day in range(7)],
            any(window.rests_on_holidays for window in hours))
        for hours, channels in alike.items()
    ]  # fmt: skip


def _hours(windows: Iterable[Window], weekday: int) -> list[str]:
    return [_span(window) for window in windows if weekday in window.weekdays]


def _span(window: Window) -> str:
    if window.closes is None and not window.opens.hour and not window.opens.minute:
        return _("all day")
    closes = f"{window.closes:%H.%M}" if window.closes else "24.00"
    return f"{window.opens:%H.%M}–{closes}"


def _weekdays() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]


def _sources() -> list[tuple[str, str]]:
    """(what it says, what it rests on)."""
    return [(_(source.text), source.rests_on) for source in SOURCES.values()]


def _tried(request: Request, form: TryForm) -> dict[str, Any]:
    party = _party(request)
    typed = {"party": party, "typed": request.GET.get("party:text", "")[:200]}
    if not form.is_valid():
        return typed
    if party is None:
        return {**typed, "problem": _("Choose a customer.")}
    if not may(request.user, "view", Consent):
        return {**typed, "problem": _("You may not see what customers allow.")}
    said = form.cleaned_data
    answer = contact.ask(
        channel=said["channel"], purpose=said["purpose"], party=party, is_template=said["is_template"],
        address=getattr(party, ADDRESSES.get(said["channel"], ""), "") or "", now=_moment(said["at"]),
    )  # fmt: skip
    lines = contact.shown(contact.told(answer))
    return {**typed, "answer": answer, "head": lines[0], "lines": lines[1:]}


def _party(request: Request) -> Party | None:
    number = request.GET.get("party", "")
    rows = Party.objects.visible_to(request.user)
    found: Party | None = rows.filter(pk=int(number)).first() if is_number(number) else None
    return found


def _moment(at: datetime | None) -> datetime:
    return at or timezone.now()


urlpatterns = [path("sending-rules/", rules, name="sending_rules")]
