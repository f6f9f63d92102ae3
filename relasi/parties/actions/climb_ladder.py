"""Move every party to the rung the company's rules give it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from relasi.kit.access.models import User
from relasi.kit.events.writing import Draft, emit_many
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import Field, fields_of
from relasi.kit.resources.filtering import FilterError, parse, to_q
from relasi.kit.resources.registry import resources_of_noun
from relasi.parties.ladder import HEIGHT
from relasi.parties.models import Party, RungMove, RungRule

CHUNK = 500
HAND_HOLDS = timedelta(days=90)  # a rung set by a person is not overruled for so long


@dataclass(frozen=True)
class Step:
    """Parties that a rule would move: `rows` still hold their old rung."""

    rule: RungRule
    rows: QuerySet[Party]


def climb_ladder(
    *, party_ids: Iterable[int] | None = None, on_chunk: Callable[[int], bool] | None = None
) -> int:
    """Apply the rules in use to everybody, or to the given parties; how many moved. Safe to run again.

    The first rule by order that a party meets decides. A rule steps down only where it says so; a rung set
    by hand in the last 90 days stands. `on_chunk(moved so far)` may answer True to stop between two chunks.
    """
    moved = 0
    rules = list(RungRule.objects.filter(is_active=True))
    for step in steps(rules, party_ids=party_ids):
        ids = list(step.rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            moved += _move(ids[start : start + CHUNK], step.rule)
            if on_chunk and on_chunk(moved):
                return moved
    return moved


def steps(
    rules: list[RungRule], *, party_ids: Iterable[int] | None = None, reader: Any = None
) -> Iterator[Step]:
    """For each rule and kind of party, those it would move now. Raises FilterError for a rule that cannot be
    read.
    """
    by = reader or system_reader()
    for resource in resources_of_noun("party"):
        earlier = Q()
        for rule in rules:
            meets = condition(rule.filter, resource, by)
            if meets is None:
                continue
            rows = resource.rows(by).filter(archived_at=None).filter(meets).exclude(rung=rule.rung)
            rows = rows.filter(_lower(rule)) if not rule.may_step_down else rows
            rows = rows.exclude(pk__in=_held_by_hand())
            if party_ids is not None:
                rows = rows.filter(pk__in=list(party_ids))
            yield Step(rule, rows.filter(~earlier) if earlier else rows)
            earlier |= meets


def condition(text: str, resource: Resource, reader: Any) -> Q | None:
    """The rule's filter over one kind of party; None where that kind lacks a field the rule speaks of."""
    asked = question(text, resource, reader, fields_of(resource))
    if asked is None:
        return None
    return Q(pk__in=resource.model._base_manager.filter(asked).values("pk"))


def question(text: str, resource: Resource, reader: Any, fields: dict[str, Field]) -> Q | None:
    """As `condition`, to be asked of rows that were picked already; a customer may come more than once."""
    node = parse(text)
    if not _names(node) <= fields.keys():
        return None
    return to_q(node, resource=resource, user=reader, fields=fields)


def check_rule(text: str, reader: Any) -> None:
    """Raises FilterError unless some kind of party can be asked this."""
    asked = [condition(text, resource, reader) for resource in resources_of_noun("party")]
    if not any(asked):
        unknown = sorted(_names(parse(text)) - fields_of(resources_of_noun("party")[0]).keys())
        from django.utils.translation import gettext as _

        raise FilterError(
            _("There is no field “%(field)s” to filter by.") % {"field": ", ".join(unknown) or text}
        )


def system_reader() -> User:
    """Who the rules are read as: everything may be asked, nobody is signed in."""
    return User(is_owner=True, is_active=True, name="Relasi")


def _names(node: Any) -> set[str]:
    if hasattr(node, "field"):
        return {node.field}
    if hasattr(node, "part"):
        return _names(node.part)
    return {name for part in node.parts for name in _names(part)}


def _lower(rule: RungRule) -> Q:
    return Q(rung__in=[rung for rung, height in HEIGHT.items() if height < HEIGHT[rule.rung]])


def _held_by_hand() -> QuerySet[Any]:
    since = timezone.now() - HAND_HOLDS
    return RungMove.objects.by_hand().filter(at__gte=since).values("party_id")


@transaction.atomic
def _move(ids: list[int], rule: RungRule) -> int:
    """Move those of `ids` that are not there yet: rows, dated moves and events in a few statements."""
    parties = list(Party.objects.select_for_update(of=("self",)).filter(pk__in=ids).exclude(rung=rule.rung))
    now, today = timezone.now(), timezone.localdate()
    Party.objects.filter(pk__in=[party.pk for party in parties]).update(
        rung=rule.rung, rung_since=today, version=F("version") + 1, updated_at=now
    )
    RungMove.objects.bulk_create(
        RungMove(party_id=party.pk, before=party.rung, after=rule.rung, rule=rule, reason=rule.reason)
        for party in parties
    )
    emit_many(
        Draft(
            verb="moved",
            record=party,
            changes={"rung": [party.rung, rule.rung]},
            note=rule.shown_reason,
            party_id=party.pk,
        )
        for party in parties
    )
    return len(parties)
