"""From a filter's tree to a Q, for one noun and one reader."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.records.models import Tagging
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import Field, custom_expression, fields_of
from relasi.kit.resources.filtering.language import And, FilterError, Node, Not, Or, Test
from relasi.lib import periods

COMPARE = {"<": "lt", "<=": "lte", ">": "gt", ">=": "gte"}


def to_q(node: Node, *, resource: Resource, user: Any, fields: dict[str, Field] | None = None) -> Q:
    """A Q over `resource.rows(user)`.

    Raises FilterError for unknown, hidden or masked fields and for bad values.
    """
    known = fields or fields_of(resource)
    return _q(node, lambda test: _test(test, resource, user, known))


def _q(node: Node, test: Callable[[Test], Q]) -> Q:
    match node:
        case And(parts):
            whole = Q()
            for part in parts:
                whole &= _q(part, test)
            return whole
        case Or(parts):
            any_of = Q()
            for part in parts:
                any_of |= _q(part, test)
            return any_of
        case Not(part):
            inner = _q(part, test)
            return ~inner if inner else Q(pk__in=[])
        case Test():
            return test(node)


def _test(test: Test, resource: Resource, user: Any, fields: dict[str, Field]) -> Q:
    field = fields.get(test.field)
    if not field or not field.is_filterable or not user.rights.searchable(resource.model, field.name):
        raise FilterError(_("There is no field “%(field)s” to filter by.") % {"field": test.field})
    if field.filter:
        return field.filter.query(test.operator, list(test.values), user)
    if test.operator in {"empty", "not empty"}:
        return _empty(field) if test.operator == "empty" else ~_empty(field)
    if test.operator in {"in", "not in"}:
        any_of = Q()
        for value in test.values:
            any_of |= _one(field, "=", value, resource, user)
        return any_of if test.operator == "in" else ~any_of
    if test.operator in {"!=", "!~"}:
        return ~_one(field, {"!=": "=", "!~": "~"}[test.operator], test.values[0], resource, user)
    return _one(field, test.operator, test.values[0], resource, user)


def _one(field: Field, operator: str, value: str, resource: Resource, user: Any) -> Q:
    reader: Callable[..., Q] = READERS.get(field.kind, _text)
    found = reader(field, operator, value, resource, user)
    return _by_expression(found, field) if field.custom and field.kind in INDEXED_KINDS else found


def _by_expression(node: Q, field: Field) -> Q:
    """The same tests on the expression an own field's index is made of, not on the JSON path."""
    parts = [
        _by_expression(part, field) if isinstance(part, Q) else _lookup(field, str(part[0]), part[1])  # type: ignore[index]
        for part in node.children
    ]
    return Q(*parts, _connector=node.connector, _negated=node.negated)


def _lookup(field: Field, path: str, value: Any) -> Any:
    """`custom__shoe__gte` as `expression >= value`; texts are equal whatever their case."""
    word = path.removeprefix(str(field.path)).lstrip("_") or "exact"
    expression = custom_expression(field.custom)  # type: ignore[arg-type]
    if word == "iexact":
        return Exact(Upper(expression), Upper(Value(value, output_field=TextField())))
    return expression.output_field.get_lookup(word)(expression, value)


def _empty(field: Field) -> Q:
    path = str(field.path)
    if field.kind == "tags":
        return ~_tagged_any(field)
    empty = Q(**{f"{path}__isnull": True})
    if field.custom:
        return empty | Q(**{path: None}) | Q(**{path: ""}) | Q(**{path: []})
    if field.kind in {"text", "long", "email", "phone", "url", "choice", "repeat"} and not _is_numeric(field):
        return empty | Q(**{path: ""}) if field.is_nullable else Q(**{path: ""})
    return empty


def _is_numeric(field: Field) -> bool:
    internal = field.model_field.get_internal_type() if field.model_field else ""
    return "Integer" in internal or "Decimal" in internal


