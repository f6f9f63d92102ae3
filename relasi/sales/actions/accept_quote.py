"""The customer signs a quote: it becomes an order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from relasi.kit.records.record import Stale
from relasi.sales.actions.choose_lines import check_choice, put_choice
from relasi.sales.actions.follow_quote import follow_quote
from relasi.sales.actions.raise_on_ladder import raise_on_ladder
from relasi.sales.actions.reserve_order import reserve_order
from relasi.sales.models import Order, OrderLine, Quote
from relasi.sales.quote_documents import keep, moment, pdf_of
from relasi.sales.quote_links import new_link

STROKES = re.compile(r"(?:M\d{1,3}(?:\.\d)? \d{1,3}(?:\.\d)?(?:L\d{1,3}(?:\.\d)? \d{1,3}(?:\.\d)?)*)+")
LONGEST = 20_000


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who signs, from where; `path`: what was drawn, as the path of an SVG of 400 × 160, empty when typed."""

    name: str
    address: str = ""
    path: str = ""

    def check(self) -> None:
        """Raises ValidationError, by field."""
        if not self.name.strip():
            raise ValidationError({"name": _("Please say who you are.")})
        if len(self.name) > 120:
            raise ValidationError({"name": _("This name is too long.")})
        if self.path and (len(self.path) > LONGEST or not STROKES.fullmatch(self.path)):
            raise ValidationError({"path": _("This signature cannot be read. Please draw it again.")})


def accept_quote(
    *, quote: Quote, signature: Signature, chosen: Iterable[int] | None = None, by: Any = None
) -> Order:
    """The order of a quote that is signed now; the one there is, when it was signed before.

    `chosen`: numbers of the optional and alternative lines taken, or None for those chosen already. The
    document is made before anything is locked; who loses a race against a change is told to look again.
    Raises ValidationError.
    """
    signature.check()
    seen = Quote._default_manager.select_related("party", "owner", "template").get(pk=quote.pk)
    if seen.is_signed:
        return seen.order  # type: ignore[no-any-return]
    _refuse_closed(seen)
    counted = check_choice(seen, _asked(seen) if chosen is None else chosen)
    now = timezone.now()
    pdf = _signed_pdf(seen, signature, counted, now)
    return _sign(quote, seen, signature, counted, pdf, now, by=by)


@transaction.atomic
def _sign(
    quote: Quote, seen: Quote, signature: Signature, counted: set[int], pdf: bytes, now: datetime, *, by: Any
) -> Order:
    locked = quote._locked()
    if locked.is_signed:
        return locked.order
    if locked.version != seen.version:
        raise Stale(locked)
    put_choice(locked, counted)
    digest = keep(locked, "signed", pdf)
    quote._set(
        by=by, verb="accepted", note=_("Signed by %(name)s") % {"name": signature.name.strip()},
        status=Quote.Status.ACCEPTED, decided_at=now, signed_name=signature.name.strip(),
        signing="drawn" if signature.path else "typed", signature=signature.path,
        signed_address=signature.address, signed_sha256=digest,
    )  # fmt: skip
    order = _order_of(locked, by=by)
    reserve_order(order=order, by=by)
    if not _win(locked, by=by):
        raise_on_ladder(order=order, by=by)
    return order


def _order_of(quote: Quote, *, by: Any) -> Order:
    order: Order = Order.create(
        by=by, name=quote.name, party=quote.party, quote=quote, deal=quote.deal, currency=quote.currency,
        owner=quote.owner, delivery_address=_address(quote),
    )  # fmt: skip
    for line in quote.ordered_lines():
        if line.is_chosen:
            OrderLine.copy_of(line, by=by, copying="exact", order=order)
    order.keep(**new_link("order", order.pk))
    return order


def _win(quote: Quote, *, by: Any) -> bool:
    """The deal of the quote is won through its own verb; a signature meets whatever its checklist still
    asked. A deal that lacks a field stays as it was, and Today says what it lacks.
    """
    from relasi.sales.gates import unmet_criteria

    deal = quote.deal
    if deal is None or deal.pipeline is None or not deal.is_open:
        return deal is not None and deal.is_won
    try:
        with transaction.atomic():
            follow_quote(deal=deal, quote=quote, by=by)
            stage = deal.pipeline.stage_for("won")
            deal.win(by=by, criteria=unmet_criteria(deal, stage))
    except ValidationError:
        return False
    return True


def _signed_pdf(quote: Quote, signature: Signature, counted: set[int], now: datetime) -> bytes:
    with translation.override(quote.language):
        told = {
            "name": signature.name.strip(), "path": signature.path, "at": moment(now),
            "address": signature.address, "sha256": quote.sent_sha256,
        }  # fmt: skip
    return pdf_of(quote, signature=told, chosen=counted)


def _refuse_closed(quote: Quote) -> None:
    if quote.status != Quote.Status.SENT:
        raise ValidationError(_("This quote cannot be signed any more."))
    if quote.valid_until < timezone.localdate():
        raise ValidationError(_("This quote has expired. Ask us for a new one."))


def _asked(quote: Quote) -> set[int]:
    return {line.pk for line in quote.ordered_lines() if line.is_chosen and line.kind != "fixed"}


def _address(quote: Quote) -> str:
    """Where the customer lives, as one text."""
    found = quote.party.addresses.order_by("-is_primary", "id").first()
    return str(found) if found else ""
