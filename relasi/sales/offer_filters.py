"""Filters of customers by what they hold: the words in which offer rules are written."""

from __future__ import annotations

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.catalog.models import Product
from relasi.kit.resources.declaration import Filter
from relasi.kit.resources.filtering import FilterError
from relasi.kit.resources.values import plain_words
from relasi.lib import periods
from relasi.parties.models import Party, Relation
from relasi.sales.models import Deal, DealLine

NEGATIVE = ("!=", "!~", "not in", "empty")


def _lines(user: Any) -> Any:
    """Lines of won deals, as far as the reader may see them."""
    return DealLine._default_manager.filter(deal__in=Deal.objects.visible_to(user).won()).order_by()


def _wanted(operator: str, values: list[Any]) -> Q:
    """A product by name, part of a name, SKU or number."""
    if operator in ("empty", "not empty"):
        return Q()
    lookup, wanted = "icontains" if "~" in operator else "iexact", Q(pk__in=[])
    for value in values:
        text = str(value)
        wanted |= Q(**{f"product__name__{lookup}": text}) | Q(product__sku__iexact=text)
        if text.isdecimal() and len(text) < 19:
            wanted |= Q(product=int(text))
    return wanted


def _holds(operator: str, values: list[Any], user: Any) -> Q:
    """`holds = "Asuransi Jiwa"`: it stands on a won deal of the customer."""
    found = Q(pk__in=_lines(user).filter(_wanted(operator, values)).values("deal__party"))
    return ~found if operator in NEGATIVE else found


def _family_holds(operator: str, values: list[Any], user: Any) -> Q:
    """Somebody else of the household, or related as family, holds it."""
    holders = _lines(user).filter(_wanted(operator, values)).values("deal__party")
    at_home = Party._default_manager.filter(household=OuterRef("household"), pk__in=holders)
    family = Relation._default_manager.filter(type__is_family=True).order_by()
    found = (
        Q(Exists(at_home.exclude(pk=OuterRef("pk")).order_by()))
        | Q(pk__in=family.filter(target__in=holders).values("source"))
        | Q(pk__in=family.filter(source__in=holders).values("target"))
    )
    return ~found if operator in NEGATIVE else found


def _holding_ends(operator: str, values: list[Any], user: Any) -> Q:
    """`holding_ends = "next 60 days"`: the term of something held, and not bought again since, ends then."""
    if operator not in ("=", "in", "!=", "not in"):
        raise FilterError(_("Ends of what is held are asked for as holding_ends = “next 60 days”."))
    newer = _lines(user).filter(
        product=OuterRef("product"), deal__party=OuterRef("deal__party"),
        deal__closed_on__gt=OuterRef("deal__closed_on"),
    )  # fmt: skip
    rows = _lines(user).filter(_ending(values)).exclude(Exists(newer))
    found = Q(pk__in=rows.values("deal__party"))
    return ~found if operator in NEGATIVE else found


def _ending(values: list[Any]) -> Q:
    """By each term there is: the days on which such a deal was won."""
    terms = Product._default_manager.filter(term_months__gt=0).order_by().values_list("term_months")
    wanted = Q(pk__in=[])
    for value in values:
        try:
            period = periods.resolve(str(value), timezone.localdate())
        except periods.PeriodError as error:
            raise FilterError(plain_words(error)) from error
        for (months,) in terms.distinct():
            term = relativedelta(months=months)
            won = Q(deal__closed_on__gte=period.start - term, deal__closed_on__lt=period.end - term)
            wanted |= won & Q(product__term_months=months)
    return wanted


def _age(operator: str, values: list[Any], user: Any) -> Q:
    """`age >= 25 and age < 40`: whole years, of those whose birth date is known."""
    if operator in ("empty", "not empty"):
        return Q(birth_on__isnull=operator == "empty")
    text = str(values[0]) if values else ""
    if operator not in AGES or not (text.isdecimal() and len(text) < 4):
        raise FilterError(_("Ages are asked for as age >= 25."))
    return AGES[operator](int(text))


def _born_before(years: int) -> date:
    """Whoever was born on this day or earlier is so old."""
    return timezone.localdate() - relativedelta(years=years)


AGES = {
    ">=": lambda years: Q(birth_on__lte=_born_before(years)),
    ">": lambda years: Q(birth_on__lte=_born_before(years + 1)),
    "<": lambda years: Q(birth_on__gt=_born_before(years)),
    "<=": lambda years: Q(birth_on__gt=_born_before(years + 1)),
    "=": lambda years: Q(birth_on__lte=_born_before(years), birth_on__gt=_born_before(years + 1)),
}
AGE = Filter(name="age", label=gettext_lazy("Age"), kind="number", query=_age)
OF_PARTIES = (
    Filter(name="holds", label=gettext_lazy("Holds the product"), kind="text", query=_holds),
    Filter(
        name="family_holds", label=gettext_lazy("Family holds the product"), kind="text", query=_family_holds
    ),
    Filter(name="holding_ends", label=gettext_lazy("Something held ends"), kind="date", query=_holding_ends),
)
