"""How one value of one record is written: in lists, on the record page, on board cards and in files.

`show` answers with HTML, `text` with what a person would type, `typed` with a Python value for spreadsheets.
All three obey the reader's level for the field; kinds that are never shown in clear (identity numbers)
register a mask in MASKS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from relasi.kit.access.models import User
from relasi.kit.access.models.role import Level
from relasi.kit.records.money import currency_of
from relasi.kit.records.record import HIDDEN
from relasi.kit.resources import repeats
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import Field
from relasi.kit.resources.registry import resource_of
from relasi.kit.resources.values import write
from relasi.kit.ui import formats

Html = Markup | str
Mask = Callable[[Any, Field, str], str]

MASKS: dict[
    str, Mask
] = {}  # kind → fn(record, field, level): what is shown of a value that is never shown in clear
TONES: dict[tuple[str, str], Mapping[Any, str]] = {}  # (noun, field) → value → tone of its badge
TONE_NAMES = ("grey", "blue", "teal", "green", "amber", "violet", "pink", "red")
CHIPS_SHOWN = 3
LONGEST_SHOWN = 240

_BADGE = Markup('<span class="badge tone-{}"><span class="badge-dot"></span>{}</span>')
_TAG = Markup('<span class="tag tone-{}">{}</span>')
_FACE = Markup('<span class="avatar avatar-{} hue-{}{}" aria-hidden="true">{}</span>')
_PERSON = Markup(
    '<span class="person">{}<span class="person-text"><a class="person-name" href="{}">{}</a>{}</span></span>'
)
_DETAIL = Markup('<span class="person-detail">{}</span>')
_LINK = Markup('<a class="cell-link" href="{}" data-peek>{}</a>')
_WHO = Markup('<span class="cell-who">{}<span class="cell-who-name">{}</span></span>')
_AWAY = Markup('<a class="cell-link" href="{}" target="_blank" rel="noopener noreferrer">{}</a>')


def tones(noun: str, field: str, by_value: Mapping[Any, str]) -> None:
    """Give the values of a choice field their colours: names of TONE_NAMES."""
    TONES[noun, field] = by_value


def show(
    field: Field, record: Any, user: Any, *, resource: Resource | None = None, titled: bool = True
) -> Html:
    """One value as safe HTML, empty for nothing.

    With `titled` the field that names the record is a face and a link.
    """
    return writer(field, user, resource=resource or resource_of(record), titled=titled)(record)


def writer(
    field: Field,
    user: Any,
    *,
    resource: Resource | None,
    titled: bool = True,
    beside: Iterable[Field] = (),
) -> Callable[[Any], Html]:
    """`show` for many records of one noun: what does not depend on the record is decided once. What the
    fields `beside` it say is not said again below the name.
    """
    model = resource.model if resource else None
    level = user.rights.level(model, field.name) if model else Level.READ
    if level == Level.HIDDEN:
        return lambda record: ""
    if field.kind in MASKS or field.kind == "identity" or level == Level.MASKED:
        return lambda record: _masked(field, record, level)
    if titled and resource and field.name == resource.title:
        told = [other for other in beside if other.kind in ("text", "link")]
        return lambda record: title(record, resource, beside=told)
    if field.kind == "choice":
        return _choice_writer(field, resource)
    if field.kind == "link":
        return lambda record: _linked(field, record, user)
    if field.kind == "money":
        return lambda record: formats.money(field.value_of(record), currency_of(field.model_field, record))
    plain = WRITERS.get(field.kind, _text)
    return lambda record: plain(field, field.value_of(record))


def text(field: Field, record: Any, user: Any, *, resource: Resource | None = None) -> str:
    """One value as plain text that `values.read` takes back; masked stays masked, hidden is empty."""
    value = typed(field, record, user, resource=resource)
    return value if isinstance(value, str) else write(field, value)


def typed(field: Field, record: Any, user: Any, *, resource: Resource | None = None) -> Any:
    """One value for a file: str, bool, int, Decimal, date, datetime, a list for tags; masked and linked ones
    as text.
    """
    level = user.rights.level(type(record), field.name)
    if level == Level.HIDDEN:
        return ""
    if field.kind in MASKS or field.kind == "identity" or level == Level.MASKED:
        return _masked(field, record, level)
    value = field.value_of(record)
    if field.kind == "link":
        linked = readable_link(field, record, user)
        return str(getattr(linked, "full_name", linked)) if linked is not None else ""
    if field.kind == "choice" and value not in (None, ""):
        return str(field.choice_label(value))
    if field.kind == "multi":
        return [str(field.choice_label(part)) for part in value or []]
    if field.kind in {"number", "money"} and isinstance(value, float):
        return Decimal(str(value))
    if field.kind == "date" and isinstance(value, str) and value:
        return date.fromisoformat(value[:10])
    return "" if value is None else value


def title(record: Any, resource: Resource, *, size: str = "s", beside: Iterable[Field] = ()) -> Markup:
    """The name as a link that can also be looked at from the side, the noun's line below it; what has a name
    has a face too.
    """
    name = str(getattr(record, resource.title, "") or record)
    href = address(record, resource)
    detail = _detail(record, resource, beside)
    below = _DETAIL.format(detail) if detail else ""
    picture = face(name, key=record.pk, size=size) if resource.title == "name" else ""
    return _PERSON.format(picture, href, name or "—", below)


def _detail(record: Any, resource: Resource, beside: Iterable[Field]) -> str:
    """The noun's line, without those of its parts that stand beside it. Loads nothing for that."""
    said = resource.subtitle(record) if resource.subtitle else ""
    told = {str(_loaded(field, record)) for field in beside} if said else set()
    return " · ".join(part for part in said.split(" · ") if part not in told)


