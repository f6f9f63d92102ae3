"""Vonage's classic SMS API, its receipts and its signatures; and SMS without a gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from relasi.channels.hooks import hook_path
from relasi.channels.interface import Outgoing, provider_named
from relasi.channels.models import Account, Intake
from relasi.channels.sms.vonage import METHODS, STATUS, signed
from tests.channels.peer import Answer, Asked, Peer, said
from tests.channels.sms.conftest import HELLO, call, read, sent

pytestmark = pytest.mark.django_db


def part(status: str = "0", name: str = "v-1") -> dict[str, str]:
    failed = {} if status == "0" else {"error-text": "It failed"}
    return {"to": "6281211112222", "message-id": name, "status": status, **failed}


def vonage(asked: Asked) -> Answer:
    if asked.path == "/account/get-balance":
        return said({"value": 12.5}) if asked.query.get("api_secret") == "s" else said({}, 401)
    if asked.form.get("api_secret") != "s":
        return said({"message-count": "1", "messages": [{"status": "4", "error-text": "Bad Credentials"}]})
    return said({"message-count": "1", "messages": [part()]})


@pytest.fixture
def account(account_of: Callable[..., Account], gateway: Peer) -> Account:
    gateway.respond = vonage
    return account_of("sms_vonage", {"api_secret": "s"}, api_key="k", sender="SAHABAT", base_url=gateway.url)


def test_a_message_is_taken(account: Account, gateway: Peer) -> None:
    assert (sent(account).state, sent(account).external_id) == ("accepted", "v-1")
    assert gateway.last.path == "/sms/json"
    assert gateway.last.form == {
        "api_key": "k", "api_secret": "s", "from": "SAHABAT", "to": "6281211112222", "text": HELLO.text,
        "client-ref": "m-1", "callback": "https://crm.sahabat.example" + hook_path(account),
    }  # fmt: skip


def test_signs_beyond_gsm_go_as_unicode(account: Account, gateway: Peer) -> None:
    sent(account, replace(HELLO, text="Halo 😀"))
    assert gateway.last.form["type"] == "unicode"


@pytest.mark.parametrize("status", sorted(STATUS))
def test_every_state_has_its_words(account: Account, gateway: Peer, status: str) -> None:
    gateway.next_answers = [said({"messages": [part(status)]})]
    assert sent(account).state == STATUS[status].state


def test_a_message_of_which_a_part_was_refused_is_uncertain(account: Account, gateway: Peer) -> None:
    gateway.next_answers = [said({"messages": [part(), part("9", "")]})]
    outcome = sent(account)
    assert (outcome.state, outcome.external_id, outcome.values["taken"]) == ("uncertain", "v-1", 1)


@pytest.mark.parametrize(
    "answer", [said({}), said([]), Answer(200, b"<html>"), Answer(500), Answer(cut=True)]
)
def test_an_answer_that_says_nothing_is_uncertain(account: Account, gateway: Peer, answer: Answer) -> None:
    gateway.next_answers = [answer]
    assert sent(account).state == "uncertain"


def test_a_wrong_secret_waits_for_the_right_one(account: Account) -> None:
    account.secrets = {"api_secret": "old"}
    assert (sent(account).state, sent(account).code) == ("later", "4")


RECEIPT = {
    "msisdn": "6281211112222",
    "to": "SAHABAT",
    "messageId": "v-1",
    "client-ref": "m-1",
    "price": "0.03",
}


@pytest.mark.parametrize(
    ("status", "code", "state", "bounce"),
    [("delivered", "0", "delivered", ""), ("accepted", "0", "sent", ""), ("failed", "3", "failed", "hard"),
     ("expired", "2", "failed", "soft"), ("rejected", "77", "failed", "")],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_receipts(account: Account, status: str, code: str, state: str, bounce: str, method: str) -> None:
    call(account, RECEIPT | {"status": status, "err-code": code}, method)
    [news] = read(account)
    assert (news.external_id, news.state, news.bounce, news.values["key"]) == ("v-1", state, bounce, "m-1")
    assert not news.words or news.words % news.values


def test_a_message_of_a_customer_in_json(account: Account) -> None:
    fields = {"msisdn": "6281211113333", "to": "6281", "messageId": "i-1", "text": "Halo", "type": "text"}
    concat = {"concat": "true", "concat-ref": "7", "concat-part": "1", "concat-total": "2"}
    Client().post(hook_path(account), json.dumps(fields | concat), content_type="application/json")
    [news] = read(account)
    assert (news.sender, news.text, news.extra["part"]) == (
        "+6281211113333", "Halo", {"of": "7", "part": "1", "parts": "2"},
    )  # fmt: skip


@pytest.mark.parametrize("method", sorted(METHODS))
def test_signed_calls(account: Account, method: str) -> None:
    account.change(
        by=None, settings=account.settings | {"signature_method": method},
        secrets={"api_secret": "s", "signature_secret": "sign"},
    )  # fmt: skip
    fields = {"msisdn": "6281", "messageId": "i-1", "text": "a&b=c", "timestamp": "1700000000"}
    good = fields | {"sig": signed("sign", method, fields).upper()}
    assert [call(account, good, way).status_code for way in ("get", "post")] == [200, 200]
    assert call(account, good | {"text": "other"}).status_code == 401
    assert call(account, fields).status_code == 401
    assert Client().post(hook_path(account), b"{", content_type="application/json").status_code == 401
    assert Intake.objects.count() == 1


def test_the_plain_hash_is_over_sorted_fields_and_the_secret() -> None:
    import hashlib

    expected = hashlib.md5(b"&a=1_2&b=xsecret").hexdigest()
    assert signed("secret", "md5hash", {"b": "x", "a": "1&2", "sig": "y"}) == expected


def test_what_is_looked_at(account: Account) -> None:
    assert {one.what: one.state for one in account.carrier.check(account).findings}["Account"] == "good"
    account.secrets = {"api_secret": "old"}
    assert {one.what: one.state for one in account.carrier.check(account).findings}["Account"] == "broken"


def test_without_a_gateway_the_telephone_opens() -> None:
    provider = provider_named("sms_link")
    assert provider and provider.link and provider.send is None
    assert provider.link(Account(), Outgoing(key="1", to="081211112222", text="Halo & 1+1?")) == (
        "sms:+6281211112222?body=Halo%20%26%201%2B1%3F"
    )
    assert provider.check(Account()).state == "good"
