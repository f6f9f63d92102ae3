"""The company's own fields."""

from __future__ import annotations

import pytest
from django.db import connection

from relasi.kit.jobs.models import Job
from relasi.kit.records.models import CustomField
from relasi.kit.resources import own_fields, own_indexes
from relasi.kit.resources.listing import listing
from relasi.kit.resources.paging import ordered
from relasi.kit.resources.registry import find
from relasi.parties.models import Person
from tests.world import World

HTMX = {"HX-Request": "true"}
PAGE = "/settings/fields/party/"


def _add(world: World, kind: str, label: str = "Shoe size", **more: object) -> CustomField:
    return own_fields.add("party", {"label": label, "kind": kind, **more}, by=world.ada)


@pytest.mark.parametrize(
    ("kind", "more", "typed", "kept"),
    [
        ("text", {}, "Blue", "Blue"),
        ("number", {}, "42", 42),
        ("money", {}, "1250000", 1250000),
        ("date", {}, "2026-08-17", "2026-08-17"),
        ("choice", {"options": [{"value": "s", "label": "Small", "colour": "red"}]}, "s", "s"),
        (
            "multi",
            {"options": [{"value": "s", "label": "Small"}, {"value": "l", "label": "Large"}]},
            ["s", "l"],
            ["s", "l"],
        ),
    ],
)
def test_every_kind_is_added_typed_and_shown(world: World, sign_in, kind, more, typed, kept) -> None:
    field = _add(world, kind, **more)
    browser = sign_in(world.bob)
    form = {f"own.{field.key}": typed, f"own.{field.key}:shown": "1", "version": "1"}
    assert browser.post(f"/people/{world.budi.pk}/edit/", form, headers=HTMX).status_code == 204
    world.budi.refresh_from_db()
    assert world.budi.custom == {"shoe_size": kept}
    assert "Shoe size" in browser.get(f"/people/{world.budi.pk}/").content.decode()


def test_a_field_can_lead_to_a_record(world: World, sign_in) -> None:
    field = _add(world, "link", "Mentor", link_to="people")
    sign_in(world.bob).post(
        f"/people/{world.rizky.pk}/edit/", {"own.mentor": str(world.budi.pk), "version": "1"}
    )
    world.rizky.refresh_from_db()
    assert world.rizky.custom == {field.key: world.budi.pk}
    assert "Budi Santoso" in sign_in(world.bob).get(f"/people/{world.rizky.pk}/").content.decode()


def test_fields_are_added_on_the_settings_page(world: World, sign_in) -> None:
    form = {
        "label": "Size", "kind": "choice", "is_required": "on", "option_label": ["Small", "", "Large"],
        "option_colour": ["red", "grey", "blue"], "option_value": ["", "", ""],
    }  # fmt: skip
    assert sign_in(world.ada).post(f"{PAGE}new/", form, headers=HTMX).status_code == 204
    field = CustomField.objects.get()
    assert (field.key, field.is_required) == ("size", True)
    assert field.options == [
        {"value": "small", "label": "Small", "colour": "red"},
        {"value": "large", "label": "Large", "colour": "blue"},
    ]  # fmt: skip


def test_a_renamed_choice_keeps_its_value(world: World, sign_in) -> None:
    field = _add(world, "choice", options=[{"value": "s", "label": "Small"}])
    form = {"label": "Shoe size", "option_label": ["Tiny"], "option_colour": ["grey"], "option_value": ["s"]}
    sign_in(world.ada).post(f"{PAGE}{field.pk}/", form, headers=HTMX)
    field.refresh_from_db()
    assert field.options == [{"value": "s", "label": "Tiny", "colour": "grey"}]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"kind": "text"}, "A field needs a name."),
        ({"label": "X", "kind": "choice"}, "Give at least one choice."),
        ({"label": "X", "kind": "link", "link_to": "nothing"}, "Choose what the field leads to."),
        ({"label": "X", "kind": "colour"}, "Choose what the field holds."),
    ],
)
def test_mistakes_are_told_in_words(world: World, form: dict[str, str], words: str) -> None:
    with pytest.raises(Exception, match=words):
        own_fields.add("party", form, by=world.ada)


def test_a_retired_field_leaves_the_pages_and_comes_back_with_its_values(world: World, sign_in) -> None:
    field = _add(world, "number")
    world.budi.change(by=world.bob, custom={"shoe_size": 42})
    browser = sign_in(world.ada)
    browser.post(f"{PAGE}{field.pk}/retire/", headers=HTMX)
    assert "Shoe size" not in browser.get(f"/people/{world.budi.pk}/").content.decode()
    browser.post(f"{PAGE}{field.pk}/retire/", {"back": "1"}, headers=HTMX)
    assert "Shoe size" in browser.get(f"/people/{world.budi.pk}/").content.decode()


