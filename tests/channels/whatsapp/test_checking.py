"""Whether a number works, in words; and WhatsApp without an API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.utils import timezone

from relasi.channels.interface import Finding, Outgoing, provider_named
from relasi.channels.models import Account
from relasi.channels.whatsapp.forms import CloudForm
from relasi.lib.phones import PhoneError
from tests.channels.peer import Answer, Peer, said
from tests.channels.whatsapp.conftest import BUSINESS, NUMBER, graph_error

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def public_address(settings: Any) -> None:
    settings.RELASI_PUBLIC_URL = "https://crm.sahabat.example"


def findings(account: Account) -> dict[str, Finding]:
    """The worst of each thing looked at."""
    found: dict[str, Finding] = {}
    for one in account.carrier.check(account).findings:
        assert one.words % one.values
        if one.what not in found or found[one.what].state == "good":
            found[one.what] = one
    return found


def test_all_is_well(account: Account) -> None:
    account.received_at = timezone.now()
    assert account.carrier.check(account).state == "good"


def test_the_number_and_its_limit_are_named(account: Account) -> None:
    found = findings(account)
    assert found["Access token"].values == {"number": "+62 811-1000-200", "name": "PT Sahabat"}
    assert found["Limit"].values == {"most": 1000}


def test_what_is_not_filled_in_is_broken(account: Account) -> None:
    account.secrets = {**account.secrets, "app_secret": "", "verify_token": ""}
    found = findings(account)
    assert (found["App secret"].state, found["Verify token"].state) == ("broken", "broken")


def test_an_ended_token_is_broken(account: Account) -> None:
    account.secrets = {**account.secrets, "access_token": "old"}
    found = findings(account)["Access token"]
    assert (found.state, "expired" in found.words) == ("broken", True)


def test_a_token_that_ends_soon_is_a_warning(account: Account, meta: Peer) -> None:
    ends = int((timezone.now() + timedelta(days=3, hours=1)).timestamp())
    number = said({"display_phone_number": "1", "status": "CONNECTED"})
    meta.next_answers = [number, said({"data": {"expires_at": ends}})]
    found = findings(account)["Access token"]
    assert (found.state, found.values) == ("warning", {"days": 3})


@pytest.mark.parametrize(
    ("status", "state"), [("FLAGGED", "warning"), ("BANNED", "broken"), ("PENDING", "broken")]
)
def test_a_number_that_is_not_connected(account: Account, meta: Peer, status: str, state: str) -> None:
    meta.next_answers = [said({"status": status, "quality_rating": "RED"})]
    found = findings(account)
    assert (found["Number"].state, found["Quality"].state) == (state, "warning")


def test_a_version_that_does_not_know_a_field_is_asked_without(account: Account, meta: Peer) -> None:
    meta.next_answers = [graph_error(100, "Tried accessing nonexisting field (messaging_limit_tier)")]
    assert findings(account)["Access token"].state == "good"


def test_an_app_that_gets_nothing(account: Account, meta: Peer) -> None:
    original = meta.respond
    meta.respond = lambda asked: (
        said({"data": []}) if asked.path.endswith("subscribed_apps") else original(asked)
    )
    assert findings(account)["Incoming messages"].state == "broken"


def test_meta_out_of_reach_is_not_called_a_wrong_token(account: Account, meta: Peer) -> None:
    meta.respond = lambda asked: Answer(cut=True)
    assert findings(account)["Connection"].state == "unknown"


def test_nothing_came_in_yet(account: Account) -> None:
    assert findings(account)["Incoming messages"].state == "warning"


def test_nothing_came_in_lately(account: Account) -> None:
    account.received_at = timezone.now() - timedelta(days=9, hours=1)
    assert findings(account)["Incoming messages"].values == {"days": 9}


@pytest.mark.parametrize(
    "address", ["http://crm.example", "https://127.0.0.1", "https://localhost", "https://10.1.1.1"]
)
def test_an_address_of_relasi_that_meta_cannot_call(account: Account, settings: Any, address: str) -> None:
    settings.RELASI_PUBLIC_URL = address
    assert findings(account)["Incoming messages"].values == {"address": address}


def test_what_the_company_fills_in() -> None:
    given = {"phone_number_id": NUMBER, "business_id": BUSINESS, "access_token": "x", "app_secret": "y"}
    assert CloudForm(given | {"verify_token": "a-made-up-word"}).is_valid()
    assert "phone_number_id" in CloudForm(given | {"phone_number_id": "+62 811"}).errors


def link(text: str, to: str = "0812 1111 2222") -> str:
    provider = provider_named("whatsapp_link")
    assert provider and provider.link
    return provider.link(Account(name="x"), Outgoing(key="1", to=to, text=text))


def test_the_link_opens_whatsapp_with_the_text_ready() -> None:
    assert link("Halo Budi & Siti, 100% + bonus?\nSalam") == (
        "https://wa.me/6281211112222?text=Halo%20Budi%20%26%20Siti%2C%20100%25%20%2B%20bonus%3F%0ASalam"
    )


def test_a_link_without_text() -> None:
    assert link("") == "https://wa.me/6281211112222"


@pytest.mark.parametrize("sign", ["x", "ä", "🎉", "漢"])
def test_a_long_text_is_cut_between_signs(sign: str) -> None:
    made = link(sign * 5000)
    text = unquote(made.partition("?text=")[2], errors="strict")
    assert len(made) <= 2000
    assert text == sign * (len(text) - 1) + "…"


def test_a_link_to_no_number_is_an_error() -> None:
    with pytest.raises(PhoneError):
        link("Halo", to="Budi")


def test_the_link_needs_nothing() -> None:
    provider = provider_named("whatsapp_link")
    assert provider and provider.check(Account(name="x")).state == "good"
    assert provider.send is None
