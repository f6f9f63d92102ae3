"""Every text a person reads is in both languages: the catalogue is whole, and no page speaks past it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from django.test import Client
from django.utils.translation import trans_real
from jinja2 import Environment, nodes

from relasi.kit.access.models import User
from relasi.kit.ui.jinja import environment
from tests.world import World
from tools import messages

READ_ATTRIBUTES = {"aria-label", "aria-description", "placeholder", "title", "alt", "label", "data-confirm"}
UNREAD_ELEMENTS = {"kbd", "code", "script", "style"}
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
PLACE = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}")
WORD = re.compile(r"[^\W\d_]{2,}")
SENTENCE = re.compile(r"[A-Z][a-z]+(?: [a-z]+)*[.?!…]?")
SAME_EVERYWHERE = {
    "Relasi", "WhatsApp", "CSV", "XLSX", "JSON", "API", "NIK", "NPWP", "PDF", "ICS", "Ctrl", "Enter", "Esc",
    "Shift", "Alt", "Tab", "MB", "kB", "Space", "English", "Indonesia", "Bahasa", "required",
}  # fmt: skip
FILTER_SAMPLES = re.compile(r"[<>]=? |last \d+ days")
OWN = {"data", "variable_begin"}
UNREAD_BLOCK = re.compile(
    r"{%-?\s*trans\b.*?endtrans\s*-?%}|{%-?\s*block \w+_class\s*-?%}.*?endblock[\s\w]*-?%}", re.DOTALL
)
ATTRIBUTE_OR_PATH = re.compile(r"""(?<!\w)/[\w/.]+|[\w:-]+="[^"]*"|[\w:-]+='[^']*'""")
LANGUAGES = {"English"}  # each called by its own name
SEEN = (
    "/", "/people/", "/people/?layout=board", "/people/?layout=chart", "/people/new/", "/people/import/",
    "/people/{budi}/", "/people/{budi}/?peek=1", "/people/{budi}/history/", "/people/{budi}/why/",
    "/companies/{maju}/", "/companies/{maju}/edit/", "/tasks/", "/calendar/", "/duplicates/", "/ladder/",
    "/catalogue/", "/products/", "/products/new/", "/stock/", "/price-books/", "/stock-movements/new/",
    "/notifications/", "/settings/", "/settings/profile/", "/settings/security/", "/settings/users/",
    "/settings/roles/", "/settings/fields/", "/settings/tags/", "/settings/ladder/",
    "/settings/jobs/", "/settings/api-keys/new/",
)  # fmt: skip
OF_THE_GALLERY = "gallery"  # the page of components for developers


@cache
def said() -> Catalog:
    return messages.found()


@cache
def kept() -> Catalog:
    return messages.known()


def test_every_message_is_in_the_catalogue() -> None:
    missing = keys(said()) - keys(kept())
    assert not missing, f"run `.venv/bin/python -m tools.messages` and translate: {sorted(missing, key=str)}"


def test_every_message_is_translated() -> None:
    bare = [
        messages.english(message)
        for message in messages.messages(kept())
        if not messages.is_translated(message)
    ]
    assert bare == []


def test_nothing_in_the_catalogue_is_out_of_use() -> None:
    assert keys(kept()) - keys(said()) == set()
    assert not kept().obsolete


def test_nothing_is_guessed() -> None:
    assert [messages.english(message) for message in messages.messages(kept()) if message.fuzzy] == []


def test_both_languages_have_the_same_places() -> None:
    differing = {
        messages.english(message): text
        for message in messages.messages(kept())
        for text in texts(message.string)
        if places(text) != set().union(*map(places, texts(message.id)))
    }
    assert differing == {}


def test_indonesian_has_one_form_for_any_number() -> None:
    assert kept().num_plurals == 1
    counted = [message for message in messages.messages(kept()) if message.pluralizable]
    assert all(len(message.string) == 1 for message in counted)


