from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from relasi.channels.models import Account
from relasi.conversations.models import Message
from relasi.kit.access.models import User
from tests.conversations.inbox.talks import talk
from tests.world import World

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def post(browser: Client, url: str, body: dict[str, Any], **headers: str) -> Any:
    return browser.post(url, body, content_type="application/json", headers=headers)


def test_a_program_answers(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    made = post(sign_in(world.bob), f"/api/v1/conversations/{one.pk}/reply/", {"text": "Baik"})
    assert (made.status_code, made.json()["state"]) == (201, "waiting"), made.content


def test_the_same_key_twice_is_one_answer(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one, browser = talk(world.budi, account=mailbox, owner=world.bob), sign_in(world.bob)
    for _time in range(2):
        post(browser, f"/api/v1/conversations/{one.pk}/reply/", {"text": "Baik"}, **{"Idempotency-Key": "k1"})
    assert Message.objects.filter(conversation=one, direction="out").count() == 1


def test_an_empty_answer_is_refused_in_words(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    refused = post(sign_in(world.bob), f"/api/v1/conversations/{one.pk}/reply/", {"text": ""})
    assert (refused.status_code, "The message is empty." in refused.content.decode()) == (422, True)


def test_a_program_leaves_a_note(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    post(sign_in(world.bob), f"/api/v1/conversations/{one.pk}/note/", {"text": "Dari mesin"})
    assert one.messages.get(direction="note").text == "Dari mesin"


def test_who_only_reads_answers_nothing(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    refused = post(sign_in(world.mira), f"/api/v1/conversations/{one.pk}/reply/", {"text": "Baik"})
    assert (refused.status_code, one.messages.count()) == (403, 1)


def test_messages_are_read_with_their_conversation(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob, text="Halo")
    mine = sign_in(world.bob).get(f"/api/v1/messages/?filter=conversation = {one.pk}").json()["items"]
    theirs = sign_in(world.citra).get("/api/v1/messages/").json()["items"]
    assert ([row["text"] for row in mine], theirs) == (["Halo"], [])
