"""`relasi duplicates`: look for customers that are there twice."""

from __future__ import annotations

import argparse
import time

from relasi.parties.actions.find_duplicates import find_duplicates

HELP = "Look for customers that are there twice, for the review queue."


def arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(options: argparse.Namespace) -> int:
    began = time.monotonic()
    found = find_duplicates()
    told = ", ".join(f"{kind} {count:,}" for kind, count in found.items())
    print(f"{sum(found.values()):,} pairs wait for review: {told} ({time.monotonic() - began:.1f} s).")
    return 0
