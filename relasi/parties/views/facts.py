"""Adding, changing and removing a fact around a party, in place: contacts, addresses, dates, relations,
household.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.finding import allow, load
from relasi.kit.resources.replies import toast
from relasi.kit.resources.searching import search_visible
from relasi.lib import addresses
from relasi.lib.text import fold
from relasi.parties.forms import (
    AddressForm,
    ContactPointForm,
    FactForm,
    ImportantDateForm,
    RelationForm,
    contact_kinds,
)
from relasi.parties.models import Address, ContactPoint, Household, Party
from relasi.parties.models.address import PARTS

OPTIONS = 12


@dataclass(frozen=True)
class Kind:
    """A kind of fact: its form, what it is called, and the template of its dialog."""

    form: type[FactForm]
    label: Any
    template: str = "parties/fact_form.html"


KINDS = {
    "contacts": Kind(ContactPointForm, gettext_lazy("Contact")),
    "addresses": Kind(AddressForm, gettext_lazy("Address"), "parties/address_form.html"),
    "dates": Kind(ImportantDateForm, gettext_lazy("Important date")),
    "relations": Kind(RelationForm, gettext_lazy("Relation"), "parties/relation_form.html"),
}


@require_http_methods(["GET", "POST"])
def add(request: Request, resource: Resource, pk: int, kind: str) -> HttpResponse:
    """A new fact of one kind."""
    party, known = _party(request, resource, pk), _kind(kind)
    form = known.form(request.POST or None, party=party, user=request.user)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, resource, party, kind, form)
    values = _allowed(request.user, kind, form.values())
    owned = {} if kind == "relations" else {"party": party}
    try:
        form.model.create(by=request.user, **owned, **values)
    except ValidationError as error:
        return _ask(request, resource, party, kind, _with(form, error))
    return _done(resource, _("%(what)s added") % {"what": known.label})


@require_http_methods(["GET", "POST"])
def edit(request: Request, resource: Resource, pk: int, kind: str, fact: int) -> HttpResponse:
    """Change a fact."""
    party, known = _party(request, resource, pk), _kind(kind)
    found = _fact(party, kind, fact, request.user)
    form = known.form(request.POST or None, party=party, user=request.user, fact=found)
    if request.method == "GET" or not form.is_valid():
        return _ask(request, resource, party, kind, form, found)
    try:
        with transaction.atomic():
            batch = batches.begin("edit", resource.name, by=request.user, title=str(known.label))
            found.change(by=request.user, batch=batch.token, **_allowed(request.user, kind, form.values()))
    except ValidationError as error:
        return _ask(request, resource, party, kind, _with(form, error), found)
    return _done(resource, _("%(what)s saved") % {"what": known.label}, batch)


@require_POST
def remove(request: Request, resource: Resource, pk: int, kind: str, fact: int) -> HttpResponse:
    """Take a fact away, with an undo."""
    party, known = _party(request, resource, pk), _kind(kind)
    found = _fact(party, kind, fact, request.user)
    with transaction.atomic():
        batch = batches.begin("edit", resource.name, by=request.user, title=str(known.label))
        found.remove(by=request.user, batch=batch.token)
    return _done(resource, _("%(what)s removed") % {"what": known.label}, batch)


@require_POST
def make_primary(request: Request, resource: Resource, pk: int, kind: str, fact: int) -> HttpResponse:
    """The contact or address that lists show."""
    party = _party(request, resource, pk)
    if kind not in ("contacts", "addresses"):
        raise Http404
    _fact(party, kind, fact, request.user).change(by=request.user, is_primary=True)
    return _done(resource, _("This is the primary one now."))


@require_POST
def read_address(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """The form again, filled with the parts of the address that was pasted."""
    party = _party(request, resource, pk)
    found = addresses.parse(request.POST.get("pasted", "")[:1000])
    parts = {part: getattr(found, part) for part in PARTS}
    form = AddressForm(
        {**request.POST.dict(), **parts, "country": found.country, "text": ""}, party=party, user=request.user
    )
    action = request.POST.get("action", "")
    context = {"form": form, "resource": resource, "record": party, "action": action}
    return render(request, "parties/address_fields.html", context)


@require_GET
def options(request: Request) -> HttpResponse:
    """Parties whose name begins as typed, of any kind, that the reader may see: for choosing the other side
    of a relation.
    """
    allow(request, "view", Party)
    words = request.GET.get("q", "")[:100]
    rows = Party.objects.visible_to(request.user).live()
    if kind := request.GET.get("kind", ""):
        rows = rows.filter(kind=kind)
    if len(fold(words)) > 1:
        rows = rows.filter(Q(pk__in=_hits(words, request.user)) | Q(name__istartswith=words))
    has_city = request.user.rights.searchable(Party, "city")
    lines = [
        {
            "value": row.pk,
            "label": str(row),
            "detail": (row.city if has_city else "") or row.get_kind_display(),
        }
        for row in rows[:OPTIONS]
    ]
    if "json" in request.headers.get("Accept", ""):
        return JsonResponse({"options": lines})
    return render(request, "resources/form_options.html", {"options": lines, "words": words})


def _hits(words: str, user: Any) -> list[int]:
    """What the search box would find, without telling anything of fields that are closed to the reader."""
    nouns = ("people", "companies", "households")
    return [hit.record_id for hit in search_visible(user, words, 200, only=nouns)]


@require_http_methods(["GET", "POST"])
def household(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Put a person into a household that exists or a new one; or add a member to a household."""
    party = _party(request, resource, pk)
    context = {"resource": resource, "record": party, "problem": ""}
    if request.method == "GET":
        return render(request, "parties/household_form.html", context)
    try:
        _join(request, party)
    except ValidationError as error:
        return render(
            request,
            "parties/household_form.html",
            {**context, "problem": " ".join(error.messages)},
            status=422,
        )
    return _done(resource, _("Household saved"))


