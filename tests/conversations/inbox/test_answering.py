from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from relasi.channels.models import Account
from relasi.conversations import answering
from relasi.conversations.models import Conversation, Delivery, Message, Signature, Template, Variant
from relasi.kit.access.models import User
from tests.conversations.inbox.talks import talk
from tests.world import World

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def last(one: Conversation) -> Message:
    message: Message = Message.objects.filter(conversation__party=one.party, direction="out").latest("id")
    return message


def test_an_answer_waits_ten_seconds_to_be_called_back(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    answer = sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Sudah masuk, Pak."})
    delivery = Delivery.objects.get(message=last(one))
    assert answer.status_code == 200, answer.content.decode()[:3000]
    assert (delivery.state, delivery.address) == ("waiting", "budi@santoso.example")
    assert timedelta(seconds=5) < delivery.due_at - timezone.now() < timedelta(seconds=11)


def test_what_was_called_back_is_in_the_composer_again(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one, browser = talk(world.budi, account=mailbox, owner=world.bob), sign_in(world.bob)
    sent = browser.post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Halo Pak Budi"})
    undo = json.loads(sent["HX-Trigger"])["toast"]["undo_url"]
    told = json.loads(browser.post(undo)["HX-Trigger"])["composer:restore"]["url"]
    assert Delivery.objects.get(message=last(one)).state == "cancelled"
    assert "Halo Pak Budi" in browser.get(told).content.decode()


def test_the_same_click_twice_is_one_message(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one, browser = talk(world.budi, account=mailbox, owner=world.bob), sign_in(world.bob)
    for _click in range(2):
        browser.post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Baik", "key": "abc"})
    assert one.messages.filter(direction="out").count() == 1


def test_another_text_in_the_same_form_is_another_message(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one, browser = talk(world.budi, account=mailbox, owner=world.bob), sign_in(world.bob)
    for text in ("Baik", "Saya kembali"):
        browser.post(f"/inbox/{one.pk}/compose/?way=email", {"text": text, "key": "abc"})
    assert one.messages.filter(direction="out").count() == 2


def test_an_empty_answer_is_refused_and_says_so(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    answer = sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "  "})
    assert (answer.status_code, one.messages.count()) == (422, 1)
    assert "The message is empty." in answer.content.decode()


def test_a_wrong_copy_is_named_and_nothing_typed_is_lost(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    answer = sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Baik", "cc": "siti"})
    page = answer.content.decode()
    assert ("“siti” is no e-mail address" in page, ">Baik</textarea>" in page) == (True, True)


def test_sending_and_closing_is_one_click(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Selesai", "then": "close"})
    one.refresh_from_db()
    assert one.status == "closed"


def test_what_is_sent_later_is_due_then(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    at = timezone.localtime() + timedelta(days=2)
    form = {"text": "Selamat pagi", "at": at.strftime("%Y-%m-%dT%H:%M")}
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", form)
    assert Delivery.objects.get(message=last(one)).due_at >= at.replace(second=0, microsecond=0)


def test_files_travel_with_the_answer(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    form = {"text": "Polis Bapak", "file": SimpleUploadedFile("polis.pdf", b"%PDF-1.7 x", "application/pdf")}
    browser = sign_in(world.bob)
    browser.post(f"/inbox/{one.pk}/compose/?way=email", form)
    assert "polis.pdf" in browser.get(f"/inbox/{one.pk}/", headers={"HX-Request": "true"}).content.decode()


def test_letters_end_with_the_signature(world: World, mailbox: Account, sign_in: SignIn) -> None:
    Signature.create(by=world.bob, owner=world.bob, language="id", text="<p>Salam, <b>Bob</b></p>")
    one = talk(world.budi, account=mailbox, owner=world.bob)
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Baik"})
    assert last(one).text == "Baik\n\n-- \nSalam, Bob"


def test_what_was_written_bold_stays_bold_and_harmless(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    typed = "<p>Sudah <strong>masuk</strong><script>alert(1)</script></p>"
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=email", {"text": typed})
    assert (last(one).html, last(one).text) == ("<p>Sudah <strong>masuk</strong></p>", "Sudah masuk")


def test_another_way_begins_a_talk_there(
    world: World, mailbox: Account, whatsapp: Account, sign_in: SignIn
) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    talk(world.budi, account=whatsapp, channel="whatsapp", address="+6281211112222", owner=world.bob)
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=whatsapp", {"text": "Lewat sini saja"})
    assert (last(one).channel, last(one).conversation.channel) == ("whatsapp", "whatsapp")


def test_whatsapp_shuts_a_day_after_the_last_words(world: World, whatsapp: Account, sign_in: SignIn) -> None:
    one = talk(
        world.budi,
        account=whatsapp,
        channel="whatsapp",
        address="+6281211112222",
        owner=world.bob,
        minutes=1500,
    )
    page = sign_in(world.bob).get(f"/inbox/{one.pk}/compose/?way=whatsapp").content.decode()
    assert ("WhatsApp now takes only templates" in page, "readonly" in page) == (True, True)


def test_outside_the_window_only_approved_templates_are_offered(world: World, whatsapp: Account) -> None:
    for name, approved in (("Biasa", ""), ("Disetujui", "reminder")):
        template = Template.create(by=world.ada, name=name, channel="whatsapp")
        Variant.create(
            by=world.ada, template=template, language="id", text="Halo {{ customer.first_name }}",
            approved_name=approved, approval="approved" if approved else "",
        )  # fmt: skip
    found = answering.texts_for(world.budi, channel="whatsapp", words="", user=world.bob, only_approved=True)
    assert [(one.name, one.text) for one in found] == [("Disetujui", "Halo Budi")]


def test_a_saved_reply_is_found_by_its_shortcut_and_filled(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    template = Template.create(by=world.ada, name="Jatuh tempo", use="reply", shortcut="jt")
    Variant.create(by=world.ada, template=template, language="id", text="Halo {{ customer.name }}!")
    one = talk(world.budi, account=mailbox, owner=world.bob)
    page = sign_in(world.bob).get(f"/inbox/{one.pk}/texts/?way=email&q=jt").content.decode()
    assert 'data-text="Halo Budi Santoso!"' in page


def test_a_reply_to_all_names_who_read_along_but_not_ourselves(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one = talk(
        world.budi, account=mailbox, owner=world.bob, to=[mailbox.address], cc=["siti@santoso.example"]
    )
    page = sign_in(world.bob).get(f"/inbox/{one.pk}/compose/?way=email&all=1").content.decode()
    assert 'name="cc" value="siti@santoso.example"' in page


def test_a_note_stays_among_colleagues(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    sign_in(world.bob).post(f"/inbox/{one.pk}/compose/?way=note", {"text": "<p>Hati-hati</p>"})
    assert (
        one.messages.filter(direction="note").count(),
        Delivery.objects.filter(party=world.budi).count(),
    ) == (1, 0)


def test_without_an_account_whatsapp_is_sent_by_hand_and_kept(
    world: World, mailbox: Account, sign_in: SignIn
) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    browser = sign_in(world.bob)
    assert (
        'data-by-hand="+6281211112222"'
        in browser.get(f"/inbox/{one.pk}/compose/?way=whatsapp").content.decode()
    )
    browser.post(f"/inbox/{one.pk}/compose/?way=whatsapp", {"text": "Halo Pak"})
    assert (last(one).channel, last(one).state, last(one).extra["by_hand"]) == ("whatsapp", "sent", True)


def test_who_only_reads_has_no_composer(world: World, mailbox: Account, sign_in: SignIn) -> None:
    one = talk(world.budi, account=mailbox, owner=world.bob)
    page = sign_in(world.mira).get(f"/inbox/{one.pk}/", headers={"HX-Request": "true"}).content.decode()
    refused = sign_in(world.mira).post(f"/inbox/{one.pk}/compose/?way=email", {"text": "Halo"})
    assert ("data-answer" in page, refused.status_code) == (False, 403)


def test_a_template_is_shown_as_a_customer_reads_it(world: World, sign_in: SignIn) -> None:
    template = Template.create(by=world.ada, name="Sambutan", channel="email")
    Variant.create(
        by=world.ada,
        template=template,
        language="id",
        subject="Halo {{ customer.name }}",
        text="Selamat datang",
    )
    page = (
        sign_in(world.bob)
        .get(f"/message-templates/{template.pk}/preview/?party={world.siti.pk}")
        .content.decode()
    )
    assert "Halo Siti Rahmawati" in page
