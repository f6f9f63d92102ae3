"""What an hour of a colleague costs the company, by the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from relasi.kit.access.models import User

CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class HourlyRates:
    """By colleague, by role, and of everybody else; nothing is known: nothing is counted."""

    of_users: dict[int, Decimal]
    of_roles: dict[int, Decimal]
    of_all: Decimal
    roles: dict[int, tuple[int, ...]]

    def of(self, user_id: int | None) -> Decimal:
        """A colleague's own, else the dearest of their roles, else everybody's."""
        if user_id in self.of_users:
            return self.of_users[user_id]
        known = [self.of_roles[role] for role in self.roles.get(user_id or 0, ()) if role in self.of_roles]
        return max(known, default=self.of_all)

    def cost_of(self, minutes: int, user_id: int | None) -> Decimal:
        return (self.of(user_id) * minutes / 60).quantize(CENT)


def hourly_rates(on: date) -> HourlyRates:
    """As they hold on a day. Two queries."""
    from relasi.sales.models import CostRate

    users: dict[int, Decimal] = {}
    roles: dict[int, Decimal] = {}
    of_all = Decimal(0)
    for rate in CostRate._default_manager.filter(valid_from__lte=on).order_by("valid_from", "id"):
        if rate.user_id:
            users[rate.user_id] = rate.hourly
        elif rate.role_id:
            roles[rate.role_id] = rate.hourly
        else:
            of_all = rate.hourly
    held: dict[int, tuple[int, ...]] = {}
    links = User.roles.through._default_manager.filter(role__in=roles) if roles else ()
    for link in links:
        held[link.user_id] = (*held.get(link.user_id, ()), link.role_id)
    return HourlyRates(of_users=users, of_roles=roles, of_all=of_all, roles=held)
