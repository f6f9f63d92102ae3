"""What "may I send?" has to know about any number of messages, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from relasi.conversations import models
from relasi.conversations.models import Conversation, Delivery, Suppression
from relasi.conversations.sending_rules import Sending
from relasi.lib.contact import Asked, Channel, Consent, Purpose, Sent
from relasi.lib.contact import Suppression as Bar
from relasi.parties.models import Address, Party

UNDER_WAY = (Delivery.State.WAITING, Delivery.State.SENDING)
COUNTED = (*Delivery.REACHED, *UNDER_WAY, Delivery.State.UNCERTAIN)
LAST = (datetime.max.replace(tzinfo=UTC), 0)
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One message that wants to go. `place`: when it is due and its number; nothing for one not yet planned,
    which stands behind all others.
    """

    channel: str
    purpose: str
    address: str
    party_id: int | None = None
    account_id: int | None = None
    is_template: bool = False
    is_answer: bool = False
    place: Place = LAST


@dataclass(frozen=True, slots=True)
class Counted:
    """A delivery that counts for caps."""

    place: Place
    state: str
    sent: Sent


@dataclass(slots=True)
class Facts:
    """By customer (the one that is left after merges), by address, by both."""

    root: dict[int, int] = field(default_factory=dict)
    zone: dict[int, str] = field(default_factory=dict)
    province: dict[int, str] = field(default_factory=dict)
    consent: dict[tuple[int, str, str], tuple[Any, ...]] = field(default_factory=dict)
    bars: dict[tuple[str, str], set[Bar]] = field(default_factory=lambda: defaultdict(set))
    counted: dict[Any, dict[int, Counted]] = field(default_factory=lambda: defaultdict(dict))
    inbound: dict[tuple[int | None, str], datetime] = field(default_factory=dict)


def gather(questions: Sequence[Question], now: datetime, sending: Sending) -> list[Asked]:
    """What is known about each question, in their order."""
    facts = Facts()
    parties = {one.party_id for one in questions if one.party_id}
    addresses = {one.address for one in questions if one.address}
    if parties:
        _read_parties(facts, parties)
        _read_consents(facts, {one.purpose for one in questions})
        if sending.calendar.is_regional:
            _read_provinces(facts)
    if addresses:
        _read_bars(facts, addresses, now)
    capped = [one for one in questions if _days(one, sending)]
    if capped:
        since = now - timedelta(days=max(_days(one, sending) for one in capped))
        _read_counted(facts, capped, since)
    if whatsapp := {one.address for one in questions if one.channel == "whatsapp" and not one.is_template}:
        _read_inbound(facts, whatsapp)
    return [_asked(one, facts, now, sending) for one in questions]


def _days(question: Question, sending: Sending) -> int:
    """How far back the caps look that cover it."""
    way = cast(Purpose, question.purpose), cast(Channel, question.channel)
    return max((cap.days for cap in sending.rules.caps if cap.covers(*way)), default=0)


def _asked(question: Question, facts: Facts, now: datetime, sending: Sending) -> Asked:
    root = facts.root.get(question.party_id or 0, 0)
    return Asked(
        purpose=cast(Purpose, question.purpose),
        channel=cast(Channel, question.channel),
        zone=zone_called(facts.zone.get(root, "")),
        consent=_consent(facts, root, question),
        suppressions=frozenset(
            facts.bars.get((question.channel, question.address), set())
            | facts.bars.get(("", question.address), set())
        ),
        sent=_sent(facts, root, question, now),
        holidays=sending.calendar.of(facts.province.get(root, "")),
        last_inbound=_last_inbound(facts, question),
        is_template=question.is_template,
        is_answer=question.is_answer,
        rules=sending.rules,
    )


def _consent(facts: Facts, root: int, question: Question) -> Consent:
    """The newest line for this way, or for all ways."""
    lines = [
        line
        for channel in (question.channel, "")
        if (line := facts.consent.get((root, question.purpose, channel)))
    ]
    if not lines:
        return Consent()
    at, _pk, state = max(lines)
    return Consent(state, at)


def _sent(facts: Facts, root: int, question: Question, now: datetime) -> tuple[Sent, ...]:
    """To the customer or the address; of what is still under way, only what stands before it."""
    found = {**facts.counted.get(("party", root), {}), **facts.counted.get(question.address, {})}
    return tuple(one.sent for one in found.values() if _counts(one, question))


