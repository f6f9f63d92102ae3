"""A record changes in one way: locked, checked, with one event that says what was and what is."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from relasi.kit.events.models import Event
from relasi.kit.records.models import Tag
from relasi.kit.records.record import Stale
from relasi.parties.models import Party
from tests.fingerprint import fingerprint
from tests.kit.access.whole_database import text_of_everything
from tests.world import World


@pytest.fixture
def tag(db: None) -> Tag:
    return Tag.create(by=None, name="penting")


def last(tag: Tag) -> Event:
    event = Event.objects.of(tag).first()
    assert event
    return event


def test_creating_leaves_one_event_with_what_was_given(tag: Tag) -> None:
    event = last(tag)
    assert (event.verb, event.changes["name"], event.title) == ("created", [None, "penting"], "penting")


def test_changing_leaves_one_event_with_both_sides(tag: Tag, world: World) -> None:
    tag.change(by=world.bob, name="mendesak")
    event = last(tag)
    assert (event.verb, event.changes, event.actor_id, event.actor_name) == (
        "changed", {"name": ["penting", "mendesak"]}, world.bob.pk, "Bob Hutapea",
    )  # fmt: skip


def test_the_before_image_is_the_row_not_the_instance(tag: Tag) -> None:
    """A form has already filled the instance while it was validated."""
    tag.name = "mendesak"
    tag.change(by=None, name="mendesak")
    assert last(tag).changes == {"name": ["penting", "mendesak"]}


def test_what_somebody_else_wrote_meanwhile_is_kept(tag: Tag) -> None:
    mine, theirs = Tag.objects.get(), Tag.objects.get()
    theirs.change(by=None, colour="red")
    mine.change(by=None, name="mendesak")
    assert (mine.name, mine.colour, Tag.objects.get().colour) == ("mendesak", "red", "red")


def test_a_change_to_the_same_writes_nothing(tag: Tag) -> None:
    before = fingerprint()
    assert tag.change(by=None, name="penting") is False
    assert fingerprint() == before


def test_a_stale_save_is_refused_and_shows_the_other(tag: Tag) -> None:
    version = tag.version
    tag.change(by=None, name="mendesak")
    with pytest.raises(Stale) as refused:
        tag.change(by=None, if_version=version, colour="red")
    assert refused.value.current.name == "mendesak"
    assert Tag.objects.get().colour == "grey"


def test_a_bad_value_writes_neither_row_nor_event(tag: Tag) -> None:
    before = fingerprint()
    with pytest.raises(ValidationError):
        tag.change(by=None, name="")
    assert fingerprint() == before


def test_change_and_event_stand_or_fall_together(tag: Tag) -> None:
    before = fingerprint()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tag.change(by=None, name="mendesak")
        raise ZeroDivisionError
    assert fingerprint() == before


def test_the_version_counts_changes(tag: Tag) -> None:
    tag.change(by=None, name="mendesak")
    tag.change(by=None, name="mendesak")
    assert tag.version == Tag.objects.get().version == 2


def test_a_removed_record_leaves_its_last_state(tag: Tag) -> None:
    pk = tag.pk
    tag.remove(by=None)
    event = Event.objects.filter(noun="tag", record_id=pk).order_by("-id").first()
    assert event and (event.verb, event.changes["name"]) == ("deleted", ["penting", None])


def test_a_password_never_stands_in_an_event(world: World) -> None:
    user = world.bob
    user.set_password("kata-sandi-rahasia-bob")
    digest = user.password
    user.change(by=world.ada, password=digest)
    told = str(list(Event.objects.of(user).values_list("changes", flat=True)))
    assert digest not in told and "•••" in told


def test_bookkeeping_is_no_news(world: World) -> None:
    from django.utils import timezone

    before = Event.objects.of(world.bob).count()
    world.bob.change(by=None, last_login=timezone.now())
    assert Event.objects.of(world.bob).count() == before


def test_an_event_about_a_customer_stands_in_the_customers_timeline(world: World) -> None:
    world.budi.change(by=world.bob, city="Depok")
    assert Event.objects.about_party(world.budi.pk).first().changes == {"city": ["Jakarta Selatan", "Depok"]}  # type: ignore[union-attr]


def test_an_identity_number_stands_nowhere_in_clear(world: World) -> None:
    world.budi.change(by=world.bob, nik="3174051708800003")
    assert Party.objects.get(pk=world.budi.pk).nik and "3174051708800003" not in text_of_everything()
