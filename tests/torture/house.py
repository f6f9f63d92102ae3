"""A real installation on a database of its own, whose workers are processes that can be killed.

One process has everything imported and forks for each request, so that a worker that is killed costs no
start-up time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
SHARES = {"imports": "share_done", "outbox": "share_sent"}  # what tells how far the work of a queue is


class House:
    """`url` names the database, `folder` holds files and, on SQLite, the database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        environment = {
            **os.environ,
            "RELASI_DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "relasi.site.settings",
        }
        environment |= {
            "RELASI_DATABASE_URL": url or f"sqlite:///{folder}/relasi.sqlite3",
            "RELASI_SECRET_KEY": "torture" * 8,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.house"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def do(self, name: str, **arguments: Any) -> Any:
        """Call one of the functions below in a process of its own and wait for its answer."""
        self._ask({"do": name, **arguments})
        answer = json.loads(self._line())
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def start_worker(self, queue: str = "imports") -> int:
        """Fork a worker; its process id."""
        self._ask({"do": "work", "queue": queue})
        return int(self._line())

    def end_of(self, pid: int) -> int:
        """Wait until a worker has ended: 0 when it found nothing more to do, -9 when it was killed."""
        self._ask({"do": "wait", "pid": pid})
        return int(self._line())

    def is_alive(self, pid: int) -> bool:
        stat = Path(f"/proc/{pid}/stat")
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"

    def kill_again_and_again(
        self,
        times: int,
        dice: random.Random,
        run: int,
        queue: str = "imports",
        between: Callable[[int], None] = lambda _number: None,
    ) -> int:
        """Start workers and kill each at a random moment, spread over the whole run; how many were killed.

        They live shorter when the work is ahead of the kills, longer when it is behind. `between` is called
        while a worker lives, with the number of the kill.
        """
        longest = 0.5
        for number in range(times):
            pid = self.start_worker(queue)
            between(number)
            until = time.monotonic() + dice.uniform(0.02, longest)
            while time.monotonic() < until and self.is_alive(pid):
                time.sleep(0.005)
            if not self.is_alive(pid):
                self.end_of(pid)
                return number
            os.kill(pid, signal.SIGKILL)
            assert self.end_of(pid) == -signal.SIGKILL
            is_ahead = self.do(SHARES[queue], run=run) > (number + 1) / times
            longest = max(longest * 0.7, 0.03) if is_ahead else min(longest * 1.2, 3.0)
        return times

    def finish(self, queue: str = "imports") -> None:
        """Let a worker work until there is nothing more to do."""
        assert self.end_of(self.start_worker(queue)) == 0

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def _ask(self, what: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the house has fallen down"
        return line


@contextmanager
def sqlite_house(folder: Path) -> Iterator[House]:
    folder.mkdir(parents=True, exist_ok=True)
    house = House(folder)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def postgres_house(folder: Path, server: str) -> Iterator[House]:
    """On a database of its own, dropped at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"relasi_torture_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        admin.execute(f"create database {name}")
    house = House(folder, f"{server}/{name}")
    try:
        yield house
    finally:
        house.close()
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")


# What happens inside ---------------------------------------------------------------------------------------


def prepare(file: str) -> int:
    """Migrate, make the owner, receive the file and begin to take it in; the number of the import."""
    from django.core.management import call_command

    from relasi.administration.first_start import first_start
    from relasi.kit.access.models import User
    from relasi.kit.resources.importing import starting
    from relasi.kit.resources.registry import find

    call_command("migrate", verbosity=0, interactive=False)
    first_start()
    owner = User.objects.get()
    path = Path(file)
    run = starting.receive(resource=find("people"), name=path.name, chunks=[path.read_bytes()], by=owner)  # type: ignore[arg-type]
    starting.map_columns(run, mapping=run.mapping, options={}, by=owner)
    starting.start(run, by=owner)
    return int(run.pk)


def work(queue: str) -> None:
    """What `relasi worker` does, with the waits after a kill left out."""
    from django.utils import timezone

    from relasi.conversations.jobs import send_what_is_due
    from relasi.conversations.models import Delivery
    from relasi.kit.jobs.claiming import free_lost_jobs
    from relasi.kit.jobs.models import Job
    from relasi.kit.jobs.worker import Worker

    free_lost_jobs()
    Delivery._default_manager.filter(state="waiting").update(due_at=timezone.now())
    send_what_is_due()
    Job.objects.waiting().update(run_at=timezone.now())
    Worker(queues=[queue]).run_until_empty()


def prepare_mailing(port: int, mails: int) -> int:
    """Migrate, and put so many personal mails into the outbox of a mailbox; the number of the mailing."""
    from django.core.management import call_command

    from relasi.administration.first_start import first_start
    from tests.mailing_of_many import mailing_of_many

    call_command("migrate", verbosity=0, interactive=False)
    first_start()
    return int(mailing_of_many(port=port, mails=mails).pk)


def share_sent(run: int) -> float:
    from relasi.conversations.models import Delivery

    rows = Delivery._default_manager.filter(mailing=run)
    return float(1 - rows.filter(state="waiting").count() / max(rows.count(), 1))


def ledger(run: int) -> dict[str, list[str]]:
    """The Message-IDs of a mailing by the state of their rows."""
    from relasi.channels.email.composing import domain_of, id_of
    from relasi.conversations.models import Delivery

    found: dict[str, list[str]] = {}
    rows = Delivery._default_manager.filter(mailing=run).select_related("account")
    for row in rows:
        assert row.account
        found.setdefault(row.state, []).append(id_of(row.key, domain_of(row.account.address)))
    return found


def take_back(run: int) -> None:
    from relasi.kit.resources.importing import starting
    from relasi.kit.resources.importing.models import ImportRun

    found = ImportRun.objects.get(pk=run)
    starting.start_undo(found, by=found.owner)


def share_done(run: int) -> float:
    """How much of the work is behind us, from 0 to 1."""
    from relasi.kit.resources.importing.models import ImportRun
    from relasi.parties.models import Party

    found = ImportRun.objects.get(pk=run)
    if found.state in {ImportRun.State.UNDOING, ImportRun.State.UNDONE}:
        return 1 - float(Party._default_manager.count() / max(found.counts.get("created", 0), 1))
    return float(found.read_rows / max(found.total_rows, 1))


def account(run: int) -> dict[str, Any]:
    """Everything that must add up."""
    from django.db.models import Count

    from relasi.kit.events.models import Event
    from relasi.kit.events.sealing import seal_events, verify_chain
    from relasi.kit.resources.importing.models import ImportRow, ImportRun
    from relasi.kit.search.models import Entry
    from relasi.parties.models import Address, ContactPoint, Party

    found = ImportRun.objects.get(pk=run)
    rows = ImportRow.objects.filter(run=found, is_trial=False).order_by("number")
    births = Event.objects.filter(noun="party", verb="created").values("record_id").annotate(n=Count("pk"))
    seal_events()
    return {
        "state": found.state,
        "counts": found.counts,
        "read_rows": found.read_rows,
        "numbers": [rows.count(), rows.values("number").distinct().count()],
        "parties": Party._default_manager.count(),
        "born_once": all(birth["n"] == 1 for birth in births),
        "entries": Entry.objects.filter(noun="party").count(),
        "points": ContactPoint._default_manager.count(),
        "addresses": Address._default_manager.count(),
        "flaws": [str(flaw) for flaw in verify_chain()],
    }


def customers() -> list[list[Any]]:
    """Every customer with what hangs on it, whatever the ids."""
    from relasi.parties.models import ContactPoint, Party

    points: dict[int, list[str]] = {}
    for party_id, value in ContactPoint._default_manager.order_by("value").values_list("party_id", "value"):
        points.setdefault(party_id, []).append(value)
    rows = Party._default_manager.values_list("pk", "name", "phone", "email", "city", "birth_on")
    return sorted(
        [name, phone, email, city, str(born), points.get(pk, [])]
        for pk, name, phone, email, city, born in rows
    )


def main() -> None:
    """Fork for each line that comes in."""
    import django

    django.setup()
    import relasi.kit.jobs.worker
    import relasi.kit.resources.importing.running
    import relasi.parties.importing.writing  # noqa: F401

    asked_for = (
        prepare, take_back, share_done, account, customers, prepare_mailing, share_sent, ledger,
    )  # fmt: skip
    known: dict[str, Callable[..., Any]] = {function.__name__: function for function in asked_for}
    for line in sys.stdin:
        asked = json.loads(line)
        name = asked.pop("do")
        if name == "wait":
            _pid, status = os.waitpid(asked["pid"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            _child(work if name == "work" else known[name], asked, is_told=name != "work")
        if name == "work":
            print(pid, flush=True)
        else:
            os.waitpid(pid, 0)


def _child(function: Callable[..., Any], arguments: dict[str, Any], *, is_told: bool) -> None:
    code = 0
    try:
        answer = {"result": function(**arguments)}
    except Exception as error:
        code, answer = 1, {"error": repr(error)}
    if is_told:
        print(json.dumps(answer), flush=True)
    os._exit(code)


if __name__ == "__main__":
    main()
