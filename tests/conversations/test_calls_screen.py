"""What a colleague sees of a call, and what they may do with it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from relasi.conversations.models import Extension, PhoneCall, Ring
from tests.channels.phone.pbx import pbx, settings_for
from tests.conversations import test_calls
from tests.conversations.test_calls import BUDI, STRANGER, House
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(world: World, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(test_calls, "NOON", timezone.now() - timedelta(minutes=10))
    return House(world)


def test_nothing_is_told_while_nothing_rings(house: House, world: World, sign_in) -> None:
    assert sign_in(world.bob).get("/live/").status_code == 204


def test_who_calls_is_told_with_the_card(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0)
    call = sign_in(world.bob).get("/live/").json()["calls"][0]
    assert call["state"] == "ringing"
    assert "Budi Santoso" in call["html"]
    assert f"/people/{world.budi.pk}/" in call["html"]


def test_a_card_that_is_known_is_not_sent_again(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0)
    browser = sign_in(world.bob)
    mark = browser.get("/live/").json()["calls"][0]["mark"]
    assert "html" not in browser.get(f"/live/?known={mark}").json()["calls"][0]


def test_a_colleague_hears_nothing_of_it(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0)
    assert sign_in(world.citra).get("/live/").status_code == 204


def test_a_customer_of_another_is_not_named(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0, number="+6281344445555")
    html = sign_in(world.bob).get("/live/").json()["calls"][0]["html"]
    assert "Joko" not in html
    assert "Citra Dewanti" in html


def test_a_stranger_can_be_made_a_customer(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0, number=STRANGER)
    html = sign_in(world.bob).get("/live/").json()["calls"][0]["html"]
    assert "/people/new/?phone=%2B6281999998888" in html


def test_looking_costs_one_query_of_its_own(
    house: House, world: World, sign_in, django_assert_max_num_queries
) -> None:
    browser = sign_in(world.bob)
    browser.get("/live/")
    with django_assert_max_num_queries(6):  # who it is, the session, and the rings
        browser.get("/live/")


def test_a_page_has_a_place_for_calls_only_for_who_has_an_extension(
    house: House, world: World, sign_in
) -> None:
    assert b"data-calls" in sign_in(world.bob).get("/settings/telephone/").content
    assert b"data-calls" not in sign_in(world.sari).get("/settings/telephone/").content


def test_what_it_was_about_is_written_down(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0)
    house.told("answered", 5)
    call = house.told("ended", 60)
    given = {"disposition": "solved", "summary": "Paid."}
    assert sign_in(world.bob).post(f"/calls-now/{call.pk}/wrap-up/", given).status_code == 200
    call.refresh_from_db()
    assert (call.disposition, call.summary, call.wrapped_up_at is not None) == ("solved", "Paid.", True)


def test_nobody_writes_on_a_call_of_another(house: House, world: World, sign_in) -> None:
    call = house.told("ringing", 0)
    for what in ("wrap-up", "dismiss"):
        assert sign_in(world.citra).post(f"/calls-now/{call.pk}/{what}/").status_code == 404
    assert Ring.objects.filter(left_at=None).count() == 1


def test_a_card_can_be_put_away(house: House, world: World, sign_in) -> None:
    call = house.told("ringing", 0)
    browser = sign_in(world.bob)
    browser.post(f"/calls-now/{call.pk}/dismiss/")
    assert browser.get("/live/").status_code == 204


def test_a_click_lets_the_own_telephone_ring_and_calls(house: House, world: World, sign_in) -> None:
    with pbx(customer_answers=False) as exchange:
        house.account.change(
            by=world.ada, settings=settings_for(exchange), secrets={"secret": "a long secret"}
        )  # fmt: skip
        answer = sign_in(world.bob).post("/calls-now/dial/", {"number": BUDI})
        asked = exchange.asked("Originate")[0]
    assert answer.status_code == 200
    assert (asked["Channel"], asked["Exten"]) == ("PJSIP/101", "081211112222")


def test_a_telephone_system_that_is_away_is_said(house: House, world: World, sign_in) -> None:
    house.account.change(by=world.ada, settings={"host": "127.0.0.1", "port": 1})
    answer = sign_in(world.bob).post("/calls-now/dial/", {"number": BUDI})
    assert answer.status_code == 422
    assert "cannot be reached" in answer["HX-Trigger"]


def test_without_an_extension_the_device_calls(house: House, world: World, sign_in) -> None:
    assert sign_in(world.sari).post("/calls-now/dial/", {"number": BUDI}).json() == {"href": f"tel:{BUDI}"}


def test_an_extension_is_chosen_and_given_back(house: House, world: World, sign_in) -> None:
    browser, given = sign_in(world.sari), {"account": house.account.pk, "number": "105"}
    browser.post("/settings/telephone/", given)
    assert Extension.objects.get(user=world.sari).number == "105"
    browser.post("/settings/telephone/", {**given, "number": ""})
    assert not Extension.objects.filter(user=world.sari).exists()


def test_an_extension_of_another_is_refused(house: House, world: World, sign_in) -> None:
    answer = sign_in(world.sari).post("/settings/telephone/", {"account": house.account.pk, "number": "101"})
    assert answer.status_code == 422
    assert b"Bob Hutapea" in answer.content


def test_the_log_shows_missed_calls(house: House, world: World, sign_in) -> None:
    house.told("ringing", 0)
    house.told("ended", 20)
    page = sign_in(world.bob).get("/phone-calls/?filter=missed+%3D+yes").content.decode()
    assert "Budi Santoso" in page
    assert PhoneCall.objects.count() == 1


def test_the_record_offers_to_call(world: World, sign_in) -> None:
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/").content.decode()
    assert f'data-call="{BUDI}"' in page
