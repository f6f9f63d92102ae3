"""Files of customers as people have them: made from a seed, with their broken rows and doubles counted."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass

GIVEN = [
    "Agus",
    "Budi",
    "Dewi",
    "Siti",
    "Rina",
    "Joko",
    "Wati",
    "Hendra",
    "Lestari",
    "Bambang",
    "Ayu",
    "Rizky",
    "Putri",
    "Eko",
    "Fitri",
    "Dimas",
    "Nur",
    "Yusuf",
    "Maya",
    "Arif",
    "Indah",
    "Teguh",
    "Ratna",
    "Galih",
    "Wulan",
    "Andi",
    "Citra",
    "Bayu",
    "Kartika",
    "Fajar",
    "Sri",
    "Tono",
    "Yanti",
    "Iwan",
    "Mega",
    "Rudi",
    "Sari",
    "Doni",
    "Laras",
    "Hasan",
]
FAMILY = [
    "Santoso",
    "Wijaya",
    "Lestari",
    "Kusuma",
    "Hutapea",
    "Siregar",
    "Nasution",
    "Pratama",
    "Saputra",
    "Rahmawati",
    "Hidayat",
    "Setiawan",
    "Gunawan",
    "Susilo",
    "Wibowo",
    "Nugroho",
    "Halim",
    "Tanjung",
    "Simatupang",
    "Purnama",
    "Hakim",
    "Maulana",
    "Ramadhan",
    "Utomo",
    "Permana",
    "Firmansyah",
    "Suryadi",
    "Handayani",
    "Anggraini",
    "Prasetyo",
]
CITIES = (
    "Jakarta Selatan",
    "Bandung",
    "Surabaya",
    "Medan",
    "Makassar",
    "Semarang",
    "Denpasar",
    "Yogyakarta",
    "Bogor",
    "Depok",
)
STREETS = ("Jl. Melati", "Jl. Merdeka", "Jl. Sudirman", "Jl. Diponegoro", "Jl. Anggrek", "Jl. Kenanga")
GOOGLE = [
    "First Name",
    "Middle Name",
    "Last Name",
    "Phonetic First Name",
    "Phonetic Middle Name",
    "Phonetic Last Name",
    "Name Prefix",
    "Name Suffix",
    "Nickname",
    "File As",
    "Organization Name",
    "Organization Title",
    "Organization Department",
    "Birthday",
    "Notes",
    "Photo",
    "Labels",
    "E-mail 1 - Label",
    "E-mail 1 - Value",
    "Phone 1 - Label",
    "Phone 1 - Value",
    "Phone 2 - Label",
    "Phone 2 - Value",
    "Address 1 - Label",
    "Address 1 - Street",
    "Address 1 - City",
    "Address 1 - Region",
    "Address 1 - Postal Code",
    "Address 1 - Country",
    "Website 1 - Label",
    "Website 1 - Value",
]
PLAIN = ("Nama", "HP", "E-mail", "Kota", "Tanggal lahir")
BROKEN = (("E-mail 1 - Value", "bukan alamat"), ("Phone 1 - Value", "12"), ("Birthday", "31/02/1990"))


@dataclass(frozen=True)
class FileOfCustomers:
    """`rows` input rows, of which `broken` cannot be taken in and `doubled` are about a customer of an
    earlier row.
    """

    text: str
    rows: int
    broken: int
    doubled: int
    name: str = "contacts.csv"

    @property
    def customers(self) -> int:
        """How many different customers a whole import leaves."""
        return self.rows - self.broken - self.doubled


@dataclass(frozen=True)
class _Person:
    given: str
    family: str
    phone: str
    email: str
    city: str
    born: str


def google_contacts(
    rows: int = 5000, *, seed: int = 2026, broken: float = 0.03, doubled: float = 0.04
) -> FileOfCustomers:
    """A CSV as Google Contacts exports it."""
    dice = random.Random(seed)
    numbers = range(rows)
    wrong, again = _chosen(dice, rows, broken, doubled)
    out = io.StringIO()
    writer = csv.DictWriter(out, GOOGLE)
    writer.writeheader()
    fine: list[int] = []
    for number in numbers:
        line = _google_line(dice, _person(dice.choice(fine) if number in again else number, seed))
        if number in wrong:
            column, text = BROKEN[number % len(BROKEN)]
            line[column] = text
        elif number not in again:
            fine.append(number)
        writer.writerow(line)
    return FileOfCustomers(out.getvalue(), rows, len(wrong), len(again))


def plain_contacts(
    rows: int, *, seed: int = 2026, broken: float = 0.03, doubled: float = 0.04
) -> FileOfCustomers:
    """Name, mobile, e-mail, city, birth date: the least a list of customers has."""
    dice = random.Random(seed)
    wrong, again = _chosen(dice, rows, broken, doubled)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(PLAIN)
    fine: list[int] = []
    for number in range(rows):
        one = _person(dice.choice(fine) if number in again else number, seed)
        phone, email = one.phone, one.email
        if number in wrong:
            phone, email = ("12", email) if number % 2 else (phone, "bukan alamat")
        elif number not in again:
            fine.append(number)
        writer.writerow([f"{one.given} {one.family}", phone, email, one.city, one.born])
    return FileOfCustomers(out.getvalue(), rows, len(wrong), len(again), "pelanggan.csv")


def _chosen(dice: random.Random, rows: int, broken: float, doubled: float) -> tuple[set[int], set[int]]:
    """Numbers of the broken rows and, none of them in the first twentieth, of the doubled ones."""
    wrong = set(dice.sample(range(rows), round(rows * broken)))
    free = [number for number in range(max(rows // 20, 1), rows) if number not in wrong]
    return wrong, set(dice.sample(free, round(rows * doubled)))


def _person(number: int, seed: int) -> _Person:
    """The same person for the same number, whoever asks."""
    dice = random.Random(seed * 1_000_003 + number)
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    return _Person(
        given=given,
        family=f"{dice.choice(FAMILY)} {family}" if dice.random() < 0.4 else family,
        phone=f"08{12 + number % 7:02d} {number // 10_000 + 1000:04d} {number % 10_000:04d}",
        email=f"{given}.{family}.{number}@contoh.example".lower(),
        city=dice.choice(CITIES),
        born=f"{dice.randint(1950, 2004)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
    )


def _google_line(dice: random.Random, one: _Person) -> dict[str, str]:
    return {
        "First Name": one.given,
        "Last Name": one.family,
        "Birthday": one.born,
        "Labels": dice.choice(("* myContacts", "Nasabah ::: * myContacts", "VIP ::: * myContacts")),
        "E-mail 1 - Label": "* Home",
        "E-mail 1 - Value": one.email,
        "Phone 1 - Label": "Mobile",
        "Phone 1 - Value": one.phone,
        "Address 1 - Label": "Home",
        "Address 1 - Street": f"{dice.choice(STREETS)} {dice.randint(1, 200)}",
        "Address 1 - City": one.city,
        "Address 1 - Country": "ID",
    }
