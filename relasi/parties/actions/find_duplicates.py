"""Compare all records with all others, as far as they could be the same, and keep the likely pairs for
review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q

from relasi.lib.text import fold
from relasi.parties import matching
from relasi.parties.models import ContactPoint, DuplicatePair, Party, Relation

CHUNK = 1000
Progress = Callable[..., Any]


def find_duplicates(
    *,
    kinds: Iterable[str] = Party.Kind.values,
    threshold: float = matching.LIKELY,
    on_progress: Progress | None = None,
) -> dict[str, int]:
    """How many pairs are waiting after the run, by kind. Safe to repeat: pairs already decided are left
    alone.

    An open pair that no longer looks alike goes; a pair that stands in a family relation is not proposed.
    """
    tell = on_progress or _silent
    kinds, counts = list(kinds), {}
    for place, kind in enumerate(kinds):
        tell(place * 2, len(kinds) * 2, str(Party.Kind(kind).label))
        pairs = matching.likely_pairs(kind, rows_of(kind), threshold=threshold)
        counts[kind] = _keep(kind, pairs)
        tell(place * 2 + 2, len(kinds) * 2, str(Party.Kind(kind).label))
    return counts


def rows_of(kind: str) -> Iterator[matching.Row]:
    """What is compared of every live record of a kind."""
    columns = ("pk", "match_key", "phone", "email", "nik_index", "npwp_index", "birth_on", "city")
    parties = Party.objects.filter(kind=kind, archived_at=None).order_by("pk").values_list(*columns)
    last = 0
    while chunk := list(parties.filter(pk__gt=last)[: CHUNK * 10]):
        last = chunk[-1][0]
        phones, emails = _points(chunk[0][0], last)
        for pk, key, phone, email, nik, npwp, birth_on, city in chunk:
            words = sorted(key.split())
            yield matching.Row(
                unique_id=pk,
                name_key=" ".join(words),
                words=words,
                first_word=key.split(" ")[0],
                phones=sorted({*phones.get(pk, ()), *([phone] if phone else ())}),
                emails=sorted({*emails.get(pk, ()), *([email] if email else ())}),
                nik=nik or None,
                npwp=npwp or None,
                birth=birth_on.isoformat() if birth_on else None,
                city=_city(city),
            )


def _points(first: int, last: int) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    found: dict[str, dict[int, list[str]]] = {"phone": defaultdict(list), "email": defaultdict(list)}
    rows = ContactPoint.objects.filter(party_id__gte=first, party_id__lte=last, kind__in=found)
    for party_id, kind, value in rows.order_by().values_list("party_id", "kind", "value"):
        found[kind][party_id].append(value)
    return found["phone"], found["email"]


def _city(city: str) -> str | None:
    """Kota Bandung, Kabupaten Bandung and Bandung are one place here."""
    word = fold(city)
    for before in ("kota ", "kabupaten ", "kab. ", "kab "):
        word = word.removeprefix(before)
    return word or None


@transaction.atomic
def _keep(kind: str, pairs: Iterable[matching.Pair]) -> int:
    """Write new pairs, mend the scores of open ones, drop open ones that are no longer alike."""
    found = {(pair.left, pair.right): pair for pair in pairs}
    for related in _family(found):
        found.pop(related, None)
    known = DuplicatePair.objects.filter(left__kind=kind)
    stale, changed = [], []
    for pair in known.iterator(CHUNK):
        now = found.pop((pair.left_id, pair.right_id), None)
        if pair.state != DuplicatePair.State.OPEN:
            continue
        if now is None:
            stale.append(pair.pk)
        elif (pair.score, pair.why) != (now.score, now.why):
            pair.score, pair.why = now.score, now.why
            changed.append(pair)
    for start in range(0, len(stale), CHUNK):
        DuplicatePair.objects.filter(pk__in=stale[start : start + CHUNK]).delete()
    DuplicatePair.objects.bulk_update(changed, ["score", "why"], batch_size=CHUNK)
    DuplicatePair.objects.bulk_create(
        (DuplicatePair(left_id=p.left, right_id=p.right, score=p.score, why=p.why) for p in found.values()),
        batch_size=CHUNK,
        ignore_conflicts=True,
    )
    return known.filter(state=DuplicatePair.State.OPEN).count()


def _family(found: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Those who are known to be relatives share telephones without being one person."""
    ids = sorted({left for left, _right in found})
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = Relation.objects.filter(Q(source__in=part) | Q(target__in=part), type__is_family=True)
        for source, target in rows.values_list("source_id", "target_id"):
            yield min(source, target), max(source, target)


def _silent(*_args: Any) -> None:
    """Nobody asked how far it is."""
