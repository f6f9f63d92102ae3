"""Trying out: what is "sent" is kept in a folder of this machine and goes nowhere. For the demo company, for
training, and before the first real mailbox is set up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from relasi.channels.interface import Finding, Health, Outcome, Outgoing, Provider, register
from relasi.channels.models import Account
from relasi.lib.wording import mark

FOLDER = "tryout"
KINDS = (
    ("email", _("Try out: e-mail into a folder"), "mail"),
    ("whatsapp", _("Try out: WhatsApp into a folder"), "brand-whatsapp"),
    ("sms", _("Try out: SMS into a folder"), "message"),
)


def folder_of(account: Account) -> Path:
    return Path(settings.DATA_DIR) / FOLDER / str(account.pk)


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    """One file for each message; files that travel with it are named, not copied."""
    folder = folder_of(account)
    folder.mkdir(parents=True, exist_ok=True)
    for message in messages:
        told = {**asdict(message), "files": [file.name for file in message.files]}
        (folder / f"{message.key}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))
        yield Outcome(key=message.key, state="accepted", external_id=f"{message.key}@tryout")


def check(account: Account) -> Health:
    words = mark("Nothing leaves this machine: what is sent is kept in the folder %(folder)s.")
    folder = f"{FOLDER}/{account.pk}"
    return Health((Finding(state="good", what="folder", words=words, values={"folder": folder}),))


class NothingToAsk(forms.Form):
    """A folder needs no settings."""


def _declared(channel: str, label: Any, icon: str) -> Provider:
    return register(
        Provider(
            name=f"tryout_{channel}",
            channel=channel,
            label=label,
            icon=icon,
            settings=NothingToAsk,
            check=check,
            send=send,
            help=_("To learn with: messages look as if they went, and reach nobody."),
        )
    )


TRYOUT = [_declared(*kind) for kind in KINDS]
