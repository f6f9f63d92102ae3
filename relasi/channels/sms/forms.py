"""What a company fills in for each way of sending SMS."""

from __future__ import annotations

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from relasi.channels.sms import twilio, vonage
from relasi.channels.sms.gateway import DELIVERED, FAILED


def _sender() -> forms.CharField:
    return forms.CharField(
        label=_("Sender"),
        max_length=34,
        help_text=_("The number or name the customer sees; registered names only."),
    )


class GatewayForm(forms.Form):
    url = forms.CharField(
        label=_("Address of the gateway"),
        max_length=1000,
        help_text=_("Filled in, here and below: {to} {to_digits} {to_local} {text} {from} {key} {secret}"),
    )
    method = forms.ChoiceField(label=_("Method"), choices=[("POST", "POST"), ("GET", "GET")], initial="POST")
    format = forms.ChoiceField(
        label=_("Format of the body"), choices=[("json", "JSON"), ("form", _("Form"))], initial="json"
    )
    headers = forms.CharField(
        label=_("Headers"),
        widget=forms.Textarea,
        required=False,
        max_length=4000,
        help_text=_("One a line, like “Authorization: Bearer {secret}”."),
    )
    body = forms.CharField(
        label=_("Body"),
        widget=forms.Textarea,
        required=False,
        max_length=8000,
        help_text=_("JSON, or for a form one “name=value” a line."),
    )
    secret = forms.CharField(label=_("Key of the gateway"), widget=forms.PasswordInput, required=False)
    sender = forms.CharField(label=_("Sender"), max_length=34, required=False)
    success = forms.CharField(
        label=_("Pattern of success"),
        required=False,
        max_length=300,
        help_text=_(
            "A regular expression found in the answer when the message was taken; a group named id is its id."
        ),
    )
    id_path = forms.CharField(
        label=_("Where the id is"), required=False, help_text=_("In an answer in JSON, like “messages.0.id”.")
    )
    list_path = forms.CharField(label=_("Calls: where the list is"), required=False)
    report_id = forms.CharField(label=_("Reports: field of the id"), required=False)
    report_status = forms.CharField(label=_("Reports: field of the state"), required=False)
    report_to = forms.CharField(label=_("Reports: field of the number"), required=False)
    report_error = forms.CharField(label=_("Reports: field of the error"), required=False)
    report_delivered = forms.CharField(label=_("Words for delivered"), required=False, initial=DELIVERED)
    report_failed = forms.CharField(label=_("Words for failed"), required=False, initial=FAILED)
    incoming_from = forms.CharField(label=_("Incoming: field of the sender"), required=False)
    incoming_text = forms.CharField(label=_("Incoming: field of the text"), required=False)
    incoming_to = forms.CharField(label=_("Incoming: field of our number"), required=False)
    incoming_id = forms.CharField(label=_("Incoming: field of the id"), required=False)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        if not re.match(r"https?://[^/{}\s]+", url):
            raise ValidationError(_("This begins with https:// and the name of the gateway."))
        return url

    def clean_success(self) -> str:
        pattern: str = self.cleaned_data["success"]
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValidationError(_("This is no regular expression.")) from error
        return pattern

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("method") == "POST" and found.get("format") == "json":
            try:
                json.loads(found.get("body") or "")
            except (ValueError, RecursionError):
                self.add_error("body", _('This is no JSON. Places stand in quotes: "{text}".'))
        return found


class TwilioForm(forms.Form):
    account_sid = forms.RegexField(r"^AC[0-9a-fA-F]{32}$", label=_("Account SID"))
    auth_token = forms.CharField(
        label=_("Auth token"),
        widget=forms.PasswordInput,
        help_text=_("The main token of the account: Twilio signs its calls with it."),
    )
    sender = _sender()
    base_url = forms.URLField(
        label=_("Address of the API"), required=False, initial=twilio.BASE, assume_scheme="https"
    )


class VonageForm(forms.Form):
    api_key = forms.CharField(label=_("API key"), max_length=40)
    api_secret = forms.CharField(label=_("API secret"), widget=forms.PasswordInput)
    sender = _sender()
    signature_secret = forms.CharField(
        label=_("Signature secret"),
        widget=forms.PasswordInput,
        required=False,
        help_text=_("Where Vonage signs its calls: every call without the right signature is then refused."),
    )
    signature_method = forms.ChoiceField(
        label=_("Signature method"), choices=[(name, name) for name in vonage.METHODS], initial="md5hash"
    )
    base_url = forms.URLField(
        label=_("Address of the API"), required=False, initial=vonage.BASE, assume_scheme="https"
    )


class SmppForm(forms.Form):
    host = forms.CharField(label=_("Server"), max_length=200)
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=2775)
    tls = forms.BooleanField(label=_("Encrypted (TLS)"), required=False)
    system_id = forms.CharField(label=_("Name"), max_length=15)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, max_length=8)
    system_type = forms.CharField(label=_("System type"), max_length=12, required=False)
    sender = _sender()


class LinkForm(forms.Form):
    """Nothing to fill in: the person's own telephone sends."""
