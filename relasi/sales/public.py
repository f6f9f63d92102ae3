"""Forms for strangers: their token, a limit for each address, what is read of them, who may frame them.

How such pages are kept safe: `relasi.kit.access.strangers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from relasi.kit.access import strangers
from relasi.kit.access.strangers import Opened
from relasi.sales.models import FormSubmission, WebForm

SALT = "relasi.sales.form"
MOST, WINDOW = 12, timedelta(minutes=10)
UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")


def new_token(door: str) -> str:
    """For one filling of the form behind `door` (form, card or link, by number)."""
    return strangers.new_token(door, salt=SALT)


def opened(token: str, door: str) -> Opened | None:
    """None for a token that is forged, of another door, or older than a day."""
    return strangers.opened(token, door, salt=SALT)


def code_of_address(request: HttpRequest) -> str:
    return strangers.code_of_address(request, salt=SALT)


def is_too_much(code: str) -> bool:
    """Whether this address has sent its share of the last ten minutes."""
    since = timezone.now() - WINDOW
    rows = FormSubmission.objects.filter(address_code=code, received_at__gte=since).order_by()
    return len(rows.values_list("pk")[:MOST]) >= MOST


def answers_of(form: WebForm, data: Mapping[str, str]) -> dict[str, str]:
    """What was sent for the questions of the form, and nothing else."""
    return {
        question.key: data.get(f"a-{question.key}", "").replace("\0", "")[:5000]
        for question in form.ordered_fields
    }


def utm_of(data: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name in UTM if (text := data.get(name, "").replace("\0", "").strip()[:200])}


def frame_policy(form: WebForm | None) -> str:
    """Only the sites the company named may frame the form; nothing inline, nothing from elsewhere."""
    origins = " ".join(form.origin_list if form else ()) or "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {origins}",
        )
    )
