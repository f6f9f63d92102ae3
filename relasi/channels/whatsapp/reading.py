"""What a webhook of WhatsApp says (Meta, “Webhooks reference”): messages of customers and of colleagues on
their phones, how ours fared, and changes of templates, numbers and the account.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from relasi.channels import raw
from relasi.channels.graph import Meaning, error_of, passed_on
from relasi.channels.interface import Changed, File, Incoming, News, Progress, ProgressState
from relasi.channels.models import Account, Intake
from relasi.channels.picking import moment, parsed, pick, record, records, text, why
from relasi.channels.web import Web, web_for
from relasi.channels.whatsapp.media import fetched
from relasi.channels.whatsapp.words import WORDS
from relasi.lib.phones import PhoneError, normalise
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

FILES = ("image", "video", "audio", "voice", "document", "sticker")
STATES: dict[str, ProgressState] = {
    "sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed",
}  # fmt: skip
TEMPLATES = {
    "message_template_status_update": "template",
    "message_template_quality_update": "template_quality",
    "template_category_update": "template_category",
    "message_template_components_update": "template_text",
}
NUMBERS = {"phone_number_quality_update": "quality", "phone_number_name_update": "name"}

Said = tuple[str, dict[str, Any]]  # the words of a message, and what only WhatsApp knows of it


def read(account: Account, intake: Intake) -> Iterator[News]:
    """Raises InputError for what is no webhook of WhatsApp."""
    content = raw.current(intake)
    data = parsed(content)
    if text(data, "object") != "whatsapp_business_account":
        raise InputError(_("This is no webhook of WhatsApp."))
    with web_for(account) as web:
        for entry in records(data, "entry"):
            for change in records(entry, "changes"):
                number = text(change, "value", "metadata", "phone_number_id")
                if not passed_on(account, intake, content, "phone_number_id", number):
                    yield from _news(web, account, entry, change)


def _news(web: Web, account: Account, entry: dict[str, Any], change: dict[str, Any]) -> Iterator[News]:
    value, field = record(change, "value"), text(change, "field")
    if field in TEMPLATES:
        yield _about_template(TEMPLATES[field], value)
    elif field in NUMBERS:
        yield Changed(kind=NUMBERS[field], key=_e164(text(value, "display_phone_number")), values=value)
    elif field == "user_preferences":
        yield from _preferences(value)
    elif field in ("messages", "smb_message_echoes", "message_echoes", "") or "messages" in value:
        yield from _messages(web, account, value)
        yield from _statuses(value)
        yield from (_trouble(error) for error in records(value, "errors"))
    else:
        yield Changed(kind=field[:40], key=text(entry, "id"), values=value)


def _messages(web: Web, account: Account, value: dict[str, Any]) -> Iterator[News]:
    names = _names(value)
    ours = _e164(text(value, "metadata", "display_phone_number"))
    for message in records(value, "messages"):
        who = _who(message)
        yield _incoming(web, account, message, who, names.get(who, ""), ours)
        if moved := _moved(message):
            yield moved
    for echo in records(value, "message_echoes"):
        to = _e164(text(echo, "to")) or text(echo, "to_user_id")
        yield _incoming(web, account, echo, ours or _who(echo), "", to, from_us=True)


def _incoming(
    web: Web,
    account: Account,
    message: dict[str, Any],
    sender: str,
    name: str,
    to: str,
    *,
    from_us: bool = False,
) -> Incoming:
    kind = text(message, "type")
    words, extra = SAID.get(kind, _unknown)(message)
    files, missing = _files(web, account, message, kind)
    if missing:
        extra["missing_files"] = missing
    return Incoming(
        external_id=text(message, "id"), sender=sender, sender_name=name, to=(to,) if to else (),
        at=moment(message, "timestamp"), text=words, files=files, answers=_answers(message),
        thread=text(message, "group_id"), automatic="system" if kind == "system" else "", from_us=from_us,
        extra={"type": kind, **_around(message), **extra},
    )  # fmt: skip


def _text(message: dict[str, Any]) -> Said:
    return text(message, "text", "body"), {}


def _caption(message: dict[str, Any]) -> Said:
    kind = text(message, "type")
    is_voice = kind == "voice" or pick(message, kind, "voice") is True
    return text(message, kind, "caption"), {"is_voice": True} if is_voice else {}


def _place(message: dict[str, Any]) -> Said:
    place = record(message, "location")
    return "\n".join(filter(None, (text(place, "name"), text(place, "address")))), {"location": place}


def _contacts(message: dict[str, Any]) -> Said:
    lines = []
    for contact in records(message, "contacts"):
        numbers = [text(phone, "phone") for phone in records(contact, "phones")]
        lines.append(" ".join(filter(None, (text(contact, "name", "formatted_name"), *numbers))))
    return "\n".join(filter(None, lines)), {"contacts": records(message, "contacts")}


def _reaction(message: dict[str, Any]) -> Said:
    emoji = text(message, "reaction", "emoji")
    return emoji, {"reaction": {"to": text(message, "reaction", "message_id"), "emoji": emoji}}


def _button(message: dict[str, Any]) -> Said:
    return text(message, "button", "text"), {"chosen": text(message, "button", "payload")}


def _interactive(message: dict[str, Any]) -> Said:
    kind = text(message, "interactive", "type")
    answer = record(message, "interactive", kind)
    words = text(answer, "title") or text(answer, "body") or text(answer, "name")
    extra: dict[str, Any] = {"chosen": text(answer, "id")}
    if answered := text(answer, "response_json"):
        extra["form"] = answered
    return words, extra


def _order(message: dict[str, Any]) -> Said:
    return text(message, "order", "text"), {"order": record(message, "order")}


def _system(message: dict[str, Any]) -> Said:
    return text(message, "system", "body"), {"system": record(message, "system")}


def _edited(message: dict[str, Any]) -> Said:
    inner = record(message, "edit", "message")
    words, _extra = (
        SAID.get(text(inner, "type"), _unknown)(inner) if text(inner, "type") != "edit" else ("", {})
    )
    return words, {"edited": text(message, "edit", "original_message_id")}


def _taken_back(message: dict[str, Any]) -> Said:
    return "", {"deleted": text(message, "revoke", "original_message_id")}


def _unknown(message: dict[str, Any]) -> Said:
    """What WhatsApp hands on without its content, or a kind younger than this."""
    errors = [{"code": text(one, "code"), "title": text(one, "title")} for one in records(message, "errors")]
    return "", {"unsupported": errors or record(message, text(message, "type"))}


SAID: dict[str, Callable[[dict[str, Any]], Said]] = {
    "text": _text, "location": _place, "contacts": _contacts, "reaction": _reaction, "button": _button,
    "interactive": _interactive, "order": _order, "system": _system, "edit": _edited, "revoke": _taken_back,
    **dict.fromkeys(FILES, _caption),
}  # fmt: skip


def _files(
    web: Web, account: Account, message: dict[str, Any], kind: str
) -> tuple[tuple[File, ...], list[dict[str, Any]]]:
    """The file of a message; what could not be fetched is noted with the reason, and the message comes in."""
    inner = record(message, "edit", "message") if kind == "edit" else message
    kind = text(inner, "type") if kind == "edit" else kind
    about = record(inner, kind) if kind in FILES else {}
    if not about:
        return (), []
    media, name = text(about, "id"), text(about, "filename")
    try:
        return (fetched(web, account, media, name=name, content_type=text(about, "mime_type")),), []
    except InputError as error:
        return (), [{"id": media, "name": name, "type": text(about, "mime_type"), **why(error)}]


def _around(message: dict[str, Any]) -> dict[str, Any]:
    """The advertisement it came from, whether it was forwarded, which product it is about."""
    found: dict[str, Any] = {}
    if referral := record(message, "referral"):
        found["referral"] = referral
    if (
        pick(message, "context", "forwarded") is True
        or pick(message, "context", "frequently_forwarded") is True
    ):
        found["forwarded"] = True
    if product := record(message, "context", "referred_product"):
        found["product"] = product
    if user := text(message, "from_user_id"):
        found["user_id"] = user
    return found


def _answers(message: dict[str, Any]) -> tuple[str, ...]:
    named = (
        text(message, "context", "id"), text(message, "reaction", "message_id"),
        text(message, "edit", "original_message_id"), text(message, "revoke", "original_message_id"),
    )  # fmt: skip
    return tuple(filter(None, named))


def _moved(message: dict[str, Any]) -> Changed | None:
    """The customer has another number now."""
    system = record(message, "system") if text(message, "type") == "system" else {}
    new = text(system, "wa_id") or text(system, "new_wa_id")
    if not new or text(system, "type") not in ("user_changed_number", "customer_changed_number", ""):
        return None
    values = {"new": _e164(new), "words": text(system, "body")}
    return Changed(kind="number_changed", key=_who(message) or _e164(text(system, "customer")), values=values)


def _statuses(value: dict[str, Any]) -> Iterator[News]:
    for status in records(value, "statuses"):
        if not (state := STATES.get(text(status, "status"))):
            continue
        error = _why(status) if state == "failed" else None
        yield Progress(
            external_id=text(status, "id"), state=state, at=moment(status, "timestamp"),
            recipient=_e164(text(status, "recipient_id")) or text(status, "recipient_user_id"),
            code=error[0] if error else "", words=error[1].words if error else "",
            bounce=error[1].bounce if error else "", values={**_costs(status), **(error[2] if error else {})},
        )  # fmt: skip


def _why(status: dict[str, Any]) -> tuple[str, Meaning, dict[str, object]]:
    error = error_of(next(iter(records(status, "errors")), {}), WORDS)
    return error.code, error.meaning, error.values


def _costs(status: dict[str, Any]) -> dict[str, object]:
    """Our own key, and what Meta says of the price."""
    found = {
        "key": text(status, "biz_opaque_callback_data"),
        "category": text(status, "pricing", "category") or text(status, "conversation", "origin", "type"),
        "pricing": text(status, "pricing", "type") or text(status, "pricing", "pricing_model"),
        "billable": pick(status, "pricing", "billable"),
        "conversation": text(status, "conversation", "id"),
    }
    return {
        name: one for name, one in found.items() if isinstance(one, bool) or (one and isinstance(one, str))
    }


def _about_template(kind: str, value: dict[str, Any]) -> Changed:
    return Changed(
        kind=kind, key=text(value, "message_template_id"),
        values={
            "name": text(value, "message_template_name"),
            "language": text(value, "message_template_language"),
            "status": text(value, "event"), "reason": text(value, "reason"),
            "category": text(value, "new_category") or text(value, "message_template_category"),
            "quality": text(value, "new_quality_score"), "about": value,
        },
    )  # fmt: skip


def _preferences(value: dict[str, Any]) -> Iterator[News]:
    """The customer stopped advertising in WhatsApp itself, or allowed it again."""
    for one in records(value, "user_preferences"):
        yield Changed(
            kind="marketing_preference", key=_e164(text(one, "wa_id")) or text(one, "user_id"),
            values={"value": text(one, "value"), "category": text(one, "category"),
                    "words": text(one, "detail"), "at": text(one, "timestamp")},
        )  # fmt: skip


def _trouble(error: dict[str, Any]) -> Changed:
    found = error_of(error, WORDS)
    return Changed(kind="error", key=found.code, values={"words": found.text, **found.values})


def _names(value: dict[str, Any]) -> dict[str, str]:
    """By number and by user id: what the customers call themselves."""
    found = {}
    for contact in records(value, "contacts"):
        name = text(contact, "profile", "name") or text(contact, "profile", "username")
        for who in (_e164(text(contact, "wa_id")), text(contact, "user_id")):
            if who:
                found[who] = name
    return found


def _who(message: dict[str, Any]) -> str:
    return _e164(text(message, "from")) or text(message, "from_user_id")


def _e164(number: str) -> str:
    """`628123456789` and `+1 555-078-3881` as E.164; what is no number as "" unless it is only digits."""
    digits = re.sub(r"[^0-9]", "", number) if re.fullmatch(r"\+?[0-9 ()./\-]+", number) else ""
    if not digits:
        return ""
    try:
        return normalise("+" + digits).e164
    except PhoneError:
        return "+" + digits
