"""Leads from a file: beside the columns of a lead, those of a person, who is found or made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.importing.contract import Outcome, Place, RowProblem, Work
from relasi.kit.resources.importing.simple import SimpleImporter, _said
from relasi.lib.tables import Row
from relasi.lib.tables.headers import tidy
from relasi.lib.text import unsafe_cell
from relasi.parties.actions.find_or_make_party import Known, match
from relasi.parties.models import Party
from relasi.parties.models.contact_point import normal_value
from relasi.sales.actions.capture_lead import Giving, capture_lead
from relasi.sales.models import Lead

PERSON = ("person_name", "person_phone", "person_email", "person_city", "person_company")
HEADINGS = {
    "person_name": ("nama", "nama lengkap", "full name", "contact name", "nama kontak"),
    "person_phone": (
        "telepon",
        "no hp",
        "nomor hp",
        "hp",
        "handphone",
        "whatsapp",
        "phone",
        "mobile",
        "no telp",
    ),
    "person_email": ("email", "e-mail", "surel"),
    "person_city": ("kota", "city"),
    "person_company": ("perusahaan", "company", "kantor"),
}


class LeadImporter:
    """Takes back what export gave; a row with a person's name instead of a customer is captured."""

    def __init__(self) -> None:
        self.plain = SimpleImporter()
        self.match_rules = self.plain.match_rules

    def places(self, resource: Resource, user: Any) -> list[Place]:
        group = _("Customer")
        labels = (_("Name"), _("Phone"), _("E-mail"), _("City"), _("Company"))
        people = [
            Place(field=name, label=label, group=group) for name, label in zip(PERSON, labels, strict=True)
        ]
        return [*self.plain.places(resource, user), *people]

    def guess(
        self, resource: Resource, columns: Sequence[str], sample: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        guessed = self.plain.guess(resource, columns, sample)
        known = {tidy(word): name for name, words in HEADINGS.items() for word in words}
        for column in columns:
            if column not in guessed["mapping"] and tidy(column) in known:
                guessed["mapping"][column] = {"field": known[tidy(column)], "sure": 90}
        return guessed

    def read(self, row: Row, work: Work) -> dict[str, Any]:
        goes = {column: to for column, to in work.goes.items() if to.field not in PERSON}
        said = {to.field: column for column, to in work.goes.items() if to.field in PERSON}
        given = {name: unsafe_cell(row.cells.get(column, "")).strip() for name, column in said.items()}
        given = {name: text for name, text in given.items() if text}
        try:
            draft = self.plain.read(row, replace(work, goes=goes, memo=work.memo))
        except RowProblem:
            if not given or any(unsafe_cell(row.cells.get(column, "")).strip() for column in goes):
                raise
            draft = {"values": {}, "columns": {}, "id": None}
        return {**draft, "known": _known(given, said)}

    def write(self, drafts: Sequence[dict[str, Any]], work: Work) -> list[Outcome]:
        return [self._one(draft, work) for draft in drafts]

    def _one(self, draft: dict[str, Any], work: Work) -> Outcome:
        if draft["known"] is None or draft["values"].get("party") or draft["id"]:
            return self.plain.write([draft], work)[0]
        if not may(work.user, "add", Lead) or not may(work.user, "add", Party):
            return Outcome("failed", problems=[("", _("This lead is new, and you may not add any."))])
        if other := of_another(draft["known"], work.user):
            return Outcome("failed", problems=[("", other)])
        try:
            with transaction.atomic():
                pk = _captured(draft, work)
                transaction.set_rollback(work.is_trial)
        except ValidationError as error:
            return Outcome("failed", problems=_said(error, draft["columns"]))
        return Outcome("created", None if work.is_trial else pk)


def _captured(draft: dict[str, Any], work: Work) -> int:
    values = {"channel": Lead.Channel.IMPORT, **draft["values"]}
    owner = values.pop("owner", None) or (None if may_give(work.user) else work.user)
    captured = capture_lead(known=draft["known"], by=work.user, giving=Giving(to=owner), **values)
    return captured.lead.pk


def may_give(user: Any) -> bool:
    """Who may see leads of everybody leaves the giving to the rules; others keep what they bring."""
    return bool(user.rights.scope("lead", "assign") == "all")


def _known(given: Mapping[str, str], said: Mapping[str, str]) -> Known | None:
    """The person of a row. Raises RowProblem for a phone or e-mail that is none."""
    if not given.get("person_name"):
        return None
    problems: list[tuple[str, str]] = []
    clean: dict[str, str] = {}
    for kind in ("phone", "email"):
        try:
            text = given.get(f"person_{kind}", "")
            clean[kind] = normal_value(kind, text) if text else ""
        except ValidationError as error:
            problems.append((said[f"person_{kind}"], " ".join(error.messages)))
    if problems:
        raise RowProblem(problems)
    city, company = given.get("person_city", "")[:80], given.get("person_company", "")[:200]
    return Known(
        name=given["person_name"][:200],
        city=city,
        company=company,
        phone=clean["phone"],
        email=clean["email"],
    )


def of_another(known: Known, user: Any) -> str:
    """Whom to ask, where the person is a customer the importer may not see."""
    found = match(known)
    if found is None or may(user, "view", found.party):
        return ""
    said = _("This person is known already, and somebody else looks after them: ask %(owner)s.")
    return said % {"owner": found.party.owner or _("your administrator")}
