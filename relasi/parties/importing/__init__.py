"""How people, companies and households are taken in from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.importing.contract import Outcome, Place, Work
from relasi.lib.tables import Row


class PartyImporter:
    """Reads, matches and writes parties in bulk; see reading.py, matching.py, writing.py."""

    match_rules: tuple[tuple[str, Any], ...] = (
        ("external_id", _("External id")),
        ("email", _("E-mail")),
        ("phone", _("Phone")),
        ("nik", _("NIK")),
    )

    def places(self, resource: Resource, user: Any) -> list[Place]:
        from relasi.parties.importing.places import places

        return places(resource, user)

    def guess(
        self, resource: Resource, columns: Sequence[str], sample: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        from relasi.parties.importing.places import guess

        return guess(resource, columns, sample)

    def read(self, row: Row, work: Work) -> Any:
        from relasi.parties.importing.reading import read

        return read(row, work)

    def write(self, drafts: Sequence[Any], work: Work) -> list[Outcome]:
        from relasi.parties.importing.writing import write

        return write(drafts, work)

    def example(self, resource: Resource) -> list[dict[str, str]]:
        from relasi.parties.importing.places import example

        return example(resource)
