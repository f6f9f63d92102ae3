"""A sent quote is not changed: it is replaced by a new version."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.sales.models import Quote, QuoteLine
from relasi.sales.models.quote import in_two_weeks

KEPT = ("name", "number", "party", "deal", "currency", "template", "intro", "terms", "owner")


@transaction.atomic
def revise_quote(*, quote: Quote, by: Any) -> Quote:
    """The draft of the next version, with the same lines and the taxes of today; the one there is, when
    repeated. Raises ValidationError for a signed quote.
    """
    locked = quote._locked()
    if (made := Quote._default_manager.filter(revises=locked.pk).first()) is not None:
        return made  # type: ignore[no-any-return]
    if locked.status not in Quote.REVISABLE:
        raise ValidationError(_("Only a quote that was sent and not signed gets a new version."))
    quote._set(by=by, verb="replaced", status=Quote.Status.REPLACED)
    new: Quote = Quote.create(
        by=by, verb="revised", revises=locked, revision=locked.revision + 1,
        valid_until=max(locked.valid_until, in_two_weeks()) if locked.valid_until < timezone.localdate()
        else locked.valid_until,
        **{name: getattr(locked, name) for name in KEPT},
    )  # fmt: skip
    for line in locked.ordered_lines():
        QuoteLine.copy_of(
            line, by=by, copying="fresh", quote=new, kind=line.kind, group=line.group,
            is_chosen=line.is_chosen,
        )  # fmt: skip
    new.follow_lines()
    return new
