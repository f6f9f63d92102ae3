"""What a company fills in for its telephones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DIAL_AS = [
    ("national", _("As dialled inside the country (0812…)")),
    ("plain", _("With the country, without plus (62812…)")),
    ("e164", _("With the country and plus (+62812…)")),
]


class NumbersForm(forms.Form):
    """How numbers are written and what follows from a missed call; every telephone system asks this."""

    longest_extension = forms.IntegerField(
        label=_("Digits of an extension, at most"), min_value=1, max_value=8, initial=5,
        help_text=_("Longer numbers are customers'."),
    )  # fmt: skip
    region = forms.RegexField(
        r"^[A-Z]{2}$",
        label=_("Country"),
        initial="ID",
        help_text=_("Two letters; numbers without a country are of it."),
    )
    outside_line = forms.RegexField(
        r"^[0-9*#]{0,4}$", label=_("Digit for an outside line"), required=False,
        help_text=_("Dialled before every number outside, for example 9. Empty where none is needed."),
    )  # fmt: skip
    call_back_minutes = forms.IntegerField(
        label=_("Call back within (minutes)"), min_value=1, max_value=7 * 24 * 60, initial=30,
        help_text=_("A missed call becomes a task that is due after so much of the company's opening hours."),
    )  # fmt: skip


class AsteriskForm(NumbersForm):
    host = forms.CharField(label=_("Server"), max_length=200)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=5038)
    username = forms.RegexField(
        r"^[^\s:]+$", label=_("Name"), max_length=80, help_text=_("As in manager.conf.")
    )
    secret = forms.CharField(label=_("Secret"), max_length=200, widget=forms.PasswordInput)
    tls = forms.BooleanField(label=_("Over TLS"), required=False)
    trust_any = forms.BooleanField(
        label=_("Accept any certificate"),
        required=False,
        help_text=_("Only for a server in your own network."),
    )
    plain = forms.BooleanField(
        label=_("Send the secret itself"), required=False,
        help_text=_("Only where the server knows no challenge; then better over TLS."),
    )  # fmt: skip
    channel = forms.CharField(
        label=_("Channel of a telephone"), initial="PJSIP/{extension}", max_length=80,
        help_text=_("{extension} stands for the number of the colleague."),
    )  # fmt: skip
    context = forms.RegexField(
        r"^[A-Za-z0-9_.-]+$", label=_("Context for calling out"), initial="from-internal"
    )
    dial_as = forms.ChoiceField(label=_("Numbers are dialled"), choices=DIAL_AS, initial="national")
    international = forms.RegexField(
        r"^\+?[0-9]{0,5}$", label=_("Prefix for abroad"), initial="00", required=False
    )  # fmt: skip
    recordings = forms.CharField(
        label=_("Address of recordings"), required=False, max_length=300,
        help_text=_("{file} stands for the name of the file, for example https://pbx.example/rec/{file}."),
    )  # fmt: skip

    def clean_channel(self) -> str:
        channel = str(self.cleaned_data["channel"])
        if "{extension}" not in channel:
            raise forms.ValidationError(_("It needs {extension} in it."))
        return channel

    def clean_recordings(self) -> str:
        pattern = str(self.cleaned_data["recordings"])
        if pattern and not (pattern.startswith(("https://", "http://")) and "{file}" in pattern):
            raise forms.ValidationError(_("It begins with https:// and has {file} in it."))
        return pattern


class WebhookForm(NumbersForm):
    dial_as = forms.ChoiceField(label=_("Numbers are dialled"), choices=DIAL_AS, initial="e164")


class LinkForm(forms.Form):
    scheme = forms.ChoiceField(
        label=_("Opens"), initial="tel",
        choices=[("tel", _("The telephone (tel:)")), ("sip", _("A softphone (sip:)"))],
    )  # fmt: skip
    domain = forms.RegexField(
        r"^[A-Za-z0-9.-]*$", label=_("SIP domain"), required=False,
        help_text=_("What stands behind the @ of a SIP address."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("scheme") == "sip" and not given.get("domain"):
            self.add_error("domain", _("A SIP address needs a domain."))
        return given
