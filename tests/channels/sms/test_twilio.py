"""Twilio's REST API and its signed calls."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from relasi.channels.hooks import hook_path
from relasi.channels.models import Account, Intake
from relasi.channels.sms.twilio import WORDS, signed
from tests.channels.peer import Answer, Asked, Peer, said
from tests.channels.sms.conftest import HELLO, call, read, sent

pytestmark = pytest.mark.django_db
SID, TOKEN = "AC" + "0" * 32, "twilio-token"


def twilio(asked: Asked) -> Answer:
    if asked.headers.get("Authorization") != "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode():
        return said({"code": 20003, "message": "Authenticate", "status": 401}, 401)
    match asked.method, asked.path:
        case "POST", path if path == f"/2010-04-01/Accounts/{SID}/Messages.json":
            whole = {"To", "Body"} <= set(asked.form) and ({"From", "MessagingServiceSid"} & set(asked.form))
            if not whole:
                return said({"code": 21603, "message": "A 'From' is required."}, 400)
            return said({"sid": "SM1", "status": "queued", "error_code": None}, 201)
        case "GET", path if path == f"/2010-04-01/Accounts/{SID}.json":
            return said({"sid": SID, "status": "active"})
    return Answer(404)


@pytest.fixture
def account(account_of: Callable[..., Account], gateway: Peer) -> Account:
    gateway.respond = twilio
    return account_of(
        "sms_twilio", {"auth_token": TOKEN}, account_sid=SID, sender="+15005550006", base_url=gateway.url
    )


def test_a_message_is_taken(account: Account, gateway: Peer) -> None:
    assert (sent(account).state, sent(account).external_id) == ("accepted", "SM1")
    assert gateway.last.form == {
        "To": "+6281211112222", "From": "+15005550006", "Body": HELLO.text,
        "StatusCallback": "https://crm.sahabat.example" + hook_path(account),
    }  # fmt: skip


def test_a_messaging_service_sends(account: Account, gateway: Peer) -> None:
    sent(account, replace(HELLO, sender="MG" + "1" * 32))
    assert "MessagingServiceSid" in gateway.last.form


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_code_has_its_words(account: Account, gateway: Peer, code: int) -> None:
    gateway.next_answers = [said({"code": code, "message": "no", "status": 400}, 400)]
    outcome = sent(account)
    assert (outcome.state, outcome.code) == (WORDS[code].state, str(code))


def test_a_code_nobody_knows_is_told_as_twilio_tells_it(account: Account, gateway: Peer) -> None:
    gateway.next_answers = [said({"code": 99999, "message": "Strange."}, 400)]
    outcome = sent(account)
    assert outcome.words % outcome.values == "Twilio refused it: Strange (99999)."


def test_a_cut_connection_is_uncertain(account: Account, gateway: Peer) -> None:
    gateway.next_answers = [Answer(cut=True)]
    assert sent(account).state == "uncertain"


def test_what_is_too_long_or_empty_is_not_sent(account: Account, gateway: Peer) -> None:
    assert [sent(account, replace(HELLO, text=text)).state for text in ("x" * 1601, " ")] == ["refused"] * 2
    assert gateway.asked == []


def signed_call(account: Account, fields: dict[str, str], url: str = "", token: str = TOKEN):
    url = url or "https://crm.sahabat.example" + hook_path(account)
    made = signed(token, url, {name: [value] for name, value in fields.items()})
    return call(account, fields, **{"X-Twilio-Signature": made})


MESSAGE = {
    "MessageSid": "SM9",
    "From": "+6281211113333",
    "To": "+15005550006",
    "Body": "Ya & tidak",
    "NumMedia": "0",
}


def test_the_signature_of_the_manual() -> None:
    """The example of Twilio's own page on validating requests."""
    fields = {
        "CallSid": ["CA1234567890ABCDE"], "Caller": ["+12349013030"], "Digits": ["1234"],
        "From": ["+12349013030"], "To": ["+18005551212"],
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signed("12345", url, fields) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


def test_a_message_of_a_customer(account: Account) -> None:
    answer = signed_call(account, MESSAGE)
    assert (answer.status_code, answer.content) == (200, b"<Response/>")
    [news] = read(account)
    assert (news.external_id, news.sender, news.text) == ("SM9", "+6281211113333", "Ya & tidak")


def test_the_port_may_be_signed_too(account: Account) -> None:
    url = "https://crm.sahabat.example:443" + hook_path(account)
    assert signed_call(account, MESSAGE, url).status_code == 200


def test_another_signature_is_refused_and_nothing_is_kept(account: Account) -> None:
    assert signed_call(account, MESSAGE, token="guess").status_code == 401
    assert signed_call(account, MESSAGE, "https://elsewhere.example/").status_code == 401
    assert call(account, MESSAGE).status_code == 401
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("status", "code", "state", "bounce"),
    [("sent", "", "sent", ""), ("delivered", "", "delivered", ""), ("undelivered", "30005", "failed", "hard"),
     ("failed", "30007", "failed", "policy"), ("undelivered", "30003", "failed", "soft"),
     ("failed", "", "failed", "")],
)  # fmt: skip
def test_how_ours_fared(account: Account, status: str, code: str, state: str, bounce: str) -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": status, "To": "+6281211112222", "ErrorCode": code}
    signed_call(account, fields)
    [news] = read(account)
    assert (news.state, news.bounce, news.code) == (state, bounce, code if state == "failed" else "")
    assert not news.words or news.words % news.values


def test_a_state_on_the_way_says_nothing(account: Account) -> None:
    signed_call(account, {"MessageSid": "SM1", "MessageStatus": "queued"})
    assert read(account) == []


def test_what_is_looked_at(account: Account, gateway: Peer) -> None:
    assert {one.what: one.state for one in account.carrier.check(account).findings}["Account"] == "good"
    account.secrets = {"auth_token": "old"}
    assert {one.what: one.state for one in account.carrier.check(account).findings}["Account"] == "broken"
