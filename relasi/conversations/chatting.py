"""Live chat: who may begin one, what visitors send, what they are told and what they have seen.

What a visitor sends is kept raw, understood at once and goes the way of everything that comes in; what
colleagues answer goes by the outbox and is fetched by the visitor's page. A visitor sees the lines of their
own chat and nothing of any record.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, Subquery, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from relasi.channels import receiving
from relasi.channels.chat import widget
from relasi.channels.interface import Progress
from relasi.channels.models import Account, Intake
from relasi.channels.picking import text
from relasi.conversations import matching, outbox, writing
from relasi.conversations.models import Conversation, Message, Seen
from relasi.conversations.models.chat import ChatLine, ChatVisitor, hashed
from relasi.kit.access.models import User
from relasi.kit.records.models import Attachment
from relasi.kit.resources.models import Presence

TOKEN = re.compile(r"[A-Za-z0-9_-]{40,64}")
CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{6,40}")
A_MINUTE, TEN_MINUTES = timedelta(minutes=1), timedelta(minutes=10)
MOST_SAID = 20  # messages of one visitor in a minute
MOST_FROM_ADDRESS = 100  # messages from one network address in a minute
MOST_NEW = 20  # visitors from one network address in ten minutes
LONGEST_TEXT = 5000
TYPES_FOR = timedelta(seconds=7)
NOTED_EVERY = timedelta(seconds=20)
SIGNED_IN = timedelta(minutes=7)  # sessions are noted every five minutes, and two more
ASKED_AGAIN = timedelta(minutes=10)
LINES = 200  # told at once
SALT = "conversations.chat.file"
FILES_OPEN_FOR = timedelta(days=7)
PHONE = re.compile(r"[+0-9 ()./-]{6,40}")

SHOWN = Q(direction=Message.Direction.IN) | Q(
    direction=Message.Direction.OUT,
    state__in=(Message.State.SENT, Message.State.DELIVERED, Message.State.READ),
)


class Refused(Exception):
    """Nothing was kept; `code` names why, `words` says it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

    @property
    def words(self) -> str:
        return {
            "consent": _("Please agree first."),
            "name": _("Please say your name."),
            "email": _("This is no e-mail address."),
            "phone": _("This is no phone number."),
            "where": _("Please say where we may answer you."),
            "empty": _("The message is empty."),
            "long": _("The message is too long."),
            "file": _("Files cannot be sent here."),
            "id": _("This message cannot be read."),
            "other": _("This message was sent before with another text."),
            "too_much": _("That was a lot in a short time. Please wait a minute."),
        }[self.code]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a visitor's page sends: their secret, what they wrote as it is to be kept, and read."""

    token: str
    content: bytes
    data: dict[str, Any]
    has_file: bool = False


def visitor_with(account: Account, token: str) -> ChatVisitor | None:
    """Who has this secret. `has_news` (a message they were not told of), `looked_at` (when a colleague last
    read their talk) and `writer` (the colleague who is writing) are on it. One query.
    """
    if not TOKEN.fullmatch(token):
        return None
    seen = Seen._default_manager.filter(
        conversation__channel="chat", conversation__address=OuterRef("code")
    ).order_by("-at")
    talks = Conversation._default_manager.filter(channel="chat", address=OuterRef(OuterRef("code")))
    writing_now = Presence.objects.filter(
        noun="conversation", record_id__in=talks.order_by().values("pk"), is_editing=True,
        seen_at__gt=timezone.now() - TYPES_FOR,
    )  # fmt: skip
    found: ChatVisitor | None = (
        ChatVisitor._default_manager.filter(account=account, token_hash=hashed(token))
        .annotate(
            has_news=Exists(_untold(OuterRef("code"))),
            looked_at=Subquery(seen.values("at")[:1]),
            writer=Subquery(writing_now.values("user__name")[:1]),
        )
        .first()
    )
    return found


