"""A filter as chips: what each part of its tree says in the reader's words, and the tree with one part
changed.

A part is named by its path from the root: `""` is the root, `"0"` its first part, `"0.2"` that part's third.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relasi.kit.access.models import User
from relasi.kit.resources.fields import Field
from relasi.kit.resources.filtering import And, Node, Not, Or, Test
from relasi.kit.ui import formats

EMPTY = {"empty", "not empty"}
ANY_OF = {"in": gettext_lazy("is"), "not in": gettext_lazy("is not")}
MISSING = {"empty": gettext_lazy("is empty"), "not empty": gettext_lazy("is not empty")}
ORDERED = {">=": gettext_lazy("is at least"), "<=": gettext_lazy("is at most")}
TEXT = {
    "~": gettext_lazy("contains"), "!~": gettext_lazy("does not contain"),
    "=": gettext_lazy("is"), "!=": gettext_lazy("is not"),
}  # fmt: skip
NUMBER = {
    "=": gettext_lazy("is"), "!=": gettext_lazy("is not"), ">=": gettext_lazy("is at least"),
    "<=": gettext_lazy("is at most"), ">": gettext_lazy("is more than"), "<": gettext_lazy("is less than"),
}  # fmt: skip
WHEN = {
    "=": gettext_lazy("is in"), "<": gettext_lazy("is before"), ">": gettext_lazy("is after"),
    "<=": gettext_lazy("is up to"), ">=": gettext_lazy("is from"), "!=": gettext_lazy("is not in"),
}  # fmt: skip
OPERATORS: dict[str, Mapping[str, Any]] = {
    "choice": {**ANY_OF, **ORDERED, **MISSING},
    "multi": {**ANY_OF, **MISSING},
    "tags": {**ANY_OF, **MISSING},
    "link": {**ANY_OF, **MISSING},
    "bool": {"=": gettext_lazy("is")},
    "date": {**WHEN, **MISSING},
    "datetime": {**WHEN, **MISSING},
    "number": {**NUMBER, **MISSING},
    "money": {**NUMBER, **MISSING},
}
SPANS = (
    ("today", gettext_lazy("today")),
    ("yesterday", gettext_lazy("yesterday")),
    ("this week", gettext_lazy("this week")),
    ("last week", gettext_lazy("last week")),
    ("this month", gettext_lazy("this month")),
    ("last month", gettext_lazy("last month")),
    ("this quarter", gettext_lazy("this quarter")),
    ("this year", gettext_lazy("this year")),
    ("last year", gettext_lazy("last year")),
    ("last 7 days", gettext_lazy("last 7 days")),
    ("last 30 days", gettext_lazy("last 30 days")),
    ("last 90 days", gettext_lazy("last 90 days")),
    ("tomorrow", gettext_lazy("tomorrow")),
    ("next week", gettext_lazy("next week")),
    ("next month", gettext_lazy("next month")),
    ("next 7 days", gettext_lazy("next 7 days")),
    ("next 30 days", gettext_lazy("next 30 days")),
)
SPAN_LABELS = dict(SPANS)
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Chip:
    """One test, or with `parts` a group joined by "and" or "or"; `negated` when it stands behind "not"."""

    path: str
    field: Any = ""
    operator: Any = ""
    value: str = ""
    parts: tuple[Chip, ...] = ()
    joined: str = ""
    negated: bool = False
    icon: str = "filter"


def operators_of(field: Field) -> Mapping[str, Any]:
    """The operators a reader can pick for a field, with their words."""
    if field.filter:
        return (
            {"=": gettext_lazy("is"), "!=": gettext_lazy("is not")}
            if field.kind != "bool"
            else OPERATORS["bool"]
        )
    return OPERATORS.get(field.kind, {**TEXT, **MISSING})


def normal(node: Node) -> And:
    """The tree with an And at its root, so that a new chip always has a place."""
    return node if isinstance(node, And) else And((node,))


def at(node: Node, path: str) -> Node:
    """The part a path names. Raises LookupError."""
    for step in _steps(path):
        node = _parts(node)[step]
    return node


def without(node: Node, path: str) -> Node:
    """The tree without that part; groups left with one part dissolve."""
    return normal(_changed(node, _steps(path), None) or And())


def put(node: Node, path: str, part: Node) -> Node:
    """The tree with another part in that place."""
    return normal(_changed(node, _steps(path), part) or And())


def added(node: Node, path: str, part: Node) -> Node:
    """The tree with one more part in the group at `path`; a single test there becomes a group joined by "or".
    """
    here = at(node, path)
    if isinstance(here, And | Or):
        grown: Node = type(here)((*here.parts, part))
    else:
        grown = Or((here, part))
    return put(node, path, grown) if path else normal(grown)


def turned(node: Node, path: str) -> Node:
    """The tree with "and" and "or" swapped in the group at `path`."""
    here = at(node, path)
    if not isinstance(here, And | Or):
        return node
    swapped: Node = Or(here.parts) if isinstance(here, And) else And(here.parts)
    return put(node, path, swapped) if path else normal(swapped)


def tests_in(node: Node) -> Iterable[Test]:
    if isinstance(node, Test):
        yield node
    else:
        for part in _parts(node):
            yield from tests_in(part)


def chips_of(node: And, fields: Mapping[str, Field], user: Any) -> tuple[Chip, ...]:
    """The chips of a filter. One query for each kind of record that is named by number."""
    names = _names_of_links(node, fields, user)
    return tuple(_chip(part, str(place), fields, names) for place, part in enumerate(node.parts))


def value_label(field: Field, value: str, names: Mapping[tuple[str, str], str]) -> str:
    """One value in the reader's words."""
    if (field.name, value) in names:
        return names[field.name, value]
    if value in SPAN_LABELS:
        return str(SPAN_LABELS[value])
    if value == "me":
        return _("me")
    if value == "my team":
        return _("my team")
    if field.kind == "bool":
        return _("yes") if value.lower() in {"yes", "true", "1", "ya"} else _("no")
    if field.choices:
        return next((str(label) for key, label in field.choices if str(key) == value), value)
    return formats.phone(value) if field.kind == "phone" else value


