"""What is asked about a mailbox."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relasi.channels.email import dkim
from relasi.channels.email.mailbox import MOST_CONNECTIONS
from relasi.channels.email.oauth import AUTHORITIES
from relasi.channels.email.smtp import trusted
from relasi.lib.wording import InputError

SECURITY = [
    ("tls", _("TLS from the start")),
    ("starttls", _("STARTTLS")),
    ("none", _("None (only in your own network)")),
]
SIGN_IN = [("password", _("Password")), ("google", "Google"), ("microsoft", "Microsoft")]
HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class MailboxForm(forms.Form):
    """Passwords and keys go to `Account.secrets`; everything else to `Account.settings`."""

    sign_in = forms.ChoiceField(label=_("Sign in with"), choices=SIGN_IN, initial="password")
    from_name = forms.CharField(label=_("Name of the sender"), max_length=120, required=False)

    imap_host = forms.CharField(label=_("Server for receiving (IMAP)"), max_length=253, required=False)
    imap_port = forms.IntegerField(
        label=_("Port for receiving"), min_value=1, max_value=65535, required=False
    )
    imap_security = forms.ChoiceField(label=_("Encryption for receiving"), choices=SECURITY, initial="tls")
    imap_user = forms.CharField(
        label=_("User name"), max_length=254, required=False, help_text=_("Empty: the address itself.")
    )
    password = forms.CharField(
        label=_("Password"), max_length=500, required=False, strip=False, widget=forms.PasswordInput
    )

    smtp_host = forms.CharField(label=_("Server for sending (SMTP)"), max_length=253, required=False)
    smtp_port = forms.IntegerField(label=_("Port for sending"), min_value=1, max_value=65535, required=False)
    smtp_security = forms.ChoiceField(label=_("Encryption for sending"), choices=SECURITY, initial="starttls")
    smtp_sign_in = forms.BooleanField(label=_("Sign in for sending"), required=False, initial=True)
    smtp_user = forms.CharField(
        label=_("User name for sending"), max_length=254, required=False, help_text=_("Empty: the same.")
    )
    smtp_password = forms.CharField(
        label=_("Password for sending"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput,
        help_text=_("Empty: the same."),
    )

    folders = forms.CharField(
        label=_("Folders to read"),
        required=False,
        initial="INBOX",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line. With the folder of sent mails, what you send elsewhere is seen too."),
    )
    since_days = forms.IntegerField(
        label=_("Days to bring at first"), min_value=0, max_value=3650, initial=30, required=False
    )
    mark_seen = forms.BooleanField(label=_("Mark as read what was taken in"), required=False)
    move_to = forms.CharField(label=_("Move what was taken in to the folder"), max_length=200, required=False)

    dkim_domain = forms.CharField(
        label=_("Domain of the signature (DKIM)"),
        max_length=253,
        required=False,
        help_text=_("Empty: that of the address."),
    )
    dkim_selector = forms.CharField(label=_("Selector of the signature"), max_length=63, required=False)
    dkim_key = forms.CharField(
        label=_("Private key of the signature"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    tracking = forms.BooleanField(
        label=_("Note openings and clicks"),
        required=False,
        help_text=_("Only of customers who agreed to it."),
    )
    pace = forms.FloatField(
        label=_("Mails a second at most"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=_("Empty or 0: as fast as the server takes them."),
    )
    connections = forms.IntegerField(
        label=_("Connections at the same time"),
        min_value=1,
        max_value=MOST_CONNECTIONS,
        initial=4,
        required=False,
    )
    reply_inbox = forms.EmailField(
        label=_("Address for answers"),
        required=False,
        help_text=_("If answers go elsewhere than to the address itself."),
    )
    authserv_id = forms.CharField(
        label=_("Name of your receiving server"),
        max_length=253,
        required=False,
        help_text=_("As in its Authentication-Results. Empty: recognised by itself."),
    )
    client_id = forms.CharField(
        label=_("Id of the application"),
        max_length=300,
        required=False,
        help_text=_("Only for Google and Microsoft, and only if it is not set for the whole installation."),
    )
    client_secret = forms.CharField(
        label=_("Secret of the application"), max_length=300, required=False, widget=forms.PasswordInput
    )
    ca = forms.CharField(
        label=_("Own certificates (PEM)"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("If your server's certificate is not signed by a public authority."),
    )

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        value = super().get_initial_for_field(field, field_name)
        return "\n".join(value) if isinstance(value, list) else value

    def clean_imap_host(self) -> str:
        return self._host("imap_host")

    def clean_smtp_host(self) -> str:
        return self._host("smtp_host")

    def clean_folders(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["folders"].splitlines() if line.strip()]
        if any(len(name) > 200 or re.search(r"[\x00-\x1f\x7f]", name) for name in names):
            raise forms.ValidationError(_now("A folder has a name nobody could have given it."))
        return list(dict.fromkeys(names)) or ["INBOX"]

    def clean_dkim_selector(self) -> str:
        return self._label("dkim_selector")

    def clean_dkim_domain(self) -> str:
        domain: str = self.cleaned_data["dkim_domain"].strip().strip(".").lower()
        if domain and not all(dkim.LABEL.fullmatch(one) for one in domain.split(".")):
            raise forms.ValidationError(_now("This is not the name of a domain."))
        return domain

    def clean_dkim_key(self) -> str:
        key: str = self.cleaned_data["dkim_key"].strip()
        if key:
            _checked(dkim.record_of, key)
        return key

    def clean_ca(self) -> str:
        given: str = self.cleaned_data["ca"].strip()
        _checked(trusted, given)
        return given

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("sign_in") in AUTHORITIES:
            return data
        if not data.get("imap_host") and not data.get("smtp_host"):
            self.add_error("imap_host", _now("Name the server for receiving, the one for sending, or both."))
        return data

    def _host(self, name: str) -> str:
        host: str = self.cleaned_data[name].strip().lower()
        if host and not HOST.fullmatch(host):
            raise forms.ValidationError(_now("This is not the name of a server."))
        return host

    def _label(self, name: str) -> str:
        label: str = self.cleaned_data[name].strip().lower()
        if label and not all(dkim.LABEL.fullmatch(one) for one in label.split(".")):
            raise forms.ValidationError(_now("A selector has letters, digits and hyphens."))
        return label


def _checked(function: Any, value: str) -> None:
    try:
        function(value)
    except InputError as error:
        raise forms.ValidationError(_now(error.text) % error.values) from None
