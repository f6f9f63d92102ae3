"""The text form of a filter and its tree.

    owner = me and (city in ("Medan", "Jakarta") or rung >= client) and created_at = last 30 days and not
    email is empty

Operators: = != < <= > >= ~ (contains) !~ in, not in, is empty, is not empty. Values: words, "quoted text",
numbers, dates (2026-08-17), relative dates (today, this month, last 30 days, next 7 days, -30d), `me`, `my
team`. Own fields: own.key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


class FilterError(ValueError):
    """The filter cannot be read; the message says where and why, in plain words."""


@dataclass(frozen=True)
class Test:
    """`field operator values`; operators `empty` and `not empty` take no value."""

    __test__ = False
    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class And:
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Or:
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Not:
    part: Node


Node = Test | And | Or | Not
OPERATORS = ("!=", "<=", ">=", "!~", "=", "<", ">", "~")
_TOKEN = re.compile(
    r"""\s*(?:(?P<op>!=|<=|>=|!~|=|<|>|~)|(?P<mark>[(),])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<word>[^\s()=<>!~,"]+))"""
)
_RELATIVE = re.compile(r"(today|yesterday|tomorrow|now|(this|last|next)\s+(\d+\s+)?\w+)$", re.I)
_PHRASE_START = {"this", "last", "next", "my"}
LONGEST = 8000
DEEPEST = 40
MOST_VALUES = 500  # a database takes about a thousand comparisons in one question


@dataclass(frozen=True)
class _Token:
    kind: str  # op, mark, text (quoted) or word
    text: str
    at: int


def parse(text: str) -> Node:
    """The tree of a filter; an empty text is `And()`, which everything meets. Raises FilterError."""
    if len(text) > LONGEST:
        raise FilterError(_("The filter is too long."))
    tokens = _tokens(text)
    if not tokens:
        return And()
    reader = _Reader(tokens)
    node = reader.either()
    if reader.peek():
        raise reader.error(_("“%(word)s” was not expected here."))
    return node


def to_text(node: Node) -> str:
    """The text that parses back to the same tree."""
    match node:
        case And(parts):
            return " and ".join(
                f"({to_text(part)})" if isinstance(part, Or | And) else to_text(part) for part in parts
            )
        case Or(parts):
            return " or ".join(
                f"({to_text(part)})" if isinstance(part, And | Or) else to_text(part) for part in parts
            )
        case Not(part):
            return f"not ({to_text(part)})"
        case Test(field, "empty", _values):
            return f"{field} is empty"
        case Test(field, "not empty", _values):
            return f"{field} is not empty"
        case Test(field, operator, values) if operator in {"in", "not in"}:
            return f"{field} {operator} ({', '.join(_quoted(value) for value in values)})"
        case Test(field, operator, values):
            return f"{field} {operator} {_quoted(values[0])}"


def to_json(node: Node) -> dict[str, Any]:
    """The tree as plain data, for the chips."""
    match node:
        case And(parts):
            return {"and": [to_json(part) for part in parts]}
        case Or(parts):
            return {"or": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Test(field, operator, values):
            return {"field": field, "op": operator, "values": list(values)}


def from_json(data: Any) -> Node:
    """The reverse of `to_json`. Raises FilterError."""
    match data:
        case {"and": [*parts]}:
            return And(tuple(from_json(part) for part in parts))
        case {"or": [*parts]}:
            return Or(tuple(from_json(part) for part in parts))
        case {"not": part}:
            return Not(from_json(part))
        case {"field": str(field), "op": str(operator), "values": [*values]}:
            return Test(field, operator, tuple(str(value) for value in values))
    raise FilterError(_("The filter is not of a known form."))


def _quoted(value: str) -> str:
    if _RELATIVE.match(value) or value == "my team":
        return value
    if re.fullmatch(r"[^\s()=<>!~,\"\\]+", value) and value.lower() not in {"and", "or", "not", "is", "in"}:
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if not match:
            raise FilterError(_("The filter cannot be read at “%(rest)s”.") % {"rest": text[at : at + 20]})
        kind = str(match.lastgroup)
        body = match[kind]
        if kind == "quoted":
            kind, body = "text", re.sub(r"\\(.)", r"\1", body)
        tokens.append(_Token(kind, body, at))
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent: either → both → one."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.values = 0

    def peek(self, ahead: int = 0) -> _Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def word(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.text.lower() if token and token.kind == "word" else ""

    def take(self) -> _Token:
        token = self.peek()
        if not token:
            raise FilterError(_("The filter ends too early."))
        self.at += 1
        return token

    def error(self, text: str) -> FilterError:
        token = self.peek()
        return FilterError(text % {"word": token.text if token else ""})

    def either(self) -> Node:
        parts = [self.both()]
        while self.word() == "or":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Node:
        parts = [self.one()]
        while self.word() == "and":
            self.take()
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def one(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FilterError(_("The filter has too many brackets."))
        node = self._one()
        self.depth -= 1
        return node

    def _one(self) -> Node:
        token = self.peek()
        if token and token.kind == "mark" and token.text == "(":
            self.take()
            node = self.either()
            self.close()
            return node
        if self.word() == "not":
            self.take()
            return Not(self.one())
        return self.test()

    def close(self) -> None:
        token = self.peek()
        if not token or token.text != ")" or token.kind != "mark":
            raise FilterError(_("A closing bracket is missing."))
        self.take()

    def test(self) -> Test:
        token = self.take()
        if token.kind != "word":
            raise FilterError(_("A field name was expected, not “%(word)s”.") % {"word": token.text})
        field = token.text
        if self.word() == "is":
            return self.emptiness(field)
        if self.word() == "in" or (self.word() == "not" and self.word(1) == "in"):
            return self.membership(field)
        operator = self.take()
        if operator.kind != "op":
            raise FilterError(_("After “%(field)s” an operator such as = was expected.") % {"field": field})
        return Test(field, operator.text, (self.value(),))

    def emptiness(self, field: str) -> Test:
        self.take()
        negated = self.word() == "not"
        if negated:
            self.take()
        if self.word() != "empty":
            raise FilterError(_("After “is” only “empty” or “not empty” can follow."))
        self.take()
        return Test(field, "not empty" if negated else "empty")

    def membership(self, field: str) -> Test:
        operator = "in"
        if self.take().text.lower() == "not":
            self.take()
            operator = "not in"
        if self.take().text != "(":
            raise FilterError(_("After “in” a list in brackets was expected."))
        values = [self.value()]
        while (token := self.peek()) and token.kind == "mark" and token.text == ",":
            self.take()
            values.append(self.value())
        self.close()
        return Test(field, operator, tuple(values))

    def value(self) -> str:
        self.values += 1
        if self.values > MOST_VALUES:
            raise FilterError(_("The filter compares with too many values."))
        token = self.take()
        if token.kind == "text":
            return token.text
        if token.kind != "word":
            raise FilterError(_("A value was expected, not “%(word)s”.") % {"word": token.text})
        words = [token.text]
        while words[0].lower() in _PHRASE_START and (follow := self.peek()) and follow.kind == "word":
            if follow.text.lower() in {"and", "or"}:
                break
            words.append(self.take().text)
        return " ".join(words)
