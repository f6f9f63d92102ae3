"""Whoever touches the trail behind our back is found: edits, deletions, swaps, a cut tail, strangers."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest
from django.db import connection, transaction

from relasi.kit.events import sealing
from relasi.kit.events.models import ChainHead, Event, Seal, Tally
from relasi.kit.events.sealing import seal_events, verify_chain
from relasi.kit.events.writing import Draft, emit, emit_many
from relasi.kit.records.models import Tag

TRIES = 1000 if os.environ.get("RELASI_TORTURE") else 50
EVENTS, PER_SEAL = 40, 7

TEXTS = ("verb", "noun", "title", "actor_name", "note", "batch")
NUMBERS = ("record_id", "party_id", "actor_id")


@pytest.fixture
def trail(db: None, monkeypatch: pytest.MonkeyPatch) -> Tag:
    """Forty events under six seals."""
    monkeypatch.setattr(sealing, "BLOCK", PER_SEAL)
    tag = Tag.create(by=None, name="penting")
    emit_many(
        Draft(verb="changed", record=tag, changes={"colour": [str(n), str(n + 1)]}, note=f"n{n}")
        for n in range(EVENTS - 1)
    )
    seal_events()
    return tag


def edit(dice: random.Random) -> None:
    event = dice.choice(list(Event.objects.all()))
    what = dice.choice([*TEXTS, *NUMBERS, "changes", "at", "mac"])
    if what in TEXTS:
        value: object = getattr(event, what) + "x"
    elif what in NUMBERS:
        value = (getattr(event, what) or 0) + 1
    elif what == "changes":
        value = {**event.changes, "colour": ["grey", "forged"]}
    else:
        value = event.at + timedelta(microseconds=1) if what == "at" else event.mac[::-1]
    Event.objects.filter(pk=event.pk).update(**{what: value})


def delete(dice: random.Random) -> None:
    Event.objects.filter(pk=dice.choice(list(Event.objects.values_list("pk", flat=True)))).delete()


def swap(dice: random.Random) -> None:
    """Two events change places: every column but the number."""
    one, other = dice.sample(list(Event.objects.all()), 2)
    names = [field.name for field in Event._meta.concrete_fields if field.name not in ("id", "seal_no")]
    values = [{name: getattr(event, name) for name in names} for event in (one, other)]
    Event.objects.filter(pk=one.pk).update(**values[1])
    Event.objects.filter(pk=other.pk).update(**values[0])


def move_to_another_seal(dice: random.Random) -> None:
    event = dice.choice(list(Event.objects.all()))
    others = [number for number in (None, *range(1, Seal.objects.count() + 3)) if number != event.seal_no]
    Event.objects.filter(pk=event.pk).update(seal_no=dice.choice(others))


def cut_tail(dice: random.Random) -> None:
    """The last seals with their events, as if they had never been."""
    keep = dice.randrange(Seal.objects.count())
    Event.objects.filter(seal_no__gt=keep).delete()
    Seal.objects.filter(no__gt=keep).delete()
    if keep and dice.random() < 0.5:
        last = Seal.objects.get(no=keep)
        ChainHead.objects.update(seal_no=keep, hash=last.hash, sealed_events=Event.objects.count())


def drop_seal(dice: random.Random) -> None:
    Seal.objects.filter(no=dice.randint(1, Seal.objects.count())).delete()


def insert(dice: random.Random) -> None:
    """A made-up event, copied from a true one, under some seal, none, or one that never was."""
    event = dice.choice(list(Event.objects.all()))
    event.pk, event.note = None, "forged"
    event.seal_no = dice.choice([None, 1, 99])
    event.save(force_insert=True)


def delete_unsealed(dice: random.Random) -> None:
    """An event of the last minute, before its seal."""
    event = emit("changed", Tag.objects.get(), note="soon gone")
    Event.objects.filter(pk=event.pk).delete()


def old_head(dice: random.Random) -> None:
    """The chain as it stood at an earlier seal, head and all, with what came after taken out."""
    tag, before = Tag.objects.get(), ChainHead.objects.values().get()
    emit("changed", tag, note="soon gone")
    seal_events()
    Event.objects.filter(seal_no__gt=before["seal_no"]).delete()
    Seal.objects.filter(no__gt=before["seal_no"]).delete()
    ChainHead.objects.update(**before)


def lower_count(dice: random.Random) -> None:
    """A deletion with the count made to fit, without the key."""
    delete_unsealed(dice)
    tally = Tally.objects.filter(events__gt=0)[0]
    Tally.objects.filter(pk=tally.pk).update(events=tally.events - 1)


def drop_count(dice: random.Random) -> None:
    Tally.objects.filter(pk=dice.choice(list(Tally.objects.values_list("pk", flat=True)))).delete()


ATTACKS: tuple[Callable[[random.Random], None], ...] = (
    edit,
    delete,
    swap,
    cut_tail,
    move_to_another_seal,
    drop_seal,
    insert,
    delete_unsealed,
    old_head,
    lower_count,
    drop_count,
)


def test_an_untouched_trail_has_no_flaw(trail: Tag) -> None:
    assert list(verify_chain()) == []


def test_events_that_wait_for_their_seal_are_no_flaw(trail: Tag) -> None:
    emit("changed", trail, note="new")
    assert list(verify_chain()) == []


def test_a_change_that_is_rolled_back_is_not_counted(trail: Tag) -> None:
    with transaction.atomic():
        emit("changed", trail, note="never was")
        transaction.set_rollback(True)
    assert list(verify_chain()) == []


@pytest.mark.django_db(transaction=True)
def test_writers_do_not_wait_for_each_other_and_every_event_is_counted() -> None:
    """Each writer keeps its transaction open until all have written; SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        pytest.skip("writers side by side need PostgreSQL")
    tags = [Tag.create(by=None, name=f"t{n}") for n in range(8)]
    together = threading.Barrier(len(tags))

    def write(tag: Tag) -> None:
        with transaction.atomic():
            emit("changed", tag, note="together")
            together.wait(timeout=20)
        connection.close()

    with ThreadPoolExecutor(len(tags)) as pool:
        list(pool.map(write, tags))
    assert list(verify_chain()) == []
    assert sum(Tally.objects.values_list("events", flat=True)) == Event.objects.count()


