"""The reference pages that the code itself can write: `.venv/bin/python -m tools.reference`.

A page for every declared noun (docs/reference/nouns/) and the endpoints of the API
(docs/reference/endpoints.md). `tests/test_docs.py` fails while a page differs from what this writes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
NOUNS = REFERENCE / "nouns"
NOTE = "<!-- Written by tools/reference.py from the declarations; change those. -->"
MANY_CHOICES = 30
KINDS = {
    "text": "text",
    "long": "long text",
    "number": "number",
    "money": "money",
    "date": "date",
    "datetime": "date and time", "repeat": "repetition (RRULE)",
    "time": "time of day",
    "bool": "yes or no",
    "choice": "choice",
    "multi": "several choices",
    "link": "link",
    "email": "e-mail",
    "phone": "phone",
    "url": "web address",
    "tags": "tags",
    "json": "data",
    "computed": "computed",
}


def main() -> int:
    """Write every page anew and take away those of nouns that are gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relasi.site.settings")
    import django

    django.setup()
    written = pages()
    NOUNS.mkdir(parents=True, exist_ok=True)
    for path in set(NOUNS.glob("*.md")) - set(written):
        path.unlink()
    for path, text in written.items():
        path.write_text(text)
    print(f"{len(written)} pages below {REFERENCE.relative_to(ROOT)}.")
    return 0


def pages() -> dict[Path, str]:
    """Every generated page and its text, in English."""
    from django.utils import translation

    from relasi.kit.resources.registry import resources

    with translation.override("en"):
        nouns = resources()
        made = {NOUNS / f"{resource.name}.md": page_of(resource) for resource in nouns}
        made[NOUNS / "README.md"] = contents(nouns)
        made[REFERENCE / "endpoints.md"] = endpoints()
    return made


# A noun ----------------------------------------------------------------------------------------------------


