"""Fifty who sign for the last piece at the same moment, in processes and threads of their own."""

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
from relasi.parties.models import Person
from relasi.sales.models import Quote, QuoteLine
user = User.objects.create_user("bob@sahabat.example", None, name="Bob")
place = StockPlace.create(by=user, name="Gudang")
product = Product.create(by=user, name="The last one", kind="goods", is_stocked=True, list_price=1000)
StockMovement.create(by=user, kind="receipt", product=product, place=place, quantity=Decimal(1))
for number in range(50):
    party = Person.create(by=user, name=f"Buyer {number}")
    quote = Quote.create(by=user, name="One", party=party, owner=user)
    QuoteLine.create(by=user, quote=quote, product=product)
    quote.send(by=user)
"""
SIGN = """
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from django.db import connection
from relasi.sales.actions.accept_quote import Signature, accept_quote
from relasi.sales.models import Quote
folder = Path({folder!r})
quotes = list(Quote.objects.order_by("id")[{process} * {threads}:({process} + 1) * {threads}])
connection.close()
barrier = Barrier({threads})

def sign(quote):
    barrier.wait()
    try:
        return accept_quote(quote=quote, signature=Signature(name="Buyer")).status
    finally:
        connection.close()

(folder / "ready-{process}").touch()
while not (folder / "go").exists():
    time.sleep(0.005)
with ThreadPoolExecutor({threads}) as buyers:
    print(" ".join(buyers.map(sign, quotes)))
"""


def race(house: House, folder: Path) -> Counter[str]:
    """How many orders were reserved, and how many wait."""
    house.run(LAY)
    with ThreadPoolExecutor(PROCESSES) as processes:
        codes = [
            SIGN.format(folder=str(folder), process=number, threads=THREADS) for number in range(PROCESSES)
        ]
        running = [processes.submit(house.run, code) for code in codes]
        wait_until(lambda: len(list(folder.glob("ready-*"))) == PROCESSES or any(r.done() for r in running))
        (folder / "go").touch()
        return Counter(word for one in running for word in one.result().split())
