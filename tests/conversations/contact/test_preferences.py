"""The customer's own pages: one click out, and a switch for each way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from relasi.conversations import consenting, unsubscribing
from relasi.conversations.models import Consent, Delivery, Suppression
from relasi.conversations.unsubscribing import Way
from relasi.parties.models import Person
from tests.world import World

pytestmark = pytest.mark.django_db
MAIL = "budi@santoso.example"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def offer(world: World) -> Delivery:
    consenting.give(world.budi, by=None, source="paper")
    return Delivery.objects.create(
        key="offer", party=world.budi, channel="email", purpose="marketing", address=MAIL,
        due_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def stranger() -> Client:
    return Client(enforce_csrf_checks=True)


def _path(address: str) -> str:
    return "/" + address.split("/", 3)[3]


def _unsubscribe(offer: Delivery) -> str:
    return _path(unsubscribing.links(offer)["unsubscribe"])


def _preferences(offer: Delivery) -> str:
    return _path(unsubscribing.links(offer)["preferences"])


def _state(party: Person, channel: str = "email") -> str:
    line = consenting.standing(party, "marketing", channel)
    return line.state if line else ""


def test_one_click_unsubscribes_without_cookie_or_question(
    world: World, offer: Delivery, stranger: Client
) -> None:
    answer = stranger.post(_unsubscribe(offer), ONE_CLICK)
    assert (answer.status_code, dict(answer.cookies), _state(world.budi)) == (200, {}, "withdrawn")
    offer.refresh_from_db()
    assert offer.state == "cancelled"


def test_one_click_comes_as_multipart_from_some(world: World, offer: Delivery, stranger: Client) -> None:
    body = "\r\n".join(
        ("--b", 'Content-Disposition: form-data; name="List-Unsubscribe"', "", "One-Click", "--b--", "")
    )
    answer = stranger.generic("POST", _unsubscribe(offer), body, "multipart/form-data; boundary=b")
    assert (answer.status_code, _state(world.budi)) == (200, "withdrawn")


def test_twice_is_as_good_as_once(world: World, offer: Delivery, stranger: Client) -> None:
    for _time in range(2):
        assert stranger.post(_unsubscribe(offer), ONE_CLICK).status_code == 200
    assert world.budi.consents.filter(state="withdrawn").count() == 1


def test_opening_the_link_changes_nothing(world: World, offer: Delivery, stranger: Client) -> None:
    answer = stranger.get(_unsubscribe(offer))
    assert answer.status_code == 200 and "One-Click" in answer.text
    assert _state(world.budi) == "given"


def test_a_post_that_says_nothing_changes_nothing(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_unsubscribe(offer), {})
    assert _state(world.budi) == "given"


def test_it_stops_that_way_and_no_other(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_unsubscribe(offer), ONE_CLICK)
    assert _state(world.budi, "whatsapp") == "given"


def test_the_line_says_where_it_came_from(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_unsubscribe(offer), ONE_CLICK, REMOTE_ADDR="203.0.113.7")
    line = Consent.objects.filter(state="withdrawn").get()
    assert (line.source, line.address, line.proof["page"]) == ("unsubscribe", MAIL, "unsubscribe")
    assert len(line.proof["network"]) == 64 and "203.0.113.7" not in str(line.proof)


def test_a_double_of_the_customer_is_unsubscribed_too(
    world: World, offer: Delivery, stranger: Client
) -> None:
    double = Person.create(by=world.bob, name="B. Santoso", email=MAIL, owner=world.bob)
    stranger.post(_unsubscribe(offer), ONE_CLICK)
    assert _state(double) == "withdrawn"


def test_who_is_no_longer_known_is_left_alone_by_the_address(world: World, stranger: Client) -> None:
    token = unsubscribing.token_of(Way(999_999, "gone@mail.example"))
    assert stranger.post(f"/unsubscribe/{token}/", ONE_CLICK).status_code == 200
    row = Suppression.objects.get()
    assert (row.address, row.channel, row.reason) == ("gone@mail.example", "email", "complaint")
    assert "tidak lagi kami simpan" in stranger.get(f"/preferences/{token}/").text


def test_the_link_shows_neither_customer_nor_address(offer: Delivery) -> None:
    link = unsubscribing.links(offer)["unsubscribe"]
    assert "budi" not in link and "santoso" not in link


def test_a_forged_link_leads_nowhere(offer: Delivery, stranger: Client) -> None:
    link = _unsubscribe(offer)
    for forged in (link[:-3] + "x/", "/unsubscribe/1.abc/", "/preferences/" + "a" * 2000 + "/"):
        assert stranger.post(forged, ONE_CLICK).status_code == 404


def test_the_headers_of_a_mail_offer_one_click(offer: Delivery) -> None:
    headers = dict(unsubscribing.headers(offer))
    assert headers["List-Unsubscribe"].startswith("<http") and headers["List-Unsubscribe"].endswith("/>")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_page_shows_every_switch_as_it_stands(world: World, offer: Delivery, stranger: Client) -> None:
    page = stranger.get(_preferences(offer))
    for name in (
        "marketing-email",
        "marketing-whatsapp",
        "marketing-sms",
        "marketing-phone",
        "service-email",
    ):
        assert f'name="{name}" checked' in page.text
    assert "Budi" not in page.text and "b…i@santoso.example" in page.text
    assert page["Referrer-Policy"] == "no-referrer" and "no-cache" in page["Cache-Control"]


def test_the_page_speaks_the_customers_language_and_shows_the_words(
    world: World, offer: Delivery, stranger: Client
) -> None:
    page = stranger.get(_preferences(offer)).text
    assert '<html lang="id">' in page and "Saya setuju menerima penawaran" in page
    world.budi.change(by=None, language="en")
    assert "I agree to receive offers" in stranger.get(_preferences(offer)).text


def test_each_switch_that_changed_is_a_line(world: World, offer: Delivery, stranger: Client) -> None:
    kept = dict.fromkeys(("marketing-whatsapp", "service-email", "service-whatsapp", "service-sms"), "on")
    answer = stranger.post(_preferences(offer), {**kept, "language": "id", "act": "save"})
    assert answer.status_code == 302
    lines = Consent.objects.filter(source="preferences")
    assert {(line.purpose, line.channel, line.state) for line in lines} == {
        ("marketing", "email", "withdrawn"), ("marketing", "sms", "withdrawn"),
        ("marketing", "phone", "withdrawn"), ("service", "phone", "withdrawn"),
    }  # fmt: skip


def test_a_line_keeps_the_words_that_were_shown(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_preferences(offer), {"act": "save"})
    line = Consent.objects.filter(purpose="marketing", channel="email", state="withdrawn").get()
    assert line.text == consenting.text_in_force("marketing", "id")
    assert line.proof["form"] == "preferences 1" and line.proof["shown"]


def test_a_switch_turned_on_is_a_yes(world: World, stranger: Client) -> None:
    link = _path(unsubscribing.preference_link(world.siti, "siti@mail.example"))
    stranger.post(link, {"marketing-email": "on", "act": "save"})
    assert _state(world.siti) == "given"


def test_stop_all_offers_is_one_line_for_all_ways(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_preferences(offer), {"act": "stop"})
    line = Consent.objects.filter(source="preferences").get()
    assert (line.purpose, line.channel, line.state) == ("marketing", "", "withdrawn")
    offer.refresh_from_db()
    assert offer.state == "cancelled"


def test_do_not_call_bars_the_numbers_until_it_is_taken_back(
    world: World, offer: Delivery, stranger: Client
) -> None:
    link = _preferences(offer)
    stranger.post(link, {"do_not_call": "on", "act": "save"})
    assert [row.address for row in Suppression.objects.in_force()] == ["+6281211112222"]
    assert 'name="do_not_call" checked' in stranger.get(link).text
    stranger.post(link, {"act": "save"})
    assert not Suppression.objects.in_force().exists()


def test_the_language_is_the_customers_choice(world: World, offer: Delivery, stranger: Client) -> None:
    stranger.post(_preferences(offer), {"language": "en", "act": "save"})
    world.budi.refresh_from_db()
    assert world.budi.language == "en"


def test_who_tries_links_is_slowed_down(stranger: Client, db: None) -> None:
    answers = [stranger.get(f"/preferences/1.{number}/").status_code for number in range(32)]
    assert answers[0] == 404 and answers[-1] == 429


def test_a_link_made_before_a_merge_still_works(
    world: World, offer: Delivery, stranger: Client, sign_in: Callable[..., Client]
) -> None:
    from relasi.parties.actions.merge_parties import merge_parties

    stay = Person.create(by=world.bob, name="Budi Santoso", email="budi@new.example", owner=world.bob)
    link = _unsubscribe(offer)
    merge_parties(winner=stay, loser=world.budi, by=world.bob)
    stranger.post(link, ONE_CLICK)
    assert _state(stay) == "withdrawn"
