"""What a company fills in for its page and its Instagram account."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from relasi.channels.graph import BASE, VERSION

digits = RegexValidator(r"^\d{5,25}$", _("This has digits only."))


class MessengerForm(forms.Form):
    page_id = forms.CharField(
        label=_("Id of the page"),
        validators=[digits],
        help_text=_("On the page under About, Page transparency."),
    )
    access_token = forms.CharField(
        label=_("Access token"),
        widget=forms.PasswordInput,
        max_length=1000,
        help_text=_("Of the page, with the right pages_messaging; made from a system user it never ends."),
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
    app_id = forms.CharField(
        label=_("Id of the app"),
        required=False,
        validators=[digits],
        help_text=_("So that messages sent from here are not taken for those of another program."),
    )
    human_agent = forms.BooleanField(
        label=_("Answers by a person for 7 days"),
        required=False,
        help_text=_("Only where Meta allowed the app the feature “Human Agent”; else 24 hours."),
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
    )


class InstagramForm(MessengerForm):
    instagram_id = forms.CharField(
        label=_("Id of the Instagram account"),
        validators=[digits],
        help_text=_("Of the professional account that is joined with the page."),
    )
    field_order = ("page_id", "instagram_id")
