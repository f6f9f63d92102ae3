"""Writing down what a customer allows or takes back, from the box beside the record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.channels.models import Medium
from relasi.conversations import consenting
from relasi.conversations.consent_panel import WAYS, may_give, may_withdraw
from relasi.conversations.models import Consent, Purpose
from relasi.kit.access.requests import Request
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import load
from relasi.kit.resources.replies import toast
from relasi.parties.models import Party

SOURCES = (
    Consent.Source.CALL, Consent.Source.VISIT, Consent.Source.PAPER, Consent.Source.MESSAGE,
    Consent.Source.FORM, Consent.Source.OTHER,
)  # fmt: skip


class ConsentForm(forms.Form):
    """What the customer said, on which ways, and how we know."""

    answer = forms.ChoiceField(
        label=gettext_lazy("The customer"),
        choices=[("given", gettext_lazy("agrees")), ("withdrawn", gettext_lazy("takes it back"))],
        widget=forms.RadioSelect,
        initial="given",
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=Purpose.choices[:2], initial="marketing"
    )
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("Ways"),
        choices=[(str(way), Medium(way).label) for way in WAYS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None chosen: all of them."),
    )
    source = forms.ChoiceField(
        label=gettext_lazy("How we know"), choices=[(str(one), one.label) for one in SOURCES]
    )
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Who was present, the number of the paper."),
    )


@require_http_methods(["GET", "POST"])
def consent(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """A dialog, and a line for each way."""
    party = load(request, resource, pk)
    if not isinstance(party, Party) or not (
        may_give(request.user, party) or may_withdraw(request.user, party)
    ):
        raise PermissionDenied(_("You may not do this."))
    form = ConsentForm(request.POST or None, initial=_asked(request))
    if request.method == "GET" or not form.is_valid():
        return _ask(request, resource, party, form)
    _write(request.user, party, form.cleaned_data)
    return toast(HttpResponse(status=204), _("Written down. It holds from now on."), events=_events(resource))


def _asked(request: Request) -> dict[str, Any]:
    """What the button that was pressed stands for."""
    names = ("answer", "purpose")
    asked: dict[str, Any] = {name: request.GET[name] for name in names if name in request.GET}
    return {**asked, "channels": request.GET.getlist("channel")}


def _write(user: Any, party: Party, said: dict[str, Any]) -> None:
    is_given = said["answer"] == "given"
    if not (may_give if is_given else may_withdraw)(user, party):
        raise PermissionDenied(_("You may not do this."))
    verb = consenting.give if is_given else consenting.withdraw
    words = consenting.text_in_force(said["purpose"], party.language or get_language() or "id")
    for channel in said["channels"] or [""]:
        verb(
            party, by=user, source=said["source"], purpose=said["purpose"], channel=channel, text=words,
            remark=said["remark"],
        )  # fmt: skip


def _ask(request: Request, resource: Resource, party: Party, form: ConsentForm) -> HttpResponse:
    words = consenting.text_in_force(Purpose.MARKETING, party.language)
    context = {
        "party": party,
        "form": form,
        "words": words,
        "action": reverse("consent_write", args=[resource.name, party.pk]),
    }
    return render(request, "conversations/consent_form.html", context, status=422 if form.errors else 200)


def _events(resource: Resource) -> dict[str, Any]:
    return {"records:changed": {"resource": resource.name}, "dialog:close": {}}


urlpatterns = [path("<resource:resource>/<int:pk>/consent/", consent, name="consent_write")]
