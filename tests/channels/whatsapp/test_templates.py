"""Templates at Meta: all pages of them, made, deleted, and read."""

from __future__ import annotations

import pytest

from relasi.channels.models import Account
from relasi.channels.whatsapp.templates import Template, create_template, delete_template, fetch_templates
from relasi.lib.wording import InputError
from tests.channels.peer import Peer, said
from tests.channels.whatsapp.conftest import BUSINESS, graph_error

pytestmark = pytest.mark.django_db

PROMO = {
    "id": "12", "name": "promo", "language": "id", "category": "MARKETING", "status": "APPROVED",
    "quality_score": {"score": "GREEN"}, "rejected_reason": "NONE",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Untuk {{1}}"},
        {"type": "BODY", "text": "Halo {{1}}, ada {{2}} untuk {{1}}"},
        {"type": "FOOTER", "text": "PT Sahabat"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Lihat", "url": "https://x.example/{{1}}"}]},
    ],
}  # fmt: skip


def test_all_pages_are_fetched(account: Account, meta: Peer) -> None:
    more = {"cursors": {"before": "a", "after": "b"}, "next": "https://elsewhere.example/"}
    meta.next_answers = [said({"data": [PROMO], "paging": more}), said({"data": [PROMO], "paging": {}})]
    assert [one.name for one in fetch_templates(account)] == ["promo", "promo"]
    assert (meta.last.path, meta.last.query["after"]) == (f"/v25.0/{BUSINESS}/message_templates", "b")


def test_what_a_template_is_made_of(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"data": [PROMO]})]
    [promo] = fetch_templates(account)
    assert (promo.category, promo.status, promo.quality, promo.reason) == (
        "MARKETING",
        "APPROVED",
        "GREEN",
        "",
    )
    assert (promo.header, promo.header_format, promo.footer, promo.places) == (
        "Untuk {{1}}", "TEXT", "PT Sahabat", 2,
    )  # fmt: skip
    assert promo.buttons[0]["text"] == "Lihat"
    assert promo.filled(["Siti", "diskon"]) == "Halo Siti, ada diskon untuk Siti"


def test_a_template_with_named_places_is_not_sent() -> None:
    named = Template(
        id="1", name="x", language="id", category="UTILITY", status="APPROVED", has_named_places=True
    )
    assert not named.may_be_sent


def test_a_template_is_handed_in(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"id": "13", "status": "PENDING", "category": "UTILITY"})]
    made = create_template(
        account,
        name="pengingat",
        language="id",
        category="UTILITY",
        components=[{"type": "BODY", "text": "Halo"}],
    )
    assert (made.id, made.status, meta.last.json["name"]) == ("13", "PENDING", "pengingat")


def test_a_name_with_capitals_is_not_handed_in(account: Account, meta: Peer) -> None:
    with pytest.raises(InputError, match="small letters"):
        create_template(account, name="Pengingat", language="id", category="UTILITY", components=[])
    assert meta.asked == []


def test_a_template_is_deleted_in_one_language(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"success": True})]
    delete_template(account, name="promo", id="12")
    assert (meta.last.method, meta.last.query["name"], meta.last.query["hsm_id"]) == ("DELETE", "promo", "12")


def test_a_refusal_is_said_in_words(account: Account, meta: Peer) -> None:
    meta.next_answers = [graph_error(190)]
    with pytest.raises(InputError, match="expired"):
        fetch_templates(account)


def test_without_the_account_nothing_is_asked(account: Account) -> None:
    account.settings = {**account.settings, "business_id": ""}
    with pytest.raises(InputError, match="settings first"):
        fetch_templates(account)
