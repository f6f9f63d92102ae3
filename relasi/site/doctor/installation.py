"""Version, secret key, disk, data folder, built files, clock."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from relasi.kit.events.models import ChainHead, Event
from relasi.kit.events.sealing import head_code
from relasi.kit.events.writing import code_of
from relasi.site.doctor.findings import Finding, bad, fair, good

GIGABYTE = 1_000_000_000
LEAST_FREE, LITTLE_FREE = GIGABYTE // 4, 2 * GIGABYTE
SLACK = timedelta(seconds=5)
AHEAD = timedelta(minutes=2)


def migrations() -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield bad(
            "migrations",
            f"{len(plan)} migrations are not applied, first {plan[0][0]}.",
            "Run `relasi migrate`.",
        )
        return
    yield good("migrations", "The database is at this version.")


def secret_key() -> Iterator[Finding]:
    """Whether what is sealed under the key opens with it."""
    if len(settings.SECRET_KEY) < 32:
        yield bad(
            "secret key",
            "The secret key has fewer than 32 signs.",
            "Set a longer RELASI_SECRET_KEY before data comes in.",
        )
    path = Path(settings.DATA_DIR) / "secret.key"
    if (
        not os.environ.get("RELASI_SECRET_KEY")
        and path.exists()
        and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ):
        yield fair("secret key", f"Others on this machine can read {path}.", f"Run `chmod 600 {path}`.")
    head, event = ChainHead.objects.filter(pk=1).first(), Event.objects.order_by("-id").first()
    known = head is not None and head.mac == head_code(head.seal_no, head.sealed_events, head.hash)
    if event is not None and not known and event.mac != code_of(event):
        yield bad(
            "secret key",
            "The data was written under another secret key: "
            "identity numbers and second factors cannot be read.",
            "Put the key it was made with into RELASI_SECRET_KEY or secret.key in the data folder.",
        )
        return
    yield good("secret key", "The secret key is the one the data was written under.")


def disk() -> Iterator[Finding]:
    """Room in the data folder."""
    room = shutil.disk_usage(settings.DATA_DIR)
    text = f"{room.free / GIGABYTE:.1f} of {room.total / GIGABYTE:.0f} GB are free at {settings.DATA_DIR}."
    if room.free < LEAST_FREE:
        yield bad("disk", text, "Make room now: without it nothing can be written.")
    elif room.free < LITTLE_FREE:
        yield fair("disk", text, "Make room soon, also for backups.")
    else:
        yield good("disk", text)


def folder() -> Iterator[Finding]:
    """Whether files can be kept."""
    try:
        with tempfile.NamedTemporaryFile(dir=settings.DATA_DIR, prefix=".doctor-"):
            pass
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.MEDIA_ROOT, prefix=".doctor-"):
            pass
    except OSError as error:
        yield bad(
            "data folder",
            f"{settings.DATA_DIR} cannot be written: {error.strerror}.",
            "Give it to the user Relasi runs as.",
        )
        return
    yield good("data folder", f"{settings.DATA_DIR} can be written.")


def front_end() -> Iterator[Finding]:
    """Whether pages will have their style and scripts."""
    missing = [name for name in ("ui/app.css", "ui/app.js") if not finders.find(name)]
    if missing:
        yield bad(
            "front end",
            f"{' and '.join(missing)} are not built.",
            "Run `make build`, or install the wheel, which has them.",
        )
        return
    yield good("front end", "Style and scripts are built.")


def translations() -> Iterator[Finding]:
    """Whether the catalogue was compiled after its last change."""
    for source in sorted(path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.po")):
        made = source.with_suffix(".mo")
        if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            yield fair(
                "translations",
                f"{made.name} of {source.parent.parent.name} is missing or old.",
                "Run `make build`.",
            )
            return
    yield good("translations", "The translations are compiled.")


def clock() -> Iterator[Finding]:
    """This machine against the database's, and against what was written last."""
    now = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            theirs: datetime = cursor.fetchone()[0]
        if abs(theirs.astimezone(UTC) - now) > SLACK:
            apart = abs((theirs - now).total_seconds())
            yield bad(
                "clock",
                f"The clocks of this machine and of PostgreSQL are {apart:.0f} s apart.",
                "Let both follow NTP.",
            )
            return
    last = Event.objects.order_by("-id").values_list("at", flat=True).first()
    if last and last > now + AHEAD:
        yield bad(
            "clock",
            f"The last event is of {last:%Y-%m-%d %H:%M} UTC, ahead of this clock.",
            "Set the clock (NTP).",
        )
        return
    yield good("clock", f"The clock says {now:%Y-%m-%d %H:%M:%S} UTC.")
