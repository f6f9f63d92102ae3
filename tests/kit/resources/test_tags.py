"""Tags on records, and the tags themselves."""

from __future__ import annotations

from relasi.kit.events.models import Event
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources import tagging
from relasi.kit.resources.writing import set_tags
from tests.world import World

HTMX = {"HX-Request": "true"}


def test_tags_are_set_in_place(world: World, sign_in) -> None:
    page = (
        sign_in(world.bob)
        .post(f"/people/{world.budi.pk}/tags/", {"tags": "VIP, golf , vip,"}, headers=HTMX)
        .content.decode()
    )
    assert "VIP" in page or "vip" in page
    assert Tagging.objects.count() == 2
    assert Event.objects.of(world.budi).first().verb == "tagged"


def test_who_may_not_change_the_record_may_not_tag_it(world: World, sign_in) -> None:
    assert sign_in(world.mira).post(f"/people/{world.budi.pk}/tags/", {"tags": "x"}).status_code == 403
    assert sign_in(world.citra).post(f"/people/{world.budi.pk}/tags/", {"tags": "x"}).status_code == 404
    assert Tagging.objects.count() == 0


def test_the_settings_page_is_for_who_may_see_tags(world: World, sign_in) -> None:
    assert sign_in(world.ada).get("/settings/tags/").status_code == 200
    assert sign_in(world.eko).get("/settings/tags/").status_code == 403


def test_a_tag_is_renamed_and_coloured_everywhere(world: World, sign_in) -> None:
    set_tags(world.budi, ["VIP"], by=world.bob)
    tag = Tag.objects.get()
    sign_in(world.ada).post(
        f"/settings/tags/{tag.pk}/", {"name": "Very important", "colour": "amber"}, headers=HTMX
    )
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/").content.decode()
    assert "Very important" in page
    assert "tone-amber" in page


def test_two_tags_of_one_meaning_become_one(world: World, sign_in) -> None:
    set_tags(world.budi, ["VIP"], by=world.bob)
    set_tags(world.siti, ["VIP", "Important"], by=world.bob)
    vip, important = Tag.objects.get(name="VIP"), Tag.objects.get(name="Important")
    sign_in(world.ada).post(f"/settings/tags/{vip.pk}/merge/", {"into": important.pk}, headers=HTMX)
    assert list(Tagging.objects.values_list("tag__name", "record_id").order_by("record_id")) == [
        ("Important", world.budi.pk), ("Important", world.siti.pk),
    ]  # fmt: skip
    assert Event.objects.of(world.budi).first().changes == {"tags": [["VIP"], ["Important"]]}


def test_a_name_that_is_taken_is_refused_in_words(world: World, sign_in) -> None:
    tagging.add(name="VIP", colour="red", by=world.ada)
    answer = sign_in(world.ada).post("/settings/tags/new/", {"name": "vip"}, headers=HTMX)
    assert answer.status_code == 422
    assert "Merge the two" in answer.content.decode()


def test_sellers_do_not_rename_or_merge(world: World, sign_in) -> None:
    tag = tagging.add(name="VIP", colour="red", by=world.ada)
    browser = sign_in(world.bob)
    for part in ("", "merge/", "delete/"):
        assert (
            browser.post(f"/settings/tags/{tag.pk}/{part}", {"name": "x", "into": tag.pk}).status_code == 403
        )
    assert Tag.objects.get().name == "VIP"
