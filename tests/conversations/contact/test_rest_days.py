"""Days on which customers are left in peace: laid by us, kept by the company."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from relasi.conversations import rest_days
from relasi.conversations.models import RestDay
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def laid(db: None, settings: Any) -> None:
    settings.LANGUAGE_CODE = "id"
    rest_days.lay(date(2026, 6, 1))


def test_lebaran_with_its_joint_leave_is_there() -> None:
    days = RestDay.objects.filter(day__range=(date(2026, 3, 18), date(2026, 3, 24))).order_by("day")
    assert [(row.day.day, row.kind) for row in days] == [
        (18, "joint_leave"), (19, "national"), (20, "joint_leave"), (21, "national"), (22, "national"),
        (23, "joint_leave"), (24, "joint_leave"),
    ]  # fmt: skip
    assert "Nyepi" in days[1].name


def test_four_years_are_laid() -> None:
    assert {day.year for day in RestDay.objects.values_list("day", flat=True)} >= {2025, 2026, 2027, 2028}


def test_laying_again_changes_nothing() -> None:
    before = list(RestDay.objects.values_list("pk", "name", "version").order_by("pk"))
    assert rest_days.lay(date(2026, 6, 1)) == 0
    assert list(RestDay.objects.values_list("pk", "name", "version").order_by("pk")) == before


def test_a_year_later_a_year_more_is_laid() -> None:
    rest_days.lay(date(2027, 1, 2))
    assert RestDay.objects.filter(day__year=2029, kind="national").exists()


def test_what_the_company_took_away_stays_away(world: World) -> None:
    RestDay.objects.get(day=date(2026, 12, 24)).remove(by=world.ada)
    rest_days.lay(date(2026, 6, 2))
    assert not RestDay.objects.filter(day=date(2026, 12, 24)).exists()


def test_what_the_company_changed_stays_changed(world: World) -> None:
    RestDay.objects.get(day=date(2026, 12, 24)).change(by=world.ada, day=date(2026, 12, 23), name="Cuti kita")
    rest_days.lay(date(2026, 6, 2))
    assert RestDay.objects.get(day=date(2026, 12, 23)).name == "Cuti kita"
    assert not RestDay.objects.filter(day=date(2026, 12, 24)).exists()


def test_a_day_the_package_moves_is_moved() -> None:
    """It was only reckoned when it was laid."""
    day = RestDay.objects.get(day=date(2027, 3, 10))
    moved = date(2027, 3, 16)
    RestDay.objects.filter(pk=day.pk).update(day=moved, laid_as=f"{moved} national")
    rest_days.lay(date(2026, 6, 2))
    assert not RestDay.objects.filter(day=moved).exists()


def test_a_day_the_package_calls_otherwise_is_renamed() -> None:
    RestDay.objects.filter(day=date(2027, 8, 17)).update(name="HUT RI (perkiraan)")
    rest_days.lay(date(2026, 6, 2))
    assert RestDay.objects.get(day=date(2027, 8, 17)).name == "Hari Kemerdekaan Republik Indonesia"


def test_the_companys_own_days_are_never_touched(world: World) -> None:
    RestDay.create(by=world.ada, day=date(2027, 5, 5), name="Birthday of the company")
    rest_days.lay(date(2026, 6, 2))
    assert RestDay.objects.filter(day=date(2027, 5, 5)).count() == 1


def test_where_the_company_speaks_english_so_do_the_days(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    rest_days.lay(date(2026, 6, 2))
    assert "Independence Day" in RestDay.objects.get(day=date(2027, 8, 17)).name
