"""A no, while the real sender has the offer in its hands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from relasi.channels.models import Account
from relasi.conversations import consenting, outbox
from relasi.conversations.models import Delivery, Mailing, SendingCap, SendingHours, Template, Variant
from tests.conversations.post import PostOffice
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(world: World, mailbox: Account) -> Delivery:
    """Due now, allowed at any hour."""
    SendingHours.objects.filter(purpose="marketing").update(
        weekdays="0123456", opens_at="00:00", closes_at=None, rests_on_holidays=False
    )
    SendingCap.objects.all().delete()
    consenting.give(world.budi, by=None, source="paper")
    template = Template.create(by=None, name="Offer", channel="email", purpose="marketing")
    Variant.create(by=None, template=template, language="id", subject="Promo", text="Halo")
    mailing = Mailing.create(by=None, name="Promo", template=template, account=mailbox)
    return Delivery.objects.create(
        key="promo", mailing=mailing, party=world.budi, account=mailbox, channel="email",
        purpose="marketing", address="budi@santoso.example", due_at=timezone.now(),
    )  # fmt: skip


def _refuse(world: World, *_more: Any) -> None:
    consenting.withdraw(world.budi, by=None, source="unsubscribe", channel="email")


def test_an_offer_goes_with_two_ways_out(world: World, offer: Delivery, post: PostOffice) -> None:
    outbox.send_due(offer.account)
    headers = dict(post.taken[0].headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in headers["List-Unsubscribe"]


def test_nothing_goes_after_a_no(world: World, offer: Delivery, post: PostOffice) -> None:
    _refuse(world)
    assert outbox.send_due(offer.account) == 0 and post.taken == []


def test_a_no_between_the_question_and_the_claim_is_in_time(
    world: World, offer: Delivery, post: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The customer says it while the offer is being composed: it was allowed a moment ago."""
    compose = outbox.Composer.compose

    def slowly(self: Any, rows: Any) -> Any:
        _refuse(world)
        return compose(self, rows)

    monkeypatch.setattr(outbox.Composer, "compose", slowly)
    outbox.send_due(offer.account)
    offer.refresh_from_db()
    assert (post.taken, offer.state) == ([], "cancelled")


def test_what_was_being_sent_when_the_no_came_is_told_as_sent(
    world: World, offer: Delivery, post: PostOffice
) -> None:
    post.before = lambda messages: _refuse(world)
    outbox.send_due(offer.account)
    offer.refresh_from_db()
    assert (len(post.taken), offer.state) == (1, "sent")


def test_what_the_other_side_puts_off_does_not_go_after_a_no(
    world: World, offer: Delivery, post: PostOffice
) -> None:
    post.put_off(offer.address, timedelta(minutes=1))
    post.before = lambda messages: _refuse(world)
    outbox.send_due(offer.account)
    Delivery.objects.filter(pk=offer.pk, state="waiting").update(due_at=timezone.now())
    outbox.send_due(offer.account)
    offer.refresh_from_db()
    assert (post.taken, offer.state) == ([], "stopped")
