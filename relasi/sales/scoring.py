"""How good a lead is: points by rules, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relasi.sales.conditions import CHUNK, met
from relasi.sales.models import Lead, ScoreRule


def score(leads: Iterable[Lead]) -> int:
    """Give these leads the score of the rules in use; how many differ from before."""
    rules = list(ScoreRule.objects.filter(is_active=True))
    wanted, differing = list(leads), 0
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        answers = met({rule.pk: rule.condition for rule in rules}, [lead.pk for lead in chunk])
        changed = [lead for lead in chunk if _take(lead, rules, answers.get(lead.pk, set()))]
        Lead.objects.bulk_update(changed, ["score", "score_parts"])
        differing += len(changed)
    return differing


def parts_of(rules: Iterable[ScoreRule], met_rules: set[int]) -> list[dict[str, Any]]:
    """What the score is made of, largest first."""
    parts = [
        {"rule": rule.pk, "points": rule.points, "words": rule.name} for rule in rules if rule.pk in met_rules
    ]
    return sorted(parts, key=lambda part: -abs(int(str(part["points"]))))


def _take(lead: Lead, rules: list[ScoreRule], met_rules: set[int]) -> bool:
    parts = parts_of(rules, met_rules)
    total = sum(int(part["points"]) for part in parts)
    if (lead.score, lead.score_parts) == (total, parts):
        return False
    lead.score, lead.score_parts = total, parts
    return True
