"""Who may have what, and why not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relasi.catalog.eligibility import eligible, why_not, why_not_many
from relasi.catalog.models import EligibilityRule, Product
from relasi.kit.resources.registry import find
from relasi.parties.models import Party
from tests.catalog.conftest import Shop

ADULTS = 'birth_on < "-17y"'
TOO_YOUNG = "Only for people of 17 years or more."


def rule(shop: Shop, filter: str = ADULTS, reason: str = TOO_YOUNG, **about: Any) -> EligibilityRule:
    return EligibilityRule.create(by=shop.world.ada, name=reason[:40], filter=filter, reason=reason, **about)


def test_without_rules_everybody_may_have_everything(shop: Shop) -> None:
    assert why_not(product=shop.plan, party=shop.world.rizky) == ()


def test_who_does_not_meet_a_rule_is_told_why(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    assert why_not(product=shop.plan, party=shop.world.rizky) == (TOO_YOUNG,)
    assert why_not(product=shop.plan, party=shop.world.budi) == ()


def test_a_rule_of_one_product_says_nothing_of_another(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    assert why_not(product=shop.filter, party=shop.world.rizky) == ()


def test_a_rule_of_a_category_holds_for_those_below_it(shop: Shop) -> None:
    rule(shop, filter="industry is not empty", reason="Only for companies.", category=shop.parts)
    assert why_not(product=shop.filter, party=shop.world.budi) == ("Only for companies.",)
    assert why_not(product=shop.filter, party=shop.world.maju) == ()


def test_a_rule_of_a_part_holds_for_the_bundle(shop: Shop) -> None:
    rule(shop, filter="rung >= client", reason="Only for clients.", product=shop.filter)
    assert why_not(product=shop.package, party=shop.world.siti) == ("Only for clients.",)


def test_a_rule_for_neither_holds_for_everything(shop: Shop) -> None:
    rule(shop, filter="city is not empty", reason="We do not know where you live.")
    assert why_not(product=shop.plan, party=shop.world.rizky) == ("We do not know where you live.",)


def test_several_reasons_are_all_told(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    rule(shop, filter="phone is not empty", reason="No telephone is known.", product=shop.plan)
    assert set(why_not(product=shop.plan, party=shop.world.rizky)) == {TOO_YOUNG, "No telephone is known."}


def test_a_rule_out_of_use_refuses_nobody(shop: Shop) -> None:
    rule(shop, product=shop.plan, is_active=False)
    assert why_not(product=shop.plan, party=shop.world.rizky) == ()


def test_a_rule_is_of_a_product_or_of_a_category(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        rule(shop, product=shop.filter, category=shop.parts)
    assert "Choose a product or a category, not both." in error.value.messages


def test_a_filter_that_cannot_be_read_is_refused(shop: Shop) -> None:
    with pytest.raises(ValidationError) as error:
        rule(shop, filter="birth_on <", product=shop.plan)
    assert list(error.value.message_dict) == ["filter"]


def test_those_who_may_have_it_are_found(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    people = find("people")
    assert people is not None
    assert list(Party.objects.filter(eligible(shop.plan, people), kind="person")) == [shop.world.budi]


def test_companies_have_no_birthday_and_are_not_found(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    companies = find("companies")
    assert companies is not None
    assert not Party.objects.filter(eligible(shop.plan, companies), kind="company").exists()


def test_many_products_cost_no_more_questions_than_there_are_filters(shop: Shop) -> None:
    rule(shop, product=shop.plan)
    rule(shop, category=shop.parts, reason="Not for children.")

    def queries(products: list[Product]) -> int:
        with CaptureQueriesContext(connection) as seen:
            why_not_many(products=products, party=shop.world.rizky)
        return len(seen)

    few = queries(list(Product.objects.filter(pk__in=[shop.plan.pk, shop.package.pk])))
    assert queries(list(Product.objects.order_by("pk"))) <= few
