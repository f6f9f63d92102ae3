"""What the verbs of quotes and orders ask in the browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from relasi.catalog.models import StockPlace
from relasi.sales.deal_forms import DealForm, day
from relasi.sales.models import OrderLine


class ApproveForm(DealForm):
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)


class RejectForm(DealForm):
    remark = forms.CharField(label=gettext_lazy("Why not?"), max_length=300)


class ProlongForm(DealForm):
    valid_until = day(gettext_lazy("Valid until"))

    def fill(self) -> None:
        self.initial["valid_until"] = timezone.localdate() + timedelta(days=14)


class ReplyForm(DealForm):
    text = forms.CharField(
        label=gettext_lazy("To the customer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The customer reads it on the page of the quote."),
    )  # fmt: skip


class ShipForm(DealForm):
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=80, required=False)
    tracking_number = forms.CharField(label=gettext_lazy("Tracking number"), max_length=80, required=False)


class DeliverForm(DealForm):
    received_by = forms.CharField(label=gettext_lazy("Received by"), max_length=120, required=False)


class CancelForm(DealForm):
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300)


class TakeBackForm(DealForm):
    line: Any = forms.ModelChoiceField(label=gettext_lazy("What"), queryset=OrderLine.objects.none())
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), max_digits=12, decimal_places=3, min_value=Decimal("0.001"), initial=1
    )
    place: Any = forms.ModelChoiceField(
        label=gettext_lazy("Back into stock at"), queryset=StockPlace.objects.none(), required=False
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def fill(self) -> None:
        self.choose("line", OrderLine.objects.visible_to(self.user).filter(order=self.record))
        self.choose("place", StockPlace.objects.visible_to(self.user).live())
