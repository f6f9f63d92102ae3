"""May this message go to this customer now? Every sender asks here, when it plans and again when it sends.

`ask` for one, `ask_many` for a whole batch with the same few queries. `told` keeps an answer beside the
delivery, `shown` reads it back to people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from relasi.channels.models import Account
from relasi.conversations import sending_rules
from relasi.conversations.addresses import normal_address
from relasi.conversations.contact_facts import Question, gather
from relasi.conversations.models import Delivery
from relasi.lib.contact import Answer, Check, may_send
from relasi.parties.models import Party


def ask(
    *,
    channel: str,
    purpose: str,
    address: str,
    party: Party | None = None,
    now: datetime | None = None,
    is_template: bool = False,
    is_answer: bool = False,
    account: Account | None = None,
) -> Answer:
    """May a message of this purpose go to this address now, later or not at all? What is planned counts.

    `account` is the door it would leave by, where that is known. `is_answer`: the customer wrote and waits.
    """
    question = Question(
        channel=channel,
        purpose=purpose,
        address=normal_address(channel, address),
        party_id=party.pk if party else None,
        account_id=account.pk if account else None,
        is_template=is_template,
        is_answer=is_answer,
    )
    return _answers([question], now or timezone.now())[0]


def ask_many(deliveries: Sequence[Delivery], now: datetime) -> list[Answer]:
    """The answers for deliveries that stand in the outbox, in their order.

    Of those that compete for the same customer's cap, the ones due first count for the ones after them.
    """
    templates = _templates(deliveries)
    questions = [
        Question(
            channel=one.channel,
            purpose=one.purpose,
            address=normal_address(one.channel, one.address),
            party_id=one.party_id,
            account_id=one.account_id,
            is_template=one.pk in templates,
            is_answer=bool((one.values or {}).get("is_answer")),
            place=(one.due_at, one.pk),
        )
        for one in deliveries
    ]
    return _answers(questions, now)


def _answers(questions: Sequence[Question], now: datetime) -> list[Answer]:
    return [may_send(asked, now) for asked in gather(questions, now, sending_rules.current())]


def _templates(deliveries: Sequence[Delivery]) -> set[int]:
    """Those that carry a message WhatsApp approved beforehand."""
    whatsapp = [one for one in deliveries if one.channel == "whatsapp"]
    found = {one.pk for one in whatsapp if one.mailing_id or (one.values or {}).get("approved")}
    asked = [one.pk for one in whatsapp if one.message_id and one.pk not in found]
    if asked:
        rows = Delivery._default_manager.filter(pk__in=asked).values_list("pk", "message__extra")
        found |= {pk for pk, extra in rows if (extra or {}).get("approved")}
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One check, in the reader's language; `until` when it passes by itself."""

    passed: bool
    text: str
    until: datetime | None = None


def told(answer: Answer) -> dict[str, Any]:
    """An answer as JSON, to be kept beside what was asked about."""
    return {
        "verdict": answer.verdict,
        "reason": answer.reason,
        "text": answer.text,
        "values": _plain(answer.values),
        "at": answer.at.isoformat() if answer.at else None,
        "checks": [_check(check) for check in answer.checks],
    }


def shown(answer: Mapping[str, Any]) -> list[Line]:
    """What was told: first the answer itself, then every check behind it."""
    return list(_lines(answer)) if answer else []


def _lines(answer: Mapping[str, Any]) -> Iterator[Line]:
    at = parse_datetime(answer["at"]) if answer.get("at") else None
    yield Line(answer["verdict"] == "yes", _said(answer), at)
    for check in answer.get("checks", ()):
        until = parse_datetime(check["until"]) if check.get("until") else None
        yield Line(bool(check["passed"]), _said(check), until)


def _check(check: Check) -> dict[str, Any]:
    return {
        "rule": check.rule,
        "passed": check.passed,
        "reason": check.reason,
        "text": check.text,
        "values": _plain(check.values),
        "until": check.until.isoformat() if check.until else None,
    }


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}


def _said(row: Mapping[str, Any]) -> str:
    words: str = row["text"]
    text = gettext(words)
    return text % row["values"] if row.get("values") else text
