"""Messages by the pages of a company: Messenger and Instagram (Meta, “Send API”)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from relasi.channels.graph import Body, GraphError, before_sending, call, handed_over
from relasi.channels.interface import File, Outcome, Outgoing
from relasi.channels.models import Account
from relasi.channels.picking import text
from relasi.channels.social.words import WINDOW, WORDS
from relasi.channels.web import MEGABYTE, NotSent, Web, web_for
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST = {"messenger": 2000, "instagram": 1000}
LARGEST = 25 * MEGABYTE
OPEN_FOR, OPEN_FOR_PEOPLE = timedelta(hours=24), timedelta(days=7)
LATER_BY_A_PERSON = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    with web_for(account) as web:
        for message in messages:
            yield _sent(web, account, message)


def window_closes_at(last_inbound_at: datetime | None, *, by_a_person: bool = False) -> datetime | None:
    """Until when the customer may be answered; by a person, where Meta allowed that, for a week."""
    open_for = OPEN_FOR_PEOPLE if by_a_person else OPEN_FOR
    return last_inbound_at + open_for if last_inbound_at else None


def name_of(account: Account, person: str) -> str:
    """What a customer is called at Meta; "" where it does not say. Raises InputError."""
    if not person.isdecimal():
        return ""
    fields = "name,username" if account.channel == "instagram" else "first_name,last_name"
    with web_for(account) as web:
        found = call(web, account, "GET", person, words=WORDS, params={"fields": fields}, whole=20)
    whole = " ".join(filter(None, (text(found, "first_name"), text(found, "last_name"))))
    return text(found, "name") or whole or text(found, "username")


def _sent(web: Web, account: Account, message: Outgoing) -> Outcome:
    try:
        bodies = _bodies(web, account, message)
    except InputError as error:
        return before_sending(error, message.key)
    return handed_over(message.key, bodies, lambda body: _post(web, account, body), "message_id")


def _post(web: Web, account: Account, body: Body) -> Body:
    """Within 24 hours as an answer; a refusal for being later is tried again as a person's, where allowed."""
    path = f"{_page(account)}/messages"
    try:
        return call(web, account, "POST", path, words=WORDS, json={"messaging_type": "RESPONSE", **body})
    except GraphError as error:
        is_late = any(error.code.endswith(f"/{code}") for code in WINDOW)
        if not (is_late and account.settings.get("human_agent")):
            raise
    return call(web, account, "POST", path, words=WORDS, json={**LATER_BY_A_PERSON, **body})


def _bodies(web: Web, account: Account, message: Outgoing) -> list[Body]:
    """Raises InputError."""
    if not message.to.isdecimal():
        raise InputError(_("“%(to)s” is no customer of Messenger or Instagram."), to=message.to)
    most = LONGEST.get(account.channel, LONGEST["instagram"])
    if len(message.text.encode()) > most:
        raise InputError(_("The text is longer than the %(most)s signs that Meta takes."), most=most)
    parts: list[Body] = [{"text": message.text}] if message.text.strip() else []
    parts += [{"attachment": _attachment(web, account, file)} for file in message.files]
    if not parts:
        raise InputError(_("There is nothing in the message."))
    head: Body = {"recipient": {"id": message.to}}
    if message.answers:
        head["reply_to"] = {"mid": message.answers}
    return [{**head, "message": part} for part in parts]


def _attachment(web: Web, account: Account, file: File) -> Body:
    """Hand a file over; what stands for it in a message."""
    if len(file.content) > LARGEST:
        raise InputError(
            _("“%(name)s” is larger than the %(most)s megabytes that Meta takes."),
            name=file.name, most=LARGEST // MEGABYTE,
        )  # fmt: skip
    kind = file.content_type.partition("/")[0]
    kind = kind if kind in ("image", "audio", "video") else "file"
    about = json.dumps({"attachment": {"type": kind, "payload": {"is_reusable": False}}})
    params: dict[str, Any] = {"platform": "instagram"} if account.channel == "instagram" else {}
    found = call(
        web, account, "POST", f"{_page(account)}/message_attachments", words=WORDS, params=params,
        data={"message": about}, files={"filedata": (file.name, file.content, file.content_type)},
    )  # fmt: skip
    if not (name := text(found, "attachment_id")):
        raise NotSent(_("Meta took the file and gave no id for it."))
    return {"type": kind, "payload": {"attachment_id": name}}


def _page(account: Account) -> str:
    return str(account.settings.get("page_id") or "me")
