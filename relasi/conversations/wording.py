"""From a template to what one customer reads: Liquid filled with the customer's own facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from relasi.kit.ui import formats
from relasi.lib import names
from relasi.lib.templating import check, fill
from relasi.lib.wording import InputError
from relasi.parties.models import Party


@dataclass(frozen=True, slots=True)
class Rendered:
    """What goes out; `html` is empty where the text is all there is."""

    subject: str
    text: str
    html: str = ""


def check_wording(variant: Any) -> None:
    """Raises ValidationError by field for Liquid or MJML that does not work."""
    wrong: dict[str, Any] = {}
    for name in ("subject", "text", "mjml"):
        try:
            check(getattr(variant, name) or "")
        except InputError as error:
            wrong[name] = _(error.text) % error.values
    if wrong:
        raise ValidationError(wrong)


def rendered(variant: Any, facts: Mapping[str, Any]) -> Rendered:
    """A wording for one customer. Raises InputError when the template does not work for them."""
    html = fill(markup_of(variant.mjml), facts, is_markup=True) if variant.mjml else ""
    return Rendered(" ".join(fill(variant.subject, facts).split()), fill(variant.text, facts).strip(), html)


def markup_of(mjml: str) -> str:
    """MJML as HTML with its styles inlined; the Liquid in it stays for each customer."""
    from relasi.channels.email.html import outgoing_html

    html: str = outgoing_html(mjml)
    return html


def facts_of(
    party: Party | None,
    *,
    language: str,
    colleague: Any = None,
    links: Mapping[str, str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a template may say, as plain texts in `language`. `more` adds to it, and never overrules it."""
    return {
        **(more or {}),
        "customer": _customer(party, language) if party else NOBODY,
        "colleague": _colleague(colleague or (party.owner if party else None)),
        "company": {"name": str(getattr(settings, "RELASI_COMPANY", "") or "Relasi")},
        "today": _long(timezone.localdate(), language),
        "links": dict(links or {}),
    }


NOBODY = {
    "name": "",
    "first_name": "",
    "salutation": "",
    "greeting": "",
    "city": "",
    "phone": "",
    "email": "",
}


def _customer(party: Party, language: str) -> dict[str, str]:
    first = party.nickname or party.given_name or names.split(party.name).given
    title = party.salutation or _title(party.gender, language)
    return {
        "name": party.name,
        "first_name": first,
        "salutation": party.salutation,
        "greeting": " ".join(filter(None, (title, first or party.name))),
        "city": party.city,
        "phone": party.phone,
        "email": party.email,
    }


@lru_cache(maxsize=16)
def _title(gender: str, language: str) -> str:
    with translation.override(language):
        return {"male": _("Mr."), "female": _("Ms.")}.get(gender, "")


@lru_cache(maxsize=16)
def _long(day: date, language: str) -> str:
    with translation.override(language):
        return formats.date(day, "long")


def _colleague(user: Any) -> dict[str, str]:
    if user is None:
        return {"name": "", "first_name": "", "email": "", "phone": "", "job_title": ""}
    return {
        "name": str(user),
        "first_name": str(user).split(" ")[0],
        "email": user.email,
        "phone": getattr(user, "phone", "") or "",
        "job_title": getattr(user, "job_title", "") or "",
    }
