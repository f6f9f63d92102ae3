"""May this go now? The facts come from the tables of a small company."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from relasi.conversations import contact
from relasi.conversations.models import (
    Consent,
    Delivery,
)  # fmt: skip
from relasi.parties.models import Party
from tests.world import World

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 3, tzinfo=UTC)  # 10:00 in Jakarta
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
MAIL = "budi@santoso.example"


def _ask(party: Party | None, channel: str = "email", purpose: str = "marketing", **more: Any) -> Any:
    address = more.pop("address", MAIL if channel == "email" else "+6281211112222")
    now = more.pop("now", MONDAY)
    return contact.ask(channel=channel, purpose=purpose, address=address, party=party, now=now, **more)


def _agreed(party: Party, channel: str = "", at: datetime = LONG_AGO, state: str = "given") -> None:
    Consent.create(by=None, party=party, purpose="marketing", channel=channel, state=state, at=at)


def _went(party: Party, at: datetime, state: str = "sent", **more: Any) -> Delivery:
    fields = {"channel": "email", "purpose": "marketing", "address": MAIL, "due_at": at, **more}
    if state in ("sent", "delivered", "read"):
        fields.setdefault("sent_at", at)
    number = Delivery.objects.count()
    return Delivery.objects.create(key=f"t{number}", party=party, state=state, **fields)


def test_an_offer_needs_consent_and_says_so(world: World) -> None:
    answer = _ask(world.budi)
    assert (answer.verdict, answer.reason) == ("no", "consent_unknown")


def test_service_needs_none(world: World) -> None:
    assert _ask(world.budi, purpose="service")


def test_consent_for_all_ways_opens_each(world: World) -> None:
    _agreed(world.budi)
    assert _ask(world.budi) and _ask(world.budi, "whatsapp", is_template=True)
