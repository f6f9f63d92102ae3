from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.addresses import Address, lines, parse
from relasi.lib.provinces import PROVINCES, province_called

HOME = Address("Jl. Merdeka No. 12", "3", "5", "Gambir", "Gambir", "Jakarta Pusat", "DKI Jakarta", "10110")


def test_a_whole_address_is_taken_apart():
    text = "Jl. Merdeka No. 12 RT 03/RW 05, Kel. Gambir, Kec. Gambir, Jakarta Pusat 10110"
    assert parse(text) == HOME


def test_an_address_without_commas_is_taken_apart():
    text = (
        "Perum Griya Asri Blok C5/12 RT.003 RW.010 Desa Sukamaju Kec. Cibinong Kab. Bogor Prov. Jawa Barat "
        "16914"
    )
    assert parse(text) == Address(
        "Perum Griya Asri Blok C5/12",
        "3",
        "10",
        "Sukamaju",
        "Cibinong",
        "Kabupaten Bogor",
        "Jawa Barat",
        "16914",
    )


def test_city_and_province_at_the_end_are_told_apart():
    address = parse("Jln Sudirman Kav 1, Bandung, Jabar 40111")
    assert (address.street, address.city, address.province) == ("Jln Sudirman Kav 1", "Bandung", "Jawa Barat")


def test_short_rt_rw():
    address = parse("Gang Mawar RT 1/2, Surabaya, Jatim")
    assert (address.rt, address.rw) == ("1", "2")


def test_what_cannot_be_placed_stays_in_the_street():
    assert parse("belakang pasar dekat masjid").street == "belakang pasar dekat masjid"


def test_an_address_is_written_as_on_an_envelope():
    assert lines(HOME) == [
        "Jl. Merdeka No. 12 RT 03/RW 05",
        "Kel. Gambir, Kec. Gambir",
        "Jakarta Pusat, DKI Jakarta 10110",
    ]


def test_what_was_written_is_read_back():
    assert parse(HOME.one_line) == HOME


def test_there_are_38_provinces_with_codes_of_their_own():
    assert (
        len({province.iso for province in PROVINCES}) == len({province.code for province in PROVINCES}) == 38
    )


def test_provinces_are_known_by_many_names():
    names = ("Jabar", "JAWA BARAT", "Prov. Jawa Barat", "west java", "ID-JB", "32", "Provinsi Jawa Barat")
    assert {province_called(name).name for name in names} == {"Jawa Barat"}


def test_bali_is_an_hour_ahead_of_jakarta():
    assert (province_called("Bali").zone, province_called("Bali").time_zone) == ("WITA", "Asia/Makassar")


@given(st.text(max_size=80))
def test_any_text_is_some_address(text):
    assert isinstance(parse(text), Address)
