from relasi.parties.models.address import Address
from relasi.parties.models.contact_point import ContactPoint
from relasi.parties.models.duplicate import DuplicatePair, Merge
from relasi.parties.models.important_date import ImportantDate
from relasi.parties.models.party import Company, Household, Party, Person
from relasi.parties.models.relation import Relation, RelationType
from relasi.parties.models.rung import RungMove, RungRule

__all__ = [
    "Address", "Company", "ContactPoint", "DuplicatePair", "Household", "ImportantDate", "Merge",
    "Party", "Person", "Relation", "RelationType", "RungMove", "RungRule",
]  # fmt: skip
