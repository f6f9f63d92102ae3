"""An order: what a customer has bought, and how it gets to them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from relasi.catalog.models import StockPlace
from relasi.kit.records.money import CurrencyField, MoneyField
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Attached, Customisable, Noted, Owned, Tagged
from relasi.parties.models import Party
from relasi.sales.models.deal import Deal
from relasi.sales.models.number_series import next_number
from relasi.sales.models.priced_line import PricedLine
from relasi.sales.models.quote import Quote
from relasi.sales.reckoning import Reckoned, reckon

PREFIX = "SO"


class OrderQuerySet(RecordQuerySet):
    def open(self) -> Self:
        """Bought and not yet with the customer."""
        return self.filter(status__in=Order.OPEN, archived_at__isnull=True)

    def to_ship(self) -> Self:
        """Everything is there, and it has not left."""
        return self.filter(status__in=(Order.Status.RESERVED, Order.Status.PICKED), archived_at__isnull=True)

    def waiting(self) -> Self:
        """Something is missing in stock."""
        return self.filter(status=Order.Status.WAITING, archived_at__isnull=True)

    def standing(self) -> Self:
        """Not cancelled, and more than a draft."""
        return self.exclude(status__in=(Order.Status.DRAFT, Order.Status.CANCELLED))


class Order(Record, Owned, Archivable, Customisable, Tagged, Noted, Attached):
    """From a signed quote, or made by hand. Its goods are reserved, picked, shipped and delivered; a shortage
    is told in words and the order waits.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for stock")
        RESERVED = "reserved", _("Reserved")
        PICKED = "picked", _("Picked")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN: ClassVar[tuple[str, ...]] = ("waiting", "reserved", "picked", "shipped")
    STEPS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("reserved", "reserved_at"), ("picked", "picked_at"), ("shipped", "shipped_at"),
        ("delivered", "delivered_at"),
    )  # fmt: skip

    name = models.CharField(_("About"), max_length=200)
    number = models.CharField(_("Order number"), max_length=20, blank=True, unique=True, editable=False)
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="orders", verbose_name=_("Customer")
    )
    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, null=True, blank=True, related_name="order", editable=False,
        verbose_name=_("Quote"),
    )  # fmt: skip
    deal = models.ForeignKey(
        Deal, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders", verbose_name=_("Deal")
    )
    status = models.CharField(
        _("Status"), max_length=9, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    currency = CurrencyField()
    ordered_at = models.DateTimeField(_("Ordered"), default=timezone.now, editable=False)
    delivery_address = models.TextField(_("Delivery address"), blank=True)
    remark = models.TextField(_("Remark"), blank=True)

    net = MoneyField(_("Without tax"), default=0, editable=False)
    discount_amount = MoneyField(_("Discount"), default=0, editable=False)
    tax_amount = MoneyField(_("Tax"), default=0, editable=False)
    total = MoneyField(_("Total"), default=0, editable=False)

    shortage = models.TextField(_("What is missing"), blank=True, editable=False)
    reserved_at = models.DateTimeField(_("Reserved at"), null=True, blank=True, editable=False)
    picked_at = models.DateTimeField(_("Picked at"), null=True, blank=True, editable=False)
    shipped_at = models.DateTimeField(_("Shipped at"), null=True, blank=True, editable=False)
    carrier = models.CharField(_("Carrier"), max_length=80, blank=True, editable=False)
    tracking_number = models.CharField(_("Tracking number"), max_length=80, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("Delivered at"), null=True, blank=True, editable=False)
    received_by = models.CharField(_("Received by"), max_length=120, blank=True, editable=False)
    cancel_reason = models.CharField(_("Reason cancelled"), max_length=300, blank=True, editable=False)
    is_returned = models.BooleanField(_("Something came back"), default=False, editable=False)

    link_seed = models.CharField(max_length=32, blank=True, editable=False)
    link_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("deal",)
    secret_fields: ClassVar[tuple[str, ...]] = ("link_seed", "link_hash")
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "net", "discount_amount", "tax_amount", "total", "is_returned",
    )  # fmt: skip

    objects = OrderQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = pgettext_lazy("what a customer ordered", "Order")
        verbose_name_plural = _("Orders")
        indexes = [
            models.Index(fields=["status", "ordered_at"], name="order_status"),
            models.Index(fields=["owner", "status", "ordered_at"], name="order_of_owner"),
            models.Index(fields=["party", "-id"], name="order_of_party"),
            models.Index(fields=["deal", "-id"], name="order_of_deal"),
            models.Index(fields=["-ordered_at", "-id"], name="order_ordered"),
            models.Index(fields=["total", "id"], name="order_total"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.name}"

    @classmethod
    def of_full_name(cls, rows: Any, text: str) -> Order | None:
        """The order that a number, alone or with what it is about, means."""
        found: Order | None = rows.filter(number__iexact=text.partition(" · ")[0].strip()).first()
        return found

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def may_be_shipped(self) -> bool:
        return self.status in (self.Status.RESERVED, self.Status.PICKED)

    @property
    def has_left(self) -> bool:
        return self.status in (self.Status.SHIPPED, self.Status.DELIVERED)

    @property
    def is_out(self) -> bool:
        return bool(self.link_hash)

    def ordered_lines(self) -> list[Any]:
        return list(self.lines.select_related("product__unit", "tax").order_by("order_no", "id"))

    def reckoned(self) -> Reckoned:
        return reckon(self.ordered_lines(), self.currency)

    # verbs

    @transaction.atomic
    def reserve(self, *, by: Any) -> None:
        """Keep everything on it in stock, or say what is missing and wait. Harmless when repeated."""
        from relasi.sales.actions.reserve_order import reserve_order

        reserve_order(order=self, by=by)

    @transaction.atomic
    def pick(self, *, by: Any) -> None:
        """The goods are taken from the shelf."""
        if self._locked().status == self.Status.RESERVED:
            self._set(by=by, verb="picked", status=self.Status.PICKED, picked_at=timezone.now())

    @transaction.atomic
    def ship(self, *, by: Any, carrier: str = "", tracking_number: str = "") -> None:
        """The goods leave: they go out of stock."""
        from relasi.catalog.stock import fulfil_all

        if self._locked().may_be_shipped:
            fulfil_all(about=self, by=by)
            self._set(
                by=by, verb="shipped", note=" ".join((carrier, tracking_number)).strip(),
                status=self.Status.SHIPPED, shipped_at=timezone.now(), carrier=carrier,
                tracking_number=tracking_number,
            )  # fmt: skip

    @transaction.atomic
    def deliver(self, *, by: Any, received_by: str = "") -> None:
        """The customer has it. What was handed over without being shipped leaves the stock now."""
        from relasi.catalog.stock import fulfil_all

        if self._locked().status in (self.Status.RESERVED, self.Status.PICKED, self.Status.SHIPPED):
            fulfil_all(about=self, by=by)
            self._set(
                by=by, verb="delivered", note=received_by, status=self.Status.DELIVERED,
                delivered_at=timezone.now(), received_by=received_by,
            )  # fmt: skip

    @transaction.atomic
    def cancel(self, *, by: Any, reason: str) -> None:
        """It will not be delivered; the goods are free again."""
        from relasi.catalog.stock import release_all

        locked = self._locked()
        if locked.has_left:
            raise ValidationError(_("The goods have left. Take them back instead."))
        if locked.status != self.Status.CANCELLED:
            release_all(about=self, by=by)
            self._set(
                by=by, verb="cancelled", note=reason, status=self.Status.CANCELLED, cancel_reason=reason,
                shortage="",
            )  # fmt: skip

    def take_back(
        self, *, by: Any, line: Any, quantity: Decimal, place: Any = None, reason: str = ""
    ) -> OrderReturn:
        """Something came back: into stock at `place`, if it is kept in stock."""
        return OrderReturn.create(
            by=by, verb="returned", line=line, quantity=quantity, place=place, reason=reason
        )

    def open_link(self, *, by: Any) -> None:
        """An address where the customer follows it; another one when there is one already."""
        from relasi.sales.quote_links import new_link

        self._set(by=by, verb="link_renewed", **new_link("order", self.pk))

    # the only writer

    @transaction.atomic
    def change(self, *, by: Any, verb: str = "changed", **fields: Any) -> bool:
        """As every record's; what was ordered by whom stays as soon as it is more than a draft."""
        locked = self._locked()
        fixed = fields.keys() & {"party", "party_id", "currency", "name"}
        if fixed and not locked.is_draft:
            changed = [name for name in fixed if getattr(locked, name) != fields[name]]
            if changed:
                raise ValidationError({changed[0]: _("This order stands. Cancel it and make another one.")})
        if fields.get("currency", locked.currency) != locked.currency and locked.lines.exists():
            raise ValidationError(
                {"currency": _("Remove the lines first: their prices are in this currency.")}
            )
        return super().change(by=by, verb=verb, **fields)

    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        if not self.is_draft:
            raise ValidationError(_("Only a draft can be deleted. Cancel this order instead."))
        super().remove(by=by, verb=verb, note=note, batch=batch)

    def refuse_when_fixed(self) -> None:
        """Raises ValidationError unless it is a draft."""
        if not self.is_draft:
            raise ValidationError(_("This order stands. Cancel it and make another one."))

    def keep(self, **columns: Any) -> None:
        """Write bookkeeping columns that are no news."""
        type(self)._default_manager.filter(pk=self.pk).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    def follow_lines(self) -> None:
        """The sums follow from the lines."""
        sums = self.reckoned()
        self.keep(net=sums.net, discount_amount=sums.discount, tax_amount=sums.tax, total=sums.total)

    def prepare(self) -> None:
        if not self.number:
            self.number = next_number(PREFIX, timezone.localdate())

    def clean(self) -> None:
        if self.deal and self.deal.party_id != self.party_id:
            raise ValidationError({"deal": _("This deal is with another customer.")})

    def _set(self, *, by: Any, verb: str, note: str = "", **fields: Any) -> None:
        """What its own verbs write."""
        Record.change(self, by=by, verb=verb, note=note, **fields)

    def _locked(self) -> Order:
        locked: Order = type(self)._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        return locked


class OrderLine(PricedLine):
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="lines",
        verbose_name=pgettext_lazy("what a customer ordered", "Order"),
    )  # fmt: skip
    returned = models.DecimalField(_("Came back"), max_digits=12, decimal_places=3, default=0, editable=False)
    is_chosen = True  # what stands on an order was ordered

    visible_through: ClassVar[tuple[str, ...]] = ("order",)
    unlogged_fields: ClassVar[tuple[str, ...]] = (*PricedLine.unlogged_fields, "returned")

    class Meta(PricedLine.Meta):
        verbose_name = _("Line of an order")
        verbose_name_plural = _("Lines of orders")
        ordering = ["order_no", "id"]
        abstract = False
        indexes = [
            models.Index(fields=["order", "order_no", "id"], name="order_line_order"),
            models.Index(fields=["product", "order", "net"], name="order_line_product"),
        ]

    @property
    def whole(self) -> Order:
        return self.order

    def event_party_id(self) -> int | None:
        return self.order.party_id

    def clean(self) -> None:
        self.order.refuse_when_fixed()
        super().clean()

    def saved(self, *, created: bool, fields: set[str], removed: bool = False) -> None:
        super().saved(created=created, fields=fields, removed=removed)
        if not removed:
            self.order.follow_lines()

    def remove(self, *, by: Any, verb: str = "deleted", note: str = "", batch: str = "") -> None:
        self.order.refuse_when_fixed()
        super().remove(by=by, verb=verb, note=note, batch=batch)
        self.order.follow_lines()


