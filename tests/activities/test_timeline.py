"""The timeline of a customer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from relasi.activities import timeline as module
from relasi.activities.models import Activity, Call, Kind, Note, Task
from relasi.activities.timeline import Asked, Item, Source, chips, timeline_of
from relasi.kit.access.models import FieldRule, Role
from relasi.kit.records.models import Attachment, Comment, about
from relasi.kit.resources.paging import PageError
from relasi.parties.models import Relation, RelationType
from tests.world import World


def titles(world: World, user: Any, **more: Any) -> list[str]:
    return [item.title for item in timeline_of(world.budi, user=user, **more).items]


def many_notes(world: World, noon: datetime, count: int) -> None:
    Activity.objects.bulk_create(
        Activity(
            kind="note",
            subject=f"Note {n}",
            party=world.budi,
            owner=world.bob,
            at=noon - timedelta(minutes=n // 3),
        )
        for n in range(count)
    )


def test_it_merges_deeds_changes_comments_and_files_by_time(world: World, noon: datetime) -> None:
    world.budi.change(by=world.bob, city="Depok")
    Note.create(
        by=world.bob,
        owner=world.bob,
        party=world.budi,
        body="Moved house",
        starts_at=noon - timedelta(days=1),
    )
    Comment.create(by=world.sari, author=world.sari, body="<p>Well done</p>", **about(world.budi))
    Attachment.create(
        by=world.bob,
        name="ktp.pdf",
        size=10,
        sha256="0" * 64,
        path="x",
        uploader=world.bob,
        **about(world.budi),
    )
    assert {item.kind for item in timeline_of(world.budi, user=world.bob).items} == {
        "note",
        "change",
        "comment",
        "file",
    }


def test_pages_end_where_the_next_begins(world: World, noon: datetime) -> None:
    many_notes(world, noon, 25)
    seen: list[str] = []
    before = ""
    while True:
        page = timeline_of(world.budi, user=world.bob, before=before, limit=7, kinds=["note"])
        seen += [item.title for item in page.items]
        if not (before := page.next or ""):
            break
    assert sorted(seen) == sorted(f"Note {n}" for n in range(25))


def test_items_of_one_instant_in_two_sources_are_neither_lost_nor_doubled(
    world: World, noon: datetime
) -> None:
    many_notes(world, noon, 5)
    world.budi.change(by=world.bob, city="Depok")
    seen: list[tuple[str, int]] = []
    before = ""
    while True:
        page = timeline_of(world.budi, user=world.bob, before=before, limit=2)
        seen += [(item.kind, item.id) for item in page.items]
        if not (before := page.next or ""):
            break
    assert len(seen) == len(set(seen))


def test_a_mark_that_is_not_ours_is_refused(world: World) -> None:
    with pytest.raises(PageError):
        timeline_of(world.budi, user=world.bob, before="bm90IG91cnM")


def test_chips_narrow_it(world: World, noon: datetime) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.budi, body="A note")
    Call.create(by=world.bob, owner=world.bob, party=world.budi, subject="A call")
    assert titles(world, world.bob, kinds=["call"]) == ["A call"]


def test_every_kind_has_a_chip() -> None:
    assert [chip.kind for chip in chips()][:5] == Kind.values


def test_edits_within_a_quarter_of_an_hour_are_told_together(world: World) -> None:
    world.budi.change(by=world.bob, city="Depok")
    world.budi.change(by=world.bob, job_title="Director")
    changed = [
        item
        for item in timeline_of(world.budi, user=world.bob, kinds=["change"]).items
        if item.title == "Changed"
    ]
    assert [len(item.lines) for item in changed] == [2]


def test_a_change_says_what_it_was_and_is(world: World) -> None:
    world.budi.change(by=world.bob, city="Depok")
    line = timeline_of(world.budi, user=world.bob, kinds=["change"]).items[0].lines[0]
    assert line.striptags() == "City Jakarta Selatan → Depok"


def test_a_hidden_field_leaves_no_trace(world: World) -> None:
    FieldRule.objects.create(role=Role.objects.get(name="Seller"), noun="party", field="city", level="hidden")
    world.budi.change(by=world.ada, city="Depok")
    assert "Changed" not in titles(world, world.bob)


def test_a_masked_field_is_masked(world: World) -> None:
    FieldRule.objects.create(role=Role.objects.get(name="Seller"), noun="party", field="city", level="masked")
    world.budi.change(by=world.ada, city="Depok")
    assert "Depok" not in str(timeline_of(world.budi, user=world.bob).items)


def test_an_identity_number_is_never_told(world: World) -> None:
    world.budi.change(by=world.bob, nik="3171231708800001")
    said = " ".join(
        str(line) for item in timeline_of(world.budi, user=world.ada).items for line in item.lines
    )
    assert "NIK" in said.upper() and "•••" in said


def test_an_owner_is_told_by_name(world: World) -> None:
    world.budi.change(by=world.ada, owner=world.sari)
    line = timeline_of(world.budi, user=world.ada, kinds=["change"]).items[0].lines[0]
    assert line.striptags() == "Owner Bob Hutapea → Sari Lestari"


def test_without_relations_the_wife_is_not_told(world: World) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.siti, body="Siti likes orchids")
    assert "Siti likes orchids" not in titles(world, world.bob)


def test_with_relations_the_household_is_told_with_its_name(world: World) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.siti, body="Siti likes orchids")
    items = timeline_of(world.budi, user=world.bob, with_relations=True, kinds=["note"]).items
    assert [(item.title, item.party.name) for item in items] == [("Siti likes orchids", "Siti Rahmawati")]


def test_relations_the_reader_may_not_see_stay_untold(world: World) -> None:
    kin = RelationType.create(
        by=None, key="cousin", name="is cousin of", reverse="is cousin of", is_family=True
    )
    Relation.create(by=world.ada, source=world.budi, target=world.joko, type=kin)
    Note.create(by=world.citra, owner=world.citra, party=world.joko, body="A secret of Surabaya")
    assert "A secret of Surabaya" not in titles(world, world.bob, with_relations=True)


def test_staff_is_told_at_the_company(world: World) -> None:
    Note.create(by=world.citra, owner=world.citra, party=world.joko, body="New buyer")
    items = timeline_of(world.maju, user=world.citra, with_relations=True, kinds=["note"]).items
    assert [item.title for item in items] == ["New buyer"]


def test_what_others_did_with_another_customer_does_not_leak(world: World) -> None:
    Task.create(by=world.citra, owner=world.citra, subject="No customer at all")
    assert "No customer at all" not in titles(world, world.ada)


def test_hostile_text_goes_out_clean(world: World) -> None:
    Note.create(
        by=world.bob,
        owner=world.bob,
        party=world.budi,
        body='<p>Hi<img src=x onerror="alert(1)"></p><script>x()</script>',
    )
    body = timeline_of(world.budi, user=world.bob, kinds=["note"]).items[0].body
    assert "onerror" not in body and "script" not in body


def test_a_long_history_costs_no_more_queries(
    world: World, noon: datetime, django_assert_num_queries: Any
) -> None:
    many_notes(world, noon, 300)
    for city in ("Depok", "Bogor", "Bekasi"):
        world.budi.change(by=world.bob, city=city)
    assert world.bob.rights
    timeline_of(world.budi, user=world.bob)
    # activities, messages, mailings, comments, files, events, which parties are visible
    with django_assert_num_queries(7):
        timeline_of(world.budi, user=world.bob)


def test_a_higher_app_adds_its_own(world: World, noon: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(asked: Asked) -> list[Item]:
        return [
            Item(at=noon, id=1, kind="invoice", icon="receipt", title="Invoice 7", party_id=world.budi.pk)
        ]

    source = Source(name="invoices", kinds={"invoice": ("Invoices", "receipt")}, fetch=fetch)
    monkeypatch.setattr(module, "_sources", [*module._sources, source])
    assert titles(world, world.bob, kinds=["invoice"]) == ["Invoice 7"]
