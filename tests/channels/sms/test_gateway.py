"""Any gateway by HTTP: what is filled in is what is sent; its answers and its calls are understood."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from relasi.channels import raw
from relasi.channels.hooks import hook_path
from relasi.channels.models import Account, Intake
from relasi.channels.sms.forms import GatewayForm
from relasi.lib.wording import InputError
from tests.channels.peer import Answer, Peer, nobody_listens, said
from tests.channels.sms.conftest import HELLO, call, read, sent

pytestmark = pytest.mark.django_db
BODY = '{"messages": [{"to": "{to_digits}", "text": "{text}", "ref": "{key}", "from": "{from}", "n": 1}]}'


@pytest.fixture
def account(account_of: Callable[..., Account], gateway: Peer) -> Account:
    gateway.respond = lambda asked: said({"messages": [{"id": "g-1", "state": "queued"}]})
    return account_of(
        "sms_http", {"secret": "k3y"}, url=gateway.url + "/send?to={to}", method="POST", format="json",
        body=BODY, headers="Authorization: Bearer {secret}\nX-Ref: {key}", sender="SAHABAT",
        id_path="messages.0.id",
        report_id="id", report_status="status", incoming_from="from", incoming_text="message",
        incoming_id="mid",
    )  # fmt: skip


def test_everything_stands_in_its_place(account: Account, gateway: Peer) -> None:
    assert (sent(account).state, sent(account).external_id) == ("accepted", "g-1")
    assert gateway.last.query == {"to": "+6281211112222"}
    assert gateway.last.headers["Authorization"] == "Bearer k3y"
    assert gateway.last.json == {"messages": [
        {"to": "6281211112222", "text": HELLO.text, "ref": "m-1", "from": "SAHABAT", "n": 1},
    ]}  # fmt: skip


def test_a_text_cannot_break_out_of_its_place(account: Account, gateway: Peer) -> None:
    words = '"}], "to": "+1", "x": "{secret} {to}\r\nX-Evil: 1'
    sent(account, replace(HELLO, text=words, key="k\r\nX-Evil: 1"))
    [message] = gateway.last.json["messages"]
    assert (message["text"], message["to"], "X-Evil" in gateway.last.headers) == (
        words,
        "6281211112222",
        False,
    )


def test_a_form(account: Account, gateway: Peer) -> None:
    account.settings |= {"format": "form", "body": "hp={to_local}\nisi={text}\nkey = {secret}"}
    sent(account)
    assert gateway.last.form == {"hp": "081211112222", "isi": HELLO.text, "key": "k3y"}


def test_a_get(account: Account, gateway: Peer) -> None:
    account.settings |= {"method": "GET", "url": gateway.url + "/s?n={to}&m={text}"}
    sent(account)
    assert (gateway.last.method, gateway.last.query["m"]) == ("GET", HELLO.text)


def test_a_pattern_says_what_is_success(account: Account, gateway: Peer) -> None:
    account.settings |= {"success": r"^OK (?P<id>\w+)", "id_path": ""}
    gateway.respond = lambda asked: Answer(200, b"OK 4711")
    assert sent(account).external_id == "4711"
    gateway.respond = lambda asked: Answer(200, b"ERR no credit")
    outcome = sent(account)
    assert (outcome.state, outcome.values["answer"]) == ("refused", "ERR no credit")


def test_without_an_id_our_own_stands_for_it(account: Account, gateway: Peer) -> None:
    gateway.respond = lambda asked: Answer(200, b"thanks")
    assert sent(account).external_id == "m-1"


@pytest.mark.parametrize(
    ("status", "state"),
    [(400, "refused"), (404, "refused"), (401, "later"), (429, "later"), (503, "later"), (500, "uncertain"),
     (502, "uncertain"), (302, "refused")],
)  # fmt: skip
def test_what_a_failure_means(account: Account, gateway: Peer, status: int, state: str) -> None:
    gateway.respond = lambda asked: Answer(status, b"no", {"Location": "http://127.0.0.1:1/"})
    assert sent(account).state == state
    assert len(gateway.asked) == 1


def test_cut_slow_and_absent_gateways(
    account: Account, gateway: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relasi.channels.web.TIMES.read", 0.15)
    gateway.next_answers = [Answer(cut=True), Answer(slow=0.4)]
    assert (sent(account).state, sent(account).state) == ("uncertain", "uncertain")
    account.settings["url"] = nobody_listens()
    assert sent(account).state == "later"


@pytest.mark.parametrize(
    "url", ["", "gateway", "ftp://x/y", "http://", "http://[::1", "https://x y/", "http://a:b/"]
)
def test_an_address_that_is_none_sends_nothing(account: Account, url: str) -> None:
    account.settings["url"] = url
    assert sent(account).state == "later"


def test_a_gateway_that_answers_without_end_is_left(
    account: Account, gateway: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.respond = lambda asked: Answer(200, b"x" * 5 * 1024 * 1024)
    assert sent(account).state == "uncertain"


@pytest.mark.parametrize(
    ("status", "state"), [("DELIVRD", "delivered"), ("rejected", "failed"), ("queued", "sent")]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_reports(account: Account, status: str, state: str, method: str) -> None:
    assert call(account, {"id": "g-1", "status": status}, method).status_code == 200
    [news] = read(account)
    assert (news.external_id, news.state) == ("g-1", state)


def test_the_company_says_which_word_means_what(account: Account) -> None:
    account.change(by=None, settings=account.settings | {"report_delivered": "terkirim, ok"})
    call(account, {"id": "g-1", "status": "Terkirim"})
    assert read(account)[0].state == "delivered"


def test_a_message_of_a_customer(account: Account) -> None:
    call(account, {"from": "081211113333", "message": "Halo", "mid": "9"})
    [news] = read(account)
    assert (news.sender, news.text, news.external_id) == ("+6281211113333", "Halo", "9")


def test_two_messages_alike_without_an_id_are_two(account: Account) -> None:
    account.change(by=None, settings=account.settings | {"incoming_id": ""})
    for _time in range(2):
        call(account, {"from": "081211113333", "message": "ok"})
    assert Intake.objects.count() == 2


def test_several_in_one_call(account: Account) -> None:
    account.change(by=None, settings=account.settings | {"list_path": "results"})
    reports = [{"id": "1", "status": "delivered"}, {"id": "2", "status": "failed"}, "junk"]
    for body in ({"results": reports}, reports):
        Client().post(hook_path(account), json.dumps(body), content_type="application/json")
        assert [news.state for news in read(account)] == ["delivered", "failed"]


@pytest.mark.parametrize("body", [b"", b"{", b"[", b"[1]", b"\xff\xff", b"a=1&" * 300, b"[" * 9999])
def test_calls_that_mean_nothing_end_in_words(account: Account, body: bytes) -> None:
    intake, _new = raw.keep(account, body)
    try:
        assert list(account.carrier.read(account, intake)) == []  # type: ignore[misc]
    except InputError as error:
        assert error.text


def test_what_is_looked_at(account: Account) -> None:
    found = {one.what: one.state for one in account.carrier.check(account).findings}
    assert found == {"Sending": "unknown", "Incoming messages": "warning"}
    account.settings |= {"url": "", "body": "{"}
    found = {one.what: one.state for one in account.carrier.check(account).findings}
    assert (found["Address of the gateway"], found["Body"]) == ("broken", "broken")


GIVEN: dict[str, Any] = {"url": "https://gw.example/send", "method": "POST", "format": "json", "body": BODY}


@pytest.mark.parametrize(
    ("but", "field"),
    [({"url": "gw.example"}, "url"), ({"url": "https://{to}/"}, "url"), ({"body": "{text}"}, "body"),
     ({"success": "("}, "success")],
)  # fmt: skip
def test_what_cannot_be_is_said_by_the_form(but: dict[str, str], field: str) -> None:
    assert GatewayForm(GIVEN).is_valid()
    assert list(GatewayForm(GIVEN | but).errors) == [field]
