"""Whoever sends whatever: refused in words, kept as text, and never let further than their own chat."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from relasi.channels.chat import widget
from relasi.channels.models import Account, Intake
from relasi.conversations import chatting
from relasi.conversations.models import ChatVisitor, Conversation, Message
from relasi.kit.records.models import Attachment
from tests.conversations.chat.visitor import SHOP, Visitor, answer, chat
from tests.world import World

pytestmark = pytest.mark.django_db
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.mark.parametrize(
    "origin", ["", "null", "https://evil.example", "https://toko.example.evil.example", "http://toko.example",
               "https://toko.example:8443", "https://toko.example@evil.example", "javascript:alert(1)"]
)  # fmt: skip
def test_another_site_is_refused_and_nothing_is_kept(account: Account, origin: str) -> None:
    stranger = Visitor(account, origin=origin)
    answers = [stranger.ask("hello", {}), stranger.say("Halo"), stranger.ask("poll", {})]
    assert [(one.status_code, "Access-Control-Allow-Origin" in one) for one in answers] == [(403, False)] * 3
    assert not Intake.objects.exists() and not ChatVisitor.objects.exists()


def test_only_the_site_that_asks_may_read_the_answer(visitor: Visitor) -> None:
    told = visitor.ask("hello", {})
    assert told["Access-Control-Allow-Origin"] == SHOP and "Origin" in told["Vary"]
    assert "Access-Control-Allow-Credentials" not in told
    assert not told.cookies


def test_a_browser_that_asks_first_is_answered(account: Account) -> None:
    url = f"/chat/{widget.key_of(account)}/send/"
    assert Client().options(url, headers={"Origin": SHOP})["Access-Control-Allow-Methods"] == "POST"
    assert Client().options(url, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("key", ["x", "x" * 24, "..", "' OR 1=1", "%00" * 20])
def test_a_key_of_nobody_is_not_found(account: Account, key: str) -> None:
    answer = Client().post(
        f"/chat/{key}/hello/", b"\n{}", content_type="text/plain", headers={"Origin": SHOP}
    )
    assert answer.status_code in (400, 404)


def test_a_chat_out_of_use_is_not_found(visitor: Visitor, account: Account) -> None:
    account.change(by=None, is_active=False)
    assert visitor.say("Halo").status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"\n", b"no line", b"\n[]", b"\n{", b"\n\xff\xfe", b"\n" + b"[" * 60_000, b"\n" + b"x" * 70_000],
)
def test_a_body_that_is_none_is_refused(account: Account, body: bytes) -> None:
    url = f"/chat/{widget.key_of(account)}/send/"
    answer = Client().post(url, body, content_type="text/plain", headers={"Origin": SHOP})
    assert answer.status_code in (400, 413, 422)
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    "head",
    [
         {"text": ["x"]}, {"text": None}, {"text": "   "}, {"text": "x" * 5001}, {"id": "short"},
        {"id": "x" * 41}, {"id": "a:b:c:d"}, {"id": 7}, {"email": "no address"}, {"phone": "<b>1</b>"},
        {"consent": "yes"}, {"consent": 1}, {"email": "a@b.example\r\nBcc: x@y.example"},
    ],
)  # fmt: skip
def test_a_message_that_is_none_is_refused_in_words(visitor: Visitor, head: dict[str, object]) -> None:
    answer = visitor.say(**{"text": "Halo", **head})  # type: ignore[arg-type]
    assert answer.status_code in (413, 422)
    assert answer.json()["message"]
    assert not Intake.objects.exists()


def test_markup_stays_text_wherever_it_is_shown(visitor: Visitor, world: World, sign_in) -> None:
    visitor.say(
        MARKUP, b"x", name=MARKUP, page=f"https://toko.example/{MARKUP}",
        file={"name": f"{MARKUP}.html", "type": "text/html"},
    )  # fmt: skip
    (line,) = visitor.hear()
    assert line["text"] == MARKUP
    browser = sign_in(world.ada)
    for url in (f"/conversations/{visitor.talk.pk}/", f"/conversations/{visitor.talk.pk}/chat/"):
        shown = browser.get(url)
        assert shown.status_code == 200
        assert b"<img src=x" not in shown.content and b"<script>alert" not in shown.content


def test_a_file_is_only_ever_a_download(visitor: Visitor, account: Account) -> None:
    visitor.say("", b"<script>alert(1)</script>", file={"name": "../../x.html", "type": "text/html"})
    (file,) = visitor.hear()[0]["files"]
    got = Client().get(f"/chat/{widget.key_of(account)}/file/{file['mark']}/")
    assert file["name"] == "x.html"
    assert (got["Content-Type"], got["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert "sandbox" in got["Content-Security-Policy"]


def test_a_forged_address_of_a_file_is_not_found(visitor: Visitor, account: Account) -> None:
    visitor.say("", b"secret", file={"name": "x.txt", "type": "text/plain"})
    (file,) = visitor.hear()[0]["files"]
    key = widget.key_of(account)
    for mark in (file["mark"][:-1] + "x", "x", "x" * 5000, json.dumps({"file": Attachment.objects.get().pk})):
        assert Client().get(f"/chat/{key}/file/{mark}/").status_code == 404


def test_a_file_that_is_too_large_is_refused(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(widget, "MOST_BYTES", 1000)
    refused = visitor.say("", b"x" * 1001, file={"name": "x.bin", "type": ""})
    assert (refused.status_code, refused.json()["error"]) == (413, "long")


def test_files_are_refused_where_they_are_not_wanted(world: World) -> None:
    visitor = Visitor(chat(takes_files=False))
    assert visitor.say("", b"x", file={"name": "x.bin", "type": ""}).json()["error"] == "file"


def test_another_secret_opens_nothing(visitor: Visitor, account: Account) -> None:
    visitor.say("My number is 4711")
    other = Visitor(account)
    assert other.ask("poll", {"after": 0}).status_code == 404
    assert other.ask("hello", {}).json()["known"] is False


def test_what_stands_in_the_database_opens_nothing(visitor: Visitor, account: Account) -> None:
    visitor.say("Halo")
    row = visitor.row
    for stolen in (row.token_hash, row.code, str(row.pk), str(visitor.talk.pk), visitor.talk.code):
        assert Visitor(account, token=stolen).ask("poll", {"after": 0}).status_code == 404


def test_a_secret_of_one_chat_opens_no_other(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    assert Visitor(chat(), token=visitor.token).ask("poll", {}).status_code == 404


def test_numbers_of_talks_and_visitors_in_a_body_are_not_heeded(visitor: Visitor, account: Account) -> None:
    visitor.say("Mine")
    other = Visitor(account)
    other.say(
        "Other",
        conversation=visitor.talk.pk,
        thread=visitor.talk.code,
        visitor=visitor.row.code,
        party=1,
    )
    assert Conversation.objects.count() == 2
    assert [line["text"] for line in other.hear()] == ["Other"]


def test_the_secret_stands_nowhere_in_clear(visitor: Visitor) -> None:
    visitor.say("Halo")
    row = ChatVisitor.objects.values().get()
    assert visitor.token not in str(row)
    assert "127.0.0.1" not in str(row)


def test_too_many_messages_in_a_minute_wait(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatting, "MOST_SAID", 2)
    assert [visitor.say("x").status_code for _ in range(3)] == [200, 200, 429]
    assert Message.objects.count() == 2


def test_a_message_that_is_sent_again_counts_once(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatting, "MOST_SAID", 1)
    assert [visitor.say("x", id="again-1").status_code for _ in range(3)] == [200, 200, 200]


def test_one_network_address_makes_so_many_visitors(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chatting, "MOST_NEW", 2)
    assert [Visitor(account).say("x").status_code for _ in range(3)] == [200, 200, 429]


def test_one_network_address_says_so_much(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chatting, "MOST_FROM_ADDRESS", 2)
    assert [Visitor(account).say("x").status_code for _ in range(3)] == [200, 200, 429]


def test_a_nul_sign_is_left_out(visitor: Visitor) -> None:
    visitor.say("a\0b", name="R\0ina")
    assert Message.objects.get().text == "ab"


def test_what_cannot_be_understood_is_kept_and_answered(
    visitor: Visitor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The visitor need not write it again; a colleague mends it, and it gets its number then."""
    from relasi.channels import receiving
    from relasi.conversations import intake as taking

    def broken(*_args: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(receiving, "_receivers", [broken])
    assert visitor.say("Halo").json() == {"n": 0}
    assert Intake.objects.get().state == "failed"
    monkeypatch.setattr(receiving, "_receivers", [taking.take])
    receiving.understand(Intake.objects.get().pk)
    assert [line["text"] for line in visitor.hear()] == ["Halo"]


def test_a_colleague_who_may_not_see_the_talk_sees_no_visitor(
    visitor: Visitor, world: World, sign_in
) -> None:
    visitor.say("Halo", email="budi@santoso.example")
    assert sign_in(world.eko).get(f"/conversations/{visitor.talk.pk}/chat/").status_code in (403, 404)


def test_who_it_may_be_is_told_only_to_who_may_see_the_customer(
    visitor: Visitor, world: World, sign_in
) -> None:
    visitor.say("Halo", email="budi@santoso.example")
    url = f"/conversations/{visitor.talk.pk}/chat/"
    assert b"Budi Santoso" in sign_in(world.ada).get(url).content
    assert b"Budi Santoso" not in sign_in(world.citra).get(url).content


def test_an_answer_with_markup_is_text_too(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    answer(visitor.talk, MARKUP, world.dewi)
    assert visitor.hear()[-1]["text"] == MARKUP
