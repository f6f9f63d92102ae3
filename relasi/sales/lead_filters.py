"""Filters of leads that are not columns: what is true of the customer, the clock, where it waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.kit.resources.declaration import Filter
from relasi.kit.resources.filtering import FilterError, Test, to_q
from relasi.kit.resources.registry import find
from relasi.parties.ladder import Rung
from relasi.parties.models import Party
from relasi.sales.models import Lead

Query = Callable[[str, list[Any], Any], Q]


def of_customer(name: str) -> Query:
    """The filter of people with this name, asked of the lead's customer, within the reader's rights."""

    def query(operator: str, values: list[Any], user: Any) -> Q:
        people = find("people")
        assert people is not None
        test = Test(name, operator, tuple(str(value) for value in values))
        rows = Party.objects.filter(to_q(test, resource=people, user=user), pk=OuterRef("party"))
        return Q(Exists(rows.order_by()))  # asked of this one customer: a list of all that fit is long

    return query


def yes_no(meets: Callable[[], Q]) -> Query:
    """A filter that is asked as `name = yes` or `name = no`."""

    def query(operator: str, values: list[Any], _user: Any) -> Q:
        word = str(values[0]).lower() if values else ""
        if operator not in ("=", "!=") or word not in ("yes", "no", "true", "false", "1", "0", "ya", "tidak"):
            raise FilterError(_("This is asked for with = yes or = no."))
        wanted = (word in ("yes", "true", "1", "ya")) == (operator == "=")
        return meets() if wanted else ~meets()

    return query


def _ids(rows: Any) -> Q:
    return Q(pk__in=rows.order_by().values("pk"))


OPEN = Filter(name="open", label=gettext_lazy("Still open"), query=yes_no(lambda: _ids(Lead.objects.open())))
UNANSWERED = Filter(
    name="unanswered", label=gettext_lazy("Nobody answered yet"),
    query=yes_no(lambda: _ids(Lead.objects.unanswered())),
)  # fmt: skip
BREACHED = Filter(
    name="breached", label=gettext_lazy("Answered late or not at all"),
    query=yes_no(lambda: _ids(Lead.objects.breached(timezone.now()))),
)  # fmt: skip
KNOWN = Filter(
    name="known_customer", label=gettext_lazy("Was a customer already"),
    query=yes_no(lambda: ~Q(matched_by="")),
)  # fmt: skip
CITY = Filter(name="city", label=gettext_lazy("City"), query=of_customer("city"), kind="text")
PROVINCE = Filter(name="province", label=gettext_lazy("Province"), query=of_customer("province"), kind="text")
RUNG = Filter(
    name="rung", label=gettext_lazy("Rung"), query=of_customer("rung"), kind="choice",
    choices=lambda: [(str(key), label) for key, label in Rung.choices],
)  # fmt: skip
JOB = Filter(name="job_title", label=gettext_lazy("Job title"), query=of_customer("job_title"), kind="text")
PHONE = Filter(name="phone", label=gettext_lazy("Phone"), query=of_customer("phone"), kind="text")
EMAIL = Filter(name="email", label=gettext_lazy("E-mail"), query=of_customer("email"), kind="text")
COMPANY = Filter(name="company", label=gettext_lazy("Company"), query=of_customer("company"), kind="text")

FILTERS = (OPEN, UNANSWERED, BREACHED, KNOWN, CITY, PROVINCE, RUNG, JOB, PHONE, EMAIL, COMPANY)


def has_open_lead() -> Q:
    """Of customers: somebody is working on a lead about them."""
    return Q(pk__in=Lead.objects.open().order_by().values("party"))
