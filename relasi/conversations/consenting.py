"""The ledger of consent: given and withdrawn, line by line, each with what shows it.

A withdrawal takes effect at once: in the same transaction everything of its kind that still waits to go to
the customer is called off. What a sender has claimed already is asked about no more; that is seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.conversations import sending_rules
from relasi.conversations.addresses import BY_NUMBER, normal_address
from relasi.conversations.models import Consent, ConsentText, Delivery, Message, Purpose, Suppression
from relasi.kit.events.writing import emit
from relasi.parties.models import ContactPoint, Party

State, Source = Consent.State, Consent.Source
WITHDRAWN = "The customer withdrew consent on %(since)s."  # said by relasi.lib.contact, translated there
THIS_WAY = frozenset(
    {
        "stop", "stop all", "stopall", "unsub", "unsubscribe", "opt out", "optout",
        "berhenti", "henti", "hentikan", "batal langganan", "berhenti langganan", "berhenti berlangganan",
        "stop promo", "stop promosi", "stop iklan", "jangan kirim lagi", "jangan kirim promo", "no promo",
    }
)  # fmt: skip
EVERY_WAY = frozenset(
    {
        "jangan hubungi", "jangan hubungi saya", "jangan hubungi saya lagi", "jangan hubungi lagi",
        "jangan ganggu", "jangan ganggu saya", "do not contact", "do not contact me", "dont contact me",
        "leave me alone",
    }
)  # fmt: skip
NOT_BY_PHONE = frozenset(
    {
        "jangan telepon", "jangan telpon", "jangan telepon saya", "jangan telpon saya", "do not call",
        "do not call me", "dont call me",
    }
)  # fmt: skip
LONGEST_WISH = 40


@transaction.atomic
def give(
    party: Party,
    *,
    by: Any,
    source: str,
    purpose: str = Purpose.MARKETING,
    channel: str = "",
    text: ConsentText | None = None,
    proof: Mapping[str, Any] | None = None,
    address: str = "",
    remark: str = "",
    at: datetime | None = None,
) -> Consent:
    """The customer agrees to a purpose, on a way or on all. Said twice in the same words it is one line."""
    known = standing(party, purpose, channel)
    if known and known.state == State.GIVEN and known.text_id == (text.pk if text else known.text_id):
        return known
    return _line(
        party, State.GIVEN, by=by, source=source, purpose=purpose, channel=channel, text=text,
        proof=dict(proof or {}), address=address, remark=remark, at=at or timezone.now(),
    )  # fmt: skip


@transaction.atomic
def withdraw(
    party: Party,
    *,
    by: Any,
    source: str,
    purpose: str = Purpose.MARKETING,
    channel: str = "",
    text: ConsentText | None = None,
    proof: Mapping[str, Any] | None = None,
    address: str = "",
    remark: str = "",
    at: datetime | None = None,
) -> Consent:
    """No more of this. Whatever waits to go out is called off, whether or not it was said before."""
    known = standing(party, purpose, channel)
    if known is None or known.state != State.WITHDRAWN:
        known = _line(
            party, State.WITHDRAWN, by=by, source=source, purpose=purpose, channel=channel, text=text,
            proof=dict(proof or {}), address=address, remark=remark, at=at or timezone.now(),
        )  # fmt: skip
    call_off(party, purpose=purpose, channel=channel, since=known.at, by=by, address=address)
    return known


def standing(party: Party, purpose: str, channel: str = "") -> Consent | None:
    """The line that holds now on that way. For all ways: the newest line, if it speaks of all of them."""
    rows = Consent._default_manager.about(party.ids_with_merged()).filter(purpose=purpose)
    if channel:
        found: Consent | None = rows.filter(channel__in=("", channel)).order_by("-at", "-id").first()
        return found
    newest: Consent | None = rows.order_by("-at", "-id").first()
    return newest if newest and not newest.channel else None


def _line(party: Party, state: str, *, by: Any, address: str, channel: str, **fields: Any) -> Consent:
    made: Consent = Consent.create(
        by=by, party=party.current(), state=state, channel=channel,
        address=normal_address(channel, address)[:254], **fields,
    )  # fmt: skip
    if by is not None:  # `create` takes it for who acts, not for a column
        Consent._default_manager.filter(pk=made.pk).update(by=by)
        made.by = by
    return made


def call_off(
    party: Party, *, purpose: str, channel: str = "", since: datetime, by: Any, address: str = ""
) -> int:
    """Cancel what waits to go to the customer, and to the address where nobody is named; how many.

    Only what a withdrawal bars at all: a legal notice goes out all the same.
    """
    if purpose not in sending_rules.current().rules.heeds_withdrawal:
        return 0
    whose = Q(party__in=party.ids_with_merged())
    if address:
        whose |= Q(party=None, address=normal_address(channel, address))
    rows = Delivery._default_manager.filter(whose, state=Delivery.State.WAITING, purpose=purpose)
    rows = rows.filter(channel=channel) if channel else rows
    waiting = list(rows.select_for_update().order_by("pk"))
    _cancel(waiting, since, by)
    return len(waiting)


def _cancel(rows: list[Delivery], since: datetime, by: Any) -> None:
    now = timezone.now()
    values = {"since": f"{timezone.localtime(since):%Y-%m-%d %H:%M %Z}"}
    reason = str(_(WITHDRAWN) % values)[:300]
    answer: dict[str, Any] = {
        "verdict": "no", "reason": "consent_withdrawn", "text": WITHDRAWN, "values": values, "at": None,
        "checks": [],
    }  # fmt: skip
    for row in rows:
        row.state, row.reason, row.answer, row.claim, row.updated_at = (
            Delivery.State.CANCELLED, reason, answer, "", now,
        )  # fmt: skip
        emit("cancelled", row, by=by, party_id=row.party_id, note=reason[:200])
    Delivery._default_manager.bulk_update(rows, ["state", "reason", "answer", "claim", "updated_at"])
    written = [row.message_id for row in rows if row.message_id]
    Message._default_manager.filter(pk__in=written).update(state=Message.State.STOPPED, problem=reason)


def text_in_force(purpose: str, language: str, now: datetime | None = None) -> ConsentText | None:
    """The newest words for a purpose; in the other language where there are none in this one."""
    rows = ConsentText._default_manager.filter(purpose=purpose, valid_from__lte=now or timezone.now())
    newest = {text.language: text for text in rows.order_by("number")}
    return newest.get(language) or next(iter(newest.values()), None)


def parties_at(channel: str, address: str) -> list[Party]:
    """Everybody who is reached there, once each."""
    value = normal_address(channel, address)
    if not value:
        return []
    kind = ContactPoint.Kind.PHONE if channel in BY_NUMBER else ContactPoint.Kind.EMAIL
    points = ContactPoint._default_manager.filter(kind=kind, value=value).select_related("party")
    return list(
        {party.pk: party for point in points.order_by("pk") if (party := point.party.current())}.values()
    )


def heed(message: Message) -> None:
    """Withdraw what the customer asks to be left alone with, in a message that says nothing else."""
    wish = _wish(message)
    channel = "" if wish in EVERY_WAY else message.channel
    if not wish or not message.is_inbound or message.automatic:
        return
    proof = {"message": message.pk, "said": wish}
    if wish in NOT_BY_PHONE:
        _leave_alone(message, wish)
    elif wish in EVERY_WAY or wish in THIS_WAY:
        for party in _speakers(message):
            withdraw(
                party, by=None, source=Source.MESSAGE, channel=channel, proof=proof, address=message.sender
            )


def _speakers(message: Message) -> Iterable[Party]:
    found = {party.pk: party for party in parties_at(message.channel, message.sender)}
    if message.party:
        own = message.party.current()
        found[own.pk] = own
    return found.values()


def _wish(message: Message) -> str:
    """The words of a short message without marks and capitals; of an empty mail, those of its subject."""
    text = message.text.strip() or message.subject.strip()
    if len(text) > LONGEST_WISH:
        return ""
    return " ".join(re.sub(r"[^\w\s]|_", "", text.casefold()).split())


def _leave_alone(message: Message, wish: str) -> None:
    """A number it was written from, else those of who wrote."""
    own = [message.sender] if message.channel in BY_NUMBER else []
    numbers = own or [party.phone for party in _speakers(message) if party.phone]
    for number in numbers:
        Suppression.add(channel="phone", address=number, reason=Suppression.Reason.DO_NOT_CALL, detail=wish)
