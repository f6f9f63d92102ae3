"""Calling a number by a click: through the telephone system where the colleague has an extension, else by a
link that the device opens.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from relasi.channels.models import Account
from relasi.channels.phone import asterisk
from relasi.channels.phone.links import link_to
from relasi.conversations.models import Extension
from relasi.lib.wording import InputError


def has_extension(user: Any) -> bool:
    return Extension._default_manager.filter(user=user).exists()


def holder_of(account: Account, number: str) -> Any:
    """Whose telephone it is; None for nobody's."""
    rows = Extension._default_manager.filter(account=account, number=number)
    found = rows.select_related("user").first()
    return found.user if found else None


def extension_of(user: Any, *, also_unused: bool = False) -> Extension | None:
    """The extension of a colleague, of a telephone system in use unless told otherwise."""
    rows = Extension._default_manager.filter(user=user)
    if not also_unused:
        rows = rows.filter(account__is_active=True, account__archived_at=None)
    found: Extension | None = rows.select_related("account").first()
    return found


def dial(number: str, *, by: Any, name: str = "") -> None:
    """Let the colleague's telephone ring and call a number. Raises ValidationError in plain words."""
    extension = extension_of(by)
    if extension is None or extension.account.provider != "asterisk_ami":
        raise ValidationError(
            _("You have no extension that can be called. Choose it under Settings, My telephone.")
        )
    try:
        asterisk.call(extension.account, extension.number, number, name=name)
    except InputError as error:
        raise ValidationError(_(error.text) % error.values) from error


def can_dial(extension: Extension | None) -> bool:
    """Whether a telephone system begins calls for this colleague."""
    return extension is not None and extension.account.provider == "asterisk_ami"


def link_for(number: str) -> str:
    """What the device opens instead: `sip:` where the company chose softphones, else `tel:`."""
    rows = Account._default_manager.all().carrying("phone").filter(provider="phone_link")
    given: dict[str, str] = next((account.settings for account in rows[:1]), {})
    return link_to(number, scheme=given.get("scheme", "tel"), domain=given.get("domain", ""))
