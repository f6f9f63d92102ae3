"""`relasi export people > people.csv`: what a list would show, with the rights of one colleague."""

from __future__ import annotations

import argparse
import sys
import tempfile

from django.http import QueryDict
from django.utils import translation

from relasi.kit.access.rights import may
from relasi.kit.resources import asking, exporting
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.listing import Listing
from relasi.kit.resources.paging import PageError
from relasi.site.colleagues import colleague, resource_named
from relasi.site.failures import CommandFailed

HELP = "Write the records of a noun to standard output as CSV, XLSX or JSON."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", help="the noun: people, companies, tasks …")
    parser.add_argument(
        "--filter", default="", help="as above a list: city = Bandung and rung in (client, member)"
    )
    parser.add_argument("--columns", default="", help="names of fields, separated by commas")
    parser.add_argument("--format", choices=sorted(exporting.MIME), default="csv")
    parser.add_argument(
        "--as", dest="reader", default="", metavar="EMAIL", help="whose rights it has (the owner's)"
    )


def run(options: argparse.Namespace) -> int:
    reader, resource = colleague(options.reader), resource_named(options.resource)
    if not (may(reader, "view", resource.model) and may(reader, "export", resource.model)):
        raise CommandFailed(f"{reader} may not export {resource.name}.")
    with translation.override(reader.language):
        query = QueryDict(mutable=True)
        query.update({"filter": options.filter, **({"columns": options.columns} if options.columns else {})})
        try:
            listing = asking.read(query, resource, reader).listing(reader, verb="export")
            exporting.told(
                listing, options.format, listing.rows().count(), by=reader, query=query.urlencode()
            )
            _write(listing, options.format)
        except (FilterError, PageError) as error:
            raise CommandFailed(str(error)) from error
    return 0


def _write(listing: Listing, kind: str) -> None:
    if kind == "xlsx":
        with tempfile.TemporaryFile() as file:
            exporting.write_xlsx(listing, listing.every_row(), file)
            file.seek(0)
            while piece := file.read(1 << 20):
                sys.stdout.buffer.write(piece)
        return
    lines = exporting.csv_lines if kind == "csv" else exporting.json_lines
    for line in lines(listing, listing.every_row()):
        sys.stdout.buffer.write(line.encode())
