"""What the gateways share: the fields of a call whatever its format, and what an answer without words
means.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from relasi.channels import raw
from relasi.channels.graph import Meaning
from relasi.channels.hooks import hook_path, kept
from relasi.channels.interface import Outcome, Outgoing
from relasi.channels.models import Account, Intake
from relasi.channels.picking import cleaned, parsed, text
from relasi.channels.web import Reply
from relasi.lib.phones import PhoneError, normalise
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LATER = {408, 425, 429, 503}
MOST_FIELDS = 200
LONGEST_SHOWN = 200


def fields_of(intake: Intake) -> dict[str, Any]:
    """What was sent, as a query, a form or JSON. Raises InputError."""
    content = raw.current(intake)
    if content.lstrip()[:1] == b"{":
        return parsed(content)
    try:
        pairs = parse_qsl(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise InputError(_("These are no fields that can be read.")) from error
    found: dict[str, Any] = cleaned(dict(pairs))
    return found


def keep_and_thank(account: Account, request: HttpRequest) -> HttpResponse:
    kept(account, request)
    return HttpResponse("ok", content_type="text/plain")


def number(raw_number: str) -> str:
    """As E.164 where it is a whole number; a short code or a name stays as it is."""
    digits = re.sub(r"[\s().\-]", "", raw_number)
    if re.fullmatch(r"\+?[1-9]\d{7,14}", digits):
        try:
            return normalise("+" + digits.lstrip("+")).e164
        except PhoneError:
            return "+" + digits.lstrip("+")
    if re.fullmatch(r"0\d{8,13}", digits):
        try:
            return normalise(digits).e164
        except PhoneError:
            pass
    return raw_number.strip()


def public_hook(account: Account) -> str:
    """The whole address the gateway calls; "" while there is none."""
    path = hook_path(account)
    return settings.RELASI_PUBLIC_URL.rstrip("/") + path if path else ""


def sender_of(account: Account, message: Outgoing) -> str:
    return message.sender or str(account.settings.get("sender", "")) or account.address


def refused(key: str, error: InputError) -> Outcome:
    return Outcome(key=key, state="refused", code="input", words=error.text, values=error.values)


def meant(key: str, meaning: Meaning, code: str, **values: object) -> Outcome:
    return Outcome(
        key=key, state=meaning.state, code=code, words=meaning.words, values={"code": code, **values},
        wait=meaning.wait,
    )  # fmt: skip


def by_status(key: str, reply: Reply) -> Outcome:
    """What a failure means of which only the number is known."""
    shown = {"code": reply.status, "answer": " ".join(reply.text.split())[:LONGEST_SHOWN]}
    code = str(reply.status)
    if reply.status in LATER:
        words, wait = _("The gateway asks to wait (%(code)s); it is tried again."), timedelta(minutes=2)
        return Outcome(key=key, state="later", code=code, words=words, values=shown, wait=wait)
    if reply.status in (401, 403):
        words = _("The gateway does not accept the key (%(code)s). Check it in the settings.")
        return Outcome(
            key=key, state="later", code=code, words=words, values=shown, wait=timedelta(minutes=15)
        )
    if 300 <= reply.status < 400:
        words = _("The gateway has moved (%(code)s). Enter its new address in the settings.")
        return Outcome(key=key, state="refused", code=code, words=words, values=shown)
    if reply.status >= 500:
        words = _("The gateway failed (%(code)s), and may have taken it or not: %(answer)s")
        return Outcome(key=key, state="uncertain", code=code, words=words, values=shown)
    words = _("The gateway refused it (%(code)s): %(answer)s")
    return Outcome(key=key, state="refused", code=code, words=words, values=shown)


def at_path(data: Any, path: str) -> Any:
    """What stands at `messages.0.id`."""
    for step in path.split(".") if path else []:
        if isinstance(data, list) and step.isdecimal() and len(step) < 4:
            data = data[int(step)] if int(step) < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def text_at(data: Any, path: str) -> str:
    return text({"at": at_path(data, path)}, "at") if path else ""
