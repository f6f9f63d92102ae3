"""The two questions: which rows, and may I. Read once per request from the grants of a user's roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q, Subquery
from django.utils.translation import gettext as _

from relasi.kit.access.models import FieldRule, Grant, Share, Team, User
from relasi.kit.access.models.role import Level, Scope
from relasi.kit.events.models import noun_of

WIDTH = {"": 0, Scope.OWN: 1, Scope.TEAM: 2, Scope.ALL: 3}
LEVEL = {Level.HIDDEN: 0, Level.MASKED: 1, Level.READ: 2, Level.WRITE: 3}
READING = {"view", "export"}
REWRITING = {"change", "delete"}


@dataclass(frozen=True)
class Reason:
    """Why a user may see a record: one sentence for people, and the rule behind it."""

    kind: str
    text: str


@dataclass
class Rights:
    """What one user may do. `scopes` narrows it further when the request came with an API key."""

    user: User
    grants: dict[tuple[str, str], str]
    levels: dict[tuple[str, str], str]
    scopes: tuple[str, ...] = ("*",)
    requires_second_factor: bool = False
    _shares: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, user: User) -> Rights:
        grants: dict[tuple[str, str], str] = {}
        levels: dict[tuple[str, str], str] = {}
        held = (
            []
            if user.is_owner or not user.is_active
            else user.roles.values_list("pk", "requires_second_factor")
        )
        demands = dict(held)
        roles = list(demands)
        for grant in Grant.objects.filter(role__in=roles):
            key = (grant.noun, grant.verb)
            grants[key] = max(grants.get(key, ""), grant.scope, key=lambda scope: WIDTH[scope])
        for rule in FieldRule.objects.filter(role__in=roles):
            at = (rule.noun, rule.field)
            levels[at] = max(levels.get(at, Level.HIDDEN), rule.level, key=lambda level: LEVEL[Level(level)])
        return cls(user, grants, levels, requires_second_factor=any(demands.values()))

    def scope(self, noun: str, verb: str) -> str:
        """own, team, all, or "" for not at all."""
        if not self.user.is_active or not self._key_allows(noun, verb):
            return ""
        if verb in REWRITING and noun in ledgers():
            return ""
        if self.user.is_owner:
            return Scope.ALL
        keys = [(noun, verb), (noun, "*"), ("*", verb), ("*", "*")]
        return max((self.grants.get(key, "") for key in keys), key=lambda scope: WIDTH[scope])

    def visible(self, rows: models.QuerySet[Any], verb: str = "view") -> models.QuerySet[Any]:
        """The rows of a queryset this user may see (or do `verb` to)."""
        scope = self.scope(noun_of(rows.model), verb)
        if rows.model is User and verb not in READING and not self.user.is_owner:
            rows = rows.filter(Q(is_owner=False) | Q(pk=self.user.pk))
        if scope == Scope.ALL:
            return rows
        if not scope and not self._shared_ids(rows.model, verb):
            return rows.none()
        return rows.filter(self._reach(rows.model, scope, verb))

    def may(self, verb: str, target: Any) -> bool:
        """Whether `verb` is allowed on a record, or on some record when `target` is a model."""
        if isinstance(target, type):
            return bool(self.scope(noun_of(target), verb))
        if isinstance(target, User) and verb not in READING and self._is_above(target):
            return False
        scope = self.scope(noun_of(target), verb)
        if scope == Scope.ALL:
            return True
        if not scope and not self._shared_ids(type(target), verb):
            return False
        rows = type(target)._default_manager.filter(pk=target.pk)
        return bool(rows.filter(self._reach(type(target), scope, verb)).exists())

    def _is_above(self, other: User) -> bool:
        """An owner's account is touched by owners alone, and by its person."""
        return other.is_owner and not self.user.is_owner and other.pk != self.user.pk

    def level(self, model: type[models.Model], name: str) -> Level:
        """What this user may do with one field."""
        noun = noun_of(model)
        guarded = name in getattr(model, "guarded_fields", ())
        if self.user.is_owner:
            return Level.WRITE
        rule = self.levels.get((noun, name)) or self.levels.get(("*", name))
        if rule:
            return Level(rule)
        return Level.MASKED if guarded else Level.WRITE

    def readable(self, model: type[models.Model], names: Iterable[str]) -> list[str]:
        """Those of `names` that may be shown, in clear or masked."""
        return [name for name in names if self.level(model, name) != Level.HIDDEN]

    def searchable(self, model: type[models.Model], name: str) -> bool:
        """A masked or hidden field may not be filtered, sorted or searched: that would tell its value."""
        return LEVEL[self.level(model, name)] >= LEVEL[Level.READ]

    def writable(self, model: type[models.Model], name: str) -> bool:
        return self.level(model, name) == Level.WRITE

    def narrowed(self, scopes: Iterable[str]) -> Rights:
        return replace(self, scopes=tuple(scopes), _shares={})

    def explain(self, record: Any) -> list[Reason]:
        """Every reason why this user may see `record`; empty when there is none."""
        return list(self._reasons(record))

    def _reasons(self, record: Any) -> Iterable[Reason]:
        noun = noun_of(record)
        if self.user.is_owner:
            yield Reason(
                "owner", _("%(user)s owns this installation and sees everything.") % {"user": self.user}
            )
        for grant in Grant.objects.filter(
            role__in=self.user.roles.all(), noun__in=[noun, "*"], verb__in=["view", "*"]
        ):
            reach = self._reach(type(record), grant.scope, "view", shares=False)
            if (
                grant.scope == Scope.ALL
                or type(record)._default_manager.filter(Q(pk=record.pk) & reach).exists()
            ):
                yield Reason(
                    grant.scope,
                    _("Role “%(role)s” lets %(user)s see %(scope)s records of this kind.")
                    % {"role": grant.role, "user": self.user, "scope": Scope(grant.scope).label},
                )
        share = Share.objects.filter(user=self.user, noun=noun, record_id=record.pk).first()
        if share:
            yield Reason(
                "share",
                _("%(by)s shared this record with %(user)s.") % {"by": share.shared_by, "user": self.user},
            )

    def _reach(self, model: type[models.Model], scope: str, verb: str, shares: bool = True) -> Q:
        reach = Q(pk__in=[])
        if scope == Scope.ALL:
            return Q()
        if scope:
            reach |= self._by_owner(model, scope) | self._by_parents(model, verb)
        if shares and (ids := self._shared_ids(model, verb)):
            reach |= Q(pk__in=ids)
        return reach

    def _by_owner(self, model: type[models.Model], scope: str) -> Q:
        owner = getattr(model, "owner_field", "owner")
        if model is User:
            return Q(pk=self.user.pk) if scope == Scope.OWN else Q(team__in=self._team_ids)
        if not any(f.name == owner for f in model._meta.fields):
            return Q(pk__in=[])
        if scope == Scope.TEAM and self.user.team_id:
            return Q(**{f"{owner}__in": self._colleague_ids})
        return Q(**{owner: self.user.pk})

    def _by_parents(self, model: type[models.Model], verb: str) -> Q:
        """Rows that are about a record the user may see; to do more than read them, one they may change."""
        reach, asked = Q(pk__in=[]), "view" if verb in READING else "change"
        for name in getattr(model, "visible_through", ()):
            parent: Any = model._meta.get_field(name).related_model
            reach |= Q(**{f"{name}__in": self.visible(parent._default_manager.all(), asked).values("pk")})
        return reach

    def _shared_ids(self, model: type[models.Model], verb: str) -> set[int]:
        noun = noun_of(model)
        if not self._key_allows(noun, verb):
            return set()
        kind = "read" if verb in READING else "change" if verb == "change" else ""
        if not kind:
            return set()
        if noun not in self._shares:
            rows = Share.objects.filter(user=self.user, noun=noun).values_list("record_id", "may_change")
            self._shares[noun] = {pk for pk, _change in rows}
            self._shares[noun + ":change"] = {pk for pk, change in rows if change}
        return self._shares[noun] if kind == "read" else self._shares[noun + ":change"]

    def _key_allows(self, noun: str, verb: str) -> bool:
        return any(scope in {"*", f"{noun}:{verb}", f"{noun}:*", f"*:{verb}"} for scope in self.scopes)

    @cached_property
    def _team_ids(self) -> list[int]:
        if not self.user.team:
            return []
        return list(
            Team._default_manager.filter(path__startswith=self.user.team.path).values_list("pk", flat=True)
        )

    @cached_property
    def _colleague_ids(self) -> list[int]:
        """Who is in the team or below it: one query, by the team's path."""
        path = Team._default_manager.filter(pk=self.user.team_id or 0).values("path")[:1]
        team = User._default_manager.filter(team__path__startswith=Subquery(path)).order_by()
        return sorted({*team.values_list("pk", flat=True), self.user.pk})


@cache
def ledgers() -> frozenset[str]:
    """The nouns whose rows are written once: nobody, not even an owner, may change or delete them."""
    return frozenset(noun_of(model) for model in apps.get_models() if getattr(model, "written_once", False))


def may(user: User, verb: str, target: Any) -> bool:
    """Whether `user` may do `verb` to a record, or to some record when `target` is a model."""
    return user.rights.may(verb, target)
