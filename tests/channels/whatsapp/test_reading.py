"""What a webhook of WhatsApp says, kind by kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from relasi.channels.interface import Changed, Incoming, News, Progress
from relasi.channels.models import Account
from tests.channels.peer import Answer, Peer, said
from tests.channels.whatsapp.conftest import PHOTO, graph_error
from tests.channels.whatsapp.webhooks import change, read, wrote

pytestmark = pytest.mark.django_db


def one(account: Account, data: Any) -> Any:
    [news] = read(account, data)
    return news


def test_a_text(account: Account) -> None:
    assert one(account, wrote("text", {"body": "Apakah ada warna lain?"})) == Incoming(
        external_id="wamid.siti",
        sender="+6281211113333",
        sender_name="Siti R",
        to=("+628111000200",),
        at=datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC),
        text="Apakah ada warna lain?",
        extra={"type": "text"},
    )


def test_an_answer_to_ours(account: Account) -> None:
    data = wrote("text", {"body": "Ya"}, context={"from": "628111000200", "id": "wamid.ours"})
    assert one(account, data).answers == ("wamid.ours",)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "document", "sticker"])
def test_a_file_is_fetched(account: Account, kind: str) -> None:
    about = {"id": "photo", "mime_type": "image/jpeg", "filename": "rumah.jpg", "caption": "Rumah saya"}
    news = one(account, wrote(kind, about))
    assert (news.text, [(file.name, file.content) for file in news.files]) == (
        "Rumah saya",
        [("rumah.jpg", PHOTO)],
    )


def test_a_file_without_a_name_gets_one(account: Account) -> None:
    assert (
        one(account, wrote("image", {"id": "photo", "mime_type": "image/jpeg"})).files[0].name == "photo.jpg"
    )


def test_a_voice_message_is_known_as_one(account: Account) -> None:
    news = one(account, wrote("audio", {"id": "photo", "mime_type": "audio/ogg; codecs=opus", "voice": True}))
    assert news.extra["is_voice"] is True


def without_file(account: Account, **about: Any) -> tuple[Incoming, str]:
    news = one(account, wrote("image", {"id": "photo", "mime_type": "image/jpeg", "caption": "Ini", **about}))
    assert (news.text, news.files) == ("Ini", ())
    [missing] = news.extra["missing_files"]
    return news, missing["why"] % missing["values"]


def test_a_file_that_is_gone_is_noted_and_the_message_comes_in(account: Account, meta: Peer) -> None:
    meta.next_answers = [graph_error(100, "Object with ID does not exist", 404)]
    assert "does not exist" in without_file(account)[1]


def test_a_file_too_large_is_noted(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"url": meta.url + "/x", "file_size": 26 * 1024 * 1024})]
    assert without_file(account)[1] == "The file is larger than 25 megabytes."


def test_a_file_that_turns_out_too_large_is_noted(
    account: Account, meta: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relasi.channels.whatsapp.media.LONGEST_FETCHED", 40)
    meta.next_answers = [said({"url": meta.url + "/v25.0/files/photo.jpg"})]
    assert "longer" in without_file(account)[1]


def test_a_file_whose_download_breaks_is_noted(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"url": meta.url + "/x"}), Answer(cut=True)]
    assert "broke off" in without_file(account)[1]


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/x", "https://evil.example/x", "file:///etc/passwd", "https://[x", ""]
)
def test_the_token_is_shown_to_nobody_else(account: Account, meta: Peer, url: str) -> None:
    meta.next_answers = [said({"url": url})]
    assert without_file(account)[1] == "The file lies at an address that is not WhatsApp's."
    assert len(meta.asked) == 1


@pytest.mark.parametrize("media", ["../../me", "a/b", "", "x?y=1"])
def test_an_id_that_is_none_asks_nothing(account: Account, meta: Peer, media: str) -> None:
    without_file(account, id=media)
    assert meta.asked == []


def test_a_place(account: Account) -> None:
    place = {"latitude": -6.2, "longitude": 106.8, "name": "Kantor", "address": "Jl. Sudirman 1"}
    news = one(account, wrote("location", place))
    assert (news.text, news.extra["location"]) == ("Kantor\nJl. Sudirman 1", place)


def test_contacts(account: Account) -> None:
    contact = {"name": {"formatted_name": "Budi Santoso"}, "phones": [{"phone": "+62 812-1111-2222"}]}
    assert one(account, wrote("contacts", [contact])).text == "Budi Santoso +62 812-1111-2222"


def test_a_reaction_answers_what_it_stands_under(account: Account) -> None:
    news = one(account, wrote("reaction", {"message_id": "wamid.ours", "emoji": "👍"}))
    assert (news.text, news.answers, news.extra["reaction"]["to"]) == ("👍", ("wamid.ours",), "wamid.ours")


@pytest.mark.parametrize(
    ("kind", "about", "words", "chosen"),
    [
        ("button", {"payload": "STOP", "text": "Berhenti"}, "Berhenti", "STOP"),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "Pagi"}}, "Pagi", "1"),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "7", "title": "Senin"}}, "Senin", "7"),
    ],
)  # fmt: skip
def test_a_choice(account: Account, kind: str, about: dict, words: str, chosen: str) -> None:
    news = one(account, wrote(kind, about))
    assert (news.text, news.extra["chosen"]) == (words, chosen)


def test_a_filled_form(account: Account) -> None:
    about = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": '{"a": 1}'}}
    assert one(account, wrote("interactive", about)).extra["form"] == '{"a": 1}'


def test_an_order(account: Account) -> None:
    order = {"catalog_id": "1", "text": "Dua", "product_items": [{"product_retailer_id": "A", "quantity": 2}]}
    news = one(account, wrote("order", order))
    assert (news.text, news.extra["order"]) == ("Dua", order)


def test_a_customer_who_has_another_number(account: Account) -> None:
    about = {"body": "Siti changed", "wa_id": "6281299998888", "type": "user_changed_number"}
    message, moved = read(account, wrote("system", about))
    assert (message.automatic, moved.kind, moved.key) == ("system", "number_changed", "+6281211113333")
    assert moved.values["new"] == "+6281299998888"


def test_what_whatsapp_does_not_hand_on(account: Account) -> None:
    data = wrote("unsupported", errors=[{"code": 131051, "title": "Unsupported message type"}])
    assert one(account, data).extra["unsupported"] == [
        {"code": "131051", "title": "Unsupported message type"}
    ]


def test_a_kind_younger_than_this_comes_in_as_it_is(account: Account) -> None:
    assert one(account, wrote("hologram", {"id": 3})).extra["unsupported"] == {"id": 3}


def test_an_edited_and_a_withdrawn_message(account: Account) -> None:
    inner = {"type": "text", "text": {"body": "Jam 10"}}
    edited = one(account, wrote("edit", {"original_message_id": "wamid.a", "message": inner}))
    taken_back = one(account, wrote("revoke", {"original_message_id": "wamid.b"}))
    assert (edited.text, edited.extra["edited"], edited.answers) == ("Jam 10", "wamid.a", ("wamid.a",))
    assert taken_back.extra["deleted"] == "wamid.b"


def test_the_advertisement_a_customer_came_from(account: Account) -> None:
    referral = {"source_url": "https://fb.me/x", "source_type": "ad", "source_id": "12", "ctwa_clid": "A"}
    assert one(account, wrote("text", {"body": "Info"}, referral=referral)).extra["referral"] == referral


def test_a_customer_who_hides_the_number(account: Account) -> None:
    contact = {"profile": {"name": "Siti", "username": "@siti"}, "user_id": "ID.134912"}
    message = {"from_user_id": "ID.134912", "id": "wamid.h", "type": "text", "text": {"body": "Halo"}}
    news = one(account, change({"contacts": [contact], "messages": [message]}))
    assert (news.sender, news.sender_name) == ("ID.134912", "Siti")


def test_what_a_colleague_wrote_on_the_phone(account: Account) -> None:
    echo = {
        "from": "628111000200",
        "to": "6281211113333",
        "id": "wamid.e",
        "type": "text",
        "text": {"body": "Siap"},
    }
    news = one(account, change({"message_echoes": [echo]}, "smb_message_echoes"))
    assert (news.from_us, news.sender, news.to, news.text) == (
        True, "+628111000200", ("+6281211113333",), "Siap",
    )  # fmt: skip


def status(state: str, **more: Any) -> dict[str, Any]:
    about = {"id": "wamid.ours", "status": state, "timestamp": "1749416383", "recipient_id": "6281211113333"}
    return change({"statuses": [about | more]})


@pytest.mark.parametrize(
    ("state", "is_"), [("sent", "sent"), ("delivered", "delivered"), ("read", "read"), ("played", "read")]
)
def test_how_ours_fared(account: Account, state: str, is_: str) -> None:
    news = one(account, status(state))
    assert (news.external_id, news.state, news.recipient) == ("wamid.ours", is_, "+6281211113333")


def test_our_key_and_the_price_come_back(account: Account) -> None:
    pricing = {"billable": True, "pricing_model": "PMP", "category": "utility", "type": "regular"}
    news = one(account, status("sent", pricing=pricing, biz_opaque_callback_data="m-1"))
    assert news.values == {"key": "m-1", "category": "utility", "pricing": "regular", "billable": True}


@pytest.mark.parametrize(("code", "bounce"), [(131026, "soft"), (131049, "policy"), (131050, "complaint")])
def test_why_one_failed(account: Account, code: int, bounce: str) -> None:
    news = one(account, status("failed", errors=[{"code": code, "title": "No", "message": "No"}]))
    assert (news.state, news.code, news.bounce) == ("failed", str(code), bounce)
    assert news.words % news.values


def test_a_state_nobody_knows_says_nothing(account: Account) -> None:
    assert read(account, status("warning")) == []


PROMO = {"message_template_id": 12, "message_template_name": "promo", "message_template_language": "id"}
CHANGES = [
    ("message_template_status_update", "template",
     PROMO | {"event": "APPROVED", "reason": "NONE"}),
    ("template_category_update", "template_category", PROMO | {"new_category": "MARKETING"}),
    ("message_template_quality_update", "template_quality", PROMO | {"new_quality_score": "RED"}),
    ("phone_number_quality_update", "quality", {"display_phone_number": "628111", "event": "DOWNGRADE"}),
    ("account_update", "account_update", {"event": "ACCOUNT_VIOLATION"}),
    ("business_capability_update", "business_capability_update", {"max_daily_conversation_per_phone": 250}),
    ("something_new", "something_new", {"a": 1}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "kind", "value"), CHANGES, ids=[field for field, _kind, _value in CHANGES])
def test_changes_of_templates_number_and_account(
    account: Account, field: str, kind: str, value: dict
) -> None:
    news: News = one(account, change(value, field))
    assert isinstance(news, Changed)
    assert (news.kind, bool(news.values)) == (kind, True)


def test_a_template_is_approved(account: Account) -> None:
    field, _kind, value = CHANGES[0]
    news = one(account, change(value, field))
    assert (news.key, news.values["name"], news.values["language"], news.values["status"]) == (
        "12", "promo", "id", "APPROVED",
    )  # fmt: skip


def test_a_customer_stops_advertising_in_whatsapp(account: Account) -> None:
    wish = {
        "wa_id": "6281211113333",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": 1731705721,
    }
    news = one(account, change({"contacts": [], "user_preferences": [wish]}, "user_preferences"))
    assert (news.kind, news.key, news.values["value"]) == ("marketing_preference", "+6281211113333", "stop")


def test_several_at_once_keep_their_order(account: Account) -> None:
    data = wrote("text", {"body": "satu"})
    data["entry"] += status("delivered")["entry"] + wrote("text", {"body": "dua"})["entry"]
    assert [type(news) for news in read(account, data)] == [Incoming, Progress, Incoming]
