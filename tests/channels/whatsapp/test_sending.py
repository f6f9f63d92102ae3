"""What goes out by the Cloud API, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relasi.channels.interface import Approved, File, Outcome, Outgoing
from relasi.channels.models import Account
from relasi.channels.whatsapp import sending
from relasi.channels.whatsapp.words import WORDS
from tests.channels.peer import Answer, Peer, nobody_listens, said
from tests.channels.whatsapp.conftest import graph_error

pytestmark = pytest.mark.django_db

HELLO = Outgoing(key="m-1", to="+6281211112222", text="Selamat pagi, Bu Siti")
PHOTO = File("rumah.jpg", "image/jpeg", b"\xff\xd8 a house")
OFFER = File("penawaran.pdf", "application/pdf", b"%PDF-1.7 an offer")


def sent(account: Account, message: Outgoing = HELLO) -> Outcome:
    [outcome] = sending.send(account, [message])
    return outcome


def bodies(meta: Peer) -> list[dict]:
    return [one.json for one in meta.posts("/messages")]


def words(*values: str) -> list[dict]:
    return [{"type": "text", "text": value} for value in values]


def test_a_text_is_accepted_under_the_id_of_meta(account: Account, meta: Peer) -> None:
    assert sent(account) == Outcome(key="m-1", state="accepted", external_id="wamid.1")
    assert bodies(meta) == [{
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "6281211112222",
        "biz_opaque_callback_data": "m-1", "type": "text",
        "text": {"body": "Selamat pagi, Bu Siti", "preview_url": False},
    }]  # fmt: skip


def test_the_token_goes_in_the_header_with_the_proof_of_the_app(account: Account, meta: Peer) -> None:
    sent(account)
    assert meta.last.headers["Authorization"].startswith("Bearer ")
    assert len(meta.last.query["appsecret_proof"]) == 64


def test_an_address_in_the_text_is_previewed(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, text="Lihat https://sahabat.example/rumah"))
    assert bodies(meta)[0]["text"]["preview_url"] is True


def test_an_answer_names_the_message_it_answers(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, answers="wamid.of.siti"))
    assert bodies(meta)[0]["context"] == {"message_id": "wamid.of.siti"}


def test_who_hides_the_number_is_reached_by_the_id(account: Account, meta: Peer) -> None:
    assert sent(account, replace(HELLO, to="ID.1349120865530274")).state == "accepted"
    assert (bodies(meta)[0].get("to"), bodies(meta)[0]["recipient"]) == (None, "ID.1349120865530274")


def test_a_photo_carries_its_text(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, files=(PHOTO,)))
    [body] = bodies(meta)
    assert (body["type"], body["image"]) == ("image", {"id": "90210", "caption": HELLO.text})
    assert PHOTO.content in meta.posts("/media")[0].body


def test_a_document_keeps_its_name(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, text="", files=(OFFER,)))
    assert bodies(meta)[0]["document"] == {"id": "90210", "filename": "penawaran.pdf"}


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [("image/png", "image"), ("video/mp4", "video"), ("audio/ogg; codecs=opus", "audio"),
     ("image/webp", "sticker"), ("image/heic", "document"), ("application/zip", "document")],
)  # fmt: skip
def test_each_file_goes_as_what_whatsapp_takes(
    account: Account, meta: Peer, content_type: str, kind: str
) -> None:
    sent(account, replace(HELLO, text="", files=(File("x", content_type, b"1"),)))
    assert bodies(meta)[0]["type"] == kind


def test_a_photo_too_large_for_a_photo_goes_as_a_document(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, files=(replace(PHOTO, content=b"x" * (5 * 1024 * 1024 + 1)),)))
    assert bodies(meta)[0]["type"] == "document"


def test_several_files_are_several_messages_under_the_first_id(account: Account, meta: Peer) -> None:
    assert sent(account, replace(HELLO, files=(PHOTO, OFFER))).external_id == "wamid.1"
    assert [body["type"] for body in bodies(meta)] == ["image", "document"]


def test_a_part_that_fails_behind_others_leaves_it_uncertain(account: Account, meta: Peer) -> None:
    taken = said({"messages": [{"id": "wamid.9"}]})
    meta.next_answers = [said({"id": "1"}), said({"id": "2"}), taken, graph_error(131053, "bad file")]
    outcome = sent(account, replace(HELLO, files=(PHOTO, OFFER)))
    assert (outcome.state, outcome.external_id, outcome.values["taken"]) == ("uncertain", "wamid.9", 1)


def test_a_template_fills_heading_text_and_buttons(account: Account, meta: Peer) -> None:
    approved = Approved(
        name="pengingat",
        language="id",
        values=("Bu Siti", "12\nMaret"),
        header=("Polis 12",),
        buttons=("", "p/12"),
    )
    sent(account, replace(HELLO, approved=approved))
    assert bodies(meta)[0]["template"] == {
        "name": "pengingat", "language": {"code": "id"},
        "components": [
            {"type": "header", "parameters": words("Polis 12")},
            {"type": "body", "parameters": words("Bu Siti", "12 Maret")},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": words("p/12")},
        ],
    }  # fmt: skip


def test_a_template_with_a_picture_over_it(account: Account, meta: Peer) -> None:
    sent(account, replace(HELLO, approved=Approved(name="promo", language="id"), files=(PHOTO,)))
    [component] = bodies(meta)[0]["template"]["components"]
    assert component == {"type": "header", "parameters": [{"type": "image", "image": {"id": "90210"}}]}


def test_a_text_too_long_is_refused_before_it_is_sent(account: Account, meta: Peer) -> None:
    assert sent(account, replace(HELLO, text="x" * 4097)).state == "refused"
    assert meta.asked == []


def test_a_message_with_nothing_in_it_is_refused(account: Account, meta: Peer) -> None:
    assert sent(account, replace(HELLO, text=" ")).state == "refused"


def test_what_is_no_number_is_refused_in_words(account: Account, meta: Peer) -> None:
    outcome = sent(account, replace(HELLO, to="Siti"))
    assert (outcome.state, outcome.words % outcome.values) == (
        "refused", "“Siti” has no digits of a telephone number.",
    )  # fmt: skip


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_code_says_what_to_do(account: Account, meta: Peer, code: int) -> None:
    meta.next_answers = [graph_error(code, "Details of it")]
    outcome = sent(account)
    assert (outcome.state, outcome.code) == (WORDS[code].state, str(code))
    assert outcome.words % outcome.values


@pytest.mark.parametrize(
    ("code", "state", "has_wait"),
    [(131047, "refused", False), (131026, "refused", False), (130429, "later", True), (131056, "later", True),
     (190, "later", True), (368, "refused", False), (80007, "later", True), (2, "later", True),
     (200, "refused", False), (999999, "refused", False)],
)  # fmt: skip
def test_codes_that_matter_most(account: Account, meta: Peer, code: int, state: str, has_wait: bool) -> None:
    meta.next_answers = [graph_error(code)]
    outcome = sent(account)
    assert (outcome.state, outcome.wait is not None) == (state, has_wait)


def test_a_wrong_token_waits_for_a_new_one(account: Account) -> None:
    account.secrets = {**account.secrets, "access_token": "old"}
    outcome = sent(account)
    assert (outcome.state, outcome.code) == ("later", "190")


def test_nobody_at_the_address_means_later(account: Account) -> None:
    account.settings = {**account.settings, "base_url": nobody_listens()}
    assert sent(account).state == "later"


def test_a_cut_connection_leaves_it_uncertain(account: Account, meta: Peer) -> None:
    meta.next_answers = [Answer(cut=True)]
    assert sent(account).state == "uncertain"


def test_no_answer_in_time_leaves_it_uncertain(
    account: Account, meta: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relasi.channels.web.TIMES.read", 0.15)
    meta.next_answers = [said({"messages": [{"id": "wamid.1"}]}, slow=0.5)]
    assert sent(account).state == "uncertain"


def test_an_answer_without_an_id_leaves_it_uncertain(account: Account, meta: Peer) -> None:
    meta.next_answers = [said({"messages": []})]
    assert sent(account).state == "uncertain"


def test_a_broken_proxy_in_between_leaves_it_uncertain(account: Account, meta: Peer) -> None:
    meta.next_answers = [Answer(502, b"<html>Bad gateway</html>")]
    assert sent(account).state == "uncertain"


def test_an_upload_that_was_cut_may_be_tried_again(account: Account, meta: Peer) -> None:
    meta.next_answers = [Answer(cut=True)]
    assert sent(account, replace(HELLO, files=(PHOTO,))).state == "later"
    assert bodies(meta) == []


def test_nobody_is_followed_to_another_place(account: Account, meta: Peer) -> None:
    meta.next_answers = [Answer(307, b"", {"Location": f"{meta.url}/v25.0/elsewhere"})]
    assert sent(account).state == "refused"
    assert len(meta.asked) == 1


def test_a_channel_of_one_person_reaches_nothing_inside_the_company(
    account: Account, meta: Peer, world
) -> None:
    account.change(by=None, owner=world.bob)
    outcome = sent(account)
    assert (outcome.state, outcome.values) == ("later", {"host": "127.0.0.1"})
    assert meta.asked == []


def test_one_failure_does_not_hold_the_others(account: Account, meta: Peer) -> None:
    meta.next_answers = [graph_error(131026)]
    outcomes = sending.send(account, [HELLO, replace(HELLO, key="m-2")])
    assert [(one.key, one.state) for one in outcomes] == [("m-1", "refused"), ("m-2", "accepted")]


def test_a_message_is_marked_read_while_somebody_types(account: Account, meta: Peer) -> None:
    sending.mark_read(account, "wamid.of.siti", typing=True)
    assert meta.last.json == {
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.of.siti",
        "typing_indicator": {"type": "text"},
    }  # fmt: skip


def test_a_reaction_a_place_and_a_choice(account: Account, meta: Peer) -> None:
    to = HELLO.to
    outcomes = [
        sending.react(account, to=to, message_id="wamid.x", emoji="👍"),
        sending.send_place(account, to=to, latitude=-6.2, longitude=106.8, name="Kantor"),
        sending.send_choice(account, to=to, words="Kapan?", choices=[("1", "Pagi"), ("2", "Sore")]),
        sending.send_choice(
            account,
            to=to,
            words="Hari?",
            choices=[(str(at), f"Hari {at}") for at in range(5)],
            button="Pilih",
        ),
    ]
    assert [one.state for one in outcomes] == ["accepted"] * 4
    kinds = [body["type"] for body in bodies(meta)]
    assert kinds == ["reaction", "location", "interactive", "interactive"]
    assert [body["interactive"]["type"] for body in bodies(meta)[2:]] == ["button", "list"]


def test_the_window_closes_a_day_after_the_customer_wrote() -> None:
    wrote = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert sending.window_closes_at(wrote) == wrote + timedelta(days=1)
    assert sending.window_closes_at(None) is None
