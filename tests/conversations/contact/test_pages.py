"""What colleagues see and do about consent and the rules of sending."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from relasi.conversations import consenting
from relasi.conversations.models import Consent, RestDay, SendingHours, Suppression
from relasi.kit.access.models import User
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SAID = {"answer": "given", "purpose": "marketing", "channels": ["email", "sms"], "source": "call"}


def test_a_seller_writes_down_what_a_customer_allows(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(f"/people/{world.budi.pk}/consent/", {**SAID, "remark": "by phone"})
    assert answer.status_code == 204 and "dialog:close" in answer["HX-Trigger"]
    lines = world.budi.consents.order_by("id")
    assert [(line.channel, line.state, line.source, line.by) for line in lines] == [
        ("email", "given", "call", world.bob), ("sms", "given", "call", world.bob),
    ]  # fmt: skip
    assert lines[0].text == consenting.text_in_force("marketing", "id")


def test_no_way_chosen_means_all(world: World, sign_in: SignIn) -> None:
    said = {**SAID, "channels": [], "answer": "withdrawn"}
    sign_in(world.bob).post(f"/people/{world.budi.pk}/consent/", said)
    assert [(line.channel, line.state) for line in world.budi.consents.all()] == [("", "withdrawn")]


def test_nonsense_is_refused_beside_the_field(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(f"/people/{world.budi.pk}/consent/", {**SAID, "source": "rumour"})
    assert answer.status_code == 422 and not world.budi.consents.exists()


def test_the_dialog_shows_the_words_and_what_was_pressed(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get(
        f"/people/{world.budi.pk}/consent/?answer=withdrawn&channel=sms&purpose=service"
    )
    assert page.status_code == 200 and "Saya setuju" in page.text
    assert 'value="withdrawn" required id="id_answer_1" checked' in page.text


def test_another_sellers_customer_is_out_of_reach(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.citra).post(f"/people/{world.budi.pk}/consent/", SAID).status_code == 404


def test_who_only_reads_writes_nothing(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.mira).post(f"/people/{world.budi.pk}/consent/", SAID).status_code == 403
    assert not world.budi.consents.exists()


def test_the_box_says_what_is_allowed_since_when_and_how(world: World, sign_in: SignIn) -> None:
    consenting.give(world.budi, by=world.bob, source="paper", channel="email")
    box = sign_in(world.bob).get(f"/people/{world.budi.pk}/panel/consent/").text
    assert "Signed paper" in box and "not asked" in box and "/preferences/" in box


def test_who_only_reads_gets_no_link_to_the_customers_own_page(world: World, sign_in: SignIn) -> None:
    box = sign_in(world.mira).get(f"/people/{world.budi.pk}/panel/consent/").text
    assert "allowed" in box and "/preferences/" not in box and "/consent/?" not in box


def test_who_has_no_right_to_it_sees_no_box(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.eko).get(f"/people/{world.budi.pk}/panel/consent/").status_code in (403, 404)


def test_people_are_found_by_what_they_allow(world: World, sign_in: SignIn) -> None:
    consenting.give(world.budi, by=None, source="paper")
    consenting.give(world.siti, by=None, source="paper")
    consenting.withdraw(world.siti, by=None, source="call", channel="email")
    page = sign_in(world.bob).get("/people/", {"filter": "offers = email"}).text
    assert "Budi Santoso" in page and "Siti Rahmawati" not in page
    both = sign_in(world.bob).get("/people/", {"filter": "offers = sms"}).text
    assert "Budi Santoso" in both and "Siti Rahmawati" in both


def test_the_rules_are_one_readable_page(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.bob).get("/sending-rules/")
    assert page.status_code == 200
    for text in ("08.00–18.00", "all day", "POJK 22/2023", "not legal advice", "24 hours"):
        assert text in page.text


def test_the_rules_are_not_for_everybody(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.eko).get("/sending-rules/").status_code == 403


def test_trying_out_tells_every_check(world: World, sign_in: SignIn) -> None:
    asked = {"party": world.budi.pk, "purpose": "marketing", "channel": "email", "at": "2026-11-23T10:00"}
    page = sign_in(world.bob).get("/sending-rules/", asked).text
    assert "The customer has not consented to this." in page and "Nothing bars this address" in page


def test_trying_out_tells_when_it_would_go(world: World, sign_in: SignIn) -> None:
    consenting.give(world.budi, by=None, source="paper", at=None)
    asked = {"party": world.budi.pk, "purpose": "marketing", "channel": "email", "at": "2027-11-21T10:00"}
    page = sign_in(world.bob).get("/sending-rules/", asked).text
    assert "2027-11-22 08:00 WIB" in page


def test_trying_out_asks_for_a_customer_one_may_see(world: World, sign_in: SignIn) -> None:
    asked = {"party": world.joko.pk, "purpose": "service", "channel": "email"}
    page = sign_in(world.bob).get("/sending-rules/", asked).text
    assert "Choose a customer." in page and "Joko" not in page


def test_a_changed_hour_holds_at_once(world: World, sign_in: SignIn) -> None:
    hours = SendingHours.objects.get(purpose="marketing", channel="email")
    hours.change(by=world.ada, opens_at="09:30")
    assert "09.30–18.00" in sign_in(world.ada).get("/sending-rules/").text


def test_an_address_is_written_to_again(world: World, sign_in: SignIn) -> None:
    row = Suppression.add(channel="email", address="budi@santoso.example", reason="hard_bounce")
    assert sign_in(world.bob).post(f"/suppressions/{row.pk}/do/lift/").status_code == 403
    assert sign_in(world.dewi).post(f"/suppressions/{row.pk}/do/lift/").status_code < 400
    assert not Suppression.objects.in_force().exists()


def test_a_line_of_the_ledger_is_never_changed_or_deleted(world: World, sign_in: SignIn) -> None:
    line = consenting.give(world.budi, by=None, source="paper")
    browser = sign_in(world.ada)
    assert browser.post(f"/consents/{line.pk}/delete/").status_code == 403
    assert browser.post(f"/consents/{line.pk}/edit/", {"state": "withdrawn"}).status_code in (403, 404, 405)
    assert Consent.objects.get(pk=line.pk).state == "given"


def test_a_rest_day_of_an_unknown_province_is_refused(world: World) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="Atlantis"):
        RestDay.create(by=world.ada, day="2026-11-24", name="Own", province="Atlantis")


def test_a_province_is_kept_by_its_own_name(world: World) -> None:
    made = RestDay.create(by=world.ada, day="2026-11-24", name="Galungan", province="bali")
    assert made.province == "Bali"
