"""The vocabulary in which a noun is declared: frozen data, never subclassed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from relasi.kit.records.record import Record, RecordQuerySet

Text = Any  # a str or a lazy translation


class _Final:
    """Subclassing a declaration raises: what does not fit it is an ordinary view."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__module__ != __name__:
            raise TypeError(f"{cls.__name__}: a declaration is not subclassed; write a view instead.")


@dataclass(frozen=True, kw_only=True)
class Column(_Final):
    """A computed column.

    `value(record)` reads from a row; `annotate` adds what it needs to the query, by name;
    `preload(rows, user)` fetches it for a whole page, as far as the reader may see it. `path` is how the ORM
    reaches the same value, so that lists sort and filter by it.
    """

    name: str
    label: Text
    value: Callable[[Any], Any]
    kind: str = "text"
    annotate: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    preload: Callable[[list[Any], Any], None] | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Filter(_Final):
    """A filter that is not a column of the table: `query(operator, values, user)` answers with a Q."""

    name: str
    label: Text
    query: Callable[[str, list[Any], Any], Q]
    kind: str = "bool"
    choices: Callable[[], list[tuple[str, Text]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Group(_Final):
    """Fields under one heading, on the record page and in the form."""

    label: Text
    fields: tuple[str, ...]
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Search(_Final):
    """What the search box knows: the words of `fields` and of `more(record)`; `subtitle(record)` explains a
    hit.
    """

    fields: tuple[str, ...] = ("name",)
    more: Callable[[Any], str] | None = None
    subtitle: Callable[[Any], str] | None = None


@dataclass(frozen=True, kw_only=True)
class BoardLane(_Final):
    """A lane that a noun names itself: `rows` stand in it, `value` is what a drop sets the lane field to;
    `sort` where its cards stand in an order of their own.
    """

    value: str
    label: Text
    rows: Q
    tone: str = "grey"
    sort: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Board(_Final):
    """Lanes by a choice or link field. `move(record, lane, by, **asked)` when a drop is more than a change of
    the field.

    `value`: a money or number field summed at the head of a lane, `weighted` a second one beside it; `asks`:
    names of fields to fill in place on a drop, or `asks(record, lane, user)`, which answers with Fields;
    `sort`: the order of cards unless the reader chose one. `lanes(listing)` names the lanes; they are counted
    and summed whole, so index what they are found by. `switch(listing)` offers other boards of the same noun:
    (label, filter, is current).
    """

    lane: str
    card: tuple[str, ...] = ()
    value: str = ""
    weighted: str = ""
    asks: tuple[str, ...] | Callable[[Any, str, Any], Iterable[Any]] = ()
    move: Callable[..., Any] | None = None
    sort: tuple[str, ...] = ()
    lanes: Callable[[Any], Iterable[BoardLane]] | None = None
    switch: Callable[[Any], Iterable[tuple[Text, str, bool]]] | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar(_Final):
    """Which date or time fields place a record on the calendar.

    `yearly`: a number field holding month × 100 + day of `start`, for days that come back every year.
    """

    start: str
    end: str = ""
    yearly: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart(_Final):
    """The first chart shown: count (or sum of `measure`) by `by`, at most 30 bars."""

    by: str
    measure: str = ""
    kind: str = "bar"


@dataclass(frozen=True, kw_only=True)
class Verb(_Final):
    """A small verb of the record: button, `POST /deals/7/win/`, permission, API call, bulk action and audit
    line.

    Calls `record.<name>(by=user, **fields)`. `fields`: names of model fields or form fields asked first;
    `form`: a Django form class taking `(data, record=, user=)` when they need more (with `fields` besides,
    those are what the API asks); `when(record)`: whether it makes sense now; `right`: the verb asked of `may`
    if not its own name.
    """

    name: str
    label: Text
    icon: str = "bolt"
    fields: tuple[str, ...] = ()
    form: type[Any] | None = None
    when: Callable[[Any], bool] | None = None
    bulk: bool = False
    danger: bool = False
    right: str = ""
    primary: bool = False


@dataclass(frozen=True, kw_only=True)
class Panel(_Final):
    """A box beside the timeline, above it when `wide`. `context(record, user)` feeds `template`; None hides
    the box.
    """

    name: str
    label: Text
    template: str
    context: Callable[[Any, Any], Mapping[str, Any] | None]
    order: int = 50
    wide: bool = False


@dataclass(frozen=True, kw_only=True)
class Related(_Final):
    """A box listing rows of another resource whose `via` points at this record."""

    resource: str
    via: str
    label: Text = ""
    columns: tuple[str, ...] = ()
    sort: str = ""
    order: int = 50

    @property
    def name(self) -> str:
        return f"{self.resource}-{self.via}"


@dataclass(frozen=True, kw_only=True)
class Resource(_Final):
    """One noun, declared once.

    `name` is the word in the URL, the API and saved views ("people"); `where` narrows a shared table and
    fills new rows; `section` is the heading it stands under in the menu (none: not in the menu), `phone` puts
    it into a phone's bottom bar; `title` is the field that names a record; `columns` are shown first, `more`
    can be picked; `inline` are edited in cells; `groups` lay out page and form; `create_fields` limits the
    create form; `totals` are summed at the foot of lists; `layout` is what a reader sees first.
    """

    name: str
    model: type[Record]
    label: Text
    label_one: Text
    icon: str = "file"
    section: Text = ""
    order: int = 50
    phone: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)
    title: str = "name"
    columns: tuple[str | Column, ...] = ()
    more: tuple[str | Column, ...] = ()
    filters: tuple[str | Filter, ...] = ()
    inline: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    create_fields: tuple[str, ...] = ()
    sort: tuple[str, ...] = ("-id",)
    totals: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    search: Search | None = None
    board: Board | None = None
    calendar: Calendar | None = None
    chart: Chart | None = None
    layout: str = "table"
    verbs: tuple[Verb, ...] = ()
    panels: tuple[Panel | Related, ...] = ()
    importer: Any = None
    can_create: bool = True
    can_delete: bool = True
    timeline: bool = False
    subtitle: Callable[[Any], str] | None = None

    @property
    def noun(self) -> str:
        return str(self.model._meta.concrete_model._meta.model_name)  # type: ignore[union-attr]

    def rows(self, user: Any, verb: str = "view") -> RecordQuerySet:
        """The rows `user` may see, narrowed to this noun. The only way a page gets rows."""
        table = self.model._default_manager
        rows: RecordQuerySet = (
            table.visible_to(user) if verb == "view" else user.rights.visible(table.all(), verb)
        )
        return rows.filter(**self.where)
