"""Saying something: messages are kept with what leaves the house, in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.channels.interface import File
from relasi.channels.models import Account
from relasi.conversations import contact
from relasi.conversations.addresses import normal_address
from relasi.conversations.models import Conversation, Delivery, Message, Variant
from relasi.conversations.wording import facts_of, rendered
from relasi.kit.events.writing import emit
from relasi.kit.resources import attaching, commenting
from relasi.lib.mail.threads import subject_key
from relasi.lib.text import plain, shorten
from relasi.lib.wording import InputError
from relasi.parties.models import Party

Status, State, Direction = Conversation.Status, Message.State, Message.Direction
HELD = timedelta(seconds=10)  # so long a message waits for "undo"
ADDRESSES = {"email": "email", "whatsapp": "phone", "sms": "phone", "phone": "phone"}
LONGEST = 500_000


@transaction.atomic
def start(
    *,
    by: Any,
    channel: str,
    party: Party | None = None,
    account: Account | None = None,
    address: str = "",
    address_name: str = "",
    subject: str = "",
    thread: str = "",
    owner: Any = None,
) -> Conversation:
    """A new talk. Without an account it goes by the first that carries the channel; without an address to the
    customer's own.
    """
    door = account or Account._default_manager.all().carrying(channel).first()
    address = address or (getattr(party, ADDRESSES.get(channel, ""), "") if party else "")
    found: Conversation = Conversation.create(
        by=by,
        channel=channel,
        party=party,
        account=door,
        team=door.team if door else None,
        owner=owner or (door.owner if door else None),
        address=normal_address(channel, address)[:254],
        address_name=_one_line(address_name or (str(party) if party else ""), 200),
        subject=_one_line(subject, 300),
        subject_key=subject_key(subject)[:200],
        thread=thread[:200],
        code=secrets.token_hex(8),
    )
    return found


@transaction.atomic
def write(
    conversation: Conversation,
    *,
    by: Any,
    text: str = "",
    html: str = "",
    subject: str = "",
    to: str = "",
    cc: Sequence[str] = (),
    files: Iterable[File] = (),
    variant: Variant | None = None,
    facts: Mapping[str, Any] | None = None,
    purpose: str = "service",
    at: datetime | None = None,
    held: timedelta = timedelta(),
    automatic: str = "",
    key: str = "",
) -> Message:
    """Write to the customer: the message and its delivery, in one transaction; a sender takes it from there.

    A `variant` gives subject and text (and the approved form on WhatsApp). `at`: not before then; `held`: so
    long it can be called back. `key`: the same key twice is one message. Raises ValidationError in plain
    words when it cannot or may not be sent at all; what may go later waits until then.
    """
    known: Message | None = Message._default_manager.filter(deliveries__key=key).first() if key else None
    if known:
        return known
    account = _door(conversation)
    address = normal_address(conversation.channel, to or conversation.address)
    if not address:
        raise ValidationError(_("There is no address to write to."))
    said = _said(conversation, variant, facts, text=text, html=html, subject=subject, by=by)
    now = timezone.now()
    is_template = bool(variant and variant.approved_name)
    answer = contact.ask(
        channel=conversation.channel, purpose=purpose, address=address, party=conversation.party,
        now=max(now, at or now), is_template=is_template, is_answer=_is_answer(conversation, purpose),
    )  # fmt: skip
    if answer.verdict == "no":
        raise ValidationError(_(answer.text) % answer.values)
    due_at = max(now + held, at or now, answer.at if answer.verdict == "later" and answer.at else now)
    message = Message(
        conversation=conversation, party=conversation.party, channel=conversation.channel,
        direction=Direction.OUT, state=State.WAITING, at=now, author=by, sender=account.address,
        sender_name=_one_line(str(by or account), 200), to=[address], cc=list(cc), automatic=automatic,
        extra=_approved(variant, facts, conversation, by), **said,
    )  # fmt: skip
    keep(message, files=files, by=by)
    delivery = Delivery(
        key=key or f"m{message.pk}", message=message, party=conversation.party, account=account, by=by,
        channel=conversation.channel, purpose=purpose, address=address, due_at=due_at,
        answer=contact.told(answer), values={"is_answer": _is_answer(conversation, purpose)},
    )  # fmt: skip
    delivery.save(force_insert=True)
    spoke(conversation, message, by=by, verb="replied")
    _send_soon(account, due_at)
    return message


@transaction.atomic
def receive(
    conversation: Conversation,
    *,
    sender: str,
    sender_name: str = "",
    at: datetime | None = None,
    files: Iterable[File] = (),
    automatic: str = "",
    verb: str = "received",
    **fields: Any,
) -> Message:
    """Keep what the customer said. What a machine answered wakes nobody."""
    now = timezone.now()
    message = Message(
        conversation=conversation, party=conversation.party, channel=conversation.channel,
        direction=Direction.IN, state=State.RECEIVED, at=min(at or now, now), sender=sender[:254],
        sender_name=_one_line(sender_name, 200), automatic=automatic[:40], **fields,
    )  # fmt: skip
    keep(message, files=files, by=None)
    _heard(conversation, message)
    emit(
        verb, conversation, by=None, party_id=conversation.party_id, note=_one_line(preview_of(message), 200)
    )
    return message


@transaction.atomic
def note(conversation: Conversation, *, by: Any, text: str) -> Message:
    """Say something among colleagues; `text` is HTML of the small editor, those it names are told."""
    if not plain(text).strip():
        raise ValidationError(_("The note is empty."))
    message = Message(
        conversation=conversation, party=conversation.party, channel=conversation.channel,
        direction=Direction.NOTE, state=State.RECEIVED, at=timezone.now(), author=by, sender_name=str(by),
        text=plain(text).strip(), html=commenting.clean(text),
    )  # fmt: skip
    keep(message, by=by)
    changes = {"message": [None, message.pk]}
    emit("noted", conversation, by=by, party_id=conversation.party_id, changes=changes)
    return message


@transaction.atomic
def log(
    party: Party,
    *,
    by: Any,
    channel: str,
    text: str,
    direction: str = Direction.OUT,
    at: datetime | None = None,
    conversation: Conversation | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Message:
    """Keep what was said past Relasi: sent by hand, on the phone, face to face."""
    talk = conversation or _running(party, channel) or start(by=by, channel=channel, party=party, owner=by)
    is_in = direction == Direction.IN
    message = Message(
        conversation=talk, party=party, channel=channel, direction=direction, at=at or timezone.now(),
        author=by, state=State.RECEIVED if is_in else State.SENT, sender=talk.address if is_in else "",
        sender_name=str(party) if is_in else str(by), text=text,
        extra={"by_hand": True, **(extra or {})},
    )  # fmt: skip
    keep(message, by=by)
    if is_in:
        _heard(talk, message)
    spoke(talk, message, by=by, verb="received" if is_in else "replied")
    return message


@transaction.atomic
def cancel(message: Message, *, by: Any) -> bool:
    """Call back what has not left yet. False when it is too late."""
    rows = Delivery._default_manager.filter(message=message, state=Delivery.State.WAITING)
    if not rows.update(state=Delivery.State.CANCELLED, updated_at=timezone.now()):
        return False
    Message._default_manager.filter(pk=message.pk).update(state=State.DRAFT)
    message.state = State.DRAFT
    emit("called_back", message.conversation, by=by, party_id=message.party_id)
    return True


def preview_of(message: Message) -> str:
    """The first words of it, else what it carries."""
    return (
        shorten(" ".join(message.text.split()), 180) or message.subject or str(message.get_channel_display())
    )


def keep_file(message: Message, file: File, *, by: Any = None) -> int:
    """Hang a file on a message; its number."""
    upload = SimpleUploadedFile(file.name or _("file"), file.content, file.content_type)
    return int(attaching.attach(message, upload, by=by).pk)


def files_of(message: Message) -> tuple[File, ...]:
    """The files of a message as they travel."""
    from django.core.files.storage import default_storage

    found = []
    inline = {pk: cid for cid, pk in message.inline.items()}
    for one in reversed(attaching.of(message)):
        with default_storage.open(one.path) as file:
            content = file.read()
        cid = inline.get(one.pk, "")
        found.append(File(one.name, one.content_type or "application/octet-stream", content, cid, bool(cid)))
    return tuple(found)


def keep(message: Message, *, files: Iterable[File] = (), by: Any) -> None:
    """The row, its files and the talk's last words. No event of its own: bodies are no news."""
    message.text, message.quoted = _clean(message.text), _clean(message.quoted)
    message.html = message.html.replace("\x00", "")[: 4 * LONGEST]
    message.subject = _one_line(message.subject, 300)
    message.save(force_insert=True)
    for file in files:
        if not file.content:
            continue
        number = keep_file(message, file, by=by)
        if file.content_id:
            message.inline[file.content_id] = number
    if message.inline:
        message.save(update_fields=["inline"])
    message.saved(created=True, fields={"text", "subject"})
    rows = Conversation._default_manager.filter(pk=message.conversation_id)
    talk = message.conversation
    talk.messages_count = Message._default_manager.filter(conversation=talk).count()
    rows.update(messages_count=talk.messages_count)


