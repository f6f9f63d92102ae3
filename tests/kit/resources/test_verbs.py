"""Verbs of a record: asked, done, taken back."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django import forms

from relasi.kit.events.models import Event
from relasi.kit.resources import Verb, registry
from tests.world import World

HTMX = {"HX-Request": "true"}


def _do(world: World, verb: str) -> str:
    return f"/people/{world.budi.pk}/do/{verb}/"


def test_a_verb_is_done_and_taken_back(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    answer = browser.post(_do(world, "archive"), headers=HTMX)
    world.budi.refresh_from_db()
    assert (answer.status_code, world.budi.is_archived) == (204, True)
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    world.budi.refresh_from_db()
    assert not world.budi.is_archived


def test_without_scripts_it_leads_back_to_the_record(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post(_do(world, "archive"))
    assert (answer.status_code, answer.url) == (302, f"/people/{world.budi.pk}/")


def test_what_no_longer_makes_sense_is_not_done(world: World, sign_in) -> None:
    world.budi.archive(by=world.sari)
    before = Event.objects.count()
    answer = sign_in(world.bob).post(_do(world, "archive"), headers=HTMX)
    assert answer.status_code == 409
    assert "somebody was faster" in answer["HX-Trigger"]
    assert Event.objects.count() == before


@pytest.mark.parametrize(("name", "status"), [("citra", 404), ("mira", 403), ("dewi", 403), ("eko", 404)])
def test_who_may_not_is_refused_and_nothing_is_written(world: World, sign_in, name: str, status: int) -> None:
    before = Event.objects.count()
    browser = sign_in(getattr(world, name))
    assert browser.post(_do(world, "archive"), headers=HTMX).status_code == status
    assert browser.get(_do(world, "archive"), headers=HTMX).status_code == status
    assert Event.objects.count() == before


def test_there_is_no_such_verb(world: World, sign_in) -> None:
    browser = sign_in(world.ada)
    assert browser.post(_do(world, "delete")).status_code == 404
    assert browser.post(_do(world, "save")).status_code == 404


class Reason(forms.Form):
    reason = forms.CharField(label="Reason")

    def __init__(self, *given: object, record: object, user: object, **more: object) -> None:
        super().__init__(*given, **more)


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two verbs that ask first: `change` for a field of the table, `move_to` by a form of its own."""
    people = registry.find("people")
    more = (
        Verb(name="rename", label="Rename", fields=("name", "city"), right="change"),
        Verb(name="scold", label="Scold", form=Reason, right="change", danger=True),
    )
    monkeypatch.setitem(registry._resources, "people", replace(people, verbs=(*people.verbs, *more)))
    monkeypatch.setattr(
        people.model,
        "rename",
        lambda self, *, by, name, city: self.change(by=by, verb="renamed", name=name, city=city),
        raising=False,
    )
    monkeypatch.setattr(
        people.model,
        "scold",
        lambda self, *, by, reason: self.change(by=by, verb="scolded", note=reason, about=reason),
        raising=False,
    )


def test_a_verb_asks_for_its_fields_with_what_stands(world: World, sign_in, asking) -> None:
    page = sign_in(world.bob).get(_do(world, "rename"), headers=HTMX).content.decode()
    assert 'value="Budi Santoso"' in page
    assert "<dialog" in page


def test_what_is_wrong_stands_beside_the_field(world: World, sign_in, asking) -> None:
    answer = sign_in(world.bob).post(_do(world, "rename"), {"name": "", "city": "Medan"}, headers=HTMX)
    assert answer.status_code == 422
    assert "This is needed." in answer.content.decode()
    assert 'value="Medan"' in answer.content.decode()


def test_asked_fields_are_given_to_the_verb(world: World, sign_in, asking) -> None:
    sign_in(world.bob).post(_do(world, "rename"), {"name": "Budi S", "city": "Medan"}, headers=HTMX)
    world.budi.refresh_from_db()
    assert (world.budi.name, world.budi.city) == ("Budi S", "Medan")
    assert Event.objects.of(world.budi).first().verb == "renamed"


def test_a_form_of_its_own_is_asked_and_checked(world: World, sign_in, asking) -> None:
    browser = sign_in(world.bob)
    assert "Reason" in browser.get(_do(world, "scold"), headers=HTMX).content.decode()
    assert browser.post(_do(world, "scold"), {}, headers=HTMX).status_code == 422
    assert browser.post(_do(world, "scold"), {"reason": "Late"}, headers=HTMX).status_code == 204
    assert Event.objects.of(world.budi).first().note == "Late"
