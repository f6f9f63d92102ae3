"""A telephone system that calls an address, as Zammad's generic CTI asks it: forms and JSON."""

from __future__ import annotations

import pytest
from django.test import Client

from relasi.channels.hooks import hook_path, new_hook
from relasi.channels.models import Account, Intake
from relasi.conversations.models import Extension, PhoneCall
from tests.world import World

pytestmark = pytest.mark.django_db
IN = {"from": "6281211112222", "to": "0215550100", "direction": "in", "callId": "c1"}


@pytest.fixture
def address(world: World) -> str:
    account = Account.create(by=world.ada, name="3CX", channel="phone", provider="cti_webhook")
    Extension.create(by=world.ada, account=account, number="42", user=world.bob)
    new_hook(account)
    return hook_path(account)


def send(address: str, as_json: bool = False, **given: object) -> int:
    how = {"content_type": "application/json"} if as_json else {}
    return Client().post(address, given, **how).status_code


@pytest.mark.parametrize("as_json", [False, True])
def test_a_call_rings_is_answered_and_ends(address: str, world: World, as_json: bool) -> None:
    send(address, as_json, event="newCall", **IN)
    assert PhoneCall.objects.get().state == "ringing"
    send(address, as_json, event="answer", answeringNumber="42", **IN)
    send(address, as_json, event="hangup", cause="normalClearing", **IN)
    call = PhoneCall.objects.get()
    assert (call.party_id, call.owner, call.state, call.cause) == (
        world.budi.pk,
        world.bob,
        "ended",
        "normalClearing",
    )


def test_it_rings_for_those_it_names(address: str, world: World) -> None:
    send(address, event="newCall", **{"user[]": ["Bob Hutapea", "Citra Dewanti"]}, **IN)
    rung = set(PhoneCall.objects.get().rings.values_list("user__name", flat=True))
    assert rung == {"Bob Hutapea", "Citra Dewanti"}


def test_a_call_out(address: str) -> None:
    given = {"from": "42", "to": "081211112222", "direction": "out", "callId": "c2"}
    send(address, event="newCall", user="Bob Hutapea", **given)
    call = PhoneCall.objects.get()
    assert (call.is_inbound, call.number, str(call.owner)) == (False, "+6281211112222", "Bob Hutapea")


def test_a_hidden_number_is_a_call_without_a_number(address: str) -> None:
    send(address, event="newCall", **{**IN, "from": "anonymous"})
    assert PhoneCall.objects.get().number == ""


def test_what_is_no_news_of_a_call_is_kept_to_be_mended(address: str) -> None:
    assert send(address, event="fax", **IN) == 200
    assert (PhoneCall.objects.count(), Intake.objects.get().state) == (0, "failed")
    assert "newCall" in Intake.objects.get().error


def test_another_address_is_nobodys(address: str) -> None:
    assert Client().post("/hooks/" + "x" * 32 + "/", IN).status_code == 404


def test_a_form_as_curl_sends_it(address: str) -> None:
    body = "event=newCall&from=6281211112222&to=42&direction=in&callId=123456&user[]=Alice&user[]=Bob"
    Client().post(address, body, content_type="application/x-www-form-urlencoded")
    assert PhoneCall.objects.get().number == "+6281211112222"
