"""Which of the candidates a reader most likely meant."""

from __future__ import annotations

from rapidfuzz.distance import JaroWinkler

from relasi.kit.search.folding import spelt, words_of
from relasi.kit.search.needs import forms

ALIKE = 0.85


def closeness(words: list[str], title: str, body: str) -> float:
    """0 to 1 for an entry that has every word: whole words of the title, then beginnings, then insides."""
    named = words_of(title)
    rest = body.split()
    score = sum(max(_place(form, named, rest) for form in forms(word)) for word in words) / len(words)
    return score * (1.0 if named[: len(words)] == words else 0.98) - 0.002 * min(len(named), 10)


def likeness(words: list[str], title: str, body: str) -> float:
    """0 to 0.5 for an entry that may be meant by misspelt words; 0 when one of them is like nothing in it."""
    named = set(words_of(title))
    found = [_alike(spelt(word), word, body.split(), named) for word in words]
    return 0.0 if min(found) < ALIKE else 0.5 * sum(found) / len(found)


def _place(word: str, named: list[str], rest: list[str]) -> float:
    if word in named:
        return 1.0
    if any(other.startswith(word) for other in named):
        return 0.9
    if word in rest:
        return 0.8
    if any(other.startswith(word) for other in rest):
        return 0.7
    return 0.5


def _alike(key: str, word: str, body: list[str], named: set[str]) -> float:
    """How like the nearest word of the entry is; words outside the title count a little less."""
    return max(
        (_likeness(key, word, other) * (1.0 if other in named else 0.99) for other in body), default=0.0
    )


def _likeness(key: str, word: str, other: str) -> float:
    if other.startswith(word):
        return 0.9 if len(other) > len(word) else 1.0
    if abs(len(other) - len(key)) > 2:
        return 0.0
    return max(JaroWinkler.similarity(key, other), JaroWinkler.similarity(word, other))
