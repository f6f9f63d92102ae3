"""How deals go through a pipeline: for each stage how many came, went on, were lost, and how long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median
from typing import Any

from django.utils import timezone

from relasi.lib.periods import Period
from relasi.sales.models import Deal, Pipeline, Stage, StageStay

MOST = 20_000  # stays that are looked at; the newest


@dataclass
class StageFlow:
    """`days` are the finished stays in the period; rates are shares of those who left."""

    stage: Stage
    came: int = 0
    on: int = 0
    back: int = 0
    lost: int = 0
    days: list[float] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.on + self.back + self.lost

    @property
    def rate(self) -> float | None:
        """Of those who left, the share that went on."""
        return self.on / self.left if self.left else None

    @property
    def average(self) -> float | None:
        return sum(self.days) / len(self.days) if self.days else None

    @property
    def middle(self) -> float | None:
        return median(self.days) if self.days else None


def flow_of(pipeline: Pipeline, *, period: Period, reader: Any) -> list[StageFlow]:
    """Open stages in their order, counted over the deals the reader may see. Three queries."""
    stages = list(Stage.objects.visible_to(reader).filter(pipeline=pipeline).order_by("order", "id"))
    place = {stage.pk: at for at, stage in enumerate(stages)}
    found = {stage.pk: StageFlow(stage) for stage in stages}
    start, end = _moment(period.start), _moment(period.end)
    for stays in _by_deal(pipeline, end, reader).values():
        for stay, following in zip(stays, [*stays[1:], None], strict=True):
            _count(stay, following, found, place, start, end)
    return [one for one in found.values() if one.stage.is_open]


def _by_deal(pipeline: Pipeline, end: datetime, reader: Any) -> dict[int, list[StageStay]]:
    deals = Deal.objects.visible_to(reader).filter(pipeline=pipeline).values("pk")
    rows = StageStay._default_manager.filter(deal__in=deals, entered_at__lt=end).order_by("-id")[:MOST]
    by_deal: dict[int, list[StageStay]] = defaultdict(list)
    for stay in reversed(list(rows)):
        by_deal[stay.deal_id].append(stay)
    return by_deal


def _count(
    stay: StageStay,
    following: StageStay | None,
    found: dict[int, StageFlow],
    place: dict[int, int],
    start: datetime,
    end: datetime,
) -> None:
    here = found.get(stay.stage_id)
    if here is None:
        return
    here.came += start <= stay.entered_at < end
    if not stay.left_at or not start <= stay.left_at < end:
        return
    here.days.append((stay.left_at - stay.entered_at) / timedelta(days=1))
    target = found.get(following.stage_id) if following else None
    if target is None:
        return
    if target.stage.kind == "lost":
        here.lost += 1
    elif place[target.stage.pk] > place[stay.stage_id]:
        here.on += 1
    else:
        here.back += 1


def _moment(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
