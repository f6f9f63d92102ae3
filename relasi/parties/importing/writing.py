"""Writing a chunk of drafts in a handful of statements: who is known already, what becomes of each row."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.records.record import EMPTY
from relasi.kit.resources.fields import OWN
from relasi.kit.resources.importing.contract import Outcome, Work
from relasi.kit.resources.writing import needed
from relasi.parties.importing.creating import create
from relasi.parties.importing.matching import changeable, find_matches, keys_of, taken_external_ids
from relasi.parties.importing.reading import Draft
from relasi.parties.importing.updating import update
from relasi.parties.models import Party

Pairs = list[tuple[Draft, Party]]


def write(drafts: Sequence[Draft], work: Work) -> list[Outcome]:
    """One outcome a draft, in order.

    Rows that are about the same customer are written one after the other.
    """
    outcomes: dict[int, Outcome] = {}
    waiting = list(drafts)
    while waiting:
        turn, waiting = _without_repeats(waiting, work)
        outcomes |= _write_turn(turn, work)
    return [outcomes[draft.number] for draft in drafts]


def _without_repeats(drafts: list[Draft], work: Work) -> tuple[list[Draft], list[Draft]]:
    """Those that share no key with an earlier one of this turn, and the rest for the next."""
    taken: set[tuple[str, str]] = set()
    turn: list[Draft] = []
    later: list[Draft] = []
    for draft in drafts:
        keys = {
            *keys_of(draft, work.match),
            ("external_id", draft.values.get("external_id") or f"#{draft.number}"),
        }
        (later if taken & keys else turn).append(draft)
        taken |= keys
    return turn, later


def _write_turn(drafts: list[Draft], work: Work) -> dict[int, Outcome]:
    found = find_matches(drafts, work)
    matched = {
        d.number: next((found[key] for key in keys_of(d, work.match) if key in found), None) for d in drafts
    }
    open_to_me = changeable({pk for pk in matched.values() if pk}, work)
    taken = taken_external_ids(drafts)
    outcomes: dict[int, Outcome] = {}
    new: list[Draft] = []
    old: Pairs = []
    for draft in drafts:
        pk = matched[draft.number]
        if outcome := _refused(draft, pk, set(open_to_me), taken, work):
            outcomes[draft.number] = outcome
        elif pk is None:
            new.append(draft)
        else:
            old.append((draft, open_to_me[pk]))
    return outcomes | create(new, work) | update(old, work)


def _refused(
    draft: Draft, pk: int | None, open_to_me: set[int], taken: dict[str, int], work: Work
) -> Outcome | None:
    """What is decided without writing; None for a row to be created or updated."""
    number = draft.values.get("external_id", "")
    if number in taken and taken[number] != pk:
        return Outcome(
            "failed",
            problems=[("", _("The external id “%(id)s” is another record's already.") % {"id": number})],
        )
    if pk is None:
        if outcome := _first_seen_in_trial(draft, work):
            return outcome
        if not work.memo.setdefault("may_add", may(work.user, "add", work.resource.model)):
            return Outcome(
                "failed", problems=[("", _("This customer is new, and you may not add customers."))]
            )
        return _lacking(draft, work)
    if pk not in open_to_me:
        return Outcome("skipped", None, [("", _("This customer is already known, and not yours to change."))])
    if work.on_match == "skip":
        return Outcome("skipped", pk, [("", _("It is already there."))])
    return None


def _lacking(draft: Draft, work: Work) -> Outcome | None:
    """A new customer has the own fields that may not stay empty."""
    if "needed" not in work.memo:
        work.memo["needed"] = needed(work.resource, work.user)
    columns = {goes.field: column for column, goes in work.goes.items()}
    problems = [
        (columns.get(field.name, ""), _("“%(field)s” is needed.") % {"field": field.label})
        for field in work.memo["needed"]
        if draft.own.get(field.name.removeprefix(OWN)) in EMPTY
    ]
    return Outcome("failed", problems=problems) if problems else None


def _first_seen_in_trial(draft: Draft, work: Work) -> Outcome | None:
    """A trial writes nothing, so it remembers which row of the file would have made this customer."""
    if not work.is_trial:
        return None
    marks = [f"{rule}:{value}" for rule, value in keys_of(draft, work.match)]
    earlier = next(
        (work.seen[mark] for mark in marks if work.seen.get(mark, draft.number) != draft.number), None
    )
    for mark in marks:
        work.seen.setdefault(mark, earlier or draft.number)
    if earlier is None:
        return None
    text = _("The same customer as in row %(n)s.") % {"n": earlier}
    return Outcome("skipped" if work.on_match == "skip" else "updated", None, [("", text)])
