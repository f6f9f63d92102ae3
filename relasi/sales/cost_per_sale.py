"""What a sale costs, by channel and by seller, from the ledger and the minutes logged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.activities.models import Activity
from relasi.kit.access.models import User
from relasi.lib.periods import Period
from relasi.sales.models import CostEntry, Deal, Lead
from relasi.sales.rates import hourly_rates

CENT = Decimal("0.01")
REST = ""


@dataclass
class Line:
    """One channel or seller: what was spent, and what was sold."""

    label: str = ""
    minutes: int = 0
    cost: Decimal = Decimal(0)
    sales: int = 0
    value: Decimal = Decimal(0)

    def add(self, minutes: int, cost: Decimal) -> None:
        self.minutes += minutes
        self.cost += cost

    @property
    def per_sale(self) -> Decimal | None:
        return (self.cost / self.sales).quantize(CENT) if self.sales else None

    @property
    def share(self) -> Decimal | None:
        """Cost as a share of what was sold."""
        return self.cost / self.value if self.value else None


def by_channel(period: Period, reader: Any) -> list[Line]:
    """Costs of a channel, and won deals that began as a lead by it; in a line of its own, what belongs to no
    channel. Five queries.
    """
    lines: dict[str, Line] = defaultdict(Line)
    rates = hourly_rates(timezone.localdate())
    for channel, cost, minutes in _entries(period, reader, "channel"):
        lines[channel or REST].add(minutes, cost)
    every = _logged(period, reader)
    for owner, minutes in every.exclude(about_noun="lead").values_list("owner").annotate(sum=Sum("minutes")):
        lines[REST].add(minutes, rates.cost_of(minutes, owner))
    logged = every.filter(about_noun="lead")
    told = list(logged.values_list("about_id", "owner_id").annotate(sum=Sum("minutes")))
    rows = Lead._default_manager.filter(pk__in={about for about, _o, _m in told})
    channels = dict(rows.values_list("pk", "channel"))
    for about_id, owner_id, minutes in told:
        lines[channels.get(about_id, Lead.Channel.OTHER)].add(minutes, rates.cost_of(minutes, owner_id))
    won = _won(period, reader).values_list("leads__channel")
    for channel, sales, value in won.annotate(n=Count("pk"), sum=Sum("value")):
        lines[channel or REST].sales, lines[channel or REST].value = sales, Decimal(value)
    return _sorted(lines, {**dict(Lead.Channel.choices), REST: _("By no channel")})


def by_seller(period: Period, reader: Any) -> list[Line]:
    """Costs and minutes of a colleague, and the deals they won; in a line of its own, what belongs to nobody.
    Four queries.
    """
    lines: dict[int | str, Line] = defaultdict(Line)
    for seller, cost, minutes in _entries(period, reader, "seller"):
        lines[seller or REST].add(minutes, cost)
    rates = hourly_rates(timezone.localdate())
    for owner, minutes in _logged(period, reader).values_list("owner").annotate(sum=Sum("minutes")):
        lines[owner or REST].add(minutes, rates.cost_of(minutes, owner))
    won = _won(period, reader).values_list("owner")
    for owner, sales, value in won.annotate(n=Count("pk"), sum=Sum("value")):
        lines[owner or REST].sales, lines[owner or REST].value = sales, Decimal(value)
    names = {user.pk: str(user) for user in User._default_manager.filter(pk__in=lines.keys() - {REST})}
    return _sorted(lines, {**names, REST: _("By no seller")})


def total(lines: Iterable[Line]) -> Line:
    """What all of them spent and sold together."""
    whole = Line(label=_("All"))
    for line in lines:
        whole.add(line.minutes, line.cost)
        whole.sales += line.sales
        whole.value += line.value
    return whole


def _entries(period: Period, reader: Any, by: str) -> Any:
    rows = CostEntry.objects.visible_to(reader).between(period.start, period.end).order_by()
    summed = rows.values_list(by).annotate(cost_sum=Sum("cost"), minutes_sum=Sum("minutes"))
    return [(key, Decimal(cost or 0), minutes or 0) for key, cost, minutes in summed]


def _logged(period: Period, reader: Any) -> Any:
    """Activities that took minutes."""
    rows = Activity.objects.visible_to(reader).filter(minutes__gt=0, party__isnull=False).order_by()
    return rows.filter(done_at__date__gte=period.start, done_at__date__lt=period.end)


def _won(period: Period, reader: Any) -> Any:
    days = Q(closed_on__gte=period.start, closed_on__lt=period.end)
    return Deal.objects.visible_to(reader).won().filter(days).order_by()


def _sorted(lines: dict[Any, Line], names: dict[Any, Any]) -> list[Line]:
    """What costs most a sale first; those without a sale at the head, the rest at the foot."""
    rest = lines.pop(REST, None)
    for key, line in lines.items():
        line.label = str(names.get(key, _("Other")))
    found = sorted(lines.values(), key=lambda one: (one.sales > 0, -(one.per_sale or one.cost), one.label))
    if rest is None:
        return found
    rest.label = str(names[REST])
    return [*found, rest]
