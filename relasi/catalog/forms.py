"""What the verbs of the stock ask first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relasi.catalog.models import StockPlace


class _VerbForm(forms.Form):
    """Takes the record and the reader besides the data."""

    def __init__(
        self, data: Any = None, *args: Any, record: Any = None, user: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(data, *args, **kwargs)
        self.record, self.user = record, user


def _quantity(label: Any, *, least: str) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=15, decimal_places=3, min_value=Decimal(least))


def _reason() -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=200, required=False)


class QuantityForm(_VerbForm):
    quantity = _quantity(_("Quantity"), least="0.001")
    reason = _reason()


class TransferForm(_VerbForm):
    to: Any = forms.ModelChoiceField(queryset=None, label=_("To"))
    quantity = _quantity(_("Quantity"), least="0.001")
    reason = _reason()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = StockPlace.objects.visible_to(self.user).live().exclude(pk=self.record.place_id)
        self.fields["to"].queryset = places  # type: ignore[attr-defined]


class CountForm(_VerbForm):
    counted = _quantity(_("Counted"), least="0")
    reason = _reason()


class CopyBookForm(_VerbForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    percent = forms.DecimalField(
        label=_("Change of all prices in %"),
        max_digits=6,
        decimal_places=2,
        initial=Decimal(0),
        min_value=Decimal(-100),
        help_text=_("5 makes them 5 % dearer, -10 takes a tenth off."),
    )
    valid_from = forms.DateField(
        label=_("Valid from"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
