"""Fifty who want the last piece at the same moment, in processes and threads of their own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.kit.jobs.house import House, wait_until

PROCESSES, THREADS = 5, 10
LAY = """
from decimal import Decimal
from relasi.catalog.models import Product, StockMovement, StockPlace
from relasi.kit.access.models import User
user = User.objects.create_user("bob@sahabat.example", None, name="Bob")
places = [StockPlace.create(by=user, name=name) for name in ("Gudang", "Toko")]
product = Product.create(by=user, name="The last one", kind="goods", is_stocked=True)
StockMovement.create(by=user, kind="receipt", product=product, place=places[0], quantity=Decimal({pieces}))
"""
BUY = """
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from django.db import connection
from relasi.catalog.models import Product
from relasi.catalog.models.stock_level import NotThere
from relasi.catalog.stock import reserve
from relasi.kit.access.models import User
folder = Path({folder!r})
user, product = User.objects.get(), Product.objects.get()
connection.close()
barrier = Barrier({threads})

def buy(_number):
    barrier.wait()
    try:
        return "kept" if reserve(product=product, quantity=Decimal(1), by=user) else "nothing"
    except NotThere:
        return "refused"
    finally:
        connection.close()

(folder / "ready-{process}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
with ThreadPoolExecutor({threads}) as buyers:
    print(" ".join(buyers.map(buy, range({threads}))))
"""


def race(house: House, folder: Path, *, pieces: int) -> Counter[str]:
    """How many got one, and how many were refused."""
    house.run(LAY.format(pieces=pieces))
    with ThreadPoolExecutor(PROCESSES) as processes:
        codes = [
            BUY.format(folder=str(folder), process=number, threads=THREADS) for number in range(PROCESSES)
        ]
        running = [processes.submit(house.run, code) for code in codes]
        wait_until(lambda: len(list(folder.glob("ready-*"))) == PROCESSES or any(r.done() for r in running))
        (folder / "go").touch()
        return Counter(word for one in running for word in one.result().split())


def left(house: House) -> list[tuple[float, float, float]]:
    """(on hand, reserved, available) of every row of stock with something in it."""
    rows = house.read("select on_hand, reserved, available from catalog_stocklevel where on_hand > 0")
    return [tuple(map(float, row)) for row in rows]  # type: ignore[misc]
