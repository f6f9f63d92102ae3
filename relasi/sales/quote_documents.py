"""Quotes on paper: facts → Liquid → HTML → PDF, the same bytes for the same facts.

The template is the company's own text: it sees plain values only, runs within limits, and nothing it names is
ever fetched. The fonts come with the product, a file for each weight.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import translation
from django.utils.translation import gettext as _

from relasi.kit import ui
from relasi.kit.ui import formats
from relasi.lib.templating import fill
from relasi.lib.wording import InputError
from relasi.sales.reckoning import PERCENT

if TYPE_CHECKING:
    from relasi.sales.models import Quote, QuoteTemplate

PAPER = Path(__file__).parent / "paper"
FONTS = Path(ui.__file__).parent / "static" / "ui" / "fonts"  # a file for each weight, made by `make build`
FONT = re.compile(r"relasi:(inter-[4-8]00)")
FOLDER = "documents"
EPOCH = "1735689600"  # what font tools write as the time of a subset, so that equal facts make equal bytes
LONGEST = 60_000
ONE_AT_A_TIME = threading.Lock()


def pdf_of(
    quote: Quote, *, signature: Mapping[str, Any] | None = None, chosen: set[int] | None = None
) -> bytes:
    """The quote as a PDF in the customer's language. With `signature` (name, svg, typed, at, address, sha256)
    as it is signed, with the lines in `chosen` and no others to choose from.
    """
    template = quote.template or _usual(quote)
    with translation.override(quote.language):
        html = html_of(template, facts(quote, signature=signature, chosen=chosen))
    return render(html, style=template.style if template else "", name=f"{quote.full_number}:{quote.pk}")


def html_of(template: QuoteTemplate | None, told: Mapping[str, Any]) -> str:
    """Raises ValidationError for a template that does not work."""
    body = (template.body if template else "") or own_body()
    if len(body) > LONGEST:
        raise ValidationError(_("The template is too long."))
    try:
        return fill(body, told, is_markup=True)
    except InputError as error:
        raise ValidationError(_(error.text) % error.values) from error


def render(html: str, *, style: str, name: str) -> bytes:
    """Markup to PDF. Nothing is fetched; `name` makes the document's id."""
    os.environ.setdefault("SOURCE_DATE_EPOCH", EPOCH)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    with ONE_AT_A_TIME:
        fonts, fetcher = FontConfiguration(), _fetcher()
        sheets = [
            CSS(string=text, font_config=fonts, url_fetcher=fetcher) for text in (own_style(), style) if text
        ]
        document = HTML(string=html, url_fetcher=fetcher).render(font_config=fonts, stylesheets=sheets)
        made: bytes = document.write_pdf(pdf_identifier=hashlib.sha256(name.encode()).digest()[:16])
    return made


def facts(
    quote: Quote, *, signature: Mapping[str, Any] | None = None, chosen: set[int] | None = None
) -> dict[str, Any]:
    """Everything a template may say, as plain texts in the active language."""
    from relasi.sales.reckoning import reckon

    lines = quote.ordered_lines()
    if chosen is not None:
        for line in lines:
            line.is_chosen = line.kind == "fixed" or line.pk in chosen
    sums = reckon(lines, quote.currency)
    shown = [
        (line, amounts)
        for line, amounts in zip(lines, sums.lines, strict=True)
        if signature is None or line.is_chosen
    ]
    return {
        "labels": _labels(),
        "sender": _sender(quote),
        "quote": {
            "number": quote.full_number,
            "about": quote.name,
            "date": formats.date(quote.sent_at or quote.created_at, "long"),
            "valid_until": formats.date(quote.valid_until, "long"),
            "intro": quote.intro,
            "terms": quote.terms,
            "currency": quote.currency,
            "seller": str(quote.owner or ""),
        },
        "customer": {"name": str(quote.party), "city": quote.party.city or ""},
        "lines": [_line(line, amounts, quote.currency) for line, amounts in shown],
        "has_choices": any(line.kind != "fixed" for line in lines) and signature is None,
        "sums": {
            "gross": exact(sums.gross, quote.currency) if sums.discount else "",
            "discount": exact(sums.discount, quote.currency) if sums.discount else "",
            "net": exact(sums.net, quote.currency),
            "taxes": [{"label": tax.label, "tax": exact(tax.tax, quote.currency)} for tax in sums.taxes],
            "total": exact(sums.total, quote.currency),
        },
        "signature": dict(signature) if signature else None,
    }


def exact(amount: Any, currency: str) -> str:
    """An amount with every coin of it, in the active language."""
    from relasi.lib.money import Money, show

    return show(
        Money(amount, currency), "id" if (translation.get_language() or "").startswith("id") else "en"
    )


def keep(quote: Quote, kind: str, pdf: bytes) -> str:
    """Put a document away under its hash; the hash."""
    from relasi.sales.models import QuoteDocument

    digest = hashlib.sha256(pdf).hexdigest()
    path = f"{FOLDER}/{digest[:2]}/{digest}.pdf"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(pdf))
    QuoteDocument.create(by=None, quote=quote, kind=kind, sha256=digest, path=path, size=len(pdf))
    return digest


