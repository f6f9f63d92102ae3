"""The audit trail: everything that happened, its proof, and its export."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.administration import checking, trail
from relasi.administration.doors import may_see, needs
from relasi.administration.matrix import nouns
from relasi.kit.access.requests import Request
from relasi.kit.events.writing import emit


@require_GET
@needs("event", "view")
def audit(request: Request) -> HttpResponse:
    """Events newest first, by a filter in the address; `?before=` is the next page, as one scrolls."""
    asked = trail.Asked.of(request.GET)
    lines, mark = trail.page(asked, request.user, before=request.GET.get("before", ""))
    query = request.GET.copy()
    query.pop("before", None)
    context = {"lines": lines, "next": mark, "query": query.urlencode(), "asked": asked}
    if request.GET.get("before"):
        return render(request, "administration/audit_rows.html", context)
    more = {
        "actors": trail.actors(),
        "noun_choices": [("", _("All")), *((noun.name, noun.label) for noun in nouns()[1:])],
        "verb_choices": [
            ("", _("Anything")),
            *sorted(((verb, str(words)) for verb, words in trail.WORDS.items()), key=lambda one: one[1]),
        ],
        "chain": checking.standing(),
        "can_verify": may_see("event", "verify")(request.user),
        "can_export": may_see("event", "export")(request.user),
    }
    return render(request, "administration/audit.html", {**context, **more})


@require_GET
@needs("event", "view")
def chain(request: Request) -> HttpResponse:
    """The panel of the chain alone: asked every second while a check runs."""
    context = {"chain": checking.standing(), "can_verify": may_see("event", "verify")(request.user)}
    return render(request, "administration/audit_chain.html", context)


@require_POST
@needs("event", "verify")
def verify(request: Request) -> HttpResponse:
    checking.ask_for_check(by=request.user)
    return chain_or_page(request)


@require_GET
@needs("event", "export")
def export(request: Request) -> HttpResponseBase:
    """The filtered trail as CSV. That it was taken out stands in the trail itself."""
    asked = trail.Asked.of(request.GET)
    emit("audit_exported", request.user, by=request.user, note=request.GET.urlencode()[:400])
    name = f"audit-{timezone.localdate().isoformat()}.csv"
    answer = StreamingHttpResponse(
        trail.csv_lines(asked, request.user), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def chain_or_page(request: Request) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("audit")
    context = {"chain": checking.standing(), "can_verify": True}
    return render(request, "administration/audit_chain.html", context)


urlpatterns = [
    path("settings/audit/", audit, name="audit"),
    path("settings/audit/chain/", chain, name="audit_chain"),
    path("settings/audit/verify/", verify, name="audit_verify"),
    path("settings/audit/export/", export, name="audit_export"),
]
