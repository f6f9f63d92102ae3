"""Indonesian addresses: RT/RW, kelurahan, kecamatan, kota or kabupaten, province, postal code."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from relasi.lib.provinces import province_called
from relasi.lib.text import fold

PART_END = (
    r"(?=\s*(?:[,;\n]|$|\bRT\b|\bRW\b|\bKel\b|\bKelurahan\b|\bDesa\b|\bDs\b|\bKec\b|\bKecamatan\b|\bKab\b"
)
PART_END += r"|\bKabupaten\b|\bKota\b|\bProv\b|\bProvinsi\b|\b\d{5}\b))"
RT_RW = re.compile(r"\bRT\s*[.:]?\s*(\d{1,3})(?:\s*[/,\-]?\s*(?:RW\s*[.:]?\s*)?(\d{1,3})\b)?", re.I)
RW = re.compile(r"\bRW\s*[.:]?\s*(\d{1,3})\b", re.I)
KELURAHAN = re.compile(rf"\b(?:Kelurahan|Kel|Desa|Ds|Nagari)\b\s*[.:]?\s*(.+?){PART_END}", re.I)
KECAMATAN = re.compile(rf"\b(?:Kecamatan|Kec)\b\s*[.:]?\s*(.+?){PART_END}", re.I)
KABUPATEN = re.compile(rf"\b(?:Kabupaten|Kab)\b\s*[.:]?\s*(.+?){PART_END}", re.I)
KOTA = re.compile(
    rf"\b(?:Kota\s+Adm(?:inistrasi)?\.?|Kotamadya|Kodya|Kota)\b\s*[.:]?\s*(.+?){PART_END}", re.I
)
PROVINCE = re.compile(rf"\b(?:Provinsi|Propinsi|Prov)\b\s*[.:]?\s*(.+?){PART_END}", re.I)
POSTAL = re.compile(r"(?<![\d/\-])\b(\d{5})\b(?!\s*[/\-]\s*\d)")
POSTAL_LABEL = re.compile(r"\bkode\s*pos\b\s*[.:]?\s*", re.I)
STREET = re.compile(
    r"^\s*(?:jl|jln|jalan|gg|gang|komp|komplek|kompleks|perum|perumahan|blok|dusun|dsn|kp|kampung|gedung"
    r"|apartemen|ruko|menara|lingkungan|no)\b",
    re.I,
)
JAKARTA = re.compile(r"^(?:jakarta|jak)\s*(?:pusat|utara|barat|selatan|timur)$", re.I)
SHORT_JAKARTA = {"jakpus": "Jakarta Pusat", "jakut": "Jakarta Utara", "jakbar": "Jakarta Barat",
                 "jaksel": "Jakarta Selatan", "jaktim": "Jakarta Timur"}  # fmt: skip
COUNTRIES = {"indonesia": "ID", "republik indonesia": "ID", "republic of indonesia": "ID", "singapore": "SG",
             "singapura": "SG", "malaysia": "MY", "australia": "AU"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """`city` carries its kind (`Kabupaten Bogor`, `Kota Bogor`) as far as it is known; `country` is ISO
    3166."""

    street: str = ""
    rt: str = ""
    rw: str = ""
    kelurahan: str = ""
    kecamatan: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""
    country: str = "ID"

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self) if field.name != "country")

    @property
    def one_line(self) -> str:
        """All lines with commas between."""
        return ", ".join(lines(self))


def lines(address: Address) -> list[str]:
    """As written on an envelope: street and RT/RW; kelurahan, kecamatan; city, province and postal code."""
    rt_rw = _rt_rw(address)
    first = " ".join(part for part in (address.street, rt_rw) if part)
    kelurahan = f"Kel. {address.kelurahan}" if address.kelurahan else ""
    kecamatan = f"Kec. {address.kecamatan}" if address.kecamatan else ""
    town = ", ".join(part for part in (address.city, address.province) if part)
    last = f"{town} {address.postal_code}".strip()
    country = "" if address.country in {"", "ID"} else address.country
    middle = ", ".join(part for part in (kelurahan, kecamatan) if part)
    return [line for line in (first, middle, last, country) if line]


def parse(text: str) -> Address:
    """The parts of an address in free text, as far as they can be told; what cannot be placed stays in
    `street`."""
    rest = POSTAL_LABEL.sub("", re.sub(r"[ \t\u00a0]+", " ", text)).strip()
    address = Address()
    rest, address = _take_country(rest, address)
    rest, address = _take_postal(rest, address)
    rest, address = _take_rt_rw(rest, address)
    for field, pattern in (("kelurahan", KELURAHAN), ("kecamatan", KECAMATAN), ("province", PROVINCE)):
        rest, value = _take(rest, pattern)
        address = replace(address, **{field: value})
    rest, address = _take_city(rest, address)
    return _place_parts(rest, address)


def tidy_province(text: str) -> str:
    """The official name where we know the province, else what was written."""
    province = province_called(text)
    return province.name if province else text.strip()


def _rt_rw(address: Address) -> str:
    rt = f"RT {address.rt.zfill(2)}" if address.rt else ""
    rw = f"RW {address.rw.zfill(2)}" if address.rw else ""
    return "/".join(part for part in (rt, rw) if part)


def _take(rest: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    match = pattern.search(rest)
    if not match:
        return rest, ""
    return rest[: match.start()] + "," + rest[match.end() :], match[1].strip(" .,-")


def _take_country(rest: str, address: Address) -> tuple[str, Address]:
    head, _comma, tail = rest.rpartition(",")
    code = COUNTRIES.get(fold(tail).strip(" ."))
    return (head, replace(address, country=code)) if code and head else (rest, address)


def _take_postal(rest: str, address: Address) -> tuple[str, Address]:
    found = list(POSTAL.finditer(rest))
    if not found:
        return rest, address
    last = found[-1]
    return rest[: last.start()] + "," + rest[last.end() :], replace(address, postal_code=last[1])


def _take_rt_rw(rest: str, address: Address) -> tuple[str, Address]:
    rt = rw = ""
    if match := RT_RW.search(rest):
        rt, rw = match[1], match[2] or ""
        rest = rest[: match.start()] + "," + rest[match.end() :]
    if not rw:
        rest, rw = _take(rest, RW)
    return rest, replace(address, rt=rt.lstrip("0"), rw=rw.lstrip("0"))


def _take_city(rest: str, address: Address) -> tuple[str, Address]:
    rest, regency = _take(rest, KABUPATEN)
    if regency:
        return rest, replace(address, city=f"Kabupaten {regency}")
    rest, city = _take(rest, KOTA)
    if city:
        city = city if JAKARTA.match(city) else f"Kota {city}"
    return rest, replace(address, city=city)


def _place_parts(rest: str, address: Address) -> Address:
    parts = [part.strip(" .-") for part in re.split(r"[,;\n]+", rest) if part.strip(" .-")]
    province = address.province
    if not province and len(parts) > 1 and province_called(parts[-1]) and not (
        not address.city and len(parts) == 2 and STREET.match(parts[0]) and fold(parts[-1]) in CITY_TOO
    ):  # fmt: skip
        province = parts.pop()
    city = address.city
    if (
        not city
        and len(parts) > 1
        and not STREET.match(parts[-1])
        and not any(sign.isdigit() for sign in parts[-1])
    ):
        city = SHORT_JAKARTA.get(fold(parts[-1]), parts[-1])
        parts.pop()
    elif not city and len(parts) == 1 and (JAKARTA.match(parts[0]) or fold(parts[0]) in SHORT_JAKARTA):
        city = SHORT_JAKARTA.get(fold(parts[0]), parts[0])
        parts.pop()
    if JAKARTA.match(city) and not province:
        province = "DKI Jakarta"
    return replace(address, street=", ".join(parts), city=city, province=tidy_province(province))


CITY_TOO = frozenset(
    {"jakarta", "yogyakarta", "jogjakarta", "yogya", "jogja", "bengkulu", "jambi", "gorontalo"}
)
