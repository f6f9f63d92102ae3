"""Files as the world gives them: encodings, separators, workbooks, cards, and those that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError

from relasi.kit.access.models import User
from relasi.kit.resources.importing import engine, starting
from relasi.kit.resources.importing.models import ImportRun
from relasi.kit.resources.registry import find
from relasi.parties.models import Party
from tests.files_of_customers import google_contacts
from tests.world import World

LINES = "Nama;HP;Kota\nAndré Çelik;0812 7000 0001;Bogor\nZoë Müller;0812 7000 0002;Solo\n"


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def receive(data: bytes, by: User, name: str) -> ImportRun:
    people = find("people")
    assert people
    return starting.receive(resource=people, name=name, chunks=[data], by=by)


def take_in(data: bytes, by: User, name: str = "kontak.csv", **options: object) -> ImportRun:
    run = receive(data, by, name)
    starting.map_columns(run, mapping=run.mapping, options=options, by=by)
    starting.start(run, by=by)
    engine.carry_on(run)
    run.refresh_from_db()
    return run


def names() -> set[str]:
    return set(Party.objects.filter(phone__startswith="+62812700").values_list("name", flat=True))


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_with_marks_survive_every_encoding(encoding: str, world: World) -> None:
    take_in(LINES.encode(encoding), world.bob)
    assert names() == {"André Çelik", "Zoë Müller"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str, world: World) -> None:
    assert receive(LINES.replace(";", separator).encode(), world.bob, "a.csv").columns == [
        "Nama",
        "HP",
        "Kota",
    ]


def test_a_quoted_cell_may_hold_lines_and_separators(world: World) -> None:
    take_in(b'Nama,HP,Catatan\n"Salim, Agus",0812 7000 0001,"baris satu\nbaris ""dua"""\n', world.bob)
    agus = Party.objects.get(phone="+6281270000001")
    assert (agus.name, agus.about) == ("Salim, Agus", 'baris satu\nbaris "dua"')


def test_a_workbook_is_read_with_its_numbers_and_days(world: World) -> None:
    rows = [
        ["Nama", "HP", "Tanggal Lahir"],
        ["Ani", 6281270000001, "1990-02-03"],
        ["Beni", "0812 7000 0002", "03/02/1991"],
    ]
    take_in(workbook(("Pelanggan", rows)), world.bob, "pelanggan.xlsx")
    assert names() == {"Ani", "Beni"}
    assert str(Party.objects.get(name="Beni").birth_on) == "1991-02-03"


def test_another_sheet_can_be_chosen(world: World) -> None:
    data = workbook(("Kosong", [["apa"], ["saja"]]), ("Orang", [["Nama", "HP"], ["Ani", "0812 7000 0001"]]))
    run = receive(data, world.bob, "buku.xlsx")
    assert run.sheets == ["Kosong", "Orang"]
    starting.read_again(run, by=world.bob, sheet="Orang")
    assert (run.columns, run.total_rows) == (["Nama", "HP"], 1)


CARDS = {
    "2.1": "BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB\n"
           "TEL;CELL:0812 7000 0002\nEND:VCARD\n",
    "3.0": "BEGIN:VCARD\nVERSION:3.0\nFN:Zoë Müller\nN:Müller;Zoë;;;\n"
           "TEL;TYPE=CELL:0812 7000 0002\nEND:VCARD\n",
    "4.0": "BEGIN:VCARD\nVERSION:4.0\nFN:Zoë Müller\n"
           "TEL;VALUE=uri;TYPE=\"cell\":tel:+62-812-7000-0002\nEND:VCARD\n",
}  # fmt: skip


@pytest.mark.parametrize("version", CARDS)
def test_cards_of_every_version_are_read(version: str, world: World) -> None:
    take_in(CARDS[version].encode(), world.bob, "kontak.vcf")
    assert names() == {"Zoë Müller"}


def test_outlook_is_recognised(world: World) -> None:
    text = "Title,First Name,Last Name,E-mail Address,Mobile Phone,Business Phone,"
    text += "Home Street,Home City,Birthday\n"
    run = take_in(
        (text + "Mr,Ani,Putri,ani@x.example,0812 7000 0001,,Jl. Melati 1,Bogor,2/3/1990\n").encode(),
        world.bob,
    )
    assert run.source == "outlook"
    assert names() == {"Ani Putri"}


def test_hubspot_is_recognised(world: World) -> None:
    text = "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Create Date\n"
    run = take_in(
        (text + "77,Ani,Putri,ani@x.example,0812 7000 0001,Nobody Known,lead,2026-01-01\n").encode(),
        world.bob,
    )
    assert run.source == "hubspot-contacts"
    assert Party.objects.get(external_id="77").name == "Ani Putri"


def test_a_cell_that_starts_a_formula_stays_text(world: World) -> None:
    take_in(b"Nama,HP,Jabatan\nAni,0812 7000 0001,'=cmd|x\n", world.bob)
    assert Party.objects.get(phone="+6281270000001").job_title == "=cmd|x"


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"Nama,HP\n", b"\x89PNG\r\n\x1a\n" + bytes(200), b"PK\x03\x04broken"]
)
def test_what_is_no_table_is_refused_and_leaves_no_file(data: bytes, world: World, tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as refused:
        receive(data, world.bob, "apa.csv")
    assert " " in refused.value.messages[0]
    assert not ImportRun.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_workbook_that_unpacks_to_gigabytes_is_refused_unread(world: World) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            for _piece in range(650):
                part.write(bytes(1 << 20))
    with pytest.raises(ValidationError):
        receive(out.getvalue(), world.bob, "bom.xlsx")


def test_an_external_id_of_another_kind_of_customer_fails_only_its_row(world: World) -> None:
    world.maju.change(by=world.citra, external_id="A-1")
    run = take_in(b"Kode Pelanggan,Nama,HP\nA-1,Ani,0812 7000 0001\nA-2,Beni,0812 7000 0002\n", world.bob)
    assert run.counts == {"failed": 1, "created": 1}
    assert "A-1" in run.rows.get(outcome="failed").problems[0][1]


def test_a_known_customer_keeps_the_old_phone_beside_the_new(world: World) -> None:
    take_in(b"Nama,E-mail,HP\nBudi Santoso,budi@santoso.example,0812 7000 0001\n", world.bob, match=["email"])
    points = dict(world.budi.contact_points.filter(kind="phone").values_list("value", "is_primary"))
    assert points == {"+6281270000001": True, "+6281211112222": False}


def test_a_trial_says_of_known_customers_what_the_import_does(world: World) -> None:
    data = google_contacts(300, seed=5).text.encode()
    tried = receive(data, world.bob, "a.csv")
    engine.try_run(tried)
    done = take_in(data, world.bob, "b.csv")
    tried.refresh_from_db()
    assert {kind: tried.trial.get(kind, 0) for kind in ("created", "failed")} == {
        kind: done.counts.get(kind, 0) for kind in ("created", "failed")
    }


def test_the_same_file_twice_changes_nothing_the_second_time(world: World) -> None:
    made = google_contacts(200, seed=9, broken=0, doubled=0)
    take_in(made.text.encode(), world.bob)
    again = take_in(made.text.encode(), world.bob)
    assert again.counts == {"unchanged": 200}