def say(account: Account, said: Said, *, address_code: str, now: datetime) -> tuple[ChatVisitor, int]:
    """Take in what a visitor wrote; (the visitor, the number of the line, 0 while it is not understood).

    The same client id again changes nothing and answers the same. Raises Refused.
    """
    client_id = text(said.data, "id")
    if not (CLIENT_ID.fullmatch(client_id) and TOKEN.fullmatch(said.token)):
        raise Refused("id")
    _check(account, said)
    visitor = _admitted(account, said, address_code, now)
    external_id = f"{visitor.code}:{client_id}"
    known = Intake._default_manager.filter(account=account, external_id=external_id).first()
    if known is None:
        _count(visitor, address_code, now)
        _learn(visitor, said.data)
    intake = known or receiving.take_in(
        account, said.content, external_id=external_id, title=str(visitor), meta={"visitor": visitor.code}
    )
    if intake.sha256 != hashlib.sha256(said.content).hexdigest():
        raise Refused("other")
    receiving.understand(intake.pk)
    tell(visitor)
    line = ChatLine._default_manager.filter(visitor=visitor, message__intake=intake).first()
    return visitor, line.number if line else 0


@transaction.atomic
def tell(visitor: ChatVisitor) -> None:
    """Number the messages the visitor has not been told of. Harmless when repeated."""
    locked = ChatVisitor._default_manager.select_for_update(of=("self",)).get(pk=visitor.pk)
    untold = list(_untold(locked.code).order_by("id")[:LINES])
    ChatLine._default_manager.bulk_create(
        ChatLine(visitor=locked, number=number, message=message)
        for number, message in enumerate(untold, locked.last_number + 1)
    )
    _set(visitor, last_number=locked.last_number + len(untold))


def lines_after(visitor: ChatVisitor, number: int) -> list[dict[str, Any]]:
    """What the visitor's page shows after a line, oldest first, at most two hundred. Two queries."""
    rows = ChatLine._default_manager.filter(visitor=visitor, number__gt=number)
    found = list(rows.select_related("message__author").order_by("number")[:LINES])
    files = _files_of([line.message for line in found], visitor)
    return [_shown(line, files[line.message_id]) for line in found]


def heed(visitor: ChatVisitor, *, acked: int, read: int) -> None:
    """The lines up to `acked` have reached the browser, those up to `read` were shown."""
    acked = max(visitor.acked_number, min(acked, visitor.last_number))
    read = max(visitor.read_number, min(read, acked))
    if (acked, read) == (visitor.acked_number, visitor.read_number):
        return
    with transaction.atomic():
        _report(visitor, "delivered", visitor.acked_number, acked)
        _report(visitor, "read", visitor.read_number, read)
        _set(visitor, acked_number=acked, read_number=read)


def note_visit(visitor: ChatVisitor, said: dict[str, Any], now: datetime) -> None:
    """That they are there, on which page, and whether they are writing; seldom a write."""
    fields: dict[str, Any] = {}
    if now - visitor.seen_at > NOTED_EVERY:
        fields["seen_at"] = now
        fields["page"] = widget.page_of(said.get("page")) or visitor.page
    if said.get("typing") is True and not visitor.is_typing(now + TYPES_FOR / 2):
        fields["typing_until"] = now + TYPES_FOR
    if fields:
        _set(visitor, **fields)


def visitor_of(talk: Conversation) -> ChatVisitor | None:
    if talk.channel != "chat" or not talk.address:
        return None
    rows = ChatVisitor._default_manager.filter(code=talk.address)
    return rows.select_related("may_be").first()


def is_anybody_there(account: Account, now: datetime) -> bool:
    """Within the opening hours, is a colleague here who sees this chat's talks?"""
    if not widget.is_open(account, now):
        return False
    from allauth.usersessions.models import UserSession

    lately = UserSession.objects.filter(last_seen_at__gte=now - SIGNED_IN).values("user")
    here = User._default_manager.filter(is_active=True, pk__in=lately).select_related("team")
    if account.owner_id:
        here = here.filter(pk=account.owner_id)
    elif account.team_id and account.team:
        here = here.filter(team__path__startswith=account.team.path)
    return any(user.rights.scope("conversation", "view") for user in here[:20])


