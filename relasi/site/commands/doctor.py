"""`relasi doctor`: what is wrong here, in plain words, and the way out."""

from __future__ import annotations

import argparse
import json

from relasi.site.doctor import examine
from relasi.site.doctor.findings import Finding, Level

HELP = "Say what keeps this installation from working, and the way out."
SIGNS = {Level.GOOD: "✓", Level.FAIR: "!", Level.BAD: "✗"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--deep", action="store_true", help="also read the whole database and audit trail")


def run(options: argparse.Namespace) -> int:
    """1 when something is bad."""
    found = []
    for finding in examine(is_deep=options.deep):
        found.append(finding)
        if not options.json:
            _show(finding)
    if options.json:
        print(json.dumps([finding.plain() for finding in found], indent=2))
    return 1 if any(finding.level == Level.BAD for finding in found) else 0


def _show(finding: Finding) -> None:
    print(f"{SIGNS[finding.level]} {finding.name:14} {finding.text}", flush=True)
    if finding.way_out:
        print(f"  {'':14} → {finding.way_out}", flush=True)
