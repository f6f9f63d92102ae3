"""Settings: the company's own fields of each noun."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.records.models import CustomField
from relasi.kit.resources import own_fields, own_indexes
from relasi.kit.resources.entering import by_field
from relasi.kit.resources.finding import allow, is_number
from relasi.kit.resources.own_fields import Noun
from relasi.kit.resources.replies import go, toast
from relasi.kit.resources.tagging import COLOURS


@require_GET
def nouns(request: Request) -> HttpResponse:
    """Nouns that take own fields; the first one at once when there is only one."""
    allow(request, "change", CustomField)
    found = own_fields.nouns()
    if not found:
        raise Http404
    return go(request, reverse("settings_fields_of", args=[found[0].name]))


@require_GET
def fields(request: Request, noun: str) -> HttpResponse:
    """The fields of one noun."""
    shown = _noun(request, noun)
    found = own_fields.of(noun)
    context = {
        "noun": shown,
        "nouns": own_fields.nouns(),
        "fields": [(field, own_indexes.state(field)) for field in found if field.is_active],
        "retired": [field for field in found if not field.is_active],
        "icons": own_fields.ICONS,
    }
    return render(request, "resources/custom_fields.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: Request, noun: str, pk: int = 0) -> HttpResponse:
    """Add a field, or describe one anew."""
    shown = _noun(request, noun)
    field = _field(noun, pk) if pk else None
    if request.method == "GET":
        return _ask(request, shown, field)
    values = _given(request)
    try:
        if field:
            own_fields.describe(field, values, by=request.user)
        else:
            field = own_fields.add(noun, values, by=request.user)
    except ValidationError as error:
        return _ask(request, shown, field, values, by_field(error), status=422)
    return _back(request, noun, _("Field “%(label)s” saved") % {"label": field.label})


@require_POST
def retire(request: Request, noun: str, pk: int) -> HttpResponse:
    """Take a field out of use, or bring it back (`back=1`)."""
    _noun(request, noun)
    field = _field(noun, pk)
    if request.POST.get("back") == "1":
        own_fields.bring_back(field, by=request.user)
        return _back(request, noun, _("“%(label)s” is in use again") % {"label": field.label})
    own_fields.retire(field, by=request.user)
    return _back(
        request, noun, _("“%(label)s” taken out of use. Its values are kept.") % {"label": field.label}
    )


@require_POST
def order(request: Request, noun: str) -> HttpResponse:
    """`ids` in their new order (dragged), or `id` and `way` (-1, 1) for one step."""
    _noun(request, noun)
    if is_number(request.POST.get("id", "")):
        way = -1 if request.POST.get("way") == "-1" else 1
        own_fields.step(_field(noun, int(request.POST["id"])), way, by=request.user)
    else:
        ids = [int(pk) for pk in request.POST.get("ids", "").split(",") if is_number(pk)]
        own_fields.reorder(noun, ids, by=request.user)
    return _back(request, noun, _("Order saved"))


@require_GET
def option(request: Request, noun: str) -> HttpResponse:
    """One more line for a choice."""
    _noun(request, noun)
    return render(request, "resources/custom_field_option.html", {"option": {}, "colours": COLOURS})


def _noun(request: Request, name: str) -> Noun:
    allow(request, "change", CustomField)
    shown = own_fields.noun(name)
    if shown is None:
        raise Http404
    return shown


def _field(noun: str, pk: int) -> CustomField:
    field = own_fields.field_of(noun, pk)
    if field is None:
        raise Http404
    return field


def _given(request: Request) -> dict[str, Any]:
    data = request.POST
    return {
        "label": data.get("label", ""),
        "kind": data.get("kind", ""),
        "link_to": data.get("link_to", ""),
        "is_required": "is_required" in data,
        "is_indexed": "is_indexed" in data,
        "options": own_fields.options_from(
            data.getlist("option_label"), data.getlist("option_colour"), data.getlist("option_value")
        ),
    }


def _ask(
    request: Request,
    noun: Noun,
    field: CustomField | None,
    values: dict[str, Any] | None = None,
    problems: dict[str, list[str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = request.GET.get("kind") or (values or {}).get("kind") or (field.kind if field else "text")
    standing = {
        "label": field.label if field else request.GET.get("label", ""),
        "options": field.options if field else [],
        "link_to": field.link_to if field else "",
        "is_required": field.is_required if field else False,
        "is_indexed": field.is_indexed if field else False,
    }
    context = {
        "noun": noun,
        "field": field,
        "kind": field.kind if field else kind,
        "kinds": CustomField.Kind.choices,
        "icons": own_fields.ICONS,
        "values": {**standing, **(values or {})},
        "problems": problems or {},
        "colours": COLOURS,
        "linkable": own_fields.linkable(),
        "is_indexable": kind in own_indexes.INDEXABLE,
        "used": own_fields.in_use(field) if field else 0,
    }
    return render(request, "resources/custom_field_edit.html", context, status=status)


def _back(request: Request, noun: str, text: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return go(request, reverse("settings_fields_of", args=[noun]))
    return toast(
        HttpResponse(status=204), text, events={"records:changed": {"resource": noun}, "dialog:close": {}}
    )


urlpatterns = [
    path("settings/fields/", nouns, name="settings_fields"),
    path("settings/fields/<slug:noun>/", fields, name="settings_fields_of"),
    path("settings/fields/<slug:noun>/new/", edit, name="settings_field_new"),
    path("settings/fields/<slug:noun>/order/", order, name="settings_fields_order"),
    path("settings/fields/<slug:noun>/option/", option, name="settings_field_option"),
    path("settings/fields/<slug:noun>/<int:pk>/", edit, name="settings_field"),
    path("settings/fields/<slug:noun>/<int:pk>/retire/", retire, name="settings_field_retire"),
]
