"""Calls on the screen: what rings for the reader, writing down what it was about, calling by a click, and
which telephone is the reader's.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import Markup

from relasi.channels.models import Account
from relasi.conversations.caller import call_that_rang, card_of, leave_screen, mark_of, rings_of
from relasi.conversations.dialling import can_dial, dial, extension_of, has_extension, holder_of, link_for
from relasi.conversations.models import Extension, PhoneCall
from relasi.kit.access.requests import Request
from relasi.kit.resources.replies import go, notify, toast
from relasi.kit.ui import everywhere

REGION = Markup(
    '<section class="calls" id="calls" data-calls="{}" data-dial="{}" aria-label="{}"'
    ' aria-live="polite"></section>'
)


@everywhere.register
def place_for_calls(user: Any) -> Markup | str:
    """Where calls appear, on every page of somebody who has an extension."""
    if not has_extension(user):
        return ""
    return REGION.format(reverse("calls_live"), reverse("call_dial"), _("Calls"))


@require_GET
def live(request: Request) -> HttpResponse:
    """The reader's calls: 204 for none. Those not among `?known=` (marks) come with their card."""
    rings = rings_of(request.user)
    if not rings:
        return HttpResponse(status=204)
    known = set(request.GET.get("known", "").split(","))
    return JsonResponse({"calls": [_told(request, ring.call, known) for ring in rings]})


def _told(request: Request, call: PhoneCall, known: set[str]) -> dict[str, Any]:
    told = {"id": call.pk, "mark": mark_of(call), "state": call.state}
    if mark_of(call) in known:
        return told
    page = {
        "card": card_of(call, request.user),
        "call": call,
        "dispositions": PhoneCall.Disposition.choices,
    }
    return {**told, "html": render_to_string("conversations/call_card.html", page, request=request)}


@require_POST
def wrap_up(request: Request, pk: int) -> HttpResponse:
    """What a call of the reader's was about; it leaves the screen."""
    call = _own(request, pk)
    try:
        call.wrap_up(
            by=request.user,
            disposition=request.POST.get("disposition", ""),
            summary=request.POST.get("summary", "").strip(),
        )
    except ValidationError as error:
        return toast(HttpResponse(status=422), " ".join(error.messages), kind="error")
    return toast(HttpResponse(""), _("Written down."), events={"records:changed": {}})


@require_POST
def dismiss(request: Request, pk: int) -> HttpResponse:
    """Off the reader's screen; the call itself goes on."""
    call = _own(request, pk)
    leave_screen(call, request.user)
    return HttpResponse("")


@require_POST
def call(request: Request) -> HttpResponse:
    """Call a number: the reader's telephone rings. Where no system does that, the address to open."""
    number = request.POST.get("number", "")[:60]
    if not can_dial(extension_of(request.user)):
        return JsonResponse({"href": link_for(number)})
    try:
        dial(number, by=request.user)
    except ValidationError as error:
        return toast(JsonResponse({}, status=422), " ".join(error.messages), kind="error")
    return toast(JsonResponse({}), _("Your telephone rings; lift the receiver."))


class ExtensionForm(forms.Form):
    account = forms.ModelChoiceField(label=gettext_lazy("Telephone system"), queryset=Account.objects.none())
    number = forms.RegexField(
        r"^[\w.@+-]{1,40}$", label=gettext_lazy("Extension"), strip=True, max_length=40, required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = systems(user)  # type: ignore[attr-defined]


def systems(user: Any) -> Any:
    """The telephone systems whose calls appear on screens, as far as the reader may see them."""
    rows = Account.objects.visible_to(user).in_use().filter(channel="phone", owner=None)
    return rows.exclude(provider="phone_link").order_by("name")


@require_http_methods(["GET", "POST"])
def telephone(request: Request) -> HttpResponse:
    """Which extension is the reader's; an empty one gives it back."""
    mine = extension_of(request.user, also_unused=True)
    known = systems(request.user)
    initial = {"account": mine.account_id, "number": mine.number} if mine else {"account": known.first()}
    form = ExtensionForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            _choose(request, mine, form.cleaned_data)
        except ValidationError as error:
            form.add_error("number", error.messages[0])
        else:
            notify(request, _("Saved"))
            return go(request, reverse("my_telephone"))
    status = 422 if form.errors else 200
    page = {"form": form, "systems": known, "mine": mine}
    return render(request, "conversations/my_telephone.html", page, status=status)


def _choose(request: Request, mine: Extension | None, given: dict[str, Any]) -> None:
    """Raises ValidationError when it is a colleague's."""
    account, number = given["account"], given["number"]
    holder = holder_of(account, number)
    if number and holder and holder != request.user:
        raise ValidationError(_("%(who)s has this extension.") % {"who": holder})
    if mine and not number:
        mine.remove(by=request.user)
    elif mine:
        mine.change(by=request.user, account=account, number=number)
    elif number:
        Extension.create(by=request.user, account=account, number=number, user=request.user)


def _own(request: Request, pk: int) -> PhoneCall:
    """A call that rang for the reader."""
    call = call_that_rang(pk, request.user)
    if call is None:
        raise Http404
    return call


urlpatterns = [
    path("live/", live, name="calls_live"),
    path("calls-now/dial/", call, name="call_dial"),
    path("calls-now/<int:pk>/wrap-up/", wrap_up, name="call_wrap_up"),
    path("calls-now/<int:pk>/dismiss/", dismiss, name="call_dismiss"),
    path("settings/telephone/", telephone, name="my_telephone"),
]
