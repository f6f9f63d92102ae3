"""`relasi search-reindex`: write the search index anew from the records."""

from __future__ import annotations

import argparse
import time

from relasi.kit.resources.indexing import reindex
from relasi.kit.resources.registry import find, resources
from relasi.site.failures import CommandFailed

HELP = "Write the search index anew from the records."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", metavar="RESOURCE", nargs="?", default="", help="only this noun")


def run(options: argparse.Namespace) -> int:
    searched = [resource for resource in resources() if resource.search]
    if options.resource:
        chosen = find(options.resource)
        if chosen is None or not chosen.search:
            raise CommandFailed(f"Can be searched: {', '.join(resource.name for resource in searched)}.")
        searched = [chosen]
    for resource in searched:
        began = time.monotonic()
        print(
            f"{resource.name}: {reindex(resource):,} records ({time.monotonic() - began:.1f} s)", flush=True
        )
    return 0
