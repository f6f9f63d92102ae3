"""A chat from the first word to the last: what is kept, told, seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from relasi.channels import raw
from relasi.channels.models import Account, Intake
from relasi.conversations import chatting, inbox, writing
from relasi.conversations.models import Conversation, Delivery, Message
from relasi.kit.jobs.worker import Worker
from relasi.kit.resources import presence
from relasi.parties.models import Party
from tests.conversations.chat.visitor import Visitor, answer, chat
from tests.world import World

pytestmark = pytest.mark.django_db


def texts(lines: list[dict[str, Any]]) -> list[str]:
    return [line["text"] for line in lines]


def test_the_first_message_is_a_conversation_that_waits(visitor: Visitor) -> None:
    assert visitor.say("Halo", name="Rina").json() == {"n": 1}
    talk = visitor.talk
    assert (talk.channel, talk.preview, talk.address_name) == ("chat", "Halo", "Rina")
    assert talk.waiting_since is not None


def test_what_was_sent_is_kept_raw_without_the_secret(visitor: Visitor) -> None:
    visitor.say("Halo", id="abcdef")
    intake = Intake.objects.get()
    content = raw.original(intake)
    assert b'"text": "Halo"' in content
    assert visitor.token.encode() not in content
    assert intake.state == "done"


def test_the_next_messages_go_into_the_same_conversation_in_order(visitor: Visitor) -> None:
    numbers = [visitor.say(text).json()["n"] for text in ("one", "two", "three")]
    assert numbers == [1, 2, 3]
    assert Conversation.objects.count() == 1
    assert texts(visitor.hear()) == ["one", "two", "three"]


def test_the_same_message_sent_again_is_kept_once(visitor: Visitor) -> None:
    first = visitor.say("Halo", id="again-1")
    second = visitor.say("Halo", id="again-1")
    assert first.json() == second.json() == {"n": 1}
    assert Message.objects.count() == 1


def test_the_same_id_with_another_text_is_refused(visitor: Visitor) -> None:
    visitor.say("Halo", id="again-1")
    assert visitor.say("Something else", id="again-1").status_code == 409
    assert [message.text for message in Message.objects.all()] == ["Halo"]


def test_two_visitors_may_use_the_same_id(visitor: Visitor, account: Account) -> None:
    visitor.say("Halo", id="same-id")
    Visitor(account).say("Hai", id="same-id")
    assert Message.objects.count() == Conversation.objects.count() == 2


def test_an_answer_reaches_the_visitor(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    visitor.hear()
    answer(visitor.talk, "Selamat pagi", world.dewi)
    (line,) = visitor.hear()
    assert (line["text"], line["mine"], line["name"]) == ("Selamat pagi", False, "Dewi")


def test_an_answer_that_may_still_be_called_back_is_not_told(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    visitor.hear()
    writing.write(visitor.talk, by=world.dewi, text="Oops", held=timedelta(seconds=10))
    Worker().run_until_empty()
    assert visitor.hear() == []


def test_a_note_among_colleagues_is_never_told(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    writing.note(visitor.talk, by=world.dewi, text="<p>Difficult one</p>")
    assert texts(visitor.hear()) == ["Halo"]


def test_an_answer_is_delivered_once_the_page_has_it_and_read_once_it_was_shown(
    visitor: Visitor, world: World
) -> None:
    visitor.say("Halo")
    message = answer(visitor.talk, "Selamat pagi", world.dewi)
    states = [message.state]
    visitor.hear()
    for read in (0, 2):
        visitor.hear(read=read)
        message.refresh_from_db()
        states.append(message.state)
    assert states == ["sent", "delivered", "read"]
    assert Delivery.objects.get().read_at is not None


def test_reading_ahead_of_what_was_told_changes_nothing(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    message = answer(visitor.talk, "Selamat pagi", world.dewi)
    visitor.ask("poll", {"after": 0, "read": 999})
    message.refresh_from_db()
    assert message.state == "sent"


def test_nothing_new_is_an_empty_answer(visitor: Visitor) -> None:
    visitor.say("Halo")
    visitor.hear()
    assert visitor.ask("poll", {"after": 1, "state": "|"}).status_code == 204


def test_a_quiet_question_costs_two_queries(visitor: Visitor, django_assert_num_queries: Any) -> None:
    visitor.say("Halo")
    visitor.hear()
    visitor.hear()
    with django_assert_num_queries(2):
        visitor.ask("poll", {"after": 1, "state": "|"})


def test_a_page_loaded_again_is_told_everything(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    answer(visitor.talk, "Selamat pagi", world.dewi)
    told = visitor.ask("hello", {"language": "en"}).json()
    assert (told["known"], texts(told["lines"])) == (True, ["Halo", "Selamat pagi"])


def test_a_number_beyond_the_last_begins_again(visitor: Visitor) -> None:
    """As after an older backup was restored."""
    visitor.say("Halo")
    assert texts(visitor.ask("poll", {"after": 50}).json()["lines"]) == ["Halo"]


def test_the_visitor_sees_that_a_colleague_is_writing(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    visitor.hear()
    presence.seen(visitor.talk, by=world.dewi, editing=True)
    assert visitor.ask("poll", {"after": 1, "state": "|"}).json()["writer"] == "Dewi"


def test_the_visitor_sees_that_it_was_read(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    visitor.hear()
    inbox.read(visitor.talk, by=world.dewi)
    told = visitor.ask("poll", {"after": 1, "state": "|"}).json()
    assert told["looked"] >= Message.objects.get().at.isoformat()


def test_colleagues_see_that_the_visitor_is_writing_and_where(visitor: Visitor) -> None:
    visitor.say("Halo", page="https://toko.example/polis?session=secret")
    visitor.ask("poll", {"after": 1, "typing": True})
    row = visitor.row
    assert row.is_typing(timezone.now())
    assert row.page == "https://toko.example/polis"


def test_a_closed_talk_goes_on_within_a_day(visitor: Visitor, world: World) -> None:
    visitor.say("Halo")
    visitor.talk.close(by=world.dewi)
    visitor.say("One more thing")
    assert [talk.status for talk in Conversation.objects.all()] == ["open"]


def test_after_a_day_it_is_a_new_conversation_and_the_visitor_still_sees_all(
    visitor: Visitor, world: World
) -> None:
    visitor.say("Halo")
    visitor.talk.close(by=world.dewi)
    Conversation.objects.update(closed_at=timezone.now() - timedelta(hours=25))
    visitor.say("A month later")
    assert Conversation.objects.count() == 2
    assert texts(visitor.hear()) == ["Halo", "A month later"]


def test_the_e_mail_of_a_customer_is_a_hint_and_no_proof(visitor: Visitor, world: World) -> None:
    visitor.say("Halo", name="Budi", email="BUDI@santoso.example")
    assert visitor.row.may_be == world.budi
    assert visitor.talk.party is None


def test_a_phone_is_a_hint_too(visitor: Visitor, world: World) -> None:
    visitor.say("Halo", phone="0812 1111 2222")
    assert visitor.row.may_be == world.budi


def test_a_visitor_is_told_nothing_of_the_customer_they_may_be(visitor: Visitor, world: World) -> None:
    visitor.say("Halo", email="budi@santoso.example")
    told = visitor.ask("hello", {}).content + visitor.ask("poll", {"after": 0}).content
    for secret in (world.budi.name, str(world.budi.phone), "may_be", "party"):
        assert secret.encode() not in told


def test_nobody_becomes_a_customer_by_chatting(visitor: Visitor) -> None:
    before = Party.objects.count()
    visitor.say("Halo", name="Rina", email="rina@example.com")
    assert Party.objects.count() == before


def test_a_file_travels_to_the_conversation_and_back(visitor: Visitor, world: World) -> None:
    visitor.say("", b"%PDF-1.7", file={"name": "polis.pdf", "type": "application/pdf"})
    (line,) = visitor.hear()
    (file,) = line["files"]
    assert (file["name"], file["size"]) == ("polis.pdf", 8)
    got = visitor_gets(visitor, file["mark"])
    assert b"".join(got.streaming_content) == b"%PDF-1.7"
    assert got["Content-Disposition"].startswith("attachment")


def visitor_gets(visitor: Visitor, mark: str) -> Any:
    from django.test import Client

    from relasi.channels.chat import widget

    return Client().get(f"/chat/{widget.key_of(visitor.account)}/file/{mark}/")


def test_where_nobody_is_there_an_address_is_asked(visitor: Visitor) -> None:
    assert visitor.say("Halo", offline=True).json()["error"] == "where"
    assert visitor.say("Halo", offline=True, email="rina@example.com").status_code == 200
    assert Message.objects.get().extra["offline"] is True


def test_what_must_be_answered_is_asked(world: World) -> None:
    visitor = Visitor(chat(needed=["name"]))
    assert visitor.say("Halo").json()["error"] == "name"
    assert visitor.say("Halo", name="Rina").status_code == 200


def test_nothing_is_kept_without_consent(visitor: Visitor) -> None:
    refused = visitor.say("Halo", consent=None)
    assert (refused.status_code, refused.json()["error"]) == (422, "consent")
    assert not Intake.objects.exists()


def test_the_text_they_agreed_to_is_kept(visitor: Visitor) -> None:
    visitor.say("Halo")
    assert visitor.row.consent_text.startswith("By sending a message you agree")
    assert visitor.row.consent_at is not None


def test_a_transcript_goes_to_the_address_they_gave_once_somebody_answered(
    visitor: Visitor, world: World, mailbox: Account
) -> None:
    visitor.say("Halo", email="rina@example.com")
    assert visitor.ask("transcript", {"language": "en"}).json()["message"] == "Nobody has answered yet."
    answer(visitor.talk, "Selamat pagi", world.dewi)
    visitor.hear()
    assert visitor.ask("transcript", {"language": "en"}).status_code == 200
    sent = Delivery.objects.get(channel="email")
    assert sent.address == "rina@example.com"
    assert "Selamat pagi" in sent.message.text


def test_a_transcript_is_not_sent_twice_in_a_row(visitor: Visitor, world: World, mailbox: Account) -> None:
    visitor.say("Halo", email="rina@example.com")
    answer(visitor.talk, "Selamat pagi", world.dewi)
    visitor.hear()
    assert [visitor.ask("transcript", {}).status_code for _ in range(2)] == [200, 422]


def test_somebody_is_there_when_a_colleague_was_here_lately(
    world: World, account: Account, sign_in: Any
) -> None:
    now = timezone.now()
    assert not chatting.is_anybody_there(account, now)
    there(world.dewi, now - timedelta(minutes=1))
    assert chatting.is_anybody_there(account, now)
    assert not chatting.is_anybody_there(account, now + timedelta(hours=1))


def test_only_the_team_of_the_chat_counts(world: World) -> None:
    account = chat()
    account.change(by=None, team=world.surabaya)
    there(world.dewi, timezone.now())
    assert not chatting.is_anybody_there(account, timezone.now())


def there(user: Any, at: Any) -> None:
    from allauth.usersessions.models import UserSession

    UserSession.objects.create(user=user, ip="127.0.0.1", session_key=f"s{user.pk}", last_seen_at=at)