def send_transcript(visitor: ChatVisitor, now: datetime) -> str:
    """The talk by e-mail, to the address the visitor gave; why not, or "".

    Only where a colleague has answered, and not again for a while: nobody makes us write to strangers.
    """
    if not visitor.email:
        return _("Please say your e-mail address first.")
    if visitor.transcript_at and now - visitor.transcript_at < ASKED_AGAIN:
        return _("It was sent a moment ago.")
    messages = [line.message for line in visitor.lines.select_related("message__author").order_by("number")]
    if not any(message.direction == Message.Direction.OUT for message in messages):
        return _("Nobody has answered yet.")
    with translation.override(visitor.language):
        subject = _("Our chat")
        told = "\n\n".join(_told(message) for message in messages)
    try:
        with transaction.atomic():
            mail = writing.start(
                by=None, channel="email", address=visitor.email, address_name=visitor.name, subject=subject
            )
            writing.write(mail, by=None, text=told, automatic="transcript")
            mail.close(by=None)
    except ValidationError as error:
        return " ".join(error.messages)
    _set(visitor, transcript_at=now)
    return ""


def file_behind(mark: str) -> Attachment | None:
    """The file in a signed address a visitor was given; None when it is forged or too old."""
    try:
        said: Any = signing.loads(mark[:400], salt=SALT, max_age=FILES_OPEN_FOR)
    except signing.BadSignature:
        return None
    line = ChatLine._default_manager.filter(visitor_id=said["visitor"], message_id=said["message"]).first()
    rows = Attachment._default_manager.filter(noun="message", record_id=said["message"], pk=said["file"])
    return rows.first() if line else None


def _untold(code: Any) -> Any:
    """The messages of a visitor's talks that have no number yet."""
    rows = Message._default_manager.filter(SHOWN, channel="chat", chat_line=None)
    return rows.filter(conversation__channel="chat", conversation__address=code)


def _check(account: Account, said: Said) -> None:
    words = text(said.data, "text")
    if len(words) > LONGEST_TEXT:
        raise Refused("long")
    if said.has_file and not widget.setting(account, "takes_files"):
        raise Refused("file")
    if not words.strip() and not (said.has_file and text(said.data, "file", "name")):
        raise Refused("empty")


def _admitted(account: Account, said: Said, address_code: str, now: datetime) -> ChatVisitor:
    """The visitor with this secret, or a new one who has agreed and said what is asked."""
    rows = ChatVisitor._default_manager.filter(account=account, token_hash=hashed(said.token))
    if known := rows.first():
        if said.data.get("offline") is True:
            _check_offline(account, said.data)
        return known
    if said.data.get("consent") is not True:
        raise Refused("consent")
    _check_typed(account, said.data)
    lately = ChatVisitor._default_manager.filter(address_code=address_code, created_at__gt=now - TEN_MINUTES)
    if lately.count() >= MOST_NEW:
        raise Refused("too_much")
    language = "en" if text(said.data, "language").startswith("en") else "id"
    try:
        with transaction.atomic():
            made: ChatVisitor = ChatVisitor._default_manager.create(
                account=account, token_hash=hashed(said.token), address_code=address_code, language=language,
                page=widget.page_of(said.data.get("page")), consent_at=now,
                referrer=widget.page_of(said.data.get("referrer")),
                consent_text=widget.consent_of(account, language),
            )  # fmt: skip
    except IntegrityError:  # sent twice at the same moment
        return rows.get()
    return made


def _check_typed(account: Account, data: dict[str, Any]) -> None:
    needed = widget.face(account, "id")["needed"]
    if data.get("offline") is True:
        _check_offline(account, data)
        needed = [name for name in needed if name == "name"]
    for name in needed:
        if not _typed(data, name):
            raise Refused(name)
    for name in ChatVisitor.TYPED:
        _typed(data, name)


def _check_offline(account: Account, data: dict[str, Any]) -> None:
    """Nobody is there: an answer needs somewhere to go."""
    if not any(_typed(data, name) for name in widget.face(account, "id")["offline"]):
        raise Refused("where")


