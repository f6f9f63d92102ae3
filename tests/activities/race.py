"""Many visitors who want the last free time at the same moment, in processes and threads of their own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kit.jobs.house import House, wait_until

PROCESSES, THREADS = 4, 5
LAY = """
from datetime import time
from relasi.activities.models import BookingHours, BookingPage
from relasi.kit.access.models import Team, User
team = Team.create(by=None, name="Jakarta")
for number in range({hosts}):
    email = f"host{{number}}@sahabat.example"
    user = User.objects.create_user(email, None, name=email, team=team)
    BookingHours.create(by=user, owner=user, weekdays="1234567", opens_at=time(9), closes_at=time(10))
BookingPage.create(
    by=user, owner=user, team=team, name="Last", key="last", minutes=60, ahead_days=2, notice_hours=24
)
"""
BOOK = """
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from django.db import connection
from django.utils import timezone
from relasi.activities.actions.book_meeting import TimeTaken, Visitor, book_meeting
from relasi.activities.booking.offering import free_starts
from relasi.activities.models import BookingPage
folder = Path({folder!r})
page = BookingPage.objects.get()
start = free_starts(page, timezone.now())[0]
connection.close()
barrier = Barrier({threads})

def book(number):
    barrier.wait()
    try:
        visitor = Visitor(name=f"Visitor {process}-{{number}}", email=f"v{process}-{{number}}@contoh.example")
        book_meeting(page=page, start=start, visitor=visitor, form_key=f"{process}-{{number}}")
        return "booked"
    except TimeTaken:
        return "told"
    finally:
        connection.close()

(folder / "ready-{process}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
with ThreadPoolExecutor({threads}) as visitors:
    print(" ".join(visitors.map(book, range({threads}))))
"""


def race(house: House, folder: Path, *, hosts: int) -> Counter[str]:
    """How many got a meeting, and how many were told that the time is gone."""
    house.run(LAY.format(hosts=hosts))
    with ThreadPoolExecutor(PROCESSES) as processes:
        codes = [
            BOOK.format(folder=str(folder), process=number, threads=THREADS) for number in range(PROCESSES)
        ]
        running = [processes.submit(house.run, code) for code in codes]
        wait_until(lambda: len(list(folder.glob("ready-*"))) == PROCESSES or any(r.done() for r in running))
        (folder / "go").touch()
        return Counter(word for one in running for word in one.result().split())


def meetings(house: House) -> int:
    """How many stand in the calendar, each with a host of its own."""
    (found,) = house.read("select count(*), count(distinct owner_id) from activities_activity")
    assert found[0] == found[1]
    return int(found[0])
