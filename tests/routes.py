"""Every address of the product, read from its URL patterns, with values that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
GROUP = re.compile(r"\(\?P<(?P<name>\w+)>(?:[^()]|\([^()]*\))*\)")
LOOSE = re.compile(r"\(\?:[^()]*\)\?")
TEXTS = {
    "field": "name", "kind": "phone", "name": "tags", "verb": "finish", "noun": "party", "what": "filter",
    "token": "x" * 20, "part": "dialog", "key": "x", "uidb36": "1", "slug": "x", "step": "x",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One address: its name (with namespace), its pattern and its view."""

    name: str
    pattern: str
    view: Any

    def url(self, *, resource: str = "people", pk: int = 1) -> str:
        """The address with a noun, a record and plausible texts in its places."""

        def fill(match: re.Match[str]) -> str:
            kind, name = match.groupdict().get("kind"), match["name"]
            if kind == "resource":
                return resource
            return str(pk) if kind == "int" or name == "pk" else TEXTS.get(name, "x")

        text = GROUP.sub(lambda match: TEXTS.get(match["name"], "x"), LOOSE.sub("", self.pattern))
        text = PLACE.sub(fill, text)
        return "/" + text.replace("^", "").replace("$", "").replace("\\", "")

    @property
    def is_of_a_noun(self) -> bool:
        return "<resource:resource>" in self.pattern

    @property
    def names_a_record(self) -> bool:
        return bool(re.search(r"<(int:(?!row)\w+|pk)>", self.pattern))


def routes() -> list[Route]:
    """Every address once: of several patterns alike the first answers."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, "", ""):
        found.setdefault(route.pattern, route)
    return list(found.values())


def names() -> set[str]:
    """The names of all patterns, also of those that another one hides."""
    return {route.name for route in _walk(get_resolver().url_patterns, "", "")}


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, text, inner)
        else:
            name = pattern.name or text.replace("^", "").strip("$/")
            yield Route(f"{namespace}{name}", text, pattern.callback)
