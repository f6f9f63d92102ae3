"""Who gets a lead: rules in order, a pool each, and from it who is there, has room and whose turn it is.

A `Desk` holds what a decision needs, so that one lead or ten thousand of a rehearsal cost the same questions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.utils import timezone

from relasi.kit.access.models import User
from relasi.sales.conditions import met
from relasi.sales.models import AssignmentRule, Lead, LeadAssignment, Shift, TerritorySeller

Pool, Pick = AssignmentRule.Pool, AssignmentRule.Pick
Reason = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """`owner` None: no rule could give the lead to anybody. `reasons` as LeadAssignment keeps them."""

    owner: User | None = None
    rule: AssignmentRule | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass
class Desk:
    """Rules, colleagues, their shifts and loads at one moment; `given` moves them on."""

    rules: list[AssignmentRule]
    users: dict[int, User]
    shifts: dict[int, list[Shift]]
    sellers: dict[int, list[int]]
    load: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    last: dict[tuple[int, int], tuple[int, datetime]] = field(default_factory=dict)
    turns: int = 0
    met: dict[int, set[int]] = field(default_factory=dict)

    @classmethod
    def now(cls, rules: Iterable[AssignmentRule]) -> Desk:
        """As things stand: open leads count as load, past assignments as turns."""
        desk = cls.empty(rules)
        loads = Lead.objects.open().exclude(owner=None).order_by().values_list("owner").annotate(Count("pk"))
        desk.load.update(dict(loads))
        given = LeadAssignment.objects.filter(rule__in=desk.rules, user__isnull=False).order_by()
        turns = given.values_list("rule", "user").annotate(Max("pk"), Max("at"))
        desk.last.update({(rule, user): (number, at) for rule, user, number, at in turns})
        return desk

    @classmethod
    def empty(cls, rules: Iterable[AssignmentRule]) -> Desk:
        """Nobody has anything yet: where a rehearsal begins."""
        shifts: dict[int, list[Shift]] = defaultdict(list)
        for shift in Shift.objects.all():
            shifts[shift.user_id].append(shift)
        sellers: dict[int, list[int]] = defaultdict(list)
        for territory, user in TerritorySeller.objects.order_by("id").values_list("territory", "user"):
            sellers[territory].append(user)
        users = {user.pk: user for user in User.objects.active().select_related("team").order_by("id")}
        return cls(list(rules), users, shifts, sellers)

    def read(self, lead_ids: Iterable[int]) -> None:
        """Which rules these leads meet."""
        self.met.update(met({rule.pk: rule.condition for rule in self.rules}, lead_ids))

    def choose(self, lead: Lead, at: datetime) -> Choice:
        """The first rule that can give the lead to somebody, and why it is them."""
        passed: list[Reason] = []
        for rule in self.rules:
            if rule.pk not in self.met.get(lead.pk, ()):
                continue
            choice, why_not = self._by(rule, lead, at)
            if choice:
                return Choice(owner=choice.owner, rule=rule, reasons=(*passed, *choice.reasons))
            passed.append({"code": why_not, "values": {"rule": rule.name}})
        return Choice(reasons=tuple(passed) or ({"code": "no_rule", "values": {}},))

    def given(self, choice: Choice, at: datetime) -> None:
        if choice.owner and choice.rule:
            self.load[choice.owner.pk] += 1
            self.turns += 1
            self.last[choice.rule.pk, choice.owner.pk] = (self.turns, at)

    def _by(self, rule: AssignmentRule, lead: Lead, at: datetime) -> tuple[Choice | None, str]:
        """The rule's choice, or the code of why it has none."""
        pool = self._pool(rule, lead)
        if not pool:
            return None, "nobody"
        for code, keeps in (
            ("no_skill", self._knows),
            ("no_shift", self._is_there),
            ("no_room", self._has_room),
        ):
            pool = [user for user in pool if keeps(rule, user, at)]
            if not pool:
                return None, code
        chosen = self._pick(rule, pool)
        told = {"rule": rule.name, "condition": rule.condition, "user": str(chosen)}
        reasons = [{"code": "rule" if rule.condition else "rule_for_all", "values": told}]
        reasons.append(self._why_pool(rule, lead, chosen))
        reasons += self._why_free(rule, chosen)
        reasons += self._why_pick(rule, chosen, pool)
        return Choice(owner=chosen, rule=rule, reasons=tuple(reasons)), ""

    def _pool(self, rule: AssignmentRule, lead: Lead) -> list[User]:
        if rule.pool == Pool.CUSTOMER_OWNER:
            ids = [lead.party.owner_id]
        elif rule.pool == Pool.PERSON:
            ids = [rule.person_id]
        elif rule.pool == Pool.TERRITORY:
            ids = list(self.sellers.get(lead.territory_id or 0, ()))
        else:
            path = rule.team.path if rule.team else ""
            ids = [user.pk for user in self.users.values() if path and _is_within(user, path)]
        return [self.users[pk] for pk in ids if pk in self.users]

    def _knows(self, rule: AssignmentRule, user: User, _at: datetime) -> bool:
        skill = rule.skill.strip().lower()
        return not skill or any(skill in shift.skill_set for shift in self.shifts.get(user.pk, ()))

    def _is_there(self, rule: AssignmentRule, user: User, at: datetime) -> bool:
        shifts = self.shifts.get(user.pk)
        if not rule.on_shift or not shifts:
            return True
        here = at.astimezone(ZoneInfo(user.time_zone))
        return any(shift.covers(here) for shift in shifts)

    def _has_room(self, rule: AssignmentRule, user: User, _at: datetime) -> bool:
        room = self._capacity(user)
        return not rule.within_capacity or room is None or self.load[user.pk] < room

    def _capacity(self, user: User) -> int | None:
        rooms = [shift.capacity for shift in self.shifts.get(user.pk, ()) if shift.capacity is not None]
        return max(rooms, default=None)

    def _pick(self, rule: AssignmentRule, pool: list[User]) -> User:
        if rule.pick == Pick.FEWEST:
            return min(pool, key=lambda user: (self.load[user.pk], self._turn(rule, user), user.pk))
        return min(pool, key=lambda user: (self._turn(rule, user), user.pk))

    def _turn(self, rule: AssignmentRule, user: User) -> int:
        """The larger, the later it was this colleague's turn; 0 for never."""
        return self.last[rule.pk, user.pk][0] if (rule.pk, user.pk) in self.last else 0

    def _why_pool(self, rule: AssignmentRule, lead: Lead, chosen: User) -> Reason:
        values = {"user": str(chosen)}
        if rule.pool == Pool.TERRITORY:
            values["territory"] = str(lead.territory)
        if rule.pool == Pool.TEAM:
            values["team"] = str(rule.team)
        return {"code": f"pool_{rule.pool}", "values": values}

    def _why_free(self, rule: AssignmentRule, chosen: User) -> list[Reason]:
        reasons: list[Reason] = []
        values: dict[str, Any] = {"user": str(chosen)}
        if rule.skill:
            reasons.append({"code": "skill", "values": {**values, "skill": rule.skill}})
        if rule.on_shift and self.shifts.get(chosen.pk):
            reasons.append({"code": "shift", "values": values})
        if rule.within_capacity and (room := self._capacity(chosen)) is not None:
            counted = {"open": self.load[chosen.pk], "capacity": room}
            reasons.append({"code": "room", "values": {**values, **counted}})
        return reasons

    def _why_pick(self, rule: AssignmentRule, chosen: User, pool: list[User]) -> list[Reason]:
        if len(pool) == 1:
            return []
        values: dict[str, Any] = {"user": str(chosen), "of": len(pool)}
        if rule.pick == Pick.FEWEST:
            return [{"code": "fewest", "values": {**values, "open": self.load[chosen.pk]}}]
        last = self.last.get((rule.pk, chosen.pk))
        if not last:
            return [{"code": "first_turn", "values": values}]
        return [{"code": "turn", "values": {**values, "last": last[1].isoformat()}}]


def live_rules() -> list[AssignmentRule]:
    """Those that give out leads, in order, locked: two leads at once do not go to the same turn."""
    rows = AssignmentRule.objects.select_for_update(of=("self",)).filter(is_live=True)
    return list(rows.select_related("team", "person").order_by("order", "id"))


def choose_now(lead: Lead) -> Choice:
    """Who gets this lead by the live rules. Call inside a transaction."""
    desk = Desk.now(live_rules())
    desk.read([lead.pk])
    return desk.choose(lead, timezone.now())


def _is_within(user: User, path: str) -> bool:
    return user.team is not None and user.team.path.startswith(path)
