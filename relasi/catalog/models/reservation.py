"""Goods promised to somebody: they stay where they are, and nobody else gets them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.product import Product
from relasi.catalog.models.stock_level import PLACES, StockLevel, plain
from relasi.catalog.models.stock_movement import StockMovement
from relasi.catalog.models.stock_place import StockPlace
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Owned
from relasi.parties.models import Party


class ReservationQuerySet(RecordQuerySet):
    def held(self) -> Self:
        return self.filter(status=Reservation.Status.HELD)

    def lapsed(self, now: datetime) -> Self:
        """Held for longer than was said."""
        return self.held().filter(expires_at__lte=now)

    def about(self, noun: str, record_id: int) -> Self:
        """Those that a record, such as an order, asked for."""
        return self.filter(about_noun=noun, about_id=record_id)


class Reservation(Owned, Record):
    """Held until it is released, fulfilled (the goods went out) or lapses at `expires_at`.

    `about_noun` and `about_id` name the record that asked for it.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        FULFILLED = "fulfilled", _("Fulfilled")
        RELEASED = "released", _("Released")
        LAPSED = "lapsed", _("Lapsed")

    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("Product")
    )
    place = models.ForeignKey(
        StockPlace, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("Place")
    )
    quantity = models.DecimalField(
        _("Quantity"),
        max_digits=15,
        decimal_places=PLACES,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    party = models.ForeignKey(
        Party,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reservations",
        verbose_name=_("Customer"),
    )
    reference = models.CharField(_("Reference"), max_length=120, blank=True)
    status = models.CharField(
        _("Status"), max_length=10, choices=Status.choices, default=Status.HELD, editable=False
    )
    expires_at = models.DateTimeField(_("Held until"), null=True, blank=True)
    ended_at = models.DateTimeField(_("Ended"), null=True, blank=True, editable=False)
    about_noun = models.CharField(max_length=40, blank=True, editable=False)
    about_id = models.BigIntegerField(null=True, blank=True, editable=False)

    written_once = True

    objects = ReservationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Reservation")
        verbose_name_plural = _("Reservations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["product", "status"], name="reservation_product"),
            models.Index(fields=["party", "-id"], name="reservation_party"),
            models.Index(fields=["status", "expires_at"], name="reservation_expiry"),
            models.Index(fields=["about_noun", "about_id"], name="reservation_about"),
            models.Index(fields=["owner", "-id"], name="reservation_owner"),
        ]

    def __str__(self) -> str:
        return self.reference or f"{plain(self.quantity)} × {self.product}"

    def event_party_id(self) -> int | None:
        """None for what is kept for another record: that one tells the customer's story."""
        return None if self.about_noun else self.party_id

    @property
    def is_held(self) -> bool:
        return self.status == self.Status.HELD

    def release(self, *, by: Any, batch: str = "") -> None:
        """The goods can be had by others again."""
        self._end(self.Status.RELEASED, by=by, batch=batch)

    def lapse(self, *, by: Any = None) -> None:
        """The time is over."""
        self._end(self.Status.LAPSED, by=by)

    @transaction.atomic
    def fulfil(self, *, by: Any, batch: str = "") -> None:
        """The goods went out to whom they were promised: a movement."""
        if self._end(self.Status.FULFILLED, by=by, batch=batch):
            StockMovement.create(
                by=by,
                batch=batch,
                kind=StockMovement.Kind.ISSUE,
                product=self.product,
                place=self.place,
                quantity=self.quantity,
                reason=self.reference,
                reservation=self,
            )

    def extend(self, *, expires_at: datetime | None, by: Any) -> None:
        """Held until another time; None: until somebody ends it."""
        if not self.is_held:
            raise ValidationError(_("This reservation has ended."))
        self.change(by=by, verb="extended", expires_at=expires_at)

    def clean(self) -> None:
        if not self._state.adding:
            return
        if not self.product.is_stocked:
            raise ValidationError({"product": _("This is not kept in stock.")})
        if not self.place.is_sellable or self.place.is_archived:
            raise ValidationError({"place": _("Goods in this place are not for sale.")})
        if self.expires_at and self.expires_at <= timezone.now():
            raise ValidationError({"expires_at": _("This time is past.")})
        try:
            self.product.check_quantity(self.quantity)
        except ValidationError as error:
            raise ValidationError({"quantity": error.messages}) from error

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        if created:
            StockLevel.of(self.product, self.place).put(reserved=self.quantity)
        super().saved(created=created, fields=fields, removed=removed)

    def remove(self, **_rest: Any) -> None:
        raise ValidationError(_("A reservation is released, not deleted."))

    @transaction.atomic
    def _end(self, status: str, *, by: Any, batch: str = "") -> bool:
        """Whether this call ended it: of two at once, one does."""
        locked = Reservation._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if not locked.is_held:
            self._take(locked)
            return False
        self.change(by=by, verb=status, batch=batch, status=status, ended_at=timezone.now())
        StockLevel.of(self.product, self.place).put(reserved=-self.quantity)
        return True
