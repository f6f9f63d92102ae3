"""Colleagues hear of what customers say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from relasi.activities.models import Notification
from relasi.activities.today.talks import waiting
from relasi.conversations import writing
from relasi.conversations.models import Conversation
from relasi.kit.jobs.worker import Worker
from relasi.parties.models import Person
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(world: World) -> Conversation:
    return writing.start(by=world.bob, channel="whatsapp", party=world.budi, owner=world.bob)


def told(user: object) -> list[str]:
    Worker().run_until_empty()
    return list(Notification.objects.filter(user=user).values_list("text", flat=True))


def test_the_owner_is_told_once_while_the_customer_waits(world: World, talk: Conversation) -> None:
    writing.receive(talk, sender="+6281211112222", text="Halo?")
    writing.receive(talk, sender="+6281211112222", text="Ada orang?")
    assert told(world.bob) == ["Budi Santoso wrote: Halo?"]


def test_who_is_given_a_talk_is_told(world: World, talk: Conversation) -> None:
    talk.assign(owner=world.sari, by=world.bob)
    assert len(told(world.sari)) == 1


def test_who_is_named_in_a_note_is_told_if_they_may_see_it(world: World, talk: Conversation) -> None:
    def named(user: object) -> str:
        return f'<span data-type="mention" data-id="{user.pk}" class="mention">@x</span>'  # type: ignore[attr-defined]

    writing.note(talk, by=world.bob, text=f"<p>{named(world.sari)} {named(world.eko)} lihat ini</p>")
    assert len(told(world.sari)) == 1
    assert told(world.eko) == []


def test_what_is_said_is_the_customers_last_activity(world: World, talk: Conversation) -> None:
    writing.receive(talk, sender="+6281211112222", text="Halo")
    last = Person.objects.get(pk=world.budi.pk).last_activity_at
    assert last is not None
    assert last > timezone.now() - timedelta(minutes=1)


def test_today_names_who_waits(world: World, talk: Conversation) -> None:
    writing.receive(talk, sender="+6281211112222", text="Kapan polis saya terbit?")
    items = list(waiting(world.bob, timezone.now()))
    assert [item.title for item in items] == ["Budi Santoso: Kapan polis saya terbit?"]
    assert list(waiting(world.citra, timezone.now())) == []
