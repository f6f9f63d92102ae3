from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.channels.interface import File
from relasi.conversations import threads, writing
from relasi.conversations.models import Conversation, Message, Seen
from relasi.kit.access.models import User
from relasi.parties.models import ContactPoint, Party
from tests.conversations.inbox.talks import door, talk
from tests.world import World

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db

HOSTILE = """<table><tr><td onclick="alert(1)">Halo<script>alert(2)</script>
<img src="https://tracker.example/a.gif"><a href="javascript:alert(3)">klik</a></td></tr></table>"""


def pane(browser: Client, one: Conversation) -> str:
    answer = browser.get(f"/inbox/{one.pk}/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_pane_shows_what_was_said_noted_and_done(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob, text="Polis saya hilang")
    writing.note(one, by=world.bob, text="<p>Sudah dicetak ulang</p>")
    one.assign(owner=world.sari, by=world.bob)
    page = pane(sign_in(world.sari), one)
    assert ("Polis saya hilang" in page, "Sudah dicetak ulang" in page, "assigned it" in page) == (True,) * 3


def test_a_stranger_to_the_customer_does_not_open_it(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    assert sign_in(world.citra).get(f"/inbox/{one.pk}/").status_code == 404


def test_a_thread_costs_the_same_for_few_and_many_messages(world: World) -> None:
    one = talk(world.budi, owner=world.bob)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            threads.thread_of(one)
        return len(seen)

    few = cost()
    for n in range(20):
        writing.receive(one, sender=one.address, text=f"Nr. {n}")
    assert cost() == few == 4


def test_an_earlier_page_begins_where_the_thread_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = talk(world.budi, owner=world.bob, minutes=60, text="Nr. 0")
    for n in range(1, 5):
        at = timezone.now() - timedelta(minutes=50 - n)
        writing.receive(one, sender=one.address, text=f"Nr. {n}", at=at)
    monkeypatch.setattr(threads, "SHOWN", 2)
    last = threads.thread_of(one)
    before = threads.thread_of(one, before=last.before)
    texts = [[line.message.text for line in thread.lines if line.message] for thread in (before, last)]
    assert texts == [["Nr. 1", "Nr. 2"], ["Nr. 3", "Nr. 4"]]


def test_addresses_in_a_text_can_be_followed_and_markup_cannot_run(world: World) -> None:
    shown = threads.paragraphs("Lihat https://contoh.example <b>ya</b>")
    assert ('target="_blank"' in shown, "&lt;b&gt;ya" in shown, "<b>" in shown) == (True, True, False)


def test_a_designed_letter_stands_in_a_frame_of_its_own(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob, html=HOSTILE)
    message = one.messages.get()
    assert f'src="/messages/{message.pk}/body/"' in pane(sign_in(world.bob), one)


def test_a_letter_runs_nothing_and_fetches_nothing(world: World, sign_in: SignIn) -> None:
    message = talk(world.budi, owner=world.bob, html=HOSTILE).messages.get()
    answer = sign_in(world.bob).get(f"/messages/{message.pk}/body/")
    body, policy = answer.content.decode(), answer["Content-Security-Policy"]
    assert [word for word in ("<script", "onclick", "javascript:", ' src="http') if word in body] == []
    assert policy.startswith("sandbox") and "default-src 'none'" in policy and "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_picture_that_came_with_a_letter_is_shown_in_it(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    picture = File("logo.png", "image/png", b"\x89PNG\r\n\x1a\n0", "logo", True)
    message = writing.receive(one, sender=one.address, html='<img src="cid:logo">', files=[picture])
    body = sign_in(world.bob).get(f"/messages/{message.pk}/body/").content.decode()
    assert 'src="data:image/png;base64,' in body


def test_the_raw_letter_is_open_only_to_whom_raw_inputs_are(world: World, sign_in: SignIn) -> None:
    message = talk(world.budi, owner=world.bob).messages.get()
    assert sign_in(world.bob).get(f"/messages/{message.pk}/source/").status_code == 404


def test_looking_marks_it_read_and_tells_the_others(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    sign_in(world.sari).post(f"/inbox/{one.pk}/live/", {"after": "0", "writing": "1"})
    told = sign_in(world.bob).post(f"/inbox/{one.pk}/live/", {"after": "0"}).content.decode()
    assert "Sari Lestari is writing" in told
    assert set(Seen.objects.filter(conversation=one).values_list("user", flat=True)) == {
        world.sari.pk,
        world.bob.pk,
    }


def test_looking_brings_only_what_is_new(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob, text="Lama")
    last = one.messages.get().pk
    writing.receive(one, sender=one.address, text="Baru")
    told = sign_in(world.bob).post(f"/inbox/{one.pk}/live/", {"after": str(last)}).content.decode()
    assert ("Baru" in told, "Lama" in told) == (True, False)


def test_an_event_after_midnight_begins_a_new_day(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob, minutes=60 * 24 * 2)
    writing.receive(one, sender=one.address, text="Lagi")
    assert pane(sign_in(world.bob), one).count('class="thread-day"') == 2


def test_a_snooze_of_the_past_is_refused(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    answer = sign_in(world.bob).post(f"/conversations/{one.pk}/do/snooze/", {"until": "2020-01-01T08:00"})
    one.refresh_from_db()
    assert (answer.status_code, one.status) == (422, "open")


def test_closing_can_be_undone(world: World, sign_in: SignIn) -> None:
    one, browser = talk(world.budi, owner=world.bob), sign_in(world.bob)
    answer = browser.post(f"/conversations/{one.pk}/do/close/", headers={"HX-Request": "true"})
    undo = answer["HX-Trigger"].split('"undo_url": "')[1].split('"')[0]
    one.refresh_from_db()
    closed = one.status
    browser.post(undo)
    one.refresh_from_db()
    assert (closed, one.status) == ("closed", "open")


def test_a_seller_takes_what_nobody_has_taken(world: World, sign_in: SignIn) -> None:
    one = talk(None, account=door(), address_name="Tamu")
    sign_in(world.bob).post(f"/conversations/{one.pk}/do/take/")
    one.refresh_from_db()
    assert one.owner == world.bob


def test_it_is_given_to_a_team(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    sign_in(world.bob).post(f"/inbox/{one.pk}/assign/", {"team": str(world.jakarta.pk)})
    one.refresh_from_db()
    assert (one.owner, one.team) == (None, world.jakarta)


def test_a_label_goes_on_and_off(world: World, sign_in: SignIn) -> None:
    one, browser = talk(world.budi, owner=world.bob), sign_in(world.bob)
    shown = []
    for _time in range(2):
        browser.post(f"/inbox/{one.pk}/label/", {"name": "Klaim"})
        shown.append('class="tag' in pane(browser, one).split("talk-scroll")[0])
    assert shown == [True, False]


def test_a_message_moves_into_a_thread_of_its_own(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob, subject="Premi")
    stray = writing.receive(one, sender=one.address, text="Soal mobil", subject="Mobil")
    sign_in(world.bob).post(f"/messages/{stray.pk}/move/")
    stray.refresh_from_db()
    assert (stray.conversation.subject, stray.conversation.party, one.messages.count()) == (
        "Mobil",
        world.budi,
        1,
    )


def test_a_moved_message_takes_the_last_words_with_it(world: World, sign_in: SignIn) -> None:
    one, other = talk(world.budi, owner=world.bob, text="Satu"), talk(world.budi, owner=world.bob, text="Dua")
    stray = writing.receive(one, sender=one.address, text="Tiga")
    sign_in(world.bob).post(f"/messages/{stray.pk}/move/", {"to": str(other.pk)})
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.preview, other.preview, other.messages_count) == ("Satu", "Tiga", 2)


def test_nobody_moves_a_message_to_another_customer(world: World, sign_in: SignIn) -> None:
    one, other = talk(world.budi, owner=world.bob), talk(world.siti, owner=world.bob)
    stray = one.messages.get()
    answer = sign_in(world.bob).post(f"/messages/{stray.pk}/move/", {"to": str(other.pk)})
    assert (answer.status_code, other.messages.count()) == (404, 1)


def test_a_stranger_may_be_somebody_we_know(world: World, sign_in: SignIn) -> None:
    one = talk(
        None, account=door(), owner=world.bob, address="budi@kantor.example", address_name="Budi Santoso"
    )
    page = sign_in(world.bob).get(f"/inbox/{one.pk}/side/").content.decode()
    assert ("Who is this?" in page, f'value="{world.budi.pk}"' in page) == (True, True)


def test_saying_whose_it_is_keeps_the_address(world: World, sign_in: SignIn) -> None:
    one = talk(None, account=door(), owner=world.bob, address="budi@kantor.example", address_name="Budi")
    sign_in(world.bob).post(f"/inbox/{one.pk}/party/", {"party": str(world.budi.pk)})
    one.refresh_from_db()
    assert (one.party, one.messages.get().party) == (world.budi, world.budi)
    assert ContactPoint.objects.filter(party=world.budi, value="budi@kantor.example").exists()


def test_a_stranger_becomes_a_customer_of_who_answers(world: World, sign_in: SignIn) -> None:
    one = talk(None, account=door(), owner=world.bob, address="rahmat@mail.example")
    sign_in(world.bob).post(f"/inbox/{one.pk}/party/", {"new": "1", "name": "Rahmat Hidayat"})
    made = Party.objects.get(name="Rahmat Hidayat")
    assert (made.email, made.owner) == ("rahmat@mail.example", world.bob)


def test_who_is_no_customer_is_asked_about_no_more(world: World, sign_in: SignIn) -> None:
    one, browser = talk(None, account=door(), owner=world.bob), sign_in(world.bob)
    browser.post(f"/inbox/{one.pk}/party/", {"none": "1"})
    assert "Who is this?" not in browser.get(f"/inbox/{one.pk}/side/").content.decode()


def test_nobody_claims_a_conversation_for_a_customer_they_may_not_see(world: World, sign_in: SignIn) -> None:
    one = talk(None, account=door(), owner=world.bob)
    answer = sign_in(world.bob).post(f"/inbox/{one.pk}/party/", {"party": str(world.joko.pk)})
    one.refresh_from_db()
    assert (answer.status_code, one.party) == (422, None)


def test_the_reason_of_a_failure_is_said_in_words(world: World, sign_in: SignIn) -> None:
    one = talk(world.budi, owner=world.bob)
    Message.objects.create(
        conversation=one,
        channel="email",
        direction="out",
        state="failed",
        text="Baik",
        problem="No such mailbox.",
    )
    assert "No such mailbox." in pane(sign_in(world.bob), one)
