"""Setting up a channel: whose it is, and what its carrier has to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relasi.channels.interface import Provider
from relasi.channels.models import Account
from relasi.kit.access.models import Team

PERSONAL, SHARED = "personal", "shared"
PLACES = ("host", "url")  # how settings are called that say where a secret is sent


class DoorForm(forms.Form):
    """What every channel has, whatever carries it. Only who may set up those of all may share one."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("Address"), max_length=254, required=False,
        help_text=_("The mailbox, number or page it stands for, as customers know it."),
    )  # fmt: skip
    whose = forms.ChoiceField(
        label=_("Whose it is"),
        choices=[(SHARED, _("Shared")), (PERSONAL, _("My own"))],
        widget=forms.RadioSelect,
        help_text=_("What comes in through your own is seen by you, and by those who may see the customer."),
    )
    team = forms.ModelChoiceField(Team._default_manager.none(), label=_("Team"), required=False)
    new_senders = forms.ChoiceField(
        label=_("Who writes for the first time"),
        choices=[
            ("ask", _("stays a stranger until somebody decides")),
            ("make", _("becomes a customer at once")),
        ],
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, data: Any = None, *, user: Any, record: Account | None = None) -> None:
        super().__init__(data, auto_id="door-%s", initial=_door_of(record, user))
        self.fields["team"].queryset = Team._default_manager.order_by("name")  # type: ignore[attr-defined]
        if not may_share(user):
            del self.fields["whose"], self.fields["team"]

    def values(self, user: Any) -> dict[str, Any]:
        """The fields of the account; `new_senders` belongs to its settings."""
        clean = self.cleaned_data
        is_own = clean.get("whose", PERSONAL) == PERSONAL
        return {
            "name": clean["name"],
            "address": clean["address"],
            "owner": user if is_own else None,
            "team": None if is_own else clean.get("team"),
            "is_active": clean["is_active"],
        }


def may_share(user: Any) -> bool:
    """Whether the reader may set up channels of all."""
    return bool(user.rights.scope("account", "add") == "all")


def _door_of(record: Account | None, user: Any) -> dict[str, Any]:
    if record is None:
        return {"whose": SHARED if may_share(user) else PERSONAL, "new_senders": "ask", "is_active": True}
    return {
        "name": record.name, "address": record.address, "team": record.team_id, "is_active": record.is_active,
        "whose": PERSONAL if record.owner_id else SHARED,
        "new_senders": record.settings.get("new_senders", "ask"),
    }  # fmt: skip


def carrier_form(provider: Provider, data: Any = None, record: Account | None = None) -> forms.Form:
    """The provider's own questions. A secret is never shown again; left empty it stays as it is."""
    initial = dict(record.settings) if record else {}
    form: forms.Form = provider.settings(data, initial=initial, prefix="carrier")
    for name in provider.secrets:
        if name in form.fields and record and record.secrets.get(name):
            form.fields[name].required = False
            form.fields[name].widget.attrs["placeholder"] = "••••••••"
    return form


def asks_again(provider: Provider, form: forms.Form, record: Account | None) -> bool:
    """Whether another server would be given a secret that was kept for the one before: it is typed anew."""
    if record is None or not any(record.secrets.get(name) for name in provider.secrets):
        return False
    clean = form.cleaned_data
    is_moved = any(
        name.endswith(PLACES) and record.settings.get(name) and record.settings[name] != clean[name]
        for name in clean
    )
    return is_moved and not any(clean.get(name) for name in provider.secrets)


def told(
    provider: Provider, form: forms.Form, record: Account | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(settings, secrets) after a form, with everything it did not ask kept."""
    settings = dict(record.settings if record else {})
    secrets = dict(record.secrets if record else {})
    for name, value in form.cleaned_data.items():
        if name in provider.secrets:
            if value not in (None, ""):
                secrets[name] = value
        else:
            settings[name] = value
    return settings, secrets


class MendForm(forms.Form):
    """The raw input as text, to be put right."""

    content = forms.CharField(
        label=_("What came in"), widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"})
    )

    def __init__(self, data: Any = None, files: Any = None, *, record: Any, user: Any, **kwargs: Any) -> None:
        from relasi.channels.raw import current

        text = current(record).decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode()
        super().__init__(data, files, initial={"content": text[:200_000]}, **kwargs)

    def clean_content(self) -> bytes:
        return str(self.cleaned_data["content"]).encode()
