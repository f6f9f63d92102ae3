from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from relasi.conversations import inbox
from relasi.conversations.models import Message
from relasi.kit.access.models import User
from relasi.kit.resources.paging import PageError
from relasi.kit.resources.writing import set_tags
from tests.conversations.inbox.talks import door, talk
from tests.world import World

pytestmark = pytest.mark.django_db


def names(folder: str, user: User, **given: str) -> list[str]:
    page = inbox.page_of(inbox.Asked.read({"folder": folder, **given}), user)
    return [line.who for line in page.lines]


def test_mine_holds_what_i_look_after(world: World) -> None:
    talk(world.budi, owner=world.bob)
    talk(world.siti, owner=world.sari)
    assert names("mine", world.bob) == ["Budi Santoso"]


def test_unassigned_of_a_shared_mailbox_is_seen_by_every_seller(world: World) -> None:
    talk(None, account=door(), address_name="Tamu")
    assert names("unassigned", world.citra) == ["Tamu"]


def test_a_customer_i_may_not_see_is_named_by_the_address_only(world: World) -> None:
    talk(world.budi, account=door(), address="budi@santoso.example", address_name="Budi")
    assert names("unassigned", world.citra) == ["Budi"]


def test_a_stranger_in_a_colleagues_own_mailbox_is_nobody_elses_business(world: World) -> None:
    talk(None, account=door(owner=world.bob), address_name="Teman", owner=None)
    assert names("open", world.dewi) == []


def test_the_team_sees_what_its_people_and_it_look_after(world: World) -> None:
    talk(world.budi, owner=world.bob)
    assert names("team", world.sari) == ["Budi Santoso"]


def test_longest_waiting_begins_with_who_waits_longest(world: World) -> None:
    talk(world.budi, owner=world.bob, minutes=5)
    talk(world.siti, owner=world.bob, minutes=500)
    assert names("waiting", world.bob) == ["Siti Rahmawati", "Budi Santoso"]


def test_what_is_snoozed_stands_only_there(world: World) -> None:
    one = talk(world.budi, owner=world.bob)
    one.snooze(until=timezone.now() + timedelta(days=1), by=world.bob)
    assert (names("mine", world.bob), names("snoozed", world.bob)) == ([], ["Budi Santoso"])


def test_closed_and_spam_have_folders_of_their_own(world: World) -> None:
    talk(world.budi, owner=world.bob).close(by=world.bob)
    talk(world.siti, owner=world.bob).mark_spam(by=world.bob)
    assert (names("closed", world.bob), names("spam", world.bob)) == (["Budi Santoso"], ["Siti Rahmawati"])


@pytest.mark.parametrize("state", ["failed", "uncertain"])
def test_what_did_not_arrive_is_listed(world: World, state: str) -> None:
    one = talk(world.budi, owner=world.bob)
    Message.objects.create(conversation=one, channel="email", direction="out", state=state, text="Baik")
    assert names("failed", world.bob) == ["Budi Santoso"]


def test_what_waits_to_be_sent_is_scheduled(world: World) -> None:
    one = talk(world.budi, owner=world.bob)
    Message.objects.create(conversation=one, channel="email", direction="out", state="waiting", text="Baik")
    assert names("scheduled", world.bob) == ["Budi Santoso"]


def test_a_label_narrows(world: World) -> None:
    one = talk(world.budi, owner=world.bob)
    talk(world.siti, owner=world.bob)
    set_tags(one, ["Klaim"], by=world.bob)
    assert names("open", world.bob, label=str(inbox.labels()[0].pk)) == ["Budi Santoso"]


@pytest.mark.parametrize("words", ["budi san", "premi", "SANTOSO.example", "siang"])
def test_words_are_found_in_name_subject_address_and_last_words(world: World, words: str) -> None:
    talk(world.budi, owner=world.bob)
    assert names("open", world.bob, q=words) == ["Budi Santoso"]


def test_the_list_goes_on_where_it_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for minutes in range(7):
        talk(world.budi, owner=world.bob, minutes=minutes, subject=f"Nr. {minutes}")
    monkeypatch.setattr(inbox, "PAGE", 3)
    asked, seen, after = inbox.Asked.read({"folder": "mine"}), [], ""
    while True:
        page = inbox.page_of(asked, world.bob, after=after)
        seen += [line.talk.subject for line in page.lines]
        if not (after := page.next):
            break
    assert seen == [f"Nr. {minutes}" for minutes in range(7)]


def test_a_mark_that_is_not_ours_is_refused(world: World) -> None:
    with pytest.raises(PageError):
        inbox.page_of(inbox.Asked.read({}), world.bob, after="2026-13-99_x")


def test_a_page_costs_the_same_for_one_and_for_many(world: World) -> None:
    def cost() -> int:
        user = User.objects.get(pk=world.bob.pk)
        with CaptureQueriesContext(connection) as seen:
            inbox.page_of(inbox.Asked.read({"folder": "mine"}), user)
        return len(seen)

    talk(world.budi, owner=world.bob)
    one = cost()
    for _n in range(12):
        talk(world.siti, owner=world.bob)
    assert cost() == one <= 11


def test_it_is_unread_until_i_have_looked(world: World) -> None:
    one = talk(world.budi, owner=world.bob)
    before = inbox.lines_of([one], world.bob)[0].is_unread
    inbox.read(one, by=world.bob)
    assert (before, inbox.lines_of([one], world.bob)[0].is_unread) == (True, False)


@pytest.mark.parametrize(
    ("minutes", "tone", "waits"), [(10, "green", "10 min"), (90, "amber", "1 h"), (300, "red", "5 h")]
)
def test_the_clock_turns_from_green_to_red(world: World, minutes: int, tone: str, waits: str) -> None:
    line = inbox.lines_of([talk(world.budi, owner=world.bob, minutes=minutes)], world.bob)[0]
    assert (line.tone, line.waits) == (tone, waits)


def test_the_menu_counts_who_waits_for_me_or_for_anybody(world: World) -> None:
    talk(world.budi, owner=world.bob)
    talk(None, account=door())
    talk(world.siti, owner=world.sari)
    assert inbox.for_me(world.bob) == 2


def test_a_count_stops_at_a_hundred(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST_COUNTED", 2)
    for _n in range(5):
        talk(world.budi, owner=world.bob)
    assert inbox.counts(world.bob)["mine"] == 3
