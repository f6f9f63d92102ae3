"""`relasi migrate`: bring the database to this version."""

from __future__ import annotations

import argparse

from django.core.management import call_command

from relasi.site import statistics

HELP = "Bring the database to this version."


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    call_command("migrate", verbosity=1, interactive=False)
    statistics.refresh()
    return 0
