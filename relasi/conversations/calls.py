"""Telephone calls as the telephone system tells them, step by step.

A step may come twice, late or without the one before it: each only adds what is not known yet. When a call
is over it becomes a message of a talk with that customer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.channels.interface import CallNews, Changed, News
from relasi.channels.models import Account, Intake
from relasi.channels.receiving import receiver
from relasi.conversations import writing
from relasi.conversations.matching import party_of
from relasi.conversations.models import Conversation, Extension, Message, PhoneCall, Ring
from relasi.kit.access.models import User
from relasi.kit.events.writing import emit

State = PhoneCall.State
SAME_TALK = timedelta(hours=24)
LOST = "lost"  # the cause of a call whose end nobody heard


def take_call(account: Account, intake: Intake, news: CallNews) -> PhoneCall | None:
    """A step in a call; its row, None where it is nobody's news. Runs in the transaction of the intake."""
    known = _known(account, news.external_id)
    call = known or _begin(account, news)
    if call is None:
        return None
    if news.recording and not call.recording:
        call.change(by=None, verb="recorded", recording=news.recording[:500])
    STEPS[news.state](call, news)
    if call.state == State.ENDED and call.message_id is None:
        _say(call, intake)
    return call


@receiver
def end_lost_calls(account: Account, intake: Intake, news: News) -> None:
    """Which calls there are, told when a connection begins: others of this account ended unheard."""
    if not isinstance(news, Changed) or news.kind != "calls_live":
        return
    at = parse_datetime(str(news.values.get("at", ""))) or intake.at
    ids = [str(one) for one in news.values.get("ids", ())]
    rows = PhoneCall._default_manager.all().going_on().filter(account=account, rang_at__lt=at)
    for call in rows.exclude(external_id__in=ids):
        _end(call, at, LOST)
        _say(call, intake)


def user_at(account: Account, extension: str) -> User | None:
    """Whose telephone it is; where the telephone system tells a name or an e-mail instead, whose that is."""
    if not extension:
        return None
    found = (
        Extension._default_manager.filter(account=account, number=extension).select_related("user").first()
    )
    if found:
        return found.user if found.user.is_active else None
    if extension.isdigit():
        return None
    named = User.objects.active().filter(Q(email__iexact=extension) | Q(name__iexact=extension))[:2]
    return named[0] if len(named) == 1 else None


def _known(account: Account, external_id: str) -> PhoneCall | None:
    rows = PhoneCall._default_manager.select_for_update(of=("self",))
    found: PhoneCall | None = rows.filter(account=account, external_id=external_id[:200]).first()
    return found


def _begin(account: Account, news: CallNews) -> PhoneCall | None:
    """A call first heard of now. One that only stops ringing somewhere, or is only recorded, is none."""
    if news.state == "passed" or not news.external_id:
        return None
    call: PhoneCall = PhoneCall.create(
        by=None,
        verb="rang",
        account=account,
        external_id=news.external_id[:200],
        is_inbound=news.is_inbound,
        number=news.number[:60],
        party=party_of("phone", news.number) if news.number else None,
        extension=news.extension[:40],
        owner=user_at(account, news.extension),
        rang_at=news.at,
    )
    return call


def _ring(call: PhoneCall, news: CallNews) -> None:
    """It rings, at one more extension maybe: also when a call that is answered is handed on."""
    fields: dict[str, Any] = {}
    if news.at < call.rang_at:
        fields["rang_at"] = news.at
    if not call.number and news.number:
        fields |= {"number": news.number[:60], "party": party_of("phone", news.number)}
    if call.state == State.ENDED:
        _note(call, fields)
        return
    user = user_at(_account(call), news.extension)
    is_nobodys = user and call.state == State.RINGING and call.owner_id is None
    if news.extension and (not call.extension or is_nobodys):
        fields |= {"extension": news.extension[:40], "owner": user}
    _note(call, fields)
    _show(call, user, news)


def _pass(call: PhoneCall, news: CallNews) -> None:
    """It rings at one extension no more."""
    user = user_at(_account(call), news.extension)
    if user:
        call.rings.filter(user=user, left_at=None).update(left_at=news.at)


def _answer(call: PhoneCall, news: CallNews) -> None:
    """The first answer counts; the last to answer looks after it."""
    is_first = call.answered_at is None
    if call.answered_at and news.at <= call.answered_at:
        _note(call, {"answered_at": news.at} if news.at < call.answered_at else {})
        return
    user = user_at(_account(call), news.extension)
    fields: dict[str, Any] = {"answered_at": news.at} if is_first else {}
    if news.extension and (is_first or user):
        fields |= {"extension": news.extension[:40], "owner": user}
    if call.state == State.RINGING:
        fields["state"] = State.TALKING
    if is_first:
        call.change(by=None, verb="answered", **fields)
    else:
        _note(call, fields)
    if call.state != State.ENDED:
        call.rings.filter(left_at=None).exclude(user=user).update(left_at=news.at)
        _show(call, user, news)


def _hold(call: PhoneCall, news: CallNews) -> None:
    if call.state in (State.RINGING, State.TALKING):
        call.change(
            by=None, verb="held", state=State.HELD, held_since=news.at,
            answered_at=call.answered_at or news.at,
        )  # fmt: skip