class OrderReturn(Record):
    """So many of a line came back. Written once; what is kept in stock goes back into it."""

    line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, related_name="returns", verbose_name=_("Line of an order")
    )
    quantity = models.DecimalField(
        _("Quantity"), max_digits=12, decimal_places=3, validators=[MinValueValidator(Decimal("0.001"))]
    )
    place = models.ForeignKey(
        StockPlace, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Place")
    )
    reason = models.CharField(_("Reason"), max_length=300, blank=True)
    returned_at = models.DateTimeField(_("Came back"), default=timezone.now, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("line",)
    written_once: ClassVar[bool] = True

    class Meta:
        verbose_name = _("Return")
        verbose_name_plural = _("Returns")
        ordering = ["-id"]
        indexes = [models.Index(fields=["-returned_at", "-id"], name="order_return_at")]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} × {self.line}"

    def event_party_id(self) -> int | None:
        return self.line.order.party_id

    def clean(self) -> None:
        if not self._state.adding:
            raise ValidationError(_("A return stays as it was written."))
        problems: dict[str, Any] = {}
        if not self.line.order.has_left:
            problems["line"] = _("Only what has left can come back.")
        elif self.quantity > self.line.quantity - self.line.returned:
            problems["quantity"] = _("No more can come back than was delivered.")
        elif self.place is None and any(product.is_stocked for product, _n in self.goods()):
            problems["place"] = _("Say where it goes back into stock.")
        if problems:
            raise ValidationError(problems)

    def goods(self) -> Iterable[tuple[Any, Decimal]]:
        """What it puts back: the product itself, or the parts of a bundle."""
        from relasi.catalog.bundles import needs
        from relasi.catalog.models import Product

        if self.line.product is None:
            return []
        wanted = needs(self.line.product, self.quantity)
        return [(product, wanted[product.pk]) for product in Product._default_manager.filter(pk__in=wanted)]

    @classmethod
    @transaction.atomic
    def create(cls, *, by: Any, **fields: Any) -> OrderReturn:
        """The row, and its movements of stock."""
        from relasi.catalog.models import StockMovement

        order = Order._default_manager.select_for_update(of=("self",)).get(pk=fields["line"].order_id)
        fields["line"].refresh_from_db()
        made: OrderReturn = super().create(by=by, **fields)
        for product, quantity in made.goods():
            if product.is_stocked:
                StockMovement.create(
                    by=by, kind="return", product=product, place=made.place, quantity=quantity,
                    reason=f"{order.number} {made.reason}".strip()[:200],
                )  # fmt: skip
        OrderLine._default_manager.filter(pk=made.line_id).update(returned=made.line.returned + made.quantity)
        order.keep(is_returned=True)
        return made

    def remove(self, **_rest: Any) -> None:
        raise ValidationError(_("A return stays as it was written."))
