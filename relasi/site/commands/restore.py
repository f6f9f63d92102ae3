"""`relasi restore FILE`: a backup into an empty database of either kind."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from relasi.site.backup.keys import passphrase
from relasi.site.backup.restoring import restore

HELP = "Take a backup into an empty database, SQLite or PostgreSQL."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--into", metavar="URL", default="", help="the database, instead of RELASI_DATABASE_URL"
    )
    parser.add_argument(
        "--without-key", action="store_true", help="go on though the secret key of the backup is not here"
    )


def run(options: argparse.Namespace) -> int:
    if options.into:
        return _in_another_process(options)
    began = time.monotonic()
    restored = restore(
        options.file, passphrase=lambda: passphrase(is_new=False), without_key=options.without_key, say=_say
    )
    for flaw in restored.flaws[:20]:
        _say(flaw)
    _say(f"{restored.rows:,} rows and {restored.files} files in {time.monotonic() - began:.1f} s.")
    _say(SEALED[restored.is_sealed])
    return 1 if restored.flaws else 0


SEALED = {
    True: "Counts, hashes and the audit trail are those of the backup.",
    False: "Counts and hashes are those of the backup, but the audit trail does not hold: see above.",
    None: "Counts and hashes are those of the backup. "
    "The audit trail cannot be checked without its secret key.",
}


def _in_another_process(options: argparse.Namespace) -> int:
    """The database is settled when a process starts."""
    command = [sys.executable, "-m", "relasi.site.cli", "restore", options.file]
    command += ["--without-key"] if options.without_key else []
    return subprocess.call(command, env={**os.environ, "RELASI_DATABASE_URL": options.into})  # noqa: S603


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
