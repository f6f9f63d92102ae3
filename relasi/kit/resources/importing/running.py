"""The three jobs of an import."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.jobs import TimedOut, job
from relasi.kit.resources.importing import engine
from relasi.kit.resources.importing.models import ImportRun
from relasi.kit.resources.values import plain_words
from relasi.lib.tables import TableError

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)  # with the longest wait: less than a minute after a kill, however often
WAIT = timedelta(seconds=10)


@job(queue="imports", lease=LEASE, longest_wait=WAIT)
def try_import(*, run_id: int) -> None:
    _with_run(run_id, engine.try_run)


@job(queue="imports", lease=LEASE, longest_wait=WAIT, tries=1000)
def run_import(*, run_id: int) -> None:
    _with_run(run_id, engine.carry_on)


@job(queue="imports", lease=LEASE, longest_wait=WAIT, tries=1000)
def undo_import(*, run_id: int, by_id: int = 0) -> None:
    by = User.objects.filter(pk=by_id).first()
    _with_run(run_id, lambda run: engine.undo_run(run, by=by))


def _with_run(run_id: int, act: Callable[[ImportRun], object]) -> None:
    run = ImportRun.objects.select_related("owner", "act").filter(pk=run_id).first()
    if run is None:
        return
    try:
        act(run)
    except TableError as error:
        _fail(run, plain_words(error))
    except (OperationalError, InterfaceError, TimedOut):
        raise
    except Exception as error:
        log.exception("%s stopped", run)
        _fail(
            run,
            _("Something unexpected stopped this (%(error)s). What was written is whole.")
            % {"error": type(error).__name__},
        )


def _fail(run: ImportRun, message: str) -> None:
    run.refresh_from_db()
    run.change(by=run.owner, verb="failed", state=ImportRun.State.FAILED, message=message)
