"""Messages to customers by the Cloud API: texts, files, approved templates, places, reactions, choices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from relasi.channels.graph import Body, before_sending, call, handed_over
from relasi.channels.interface import Approved, File, Outcome, Outgoing
from relasi.channels.models import Account
from relasi.channels.web import Web, web_for
from relasi.channels.whatsapp.media import Kind, kind_of, upload
from relasi.channels.whatsapp.words import WORDS
from relasi.lib.phones import PhoneError, normalise
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_KEY = 512
MOST_BUTTONS, MOST_ROWS = 3, 10
LONGEST_BUTTON, LONGEST_ROW = 20, 24
OPEN_FOR = timedelta(hours=24)
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")  # who hides the number has one per business


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    with web_for(account) as web:
        for message in messages:
            yield _sent(web, account, message)


def mark_read(account: Account, message_id: str, *, typing: bool = False) -> None:
    """Show the customer that the message was read, and that somebody types. Raises InputError."""
    body: Body = {"status": "read", "message_id": message_id}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    with web_for(account) as web:
        _post(web, account, body)


def react(account: Account, *, to: str, message_id: str, emoji: str, key: str = "") -> Outcome:
    """Put an emoji under a message of the customer's; "" takes it away."""
    return _alone(
        account, key, to, {"type": "reaction", "reaction": {"message_id": message_id, "emoji": emoji}}
    )


def send_place(
    account: Account,
    *,
    to: str,
    latitude: float,
    longitude: float,
    name: str = "",
    address: str = "",
    key: str = "",
) -> Outcome:
    place = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return _alone(account, key, to, {"type": "location", "location": place})


def send_choice(
    account: Account,
    *,
    to: str,
    words: str,
    choices: Sequence[tuple[str, str]],
    button: str = "",
    key: str = "",
) -> Outcome:
    """A question with (id, label) to choose from: up to three buttons, up to ten in a list behind
    `button`.
    """
    return _alone(account, key, to, {"type": "interactive", "interactive": _choice(words, choices, button)})


def window_closes_at(last_inbound_at: datetime | None) -> datetime | None:
    """Until when anything may be written to the customer; None when it has not been opened."""
    return last_inbound_at + OPEN_FOR if last_inbound_at else None


def _sent(web: Web, account: Account, message: Outgoing) -> Outcome:
    """One message, which may be several on WhatsApp (a text and files): all files are handed over first."""
    try:
        bodies = _bodies(web, account, message)
    except InputError as error:
        return before_sending(error, message.key)
    return _posted(web, account, message.key, bodies)


def _alone(account: Account, key: str, to: str, body: Body) -> Outcome:
    try:
        whole = {**_recipient(to), **body, **_reference(key)}
    except InputError as error:
        return before_sending(error, key)
    with web_for(account) as web:
        return _posted(web, account, key, [whole])


def _posted(web: Web, account: Account, key: str, bodies: Sequence[Body]) -> Outcome:
    return handed_over(key, bodies, lambda body: _post(web, account, body), "messages", 0, "id")


def _post(web: Web, account: Account, body: Body) -> Body:
    path = f"{account.settings.get('phone_number_id', '')}/messages"
    return call(web, account, "POST", path, words=WORDS, json={"messaging_product": "whatsapp", **body})


def _bodies(web: Web, account: Account, message: Outgoing) -> list[Body]:
    head = {**_recipient(message.to), **_reference(message.key)}
    if message.answers:
        head["context"] = {"message_id": message.answers}
    parts = _parts(web, account, message)
    if not parts:
        raise InputError(_("There is nothing in the message."))
    return [{**head, **part} for part in parts]


def _parts(web: Web, account: Account, message: Outgoing) -> list[Body]:
    if len(message.text) > LONGEST_TEXT:
        raise InputError(
            _("The text is longer than the %(most)s signs that WhatsApp takes."), most=LONGEST_TEXT
        )
    files = [(kind_of(file), file) for file in message.files]
    if message.approved:
        header = [_media(kind, upload(web, account, file), file) for kind, file in files[:1]]
        return [{"type": "template", "template": _template(message.approved, header)}]
    caption = _fits_as_caption(message.text, files)
    bodies = [] if caption or not message.text.strip() else [_words(message.text)]
    for at, (kind, file) in enumerate(files):
        part = _media(kind, upload(web, account, file), file)
        if caption and at == 0:
            part[kind.name]["caption"] = message.text
        bodies.append(part)
    return bodies


def _fits_as_caption(words: str, files: Sequence[tuple[Kind, File]]) -> bool:
    return bool(files) and files[0][0].has_caption and words.strip() != "" and len(words) <= LONGEST_CAPTION


def _words(words: str) -> Body:
    return {"type": "text", "text": {"body": words, "preview_url": "http://" in words or "https://" in words}}


def _media(kind: Kind, media: str, file: File) -> Body:
    named = {"filename": file.name} if kind.name == "document" else {}
    return {"type": kind.name, kind.name: {"id": media, **named}}


def _template(approved: Approved, header: list[Body]) -> Body:
    components: list[Body] = []
    if header:
        components.append({"type": "header", "parameters": header})
    elif approved.header:
        components.append({"type": "header", "parameters": _values(approved.header)})
    if approved.values:
        components.append({"type": "body", "parameters": _values(approved.values)})
    components.extend(
        {"type": "button", "sub_type": "url", "index": str(at), "parameters": _values((value,))}
        for at, value in enumerate(approved.buttons)
        if value
    )
    named = {"name": approved.name, "language": {"code": approved.language}}
    return {**named, "components": components} if components else named


def _values(values: Sequence[str]) -> list[Body]:
    """What fills the places; WhatsApp takes no line breaks and no rows of spaces in them."""
    return [{"type": "text", "text": " ".join(value.split())} for value in values]


def _choice(words: str, choices: Sequence[tuple[str, str]], button: str) -> Body:
    if len(choices) <= MOST_BUTTONS:
        buttons = [
            {"type": "reply", "reply": {"id": name, "title": label[:LONGEST_BUTTON]}}
            for name, label in choices
        ]
        return {"type": "button", "body": {"text": words}, "action": {"buttons": buttons}}
    rows = [{"id": name, "title": label[:LONGEST_ROW]} for name, label in choices[:MOST_ROWS]]
    action = {"button": button[:LONGEST_BUTTON] or "≡", "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": words}, "action": action}


def _recipient(to: str) -> Body:
    """Raises InputError for what is neither a number nor the id of one who hides it."""
    if USER_ID.fullmatch(to):
        return {"recipient_type": "individual", "recipient": to}
    try:
        return {"recipient_type": "individual", "to": normalise(to).e164.removeprefix("+")}
    except PhoneError:
        if re.fullmatch(r"\+[1-9]\d{6,14}", to):  # a number that came in like this
            return {"recipient_type": "individual", "to": to[1:]}
        raise


def _reference(key: str) -> Body:
    """Our own name for it, which comes back with every status."""
    return {"biz_opaque_callback_data": key[:LONGEST_KEY]} if key else {}
