"""`relasi backup FILE`: one consistent archive of records and files, while people go on working."""

from __future__ import annotations

import argparse
import sys
import time

from relasi.site.backup.keys import passphrase
from relasi.site.backup.writing import write_backup

HELP = "Write records and files to one archive, while people go on working."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", help="where to write, for example relasi.backup; - is standard output"
    )
    parser.add_argument(
        "--with-key",
        action="store_true",
        help="put the secret key in as well, under a passphrase (asked, or RELASI_BACKUP_PASSPHRASE)",
    )


def run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    secret = passphrase(is_new=True) if options.with_key else ""
    manifest = write_backup(options.file, passphrase=secret, say=_say)
    rows, tables = sum(manifest["counts"].values()), len(manifest["counts"])
    _say(
        f"{rows:,} rows of {tables} tables and {manifest['files']} files in {time.monotonic() - began:.1f} s."
    )
    if not options.with_key:
        _say(
            "The secret key is not in it. "
            "Keep it elsewhere (RELASI_SECRET_KEY or secret.key in the data folder): "
            "identity numbers and second factors cannot be read without it."
        )
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