def test_fields_are_put_in_order_by_mouse_and_by_step(world: World, sign_in) -> None:
    one, two, three = (_add(world, "text", label) for label in ("One", "Two", "Three"))
    browser = sign_in(world.ada)
    browser.post(f"{PAGE}order/", {"ids": f"{three.pk},{one.pk},{two.pk}"}, headers=HTMX)
    assert [field.label for field in own_fields.of("party")] == ["Three", "One", "Two"]
    browser.post(f"{PAGE}order/", {"id": two.pk, "way": "-1"}, headers=HTMX)
    assert [field.label for field in own_fields.of("party")] == ["Three", "Two", "One"]


def test_only_who_may_change_fields_opens_the_settings(world: World, sign_in) -> None:
    for user in (world.bob, world.sari, world.mira, world.eko):
        assert sign_in(user).get(PAGE).status_code == 403
        assert sign_in(user).post(f"{PAGE}new/", {"label": "X", "kind": "text"}).status_code == 403
    assert CustomField.objects.count() == 0


def test_ticking_indexed_asks_a_job_for_the_index(world: World) -> None:
    field = _add(world, "number", is_indexed=True)
    assert Job.objects.filter(name=own_indexes.keep_index.name).count() == 1
    assert own_indexes.state(field) == "waiting"


KINDS = [
    ("number", {}, 42, "own.shoe_size = 42"),
    ("money", {}, 42000, "own.shoe_size >= 42000"),
    ("text", {}, "Blue", "own.shoe_size = blue"),
    ("date", {}, "2026-08-17", "own.shoe_size = 2026-08-17"),
    ("choice", {"options": [{"value": "s", "label": "Small"}]}, "s", "own.shoe_size = s"),
    ("link", {"link_to": "people"}, 7, "own.shoe_size = 7"),
]


@pytest.mark.parametrize(("kind", "more", "value", "filter"), KINDS)
def test_an_index_is_used_for_filter_and_sort_and_goes_when_unticked(
    world: World, kind, more, value, filter
) -> None:
    field = _add(world, kind, is_indexed=True, **more)
    world.budi.change(by=world.ada, custom={"shoe_size": value})
    world.siti.change(by=world.ada, custom={"shoe_size": None})
    Person._default_manager.bulk_create(
        Person(name=f"Crowd {n}", custom={"shoe_size": _other(value, n)}) for n in range(600)
    )
    connection.check_constraints()
    own_indexes.keep_index(field_id=field.pk)
    assert own_indexes.state(field) == "ready"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("ANALYZE")
    narrowed = Person._default_manager.filter(pk__in=listing(find("people"), world.ada, filter=filter).rows())
    assert list(narrowed) == [Person._default_manager.get(pk=world.budi.pk)]
    assert f"own_{field.pk}_" in _plan(listing(find("people"), world.ada, filter=filter).rows())
    for sort in ("own.shoe_size", "-own.shoe_size"):
        asked = listing(find("people"), world.ada, sort=[sort])
        assert f"own_{field.pk}_" in _plan(ordered(_bare(), asked.keys))
    own_fields.describe(field, {"label": "Shoe size", "is_indexed": False, **more}, by=world.ada)
    connection.check_constraints()
    own_indexes.keep_index(field_id=field.pk)
    assert own_indexes.state(field) == ""


def _other(value: object, n: int) -> object:
    """Something of the same kind that the filter leaves out."""
    return (
        n + 100
        if value in (7, 42)
        else n
        if isinstance(value, int)
        else f"2025-01-{n % 28 + 1:02}"
        if "-" in str(value)
        else f"x{n}"
    )


def _bare():
    return Person._default_manager.all()


def _plan(rows) -> str:
    return rows[:50].explain()


def test_rows_without_a_value_stand_last_both_ways(world: World) -> None:
    _add(world, "number")
    world.budi.change(by=world.ada, custom={"shoe_size": 42})
    world.siti.change(by=world.ada, custom={"shoe_size": 39})
    for sort, first in (("own.shoe_size", world.siti), ("-own.shoe_size", world.budi)):
        rows = listing(find("people"), world.ada, sort=[sort]).page().rows
        assert rows[0].pk == first.pk
        assert len(rows) == 4