def test_a_time_told_in_another_zone_is_no_flaw(trail: Tag) -> None:
    jakarta = timezone(timedelta(hours=7))
    emit("changed", trail, at=datetime(2026, 8, 17, 10, tzinfo=jakarta))
    seal_events()
    assert list(verify_chain()) == []


def test_every_random_attack_is_found(trail: Tag) -> None:
    """Edits, deletions, swaps, cut tails and four more, each on the same whole trail."""
    unseen = []
    for number in range(TRIES):
        dice = random.Random(number)
        attack = ATTACKS[number % len(ATTACKS)]
        with transaction.atomic():
            attack(dice)
            if not any(verify_chain()):
                unseen.append((number, attack.__name__))
            transaction.set_rollback(True)
    assert unseen == []
    assert list(verify_chain()) == []


def test_an_edited_event_is_named(trail: Tag) -> None:
    event = Event.objects.all()[3]
    Event.objects.filter(pk=event.pk).update(actor_name="Somebody else")
    assert [(flaw.kind, flaw.event_id) for flaw in verify_chain()] == [("edited", event.pk)]


def test_an_edit_of_an_event_without_a_seal_is_found_too(trail: Tag) -> None:
    event = emit("changed", trail, note="new")
    Event.objects.filter(pk=event.pk).update(note="other")
    assert [flaw.event_id for flaw in verify_chain()] == [event.pk]


def test_a_head_written_without_the_key_is_found(trail: Tag) -> None:
    ChainHead.objects.update(sealed_events=1)
    assert {flaw.kind for flaw in verify_chain()} == {"head", "tail"}


def test_the_check_tells_how_far_it_is(trail: Tag) -> None:
    told: list[tuple[int, int]] = []
    list(verify_chain(seen=lambda seals, events: told.append((seals, events))))
    assert told[-1] == (Seal.objects.count(), EVENTS)


def test_the_command_answers_with_one_when_something_was_touched(
    trail: Tag, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    from relasi.site.commands.verify_audit import run

    options = argparse.Namespace(no_seal=False)
    whole = run(options)
    delete(random.Random(1))
    assert (whole, run(options)) == (0, 1)
    assert "The trail is whole." in capsys.readouterr().out
