"""`@on("deal.won")`: a higher app reacts to what happened below it.

A reaction runs later, by the outbox (a job written in the same transaction): at least once, so it must be
harmless when repeated. With `now=True` it runs at once, inside the transaction of the change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from relasi.kit.events.models import Event
from relasi.kit.jobs import job

Reaction = Callable[[Event], Any]
_now: dict[str, list[Reaction]] = defaultdict(list)
_later: dict[str, dict[str, Reaction]] = defaultdict(dict)


def on(*names: str, now: bool = False) -> Callable[[Reaction], Reaction]:
    """Register a reaction to events by name ("deal.won"); "deal.*" and "*" are understood."""

    def register(reaction: Reaction) -> Reaction:
        for name in names:
            if now:
                _now[name].append(reaction)
            else:
                _later[name][f"{reaction.__module__}.{reaction.__qualname__}"] = reaction
        return reaction

    return register


def interested(name: str) -> bool:
    return any(key in _now or key in _later for key in _keys(name))


def hand_over(event: Event) -> None:
    """Run the reactions of now, and write one job for each of later."""
    for key in _keys(event.name):
        for reaction in _now.get(key, ()):
            reaction(event)
        for path in _later.get(key, ()):
            deliver.later(event_id=event.pk, key=key, path=path)


@job(queue="reactions")
def deliver(*, event_id: int, key: str, path: str) -> None:
    """Call one later reaction with its event; one that has since been removed from the code is passed over.
    """
    reaction = _later.get(key, {}).get(path)
    if reaction:
        reaction(Event.objects.get(pk=event_id))


def _keys(name: str) -> tuple[str, str, str]:
    return name, name.split(".")[0] + ".*", "*"