def _resume(call: PhoneCall, news: CallNews) -> None:
    if call.state == State.HELD:
        call.change(by=None, verb="resumed", state=State.TALKING, **_held_until(call, news.at))


def _over(call: PhoneCall, news: CallNews) -> None:
    _end(call, news.at, news.cause)


def _end(call: PhoneCall, at: datetime, cause: str) -> None:
    """Over. Whoever talked keeps it on the screen to write down what it was about."""
    if call.state == State.ENDED:
        return
    ended_at = max(at, call.answered_at or call.rang_at)
    call.change(
        by=None, verb="ended", state=State.ENDED, ended_at=ended_at, cause=cause[:60],
        **_held_until(call, ended_at),
    )  # fmt: skip
    rings = call.rings.filter(left_at=None)
    (rings.exclude(user=call.owner_id) if call.answered_at and call.owner_id else rings).update(
        left_at=ended_at
    )
    if call.is_missed:
        emit("missed", call, by=None, party_id=call.party_id)


STEPS: dict[str, Callable[[PhoneCall, CallNews], None]] = {
    "ringing": _ring,
    "passed": _pass,
    "answered": _answer,
    "held": _hold,
    "resumed": _resume,
    "ended": _over,
}


def _held_until(call: PhoneCall, at: datetime) -> dict[str, Any]:
    """An open hold closed."""
    if call.held_since is None:
        return {}
    held = max(0, round((at - call.held_since).total_seconds()))
    return {"held_since": None, "held_seconds": call.held_seconds + held}


def _note(call: PhoneCall, fields: dict[str, Any]) -> None:
    """What was learnt late; no step of the call."""
    if fields:
        call.change(by=None, **fields)


def _show(call: PhoneCall, user: User | None, news: CallNews) -> None:
    """Put it on the screen of a colleague."""
    if user:
        values = {"extension": news.extension[:40], "at": news.at, "left_at": None}
        Ring.objects.update_or_create(call=call, user=user, defaults=values)


def _account(call: PhoneCall) -> Account:
    assert call.account is not None  # a call whose channel is gone gets no more news
    return call.account


# The talk it belongs to ---------------------------------------------------------------------------------


def _say(call: PhoneCall, intake: Intake) -> None:
    """The call as a message of the running talk with that customer, or of a new one."""
    talk = _running(call) or writing.start(
        by=None,
        channel="phone",
        party=call.party,
        account=call.account,
        address=call.number,
        owner=call.owner,
    )
    with translation.override(settings.LANGUAGE_CODE):
        text = words_of(call)
    fields: dict[str, Any] = {"text": text, "external_id": f"call:{call.external_id}"[:200], "intake": intake}
    if call.is_inbound:
        message = writing.receive(talk, sender=call.number, sender_name=talk.who, at=call.rang_at, **fields)
        if call.answered_at:
            _is_answered(talk, call)
    else:
        message = _said_out(talk, call, fields)
    rows = PhoneCall._default_manager.filter(pk=call.pk)
    rows.update(conversation=talk, message=message)
    call.conversation, call.message = talk, message


def words_of(call: PhoneCall) -> str:
    """What happened, in a few words of the reader's language."""
    if call.answered_at is None:
        return _("Missed call") if call.is_inbound else _("Call, not answered")
    seconds = int(call.talked_for.total_seconds())
    lasted = ngettext("%(n)d minute", "%(n)d minutes", seconds // 60) % {"n": seconds // 60}
    if seconds < 60:
        lasted = ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    said = _("Incoming call, %(lasted)s") if call.is_inbound else _("Outgoing call, %(lasted)s")
    return said % {"lasted": lasted}


def _running(call: PhoneCall) -> Conversation | None:
    if not call.number:
        return None
    rows = (
        Conversation._default_manager.all()
        .open()
        .filter(channel="phone", last_at__gte=call.rang_at - SAME_TALK)
    )
    same = Q(party=call.party_id) if call.party_id else Q(party=None, address=call.number)
    found: Conversation | None = rows.filter(same).order_by("-last_at").first()
    return found


def _is_answered(talk: Conversation, call: PhoneCall) -> None:
    """Nobody waits for an answer to what was talked about."""
    talk.waiting_since, talk.last_out_at = None, call.answered_at
    talk.first_answer_at = talk.first_answer_at or call.answered_at
    names = {name: getattr(talk, name) for name in ("waiting_since", "last_out_at", "first_answer_at")}
    Conversation._default_manager.filter(pk=talk.pk).update(**names)


def _said_out(talk: Conversation, call: PhoneCall, fields: dict[str, Any]) -> Message:
    message = Message(
        conversation=talk, party=talk.party, channel="phone", direction=Message.Direction.OUT,
        state=Message.State.SENT, at=call.rang_at, author=call.owner, sender_name=str(call.owner or "")[:200],
        to=[call.number], automatic="" if call.answered_at else "no_answer", **fields,
    )  # fmt: skip
    writing.keep(message, by=call.owner)
    writing.spoke(talk, message, by=call.owner, verb="replied")
    return message
