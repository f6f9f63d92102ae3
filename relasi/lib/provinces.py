"""The 38 provinces of Indonesia with their codes and time zones.

Codes: ISO 3166-2:ID, and those of the Ministry of Home Affairs that open a NIK. Time zones: Keppres 41/1987.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Zone = Literal["WIB", "WITA", "WIT"]

TIME_ZONES: dict[Zone, str] = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


@dataclass(frozen=True, slots=True)
class Province:
    """`iso` as `ID-JB`, `code` the two digits of the ministry, `aliases` in lower case."""

    iso: str
    code: str
    name: str
    zone: Zone
    aliases: tuple[str, ...] = ()

    @property
    def time_zone(self) -> str:
        """The IANA name, `Asia/Jakarta`."""
        return TIME_ZONES[self.zone]


PROVINCES = (
    Province("ID-AC", "11", "Aceh", "WIB", ("nad", "nanggroe aceh darussalam", "di aceh",
             "daerah istimewa aceh")),
    Province("ID-SU", "12", "Sumatera Utara", "WIB", ("sumut", "north sumatra", "sumatra utara")),
    Province("ID-SB", "13", "Sumatera Barat", "WIB", ("sumbar", "west sumatra", "sumatra barat")),
    Province("ID-RI", "14", "Riau", "WIB"),
    Province("ID-JA", "15", "Jambi", "WIB"),
    Province("ID-SS", "16", "Sumatera Selatan", "WIB", ("sumsel", "south sumatra", "sumatra selatan")),
    Province("ID-BE", "17", "Bengkulu", "WIB"),
    Province("ID-LA", "18", "Lampung", "WIB"),
    Province("ID-BB", "19", "Kepulauan Bangka Belitung", "WIB", ("babel", "bangka belitung",
             "bangka belitung islands")),
    Province("ID-KR", "21", "Kepulauan Riau", "WIB", ("kepri", "riau islands", "kep riau")),
    Province("ID-JK", "31", "DKI Jakarta", "WIB", ("jakarta", "dki", "dkj", "daerah khusus ibukota jakarta",
             "daerah khusus jakarta", "jakarta raya", "special capital region of jakarta", "dk jakarta")),
    Province("ID-JB", "32", "Jawa Barat", "WIB", ("jabar", "west java", "djawa barat")),
    Province("ID-JT", "33", "Jawa Tengah", "WIB", ("jateng", "central java", "djawa tengah")),
    Province("ID-YO", "34", "DI Yogyakarta", "WIB", ("diy", "yogyakarta", "jogjakarta", "yogya", "jogja",
             "daerah istimewa yogyakarta", "special region of yogyakarta")),
    Province("ID-JI", "35", "Jawa Timur", "WIB", ("jatim", "east java", "djawa timur")),
    Province("ID-BT", "36", "Banten", "WIB"),
    Province("ID-BA", "51", "Bali", "WITA"),
    Province("ID-NB", "52", "Nusa Tenggara Barat", "WITA", ("ntb", "west nusa tenggara")),
    Province("ID-NT", "53", "Nusa Tenggara Timur", "WITA", ("ntt", "east nusa tenggara")),
    Province("ID-KB", "61", "Kalimantan Barat", "WIB", ("kalbar", "west kalimantan")),
    Province("ID-KT", "62", "Kalimantan Tengah", "WIB", ("kalteng", "central kalimantan")),
    Province("ID-KS", "63", "Kalimantan Selatan", "WITA", ("kalsel", "south kalimantan")),
    Province("ID-KI", "64", "Kalimantan Timur", "WITA", ("kaltim", "east kalimantan")),
    Province("ID-KU", "65", "Kalimantan Utara", "WITA", ("kaltara", "kalut", "north kalimantan")),
    Province("ID-SA", "71", "Sulawesi Utara", "WITA", ("sulut", "north sulawesi")),
    Province("ID-ST", "72", "Sulawesi Tengah", "WITA", ("sulteng", "central sulawesi")),
    Province("ID-SN", "73", "Sulawesi Selatan", "WITA", ("sulsel", "south sulawesi")),
    Province("ID-SG", "74", "Sulawesi Tenggara", "WITA", ("sultra", "southeast sulawesi",
             "south east sulawesi")),
    Province("ID-GO", "75", "Gorontalo", "WITA"),
    Province("ID-SR", "76", "Sulawesi Barat", "WITA", ("sulbar", "west sulawesi")),
    Province("ID-MA", "81", "Maluku", "WIT", ("moluccas",)),
    Province("ID-MU", "82", "Maluku Utara", "WIT", ("malut", "north maluku")),
    Province("ID-PA", "91", "Papua", "WIT", ("irian jaya", "irja")),
    Province("ID-PB", "92", "Papua Barat", "WIT", ("west papua", "irian jaya barat", "irjabar")),
    Province("ID-PS", "93", "Papua Selatan", "WIT", ("south papua",)),
    Province("ID-PT", "94", "Papua Tengah", "WIT", ("central papua",)),
    Province("ID-PE", "95", "Papua Pegunungan", "WIT", ("highland papua",)),
    Province("ID-PD", "96", "Papua Barat Daya", "WIT", ("southwest papua", "south west papua")),
)  # fmt: skip


def province_called(text: str) -> Province | None:
    """The province by name, old name, abbreviation, English name, ISO code or number; None when unknown."""
    return _BY_NAME.get(_key(text))


def province_of_code(code: str) -> Province | None:
    """The province by the ministry's two digits."""
    return _BY_CODE.get(code)


def _key(text: str) -> str:
    words = re.sub(r"[^a-z0-9 ]+", " ", text.lower().replace(".", ""))
    words = re.sub(r"^\s*(?:provinsi|propinsi|province of|prov)\b", "", words)
    return " ".join(words.split()).removesuffix(" province")


_BY_CODE = {province.code: province for province in PROVINCES}
_BY_NAME = {
    _key(name): province
    for province in PROVINCES
    for name in (
        province.name,
        province.iso,
        province.iso.removeprefix("ID-"),
        province.code,
        *province.aliases,
    )
}
