"""Taking in customers from a file: nothing lost, nothing doubled, everything told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from relasi.kit.access.models import FieldRule, User
from relasi.kit.events.models import Event
from relasi.kit.jobs.claiming import claim, free_lost_jobs
from relasi.kit.jobs.models import Job
from relasi.kit.jobs.worker import Worker
from relasi.kit.records.models import CustomField
from relasi.kit.resources.importing import engine, mending, starting
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.kit.resources.importing.results import result_lines
from relasi.kit.resources.registry import find
from relasi.parties.models import ContactPoint, Party
from tests.world import World


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def receive(text: str, by: User, name: str = "kontak.csv", resource: str = "people") -> ImportRun:
    found = find(resource)
    assert found
    return starting.receive(resource=found, name=name, chunks=[text.encode()], by=by)


def taken_in(text: str, by: User, **options: object) -> ImportRun:
    run = receive(text, by)
    starting.map_columns(run, mapping=run.mapping, options=options, by=by)
    starting.start(run, by=by)
    engine.carry_on(run)
    run.refresh_from_db()
    return run


GOOGLE = """\
First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Birthday
Agus,Salim,VIP ::: * myContacts,Work,agus@salim.example,Mobile,0812 5555 0001 ::: 0812 5555 0002,1984-10-08
Rina,Kusuma,,,not an address,Mobile,0812 5555 0003,
Budi,Santoso,,,budi@santoso.example,Mobile,0812 1111 2222,1980-08-17
"""


def test_a_google_export_is_recognised_and_mapped(world: World) -> None:
    run = receive(GOOGLE, world.bob)
    assert run.source == "google"
    assert run.mapping["Phone 1 - Value"] == {"field": "phone", "index": 1, "part": "", "sure": 100}


def test_every_row_is_accounted_for(world: World) -> None:
    run = taken_in(GOOGLE, world.bob)
    assert (run.state, run.counts) == ("done", {"created": 1, "failed": 1, "updated": 1})
    assert sum(run.counts.values()) == run.total_rows == ImportRow.objects.filter(run=run).count() == 3


def test_a_created_customer_has_all_phones_and_tags(world: World) -> None:
    taken_in(GOOGLE, world.bob)
    agus = Party.objects.get(name="Agus Salim")
    assert set(agus.contact_points.values_list("value", flat=True)) == {
        "+6281255550001", "+6281255550002", "agus@salim.example",
    }  # fmt: skip
    assert Event.objects.of(agus).get().verb == "created"
    assert agus.owner == world.bob


def test_a_failed_row_says_why_and_can_be_mended(world: World) -> None:
    run = taken_in(GOOGLE, world.bob)
    row = ImportRow.objects.get(run=run, outcome="failed")
    assert (row.number, row.problems) == (
        2,
        [["E-mail 1 - Value", "“not an address” is not an e-mail address."]],
    )
    mended = mending.mend_row(row, {**row.cells, "E-mail 1 - Value": "rina@kusuma.example"})
    run.refresh_from_db()
    assert mended.outcome == "created"
    assert (run.counts["failed"], run.open_failures) == (0, 0)
    assert Party.objects.filter(email="rina@kusuma.example").exists()


def test_a_trial_writes_nothing_and_tells_the_same(world: World) -> None:
    run = receive(GOOGLE, world.bob)
    before = Party.objects.count(), Event.objects.filter(noun="party").count()
    engine.try_run(run)
    run.refresh_from_db()
    assert run.trial == {"created": 1, "failed": 1, "updated": 1}
    assert (Party.objects.count(), Event.objects.filter(noun="party").count()) == before


def test_two_rows_of_one_customer_make_one(world: World) -> None:
    run = taken_in(
        "Nama,HP,Kota\nTuti,0812 7777 0001,Bogor\nTuti Wulandari,+62 812-7777-0001,Depok\n", world.bob
    )
    assert run.counts == {"created": 1, "updated": 1}
    assert Party.objects.get(phone="+6281277770001").name == "Tuti Wulandari"


def test_merge_fills_only_what_is_empty(world: World) -> None:
    taken_in("Nama,HP,Kota,Jabatan\nBudi S.,0812 1111 2222,Medan,Direktur\n", world.bob, on_match="merge")
    world.budi.refresh_from_db()
    assert (world.budi.name, world.budi.city, world.budi.job_title) == (
        "Budi Santoso",
        "Jakarta Selatan",
        "Direktur",
    )


def test_a_customer_of_somebody_else_is_skipped_without_a_word_about_him(world: World) -> None:
    run = taken_in("Nama,HP\nX,0813 4444 5555\n", world.bob)
    row = ImportRow.objects.get(run=run)
    assert (row.outcome, row.record_id) == ("skipped", None)
    assert "Joko" not in str(row.problems)


def test_an_unknown_column_becomes_an_own_field(world: World) -> None:
    text = "Nama,HP,Ukuran Sepatu\n" + "".join(
        f"Orang {n},0812 6000 {n:04d},{38 + n % 5}\n" for n in range(60)
    )
    run = receive(text, world.ada)
    assert run.mapping["Ukuran Sepatu"]["field"] == ""
    mapping = run.mapping | {"Ukuran Sepatu": {"field": "new", "kind": "number"}}
    starting.map_columns(run, mapping=mapping, options={}, by=world.ada)
    starting.start(run, by=world.ada)
    engine.carry_on(run)
    assert Party.objects.get(name="Orang 3").custom == {"ukuran_sepatu": 41}


def test_undo_takes_back_what_was_made_and_what_was_changed(world: World) -> None:
    before = list(Party.objects.order_by("pk").values_list("pk", "name", "city", "phone"))
    run = taken_in("Nama,HP,Kota\nBudi Baru,0812 1111 2222,Medan\nAnton,0812 7000 0009,Solo\n", world.bob)
    assert Party.objects.filter(name="Anton").exists()
    engine.undo_run(run)
    assert list(Party.objects.order_by("pk").values_list("pk", "name", "city", "phone")) == before
    assert not ContactPoint.objects.filter(value="+6281270000009").exists()


def test_undo_keeps_and_lists_what_was_changed_since(world: World) -> None:
    run = taken_in("Nama,HP\nAnton,0812 7000 0009\nBambang,0812 7000 0010\n", world.bob)
    Party.objects.get(name="Anton").change(by=world.bob, city="Solo")
    result = engine.undo_run(run)
    assert [kept["title"] for kept in result["kept"]] == ["Anton"]
    assert Party.objects.filter(name="Anton").exists() and not Party.objects.filter(name="Bambang").exists()


def test_a_run_goes_on_where_it_was_killed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHUNK", 10)
    run = receive("Nama,HP\n" + "".join(f"Orang {n},0812 6000 {n:04d}\n" for n in range(50)), world.bob)
    starting.map_columns(run, mapping=run.mapping, options={}, by=world.bob)
    starting.start(run, by=world.bob)
    stops = iter([False, False, True])
    monkeypatch.setattr(engine, "should_stop", lambda: next(stops, False))
    engine.carry_on(run)
    run.refresh_from_db()
    assert (run.state, run.read_rows) == ("running", 30)
    engine.carry_on(run)
    run.refresh_from_db()
    assert (run.state, run.counts) == ("done", {"created": 50})
    assert Party.objects.filter(name__startswith="Orang").count() == 50


@pytest.mark.parametrize("kills", [1, 2, 20, 200])
def test_a_killed_import_goes_on_within_a_minute_however_often_it_was_killed(
    kills: int, world: World
) -> None:
    run = receive(GOOGLE, world.bob)
    starting.start(run, by=world.bob)
    Job.objects.update(attempts=kills - 1)
    [job] = claim(worker="elsewhere.1.0", limit=1, queues=["imports"])
    assert job.leased_until and job.leased_until - timezone.now() <= timedelta(seconds=30)
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    free_lost_jobs()
    assert Job.objects.get(pk=job.pk).run_at - timezone.now() <= timedelta(seconds=15)


def test_the_result_file_has_a_line_for_every_row(world: World) -> None:
    run = taken_in(GOOGLE, world.bob)
    lines = list(result_lines(run))
    assert len(lines) == 1 + 3
    assert lines[2].startswith("2,failed,,")


def test_it_runs_as_a_job(world: World) -> None:
    run = receive(GOOGLE, world.bob)
    starting.start(run, by=world.bob)
    Worker(queues=["imports"]).run_until_empty()
    run.refresh_from_db()
    assert run.state == "done"


def test_a_file_that_is_no_table_is_refused_in_plain_words(world: World) -> None:
    with pytest.raises(Exception, match=r"\w+ \w+"):
        receive("", world.bob)
    assert not ImportRun.objects.exists()


def own_size(by: User, noun: str) -> CustomField:
    options = [{"value": "s", "label": "Small"}]
    made: CustomField = CustomField.create(
        by=by, noun=noun, key="size", label="Size", kind="choice", options=options, is_required=True
    )
    return made


@pytest.mark.parametrize(
    ("resource", "noun", "text"),
    [
        ("people", "party", "Nama,Size\nTuti,Small\nAnton,\n"),
        ("tasks", "activity", "Subject,Size\nCall,Small\nMail,\n"),
    ],
)
def test_a_new_row_needs_the_own_fields_that_may_not_stay_empty(
    resource: str, noun: str, text: str, world: World
) -> None:
    own_size(world.ada, noun)
    run = receive(text, world.bob, resource=resource)
    engine.try_run(run)
    starting.map_columns(run, mapping=run.mapping, options={}, by=world.bob)
    starting.start(run, by=world.bob)
    engine.carry_on(run)
    run.refresh_from_db()
    assert (run.trial, run.counts) == ({"created": 1, "failed": 1},) * 2
    assert "“Size” is needed." in str(
        ImportRow.objects.get(run=run, outcome="failed", is_trial=False).problems
    )


def test_a_known_customer_may_be_updated_without_them(world: World) -> None:
    own_size(world.ada, "party")
    assert taken_in("Nama,HP,Kota\nBudi,0812 1111 2222,Depok\n", world.bob).counts == {"updated": 1}


def test_an_own_field_closed_to_the_reader_is_no_place(world: World) -> None:
    own_size(world.ada, "party")
    for role in world.bob.roles.all():
        FieldRule.objects.create(role=role, noun="party", field="own.size", level="read")
    run = receive("Nama,Size\nTuti,Small\n", User._default_manager.get(pk=world.bob.pk))
    assert run.mapping["Size"]["field"] == ""
