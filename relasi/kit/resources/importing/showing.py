"""What the page of one import shows: its columns and their places, its options, how far it is, what became of
it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from relasi.kit.jobs.models import Job
from relasi.kit.records.models import CustomField
from relasi.kit.records.record import HIDDEN
from relasi.kit.resources.importing.contract import Place
from relasi.kit.resources.importing.engine import importer_of, resource_of
from relasi.kit.resources.importing.mapping import NEW
from relasi.kit.resources.importing.masking import closed_columns
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.sampling import samples

MOST_OF_MANY = 5
OWN_KINDS = ("text", "number", "money", "date", "choice", "multi")
ENCODINGS = ("utf-8", "utf-16", "cp1252", "iso-8859-1", "cp1250", "utf-8-sig")
SEPARATORS = (
    (",", gettext_lazy("Comma")), (";", gettext_lazy("Semicolon")), ("\t", gettext_lazy("Tab")),
    ("|", gettext_lazy("Bar")),
)  # fmt: skip
SOURCES = {
    "google": "Google Contacts", "google-old": "Google Contacts", "outlook": "Outlook",
    "hubspot-contacts": "HubSpot", "hubspot-companies": "HubSpot",
}  # fmt: skip
ON_MATCH = (
    ("update", gettext_lazy("Update it: what the file says replaces what is there")),
    ("merge", gettext_lazy("Fill gaps: only what is empty is filled")),
    ("skip", gettext_lazy("Leave it: known records are passed over")),
)
DAY_ORDERS = (
    ("dmy", gettext_lazy("Day first: 31/12/2026")), ("mdy", gettext_lazy("Month first: 12/31/2026")),
    ("ymd", gettext_lazy("Year first: 2026/12/31")),
)  # fmt: skip
KINDS = (
    ("created", "green", "plus"), ("updated", "blue", "pencil"), ("unchanged", "grey", "check"),
    ("skipped", "amber", "minus"), ("failed", "red", "alert-circle"),
)  # fmt: skip


@dataclass
class ColumnView:
    """One column of the file on the mapping page. `sure` is a percentage, None when a person chose."""

    number: int
    name: str
    samples: list[str]
    chosen: str
    part: str
    sure: int | None
    kind: str = "text"
    error: str = ""

    @property
    def trust(self) -> str:
        """green, amber or red: how sure the guess is."""
        return "green" if (self.sure or 0) >= 90 else "amber" if (self.sure or 0) >= 70 else "red"


@dataclass
class OptionGroup:
    label: str
    options: list[tuple[str, str]] = field(default_factory=list)


def columns_of(
    run: ImportRun, typed: dict[str, dict[str, Any]], errors: dict[str, list[str]], user: Any
) -> list[ColumnView]:
    """Every column with its samples and its place: what was typed, else what was decided or guessed."""
    shown, found = [], samples(run)
    found |= {column: [HIDDEN] for column in closed_columns(run, user) if found.get(column)}
    for number, name in enumerate(run.columns):
        to = typed.get(name) or run.mapping.get(name) or {}
        place = (
            f"{to['field']}:{to.get('index', 1)}"
            if to.get("field") not in (None, "", NEW)
            else to.get("field", "")
        )
        kind = "choice" if to.get("kind") == "bool" else to.get("kind") or "text"
        shown.append(
            ColumnView(number, name, found.get(name, []), place, to.get("part", ""), to.get("sure"), kind,
                " ".join(errors.get(name, [])))
        )  # fmt: skip
    return shown


def place_groups(run: ImportRun, user: Any) -> list[OptionGroup]:
    """The places of a noun for a select, by their groups; those that may come more than once are numbered."""
    groups: dict[str, OptionGroup] = {}
    used = max((int(to.get("index", 1)) for to in run.mapping.values()), default=1)
    for place in importer_of(run).places(resource_of(run), user):
        group = groups.setdefault(str(place.group), OptionGroup(str(place.group)))
        group.options += _options(place, max(used, MOST_OF_MANY))
    return list(groups.values())


def _options(place: Place, most: int) -> list[tuple[str, str]]:
    if not place.many:
        return [(f"{place.field}:1", str(place.label))]
    return [
        (f"{place.field}:{n}", f"{place.label} {n}" if n > 1 else str(place.label))
        for n in range(1, most + 1)
    ]


def own_kinds() -> list[tuple[str, str]]:
    return [(kind, str(CustomField.Kind(kind).label)) for kind in OWN_KINDS]


def source_name(run: ImportRun) -> str:
    """The program the file came from, if it is known; else its format."""
    return SOURCES.get(run.source) or {"csv": "CSV", "xlsx": "Excel", "vcard": "vCard"}.get(
        run.format, run.format.upper()
    )


def tallies(run: ImportRun) -> list[dict[str, Any]]:
    """Counts by outcome, of the trial until the real thing has begun."""
    counts = run.counts if run.act_id else run.trial
    labels = dict(ImportRow.Outcome.choices)
    return [
        {"kind": kind, "label": labels[kind], "tone": tone, "icon": icon, "number": counts.get(kind, 0)}
        for kind, tone, icon in KINDS
    ]


@dataclass
class Way:
    """How far a job is."""

    done: int
    total: int
    detail: str
    is_waiting: bool
    is_stuck: bool
    label: str


def way_of(run: ImportRun) -> Way:
    """What the progress bar shows."""
    job = run.job
    total = (job.progress_total if job and job.progress_total else None) or run.total_rows
    done = run.read_rows if run.state == ImportRun.State.RUNNING else job.progress_done if job else 0
    waiting = job is not None and job.state == "waiting"
    labels = {
        "checking": _("Trying every row"),
        "running": _("Taking in rows"),
        "undoing": _("Taking the import back"),
    }
    return Way(
        min(done, total),
        total,
        _detail(job, done, total),
        waiting,
        job is None or job.is_finished,
        labels.get(run.state, ""),
    )


def _detail(job: Job | None, done: int, total: int) -> str:
    from relasi.kit.ui.formats import number

    if job is None or job.state == "waiting":
        return _("Waiting for a worker…")
    said = [_("%(done)s of %(total)s rows") % {"done": number(min(done, total)), "total": number(total)}]
    if job.rate and total > done:
        said.append(_("%(n)s rows a second") % {"n": number(round(job.rate))})
        said.append(_left(timedelta(seconds=(total - done) / job.rate)))
    return " · ".join(said)


def _left(time: timedelta) -> str:
    seconds = max(round(time.total_seconds()), 1)
    if seconds < 90:
        return ngettext("%(n)d second left", "%(n)d seconds left", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {"n": minutes}
