"""A noun is declared in words of the vocabulary, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from relasi.kit.records.models import Tag
from relasi.kit.resources import (
    Board,
    Calendar,
    Chart,
    Column,
    Filter,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
    registry,
)
from relasi.kit.resources.checks import check_resources

Declare = Callable[..., list[str]]


@pytest.fixture
def complaints() -> Iterator[Declare]:
    """What the start says of a noun declared with these words; it is forgotten afterwards."""

    def declare(**words: Any) -> list[str]:
        given = {"name": "labels", "model": Tag, "label": "Labels", "label_one": "Label", **words}
        registry.register(Resource(**given))
        return [problem.msg for problem in check_resources() if "'labels'" in problem.msg]

    yield declare
    registry._resources.pop("labels", None)


@pytest.mark.parametrize(
    "word", [Resource, Column, Filter, Group, Search, Board, Calendar, Chart, Verb, Panel, Related]
)
def test_no_word_of_the_vocabulary_is_subclassed(word: type) -> None:
    with pytest.raises(TypeError, match="write a view instead"):
        type("Special", (word,), {})


def test_a_word_that_is_not_in_the_vocabulary_is_refused(complaints: Declare) -> None:
    with pytest.raises(TypeError, match="colums"):
        complaints(colums=("name",))


def test_words_have_names() -> None:
    with pytest.raises(TypeError):
        Resource("labels", Tag, "Labels", "Label")  # type: ignore[misc]


def test_a_declaration_does_not_change() -> None:
    tags = registry.find("tags") or registry.resources()[0]
    with pytest.raises(AttributeError):
        tags.columns = ()  # type: ignore[misc]


def test_a_name_is_given_once(complaints: Declare) -> None:
    complaints()
    with pytest.raises(ValueError, match="labels"):
        complaints()


def test_what_exists_is_accepted(complaints: Declare) -> None:
    assert complaints(columns=("name", "colour"), sort=("-name",), search=Search(fields=("name",))) == []


@pytest.mark.parametrize(
    "words",
    [
        {"columns": ("nmae",)},
        {"more": ("nmae",)},
        {"filters": ("nmae",)},
        {"inline": ("nmae",)},
        {"title": "nmae"},
        {"sort": ("-nmae",)},
        {"totals": ("nmae",)},
        {"create_fields": ("nmae",)},
        {"where": {"nmae": 1}},
        {"groups": (Group(label="All", fields=("nmae",)),)},
        {"board": Board(lane="nmae")},
        {"calendar": Calendar(start="nmae")},
        {"chart": Chart(by="nmae")},
        {"search": Search(fields=("nmae",))},
    ],
    ids=lambda words: next(iter(words)),
)
def test_a_misspelt_field_stops_the_start(words: dict[str, Any], complaints: Declare) -> None:
    assert [said.count("'nmae'") for said in complaints(**words)] == [1]


def test_a_misspelt_verb_stops_the_start(complaints: Declare) -> None:
    verb = Verb(name="wni", label="Win")
    assert complaints(verbs=(verb,)) == ["Resource 'labels': Tag has no method 'wni'"]


def test_a_computed_column_is_a_column(complaints: Declare) -> None:
    assert complaints(columns=("name", Column(name="length", label="Length", value=len))) == []


def test_every_declared_noun_passes() -> None:
    assert check_resources() == []
