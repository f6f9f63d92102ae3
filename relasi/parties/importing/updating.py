"""Known customers of a chunk: what a row changes is worked out first, then written at once, with events that
can be undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from relasi.kit.events.bulk import insert, insert_objects
from relasi.kit.events.bulk import update as update_rows
from relasi.kit.events.writing import Draft as EventDraft
from relasi.kit.events.writing import emit_many
from relasi.kit.records.models import Tagging
from relasi.kit.records.record import EMPTY, Record
from relasi.kit.resources.importing.contract import Outcome, Work
from relasi.kit.resources.indexing import index
from relasi.parties.fields import index_of
from relasi.parties.importing import hanging
from relasi.parties.importing.reading import Draft
from relasi.parties.importing.referring import Referred, referred
from relasi.parties.models import Address, ContactPoint, ImportantDate, Party, RungMove

STREET = ("street", "rt", "rw", "kelurahan", "kecamatan", "postal_code", "text")


@dataclass
class Known:
    """What hangs on one known customer now."""

    points: dict[tuple[str, str], tuple[int, bool]] = field(default_factory=dict)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    days: set[tuple[str, Any]] = field(default_factory=set)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Change:
    """What one row changes: columns of the party as {name: [before, after]}, and rows to hang on it."""

    draft: Draft
    party: Party
    columns: dict[str, list[Any]]
    points: list[dict[str, Any]]
    addresses: list[dict[str, Any]]
    days: list[dict[str, Any]]
    tags: list[str]

    @property
    def is_any(self) -> bool:
        return bool(self.columns or self.points or self.addresses or self.days or self.tags)


def update(pairs: Sequence[tuple[Draft, Party]], work: Work) -> dict[int, Outcome]:
    """Bring known customers up to what their rows say; outcomes by row number. No party comes twice."""
    if not pairs:
        return {}
    links = referred([draft for draft, _party in pairs], work)
    known = _known([party.pk for _draft, party in pairs])
    changes = [_change(draft, party, known[party.pk], links, work) for draft, party in pairs]
    if not work.is_trial:
        _write([change for change in changes if change.is_any], known, work)
    return {
        change.draft.number: Outcome(
            "updated" if change.is_any else "unchanged", change.party.pk, links.problems(change.draft)
        )
        for change in changes
    }


def _change(draft: Draft, party: Party, known: Known, links: Referred, work: Work) -> Change:
    before = party._snapshot()
    for name, value in _given(draft, party, links, work).items():
        setattr(party, name, value)
    party.prepare()
    after = party._snapshot()
    columns = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    new_days = [day for day in hanging.days(draft, party) if (day["label"], day["on"]) not in known.days]
    wanted = [*draft.tags, *work.options.get("tags", [])]
    new_tags = list({tag.lower(): tag for tag in wanted if tag.lower() not in known.tags}.values())
    return Change(
        draft,
        party,
        columns,
        _new_points(draft, party, before, known),
        _new_addresses(draft, party, known, work),
        new_days,
        new_tags,
    )


def _given(draft: Draft, party: Party, links: Referred, work: Work) -> dict[str, Any]:
    """What the row says of the party's columns: all of it (update), or only what was empty (merge)."""
    given = {name: value for name, value in draft.values.items() if value not in EMPTY}
    given |= {
        name: pk
        for name, pk in (("company_id", links.company(draft)), ("owner_id", links.owner(draft)))
        if pk
    }
    if work.on_match == "merge":
        given = {name: value for name, value in given.items() if getattr(party, name) in EMPTY}
    for kind in ("nik", "npwp"):
        if (
            kind in given
            and getattr(party, kind)
            and index_of(kind, given[kind]) == index_of(kind, getattr(party, kind))
        ):
            del given[kind]
    own = {
        key: value for key, value in draft.own.items() if work.on_match != "merge" or key not in party.custom
    }
    if {**party.custom, **own} != party.custom:
        given["custom"] = {**party.custom, **own}
    return given


def _new_points(draft: Draft, party: Party, before: dict[str, Any], known: Known) -> list[dict[str, Any]]:
    """Phones and e-mails the party did not have; also the one it showed so far, if nothing else keeps it."""
    rows = hanging.points(draft, party)
    for kind in ("phone", "email"):
        old = before[kind]
        if old and old != getattr(party, kind) and (kind, old) not in known.points:
            rows.append(
                {
                    "party_id": party.pk,
                    "kind": kind,
                    "value": old,
                    "label": "mobile" if kind == "phone" else "home",
                }
            )
    return [row for row in rows if (row["kind"], row["value"]) not in known.points]


def _new_addresses(draft: Draft, party: Party, known: Known, work: Work) -> list[dict[str, Any]]:
    """Addresses the party did not have.

    A city alone is no new address where one is in that city, or where gaps are filled.
    """
    seen = {_spot(row) for row in known.addresses}
    cities = {str(row["city"]).lower() for row in known.addresses}
    found = []
    for row in hanging.addresses(draft, party, first=not known.addresses):
        is_city_alone = not any(row.get(part) for part in STREET)
        if _spot(row) in seen or (
            is_city_alone and (work.on_match == "merge" or row.get("city", "").lower() in cities)
        ):
            continue
        found.append(row)
    return found


