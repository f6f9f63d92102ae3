"""What a company fills in for WhatsApp."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from relasi.channels.graph import BASE, VERSION

digits = RegexValidator(r"^\d{5,25}$", _("This has digits only."))


class CloudForm(forms.Form):
    phone_number_id = forms.CharField(
        label=_("Id of the number"),
        validators=[digits],
        help_text=_(
            "In the app at Meta under WhatsApp, API setup: “Phone number ID”. Not the number itself."
        ),
    )
    business_id = forms.CharField(
        label=_("Id of the WhatsApp Business account"),
        validators=[digits],
        help_text=_("On the same page: “WhatsApp Business Account ID”. Templates are kept there."),
    )
    access_token = forms.CharField(
        label=_("Access token"),
        widget=forms.PasswordInput,
        max_length=1000,
        help_text=_(
            "Of a system user with the rights whatsapp_business_messaging and "
            "whatsapp_business_management, best one that never ends."
        ),
    )
    app_secret = forms.CharField(
        label=_("App secret"),
        widget=forms.PasswordInput,
        max_length=200,
        help_text=_("In the app at Meta under App settings, Basic. It shows that calls come from Meta."),
    )
    verify_token = forms.CharField(
        label=_("Verify token"),
        widget=forms.PasswordInput,
        min_length=8,
        max_length=200,
        help_text=_("Make up a word and enter the same one at Meta beside the address of this channel."),
    )
    base_url = forms.URLField(
        label=_("Address of the API"),
        required=False,
        initial=BASE,
        assume_scheme="https",
        help_text=_("Only to be changed for a gateway that speaks the same protocol."),
    )
    version = forms.RegexField(
        r"^v\d{1,3}\.\d$", label=_("Version of the API"), required=False, initial=VERSION
    )  # fmt: skip


class LinkForm(forms.Form):
    """Nothing to fill in: the person's own WhatsApp sends."""
