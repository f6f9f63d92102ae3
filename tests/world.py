"""One small company everybody knows: who sells, who supports, who may see nothing; one household, one
company.

ada owns the installation. sari leads sales in Jakarta, bob sells in Jakarta (team below sari's), citra sells
in Surabaya, dewi answers customers, eko has no role, mira only reads. Budi and his wife Siti are bob's
customers and a household; they have a son, Rizky. PT Maju Jaya is citra's. Password of all: `rahasia-sekali`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from relasi.administration.builtin_roles import ensure_builtin_roles
from relasi.kit.access.models import Team, User
from relasi.parties.models import Company, Household, Party, Person

PASSWORD = "rahasia-sekali"


@dataclass
class World:
    ada: User
    sari: User
    bob: User
    citra: User
    dewi: User
    eko: User
    mira: User
    jakarta: Team
    jakarta_south: Team
    surabaya: Team
    budi: Party
    siti: Party
    rizky: Party
    joko: Party
    santosos: Party
    maju: Party

    @property
    def users(self) -> list[User]:
        return [self.ada, self.sari, self.bob, self.citra, self.dewi, self.eko, self.mira]


def make_world() -> World:
    roles = ensure_builtin_roles()
    jakarta = Team.create(by=None, name="Jakarta")
    south = Team.create(by=None, name="Jakarta Selatan", parent=jakarta)
    surabaya = Team.create(by=None, name="Surabaya")

    def user(name: str, team: Team | None, *role_names: str, **fields: object) -> User:
        email = f"{name.split()[0].lower()}@sahabat.example"
        made: User = User.objects.create_user(email, PASSWORD, name=name, team=team, language="en", **fields)
        made.give_roles([roles[role] for role in role_names], by=None)
        return made

    ada = user("Ada Wijaya", None, is_owner=True)
    sari = user("Sari Lestari", jakarta, "Sales manager")
    bob = user("Bob Hutapea", south, "Seller")
    citra = user("Citra Dewanti", surabaya, "Seller")
    dewi = user("Dewi Anggraini", None, "Service")
    eko = user("Eko Prasetyo", None)
    mira = user("Mira Kusuma", None, "Management")

    santosos = Household.create(by=bob, kind="household", name="Keluarga Santoso", owner=bob)
    budi = Person.create(
        by=bob,
        name="Budi Santoso",
        phone="0812 1111 2222",
        email="budi@santoso.example",
        city="Jakarta Selatan",
        birth_on=date(1980, 8, 17),
        owner=bob,
        household=santosos,
        rung="client",
    )
    siti = Person.create(
        by=bob,
        name="Siti Rahmawati",
        phone="0812 1111 3333",
        city="Jakarta Selatan",
        owner=bob,
        household=santosos,
    )
    rizky = Person.create(
        by=bob, name="Rizky Santoso", birth_on=date(2010, 2, 28), owner=bob, household=santosos
    )
    maju = Company.create(
        by=citra,
        kind="company",
        name="PT Maju Jaya",
        phone="031 555 1234",
        city="Surabaya",
        owner=citra,
        industry="Retail",
    )
    joko = Person.create(
        by=citra,
        name="Joko Susilo",
        phone="0813 4444 5555",
        city="Surabaya",
        owner=citra,
        company=maju,
        rung="prospect",
    )
    return World(
        ada, sari, bob, citra, dewi, eko, mira, jakarta, south, surabaya, budi, siti, rizky, joko, santosos,
        maju
    )  # fmt: skip