def test_the_catalogue_is_written_as_the_tool_writes_it() -> None:
    again = messages.written(messages.updated(messages.found(), messages.known(), {}))
    assert messages.CATALOGUE.read_text() == again, "run `.venv/bin/python -m tools.messages`"


def test_translations_begin_and_end_as_the_source_does() -> None:
    odd = [
        messages.english(message)
        for message in messages.messages(kept())
        for text in texts(message.string)
        if text != text.strip() and messages.english(message) == messages.english(message).strip()
    ]
    assert odd == []


def pages() -> list[Path]:
    return [path for path in messages.sources() if path.suffix != ".py" and OF_THE_GALLERY not in path.stem]


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_has_no_text_outside_gettext(path: Path) -> None:
    env = environment()
    source = path.read_text()
    assert list(bare_text(env, source)) + list(bare_constants(env, source)) == []


@pytest.fixture
def indonesian() -> Iterator[None]:
    """The catalogue as it is now, compiled as `make build` does and read anew."""
    made = messages.CATALOGUE.with_suffix(f".{os.getpid()}.mo")
    with made.open("wb") as file:
        write_mo(file, kept())
    made.replace(messages.CATALOGUE.with_suffix(".mo"))
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()


@pytest.mark.parametrize("address", SEEN)
def test_a_page_speaks_indonesian_all_over(
    address: str, world: World, sign_in: Callable[[User], Client], indonesian: None
) -> None:
    world.ada.change(by=world.ada, language="id")
    page = sign_in(world.ada).get(address.format(budi=world.budi.pk, maju=world.maju.pk), follow=True)
    assert page.status_code == 200
    reader = Reader()
    reader.feed(page.content.decode())
    said = {" ".join(text.split()) for text in reader.said}
    assert said & english_only() == set()


@cache
def english_only() -> set[str]:
    """Sources whose translation differs, and that are no Indonesian word themselves."""
    indonesian = {text for message in messages.messages(kept()) for text in texts(message.string)}
    return (
        {text for message in messages.messages(kept()) for text in texts(message.id)} - indonesian - LANGUAGES
    )


def bare_text(env: Environment, source: str) -> Iterator[str]:
    """Words of the page's own text and of the attributes that are read out, outside every expression."""
    reader = Reader()
    reader.feed(own_text(env, source))
    reader.close()
    for text in reader.said:
        if FILTER_SAMPLES.search(text):
            continue
        if words := [
            word for word in WORD.findall(ATTRIBUTE_OR_PATH.sub("", text)) if word not in SAME_EVERYWHERE
        ]:
            yield " ".join(words)


def own_text(env: Environment, source: str) -> str:
    """The source with a space for every expression; without `trans` blocks and blocks of classes."""
    source = UNREAD_BLOCK.sub("", source)
    pieces = (value if kind == "data" else " " for _line, kind, value in env.lex(source) if kind in OWN)
    return "".join(pieces)


def bare_constants(env: Environment, source: str) -> Iterator[str]:
    """Sentences given as plain strings to a macro or filter."""
    tree = env.parse(source)
    inside = {
        id(const)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for const in call.find_all(nodes.Const)
    }
    for const in tree.find_all(nodes.Const):
        is_bare = isinstance(const.value, str) and id(const) not in inside
        if is_bare and SENTENCE.fullmatch(const.value) and const.value not in SAME_EVERYWHERE:
            yield const.value


class Reader(HTMLParser):
    """Collects in `said` what a person reads or hears of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unread += tag in UNREAD_ELEMENTS
        self.said += [value for name, value in attrs if name in READ_ATTRIBUTES and value]

    def handle_endtag(self, tag: str) -> None:
        self.unread -= tag in UNREAD_ELEMENTS and self.unread > 0

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.said.append(data)


def keys(catalogue: Catalog) -> set[tuple[object, str | None]]:
    return {key(message) for message in messages.messages(catalogue)}


def key(message: Message) -> tuple[object, str | None]:
    return message.id, message.context


def places(text: str) -> set[str]:
    return set(PLACE.findall(text.replace("%%", "")))


def texts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
