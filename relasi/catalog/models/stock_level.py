"""What lies of a product in a place: the sum of its movements, less what is promised."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models.product import Product
from relasi.catalog.models.stock_place import StockPlace
from relasi.kit.records.record import Record, RecordQuerySet

PLACES = 3  # decimals of a quantity


class NotThere(ValidationError):
    """More was asked for than is available."""


class StockLevelQuerySet(RecordQuerySet):
    def sellable(self) -> Self:
        """Where goods can be offered from."""
        return self.filter(place__is_sellable=True, place__archived_at__isnull=True)

    def low(self) -> Self:
        """Less is available than the least there should be."""
        return self.filter(minimum__isnull=False, available__lt=F("minimum"))


class StockLevel(Record):
    """Nobody sets these numbers: movements and reservations do, each in its own transaction (`put`).

    `available` is `on_hand` less `reserved` and never below nothing; `minimum` is the least there should be.
    """

    product = models.ForeignKey(
        Product,
        on_delete=models.PROTECT,
        related_name="stock_levels",
        verbose_name=_("Product"),
        editable=False,
    )
    place = models.ForeignKey(
        StockPlace,
        on_delete=models.PROTECT,
        related_name="stock_levels",
        verbose_name=_("Place"),
        editable=False,
    )
    on_hand = models.DecimalField(
        _("On hand"), max_digits=15, decimal_places=PLACES, default=Decimal(0), editable=False
    )
    reserved = models.DecimalField(
        _("Reserved"), max_digits=15, decimal_places=PLACES, default=Decimal(0), editable=False
    )
    available = models.DecimalField(
        _("Available"), max_digits=15, decimal_places=PLACES, default=Decimal(0), editable=False
    )
    minimum = models.DecimalField(
        _("Minimum"),
        max_digits=15,
        decimal_places=PLACES,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=_("Below this it is time to buy."),
    )

    unlogged_fields = ("on_hand", "reserved", "available")

    objects = StockLevelQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Stock")
        verbose_name_plural = _("Stock")
        ordering = ["product", "place"]
        constraints = [
            models.UniqueConstraint(fields=["product", "place"], name="stock_level_once"),
            models.CheckConstraint(condition=Q(available__gte=0, reserved__gte=0), name="stock_level_sound"),
        ]
        indexes = [
            models.Index(fields=["place", "product"], name="stock_level_place"),
            models.Index(fields=["available", "id"], name="stock_level_available"),
            models.Index(fields=["on_hand", "id"], name="stock_level_on_hand"),
        ]

    def __str__(self) -> str:
        return f"{self.product} · {self.place}"

    @property
    def is_low(self) -> bool:
        return self.minimum is not None and self.available < self.minimum

    @classmethod
    def of(cls, product: Product, place: StockPlace) -> StockLevel:
        """The row of a product in a place, made when it is the first time."""
        level, _made = cls._default_manager.get_or_create(product=product, place=place)
        return level

    def put(self, *, on_hand: Decimal = Decimal(0), reserved: Decimal = Decimal(0)) -> None:
        """Add to what is there and to what is promised, in one statement that also checks that enough is
        left: of many at once for the last piece, one gets it. Raises NotThere.
        """
        enough = Q(available__gte=reserved - on_hand, reserved__gte=-reserved)
        written = StockLevel._default_manager.filter(enough, pk=self.pk).update(
            on_hand=Round(F("on_hand") + on_hand, PLACES),
            reserved=Round(F("reserved") + reserved, PLACES),
            available=Round(F("available") + on_hand - reserved, PLACES),
            version=F("version") + 1,
            updated_at=timezone.now(),
        )
        self.refresh_from_db()
        if not written:
            raise NotThere({"quantity": self._too_little(reserved - on_hand)})

    def receive(self, *, quantity: Decimal | str | None = None, by: Any, reason: str | None = "") -> Any:
        """Goods came in. A quantity may come as text. Raises ValidationError."""
        return self._write(kind="receipt", quantity=_amount("quantity", quantity), by=by, reason=reason)

    def issue(self, *, quantity: Decimal | str | None = None, by: Any, reason: str | None = "") -> Any:
        """Goods went out."""
        return self._write(kind="issue", quantity=_amount("quantity", quantity), by=by, reason=reason)

    def transfer(
        self,
        *,
        to: StockPlace | str | None = None,
        quantity: Decimal | str | None = None,
        by: Any,
        reason: str | None = "",
    ) -> Any:
        """Goods went to another place (also its number): two movements, one act."""
        amount, place = _amount("quantity", quantity), self._other_place(to, by)
        return self._write(kind="transfer", quantity=amount, by=by, reason=reason, other_place=place)

    @transaction.atomic
    def count(self, *, counted: Decimal | str | None = None, by: Any, reason: str | None = "") -> Any:
        """Somebody counted: the difference is written as a movement; None when there is none."""
        found = _amount("counted", counted, least=Decimal(0))
        locked = StockLevel._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        difference = found - locked.on_hand
        return self._write(kind="count", quantity=difference, by=by, reason=reason) if difference else None

    def _other_place(self, to: StockPlace | str | None, by: Any) -> StockPlace:
        if isinstance(to, StockPlace):
            return to
        places = StockPlace.objects.visible_to(by).live().exclude(pk=self.place_id)
        found: StockPlace | None = places.filter(pk=int(to)).first() if to and to.isdecimal() else None
        if found is None:
            raise ValidationError({"to": [_("Choose another place.")]})
        return found

    def _write(self, *, by: Any, reason: str | None, **fields: Any) -> Any:
        from relasi.catalog.models.stock_movement import StockMovement

        fields |= {"product": self.product, "place": self.place, "reason": reason or ""}
        made = StockMovement.create(by=by, **fields)
        self.refresh_from_db()
        return made

    def _too_little(self, wanted: Decimal) -> str:
        values = {
            "wanted": plain(wanted),
            "product": self.product,
            "place": self.place,
            "available": plain(self.available),
            "reserved": plain(self.reserved),
        }
        if not self.reserved:
            return gettext("%(place)s has %(available)s of “%(product)s”, not %(wanted)s.") % values
        return (
            gettext("%(place)s has %(available)s of “%(product)s” (%(reserved)s reserved), not %(wanted)s.")
            % values
        )


def _amount(name: str, said: Decimal | str | None, least: Decimal = Decimal("0.001")) -> Decimal:
    """A quantity as a person or a program gives it. Raises ValidationError."""
    try:
        amount = said if isinstance(said, Decimal) else Decimal(str(said))
    except InvalidOperation:
        raise ValidationError({name: [_("Enter a number.")]}) from None
    if not amount.is_finite() or amount < least:
        raise ValidationError({name: [_("At least %(least)s.") % {"least": least}]})
    return amount


def plain(quantity: Decimal) -> str:
    """A quantity without idle zeros: 3, 0.5."""
    return f"{quantity.normalize():f}"
