"""A name goes onto a colleague's list: the party there is, or a new one on the lowest rung."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.access.rights import may
from relasi.parties.actions.find_or_make_party import Known, match
from relasi.parties.models import Party, Person
from relasi.parties.models.contact_point import normal_value
from relasi.sales.actions.capture_lead import relate_referrer
from relasi.sales.models import MarketName


@transaction.atomic
def list_name(
    *,
    owner: User,
    name: str,
    by: User,
    phone: str = "",
    introduced_by: Party | None = None,
    estimated_value: Decimal | None = None,
    **told: Any,
) -> MarketName:
    """Write a name down. Raises ValidationError by field: nobody stands twice, nobody is taken away."""
    known = Known(name=name.strip()[:200], phone=_phone(phone))
    if not known.name:
        raise ValidationError({"name": _("Say who it is.")})
    found = match(known)
    if found and not may(by, "view", found.party):
        said = _("%(owner)s looks after this person already.")
        raise ValidationError({"name": said % {"owner": found.party.owner or _("Somebody")}})
    if found and MarketName.objects.filter(owner=owner, party=found.party, archived_at=None).exists():
        raise ValidationError({"name": _("This person is on your list already.")})
    party = found.party if found else Person.create(
        by=by, kind=Party.Kind.PERSON, name=known.name, phone=known.phone, owner=owner
    )  # fmt: skip
    made: MarketName = MarketName.create(
        by=by, party=party, name=known.name, owner=owner, introduced_by=introduced_by,
        estimated_value=estimated_value, **told,
    )  # fmt: skip
    if introduced_by:
        relate_referrer(introduced_by, party, by=by)
    return made


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return normal_value("phone", text.strip())
    except ValidationError as error:
        raise ValidationError({"phone": error.messages}) from error
