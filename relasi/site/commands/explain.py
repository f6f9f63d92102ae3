"""`relasi explain RESOURCE`: the SQL of a list page, and how the database goes about it."""

from __future__ import annotations

import argparse
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from relasi.kit.access.models import User
from relasi.kit.resources.filtering.language import FilterError
from relasi.kit.resources.listing import Listing, listing
from relasi.kit.resources.paging import PAGE, PageError, ordered
from relasi.kit.resources.registry import find, resources
from relasi.site.failures import CommandFailed

HELP = "Show the SQL of a list page and the database's plan for it."
READS_ALL = {"sqlite": ("SCAN ",), "postgresql": ("Seq Scan",)}
SORTS = {"sqlite": ("USE TEMP B-TREE",), "postgresql": ("Sort Key",)}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("resource", metavar="RESOURCE", help="a noun as in its address: people, companies, …")
    parser.add_argument(
        "--filter", default="", help="the filter as text, for example 'rung >= client and city = \"Medan\"'"
    )
    parser.add_argument(
        "--sort", default="", help="columns, separated by commas, - before one for descending"
    )
    parser.add_argument("--words", default="", help="what is typed into the list's search box")
    parser.add_argument(
        "--user", default="", metavar="E-MAIL", help="as this person sees it; the owner without it"
    )


def run(options: argparse.Namespace) -> int:
    asked = _listing(options)
    page = ordered(asked._prepared(asked.rows()), asked.keys)[: PAGE + 1]
    print(f"-- the page, as {asked.user}\n{_sql(page)}\n")
    plan = page.explain()
    print(plan, end="\n\n")
    print(_said(plan))
    return 0


def _listing(options: argparse.Namespace) -> Listing:
    resource = find(options.resource)
    if resource is None:
        names = ", ".join(resource.name for resource in resources())
        raise CommandFailed(f"There is no resource {options.resource!r}. There are: {names}.")
    sort = [name.strip() for name in options.sort.split(",") if name.strip()]
    try:
        return listing(resource, _user(options.user), filter=options.filter, sort=sort, words=options.words)
    except (FilterError, PageError) as error:
        raise CommandFailed(str(error)) from error


def _user(email: str) -> User:
    chosen = {"email__iexact": email} if email else {"is_owner": True}
    user: User | None = User._default_manager.filter(is_active=True, **chosen).order_by("pk").first()
    if user is None:
        raise CommandFailed(
            f"Nobody here has the e-mail {email}." if email else "There is no owner yet: run `relasi run`."
        )
    return user


def _sql(rows: QuerySet[Any]) -> str:
    """The statement, with its values as the database would show them."""
    statement = str(rows.query)
    for word in (" FROM ", " INNER JOIN ", " LEFT OUTER JOIN ", " WHERE ", " ORDER BY ", " LIMIT "):
        statement = statement.replace(word, f"\n{word.strip()} ", 1)
    return statement


def _said(plan: str) -> str:
    """Whether an index leads, in one sentence."""
    if any(
        mark in line
        for line in plan.splitlines()
        for mark in READS_ALL[connection.vendor]
        if "USING" not in line
    ):
        return "No index is used for some table: it is read from one end to the other, unless it is small."
    if any(mark in plan for mark in SORTS[connection.vendor]):
        return "An index finds the rows, but all of them are sorted before the first is shown."
    return (
        "An index leads, in the order of the page. "
        "What it does not hold is checked row by row until the page is full."
    )
