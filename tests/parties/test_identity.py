"""NIK and NPWP: checked, encrypted, masked, found by their index, revealed on record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.listing import listing
from relasi.kit.resources.registry import find
from relasi.parties.identity import by_number, doubts
from relasi.parties.models import Party
from tests.world import World

NIK = "3174051708800001"
SignIn = Callable[[User], Client]


@pytest.fixture
def known(world: World) -> World:
    world.budi.change(by=world.bob, nik="3174 0517 0880 0001")
    return world


def found(user: User, text: str) -> list[Party]:
    return list(listing(find("people"), user, filter=text).rows())  # type: ignore[arg-type]


def test_the_number_is_nowhere_in_clear(known: World) -> None:
    row = Party.objects.values().get(pk=known.budi.pk)
    trail = str(list(Event.objects.values_list("changes", "note", "title")))
    assert NIK not in str(row) and NIK not in trail


def test_a_wrong_number_is_refused(world: World) -> None:
    with pytest.raises(ValidationError):
        world.budi.change(by=world.bob, nik="0000000000000000")


def test_who_may_read_it_finds_by_it(known: World) -> None:
    assert found(known.bob, f"nik = {NIK}") == [known.budi]


def test_who_sees_it_masked_may_not_ask(known: World) -> None:
    with pytest.raises(FilterError):
        found(known.dewi, f"nik = {NIK}")


def test_the_search_box_knows_it(known: World) -> None:
    assert [hit.record_id for hit in by_number(known.bob, "3174 0517 0880 0001")] == [known.budi.pk]


def test_the_search_box_is_silent_for_others(known: World) -> None:
    assert by_number(known.dewi, NIK) == [] and by_number(known.citra, NIK) == []


def test_the_page_shows_dots(known: World, sign_in: SignIn) -> None:
    answer = sign_in(known.bob).get(f"/people/{known.budi.pk}/panel/identity/")
    assert NIK not in answer.content.decode() and "31••••••••••0001" in answer.content.decode()


def test_revealing_shows_it_and_is_written_down(known: World, sign_in: SignIn) -> None:
    answer = sign_in(known.bob).post(f"/people/{known.budi.pk}/reveal/nik/")
    event = Event.objects.filter(verb="revealed").get()
    assert NIK in answer.content.decode()
    assert (event.record_id, event.actor_id, event.note, event.changes) == (
        known.budi.pk,
        known.bob.pk,
        "nik",
        {},
    )


def test_who_has_not_the_right_reveals_nothing(known: World, sign_in: SignIn) -> None:
    answer = sign_in(known.dewi).post(f"/people/{known.budi.pk}/reveal/nik/")
    assert answer.status_code == 403 and not Event.objects.filter(verb="revealed").exists()


def test_nothing_is_revealed_by_a_link(known: World, sign_in: SignIn) -> None:
    assert sign_in(known.bob).get(f"/people/{known.budi.pk}/reveal/nik/").status_code == 405


def test_a_birth_date_unlike_the_number_is_doubted(known: World) -> None:
    assert doubts(known.budi) == []
    known.budi.change(by=known.bob, gender="female", birth_on=date(1981, 8, 17))
    assert len(doubts(known.budi)) == 2


def test_an_old_and_a_new_npwp_are_the_same(world: World) -> None:
    world.maju.change(by=world.citra, npwp="01.312.166.0-091.000")
    assert list(listing(find("companies"), world.citra, filter="npwp = 0013121660091000").rows()) == [
        world.maju
    ]  # type: ignore[arg-type]
