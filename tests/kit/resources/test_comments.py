"""What colleagues write on a record."""

from __future__ import annotations

import pytest

from relasi.kit.events.models import Event
from relasi.kit.records.models import Comment, Mention
from relasi.kit.resources import commenting
from tests.world import World

HTMX = {"HX-Request": "true"}


def _url(world: World) -> str:
    return f"/people/{world.budi.pk}/comments/"


def test_a_comment_is_kept_and_told(world: World, sign_in) -> None:
    page = (
        sign_in(world.bob)
        .post(_url(world), {"body": "<p>Call him <strong>today</strong></p>"}, headers=HTMX)
        .content.decode()
    )
    assert "<strong>today</strong>" in page
    assert Event.objects.filter(noun="comment", verb="created").exists()


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>x",
        '<img src=x onerror="alert(1)">x', '<a href="javascript:alert(1)">x</a>',
        '<svg onload="alert(1)">x</svg>', '<p style="position:fixed">x</p>',
        '<iframe src="//evil"></iframe>x',
        '<a href="https://ok.example" onclick="alert(1)">x</a>', "<math><mi xlink:href=data:x,alert(1)>x",
    ],
)  # fmt: skip
def test_hostile_html_is_made_harmless(world: World, hostile: str) -> None:
    kept = commenting.clean(hostile)
    for word in (
        "script",
        "onerror",
        "onload",
        "onclick",
        "javascript:",
        "style",
        "iframe",
        "svg",
        "img",
        "xlink",
    ):
        assert word not in kept


def test_plain_text_keeps_its_lines(world: World) -> None:
    written = commenting.write(world.budi, "One\ntwo\n\nthree < four", by=world.bob)
    assert (
        written.comment.body == "<p>One<br>two</p><p>three &lt; four</p>" or "three" in written.comment.body
    )


def test_an_empty_comment_is_refused_in_words(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post(_url(world), {"body": "<p> </p>"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()


def _naming(user: object) -> str:
    return f'<p>Hi <span class="mention" data-type="mention" data-id="{user.pk}" data-label="x">@x</span></p>'


def test_a_named_colleague_is_mentioned_once(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    browser.post(_url(world), {"body": _naming(world.sari)}, headers=HTMX)
    comment = Comment.objects.get()
    browser.post(f"{_url(world)}{comment.pk}/", {"body": _naming(world.sari) + "<p>more</p>"}, headers=HTMX)
    assert list(Mention.objects.values_list("user__name", flat=True)) == ["Sari Lestari"]


def test_who_cannot_see_the_record_is_not_told_and_the_writer_learns_it(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post(_url(world), {"body": _naming(world.citra)}, headers=HTMX)
    assert Mention.objects.count() == 0
    assert "Citra Dewanti" in answer["HX-Trigger"]


def test_only_the_author_changes_and_deletes(world: World, sign_in) -> None:
    comment = commenting.write(world.budi, "Mine", by=world.bob).comment
    sari = sign_in(world.sari)
    assert sari.post(f"{_url(world)}{comment.pk}/", {"body": "Yours"}).status_code == 403
    assert sari.post(f"{_url(world)}{comment.pk}/delete/").status_code == 403
    bob = sign_in(world.bob)
    assert bob.post(f"{_url(world)}{comment.pk}/", {"body": "Ours"}, headers=HTMX).status_code == 200
    answer = bob.post(f"{_url(world)}{comment.pk}/delete/", headers=HTMX)
    assert "undo_url" in answer["HX-Trigger"]
    assert Comment.objects.count() == 0


def test_a_comment_is_only_reached_through_its_own_record(world: World, sign_in) -> None:
    comment = commenting.write(world.siti, "Hers", by=world.bob).comment
    assert sign_in(world.bob).post(f"{_url(world)}{comment.pk}/", {"body": "x"}).status_code == 404


def test_who_may_not_comment_is_refused(world: World, sign_in) -> None:
    assert sign_in(world.mira).post(_url(world), {"body": "x"}).status_code == 403
    assert Comment.objects.count() == 0


def test_colleagues_are_found_by_the_start_of_a_name(world: World, sign_in) -> None:
    found = sign_in(world.bob).get("/mentions/?q=les").json()
    assert [one["label"] for one in found] == ["Sari Lestari"]
