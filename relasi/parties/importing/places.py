"""Where a column of customers can go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import OWN, fields_of
from relasi.kit.resources.importing.contract import Place
from relasi.lib.tables.headers import tidy
from relasi.lib.tables.shapes import guess as guess_shape

NAME, CONTACT, ADDRESS, PERSON, OTHER = _("Name"), _("Contact"), _("Address"), _("Personal"), _("Other")
PARTY_FIELD = {"notes": "about", "rung": "rung", "company": "company", "owner": "owner"}
PLACES = (
    Place(field="external_id", label=_("External id"), group=OTHER),
    Place(field="name", label=_("Full name"), group=NAME),
    Place(field="salutation", label=_("Salutation"), group=NAME),
    Place(field="given_name", label=_("Given name"), group=NAME),
    Place(field="middle_name", label=_("Middle name"), group=NAME),
    Place(field="family_name", label=_("Family name"), group=NAME),
    Place(field="suffix", label=_("Degrees"), group=NAME),
    Place(field="nickname", label=_("Called"), group=NAME),
    Place(field="company", label=_("Company"), group=OTHER),
    Place(field="job_title", label=_("Job title"), group=OTHER),
    Place(field="industry", label=_("Industry"), group=OTHER),
    Place(field="phone", label=_("Phone"), group=CONTACT, many=True),
    Place(field="phone_label", label=_("Phone label"), group=CONTACT, many=True),
    Place(field="email", label=_("E-mail"), group=CONTACT, many=True),
    Place(field="email_label", label=_("E-mail label"), group=CONTACT, many=True),
    Place(field="website", label=_("Website"), group=CONTACT),
    Place(field="street", label=_("Street and number"), group=ADDRESS, many=True),
    Place(field="rt", label=_("RT"), group=ADDRESS, many=True),
    Place(field="rw", label=_("RW"), group=ADDRESS, many=True),
    Place(field="kelurahan", label=_("Kelurahan / village"), group=ADDRESS, many=True),
    Place(field="kecamatan", label=_("Kecamatan / district"), group=ADDRESS, many=True),
    Place(field="city", label=_("Kota / kabupaten"), group=ADDRESS, many=True),
    Place(field="province", label=_("Province"), group=ADDRESS, many=True),
    Place(field="postal_code", label=_("Postal code"), group=ADDRESS, many=True),
    Place(field="country", label=_("Country"), group=ADDRESS, many=True),
    Place(field="address_text", label=_("Address in one cell"), group=ADDRESS, many=True),
    Place(field="address_label", label=_("Address label"), group=ADDRESS, many=True),
    Place(field="birth_on", label=_("Birth date"), group=PERSON),
    Place(field="anniversary_on", label=_("Anniversary"), group=PERSON),
    Place(field="date", label=_("Important date"), group=PERSON, many=True),
    Place(field="date_label", label=_("Occasion"), group=PERSON, many=True),
    Place(field="gender", label=_("Gender"), group=PERSON),
    Place(field="religion", label=_("Religion"), group=PERSON),
    Place(field="greeting", label=_("Preferred greeting"), group=PERSON),
    Place(field="language", label=_("Language"), group=PERSON),
    Place(field="hobbies", label=_("Hobbies"), group=PERSON),
    Place(field="interests", label=_("Interests"), group=PERSON),
    Place(field="nik", label=_("NIK"), group=PERSON),
    Place(field="npwp", label=_("NPWP"), group=OTHER),
    Place(field="rung", label=_("Rung"), group=OTHER),
    Place(field="owner", label=_("Owner"), group=OTHER),
    Place(field="source", label=_("Source"), group=OTHER),
    Place(field="tags", label=_("Tags"), group=OTHER, many=True),
    Place(field="notes", label=_("About"), group=OTHER, many=True),
)
KNOWN = {place.field for place in PLACES}


def places(resource: Resource, user: Any) -> list[Place]:
    """Those this reader may fill, then the company's own fields."""
    rights = user.rights
    shared = [
        place
        for place in PLACES
        if rights.writable(resource.model, PARTY_FIELD.get(place.field, place.field))
    ]
    fields = fields_of(resource).items()
    own = [field for name, field in fields if name.startswith(OWN) and rights.writable(resource.model, name)]
    return [*shared, *(Place(field=f.name, label=f.label, group=_("Own fields")) for f in own)]


def guess(resource: Resource, columns: Sequence[str], sample: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Proposed places; own fields by their label; `suggestions` of new fields for the rest."""
    found = guess_shape(columns, sample)
    fields = fields_of(resource)
    by_label = {
        tidy(str(f.label)): f.name for f in fields.values() if f.name in KNOWN or f.name.startswith(OWN)
    }
    mapping: dict[str, Any] = {}
    for column in columns:
        target = found.mapping.get(column)
        if target and target.field in KNOWN:
            sure = round(target.confidence * 100)
            mapping[column] = {
                "field": target.field,
                "index": target.index,
                "part": target.part,
                "sure": sure,
            }
        elif tidy(column) in by_label:
            mapping[column] = {"field": by_label[tidy(column)], "index": 1, "part": "", "sure": 95}
        elif column in found.suggestions:
            custom = found.suggestions[column]
            mapping[column] = {"field": "", "kind": custom.kind, "choices": list(custom.choices)}
    return {"source": found.source, "mapping": mapping}


def example(resource: Resource) -> list[dict[str, str]]:
    """Two rows of a small file, by headings that are recognised."""
    name, phone, email = str(_("Full name")), str(_("Phone")), str(_("E-mail"))
    city, born, tags = str(_("Kota / kabupaten")), str(_("Birth date")), str(_("Tags"))
    if resource.name != "people":
        rows = [
            ("PT Sinar Pagi", "021 555 0101", "halo@sinarpagi.example", "Jakarta Pusat"),
            ("CV Tiga Saudara", "022 555 0102", "", "Bandung"),
        ]
        return [dict(zip((name, phone, email, city), row, strict=True)) for row in rows]
    people = [
        ("Siti Rahmawati", "0812 3456 7890", "siti@contoh.example", "Bandung", "1988-03-21", "VIP"),
        ("Suharto", "0813 9876 5432", "", "Yogyakarta", "", ""),
    ]
    return [dict(zip((name, phone, email, city, born, tags), row, strict=True)) for row in people]
