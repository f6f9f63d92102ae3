"""Channels are set up by those who may, and their health is told in words."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from relasi.channels import raw, receiving
from relasi.channels.models import Account, Intake
from relasi.kit.access.models import User
from tests.conversations.post import door
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def test_the_owner_sees_every_way_of_carrying(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.ada).get("/channels/add/").content.decode()
    for name in ("mailbox", "whatsapp_cloud", "whatsapp_link", "sms_http", "asterisk_ami", "chat_widget"):
        assert f"/channels/add/{name}/" in page


def test_a_seller_without_the_right_adds_none(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.eko).get("/channels/add/").status_code == 403


def test_a_link_channel_is_set_up_in_one_form(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.ada).post(
        "/channels/add/whatsapp_link/",
        {"name": "WhatsApp Ada", "address": "+628121112222", "whose": "personal", "new_senders": "ask",
         "is_active": "on"},
    )  # fmt: skip
    account = Account.objects.get()
    assert answer.status_code == 302
    assert (account.channel, account.provider, account.owner) == ("whatsapp", "whatsapp_link", world.ada)


def test_a_secret_is_never_shown_again_and_stays_when_left_empty(world: World, sign_in: SignIn) -> None:
    ada = sign_in(world.ada)
    told = {"name": "Kotak", "address": "halo@relasi.example", "whose": "shared", "new_senders": "ask",
            "is_active": "on", "carrier-sign_in": "password", "carrier-imap_host": "127.0.0.1",
            "carrier-smtp_host": "127.0.0.1", "carrier-imap_security": "tls",
            "carrier-smtp_security": "starttls", "carrier-folders": "INBOX"}  # fmt: skip
    made = ada.post("/channels/add/mailbox/", {**told, "carrier-password": "rahasia-123"})
    assert made.status_code == 302, made.content.decode()
    account = Account.objects.get()
    assert account.secrets["password"] == "rahasia-123"
    page = ada.get(f"/channels/{account.pk}/set-up/").content.decode()
    assert "rahasia-123" not in page
    ada.post(f"/channels/{account.pk}/set-up/", {**told, "carrier-password": ""})
    account.refresh_from_db()
    assert account.secrets["password"] == "rahasia-123"
    moved = ada.post(f"/channels/{account.pk}/set-up/", {**told, "carrier-imap_host": "mail.lain.example"})
    assert moved.status_code == 422
    assert "type the password" in moved.content.decode()


def test_the_look_at_a_channel_is_told_in_words(world: World, sign_in: SignIn) -> None:
    account = door("email")
    account.probe(by=world.ada)
    page = sign_in(world.ada).get(f"/channels/{account.pk}/panel/health/").content.decode()
    assert "The post goes." in page


def test_what_could_not_be_understood_is_listed_mended_and_replayed(world: World, sign_in: SignIn) -> None:
    intake = receiving.understand(receiving.take_in(door("email"), b"{", external_id="x").pk)
    ada = sign_in(world.ada)
    assert "could not be understood" in ada.get(f"/intakes/{intake.pk}/panel/raw/").content.decode()
    answer = ada.post(f"/intakes/{intake.pk}/do/mend/", {"content": "[]"})
    assert answer.status_code in (200, 204, 302)
    done = receiving.understand(intake.pk)
    assert (done.state, raw.original(done)) == ("done", b"{")


def test_the_raw_input_is_given_out_byte_for_byte_to_who_may_see_it(world: World, sign_in: SignIn) -> None:
    intake = receiving.take_in(door("email"), b"\xff\x00raw", external_id="x")
    answer = sign_in(world.ada).get(f"/intakes/{intake.pk}/raw/")
    assert answer.content == b"\xff\x00raw"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert sign_in(world.bob).get(f"/intakes/{intake.pk}/raw/").status_code == 404


def test_large_inputs_are_kept_too(world: World) -> None:
    content = bytes(range(256)) * 4096
    intake, _is_new = raw.keep(door("email"), content, external_id="big")
    assert intake.path
    assert raw.original(Intake.objects.get(pk=intake.pk)) == content
