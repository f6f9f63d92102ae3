"""What the boxes on a product's page show, for one reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from relasi.catalog import stock
from relasi.catalog.models import EligibilityRule, Price, Product, StockLevel, StockMovement

Context = Mapping[str, Any] | None
SHOWN = 20


def prices(product: Product, user: Any) -> Context:
    """Its prices in the books in use, the book that decides first."""
    if not user.rights.may("view", Price):
        return None
    rows = Price.objects.visible_to(user).filter(product=product, book__archived_at__isnull=True)
    rows = rows.select_related("book").order_by("-book__priority", "book__name", "min_quantity")
    return {
        "prices": list(rows[:SHOWN]),
        "add_url": _add(user, Price, "prices", product),
        **_again("prices", product),
    }


def places(product: Product, user: Any) -> Context:
    """Where it lies. Of a bundle, how many can be made up."""
    if not user.rights.may("view", StockLevel):
        return None
    available = stock.available(product=product)
    if available is None:
        return None
    rows = StockLevel.objects.visible_to(user).filter(product=product).select_related("place")
    return {
        "available": available,
        "levels": [
            (level, reverse("resource_record", args=["stock", level.pk]))
            for level in rows.order_by("place__name")[:SHOWN]
        ],
        "is_bundle": not product.is_stocked,
        "unit": product.unit.symbol if product.unit else "",
        **_again("stock", product),
    }


def eligibility(product: Product, user: Any) -> Context:
    """Who may have it: its own rules and those of its categories."""
    if not user.rights.may("view", EligibilityRule):
        return None
    line = product.category.line if product.category else []
    rows = EligibilityRule.objects.visible_to(user).filter(is_active=True)
    own, inherited = rows.filter(product=product), rows.filter(category__in=line)
    everywhere = rows.filter(product__isnull=True, category__isnull=True)
    return {
        "rules": [
            (rule, reverse("resource_record", args=["eligibility-rules", rule.pk]))
            for rule in (own | inherited | everywhere).order_by("name", "id")[:SHOWN]
        ],
        "add_url": _add(user, EligibilityRule, "eligibility-rules", product),
        **_again("eligibility", product),
    }


def movements(level: StockLevel, user: Any) -> Context:
    """The newest lines of the ledger of one product in one place."""
    if not user.rights.may("view", StockMovement):
        return None
    rows = StockMovement.objects.visible_to(user).filter(product=level.product_id, place=level.place_id)
    return {
        "lines": [
            (row, reverse("resource_record", args=["stock-movements", row.pk]))
            for row in rows.order_by("-at", "-id")[:SHOWN]
        ],
        "panel_url": reverse("resource_panel", args=["stock", level.pk, "movements"]),
    }


def _add(user: Any, model: Any, resource: str, product: Product) -> str:
    if not user.rights.may("add", model):
        return ""
    return f"{reverse('resource_new', args=[resource])}?product={product.pk}"


def _again(name: str, product: Product) -> dict[str, str]:
    """Where a box fetches itself again."""
    return {"panel_url": reverse("resource_panel", args=["products", product.pk, name])}
