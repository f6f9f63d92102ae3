"""The timeline and composer as the record page fetches them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from relasi.activities.models import Activity, Meeting
from relasi.kit.resources.models import Batch
from tests.world import World

SignIn = Callable[[Any], Client]


def compose(world: World, browser: Client, kind: str, **said: Any) -> Any:
    return browser.post(f"/timeline/{world.budi.pk}/compose/{kind}/", said)


def test_the_fragment_opens(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get(f"/timeline/{world.budi.pk}/").status_code == 200


def test_a_customer_of_another_team_is_not_there(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get(f"/timeline/{world.joko.pk}/").status_code == 404


def test_a_wrong_mark_is_told(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get(f"/timeline/{world.budi.pk}/?before=zzz").status_code == 400


def test_each_tab_of_the_composer_opens(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    codes = {
        kind: browser.get(f"/timeline/{world.budi.pk}/compose/{kind}/").status_code
        for kind in ("note", "task", "call", "meeting", "visit")
    }
    assert set(codes.values()) == {200}


def test_a_note_is_kept(world: World, sign_in: SignIn) -> None:
    compose(world, sign_in(world.bob), "note", body="<p>Wants to meet</p>")
    assert Activity.objects.get().subject == "Wants to meet"


def test_what_was_kept_can_be_undone(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    compose(world, browser, "note", body="A slip")
    browser.post(f"/undo/{Batch.objects.get().token}/")
    assert not Activity.objects.exists()


def test_an_empty_note_is_refused_and_leaves_nothing(world: World, sign_in: SignIn) -> None:
    answer = compose(world, sign_in(world.bob), "note", body="")
    assert (answer.status_code, Activity.objects.count(), Batch.objects.count()) == (422, 0, 0)


def test_a_task_is_made_for_a_colleague(world: World, sign_in: SignIn) -> None:
    compose(
        world,
        sign_in(world.bob),
        "task",
        subject="Send form",
        owner=world.sari.pk,
        priority="normal",
        due_at="2026-08-13T09:00",
    )
    assert Activity.objects.get().owner == world.sari


def test_a_logged_call_keeps_direction_outcome_and_minutes(world: World, sign_in: SignIn) -> None:
    compose(world, sign_in(world.bob), "call", direction="out", outcome="no_answer", minutes="1")
    call = Activity.objects.get()
    assert (call.direction, call.outcome, call.minutes, call.subject) == (
        "out",
        "no_answer",
        1,
        "Call: no answer",
    )


def test_a_meeting_invites_colleagues_and_the_customer(world: World, sign_in: SignIn) -> None:
    compose(
        world,
        sign_in(world.bob),
        "meeting",
        subject="Review",
        starts_at="2026-08-13T10:00",
        length="60",
        guests=[world.sari.pk],
    )
    assert {str(one) for one in Meeting.objects.get().attendees.all()} == {"Sari Lestari", "Budi Santoso"}


def test_who_may_not_add_writes_nothing(world: World, sign_in: SignIn) -> None:
    answer = compose(world, sign_in(world.mira), "note", body="Just looking")
    assert (answer.status_code, Activity.objects.count()) == (403, 0)


def test_what_is_next_is_drawn_anew(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    compose(world, browser, "task", subject="Send form", priority="normal")
    assert b"Send form" in browser.get(f"/timeline/{world.budi.pk}/next/").content


def test_going_to_a_record_of_which_only_the_number_is_known(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get(f"/go/party/{world.budi.pk}/")
    assert answer["Location"] == f"/people/{world.budi.pk}/"


def test_going_to_a_record_one_may_not_see(world: World, sign_in: SignIn) -> None:
    assert sign_in(world.bob).get(f"/go/party/{world.joko.pk}/").status_code == 404
