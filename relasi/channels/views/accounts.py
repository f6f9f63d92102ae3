"""Setting up channels, and looking at what they could not understand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from relasi.channels import raw
from relasi.channels.forms import DoorForm, asks_again, carrier_form, told
from relasi.channels.interface import Provider, provider_named, providers
from relasi.channels.jobs import check
from relasi.channels.models import Account, Intake, Medium
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may


@require_GET
def add(request: Request) -> HttpResponse:
    """Which kind of channel? The carriers, by what they carry."""
    _ask_may_add(request)
    groups = [
        (Medium(value), [one for one in providers() if one.channel == value])
        for value in dict.fromkeys(one.channel for one in providers())
    ]
    return render(request, "channels/add.html", {"groups": groups})


@require_http_methods(["GET", "POST"])
def add_one(request: Request, provider: str) -> HttpResponse:
    """A new channel of one carrier."""
    _ask_may_add(request)
    return _filled(request, _provider(provider), None)


@require_http_methods(["GET", "POST"])
def set_up(request: Request, pk: int) -> HttpResponse:
    """Change what a channel was told."""
    account = Account.objects.visible_to(request.user).filter(pk=pk).first()
    if account is None:
        raise Http404
    if not may(request.user, "change", account):
        raise PermissionDenied(_("You may not do this."))
    return _filled(request, _provider(account.provider), account)


@require_GET
def raw_input(request: Request, pk: int) -> HttpResponse:
    """What came in, byte for byte, as a download."""
    intake = Intake.objects.visible_to(request.user).filter(pk=pk).first()
    if intake is None:
        raise Http404
    answer = HttpResponse(raw.original(intake), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="input-{intake.pk}.txt"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _ask_may_add(request: Request) -> None:
    if not may(request.user, "add", Account):
        raise PermissionDenied(_("You may not do this."))


def _provider(name: str) -> Provider:
    found = provider_named(name)
    if found is None:
        raise Http404
    return found


def _filled(request: Request, provider: Provider, record: Account | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    door = DoorForm(data, user=request.user, record=record)
    carrier = carrier_form(provider, data, record)
    if data is not None and door.is_valid() & carrier.is_valid():
        if asks_again(provider, carrier, record):
            door.add_error(None, _("The server is another one: type the password for it."))
            return render(request, "channels/set_up.html", _page(provider, door, carrier, record), status=422)
        try:
            account = _kept(request.user, provider, record, door, carrier)
        except ValidationError as error:
            door.add_error(None, error.messages)
        else:
            check.later(account_id=account.pk, _key=f"check-{account.pk}")
            return redirect(f"/channels/{account.pk}/")
    status = 422 if data is not None else 200
    return render(request, "channels/set_up.html", _page(provider, door, carrier, record), status=status)


def _page(provider: Provider, door: DoorForm, carrier: Any, record: Account | None) -> dict[str, Any]:
    return {"provider": provider, "door": door, "carrier": carrier, "record": record}


def _kept(user: Any, provider: Provider, record: Account | None, door: DoorForm, carrier: Any) -> Account:
    settings, secrets = told(provider, carrier, record)
    settings["new_senders"] = door.cleaned_data["new_senders"]
    values = {**door.values(user), "settings": settings, "secrets": secrets}
    if record:
        record.change(by=user, **values)
        return record
    made: Account = Account.create(by=user, channel=provider.channel, provider=provider.name, **values)
    return made


urlpatterns = [
    path("channels/add/", add, name="channel_add"),
    path("channels/add/<str:provider>/", add_one, name="channel_add_one"),
    path("channels/<int:pk>/set-up/", set_up, name="channel_set_up"),
    path("intakes/<int:pk>/raw/", raw_input, name="intake_raw"),
]
