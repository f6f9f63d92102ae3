"""What quotes start with; edited like everything else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from relasi.sales.quote_documents import own_body
from relasi.sales.starting import said

TEMPLATES = (("id", "Penawaran"), ("en", "Quote"))
DISCOUNT = {"en": "Discounts above 10 %", "id": "Diskon di atas 10 %"}
RULES = (
    # rung, when, reason
    ("repeat", "orders >= 2", "Has ordered again"),
    ("first_time", "orders >= 1", "Has ordered for the first time"),
)


def fill(apps: Any) -> None:
    """For the migration that lays them."""
    template = apps.get_model("sales", "QuoteTemplate")
    for language, name in TEMPLATES:
        template.objects.create(name=name, language=language, is_usual=True, body=own_body())
    apps.get_model("sales", "DiscountRule").objects.create(name=said(DISCOUNT), above=Decimal(10))
    rule = apps.get_model("parties", "RungRule")
    for at, (rung, when, reason) in enumerate(RULES):
        rule.objects.create(rung=rung, filter=when, reason=reason, order=47 + at, is_builtin=True)
