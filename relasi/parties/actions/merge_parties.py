"""Make one customer of two: field by field, with everything that points at the second pointed at the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.events.writing import emit
from relasi.kit.records.models import CustomField
from relasi.kit.records.record import Record
from relasi.parties import merging
from relasi.parties.ladder import HEIGHT
from relasi.parties.models import Address, ContactPoint, DuplicatePair, Merge, Party, RungMove

Choice = Literal["winner", "loser", "both"]
OWN = "own."
FIELDS = (
    "name", "salutation", "given_name", "family_name", "nickname", "phone", "email", "city", "website",
    "company", "household", "job_title", "industry", "employees", "rung", "owner", "source",
    "external_id", "birth_on", "gender", "religion", "greeting", "hobbies", "interests", "about", "nik",
    "npwp", "language", "time_zone", "channel",
)  # fmt: skip
CONTACTS = ("phone", "email")
LISTS = ("hobbies", "interests")
JOINED = (*LISTS, "about", *CONTACTS)  # where "both" makes sense; phones and e-mails all stay as contacts


@dataclass(frozen=True)
class Side:
    """One field of the two customers: the values as the database holds them, and what is chosen if nobody
    says.
    """

    name: str
    label: Any
    winner: Any
    loser: Any
    default: Choice

    @property
    def differs(self) -> bool:
        return bool(self.winner != self.loser)

    @property
    def may_be_both(self) -> bool:
        return (
            self.name in JOINED
            and self.name not in CONTACTS
            and bool(self.winner and self.loser)
            and self.differs
        )


def sides(winner: Party, loser: Party) -> list[Side]:
    """Every field that can be chosen, own ones as `own.key`, in the order of the table."""
    found = [_side(name, winner, loser) for name in FIELDS]
    for custom in CustomField.objects.filter(noun=winner.noun, is_active=True):
        mine, other = ((party.custom or {}).get(custom.key) for party in (winner, loser))
        found.append(
            Side(
                OWN + custom.key,
                custom.label,
                mine,
                other,
                "winner" if mine not in (None, "", []) else "loser",
            )
        )
    return found


@transaction.atomic
def merge_parties(
    *, winner: Party, loser: Party, choices: Mapping[str, str] | None = None, by: Any, note: str = ""
) -> Merge:
    """`winner` stays, with the chosen values; `loser` is archived and leads to it. `by=None` is the system.

    `choices` maps a field to "winner", "loser" or "both" (texts and lists); a field not named keeps the
    winner's value, or takes the loser's where the winner has none; of two rungs the higher. Raises
    ValidationError in plain words when the two cannot be one, PermissionDenied when `by` may not change both.
    """
    winner, loser = _locked(winner.pk, loser.pk)
    _check_fit(winner, loser)
    chosen = _chosen(winner, loser, choices or {}, by)
    for party in (winner, loser):
        ContactPoint.ensure_primary(party)
    before = _images(winner, loser)
    last_move = RungMove.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    _demote_points(winner, loser)
    moved = merging.point_all(source=loser.pk, target=winner.pk)
    links = merging.point_links(source=loser.pk, target=winner.pk)
    winner, loser = _locked(winner.pk, loser.pk)
    values = _values(winner, loser, chosen)
    _put_away(loser, winner, values, by, note)
    _take_over(winner, loser, values, by, note)
    pairs = _settle_pair(winner, loser, by)
    ids = {party.pk for party in (winner, loser)}
    new_moves = RungMove.objects.filter(pk__gt=last_move, party_id__in=ids).values_list("pk", flat=True)
    undo = {
        "before": before,
        "after": _images(winner, loser, known=before),
        "moved": moved.moved,
        "stayed": moved.stayed,
        "links": links,
        "pairs": pairs,
        "created": {"parties.rungmove": list(new_moves)},
    }
    merge: Merge = Merge.create(by=by, verb="made", winner=winner, loser=loser, merged_by=by, undo=undo)
    return merge


def may_merge(user: Any, winner: Party, loser: Party) -> bool:
    """Whether the user may change both and may merge at all."""
    return may(user, "merge", Merge) and may(user, "change", winner) and may(user, "change", loser)


def _side(name: str, winner: Party, loser: Party) -> Side:
    field = Party._meta.get_field(name)
    mine, other = getattr(winner, name), getattr(loser, name)
    if name == "rung":
        default: Choice = "winner" if HEIGHT[mine] >= HEIGHT[other] else "loser"
    else:
        default = "loser" if mine in (None, "") and other not in (None, "") else "winner"
    return Side(name, field.verbose_name, mine, other, default)  # type: ignore[union-attr]


def _locked(*ids: int) -> list[Party]:
    rows = {
        party.pk: party
        for party in Party.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    return [rows[pk] for pk in ids]


def _check_fit(winner: Party, loser: Party) -> None:
    if winner.pk == loser.pk:
        raise ValidationError(_("These are one and the same record."))
    if winner.kind != loser.kind:
        raise ValidationError(_("A person, a company and a household cannot be merged with each other."))
    for party in (winner, loser):
        if party.merged_into_id:
            raise ValidationError(_("%(name)s was merged into another record already.") % {"name": party})


def _chosen(winner: Party, loser: Party, choices: Mapping[str, str], by: Any) -> dict[str, Choice]:
    """The choice for each field that differs, checked against what `by` may do."""
    if by is not None and not may_merge(by, winner, loser):
        raise PermissionDenied(_("To merge two records you must be allowed to change both."))
    known = {side.name: side for side in sides(winner, loser)}
    if strange := sorted(set(choices) - known.keys()):
        raise ValidationError(_("There is no field “%(field)s” to choose.") % {"field": strange[0]})
    chosen: dict[str, Choice] = {}
    for side in known.values():
        choice = choices.get(side.name, side.default)
        if choice not in ("winner", "loser", "both") or (choice == "both" and side.name not in JOINED):
            raise ValidationError(
                _("“%(choice)s” cannot be chosen for %(field)s.") % {"choice": choice, "field": side.label}
            )
        if not side.differs or (side.name in CONTACTS and not side.loser):
            continue  # a contact is never lost to an empty one
        if by is not None and choice != side.default and not by.rights.writable(Party, side.name):
            raise PermissionDenied(_("You may not change %(field)s.") % {"field": side.label})
        chosen[side.name] = choice  # type: ignore[assignment]
    return chosen


def _images(winner: Party, loser: Party, known: Mapping[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """The two rows and their contacts and addresses; with `known`, the same rows again as they are now."""
    ids = [winner.pk, loser.pk]
    kept: dict[str, dict[str, Any]] = {}
    for model, column in ((Party, "pk"), (ContactPoint, "party"), (Address, "party")):
        label = model._meta.label_lower
        rows = model._base_manager.filter(**(
            {"pk__in": list(known.get(label, {}))} if known is not None else {f"{column}__in": ids}
        ))  # fmt: skip
        kept[label] = {str(row.pk): merging.image(row) for row in rows}
    return kept


def _demote_points(winner: Party, loser: Party) -> None:
    """The winner's primary contacts and address stay the primary ones."""
    for kind in winner.contact_points.values_list("kind", flat=True).distinct():
        loser.contact_points.filter(kind=kind, is_primary=True).update(is_primary=False)
    if winner.addresses.exists():
        loser.addresses.filter(is_primary=True).update(is_primary=False)


