"""`POST /api/v1/leads/capture/`: a program hands in a name with a need; who it is, is found out here."""

from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel
from pydantic import Field as Shape

from relasi.kit.records.money import own_currency
from relasi.kit.resources.api.endpoints import ERRORS, IdempotencyKey, answer
from relasi.kit.resources.api.idempotency import once
from relasi.kit.resources.api.more import add_endpoints
from relasi.kit.resources.finding import allow
from relasi.parties.actions.find_or_make_party import Known
from relasi.parties.models import Party
from relasi.parties.models.contact_point import normal_value
from relasi.sales.actions.capture_lead import Giving, capture_lead
from relasi.sales.importing import may_give, of_another
from relasi.sales.models import Lead

Line = Annotated[str, Shape(max_length=200)]


class CaptureIn(BaseModel):
    """A name, and a phone or an e-mail. `value` as a decimal text in the company's currency."""

    name: Annotated[str, Shape(min_length=1, max_length=200)]
    phone: Annotated[str, Shape(max_length=40)] = ""
    email: Annotated[str, Shape(max_length=254)] = ""
    city: Annotated[str, Shape(max_length=80)] = ""
    company: Line = ""
    need: Annotated[str, Shape(max_length=4000)] = ""
    value: Annotated[str, Shape(pattern=r"^\d{1,13}(\.\d{1,2})?$")] | None = None
    source: Annotated[str, Shape(max_length=120)] = ""
    external_id: Annotated[str, Shape(max_length=120)] = ""
    utm_source: Line = ""
    utm_medium: Line = ""
    utm_campaign: Line = ""
    utm_term: Line = ""
    utm_content: Line = ""


class CaptureOut(BaseModel):
    """`is_new`: the person was not known; else `matched_by` names what agreed."""

    lead: int
    party: int
    owner: int | None
    is_new: bool
    matched_by: list[str]


def _capture(router: Router) -> None:
    @router.post(
        "/capture/",
        response={201: CaptureOut, **ERRORS},
        operation_id="leads_capture",
        summary="A lead about a person who is found, or made when nobody knows them",
    )
    @once(_still)
    def capture(request: HttpRequest, given: CaptureIn, idempotency_key: IdempotencyKey = "") -> HttpResponse:
        allow(request, "add", Lead)
        allow(request, "add", Party)
        captured = capture_lead(
            known=_known(given, request.user),
            by=request.user,
            giving=Giving() if may_give(request.user) else Giving(to=request.user),  # type: ignore[arg-type]
            channel=Lead.Channel.API,
            currency=own_currency(),
            **_told(given),
        )
        lead = captured.lead
        said = {
            "lead": lead.pk,
            "party": captured.party.pk,
            "owner": lead.owner_id,
            "is_new": captured.is_new,
        }
        response = answer({**said, "matched_by": list(captured.why)}, status=201)
        response["Location"] = f"/api/v1/leads/{lead.pk}/"
        return response


def _still(request: HttpRequest, data: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """The kept answer holds numbers only; who may no longer hand in leads is told nothing."""
    allow(request, "add", Lead)
    allow(request, "add", Party)
    return data


def _known(given: CaptureIn, user: Any) -> Known:
    """Raises ValidationError by field; also for a customer somebody else looks after."""
    clean, problems = {}, {}
    for kind in ("phone", "email"):
        text = getattr(given, kind).strip()
        try:
            clean[kind] = normal_value(kind, text) if text else ""
        except ValidationError as error:
            problems[kind] = error.messages
    if not problems and not any(clean.values()):
        problems["phone"] = [_("Please leave a phone number or an e-mail address.")]
    if problems:
        raise ValidationError(problems)
    known = Known(
        name=given.name, phone=clean["phone"], email=clean["email"], city=given.city, company=given.company,
        source=given.source,
    )  # fmt: skip
    if other := of_another(known, user):
        raise ValidationError({"name": [other]})
    return known


def _told(given: CaptureIn) -> dict[str, Any]:
    names = (
        "need",
        "source",
        "external_id",
        "utm_source",
        "utm_medium",
        "utm_campaign",
        "utm_term",
        "utm_content",
    )
    return {**{name: getattr(given, name).strip() for name in names}, "estimated_value": given.value}


add_endpoints("leads", _capture)
