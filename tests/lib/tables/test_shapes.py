from __future__ import annotations

import pytest

from relasi.lib.tables import read
from relasi.lib.tables.headers import FIELDS, MEANING, tidy
from relasi.lib.tables.shapes import guess, split_values

GOOGLE = (
    "First Name,Middle Name,Last Name,Name Prefix,"
    "Organization Name,Organization Title,Birthday,Notes,Photo,Labels,"
    "E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,"
    "Address 1 - Street,Address 1 - City,"
    "Relation 1 - Label,Relation 1 - Value,Event 1 - Label,Event 1 - Value"
)
GOOGLE_OLD = (
    "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Value,"
    "Organization 1 - Name"
)
OUTLOOK = (
    "Title,First Name,Last Name,Company,Job Title,Business Street,Business City,Home Street,Home City,"
    "Business Phone,"
    "Mobile Phone,E-mail Address,E-mail 2 Address,Spouse,Birthday,Web Page"
)
OUTLOOK_ID = (
    "Nama Depan,Nama Belakang,Perusahaan,Jalan Bisnis,Kota Bisnis,Telepon Bisnis,Telepon Rumah,Ponsel,"
    "Alamat E-mail"
)
HUBSPOT = "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,Create Date"
HUBSPOT_FIRMS = "Record ID,Company name,Company owner,Create Date,Phone Number,City,Industry"
INDONESIAN = "No,Nama,No HP,No. HP 2,Alamat,Tgl Lahir,Kota,NIK,NPWP,Perusahaan,Jabatan"


def places(header: str, rows: list | None = None) -> dict[str, tuple[str, int, str]]:
    found = guess(header.split(","), rows or []).mapping
    return {column: (target.field, target.index, target.part) for column, target in found.items()}


@pytest.mark.parametrize(
    ("header", "source"),
    [
        (GOOGLE, "google"), (GOOGLE_OLD, "google-old"), (OUTLOOK, "outlook"), (OUTLOOK_ID, "outlook"),
        (HUBSPOT, "hubspot-contacts"), (HUBSPOT_FIRMS, "hubspot-companies"), (INDONESIAN, "generic"),
    ],
)  # fmt: skip
def test_the_export_is_recognised(header, source):
    assert guess(header.split(","), []).source == source


def test_every_column_of_google_has_its_place_but_the_photo():
    assert set(GOOGLE.split(",")) - set(places(GOOGLE)) == {"Photo"}
    assert places(GOOGLE)["Phone 2 - Value"] == ("phone", 2, "")
    assert places(GOOGLE)["Labels"] == ("tags", 1, "")


def test_the_old_form_of_google():
    found = places(GOOGLE_OLD)
    assert (found["Given Name"][0], found["Organization 1 - Name"][0]) == ("given_name", "company")


def test_the_title_of_outlook_is_a_salutation():
    found = places(OUTLOOK)
    assert (found["Title"][0], found["Job Title"][0]) == ("salutation", "job_title")


def test_the_addresses_of_outlook_keep_together():
    found = places(OUTLOOK)
    assert found["Home Street"] == ("street", 2, "home")
    assert found["Home City"] == ("city", 2, "home")


def test_the_name_of_a_firm_in_hubspot_is_the_name_of_the_party():
    assert places(HUBSPOT_FIRMS)["Company name"] == ("name", 1, "")


def test_indonesian_headings():
    found = places(INDONESIAN)
    assert found["No HP"] == ("phone", 1, "mobile")
    assert found["No. HP 2"] == ("phone", 2, "mobile")
    assert [found[column][0] for column in ("Nama", "Alamat", "Tgl Lahir", "NIK", "Jabatan")] == [
        "name", "address_text", "birth_on", "nik", "job_title"
    ]  # fmt: skip
    assert "No" not in found


def test_a_misspelt_heading_is_likely():
    target = guess(["Tanggal Lahr"], []).mapping["Tanggal Lahr"]
    assert target.field == "birth_on" and target.confidence < 0.9


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("0812-3456-7890", "phone"),
        ("budi@x.id", "email"),
        ("3171011708450001", "nik"),
        ("01.312.166.0-091.000", "npwp"),
    ],
)
def test_contents_tell_where_the_heading_does_not(value, field):
    assert places("XYZ", [{"XYZ": value}] * 5)["XYZ"][0] == field


def test_addresses_in_a_column_called_contact_go_to_email():
    assert places("Telepon", [{"Telepon": "budi@x.id"}] * 5)["Telepon"][0] == "email"


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["Rp1.250.000", "Rp2.000"], "money"),
        (["17/08/1945", "1 Mei 2020"], "date"),
        (["1", "2,5", "10"], "number"),
        (["ya", "tidak"], "bool"),
        (["merah", "biru"], "text"),
        (["aktif", "lapse"] * 30, "choice"),
        (["007", "008"], "text"),
    ],
)
def test_a_column_without_a_place_becomes_a_custom_field(values, kind):
    rows = [{"Xyzzy": value} for value in values]
    assert guess(["Xyzzy"], rows).suggestions["Xyzzy"].kind == kind


def test_a_heading_may_say_that_numbers_are_money():
    assert (
        guess(["Premi Bulanan"], [{"Premi Bulanan": "250000"}] * 3).suggestions["Premi Bulanan"].kind
        == "money"
    )


def test_a_choice_lists_what_was_found():
    rows = [{"Paket": name} for name in ["Emas"] * 40 + ["Perak"] * 20]
    assert guess(["Paket"], rows).suggestions["Paket"].choices == ("Emas", "Perak")


def test_a_second_name_column_does_not_overwrite_the_first():
    assert list(places("Nama,Nama Lengkap")) == ["Nama"]


def test_joined_values_are_taken_apart():
    assert split_values("a@x.id ::: b@x.id") == ["a@x.id", "b@x.id"]


def test_a_vcard_finds_its_places_too():
    table = read(b"BEGIN:VCARD\nFN:Ani\nN:;Ani;;;\nTEL;CELL:0812\nEMAIL:a@x.id\nBDAY:--0817\nEND:VCARD\n")
    found = guess(table.columns, [row.cells for row in table.rows])
    assert set(found.mapping) == set(table.columns)


def test_headings_are_written_as_they_are_looked_up():
    assert [heading for heading in MEANING if tidy(heading) != heading] == []


def test_all_targets_are_fields():
    assert {field for field, _part in MEANING.values()} <= FIELDS
