"""The ledger of stock: what came, went, was moved or counted. A line is never changed or taken out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.product import Product
from relasi.catalog.models.stock_level import PLACES, StockLevel, plain
from relasi.catalog.models.stock_place import StockPlace
from relasi.kit.records.record import Record


class StockMovement(Record):
    """`quantity` is signed: what goes out is below nothing, however it was typed.

    A transfer is written from the place it leaves; its `twin` is the line of the place where it arrives.
    """

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        ISSUE = "issue", _("Issue")
        TRANSFER = "transfer", _("Transfer")
        RETURN = "return", _("Return")
        COUNT = "count", _("Count")
        LOSS = "loss", _("Loss")

    INWARD = {Kind.RECEIPT, Kind.RETURN}
    OUTWARD = {Kind.ISSUE, Kind.LOSS, Kind.TRANSFER}

    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="movements", verbose_name=_("Product")
    )
    place = models.ForeignKey(
        StockPlace, on_delete=models.PROTECT, related_name="movements", verbose_name=_("Place")
    )
    quantity = models.DecimalField(_("Quantity"), max_digits=15, decimal_places=PLACES)
    other_place = models.ForeignKey(
        StockPlace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Other place"),
        help_text=_("Of a transfer: where it goes."),
    )
    at = models.DateTimeField(_("When"), default=timezone.now)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)
    twin = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="origin", editable=False
    )
    reservation = models.ForeignKey(
        "catalog.Reservation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="movements",
        verbose_name=_("Reservation"),
        editable=False,
    )

    written_once = True

    class Meta:
        verbose_name = _("Stock movement")
        verbose_name_plural = _("Stock movements")
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~models.Q(quantity=0), name="movement_of_something")]
        indexes = [
            models.Index(fields=["-at", "-id"], name="movement_at"),
            models.Index(fields=["product", "place", "-at"], name="movement_product"),
            models.Index(fields=["place", "-at"], name="movement_place"),
        ]

    def __str__(self) -> str:
        sign = "+" if self.quantity > 0 else "−"
        return f"{self.get_kind_display()} {sign}{plain(abs(self.quantity))}"

    def prepare(self) -> None:
        if self.kind in self.OUTWARD and not self.twin_id:
            self.quantity = -abs(self.quantity)

    def clean(self) -> None:
        if not self._state.adding:
            raise ValidationError(
                _("What is written in the ledger stays. Write another movement against it.")
            )
        if problems := self._problems():
            raise ValidationError(problems)
        try:
            self.product.check_quantity(self.quantity)
        except ValidationError as error:
            raise ValidationError({"quantity": error.messages}) from error

    def _problems(self) -> dict[str, Any]:
        problems: dict[str, Any] = {}
        if not self.product.is_stocked:
            problems["product"] = _("This is not kept in stock.")
        if not self.quantity or (self.kind in self.INWARD and self.quantity < 0):
            problems["quantity"] = _("More than nothing is needed.")
        if self.kind == self.Kind.TRANSFER and self.other_place_id in (None, self.place_id):
            problems["other_place"] = _("Choose the other place it goes to.")
        if self.kind != self.Kind.TRANSFER and self.other_place_id:
            problems["other_place"] = _("Only a transfer has another place.")
        return problems

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if created:
            StockLevel.of(self.product, self.place).put(on_hand=self.quantity)
        super().saved(created=created, fields=fields, removed=removed)

    @classmethod
    @transaction.atomic
    def create(cls, *, by: Any, **fields: Any) -> StockMovement:
        """A line of the ledger, and what it does to the stock, in one transaction; of a transfer both lines.

        Raises ValidationError, NotThere when more goes out than is available.
        """
        made: StockMovement = super().create(by=by, **fields)
        if made.kind == cls.Kind.TRANSFER and not made.twin_id:
            made._arrive(by=by)
        return made

    def _arrive(self, *, by: Any) -> None:
        """The line of the place a transfer goes to."""
        type(self).create(
            by=by,
            kind=self.kind,
            product=self.product,
            place=self.other_place,
            other_place=self.place,
            quantity=-self.quantity,
            at=self.at,
            reason=self.reason,
            twin=self,
        )

    def remove(self, **_rest: Any) -> None:
        raise ValidationError(_("What is written in the ledger stays. Write another movement against it."))