def _chip(node: Node, path: str, fields: Mapping[str, Field], names: Mapping[tuple[str, str], str]) -> Chip:
    if isinstance(node, Not):
        inner = _chip(node.part, f"{path}.0", fields, names)
        return Chip(path=path, parts=(inner,), joined="not", negated=True)
    if isinstance(node, And | Or):
        parts = tuple(_chip(part, f"{path}.{place}", fields, names) for place, part in enumerate(node.parts))
        return Chip(path=path, parts=parts, joined="and" if isinstance(node, And) else "or")
    field = fields.get(node.field)
    if field is None:
        return Chip(path=path, field=node.field, operator=node.operator, value=", ".join(node.values))
    labels = [value_label(field, value, names) for value in node.values]
    return Chip(
        path=path,
        field=field.label,
        operator=_operator_label(field, node),
        value=_several(labels),
        icon=FIELD_ICONS.get(field.kind, "cursor-text"),
    )


def _operator_label(field: Field, test: Test) -> str:
    words = operators_of(field)
    alike = {"=": "in", "!=": "not in", "in": "=", "not in": "!="}
    found = words.get(test.operator) or words.get(alike.get(test.operator, ""))
    if (
        field.kind in {"date", "datetime"}
        and test.operator == "="
        and test.values
        and test.values[0][:1].isdecimal()
    ):
        return _("is")
    return str(found or {**TEXT, **NUMBER, **MISSING}.get(test.operator, test.operator))


def _several(labels: list[str]) -> str:
    if len(labels) <= NAMES_SHOWN:
        return ", ".join(labels)
    more = len(labels) - NAMES_SHOWN + 1
    first = ", ".join(labels[: NAMES_SHOWN - 1])
    return first + " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}


def _names_of_links(node: Node, fields: Mapping[str, Field], user: Any) -> dict[tuple[str, str], str]:
    """(field, number) → name of the records that tests name by number, as far as the reader may see them."""
    wanted: dict[str, set[str]] = {}
    for test in tests_in(node):
        field = fields.get(test.field)
        if field and field.kind == "link" and field.link_model:
            wanted.setdefault(test.field, set()).update(
                v for v in test.values if v.isdecimal() and len(v) < 19
            )
    found = {}
    for name, numbers in wanted.items():
        model = fields[name].link_model
        rows = model._default_manager.filter(pk__in=numbers)
        rows = rows if issubclass(model, User) else user.rights.visible(rows)
        found.update({(name, str(record.pk)): str(record) for record in rows} if numbers else {})
    return found


def _steps(path: str) -> list[int]:
    try:
        return [int(step) for step in path.split(".")] if path else []
    except ValueError:
        raise LookupError(path) from None


def _parts(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Not):
        return (node.part,)
    return node.parts if isinstance(node, And | Or) else ()


def _changed(node: Node, steps: list[int], part: Node | None) -> Node | None:
    if not steps:
        return part
    parts = list(_parts(node))
    inner = _changed(parts[steps[0]], steps[1:], part)
    if isinstance(node, Not):
        return Not(inner) if inner else None
    parts[steps[0] : steps[0] + 1] = [inner] if inner else []
    if not parts:
        return None
    kind = Or if isinstance(node, Or) else And
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


FIELD_ICONS = {
    "choice": "circle-check",
    "multi": "checkbox",
    "tags": "tag",
    "link": "link",
    "bool": "checks",
    "date": "calendar",
    "datetime": "clock",
    "time": "clock",
    "number": "hash",
    "money": "receipt",
    "phone": "phone",
    "repeat": "repeat",
    "email": "mail",
    "url": "world",
    "identity": "id",
}


def made_test(field: Field, operator: str, values: list[str]) -> Test:
    """A test from what a form gave: several values become a list, one a plain comparison.

    Raises ValueError.
    """
    if operator in EMPTY:
        return Test(field.name, operator)
    values = [value.strip() for value in values if value.strip()]
    if not values:
        raise ValueError(_("Choose or type a value."))
    if operator in {"in", "not in"}:
        if len(values) == 1:
            return Test(field.name, "=" if operator == "in" else "!=", (values[0],))
        return Test(field.name, operator, tuple(dict.fromkeys(values)))
    return Test(field.name, operator, (values[0],))
