"""The customer's page of a quote or an order: who holds the link needs no account.

The token in the address is the right. Nothing rides on a cookie, so the pages need no CSRF token; they show
one quote or one order and nothing beside it, in the customer's language.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from relasi.kit.access.middleware import public
from relasi.kit.records.record import Stale
from relasi.sales import quote_documents, quote_doors
from relasi.sales.actions.accept_quote import Signature, accept_quote
from relasi.sales.actions.choose_lines import choose_lines
from relasi.sales.models import Order, Quote, QuoteTemplate
from relasi.sales.quote_links import address_of, token_of
from relasi.sales.quote_panels import steps
from relasi.sales.reckoning import reckon
from relasi.sales.views.quotes import answer


def _behind(find: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Finds the record behind a link, in its customer's language; counts who tries."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @public
        @csrf_exempt
        @never_cache
        @wraps(view)
        def opened(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
            if quote_doors.is_too_much(request, "view", quote_doors.VIEWS):
                return _closed(request, 429)
            record = find(token)
            if record is None:
                if quote_doors.is_too_much(request, "miss", quote_doors.MISSES):
                    return _closed(request, 429)
                raise Http404(_("There is no such page."))
            with translation.override(record.party.language or translation.get_language()):
                return _guarded(view(request, record, **rest))

        return opened

    return wrap


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Content-Security-Policy"] = quote_doors.POLICY
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _closed(request: HttpRequest, status: int) -> HttpResponse:
    said = _("That was a lot in a short time. Please try again in ten minutes.")
    return _guarded(HttpResponse(said, status=status, content_type="text/plain; charset=utf-8"))


@_behind(quote_doors.find_quote)
@require_http_methods(["GET", "POST"])
def quote(request: HttpRequest, found: Quote) -> HttpResponse:
    """Read it, choose, write, sign or decline."""
    if request.method == "GET":
        if not request.user.is_authenticated:
            found.note_opened(timezone.now())
        return _show(request, found)
    if quote_doors.is_too_much(request, f"act:{found.pk}", quote_doors.ACTS):
        return _closed(request, 429)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        return _show(request, found, {"": _("Nothing was chosen.")}, status=422)
    try:
        part = act(request, found)
    except Stale:
        said = _("This quote has just changed. Please look at it once more.")
        return _show(request, found, {"": said}, status=409)
    except ValidationError as error:
        return _show(request, found, _problems(error), status=422)
    if request.headers.get("X-Part"):
        return _show(request, found, template="sales/public_quote_sums.html")
    return HttpResponseRedirect(request.path + part)


def _accept(request: HttpRequest, found: Quote) -> str:
    drawn = _text(request, "path", 20_001) if request.POST.get("signing") == "drawn" else ""
    if request.POST.get("signing") == "drawn" and not drawn:
        raise ValidationError({"path": _("Please draw your signature, or type your name instead.")})
    if not request.POST.get("agree"):
        raise ValidationError({"agree": _("Please confirm that you accept the quote.")})
    signature = Signature(
        name=_text(request, "name", 121), address=(get_client_ip(request) or "")[:45], path=drawn
    )
    accept_quote(quote=found, signature=signature, chosen=_chosen(request))
    return "#done"


def _choose(request: HttpRequest, found: Quote) -> str:
    choose_lines(quote=found, chosen=_chosen(request))
    return "#sums"


def _decline(request: HttpRequest, found: Quote) -> str:
    found.decline(by=None, reason=_text(request, "reason", 500))
    return "#done"


def _remark(request: HttpRequest, found: Quote) -> str:
    text = _text(request, "text", 2000)
    if not text:
        raise ValidationError({"text": _("Write something first.")})
    quote_doors.say(found, name=_text(request, "remark_name", 120), text=text)
    return "#remarks"


ACTS: dict[str, Callable[[HttpRequest, Quote], str]] = {
    "accept": _accept, "choose": _choose, "decline": _decline, "remark": _remark,
}  # fmt: skip


@_behind(quote_doors.find_quote)
@require_GET
def quote_pdf(request: HttpRequest, found: Quote) -> HttpResponse:
    """The document as it was signed, else as it was sent."""
    made = quote_documents.read(found, "signed" if found.is_signed else "sent")
    if made is None:
        raise Http404(_("There is no such document."))
    return answer(made, f"{found.full_number}.pdf")


@_behind(quote_doors.find_order)
@require_GET
def order(request: HttpRequest, found: Order) -> HttpResponse:
    """Where the goods are."""
    rows = found.ordered_lines()
    sums = reckon(rows, found.currency)
    context = {
        **_frame(found),
        "order": found,
        "rows": [
            (row, amounts, quote_documents.discount_text(row, found.currency))
            for row, amounts in zip(rows, sums.lines, strict=True)
        ],
        "sums": sums,
        "exact": quote_documents.exact,
        "steps": steps(found),
        "returns": [row for line in rows for row in line.returns.all()],
    }
    return render(request, "sales/public_order.html", context)


def _show(
    request: HttpRequest,
    found: Quote,
    problems: dict[str, str] | None = None,
    status: int = 200,
    template: str = "sales/public_quote.html",
) -> HttpResponse:
    found.refresh_from_db()
    rows = found.ordered_lines()
    sums = reckon(rows, found.currency)
    made = quote_doors.order_of(found)
    newer = quote_doors.next_version(found)
    context = {
        **_frame(found),
        "quote": found,
        "is_open": found.status == Quote.Status.SENT and not found.is_over(timezone.localdate()),
        "is_over": found.is_over(timezone.localdate()),
        "rows": [
            (row, amounts, quote_documents.discount_text(row, found.currency))
            for row, amounts in zip(rows, sums.lines, strict=True)
        ],
        "groups": _groups(rows),
        "sums": sums,
        "exact": quote_documents.exact,
        "problems": problems or {},
        "typed": request.POST if request.method == "POST" else {},
        "remarks": list(found.remarks.order_by("id")[:200]),
        "order_address": address_of(made) if made else "",
        "newer": address_of(newer) if newer else "",
        "pdf": reverse("public_quote_pdf", args=[token_of(found)]),
    }
    return render(request, template, context, status=status)


def _frame(found: Any) -> dict[str, Any]:
    language = found.party.language or translation.get_language()
    letterhead = QuoteTemplate.letterhead(language)
    return {"language_of_page": language, "letterhead": letterhead, "seller": found.owner}


def _groups(rows: list[Any]) -> list[str]:
    return list(dict.fromkeys(row.group for row in rows if row.kind == "alternative"))


def _chosen(request: HttpRequest) -> list[int]:
    """The numbers that were ticked."""
    names = [name for name in request.POST if name == "line" or name.startswith("choice-")]
    texts = [text for name in names for text in request.POST.getlist(name)]
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]


def _problems(error: ValidationError) -> dict[str, str]:
    if hasattr(error, "message_dict"):
        return {
            name if name != "__all__" else "": " ".join(said) for name, said in error.message_dict.items()
        }
    return {"": " ".join(error.messages)}


def _text(request: HttpRequest, name: str, most: int) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()[:most]


urlpatterns = [
    path("q/<slug:token>/", quote, name="public_quote"),
    path("q/<slug:token>/quote.pdf", quote_pdf, name="public_quote_pdf"),
    path("o/<slug:token>/", order, name="public_order"),
]