def _counts(one: Counted, question: Question) -> bool:
    if one.place[1] == question.place[1]:
        return False
    return one.state not in UNDER_WAY or one.place < question.place


def _last_inbound(facts: Facts, question: Question) -> datetime | None:
    """To the number it goes from; of any of ours when that is not yet known."""
    if question.account_id:
        return facts.inbound.get((question.account_id, question.address))
    mine = [at for (_account, address), at in facts.inbound.items() if address == question.address]
    return max(mine, default=None)


def _read_parties(facts: Facts, ids: set[int]) -> None:
    """Each with those merged into it and the one it was merged into; a query for each step of merging."""
    above: dict[int, int | None] = {}
    wanted = set(ids)
    while wanted:
        rows = list(
            Party._default_manager.filter(pk__in=wanted).values_list("pk", "merged_into_id", "time_zone")
        )
        above.update({pk: into for pk, into, _zone in rows})
        facts.zone.update({pk: zone for pk, _into, zone in rows})
        wanted = {into for _pk, into, _zone in rows if into} - above.keys()
    newest = list(above)
    while newest:
        found = Party._default_manager.filter(merged_into__in=newest).exclude(pk__in=list(above))
        pairs = list(found.values_list("pk", "merged_into_id"))
        above.update(pairs)
        newest = [pk for pk, _into in pairs]
    facts.root = {pk: _root(pk, above) for pk in above}


def _root(pk: int, above: Mapping[int, int | None]) -> int:
    seen = {pk}
    while (into := above.get(pk)) and into not in seen:
        pk = into
        seen.add(pk)
    return pk


def _read_consents(facts: Facts, purposes: set[str]) -> None:
    rows = models.Consent._default_manager.filter(party__in=list(facts.root), purpose__in=purposes)
    lines = rows.order_by().values_list("party_id", "purpose", "channel", "at", "id", "state")
    for party_id, purpose, channel, *line in lines:
        key = (facts.root[party_id], purpose, channel)
        if (known := facts.consent.get(key)) is None or tuple(line) > known:
            facts.consent[key] = tuple(line)


def _read_provinces(facts: Facts) -> None:
    rows = Address._default_manager.filter(party__in=set(facts.root.values()), is_primary=True)
    facts.province = dict(rows.order_by().values_list("party_id", "province"))


def _read_bars(facts: Facts, addresses: set[str], now: datetime) -> None:
    rows = Suppression._default_manager.in_force(now).filter(address__in=addresses)
    for channel, address, reason in rows.order_by().values_list("channel", "address", "reason"):
        facts.bars[channel, address].add(reason)


def _read_counted(facts: Facts, questions: Iterable[Question], since: datetime) -> None:
    """Two queries, one for each index: a condition with OR would read the whole ledger."""
    roots = {facts.root[one.party_id] for one in questions if one.party_id in facts.root}
    families = [pk for pk, root in facts.root.items() if root in roots]
    addresses = {one.address for one in questions}
    rows = Delivery._default_manager.filter(Q(due_at__gte=since) | Q(sent_at__gte=since), state__in=COUNTED)
    for row in _ledger(rows.filter(party__in=families)) if families else ():
        facts.counted["party", facts.root[row[1]]][row[0]] = _one(row)
    for row in _ledger(rows.filter(address__in=addresses)):
        facts.counted[row[2]][row[0]] = _one(row)


def _ledger(rows: QuerySet[Any]) -> Iterable[tuple[Any, ...]]:
    return rows.order_by().values_list(
        "pk", "party_id", "address", "state", "due_at", "sent_at", "purpose", "channel"
    )


def _one(row: tuple[Any, ...]) -> Counted:
    pk, _party, _address, state, due_at, sent_at, purpose, channel = row
    return Counted((due_at, pk), state, Sent(sent_at or due_at, purpose, channel))


def _read_inbound(facts: Facts, addresses: set[str]) -> None:
    rows = Conversation._default_manager.filter(channel="whatsapp", address__in=addresses)
    last = rows.exclude(last_in_at=None).order_by().values("account_id", "address")
    found = last.annotate(at=Max("last_in_at")).values_list("account_id", "address", "at")
    facts.inbound = {(account, address): at for account, address, at in found}


@cache
def zone_called(name: str) -> ZoneInfo:
    """The company's own where the name is none."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