def _loaded(field: Field, record: Any) -> Any:
    if field.kind == "link":
        return record._state.fields_cache.get(field.name, "")
    return field.value_of(record)


def face(name: str, *, key: Any = "", size: str = "s", square: bool = False) -> Markup:
    """Initials in a quiet colour that stays the same for one person."""
    return _FACE.format(
        size, formats.hue(key or name), " avatar-square" if square else "", formats.initials(name)
    )


def badge(label: Any, tone: str = "grey") -> Markup:
    return _BADGE.format(tone, label)


def tone_of(field: Field, value: Any, resource: Resource | None) -> str:
    """The tone of one choice: as registered, as the company's own field says, or by its place; "" for no
    badge.
    """
    return _tones_of(field, resource).get(value, "")


def address(record: Any, resource: Resource | None = None) -> str:
    """Where a record is shown; empty where no noun shows it."""
    resource = resource or resource_of(record)
    return f"/{resource.name}/{record.pk}/" if resource else ""


def readable_link(field: Field, record: Any, user: Any) -> Any:
    """The record a link leads to, when the reader may see it; None otherwise.

    Asks nothing when `load_links` ran before.
    """
    loaded = record.__dict__.get("_links", {})
    if field.name in loaded:
        return loaded[field.name]
    load_links([field], [record], user)
    return record.__dict__["_links"][field.name]


def load_links(fields: Iterable[Field], rows: list[Any], user: Any) -> None:
    """Keep on every row the linked records the reader may see, by field name: one query for each table they
    are in.
    """
    links = [field for field in fields if field.kind == "link"]
    targets = _targets(links, rows, user)
    for field in links:
        found = targets.get(field.link_model, {})
        for row in rows:
            target = found.get(_target_id(field, row))
            row.__dict__.setdefault("_links", {})[field.name] = target
            if target is not None and field.model_field:
                row._state.fields_cache[field.name] = target


def _target_id(field: Field, row: Any) -> Any:
    return field.value_of(row) if field.custom or field.column else getattr(row, f"{field.name}_id")


def _targets(links: list[Field], rows: list[Any], user: Any) -> dict[Any, dict[Any, Any]]:
    """Table → number → record. Colleagues are known to everybody by name; anything else by right."""
    wanted: dict[Any, set[Any]] = {}
    for field in links:
        ids = {key for row in rows if (key := _target_id(field, row))}
        if ids and field.link_model is not None:
            wanted.setdefault(field.link_model, set()).update(ids)
    found = {}
    for model, ids in wanted.items():
        targets = model._default_manager.filter(pk__in=ids)
        targets = targets if issubclass(model, User) else user.rights.visible(targets)
        found[model] = {target.pk: target for target in targets}
    return found


def _masked(field: Field, record: Any, level: str) -> str:
    if field.kind in MASKS:
        return MASKS[field.kind](record, field, level)
    value = field.value_of(record)
    if value in (None, "", []):
        return ""
    known = field.kind in {"text", "phone", "email"} and isinstance(value, str) and len(value) > 6
    return f"{HIDDEN}{value[-3:]}" if known else HIDDEN


def _choice_writer(field: Field, resource: Resource | None) -> Callable[[Any], Html]:
    """Every choice is written once; cells then only look it up."""
    tone = _tones_of(field, resource)
    written = {
        value: _BADGE.format(tone[value], label) if tone.get(value) else escape(str(label))
        for value, label in field.choices
    }

    def cell(record: Any) -> Html:
        value = field.value_of(record)
        return written.get(value, "") if value in written or value in (None, "") else escape(str(value))

    return cell


