"""Measures one installation, whose environment this process has: `python -m tests.bench.measure OUT.json`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from relasi.kit.access.models import User  # noqa: E402
from relasi.kit.resources.importing import engine, starting  # noqa: E402
from relasi.kit.resources.listing import listing  # noqa: E402
from relasi.kit.resources.paging import _cursor, ordered  # noqa: E402
from relasi.kit.resources.registry import find  # noqa: E402
from relasi.parties.models import Party, Person  # noqa: E402
from relasi.sales.models import Lead  # noqa: E402
from relasi.sales.scoring import score  # noqa: E402
from tests.bench.clocks import bare_median, listening, summary, timed  # noqa: E402

IMPORTED = 10_000
ONLY = set(filter(None, os.environ.get("RELASI_BENCH_ONLY", "").split(",")))
Pages = Iterator[tuple[str, Callable[[], Any]]]


def main(target: Path) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    results: dict[str, Any] = {}
    for name, act in pages():
        if ONLY and name not in ONLY:
            continue
        results[name] = measured(name, act)
        print(f"  {name:28} {results[name]}", flush=True)
    if not ONLY or "people.import" in ONLY:
        results["people.import"] = imported()
        print(f"  people.import                {results['people.import']}", flush=True)
    target.write_text(json.dumps(results, indent=2))


def measured(name: str, act: Callable[[], Any]) -> dict[str, Any]:
    act()
    with listening() as heard:
        act()
    main_query = next((pair[1] for pair in heard.slowest() if _is_main(name, pair[1][0])), None)
    bare = bare_median(main_query) if main_query else None
    found = summary(timed(act), queries=len(heard.statements), bare=bare)
    if found["median_ms"] > 50:
        found["slow"] = [
            {"ms": round(seconds * 1000, 1), "sql": sql[:2000]} for seconds, (sql, _p) in heard.slowest()[:3]
        ]
    return found


def _is_main(name: str, sql: str) -> bool:
    """The statement that fetches the rows shown; nothing for what is written."""
    what = name.partition(".")[2]
    if what.startswith("search"):
        return sql.lstrip().startswith("SELECT") and "search_entry" in sql
    if name.startswith("deals.board"):
        return "COUNT(" in sql and "sales_deal" in sql
    if name.startswith("forecast"):
        return sql.lstrip().startswith("SELECT") and "SUM(" in sql
    if name.startswith("today"):
        return sql.startswith('SELECT "activities_activity"."id", "activities_activity"."created_at"')
    return what != "create" and sql.startswith('SELECT "parties_party"."id", "parties_party"."created_at"')


def pages() -> Pages:
    owner = User._default_manager.get(is_owner=True)
    boss, seller = (
        browser(owner),
        browser(User._default_manager.filter(job_title="Agen").order_by("pk").first()),
    )
    rare = rare_person()
    yield "people.list", opens(boss, "/people/")
    yield "people.list_filtered", opens(boss, "/people/", filter='rung = client and city = "Kota Medan"')
    yield "people.list_sorted", opens(boss, "/people/", sort="-last_activity_at")
    yield "people.list_far", opens(boss, "/people/", rows="1", after=far_cursor(owner))
    yield "people.list_words", opens(boss, "/people/", q=rare.name)
    yield "people.list_seller", opens(seller, "/people/")
    yield "people.search_rare", opens(boss, "/search/", q=rare.name)
    yield "people.search_common", opens(boss, "/search/", q="jakarta")
    yield "people.search_misspelt", opens(boss, "/search/", q=misspelt(rare.name))
    yield "people.search_seller", opens(seller, "/search/", q="jakarta")
    yield "people.record", opens(boss, f"/people/{busy_person().pk}/")
    yield "people.board", opens(boss, "/people/board/", headers={"HX-Request": "true"})
    yield "people.create", creates(boss)
    manager = browser(User._default_manager.filter(job_title="Kepala Agensi").get())
    for who, client in (("", boss), ("_seller", seller), ("_manager", manager)):
        yield f"deals.board{who}", opens(client, "/deals/board/", headers={"HX-Request": "true"})
    yield "forecast.page", opens(boss, "/forecast/")
    for part in ("model", "changes"):
        yield f"forecast.{part}", opens(boss, f"/forecast/{part}/", headers={"HX-Request": "true"})
    yield "leads.score", lambda: score(Lead.objects.order_by("-id")[:1])
    yield "today.page", opens(seller, "/")
    yield "today.page_owner", opens(boss, "/")


def browser(user: Any) -> Client:
    made = Client()
    made.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def opens(
    client: Client, path: str, *, headers: dict[str, str] | None = None, **query: str
) -> Callable[[], Any]:
    def act() -> None:
        reply = client.get(path, query, headers=headers)
        assert reply.status_code == 200, (path, reply.status_code, reply.content[:300])

    return act


def creates(client: Client) -> Callable[[], Any]:
    begin, number = int(time.time()) % 10_000, iter(range(10**6))
    address = reverse("resource_new", args=["people"])

    def act() -> None:
        serial = next(number)
        person = {
            "name": f"Uji Coba {begin} {serial}",
            "phone": f"+62819{begin:04}{serial:04}",
            "city": "Kota Ambon",
        }
        reply = client.post(address, {**person, "rung": "suspect"})
        assert reply.status_code in {200, 204, 302}, (reply.status_code, reply.content[:500])
        assert reply.status_code != 200 or b"Uji Coba" in reply.content

    return act


def far_cursor(user: Any) -> str:
    """The mark of a page two thirds down."""
    people: Any = find("people")
    asked = listing(people, user)
    place = Person.objects.people().count() * 2 // 3
    row = ordered(asked.rows().only("pk", "name"), asked.keys)[place]
    return _cursor(row, asked.keys)


def rare_person() -> Any:
    middle = (
        Party.objects.filter(kind="person").order_by("pk")[:1].get().pk + Person.objects.people().count() // 2
    )
    named = Person.objects.people().filter(pk__gte=middle, name__contains=" ").order_by("pk")[:200]
    return min(
        named, key=lambda person: Person.objects.people().filter(archived_at=None, name=person.name).count()
    )


def busy_person() -> Any:
    return Person.objects.people().order_by("pk")[:1].get()


def misspelt(name: str) -> str:
    """Two letters of the longest word swapped."""
    words = name.split()
    place = max(range(len(words)), key=lambda at: len(words[at]))
    word = words[place]
    half = len(word) // 2
    words[place] = word[: half - 1] + word[half] + word[half - 1] + word[half + 1 :]
    return " ".join(words)


def imported() -> dict[str, Any]:
    """Rows a second through the whole import, with its look for the same customers: the median of three,
    for the search index is merged now and then.
    """
    runs = sorted((_one_import() for _run in range(3)), key=lambda run: run["seconds"])
    middle = runs[1]
    bare = _bare_inserts(int(time.time()) % 100_000)
    return {
        "rows_per_s": round(IMPORTED / middle["seconds"]),
        "rows_per_cpu_s": round(IMPORTED / middle["own"]),
        "median_ms": round(middle["seconds"] / IMPORTED * 1000, 3),
        "p95_ms": round(runs[-1]["seconds"] / IMPORTED * 1000, 3),
        "cpu_ms": round(middle["own"] / IMPORTED * 1000, 3),
        "queries": middle["queries"],
        "ratio": round(middle["seconds"] / bare, 1),
        "bare_ms": round(bare / IMPORTED * 1000, 4),
    }


def _one_import() -> dict[str, Any]:
    owner, serial = User._default_manager.get(is_owner=True), int(time.time()) % 100_000
    rows = (
        f"Impor {serial} {number},+62813{serial % 1000:03}{number:05},Kota Ambon"
        for number in range(IMPORTED)
    )
    body = "\n".join(["Nama,No HP,Kota", *rows]).encode()
    resource: Any = find("people")
    run = starting.receive(resource=resource, name="bench.csv", chunks=[body], by=owner)
    starting.start(run, by=owner)
    run.refresh_from_db()
    began, worked = time.perf_counter(), time.process_time()
    with listening() as heard:
        engine.carry_on(run)
    took, worked = time.perf_counter() - began, time.process_time() - worked
    run.refresh_from_db()
    assert run.state == "done", (run.state, run.message, run.mapping)
    made = Person.objects.people().filter(name__startswith=f"Impor {serial} ").count()
    assert made == IMPORTED, made
    return {"seconds": took, "own": worked, "queries": len(heard.statements)}


def _bare_inserts(serial: int) -> float:
    """Seconds the driver needs to write as many customers again, taken back afterwards."""
    fields = [field for field in Party._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    party = Party(kind="person", name=f"Impor {serial}", created_at=timezone.now())
    values = [field.get_db_prep_save(getattr(party, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        began = time.perf_counter()
        cursor.executemany(f"INSERT INTO parties_party ({columns}) VALUES ({marks})", [values] * IMPORTED)
        took = time.perf_counter() - began
        cursor.execute("ROLLBACK")
    return took


if __name__ == "__main__":
    main(Path(sys.argv[1]))
