"""What goes out by Messenger and Instagram."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from relasi.channels.interface import File, Outcome, Outgoing
from relasi.channels.models import Account
from relasi.channels.social.forms import InstagramForm
from relasi.channels.social.sending import name_of, window_closes_at
from relasi.channels.social.words import WORDS
from tests.channels.peer import Answer, Peer, said
from tests.channels.social.conftest import INSTAGRAM, PAGE, SITI, graph_error

pytestmark = pytest.mark.django_db
HELLO = Outgoing(key="m-1", to=SITI, text="Selamat pagi")
PHOTO = File("rumah.jpg", "image/jpeg", b"\xff\xd8 a house")


def sent(account: Account, message: Outgoing = HELLO) -> Outcome:
    assert account.carrier.send
    [outcome] = account.carrier.send(account, [message])
    assert not outcome.words or outcome.words % outcome.values
    return outcome


def test_a_text_is_an_answer_within_24_hours(account: Account, meta: Peer) -> None:
    assert sent(account) == Outcome(key="m-1", state="accepted", external_id="m_1")
    assert meta.last.json == {
        "messaging_type": "RESPONSE", "recipient": {"id": SITI}, "message": {"text": "Selamat pagi"},
    }  # fmt: skip


def test_an_answer_names_what_it_answers(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, answers="m_siti"))
    assert meta.last.json["reply_to"] == {"mid": "m_siti"}


def test_a_text_and_a_photo_are_two_messages(account: Account, meta: Peer) -> None:
    assert sent(account, replace(HELLO, files=(PHOTO,))).external_id == "m_1"
    first, second = [one.json["message"] for one in meta.posts("/messages")]
    assert (first, second) == (
        {"text": "Selamat pagi"}, {"attachment": {"type": "image", "payload": {"attachment_id": "4242"}}},
    )  # fmt: skip
    assert PHOTO.content in meta.posts("/message_attachments")[0].body


@pytest.mark.parametrize("subcode", [2018278, 2534022])
def test_later_than_24_hours_is_refused(account: Account, meta: Peer, subcode: int) -> None:
    meta.next_answers = [graph_error(10, subcode)]
    outcome = sent(account)
    assert (outcome.state, outcome.code) == ("refused", f"10/{subcode}")


def test_where_allowed_a_person_answers_for_seven_days(account: Account, meta: Peer) -> None:
    account.settings["human_agent"] = True
    meta.next_answers = [graph_error(10, 2018278)]
    assert sent(account).state == "accepted"
    assert (meta.last.json["messaging_type"], meta.last.json["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


def test_other_refusals_are_not_tried_again(account: Account, meta: Peer) -> None:
    account.settings["human_agent"] = True
    meta.next_answers = [graph_error(551)]
    assert (sent(account).state, len(meta.asked)) == ("refused", 1)


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_code_has_its_words(account: Account, meta: Peer, code: int) -> None:
    meta.next_answers = [graph_error(100, code)]
    assert sent(account).words == WORDS[code].words


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Answer(cut=True), "uncertain"), (said({}), "uncertain"), (Answer(502), "uncertain"),
     (Answer(429), "later"), (graph_error(190), "later"), (graph_error(2), "later")],
)  # fmt: skip
def test_what_becomes_of_it(account: Account, meta: Peer, answer: Answer, state: str) -> None:
    meta.next_answers = [answer]
    assert sent(account).state == state


@pytest.mark.parametrize(
    "but", [{"to": "../me"}, {"to": "siti@x.example"}, {"text": "ä" * 1001}, {"text": ""}]
)
def test_what_cannot_be_is_not_sent(account: Account, meta: Peer, but: dict[str, str]) -> None:
    assert sent(account, replace(HELLO, **but)).state == "refused"
    assert meta.asked == []


def test_the_window(account: Account) -> None:
    wrote = datetime(2026, 3, 1, tzinfo=UTC)
    assert window_closes_at(wrote) == wrote + timedelta(hours=24)
    assert window_closes_at(wrote, by_a_person=True) == wrote + timedelta(days=7)
    assert window_closes_at(None) is None


def test_the_name_of_a_customer(account: Account, meta: Peer) -> None:
    assert name_of(account, SITI) == "Siti Rahmawati"
    assert name_of(account, "../x") == ""


def test_all_is_well(account: Account, settings) -> None:
    settings.RELASI_PUBLIC_URL = "https://crm.sahabat.example"
    account.received_at = timezone.now()
    assert account.carrier.check(account).state == "good"


def test_an_ended_token_and_a_page_that_nobody_listens_to(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"name": "PT"}), said({"data": []})]
    words = [one.words for one in account.carrier.check(account).findings]
    assert "No app gets the messages of the page." in words
    account.secrets = {**account.secrets, "access_token": "old"}
    assert account.carrier.check(account).findings[0].state == "broken"


def test_what_the_company_fills_in() -> None:
    given = {"page_id": PAGE, "access_token": "x", "app_secret": "y", "verify_token": "a-made-up-word"}
    assert InstagramForm(given | {"instagram_id": INSTAGRAM}).is_valid()
    assert list(InstagramForm(given).errors) == ["instagram_id"]
