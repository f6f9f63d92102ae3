"""The filter language: what is typed, what is meant, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from relasi.kit.records.models import CustomField
from relasi.kit.resources.filtering import FilterError, parse, to_q, to_text
from relasi.kit.resources.filtering.language import from_json, to_json
from relasi.kit.resources.registry import find
from relasi.kit.resources.writing import set_tags
from tests.world import World

TEXTS = [
    "city = Medan",
    'city = "Jakarta Selatan"',
    "owner = me and (city in (Medan, Jakarta) or rung >= client)",
    "email is empty or email is not empty",
    "created_at = last 30 days and birth_on < 1990-01-01",
    "owner = my team",
    "not (rung = suspect)",
    "(city = a or city = b) and (rung = client or rung = member)",
    'name ~ "say \\"hi\\""',
]


def names(text: str, user: Any, noun: str = "people") -> list[str]:
    resource = find(noun)
    assert resource
    rows = resource.rows(user).filter(to_q(parse(text), resource=resource, user=user))
    return sorted(row.name for row in rows)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_reads_back_as_the_same_tree(text: str) -> None:
    assert parse(to_text(parse(text))) == parse(text)


@pytest.mark.parametrize("text", TEXTS)
def test_the_tree_survives_json(text: str) -> None:
    assert from_json(to_json(parse(text))) == parse(text)


@pytest.mark.parametrize(
    "text",
    ["city =", "city", "= Medan", "(city = a", "city = a b", "city in ()", "city is full", "a = b and", '"'],
)
def test_half_a_filter_is_refused_in_words(text: str) -> None:
    with pytest.raises(FilterError) as refused:
        parse(text)
    assert str(refused.value)


def test_a_tower_of_brackets_is_refused() -> None:
    with pytest.raises(FilterError):
        parse("(" * 200 + "city = a" + ")" * 200)


def test_a_choice_is_found_by_its_word_or_its_key(world: World) -> None:
    assert names("rung = client", world.ada) == names('rung = "Client"', world.ada) == ["Budi Santoso"]


def test_choices_compare_by_their_order(world: World) -> None:
    assert names("rung >= prospect", world.ada) == ["Budi Santoso", "Joko Susilo"]


def test_me_is_who_asks(world: World) -> None:
    assert names("owner = me", world.bob) == ["Budi Santoso", "Rizky Santoso", "Siti Rahmawati"]


def test_my_team_includes_the_teams_below(world: World) -> None:
    assert names("owner = my team", world.sari) == ["Budi Santoso", "Rizky Santoso", "Siti Rahmawati"]


def test_a_link_is_found_by_number_and_by_name(world: World) -> None:
    assert (
        names(f"company = {world.maju.pk}", world.ada)
        == names('company = "PT Maju Jaya"', world.ada)
        == ["Joko Susilo"]
    )


def test_empty_text_and_empty_dates_are_both_empty(world: World) -> None:
    assert names("email is empty and birth_on is empty", world.ada) == ["Joko Susilo", "Siti Rahmawati"]


def test_not_includes_rows_with_nothing(world: World) -> None:
    assert "Siti Rahmawati" in names("not (birth_on < 2000-01-01)", world.ada)


def test_is_not_includes_rows_with_nothing(world: World) -> None:
    assert "Rizky Santoso" in names('city != "Jakarta Selatan"', world.ada)


def test_a_date_word_names_a_span(world: World) -> None:
    assert (
        names("birth_on = 1980", world.ada) == names("birth_on = 1980-08-17", world.ada) == ["Budi Santoso"]
    )


def test_today_is_the_readers_day(world: World) -> None:
    assert len(names("created_at = today", world.ada)) == 4


def test_tags_are_found_and_missed(world: World) -> None:
    set_tags(world.budi, ["VIP"], by=world.ada)
    assert names("tags = vip", world.ada) == ["Budi Santoso"]
    assert "Budi Santoso" not in names("tags is empty", world.ada)


def test_own_fields_of_every_kind_are_filtered(world: World) -> None:
    for key, kind in (
        ("size", "number"),
        ("policy", "text"),
        ("since", "date"),
        ("likes", "multi"),
        ("agent", "link"),
    ):
        options = (
            [{"value": "golf", "label": "Golf"}, {"value": "food", "label": "Food"}]
            if kind == "multi"
            else []
        )
        CustomField.create(
            by=world.ada, noun="party", key=key, label=key, kind=kind, options=options, link_to="people"
        )
    own = {"size": 42, "policy": "A-1", "since": "2024-05-01", "likes": ["golf"], "agent": world.siti.pk}
    world.budi.change(by=world.ada, custom=own)
    for text in (
        "own.size > 41", "own.size = 42", "own.policy = A-1", "own.policy ~ a", "own.since < 2025-01-01",
        "own.since = 2024-05", "own.likes = golf", f"own.agent = {world.siti.pk}", "own.size is not empty",
    ):  # fmt: skip
        assert names(text, world.ada) == ["Budi Santoso"], text
    assert "Budi Santoso" not in names("own.policy is empty", world.ada)


def test_a_masked_field_cannot_be_asked_for(world: World) -> None:
    with pytest.raises(FilterError):
        names("religion = islam", world.dewi)


@pytest.mark.parametrize(
    "text",
    [
        "nobody = 1",
        "rung = king",
        "birth_on = someday",
        "employees = many",
        "custom = 1",
        "owner__password ~ a",
        "employees = 9e99",
    ],
)
def test_what_cannot_be_understood_is_said(world: World, text: str) -> None:
    with pytest.raises(FilterError) as refused:
        names(text, world.ada)
    assert str(refused.value)


def test_a_filter_never_widens_what_a_reader_sees(world: World) -> None:
    assert names("city is empty or city is not empty", world.bob) == [
        "Budi Santoso",
        "Rizky Santoso",
        "Siti Rahmawati",
    ]
