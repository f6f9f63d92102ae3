"""`relasi verify-audit`: read the whole audit trail and say whether anybody touched it."""

from __future__ import annotations

import argparse

from relasi.kit.events.models import ChainHead
from relasi.kit.events.sealing import seal_events, verify_chain

HELP = "Verify the audit chain; exit code 1 when something was touched."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-seal", action="store_true", help="read only: do not seal what is new first")


def run(options: argparse.Namespace) -> int:
    if not options.no_seal:
        seal_events()
    flaws = 0
    for flaw in verify_chain():
        flaws += 1
        print(f"{flaw.kind}: seal {flaw.seal_no}" + (f", event {flaw.event_id}" if flaw.event_id else ""))
    head = ChainHead.objects.filter(pk=1).first()
    if head:
        print(f"{head.seal_no} seals, {head.sealed_events} events, last seal {head.hash}")
    print(f"{flaws} flaws." if flaws else "The trail is whole.")
    return 1 if flaws else 0
