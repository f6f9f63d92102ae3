"""Take a merge back: both customers as they were, with what was added since left where it was put."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record
from relasi.parties import merging
from relasi.parties.models import DuplicatePair, Merge, Party

PARTY = Party._meta.label_lower
NOT_RESTORED = {
    "id", "version", "updated_at", "created_at", "party_id", "match_key", "birthday_key", "nik_index",
    "npwp_index", "search_at",
}  # fmt: skip
EXAMPLES = 5


@dataclass
class Unmerged:
    """`kept`: sentences on values changed since, which stay; `added`: (kind, number, examples) that stay
    with the winner.
    """

    kept: list[str] = field(default_factory=list)
    added: list[tuple[str, int, list[str]]] = field(default_factory=list)


@transaction.atomic
def unmerge(*, merge: Merge, by: Any) -> Unmerged:
    """Both customers as before the merge. Harmless when repeated.

    Raises ValidationError in plain words when it is impossible, PermissionDenied when `by` may not.
    """
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at:
        return Unmerged()
    rows = {
        row.pk: row
        for row in Party.objects.select_for_update(of=("self",)).filter(
            pk__in=[merge.winner_id, merge.loser_id]
        )
    }
    winner, loser = rows[merge.winner_id], rows[merge.loser_id]
    _check(merge, winner, loser, by)
    now = _now(merge)
    result = Unmerged(kept=list(_point_back(merge, loser)))
    _links_back(merge, loser)
    _forget_created(merge)
    for party in (winner, loser):
        result.kept += _restore_party(party, merge, now, by)
    _restore_rows(merge, now)
    for pk, state in merge.undo.get("pairs", {}).items():
        DuplicatePair.objects.filter(pk=pk, state=DuplicatePair.State.MERGED).update(state=state)
    result.added = list(_added(merge))
    merge.change(by=by, verb="undone", undone_at=timezone.now())
    return result


def may_unmerge(user: Any, merge: Merge) -> bool:
    return may(user, "merge", merge) and may(user, "change", merge.winner)


def _check(merge: Merge, winner: Party, loser: Party, by: Any) -> None:
    if by is not None and not may_unmerge(by, merge):
        raise PermissionDenied(_("You may not take this merge back."))
    if loser.merged_into_id != winner.pk:
        raise ValidationError(_("%(name)s no longer leads to this record.") % {"name": loser})
    if winner.merged_into_id:
        raise ValidationError(
            _("%(name)s was itself merged later; take that merge back first.") % {"name": winner}
        )


def _now(merge: Merge) -> dict[str, dict[str, Any]]:
    """The rows of the images as they are at this moment."""
    now: dict[str, dict[str, Any]] = {}
    for label, images in merge.undo["after"].items():
        rows = apps.get_model(label)._base_manager.filter(pk__in=list(images))
        now[label] = {str(row.pk): merging.image(row) for row in rows}
    return now


def _point_back(merge: Merge, loser: Party) -> Iterator[str]:
    """Point the rows that still belong to the winner at the loser again; says which ones do not go back."""
    for name, ids in merge.undo["moved"].items():
        reference = merging.reference_named(name)
        if reference is None:
            yield _("The table of %(name)s is gone.") % {"name": name}
            continue
        here = list(reference.rows(merge.winner_id).filter(pk__in=ids).values_list("pk", flat=True))
        _moved, stayed = merging.point(reference, here, target=loser.pk)
        gone = len(ids) - len(here)
        label = reference.model._meta.verbose_name
        if gone:
            yield _("%(what)s: %(n)d deleted or moved since") % {"what": label, "n": gone}
        if stayed:
            yield _("%(what)s: %(n)d stay, the other record has the same") % {"what": label, "n": len(stayed)}


def _links_back(merge: Merge, loser: Party) -> None:
    for name, ids in merge.undo.get("links", {}).items():
        noun, _dot, key = name.partition(".")
        if model := merging.table_of(noun):
            still = model._base_manager.filter(pk__in=ids, **{f"custom__{key}": merge.winner_id})
            merging.set_link(model, key, list(still.values_list("pk", flat=True)), loser.pk)


def _forget_created(merge: Merge) -> None:
    for label, ids in merge.undo.get("created", {}).items():
        apps.get_model(label)._base_manager.filter(pk__in=ids).delete()


def _restore_party(party: Party, merge: Merge, now: dict[str, Any], by: Any) -> list[str]:
    """Give the party its former values, but for those changed since; answers which."""
    before, after = (merge.undo[side][PARTY][str(party.pk)] for side in ("before", "after"))
    here = now[PARTY][str(party.pk)]
    back, kept = {}, []
    for name, value in before.items():
        if name in NOT_RESTORED or after.get(name) == value:
            continue
        if here[name] != after.get(name):
            label = next(
                column.verbose_name for column in Party._meta.concrete_fields if column.attname == name
            )
            kept.append(
                _("%(name)s: %(field)s was changed since and stays") % {"name": party, "field": label}
            )
        else:
            back[name] = merging.value_of(Party, name, value)
    for derived in ("last_activity_at", "rung_since"):
        if derived in back:
            Party.objects.filter(pk=party.pk).update(**{derived: back.pop(derived)})
    if not Record.change(party, by=by, verb="unmerged", **back):
        emit("unmerged", party, by=by, party_id=party.pk)
    return kept


def _restore_rows(merge: Merge, now: dict[str, Any]) -> None:
    """Contacts and addresses: which one is primary, as far as nobody changed it since."""
    for label, images in merge.undo["before"].items():
        if label == PARTY:
            continue
        model = apps.get_model(label)
        for pk, before in images.items():
            after, here = merge.undo["after"][label].get(pk), now[label].get(pk)
            if not after or not here:
                continue
            back = {
                name: merging.value_of(model, name, value)
                for name, value in before.items()
                if name not in NOT_RESTORED and here[name] == after[name]
            }
            model._base_manager.filter(pk=pk).update(**back)


def _added(merge: Merge) -> Iterator[tuple[str, int, list[str]]]:
    """What was put on the winner after the merge."""
    for reference in merging.references():
        if not issubclass(reference.model, Record) or reference.model is Party:
            continue
        rows = reference.rows(merge.winner_id).filter(created_at__gt=merge.created_at)
        rows = rows.exclude(pk__in=merge.undo["moved"].get(reference.name, []))
        if number := rows.count():
            yield str(reference.model._meta.verbose_name), number, [str(row) for row in rows[:EXAMPLES]]
