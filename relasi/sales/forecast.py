"""What a period will bring: closed, committed, best case and weighted, beside quota and what people say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, QuerySet, Sum, Value
from django.db.models.functions import NullIf

from relasi.kit.access.models import Team, User
from relasi.lib.periods import Period
from relasi.sales.models import Category, Deal, DealLine, DealSplit, ForecastCall, Outcome, Quota
from relasi.sales.models.quota import unit_of

ZERO = Decimal(0)
CENT = Decimal("0.01")
EXACT: DecimalField[Any, Any] = DecimalField(max_digits=30, decimal_places=8)
HUNDRED = Value(Decimal(100), output_field=EXACT)


@dataclass
class Figures:
    """Sums of a seller, a team, a product or all. `open` is by forecast category."""

    won: Decimal = ZERO
    won_count: int = 0
    open: dict[str, Decimal] = field(default_factory=dict)
    weighted_open: Decimal = ZERO
    quota: Decimal = ZERO

    @property
    def commit(self) -> Decimal:
        """Closed, and open deals somebody vouches for."""
        return self.won + self.open.get(Category.COMMIT, ZERO)

    @property
    def best_case(self) -> Decimal:
        return self.commit + self.open.get(Category.BEST_CASE, ZERO)

    @property
    def pipeline(self) -> Decimal:
        """Everything but what is left out."""
        return self.best_case + self.open.get(Category.PIPELINE, ZERO)

    @property
    def weighted(self) -> Decimal:
        return self.won + self.weighted_open

    @property
    def attainment(self) -> Decimal | None:
        return self.won / self.quota if self.quota else None

    @property
    def gap(self) -> Decimal:
        """What the quota still lacks."""
        return max(self.quota - self.won, ZERO)

    def add(self, other: Figures) -> None:
        self.won += other.won
        self.won_count += other.won_count
        self.weighted_open += other.weighted_open
        for category, value in other.open.items():
            self.open[category] = self.open.get(category, ZERO) + value


@dataclass
class Seller:
    user: User
    figures: Figures
    call: ForecastCall | None = None

    @property
    def counted(self) -> Decimal:
        """What is counted on: the manager's number, else the seller's, else what is committed."""
        return self.call.counted if self.call else self.figures.commit


@dataclass
class Group:
    """A team or a product."""

    label: str
    figures: Figures
    depth: int = 0


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """`overdue`: open value whose close date lies before the period, counted nowhere else."""

    period: Period
    unit: str
    total: Figures
    sellers: tuple[Seller, ...]
    teams: tuple[Group, ...]
    products: tuple[Group, ...]
    overdue: Decimal
    overdue_count: int

    @property
    def counted(self) -> Decimal:
        return sum((seller.counted for seller in self.sellers), ZERO)


def forecast(period: Period, *, reader: Any, pipeline: int | None = None) -> Forecast:
    """Over the deals, quotas and numbers the reader may see, in a fixed number of queries."""
    deals = Deal.objects.visible_to(reader).filter(archived_at__isnull=True)
    deals = deals.filter(pipeline=pipeline) if pipeline else deals
    by_user = _by_user(deals, period)
    quotas = list(_quotas(period, reader))
    for quota in quotas:
        if quota.user_id and not quota.product_id:
            by_user.setdefault(quota.user_id, Figures()).quota += quota.within(period)
    sellers = _sellers(by_user, period, reader)
    teams = _teams(sellers, quotas, period)
    total = Figures()
    for figures in by_user.values():
        total.add(figures)
    total.quota = _whole_quota(quotas, period)
    late = deals.filter(status=Outcome.OPEN, expected_close_on__lt=period.start)
    overdue = late.aggregate(value=Sum("value"), n=Count("pk"))
    return Forecast(
        period=period,
        unit=unit_of(period),
        total=total,
        sellers=tuple(sellers),
        teams=tuple(teams),
        products=tuple(_products(deals, quotas, period)),
        overdue=_money(overdue["value"]),
        overdue_count=overdue["n"],
    )


def _by_user(deals: QuerySet[Any], period: Period) -> dict[int, Figures]:
    """The credit of each seller (0: nobody's): all deals by their owner, then what is shared goes over."""
    found: dict[int, Figures] = {}
    for rows in _open_and_won(deals, period):
        told = rows.order_by().values_list("owner", "status", "category")
        for owner, status, category, value, weighted, n in told.annotate(
            v=Sum("value"), w=Sum("weighted"), n=Count("pk")
        ):
            _count(found.setdefault(owner or 0, Figures()), status, category, value, weighted, n)
    _share(found, deals, period)
    return found


def _share(found: dict[int, Figures], deals: QuerySet[Any], period: Period) -> None:
    """Give each seller the share of the credit, and take it from the owner, who was given the whole."""
    closing = _closing(deals, period).filter(is_split=True).values("pk")
    shared = DealSplit._default_manager.filter(deal__in=closing).order_by()
    told = shared.values_list("user", "deal__owner", "deal__status", "deal__category").annotate(
        v=Sum(_exact(F("deal__value") * F("share") / HUNDRED)),
        w=Sum(_exact(F("deal__weighted") * F("share") / HUNDRED)),
        n=Count("pk"),
    )
    for user, owner, status, category, value, weighted, n in told:
        if user != owner:
            given, taken = found.setdefault(user, Figures()), found.setdefault(owner or 0, Figures())
            _count(given, status, category, value, weighted, n)
            _count(taken, status, category, -value, -weighted, 0)


def _open_and_won(deals: QuerySet[Any], period: Period) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """Each by an index of its own."""
    start, end = period
    still = deals.filter(status=Outcome.OPEN, expected_close_on__gte=start, expected_close_on__lt=end)
    return still, deals.filter(status=Outcome.WON, closed_on__gte=start, closed_on__lt=end)


def _closing(deals: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """Won in the period, or open and to close in it."""
    won = {"status": Outcome.WON, "closed_on__gte": period.start, "closed_on__lt": period.end}
    still = {
        "status": Outcome.OPEN, "expected_close_on__gte": period.start, "expected_close_on__lt": period.end,
    }  # fmt: skip
    return deals.filter(Q(**won) | Q(**still))


def _count(figures: Figures, status: str, category: str, value: Any, weighted: Any, n: int) -> None:
    if status == Outcome.WON:
        figures.won += _money(value)
        figures.won_count += n
        return
    figures.open[category] = figures.open.get(category, ZERO) + _money(value)
    if category != Category.OMITTED:
        figures.weighted_open += _money(weighted)


def _quotas(period: Period, reader: Any) -> QuerySet[Any]:
    rows = Quota.objects.visible_to(reader)
    found: QuerySet[Any] = rows.filter(starts_on__lt=period.end, ends_on__gt=period.start)
    return found.select_related("product")


def _whole_quota(quotas: list[Quota], period: Period) -> Decimal:
    """The highest of what is set for sellers and for teams at the top: both speak of the same money."""
    of_sellers = sum((q.within(period) for q in quotas if q.user_id and not q.product_id), ZERO)
    of_teams = sum((q.within(period) for q in quotas if q.team_id and not q.product_id), ZERO)
    return max(of_sellers, of_teams)


def _sellers(by_user: dict[int, Figures], period: Period, reader: Any) -> list[Seller]:
    users = User.objects.filter(pk__in=by_user).select_related("team").order_by("name")
    calls = {}
    if unit := unit_of(period):
        rows = ForecastCall.objects.visible_to(reader).filter(unit=unit, starts_on=period.start)
        calls = {call.user_id: call for call in rows.select_related("override_by")}
    found = [Seller(user, by_user[user.pk], calls.get(user.pk)) for user in users]
    return sorted(found, key=lambda seller: -seller.figures.won)


def _teams(sellers: list[Seller], quotas: list[Quota], period: Period) -> Iterable[Group]:
    """Each team with the teams below it; its own quota where one is set, else what its sellers' make."""
    teams = {team.pk: team for team in Team._default_manager.order_by("path")}
    found = {pk: Group(team.name, Figures(), team.path.strip("/").count("/")) for pk, team in teams.items()}
    for seller in sellers:
        path = seller.user.team.path if seller.user.team else ""
        for pk, team in teams.items():
            if path.startswith(team.path):
                found[pk].figures.add(seller.figures)
                found[pk].figures.quota += seller.figures.quota
    set_for = dict.fromkeys(teams, ZERO)
    for quota in quotas:
        if quota.team_id in set_for and not quota.product_id:
            set_for[quota.team_id] += quota.within(period)
    for pk, amount in set_for.items():
        if amount:
            found[pk].figures.quota = amount
    return [group for group in found.values() if group.figures.pipeline or group.figures.quota]


def _products(deals: QuerySet[Any], quotas: list[Quota], period: Period) -> Iterable[Group]:
    """By the lines on deals, in the company's own currency."""
    closing = _closing(deals, period).values("pk")
    lines = DealLine._default_manager.filter(deal__in=closing).order_by()
    whole = NullIf(F("deal__amount"), Value(ZERO, output_field=EXACT))
    worth = _exact(F("amount") * F("deal__value") / whole)
    weighted = _exact(F("amount") * F("deal__weighted") / whole)
    found: dict[int, Group] = {}
    told = lines.values_list("product", "product__name", "deal__status", "deal__category")
    for pk, name, status, category, value, likely, n in told.annotate(
        v=Sum(worth), w=Sum(weighted), n=Count("pk")
    ):
        _count(found.setdefault(pk, Group(name, Figures())).figures, status, category, value, likely, n)
    for quota in quotas:
        if quota.product_id and quota.product:
            group = found.setdefault(quota.product_id, Group(quota.product.name, Figures()))
            group.figures.quota += quota.within(period)
    return sorted(found.values(), key=lambda group: -group.figures.pipeline)


def _exact(expression: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(expression, output_field=EXACT)


def _money(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(CENT) if value is not None else ZERO