def read(quote: Quote, kind: str) -> bytes | None:
    """The document as it is kept; None where there is none."""
    document = quote.documents.filter(kind=kind).first()
    if document is None or not default_storage.exists(document.path):
        return None
    with default_storage.open(document.path, "rb") as file:
        return bytes(file.read())


def verifies(quote: Quote, kind: str) -> bool:
    """Whether the document is still what it was when it was sent or signed: its bytes hash to what the quote
    and the trail say.
    """
    told = quote.signed_sha256 if kind == "signed" else quote.sent_sha256
    pdf = read(quote, kind)
    return bool(told and pdf is not None and hashlib.sha256(pdf).hexdigest() == told)


def try_template(template: QuoteTemplate) -> str:
    """What is wrong with a template; empty where nothing is."""
    try:
        html_of(template, sample())
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def sample() -> dict[str, Any]:
    """Facts to try a template with."""
    line = {
        "name": "Contoh barang", "quantity": "2", "unit": "pcs", "price": "Rp500.000", "discount": "10 %",
        "net": "Rp900.000", "tax": "PPN 11 %", "kind": "fixed", "note": "", "is_chosen": True,
    }  # fmt: skip
    return {
        "labels": _labels(),
        "sender": "PT Contoh\nJl. Merdeka 1, Jakarta",
        "quote": {
            "number": "Q-2026-0001", "about": "Contoh", "date": "1 Januari 2026", "currency": "IDR",
            "valid_until": "15 Januari 2026", "intro": "", "terms": "", "seller": "Sari",
        },
        "customer": {"name": "Budi Santoso", "city": "Jakarta"},
        "lines": [line],
        "has_choices": False,
        "sums": {
            "gross": "Rp1.000.000", "discount": "Rp100.000", "net": "Rp900.000",
            "taxes": [{"label": "PPN 11 %", "tax": "Rp99.000"}], "total": "Rp999.000",
        },
        "signature": None,
    }  # fmt: skip


@cache
def own_body() -> str:
    return (PAPER / "quote.liquid").read_text()


@cache
def own_style() -> str:
    return (PAPER / "quote.css").read_text()


def _usual(quote: Quote) -> QuoteTemplate | None:
    from relasi.sales.models import QuoteTemplate

    found: QuoteTemplate | None = QuoteTemplate.usual(quote.language)
    return found


def _sender(quote: Quote) -> str:
    template = quote.template or _usual(quote)
    return (template.sender if template else "") or str(getattr(settings, "RELASI_COMPANY", "") or "Relasi")


def _line(line: Any, amounts: Any, currency: str) -> dict[str, Any]:
    kinds = {"optional": _("Optional"), "alternative": _("Choice: %(group)s") % {"group": line.group}}
    unit = line.product.unit if line.product else None
    return {
        "name": str(line),
        "quantity": formats.number(line.quantity, 0 if line.quantity == int(line.quantity) else 3),
        "unit": str(unit or ""),
        "price": exact(line.unit_price, currency),
        "discount": discount_text(line, currency),
        "net": exact(amounts.net, currency),
        "tax": line.tax_label if line.tax_share else "",
        "kind": line.kind,
        "note": kinds.get(line.kind, ""),
        "is_chosen": line.is_chosen,
    }


def discount_text(line: Any, currency: str) -> str:
    """`10 %`, an amount, or nothing."""
    if not line.discount:
        return ""
    if line.discount_in == PERCENT:
        return f"{formats.number(line.discount, 0 if line.discount == int(line.discount) else 2)} %"
    return exact(line.discount, currency)


def _labels() -> dict[str, str]:
    return {
        "quote": _("Quote"),
        "number": _("Quote number"),
        "date": _("Date"),
        "valid_until": _("Valid until"),
        "customer": _("For"),
        "seller": _("Your contact"),
        "description": _("Description"),
        "quantity": _("How many"),
        "unit_price": _("Unit price"),
        "discount": _("Discount"),
        "amount": _("Amount"),
        "before_discount": _("Before discount"),
        "net": _("Without tax"),
        "total": _("Total"),
        "choices": _("The total counts what is marked ✓. You can choose on the page of this quote."),
        "signed": _("Accepted and signed"),
        "signed_by": _("Name"),
        "signed_at": _("Time"),
        "signed_from": _("Network address"),
        "document": _("SHA-256 of the quote as it was sent"),
        "terms": _("Terms"),
    }


def moment(at: datetime) -> str:
    return formats.datetime(at, "long")


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Nothing(URLFetcher):  # type: ignore[misc]
        """Hands out the product's own fonts, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if not (font := FONT.fullmatch(url)):
                raise ValueError("nothing is fetched for a document")
            return URLFetcherResponse(url, _font(font[1]), {"Content-Type": "font/ttf"})

    return Nothing()


@cache
def _font(name: str) -> bytes:
    return (FONTS / f"{name}.ttf").read_bytes()