def _heard(talk: Conversation, message: Message) -> None:
    """The customer spoke: the talk is awake and waits for us."""
    fields: dict[str, Any] = {"last_at": message.at, "last_in_at": message.at, "preview": preview_of(message)}
    if not message.automatic and talk.status != Status.SPAM:
        fields["waiting_since"] = talk.waiting_since or message.at
        if talk.status != Status.OPEN:
            talk.reopen(by=None)
    _set(talk, **fields)


def spoke(talk: Conversation, message: Message, *, by: Any, verb: str) -> None:
    if message.direction == Direction.OUT:
        fields: dict[str, Any] = {
            "last_at": message.at,
            "last_out_at": message.at,
            "preview": preview_of(message),
        }
        if not message.automatic:
            fields |= {"waiting_since": None, "first_answer_at": talk.first_answer_at or message.at}
        _set(talk, **fields)
        if talk.owner_id is None and by is not None:
            talk.take(by=by)
    note = _one_line(preview_of(message), 200)
    emit(verb, talk, by=by, party_id=talk.party_id, note=note)


def _set(talk: Conversation, **fields: Any) -> None:
    """Where the talk stands; bookkeeping, no event."""
    for name, value in fields.items():
        setattr(talk, name, value)
    Conversation._default_manager.filter(pk=talk.pk).update(**fields)
    talk.saved(created=False, fields=set(fields))


