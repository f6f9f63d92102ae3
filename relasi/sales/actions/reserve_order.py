"""The goods of an order are kept for the customer, or the order waits for what is missing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.catalog.models.stock_level import NotThere
from relasi.catalog.stock import reserve_many
from relasi.sales.models import Order

Status = Order.Status


@transaction.atomic
def reserve_order(*, order: Order, by: Any) -> bool:
    """True when everything is kept. Harmless when repeated. Raises ValidationError for an empty order."""
    locked = order._locked()
    if locked.status not in (Status.DRAFT, Status.WAITING):
        return locked.status != Status.CANCELLED
    lines = locked.ordered_lines()
    if not lines:
        raise ValidationError(_("There is nothing on this order yet. Add a line first."))
    try:
        with transaction.atomic():
            reserve_many(
                lines=[(line.product, line.quantity) for line in lines if line.product],
                by=by, owner=locked.owner, party=locked.party, reference=locked.number, about=locked,
            )  # fmt: skip
    except NotThere as missing:
        _wait(order, locked, " ".join(missing.messages), by=by)
        return False
    order._set(by=by, verb="reserved", status=Status.RESERVED, reserved_at=timezone.now(), shortage="")
    return True


def _wait(order: Order, locked: Order, shortage: str, *, by: Any) -> None:
    """Told once, not at every try."""
    if (locked.status, locked.shortage) != (Status.WAITING, shortage):
        order._set(by=by, verb="waits", note=shortage, status=Status.WAITING, shortage=shortage)