def _tones_of(field: Field, resource: Resource | None) -> dict[Any, str]:
    registered = TONES.get((resource.noun, field.name)) if resource else None
    if registered:
        return dict(registered)
    if field.custom:
        return {option["value"]: str(option.get("colour") or "grey") for option in field.custom.options}
    if resource and resource.board and resource.board.lane == field.name:
        return {
            value: TONE_NAMES[place % len(TONE_NAMES)] for place, (value, _label) in enumerate(field.choices)
        }
    return {}


def _linked(field: Field, record: Any, user: Any) -> Html:
    target = readable_link(field, record, user)
    if target is None:
        return escape(_("Not open to you")) if _target_id(field, record) and field.link_model else ""
    if isinstance(target, User):
        return _WHO.format(face(str(target), key=target.pk, size="xs"), target)
    href = address(target)
    return _LINK.format(href, target) if href else escape(str(target))


def _text(_field: Field, value: Any) -> Html:
    if value in (None, "", []):
        return ""
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool | Decimal | date | time):
        return _by_type(value)
    shown = str(value)
    return escape(shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…")


def _by_type(value: Any) -> Html:
    """A computed column that says "text" but gives a date, a number or a truth."""
    if isinstance(value, bool):
        return _bool(None, value)
    if isinstance(value, datetime):
        return formats.when(value)
    if isinstance(value, date):
        return formats.date(value)
    return formats.time(value) if isinstance(value, time) else _number(None, value)


def _number(_field: Any, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, int):
        return formats.number(value)
    exact = Decimal(str(value)).normalize()
    return formats.number(exact, min(max(-int(exact.as_tuple().exponent), 0), 4))


def _money(_field: Field, value: Any) -> str:
    return formats.money(value)


def _date(_field: Field, value: Any) -> str:
    if isinstance(value, str) and value:
        value = date.fromisoformat(value[:10])
    return formats.date(value) if value else ""


def _datetime(_field: Field, value: Any) -> Html:
    return formats.when(value)


def _time(_field: Field, value: Any) -> str:
    return formats.time(value)


def _bool(_field: Any, value: Any) -> Html:
    if value is None:
        return ""
    return Markup('<span class="cell-yes">{}</span>').format(_("yes")) if value else escape(_("no"))


def _phone(_field: Field, value: Any) -> str:
    return formats.phone(value)


def _url(_field: Field, value: Any) -> Html:
    if not value:
        return ""
    short = str(value).partition("://")[2].rstrip("/") or str(value)
    return (
        _AWAY.format(value, short) if str(value).startswith(("https://", "http://")) else escape(str(value))
    )


def _multi(field: Field, value: Any) -> Html:
    own = (
        {option["value"]: option.get("colour") or "grey" for option in field.custom.options}
        if field.custom
        else {}
    )
    return _chips([(str(field.choice_label(part)), str(own.get(part, "grey"))) for part in value or []])


def _tags(_field: Field, value: Any) -> Html:
    return _chips([(tag.name, tag.colour) for tag in value or []])


def _chips(chips: list[tuple[str, str]]) -> Html:
    if not chips:
        return ""
    shown = [_TAG.format(tone, label) for label, tone in chips[:CHIPS_SHOWN]]
    if more := chips[CHIPS_SHOWN:]:
        names = ", ".join(label for label, _tone in more)
        shown.append(Markup('<span class="tag-more" title="{}">+{}</span>').format(names, len(more)))
    return Markup('<span class="tags">{}</span>').format(Markup("").join(shown))


def _json(_field: Field, value: Any) -> Html:
    return escape(str(value)) if value else ""


def _repeat(_field: Field, value: Any) -> Html:
    return escape(repeats.words(str(value))) if value else ""


WRITERS: dict[str, Callable[[Field, Any], Html]] = {
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "bool": _bool,
    "phone": _phone,
    "url": _url,
    "multi": _multi,
    "tags": _tags,
    "json": _json,
    "repeat": _repeat,
}


def names_of(model: Any, pks: Iterable[Any], user: Any) -> dict[Any, str]:
    """What linked records are called, as far as the reader may see them; colleagues are known to all."""
    rows = model._default_manager.filter(pk__in=list(pks))
    rows = rows if issubclass(model, User) else user.rights.visible(rows)
    return {row.pk: str(row) for row in rows}
