"""A quote on paper, what its documents say about themselves, and a template tried out."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import allow
from relasi.sales import quote_documents
from relasi.sales.models import Quote, QuoteTemplate


@require_GET
def pdf(request: Request, pk: int, kind: str) -> HttpResponse:
    """`draft`: as it stands now; `sent`, `signed`: as it was then."""
    quote = get_object_or_404(Quote.objects.visible_to(request.user), pk=pk)
    allow(request, "view", quote)
    try:
        made = quote_documents.pdf_of(quote) if kind == "draft" else quote_documents.read(quote, kind)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    if made is None:
        raise Http404(_("There is no such document."))
    return answer(made, f"{quote.full_number}-{kind}.pdf")


@require_GET
def verify(request: Request, pk: int) -> HttpResponse:
    """Whether the documents are still what was sent and signed."""
    quote = get_object_or_404(Quote.objects.visible_to(request.user), pk=pk)
    allow(request, "view", quote)
    checked = [
        (document, quote_documents.verifies(quote, document.kind))
        for document in quote.documents.order_by("id")
    ]
    return render(request, "sales/quote_verify.html", {"quote": quote, "checked": checked})


@require_GET
def template_preview(request: Request, pk: int) -> HttpResponse:
    """A made-up quote in this template."""
    template = get_object_or_404(QuoteTemplate.objects.visible_to(request.user), pk=pk)
    allow(request, "view", template)
    try:
        html = quote_documents.html_of(template, {**quote_documents.sample(), **_sender(template)})
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), status=422, content_type="text/plain; charset=utf-8")
    made = quote_documents.render(html, style=template.style, name=f"template:{template.pk}")
    return answer(made, "template.pdf")


def answer(pdf: bytes, name: str) -> HttpResponse:
    """A PDF shown by the browser, and kept by nobody on the way."""
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name.replace("/", "-")}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


def _sender(template: QuoteTemplate) -> dict[str, str]:
    return {"sender": template.sender} if template.sender else {}


urlpatterns = [
    path("quotes/<int:pk>/verify/", verify, name="quote_verify"),
    path("quotes/<int:pk>/<str:kind>.pdf", pdf, name="quote_pdf"),
    path("quote-templates/<int:pk>/preview.pdf", template_preview, name="quote_template_preview"),
]
