"""The customer chooses among optional lines and alternatives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from relasi.kit.events.writing import emit
from relasi.sales.models import Quote, QuoteLine

Kind = QuoteLine.Kind


@transaction.atomic
def choose_lines(*, quote: Quote, chosen: Iterable[int]) -> bool:
    """Keep the choice on a quote that was sent; False when nothing differs. Raises ValidationError."""
    locked = quote._locked()
    if locked.status != Quote.Status.SENT:
        raise ValidationError(_("Nothing can be chosen on this quote any more."))
    return put_choice(locked, check_choice(locked, chosen))


def check_choice(quote: Quote, chosen: Iterable[int]) -> set[int]:
    """The numbers of all lines that count then. Raises ValidationError for lines of another quote, or for
    none or several alternatives of one choice.
    """
    lines = {line.pk: line for line in quote.ordered_lines()}
    wanted = {pk for pk in chosen if pk in lines and lines[pk].kind != Kind.FIXED}
    if set(chosen) - lines.keys():
        raise ValidationError(_("This line is not on the quote."))
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, line in lines.items():
        if line.kind == Kind.ALTERNATIVE:
            groups[line.group].append(pk)
    for group, members in groups.items():
        if len(wanted & set(members)) != 1:
            raise ValidationError(_("Choose one of “%(group)s”.") % {"group": group})
    return wanted | {pk for pk, line in lines.items() if line.kind == Kind.FIXED}


def put_choice(quote: Quote, counted: set[int]) -> bool:
    """Write it to the lines of a locked quote, with one event."""
    lines = quote.ordered_lines()
    differing = [line for line in lines if line.is_chosen != (line.pk in counted)]
    for line in differing:
        QuoteLine.objects.filter(pk=line.pk).update(is_chosen=line.pk in counted)
    if differing:
        quote.follow_lines()
        told = ", ".join(str(line) for line in lines if line.pk in counted and line.kind != Kind.FIXED)
        emit("chosen", quote, by=None, changes={}, note=told, party_id=quote.party_id)
    return bool(differing)
