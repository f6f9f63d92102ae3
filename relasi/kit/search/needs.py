"""What a text must contain to be found: a tree of `All`, `Some` and pieces, made from a query's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relasi.kit.search.folding import spelt

SHORTEST_MISSPELT = 4


@dataclass(frozen=True)
class All:
    parts: tuple[Need, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Need, ...]


Need = All | Some | str


def exactly(words: Iterable[str]) -> Need:
    """Every word, in any order: inside another from three letters on, as the beginning of one below that."""
    return All(tuple(_word(word) for word in words))


def nearly(words: Iterable[str], misspelt: Iterable[str]) -> Need:
    """Every word, those of `misspelt` with one slip: a sign missing, too many, another or two swapped."""
    wrong = set(misspelt)
    return All(tuple(_one_slip(word) if word in wrong else _word(word) for word in words))


def roughly(words: Iterable[str], misspelt: Iterable[str]) -> Need:
    """Every word, those of `misspelt` right in one half, or in one third of a long word (two slips)."""
    wrong = set(misspelt)
    return All(tuple(_a_part(word) if word in wrong else _word(word) for word in words))


def met(need: Need, body: str) -> bool:
    """Whether a text has what is needed."""
    if isinstance(need, str):
        return need in body
    return (all if isinstance(need, All) else any)(met(part, body) for part in need.parts)


def forms(word: str) -> tuple[str, ...]:
    """A word as typed and in the spelling under which names meet."""
    return (word,) if spelt(word) == word else (word, spelt(word))


def grams(piece: str) -> list[str]:
    """The runs of three signs of a piece, each once: `"budi"` → `["bud", "udi"]`."""
    return list(dict.fromkeys(piece[at : at + 3] for at in range(len(piece) - 2)))


def _word(word: str) -> Need:
    found = tuple(form if len(form) > 2 else form.rjust(3) for form in forms(word))
    return found[0] if len(found) == 1 else Some(found)


def _one_slip(word: str) -> Need:
    """What is left of the word around each place where the slip can be."""
    whole = f"  {_key(word)}  "
    ways = [_around(whole, at) for at in range(2, len(whole) - 2)]
    return Some(tuple(dict.fromkeys(ways)))


def _around(whole: str, at: int) -> Need:
    pieces = tuple(piece for piece in (whole[:at], whole[at + 2 :]) if len(piece) > 2)
    return pieces[0] if len(pieces) == 1 else All(pieces)


def _key(word: str) -> str:
    """The spelling under which a misspelt word is looked for: too little is left of some."""
    return spelt(word) if len(spelt(word)) >= SHORTEST_MISSPELT else word


def _a_part(word: str) -> Need:
    whole = _key(word)
    third, half = len(whole) // 3, (len(whole) + 1) // 2
    parts = [f"  {whole[:half]}", f"{whole[-half:]}  "]
    if third > 2:
        parts += [f"  {whole[:third]}", whole[third:-third], f"{whole[-third:]}  "]
    return Some(tuple(parts))
