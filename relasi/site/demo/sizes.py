"""How large the demo company is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`people`, `companies` and `households` are parties; `activities` go over all of them.

    `told`: with an event for each. `more_products` are sold besides those every company has.
    """

    people: int
    companies: int
    households: int
    activities: int
    told: bool = True
    more_products: int = 0

    @property
    def parties(self) -> int:
        return self.people + self.companies + self.households


SIZES = {
    "small": Size(people=420, companies=60, households=120, activities=3_600),
    "medium": Size(people=16_000, companies=1_500, households=2_500, activities=120_000, more_products=600),
    "large": Size(
        people=900_000,
        companies=40_000,
        households=60_000,
        activities=5_000_000,
        told=False,
        more_products=5_000,
    ),
}
