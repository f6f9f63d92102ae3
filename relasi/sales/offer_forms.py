"""What “Not now” asks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from relasi.sales.deal_forms import DealForm, day
from relasi.sales.models import Offer


class NotNowForm(DealForm):
    why = forms.ChoiceField(label=gettext_lazy("Why not?"), choices=Offer.Why.choices)
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)
    again_on = day(
        gettext_lazy("Offer again on"),
        required=False,
        help_text=gettext_lazy("Left empty, it is not offered to this customer any more."),
    )
