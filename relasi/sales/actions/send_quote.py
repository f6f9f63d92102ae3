"""A quote goes to the customer: fixed, on paper, and behind an address of its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.sales.actions.follow_quote import follow_quote
from relasi.sales.approval import demands
from relasi.sales.models import Quote
from relasi.sales.quote_documents import keep, pdf_of
from relasi.sales.quote_links import new_link

Status = Quote.Status


@transaction.atomic
def send_quote(*, quote: Quote, by: Any) -> None:
    """Harmless when repeated. Raises ValidationError for a quote that is not ready or not approved."""
    locked = quote._locked()
    if locked.status == Status.SENT:
        return
    _refuse_unready(locked)
    locked.sent_at = timezone.now()
    digest = keep(locked, "sent", pdf_of(locked))
    quote._set(
        by=by, verb="sent", status=Status.SENT, sent_at=locked.sent_at, sent_sha256=digest,
        **new_link("quote", quote.pk),
    )  # fmt: skip
    if locked.deal and not locked.deal.amount:
        follow_quote(deal=locked.deal, quote=locked, by=by)


def _refuse_unready(quote: Quote) -> None:
    if quote.status == Status.WAITING:
        raise ValidationError(_("This quote waits for approval. It can be sent afterwards."))
    if quote.status not in (Status.DRAFT, Status.APPROVED):
        quote.refuse_when_fixed()
    quote.check_ready()
    if quote.is_draft and (asked := demands(quote)):
        why = " ".join(demand.reason for demand in asked)
        raise ValidationError(_("This quote needs approval before it is sent. %(why)s") % {"why": why})