def _values(winner: Party, loser: Party, chosen: Mapping[str, Choice]) -> dict[str, Any]:
    """What the winner is given."""
    values: dict[str, Any] = {}
    custom = dict(winner.custom or {})
    for name, choice in chosen.items():
        if name.startswith(OWN):
            key = name.removeprefix(OWN)
            if choice == "loser":
                custom[key] = (loser.custom or {}).get(key)
        elif choice == "loser":
            values[name] = getattr(loser, name)
        elif choice == "both":
            values[name] = _both(name, getattr(winner, name), getattr(loser, name))
    for key, value in (loser.custom or {}).items():
        custom.setdefault(key, value)
    values["custom"] = {key: value for key, value in custom.items() if value not in (None, "", [])}
    return values


def _both(name: str, mine: str, other: str) -> str:
    if name in LISTS:
        words = [word.strip() for word in f"{mine},{other}".split(",") if word.strip()]
        return ", ".join(
            {word.lower(): word for word in reversed(words)}[key]
            for key in dict.fromkeys(map(str.lower, words))
        )
    if name == "about":
        return f"{mine}\n\n{other}" if mine and other else mine or other
    return mine or other


def _put_away(loser: Party, winner: Party, values: Mapping[str, Any], by: Any, note: str) -> None:
    fields: dict[str, Any] = {"merged_into_id": winner.pk, "archived_at": loser.archived_at or timezone.now()}
    if values.get("external_id"):
        fields["external_id"] = ""
    Record.change(
        loser, by=by, verb="merged_away", note=note or _("Merged into %(name)s") % {"name": winner}, **fields
    )


def _take_over(winner: Party, loser: Party, values: dict[str, Any], by: Any, note: str) -> None:
    text = note or _("%(name)s was merged into this record") % {"name": loser}
    if not winner.change(by=by, verb="merged", note=text, **values):
        emit("merged", winner, by=by, note=text, party_id=winner.pk)
    if loser.last_activity_at and (
        not winner.last_activity_at or loser.last_activity_at > winner.last_activity_at
    ):
        Party.objects.filter(pk=winner.pk).update(last_activity_at=loser.last_activity_at)


def _settle_pair(winner: Party, loser: Party, by: Any) -> dict[str, str]:
    """The pair they were found as, and the state it had."""
    left, right = sorted((winner.pk, loser.pk))
    pair = DuplicatePair.objects.filter(left_id=left, right_id=right).first()
    if pair is None:
        return {}
    before = {str(pair.pk): pair.state}
    pair.change(by=by, verb="merged", state=DuplicatePair.State.MERGED)
    return before
