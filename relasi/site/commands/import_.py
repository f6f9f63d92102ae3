"""`relasi import people FILE`: take in a file here and now, with the rights of one colleague."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from relasi.kit.access.rights import may
from relasi.kit.jobs import cancel
from relasi.kit.resources.importing import engine, starting
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.results import result_lines
from relasi.site.colleagues import colleague, resource_named
from relasi.site.failures import CommandFailed

HELP = (
    "Take in records from a CSV, XLSX or vCard file. "
    "Ends with 1 when rows failed, 2 when nothing could be done."
)
PIECE = 1 << 20
ORDER = ("created", "updated", "unchanged", "skipped", "failed")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", help="the noun: people, companies, tasks …")
    parser.add_argument("file", type=Path)
    parser.add_argument("--match", help="how known records are recognised, separated by commas; empty: never")
    parser.add_argument("--on-match", choices=("update", "merge", "skip"))
    parser.add_argument("--dry-run", action="store_true", help="read every row, write nothing")
    parser.add_argument(
        "--owner", default="", metavar="EMAIL", help="whose rights it has and whose the records are"
    )
    parser.add_argument(
        "--result", type=Path, help="where the line for every row is written (FILE.result.csv)"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(options: argparse.Namespace) -> int:
    owner, resource = colleague(options.owner), resource_named(options.resource)
    if not may(owner, "import", resource.model):
        raise CommandFailed(f"{owner} may not import {resource.name}.")
    with translation.override(owner.language):
        return _take_in(_mapped(options, resource, owner), options)


def _mapped(options: argparse.Namespace, resource: Any, owner: Any) -> ImportRun:
    if not options.file.is_file():
        raise CommandFailed(f"There is no file {options.file}.")
    try:
        with options.file.open("rb") as file:
            run = starting.receive(
                resource=resource,
                name=options.file.name,
                chunks=iter(lambda: file.read(PIECE), b""),
                by=owner,
            )
        mapping = {column: to for column, to in run.mapping.items() if to.get("field")}
        starting.map_columns(run, mapping=mapping, options=_options(options, resource), by=owner)
    except ValidationError as error:
        raise CommandFailed(" ".join(error.messages)) from error
    _show_mapping(run)
    return run


def _options(options: argparse.Namespace, resource: Any) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if options.match is not None:
        chosen["match"] = [name.strip() for name in options.match.split(",") if name.strip()]
        known = {name for name, _label in engine.importer_for(resource).match_rules}
        if wrong := set(chosen["match"]) - known:
            raise CommandFailed(
                f"There is no match rule {', '.join(sorted(wrong))}; there are: {', '.join(sorted(known))}."
            )
    if options.on_match:
        chosen["on_match"] = options.on_match
    return chosen


def _take_in(run: ImportRun, options: argparse.Namespace) -> int:
    bar = _Bar()
    if options.dry_run:
        engine.try_run(run, told=bar)
        run.refresh_from_db()
        return _tell(run, run.trial, trial=True)
    if not (options.yes or _agreed(run)):
        starting.discard(run, by=run.owner)
        return 0
    starting.start(run, by=run.owner)
    if run.job:
        cancel(run.job)  # written here; a worker that was quicker is waited for
    try:
        engine.carry_on(run, told=bar)
        _wait(run, bar)
    except KeyboardInterrupt:
        run.refresh_from_db()
        print(
            f"\nStopped after {run.read_rows} rows. It can be gone on with or undone on its page.",
            file=sys.stderr,
        )
        raise
    result = options.result or Path(f"{options.file.name}.result.csv")
    with result.open("w", encoding="utf-8-sig", newline="") as file:
        file.writelines(result_lines(run))
    code = _tell(run, run.counts, trial=False)
    print(f"A line for every row: {result}")
    return code


def _wait(run: ImportRun, bar: _Bar) -> None:
    run.refresh_from_db()
    while run.state == ImportRun.State.RUNNING:
        time.sleep(0.5)
        run.refresh_from_db()
        bar(run.read_rows, run.total_rows, "")


def _tell(run: ImportRun, counts: Mapping[str, int], *, trial: bool) -> int:
    if run.state == ImportRun.State.FAILED:
        raise CommandFailed(run.message)
    print(", ".join(f"{kind} {counts.get(kind, 0)}" for kind in ORDER))
    failed = run.rows.filter(is_trial=trial, outcome=ImportRow.Outcome.FAILED).order_by("number")
    for row in failed[:10]:
        print(
            f"  row {row.number}: "
            + "; ".join(f"{where}: {text}" if where else text for where, text in row.problems)
        )
    if counts.get("failed", 0) > 10:
        print(f"  … and {counts['failed'] - 10} more")
    return 1 if counts.get("failed") else 0


def _show_mapping(run: ImportRun) -> None:
    width = max(len(column) for column in run.columns)
    print(f"{run.file_name}: {run.total_rows} rows, {run.format}, {run.source}")
    for column in run.columns:
        to = run.mapping.get(column, {})
        place = (
            f"{to['field']}{' ' + str(to['index']) if to.get('index', 1) > 1 else ''}"
            if to.get("field")
            else "(left out)"
        )
        print(f"  {column:<{width}}  →  {place}")
    print(
        f"  known by: {', '.join(run.options.get('match', [])) or 'nothing'}; "
        f"then: {run.options.get('on_match', 'update')}"
    )


def _agreed(run: ImportRun) -> bool:
    if not sys.stdin.isatty():
        raise CommandFailed("Say --yes to take it in without being asked, or --dry-run to try.")
    return input(f"Take in {run.total_rows} rows? [y/N] ").strip().lower() in {"y", "yes", "ya"}


class _Bar:
    """One line on standard error: rows, rate, time left."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, done: int, total: int, _note: str) -> None:
        rate = done / max(time.monotonic() - self._began, 0.001)
        left = max(total - done, 0) / rate if rate else 0
        end = "\n" if done >= total else ""
        print(
            f"\r  {done} of {total} rows, {rate:.0f} a second, {left:.0f} s left   ",
            end=end,
            file=sys.stderr,
            flush=True,
        )
