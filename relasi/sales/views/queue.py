"""The work queue: one lead at a time, everything known about it, one act in place, then the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources.finding import is_number
from relasi.kit.resources.replies import notify
from relasi.sales import queue
from relasi.sales.actions.convert_lead import convert_lead
from relasi.sales.actions.try_customer import try_customer
from relasi.sales.explaining import told
from relasi.sales.lead_panels import answers_shown
from relasi.sales.models import FormSubmission, Lead

SHOWN = 12
HOURS = {"1", "2", "24", "72", "168"}


@require_GET
def lead_queue(request: Request) -> HttpResponse:
    """`?lead=` opens a certain one of the queue; `?skip=` goes past some."""
    if not may(request.user, "view", Lead):
        raise PermissionDenied(_("You may not see this list."))
    now, skipped = (
        timezone.now(),
        [pk for pk in request.GET.get("skip", "").split(",") if is_number(pk)][:200],
    )
    rows = queue.mine(request.user, now).select_related("party", "referred_by", "territory", "product")
    lead = _chosen(request, rows, skipped)
    context: dict[str, Any] = {
        "lead": lead,
        "following": [row for row in rows[: SHOWN + 1] if row != lead][:SHOWN],
        "waiting": list(queue.waiting(request.user).select_related("party")[:SHOWN]),
        "skip": ",".join([*skipped, str(lead.pk)]) if lead else "",
        "now": now,
        "reasons": Lead.Reason.choices,
        **(_known(request, lead) if lead else {}),
    }
    return render(request, "sales/queue.html", context)


@require_POST
def act(request: Request, pk: int, verb: str) -> HttpResponse:
    """Do one thing with a lead, and go on to the next."""
    doing = ACTS.get(verb)
    if doing is None:
        raise Http404
    lead = _lead(request, pk, RIGHTS.get(verb, verb))
    try:
        with transaction.atomic():
            said = doing(request, lead)
    except ValidationError as error:
        notify(request, " ".join(error.messages))
        return HttpResponseRedirect(f"{reverse('lead_queue')}?lead={lead.pk}")
    notify(request, said)
    return HttpResponseRedirect(_after(verb, lead))


def _after(verb: str, lead: Lead) -> str:
    """On to the next; but with a deal that was just made, to that."""
    if verb == "convert":
        return reverse("resource_record", args=["deals", lead.deal_id])
    return reverse("lead_queue")


def _reached(request: Request, lead: Lead) -> str:
    try_customer(lead=lead, by=request.user, outcome="reached", note=_note(request))
    return _("Reached: %(lead)s") % {"lead": lead}


def _not_reached(request: Request, lead: Lead) -> str:
    try_customer(lead=lead, by=request.user, outcome="no_answer", note=_note(request))
    return _("Not reached: it comes back in two hours.")


def _qualify(request: Request, lead: Lead) -> str:
    lead.qualify(by=request.user)
    return _("Qualified: %(lead)s") % {"lead": lead}


def _convert(request: Request, lead: Lead) -> str:
    deal = convert_lead(lead=lead, by=request.user)
    return _("The deal “%(deal)s” is open.") % {"deal": deal}


def _disqualify(request: Request, lead: Lead) -> str:
    day = parse_date(request.POST.get("recycle_on", "")[:10] or "x")
    reason = request.POST.get("disqualify_reason", "")
    lead.disqualify(disqualify_reason=reason, recycle_on=day, note=_note(request)[:200], by=request.user)
    return _("Given up: %(lead)s") % {"lead": lead}


def _put_off(request: Request, lead: Lead) -> str:
    hours = request.POST.get("hours", "")
    until = timezone.now() + timedelta(hours=int(hours)) if hours in HOURS else None
    lead.put_off(next_at=until, by=request.user)
    return _("Put off: %(lead)s") % {"lead": lead}


def _take(request: Request, lead: Lead) -> str:
    lead.take(by=request.user)
    return _("It is yours: %(lead)s") % {"lead": lead}


ACTS: dict[str, Callable[[Request, Lead], str]] = {
    "reached": _reached, "not_reached": _not_reached, "qualify": _qualify, "convert": _convert,
    "disqualify": _disqualify, "put_off": _put_off, "take": _take,
}  # fmt: skip
RIGHTS = {"reached": "respond", "not_reached": "respond"}


def _lead(request: Request, pk: int, right: str) -> Lead:
    """The lead, when the reader may see it (else 404) and may do this to it (else 403).

    A lead of nobody is nobody's own: to take it, the right to take some is asked.
    """
    lead: Lead | None = Lead.objects.visible_to(request.user).filter(pk=pk).first()
    if lead is None:
        raise Http404(_("There is no such record, or you may not see it."))
    asked: Any = Lead if right == "take" and lead.owner_id is None else lead
    if not may(request.user, right, asked):
        raise PermissionDenied(_("You may not do this."))
    return lead


def _chosen(request: Request, rows: Any, skipped: list[str]) -> Lead | None:
    wanted = request.GET.get("lead", "")
    chosen: Lead | None = rows.filter(pk=int(wanted)).first() if is_number(wanted) else None
    following: Lead | None = rows.exclude(pk__in=[int(pk) for pk in skipped]).first()
    return chosen or following


def _known(request: Request, lead: Lead) -> dict[str, Any]:
    """What helps to answer: why it is here, what was sent, how to reach them as far as the reader may see."""
    user: Any = request.user
    given = lead.assignments.select_related("user").first()
    sent = (
        lead.submissions.select_related("form").first() if user.rights.may("view", FormSubmission) else None
    )
    party = lead.party
    open_to = user.rights.may("view", party)
    reach = {
        name: getattr(party, name) if open_to and user.rights.searchable(type(party), name) else ""
        for name in ("phone", "email", "city")
    }
    return {
        "why": told(given.reasons) if given else [],
        "answers": answers_shown(sent) if sent else [],
        "reach": reach,
        "may": {verb: may(user, RIGHTS.get(verb, verb), lead) for verb in ACTS},
    }


def _note(request: Request) -> str:
    return request.POST.get("note", "").replace("\0", "").strip()[:2000]


urlpatterns = [
    path("leads/queue/", lead_queue, name="lead_queue"),
    path("leads/queue/<int:pk>/<slug:verb>/", act, name="lead_queue_act"),
]