def _door(conversation: Conversation) -> Account:
    account = conversation.account
    if account is None or not account.is_active or account.archived_at:
        account = Account._default_manager.all().carrying(conversation.channel).first()
    if account is None:
        label = conversation.get_channel_display()
        raise ValidationError(_("No channel is set up for %(channel)s.") % {"channel": label})
    if account.carrier.send is None:
        raise ValidationError(_("“%(account)s” cannot send by itself.") % {"account": account})
    return account


def _said(
    talk: Conversation, variant: Variant | None, facts: Mapping[str, Any] | None, *, text: str, html: str,
    subject: str, by: Any,
) -> dict[str, str]:  # fmt: skip
    if variant:
        told = facts_of(talk.party, language=variant.language, colleague=by, more=facts)
        try:
            made = rendered(variant, told)
        except InputError as error:
            raise ValidationError(_(error.text) % error.values) from error
        text, html, subject = text or made.text, html or made.html, subject or made.subject
    text = text or plain(html)
    if not text.strip() and not (variant and variant.approved_name):
        raise ValidationError(_("The message is empty."))
    return {"text": text.strip(), "html": html, "subject": subject or _again(talk)}


def _again(talk: Conversation) -> str:
    if talk.channel != "email" or not talk.subject:
        return ""
    return talk.subject if talk.messages_count == 0 else f"Re: {talk.subject}"


def _approved(
    variant: Variant | None, facts: Mapping[str, Any] | None, talk: Conversation, by: Any
) -> dict[str, Any]:
    """On WhatsApp: the approved message and what fills its places."""
    if not variant or not variant.approved_name:
        return {}
    from relasi.lib.templating import fill

    told = facts_of(talk.party, language=variant.language, colleague=by, more=facts)
    values = [fill(place, told) for place in variant.places]
    language = variant.approved_language or variant.language
    return {"approved": {"name": variant.approved_name, "language": language, "values": values}}


def _is_answer(talk: Conversation, purpose: str) -> bool:
    return purpose == "service" and talk.waiting_since is not None


def _running(party: Party, channel: str) -> Conversation | None:
    rows = Conversation._default_manager.filter(party=party, channel=channel, status=Status.OPEN)
    return rows.order_by("-last_at").first()


def _send_soon(account: Account, due_at: datetime) -> None:
    from relasi.conversations.jobs import send_out

    send_out.later(account_id=account.pk, _at=due_at, _key=f"send-{account.pk}-{due_at:%Y%m%d%H%M%S}")


def _one_line(text: str, most: int) -> str:
    return " ".join(text.replace("\x00", "").split())[:most]


def _clean(text: str) -> str:
    return text.replace("\x00", "")[:LONGEST]
