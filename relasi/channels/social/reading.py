"""What a webhook of Messenger or Instagram says (Meta, “Webhook events”)."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from typing import Any

from relasi.channels import raw
from relasi.channels.graph import is_own_host, passed_on
from relasi.channels.interface import Changed, File, Incoming, News, Progress
from relasi.channels.models import Account, Intake
from relasi.channels.picking import moment, parsed, pick, record, records, text, texts, why
from relasi.channels.web import MEGABYTE, Web, web_for
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

OBJECTS = {"messenger": "page", "instagram": "instagram"}
OWN_ID = {"messenger": "page_id", "instagram": "instagram_id"}
FILES = ("image", "video", "audio", "file", "story_mention")
SHARED = ("share", "fallback", "reel", "ig_reel", "post", "ig_post", "template")
LONGEST_FETCHED = 25 * MEGABYTE
FETCH_WITHIN = 20.0  # seconds for one file
MOST_FILES = 30

Event = dict[str, Any]


def read(account: Account, intake: Intake) -> Iterator[News]:
    """Raises InputError for what is no webhook of this platform."""
    content = raw.current(intake)
    data = parsed(content)
    if text(data, "object") != OBJECTS.get(account.channel):
        raise InputError(_("This is no webhook of this platform."))
    with web_for(account) as web:
        for entry in records(data, "entry"):
            if not passed_on(account, intake, content, OWN_ID[account.channel], text(entry, "id")):
                for event in _events(entry):
                    yield from _news(web, account, event)
                yield from _changes(entry)


def _events(entry: dict[str, Any]) -> Iterator[Event]:
    """What happened in talks: also those that another app has in hand, and in the form of the newer
    Instagram.
    """
    yield from records(entry, "messaging")
    yield from ({**event, "is_standby": True} for event in records(entry, "standby"))
    for change in records(entry, "changes"):
        if "sender" in record(change, "value"):
            yield record(change, "value")


def _changes(entry: dict[str, Any]) -> Iterator[News]:
    for change in records(entry, "changes"):
        value = record(change, "value")
        if "sender" not in value:
            yield Changed(kind=text(change, "field")[:40] or "change", key=text(value, "id"), values=value)


def _news(web: Web, account: Account, event: Event) -> Iterator[News]:
    if message := record(event, "message"):
        yield _message(web, account, event, message)
    elif edit := record(event, "message_edit"):
        yield _incoming(
            event, f"{text(edit, 'mid')}:edit:{text(edit, 'num_edit')}", text=text(edit, "text"),
            answers=(text(edit, "mid"),), extra={"edited": text(edit, "mid")},
        )  # fmt: skip
    elif postback := record(event, "postback"):
        yield _postback(event, postback)
    elif reaction := record(event, "reaction"):
        yield _reaction(event, reaction)
    elif "delivery" in event:
        yield from _delivered(event)
    elif "read" in event:
        yield _seen(event)
    elif referral := record(event, "referral"):
        yield Changed(kind="referral", key=_customer(event), values=referral)
    else:
        yield from _others(event)


def _message(web: Web, account: Account, event: Event, message: dict[str, Any]) -> News:
    mid, is_echo = text(message, "mid"), pick(message, "is_echo") is True
    if is_echo and text(message, "app_id") and text(message, "app_id") == account.settings.get("app_id"):
        return Progress(
            external_id=mid, state="sent", recipient=_customer(event), at=moment(event, "timestamp")
        )
    if pick(message, "is_deleted") is True:
        return _incoming(event, f"{mid}:deleted", answers=(mid,), extra={"deleted": mid}, from_us=is_echo)
    attachments = records(message, "attachments")[:MOST_FILES]
    files, missing = _files(web, account, mid, attachments)
    extra = {**_about(event, message, attachments), **({"missing_files": missing} if missing else {})}
    words = text(message, "text") or "\n".join(_links(attachments))
    answers = tuple(filter(None, (text(message, "reply_to", "mid"),)))
    return _incoming(event, mid, text=words, files=files, answers=answers, extra=extra, from_us=is_echo)


def _about(event: Event, message: dict[str, Any], attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """What only these platforms know: stories, chosen answers, where the customer came from, places."""
    found: dict[str, Any] = {}
    if story := record(message, "reply_to", "story"):
        found["story"] = story
    if mentions := [
        text(one, "payload", "url") for one in attachments if text(one, "type") == "story_mention"
    ]:
        found["story_mention"] = mentions[0]
    if chosen := text(message, "quick_reply", "payload"):
        found["chosen"] = chosen
    if referral := record(message, "referral") or record(event, "referral"):
        found["referral"] = referral
    places = [record(one, "payload", "coordinates") for one in attachments if text(one, "type") == "location"]
    if places:
        found["location"] = {"latitude": pick(places[0], "lat"), "longitude": pick(places[0], "long")}
    if pick(message, "is_unsupported") is True:
        found["unsupported"] = True
    if event.get("is_standby"):
        found["standby"] = True
    return found


def _links(attachments: list[dict[str, Any]]) -> list[str]:
    """The addresses of what was shared, where there are no words."""
    shared = [one for one in attachments if text(one, "type") in SHARED]
    lines = []
    for one in shared:
        title = text(one, "payload", "title") or text(one, "title")
        url = text(one, "payload", "url") or text(one, "url")
        lines.append(" ".join(filter(None, (title, url))))
    return [line for line in lines if line]


def _files(
    web: Web, account: Account, mid: str, attachments: list[dict[str, Any]]
) -> tuple[tuple[File, ...], list[dict[str, Any]]]:
    files: list[File] = []
    missing: list[dict[str, Any]] = []
    for at, one in enumerate(attachments):
        kind, url = text(one, "type"), text(one, "payload", "url")
        if kind not in FILES:
            continue
        try:
            files.append(_fetched(web, account, url, f"{kind}-{at + 1}"))
        except InputError as error:
            missing.append({"url": url, "type": kind, **why(error)})
    return tuple(files), missing


def _fetched(web: Web, account: Account, url: str, name: str) -> File:
    if not is_own_host(account, url):
        raise InputError(_("The file lies at an address that is not Meta's."))
    reply = web.ask("GET", url, most=LONGEST_FETCHED, whole=FETCH_WITHIN)
    if not reply.is_good:
        raise InputError(_("The file is not there any more."))
    ending = mimetypes.guess_extension(reply.content_type) or ""
    return File(name=name + ending, content_type=reply.content_type, content=reply.body)


def _postback(event: Event, postback: dict[str, Any]) -> Incoming:
    """A button pressed, or the talk begun from a menu."""
    extra: dict[str, Any] = {"chosen": text(postback, "payload")}
    if referral := record(postback, "referral"):
        extra["referral"] = referral
    name = text(postback, "mid") or f"postback:{_customer(event)}:{text(event, 'timestamp')}"
    return _incoming(event, name, text=text(postback, "title"), extra=extra)


def _reaction(event: Event, reaction: dict[str, Any]) -> Incoming:
    mid = text(reaction, "mid")
    emoji = text(reaction, "emoji") if text(reaction, "action") != "unreact" else ""
    name = f"{mid}:reaction:{text(event, 'timestamp')}"
    return _incoming(event, name, text=emoji, answers=(mid,), extra={"reaction": {"to": mid, "emoji": emoji}})


def _delivered(event: Event) -> Iterator[News]:
    at = moment(event, "delivery", "watermark")
    for mid in texts(event, "delivery", "mids") or [""]:
        yield Progress(external_id=mid, state="delivered", recipient=_customer(event), at=at)


def _seen(event: Event) -> Progress:
    """Instagram names the message; Messenger says until when everything was read: then the id is empty."""
    at = moment(event, "read", "watermark") or moment(event, "timestamp")
    return Progress(external_id=text(event, "read", "mid"), state="read", recipient=_customer(event), at=at)


def _others(event: Event) -> Iterator[News]:
    known = {"sender", "recipient", "timestamp", "is_standby"}
    for kind in event:
        if kind not in known and isinstance(event[kind], dict):
            yield Changed(kind=kind[:40], key=_customer(event), values=event[kind])


def _incoming(event: Event, external_id: str, *, from_us: bool = False, **given: Any) -> Incoming:
    sender, to = text(event, "sender", "id"), text(event, "recipient", "id")
    return Incoming(
        external_id=external_id, sender=sender, to=(to,) if to else (), at=moment(event, "timestamp"),
        from_us=from_us, **given,
    )  # fmt: skip


def _customer(event: Event) -> str:
    """Who the event is about: the sender, but of an echo the one it went to."""
    is_echo = pick(event, "message", "is_echo") is True
    return text(event, "recipient", "id") if is_echo else text(event, "sender", "id")
