"""The company's days off, for whoever plans around them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from relasi.activities import days_off
from relasi.sales.models import DayOff


@days_off.register
def of_the_company(first: date, last: date) -> Iterable[date]:
    return DayOff.objects.filter(on__range=(first, last)).order_by().values_list("on", flat=True)
