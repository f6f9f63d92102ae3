"""A listing: one noun, one reader, one filter, sort and choice of columns.

List, board, export and API all start here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Avg, Count, QuerySet, Sum

from relasi.kit.records.models import Tagging
from relasi.kit.resources.cells import load_links
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import Field, default_columns, fields_of
from relasi.kit.resources.filtering import And, Node, parse, to_q
from relasi.kit.resources.paging import PAGE, Key, Page, ordered, page, sort_keys
from relasi.kit.resources.searching import matching, narrowed

COUNT_CAP = 1000


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What is asked for. Build it with `listing()`, which checks every name."""

    resource: Resource
    user: Any
    fields: dict[str, Field]
    node: Node
    keys: list[Key]
    columns: list[Field]
    words: str = ""
    archived: bool = False
    verb: str = "view"

    def rows(self, verb: str = "") -> QuerySet[Any]:
        """All rows that meet the filter, unordered, as far as the reader may see (or do `verb`)."""
        rows = self.resource.rows(self.user)
        verb = verb or self.verb
        rows = rows if verb == "view" else self.user.rights.visible(rows, verb)
        rows = rows if self.archived else rows.live()
        found: QuerySet[Any] = rows.filter(
            to_q(self.node, resource=self.resource, user=self.user, fields=self.fields)
        )
        if self.words:
            found = narrowed(found, self.words, resource=self.resource, user=self.user, ids=self._found)
        return found

    @cached_property
    def _found(self) -> Any:
        """What the words find, asked once for page, count and totals."""
        return matching(self.words, self.resource)

    def page(self, after: str | None = None, size: int = PAGE) -> Page:
        """One page of rows with everything their cells need, in a fixed number of queries."""
        found = page(ordered(self._prepared(self.rows()), self.keys), self.keys, after, size)
        load_cells(self.columns, found.rows, self.user)
        load_links(self.columns, found.rows, self.user)
        return found

    def only(self, ids: Iterable[int]) -> list[Any]:
        """The rows of these numbers, in their order, with everything their cells need."""
        order = {pk: place for place, pk in enumerate(ids)}
        rows = list(self._prepared(self.resource.rows(self.user).filter(pk__in=order)))
        load_cells(self.columns, rows, self.user)
        load_links(self.columns, rows, self.user)
        return sorted(rows, key=lambda row: order[row.pk])

    def every_row(self, chunk: int = 2000) -> Iterable[Any]:
        """All rows in order, page after page (export)."""
        after = None
        while True:
            found = self.page(after, chunk)
            yield from found.rows
            if not (after := found.next):
                return

    def count(self) -> tuple[int, bool]:
        """How many, up to COUNT_CAP, and whether there are more."""
        seen = len(self.rows().order_by().values_list("pk")[: COUNT_CAP + 1])
        return min(seen, COUNT_CAP), seen > COUNT_CAP

    def groups(self, by: str, limit: int = 200) -> list[tuple[Any, int]]:
        """(value, number of rows) by one field, largest first."""
        field = self.fields[by]
        rows = self.rows().order_by().annotate(_group=field.sort_expression()).values_list("_group")
        return list(rows.annotate(n=Count("pk")).order_by("-n")[:limit])

    def totals(self) -> dict[str, Any]:
        """Sums at the foot, over everything that meets the filter."""
        names = [
            name for name in self.resource.totals if self.user.rights.searchable(self.resource.model, name)
        ]
        return self.rows().aggregate(**{name: Sum(name) for name in names}) if names else {}

    def figures(self) -> dict[str, Any]:
        """`{"count": n, "fields": {name: {"sum", "average"}}}`, exact; for the foot of a list, after the
        page.
        """
        names = [
            name for name in self.resource.totals if self.user.rights.searchable(self.resource.model, name)
        ]
        asked = {
            f"{name}__{word}": fn(name) for name in names for word, fn in (("sum", Sum), ("average", Avg))
        }
        found = self.rows().order_by().aggregate(count=Count("pk"), **asked)
        fields = {name: {word: found[f"{name}__{word}"] for word in ("sum", "average")} for name in names}
        return {"count": found["count"], "fields": fields}

    def _prepared(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.prefetch_related(*self.resource.preload) if self.resource.preload else rows
        for field in self.columns:
            if field.column and field.column.annotate:
                rows = field.column.annotate(rows)
        return rows


def listing(
    resource: Resource,
    user: Any,
    *,
    filter: str | Node = "",
    sort: Iterable[str] = (),
    columns: Iterable[str] = (),
    words: str = "",
    archived: bool = False,
    verb: str = "view",
) -> Listing:
    """Check and build. Raises FilterError or PageError in plain words. Columns the reader may not see are
    left out.

    `verb` is the right that the rows are asked for: "export" for files.
    """
    fields = fields_of(resource)
    rights = user.rights
    sortable = {name: field for name, field in fields.items() if rights.searchable(resource.model, name)}
    node = parse(filter) if isinstance(filter, str) else filter
    names = [name for name in (list(columns) or default_columns(resource)) if name in fields]
    chosen = Listing(
        resource=resource,
        user=user,
        fields=fields,
        node=node or And(),
        keys=sort_keys(list(sort) or list(resource.sort), sortable),
        columns=[fields[name] for name in rights.readable(resource.model, names)],
        words=words,
        archived=archived,
        verb=verb,
    )
    to_q(chosen.node, resource=resource, user=user, fields=fields)
    return chosen


def load_cells(columns: list[Field], rows: list[Any], user: Any) -> None:
    """Fetch what cells need for a whole page at once: tags, linked records of own fields, and for computed
    columns what this reader may see of what they tell.
    """
    if not rows:
        return
    for field in columns:
        if field.column and field.column.preload:
            field.column.preload(rows, user)
    if any(field.kind == "tags" for field in columns):
        load_tags(rows)


def load_tags(rows: list[Any]) -> None:
    """Set `tag_list` (Tag objects) on every row. One query."""
    by_id: dict[int, list[Any]] = {row.pk: [] for row in rows}
    taggings = (
        Tagging.objects.filter(noun=rows[0].noun, record_id__in=by_id)
        .select_related("tag")
        .order_by("tag__name")
    )
    for tagging in taggings:
        by_id[tagging.record_id].append(tagging.tag)
    for row in rows:
        row.tag_list = by_id[row.pk]