def _spot(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(part, "") or "").strip().lower() for part in (*STREET, "city"))


def _known(ids: Sequence[int]) -> dict[int, Known]:
    """What hangs on these parties, in four queries."""
    known: dict[int, Known] = defaultdict(Known)
    points = ContactPoint._default_manager.filter(party__in=ids).order_by()
    for party_id, kind, value, pk, primary in points.values_list(
        "party_id", "kind", "value", "pk", "is_primary"
    ):
        known[party_id].points[kind, value] = (pk, primary)
    for row in Address._default_manager.filter(party__in=ids).order_by().values("party_id", "city", *STREET):
        known[row["party_id"]].addresses.append(row)
    for party_id, label, on in (
        ImportantDate._default_manager.filter(party__in=ids).order_by().values_list("party_id", "label", "on")
    ):
        known[party_id].days.add((label, on))
    taggings = Tagging.objects.filter(noun="party", record_id__in=ids).order_by()
    for party_id, name in taggings.values_list("record_id", "tag__name"):
        known[party_id].tags[name.lower()] = name
    return known


def _write(changes: Sequence[Change], known: dict[int, Known], work: Work) -> None:
    """Rows that hang on a party first and its own change last, so that an undo, which runs backwards, finds
    them still there.
    """
    if not changes:
        return
    events = [
        *_hang(ContactPoint, [row for change in changes for row in change.points], work),
        *_hang(Address, [row for change in changes for row in change.addresses], work),
        *_hang(ImportantDate, [row for change in changes for row in change.days], work),
        *_tag(changes, known, work),
        *_write_columns(changes, work),
    ]
    _settle_primary(changes, known)
    emit_many(events)
    index([change.party for change in changes])


def _hang(model: type[Record], rows: Sequence[dict[str, Any]], work: Work) -> Iterable[EventDraft]:
    records = [model(**row) for row in rows]
    insert_objects(records)
    return [
        EventDraft(
            verb="created",
            record=record,
            by=work.user,
            changes=_said(record),
            batch=work.batch,
            party_id=record.event_party_id(),
        )
        for record in records
    ]


def _said(record: Record) -> dict[str, list[Any]]:
    return record._logged(
        {name: [None, value] for name, value in record._snapshot().items() if value not in EMPTY}
    )


def _tag(changes: Sequence[Change], known: dict[int, Known], work: Work) -> Iterable[EventDraft]:
    hanging.tag({change.party.pk: change.tags for change in changes if change.tags}, work)
    for change in changes:
        if change.tags:
            before = sorted(known[change.party.pk].tags.values())
            sides = {"tags": [before, sorted([*before, *change.tags])]}
            yield EventDraft(
                verb="tagged",
                record=change.party,
                by=work.user,
                changes=sides,
                batch=work.batch,
                party_id=change.party.pk,
            )


def _write_columns(changes: Sequence[Change], work: Work) -> Iterable[EventDraft]:
    now = timezone.now()
    changed = [change for change in changes if change.columns]
    _move(changed, work)
    for change in changed:
        change.party.version += 1
        change.party.updated_at = now
    update_rows(
        Party,
        [
            (
                change.party.pk,
                {name: sides[1] for name, sides in change.columns.items()} | _book(change.party),
            )
            for change in changed
        ],
    )
    return [
        EventDraft(
            verb="changed",
            record=change.party,
            by=work.user,
            changes=news,
            batch=work.batch,
            party_id=change.party.pk,
        )
        for change in changed
        if (news := change.party._logged(change.columns))
    ]


def _book(party: Party) -> dict[str, Any]:
    return {"version": party.version, "updated_at": party.updated_at}


def _move(changes: Sequence[Change], work: Work) -> None:
    """A rung that a file names is a dated step on the ladder."""
    today, moves = timezone.localdate(), []
    for change in changes:
        if "rung" in change.columns:
            before, after = change.columns["rung"]
            change.columns["rung_since"] = [change.party.rung_since, today]
            change.party.rung_since = today
            moves.append(
                {"party_id": change.party.pk, "before": before, "after": after, "by_id": work.user.pk}
            )
    insert(RungMove, moves)


def _settle_primary(changes: Sequence[Change], known: dict[int, Known]) -> None:
    """The phone and e-mail a party shows are its primary ones."""
    up, down = [], []
    for change in changes:
        for kind in change.columns.keys() & {"phone", "email"}:
            shown = getattr(change.party, kind)
            for (point_kind, value), (pk, primary) in known[change.party.pk].points.items():
                if point_kind == kind and primary and value != shown:
                    down.append(pk)
                elif point_kind == kind and value == shown and not primary:
                    up.append(pk)
    ContactPoint._default_manager.filter(pk__in=down).update(is_primary=False)
    ContactPoint._default_manager.filter(pk__in=up).update(is_primary=True)