@require_POST
def leave_household(request: Request, resource: Resource, pk: int) -> HttpResponse:
    """Out of the household: this person, or `member` out of this household."""
    party = _party(request, resource, pk)
    member = _seen(request, request.POST.get("member", "")) if request.POST.get("member") else party
    with transaction.atomic():
        batch = batches.begin("edit", resource.name, by=request.user, title=_("Household"))
        member.change(by=request.user, batch=batch.token, household=None)
    return _done(resource, _("%(name)s left the household") % {"name": member}, batch)


@transaction.atomic
def _join(request: Request, party: Party) -> None:
    user = request.user
    if party.kind == Party.Kind.HOUSEHOLD:
        _seen(request, request.POST.get("other", "")).change(by=user, household=party)
        return
    if request.POST.get("other"):
        home = _seen(request, request.POST["other"])
    else:
        name = request.POST.get("name", "").strip()
        if not name:
            raise ValidationError(_("Choose a household, or give a name for a new one."))
        if not may(user, "add", Party):
            raise PermissionDenied(_("You may not add households."))
        home = Household.create(by=user, kind=Party.Kind.HOUSEHOLD, name=name[:200], owner=user)
    party.change(by=user, household=home)


def _seen(request: Request, text: str) -> Party:
    """The party a body names, when the reader may see and change it."""
    found: Party | None = (
        Party.objects.visible_to(request.user).filter(pk=int(text)).first()
        if text.isdecimal() and len(text) < 19
        else None
    )
    if found is None:
        raise ValidationError(_("Choose somebody from the list."))
    if not may(request.user, "change", found):
        raise PermissionDenied(_("You may not change %(name)s.") % {"name": found})
    return found


def _party(request: Request, resource: Resource, pk: int) -> Party:
    """The party, when the reader may change it and it stands."""
    if resource.noun != "party":
        raise Http404
    party: Party = load(request, resource, pk, "change")
    if party.merged_into_id:
        raise PermissionDenied(_("This record was merged into another one."))
    return party


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _fact(party: Party, kind: str, pk: int, user: Any) -> Any:
    """The fact, only if it is this party's and of a kind the reader may write."""
    rows: dict[str, Any] = {
        "contacts": party.contact_points,
        "addresses": party.addresses,
        "dates": party.important_dates,
    }
    if kind == "relations":
        found: Model | None = (
            party.relations_out.filter(pk=pk).first() or party.relations_in.filter(pk=pk).first()
        )
    else:
        found = rows[kind].filter(pk=pk).first()
    if found is None:
        raise Http404
    if isinstance(found, ContactPoint) and found.kind not in contact_kinds(user):
        raise PermissionDenied(_("You may not change this contact."))
    if isinstance(found, Address) and not user.rights.writable(Party, "city"):
        raise PermissionDenied(_("You may not change addresses."))
    return found


def _allowed(user: Any, kind: str, values: dict[str, Any]) -> dict[str, Any]:
    if kind == "contacts" and values["kind"] not in contact_kinds(user):
        raise PermissionDenied(_("You may not change this contact."))
    if kind == "addresses" and not user.rights.writable(Party, "city"):
        raise PermissionDenied(_("You may not change addresses."))
    return values


def _with(form: FactForm, error: ValidationError) -> FactForm:
    """The form with what the record itself says is wrong."""
    problems = error.message_dict if hasattr(error, "error_dict") else {"__all__": error.messages}
    for name, texts in problems.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)
    return form


def _ask(
    request: Request, resource: Resource, party: Party, kind: str, form: FactForm, fact: Any = None
) -> HttpResponse:
    known = KINDS[kind]
    verb = _("Change: %(what)s") if fact else _("Add: %(what)s")
    context = {
        "form": form,
        "resource": resource,
        "record": party,
        "fact": fact,
        "kind": kind,
        "title": verb % {"what": known.label},
        "action": request.path,
    }
    if kind == "relations":
        context["chosen"] = _chosen(request, form)
    return render(request, known.template, context, status=422 if request.method == "POST" else 200)


def _chosen(request: Request, form: FactForm) -> Party | None:
    """Whom the form names so far, as far as the reader may see them."""
    text = str(form["other"].value() or "")
    number = int(text) if text.isdecimal() and len(text) < 19 else 0
    chosen: Party | None = Party.objects.visible_to(request.user).filter(pk=number).first()
    return chosen


def _done(resource: Resource, text: str, batch: Any = None) -> HttpResponse:
    events: dict[str, Any] = {"records:changed": {"resource": resource.name}, "dialog:close": {}}
    return toast(HttpResponse(status=204), text, undo=batch, events=events)


HERE = "<resource:resource>/<int:pk>"
urlpatterns = [
    path("parties/options/", options, name="party_options"),
    path(f"{HERE}/facts/<str:kind>/", add, name="party_fact_add"),
    path(f"{HERE}/facts/<str:kind>/<int:fact>/", edit, name="party_fact_edit"),
    path(f"{HERE}/facts/<str:kind>/<int:fact>/remove/", remove, name="party_fact_remove"),
    path(f"{HERE}/facts/<str:kind>/<int:fact>/primary/", make_primary, name="party_fact_primary"),
    path(f"{HERE}/address/read/", read_address, name="party_address_read"),
    path(f"{HERE}/household/", household, name="party_household"),
    path(f"{HERE}/household/leave/", leave_household, name="party_household_leave"),
]