def _typed(data: dict[str, Any], name: str) -> str:
    """What was typed, in clean form; "" for nothing. Raises Refused when it is none of its kind."""
    given = " ".join(text(data, name).split())[:200]
    if name == "email" and given:
        try:
            validate_email(given)
        except ValidationError as error:
            raise Refused("email") from error
        return given.lower()
    if name == "phone" and given and not PHONE.fullmatch(given):
        raise Refused("phone")
    return given


def _learn(visitor: ChatVisitor, data: dict[str, Any]) -> None:
    """What they typed of themselves, and who that may be."""
    given = {name: typed for name in ChatVisitor.TYPED if (typed := _typed(data, name))}
    if all(getattr(visitor, name) == typed for name, typed in given.items()):
        return
    email, phone = (given.get(name) or getattr(visitor, name) for name in ("email", "phone"))
    may_be = matching.party_of("email", email) or matching.party_of("phone", phone)
    _set(visitor, may_be=may_be, **given)


@transaction.atomic
def _count(visitor: ChatVisitor, address_code: str, now: datetime) -> None:
    """One more message. Raises Refused when there were too many within a minute."""
    locked = ChatVisitor._default_manager.select_for_update(of=("self",)).get(pk=visitor.pk)
    is_same = locked.minute_at is not None and now - locked.minute_at < A_MINUTE
    same_address = ChatVisitor._default_manager.filter(
        address_code=address_code, minute_at__gt=now - A_MINUTE
    )
    all_of_them = same_address.aggregate(sum=Sum("minute_count"))["sum"] or 0
    if (is_same and locked.minute_count >= MOST_SAID) or all_of_them >= MOST_FROM_ADDRESS:
        raise Refused("too_much")
    if is_same:
        _set(visitor, minute_count=locked.minute_count + 1)
    else:
        _set(visitor, minute_at=now, minute_count=1)


def _report(visitor: ChatVisitor, state: Any, start: int, end: int) -> None:
    """Delivered or read, as the other side of any channel reports it."""
    rows = ChatLine._default_manager.filter(visitor=visitor, number__gt=start, number__lte=end)
    ours = rows.filter(message__direction=Message.Direction.OUT).exclude(message__external_id="")
    for external_id in ours.values_list("message__external_id", flat=True):
        outbox.note_progress(visitor.account, Progress(external_id=external_id, state=state))


def _files_of(messages: list[Message], visitor: ChatVisitor) -> dict[int, list[dict[str, Any]]]:
    files: dict[int, list[dict[str, Any]]] = defaultdict(list)
    ids = [message.pk for message in messages]
    for file in Attachment._default_manager.filter(noun="message", record_id__in=ids).order_by("id"):
        said = {"visitor": visitor.pk, "message": file.record_id, "file": file.pk}
        mark = signing.dumps(said, salt=SALT)
        files[file.record_id].append({"name": file.name, "size": file.size, "mark": mark})
    return files


def _shown(line: ChatLine, files: list[dict[str, Any]]) -> dict[str, Any]:
    message = line.message
    is_theirs = message.direction == Message.Direction.IN
    return {
        "n": line.number,
        "id": message.external_id.partition(":")[2] if is_theirs else "",
        "mine": is_theirs,
        "name": "" if is_theirs else first_name(message.author),
        "text": message.text,
        "at": message.at.isoformat(),
        "files": files,
    }


def first_name(user: Any) -> str:
    return str(user).split(" ")[0][:60] if user else ""


def _told(message: Message) -> str:
    at = timezone.localtime(message.at, timezone.get_default_timezone())
    who = message.sender_name or _("You") if message.is_inbound else first_name(message.author) or _("We")
    return f"{at:%d.%m.%Y %H:%M} {who}:\n{message.text}"


def _set(visitor: ChatVisitor, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(visitor, name, value)
    ChatVisitor._default_manager.filter(pk=visitor.pk).update(**fields)