def _text(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    path = str(field.path)
    lookup = {"=": "iexact", "~": "icontains"}.get(operator) or COMPARE[operator]
    if operator == "=" and field.kind in {"email", "phone"} and not field.custom:
        return Q(**{path: value.lower()}) | Q(**{path: value})
    if operator == "=" and not field.custom:
        if field.model_field.db_index or _is_indexed(field):
            return Q(
                **{
                    f"{path}__in": sorted(
                        {value, value.lower(), value.upper(), value.title(), value.capitalize()}
                    )
                }
            )
        return Q(**{f"{path}__iexact": value})
    return Q(**{f"{path}__{lookup}": value})


def _is_indexed(field: Field) -> bool:
    """Whether an index begins with the column (after the kind): equality then asks for the usual spellings,
    not for any.
    """
    indexes = field.model_field.model._meta.indexes
    return any(field.name in index.fields[:2] for index in indexes if index.fields[:1] != [f"-{field.name}"])


def _choice(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    """Choices compare by their order: `rung >= client`."""
    path = str(field.path)
    keys = [key for key, _label in field.choices]
    by_word = {str(key).lower(): key for key in keys} | {
        str(label).lower(): key for key, label in field.choices
    }
    if operator == "~":
        chosen = [key for key, label in field.choices if value.lower() in str(label).lower()]
        return Q(**{f"{path}__in": chosen})
    if value.lower() not in by_word:
        raise FilterError(
            _("“%(value)s” is not a choice of %(field)s.") % {"value": value, "field": field.label}
        )
    at = keys.index(by_word[value.lower()])
    chosen = {"=": [keys[at]], "<": keys[:at], "<=": keys[: at + 1], ">": keys[at + 1 :], ">=": keys[at:]}[
        operator
    ]
    return Q(**{path: chosen[0]}) if len(chosen) == 1 else Q(**{f"{path}__in": chosen})


def _number(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    try:
        number = Decimal(value.replace("_", ""))
    except InvalidOperation:
        raise FilterError(_("“%(value)s” is not a number.") % {"value": value}) from None
    if not number.is_finite() or abs(number) > Decimal(10) ** 18:
        raise FilterError(_("“%(value)s” is not a number.") % {"value": value})
    lookup = COMPARE.get(operator)
    plain: Any = float(number) if field.custom else number
    if _is_numeric(field) and number == number.to_integral() and not field.custom:
        plain = int(number)
        if "Integer" in field.model_field.get_internal_type() and abs(plain) > 2**62:
            raise FilterError(_("“%(value)s” is too large.") % {"value": value})
    return Q(**{f"{field.path}__{lookup}" if lookup else str(field.path): plain})


def _date(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    """A date word names a span: `=` within it, `<` before it starts, `>` after it ends."""
    try:
        start, end = periods.resolve(value, today=timezone.localdate())
    except ValueError as error:
        raise FilterError(_("“%(value)s” is not a date.") % {"value": value}) from error
    low, high = _edges(field, start, end)
    path = str(field.path)
    match operator:
        case "<":
            return Q(**{f"{path}__lt": low})
        case "<=":
            return Q(**{f"{path}__lt": high})
        case ">":
            return Q(**{f"{path}__gte": high})
        case ">=":
            return Q(**{f"{path}__gte": low})
    return Q(**{f"{path}__gte": low, f"{path}__lt": high})


def _edges(field: Field, start: date, end: date) -> tuple[Any, Any]:
    if field.kind == "date":
        return (start.isoformat(), end.isoformat()) if field.custom else (start, end)
    zone = timezone.get_current_timezone()
    try:
        return tuple(datetime.combine(day, time(), zone).astimezone(UTC) for day in (start, end))  # type: ignore[return-value]
    except OverflowError:
        raise FilterError(_("That date is too far away.")) from None


def _bool(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    words = {
        "yes": True,
        "true": True,
        "1": True,
        "ya": True,
        "no": False,
        "false": False,
        "0": False,
        "tidak": False,
    }
    if value.lower() not in words:
        raise FilterError(_("“%(value)s” is neither yes nor no.") % {"value": value})
    return Q(**{str(field.path): words[value.lower()]})


def _link(field: Field, operator: str, value: str, resource: Resource, user: Any) -> Q:
    """By number, by `me` and `my team` where it leads to users, or by the other record's name."""
    path = str(field.path)
    if value.isdecimal() and len(value) < 19:
        return Q(**{path if field.custom else f"{path}_id": int(value)})
    if value == "me":
        return Q(**{f"{path}_id": user.pk})
    if value == "my team":
        return Q(**{f"{path}__in": user.rights._colleague_ids or [user.pk]})
    if field.custom or not field.link_model:
        raise FilterError(_("Links are filtered by the record's number."))
    name = next(n for n in ("name", "title", "subject", "email") if hasattr(field.link_model, n))
    lookup = "icontains" if operator == "~" else "iexact"
    rows = user.rights.visible(field.link_model._default_manager.filter(**{f"{name}__{lookup}": value}))
    return Q(**{f"{path}__in": rows.values("pk")})


def _multi(field: Field, operator: str, value: str, *_rest: Any) -> Q:
    """A list in JSON holds the value; both databases can look for the quoted word."""
    return Q(**{f"{field.path}__icontains": value if operator == "~" else f'"{value}"'})


def _tagged(field: Field, operator: str, value: str, resource: Resource, *_rest: Any) -> Q:
    lookup = "tag__name__icontains" if operator == "~" else "tag__name__iexact"
    rows = Tagging.objects.filter(noun=resource.noun, **{lookup: value})
    return Q(pk__in=rows.values("record_id"))


def _tagged_any(field: Field) -> Q:
    return Q(pk__in=Tagging.objects.values("record_id"))


INDEXED_KINDS = {"text", "number", "money", "date", "choice", "link"}
READERS: dict[str, Callable[..., Q]] = {
    "choice": _choice,
    "number": _number,
    "money": _number,
    "date": _date,
    "datetime": _date,
    "bool": _bool,
    "link": _link,
    "multi": _multi,
    "tags": _tagged,
}