def page_of(resource: Any) -> str:
    """One noun: how it is reached, its fields, filters, verbs and boxes."""
    parts = [
        NOTE,
        f"# {resource.label}",
        f"List `/{resource.name}/`, one record `/{resource.name}/<number>/`, API `/api/v1/{resource.name}/`. "
        f"In events, rights and the audit trail: `{resource.noun}`.",
        layouts(resource),
        "## Fields",
        fields(resource),
        *section("Filters besides its fields", filters(resource)),
        *section("Computed columns", columns(resource)),
        *section("Verbs", verbs(resource)),
        *section("Boxes on the record's page", boxes(resource)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def section(title: str, body: str) -> list[str]:
    return [f"## {title}", body] if body else []


def layouts(resource: Any) -> str:
    said = ["Shown as a table"]
    if resource.board:
        said.append(f"a board (lanes: `{resource.board.lane}`)")
    if resource.calendar:
        said.append(f"a calendar (`{resource.calendar.start}`)")
    if resource.chart:
        said.append(f"a chart (by `{resource.chart.by}`)")
    sort = ", ".join(f"`{name}`" for name in resource.sort)
    return f"{', '.join(said)}. Sorted by {sort} unless asked otherwise."


def fields(resource: Any) -> str:
    from relasi.kit.resources.api.schemas import is_internal
    from relasi.kit.resources.fields import model_fields

    shown = [field for field in model_fields(resource) if not is_internal(field) and field.kind != "json"]
    rows = [
        (f"`{field.name}`", str(field.label), kind_of(field), can(field, resource), notes(field))
        for field in sorted(shown, key=lambda field: (not field.is_editable, field.name))
    ]
    if getattr(resource.model, "is_tagged", False):
        rows.append(("`tags`", "Tags", "tags", "change, filter", "names, as a list"))
    own = (
        "\n\nOwn fields your company adds are spelt `own.<key>`." if hasattr(resource.model, "custom") else ""
    )
    return table(("Name", "Label", "Kind", "One can", "Values"), rows) + own


def kind_of(field: Any) -> str:
    from relasi.kit.resources.registry import resources_of_noun

    if field.kind == "link" and field.link_model is not None:
        nouns = resources_of_noun(field.link_model._meta.concrete_model._meta.model_name)
        limits = field.model_field.get_limit_choices_to()
        same = [noun for noun in nouns if noun.model is field.link_model or (limits and noun.where == limits)]
        if nouns:
            return "link to " + ", ".join(f"[{noun.name}]({noun.name}.md)" for noun in same or nouns)
    return KINDS.get(field.kind, field.kind)


def can(field: Any, resource: Any) -> str:
    """What the declaration allows; rights may allow less."""
    abilities = {
        "change": field.is_editable,
        "edit in the list": field.is_editable and field.name in resource.inline,
        "filter": field.is_filterable,
        "sort": field.is_sortable,
    }
    return ", ".join(name for name, is_so in abilities.items() if is_so)


def notes(field: Any) -> str:
    said = ["required"] if field.is_required else []
    if hasattr(field.model_field, "relasi_choices"):
        pass  # known only when there is a company to ask
    elif 0 < len(field.choices) <= MANY_CHOICES:
        said.append(
            ", ".join(f"`{value}` {label}" for value, label in field.choices if value not in ("", None))
        )
    elif field.choices:
        said.append(f"one of {len(field.choices)}")
    if field.name in field.model_field.model.guarded_fields:
        said.append("masked unless a role opens it")
    return "; ".join(said)


def filters(resource: Any) -> str:
    from relasi.kit.resources.registry import filters_of

    rows = [
        (f"`{item.name}`", str(item.label), KINDS.get(item.kind, item.kind))
        for item in sorted(filters_of(resource), key=lambda item: item.name)
    ]
    return table(("Name", "Label", "Kind"), rows) if rows else ""


def columns(resource: Any) -> str:
    from relasi.kit.resources.declaration import Column
    from relasi.kit.resources.registry import columns_of

    rows = [
        (f"`{column.name}`", str(column.label), KINDS.get(column.kind, column.kind))
        for column in columns_of(resource)
        if isinstance(column, Column)
    ]
    return table(("Name", "Label", "Kind"), rows) if rows else ""


def verbs(resource: Any) -> str:
    from relasi.kit.resources.registry import verbs_of

    rows = [
        (
            f"`{verb.name}`",
            str(verb.label),
            f"`{verb.right or verb.name}`",
            "yes" if verb.bulk else "",
            _address_of(resource, verb),
        )
        for verb in verbs_of(resource)
    ]
    return table(("Verb", "Button", "Right", "For many", "API"), rows) if rows else ""


def _address_of(resource: Any, verb: Any) -> str:
    """A verb that only asks a form of its own has no address."""
    has_one = verb.form is None or verb.fields
    return f"`POST /api/v1/{resource.name}/<number>/{verb.name}/`" if has_one else ""


def boxes(resource: Any) -> str:
    from relasi.kit.resources.registry import find, panels_of

    names = []
    for panel in panels_of(resource):
        other = find(getattr(panel, "resource", "") or "")
        names.append(str(panel.label or (other.label if other else panel.resource)))
    return "\n".join(f"- {name}" for name in names)


# All nouns, all endpoints ----------------------------------------------------------------------------------


def contents(nouns: Iterable[Any]) -> str:
    rows = [
        (f"[{resource.label}]({resource.name}.md)", f"`{resource.name}`", f"`{resource.noun}`")
        for resource in nouns
    ]
    intro = (
        "What Relasi keeps records of. Each page tells the fields, filters and verbs of one kind of record "
        "by the names used in filters, files and the API."
    )
    return (
        "\n\n".join((NOTE, "# Nouns", intro, table(("Noun", "In addresses", "In events and rights"), rows)))
        + "\n"
    )


def endpoints() -> str:
    """The API's addresses, from its OpenAPI document."""
    from relasi.kit.resources.api.building import build_api

    document = build_api().get_openapi_schema(path_prefix="/api/v1/")
    groups: dict[str, list[tuple[str, ...]]] = {}
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            row = (f"`{method.upper()}`", f"`{path}`", str(said.get("summary", "")))
            groups.setdefault(said.get("tags", ["other"])[0], []).append(row)
    intro = (
        "The document with every shape is served at `/api/v1/openapi.json`. "
        "How to use it: [the API](../how-to/api.md)."
    )
    tables = [f"## {name}\n\n{table(('Method', 'Path', 'What'), rows)}" for name, rows in groups.items()]
    return "\n\n".join((NOTE, "# Endpoints of the API", intro, *tables)) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    lines = [head, tuple("---" for _cell in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
