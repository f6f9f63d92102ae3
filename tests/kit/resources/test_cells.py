"""One value edited in place: the editor, the save, the error beside the typed text, both versions of a stale
save.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from relasi.kit.events.models import Event
from relasi.kit.resources.models import Batch
from relasi.kit.resources.registry import find
from relasi.kit.resources.writing import set_tags
from tests.world import World


def version_of(page: Any) -> dict[str, str]:
    body = page.content.decode()
    return {name: re.search(f'name="{name}" value="([^"]*)"', body)[1] for name in ("version", "was")}  # type: ignore[index]


def test_the_editor_holds_what_stands_there(world: World, sign_in: Any) -> None:
    page = sign_in(world.bob).get(f"/people/{world.budi.pk}/cell/city/").content.decode()
    assert 'value="Jakarta Selatan"' in page and "cell-editor" in page


def test_a_saved_value_is_shown_and_can_be_taken_back(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    answer = browser.post(f"/people/{world.budi.pk}/cell/city/", {"city": "Bogor"})
    assert answer.content.decode() == "Bogor"
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    world.budi.refresh_from_db()
    assert world.budi.city == "Jakarta Selatan"


def test_an_error_stands_beside_what_was_typed(world: World, sign_in: Any) -> None:
    page = sign_in(world.bob).post(f"/people/{world.budi.pk}/cell/email/", {"email": "no mail"})
    assert page.status_code == 422
    assert 'value="no mail"' in page.content.decode() and "cell-error" in page.content.decode()


def test_a_value_somebody_else_changed_meanwhile_shows_both(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    opened = version_of(browser.get(f"/people/{world.budi.pk}/cell/city/"))
    world.budi.change(by=world.ada, city="Depok")
    page = browser.post(f"/people/{world.budi.pk}/cell/city/", {"city": "Bogor", **opened})
    assert page.status_code == 409
    assert (
        "Depok" in page.content.decode()
        and "Bogor" in page.content.decode()
        and "Ada Wijaya" in page.content.decode()
    )
    world.budi.refresh_from_db()
    assert world.budi.city == "Depok"


def test_mine_can_be_kept_after_seeing_both(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    opened = version_of(browser.get(f"/people/{world.budi.pk}/cell/city/"))
    world.budi.change(by=world.ada, city="Depok")
    both = version_of(browser.post(f"/people/{world.budi.pk}/cell/city/", {"city": "Bogor", **opened}))
    assert (
        browser.post(
            f"/people/{world.budi.pk}/cell/city/", {"city": "Bogor", "kept": "1", **both}
        ).status_code
        == 200
    )
    world.budi.refresh_from_db()
    assert world.budi.city == "Bogor"


def test_another_value_of_the_record_may_change_meanwhile(world: World, sign_in: Any) -> None:
    browser = sign_in(world.bob)
    opened = version_of(browser.get(f"/people/{world.budi.pk}/cell/city/"))
    world.budi.change(by=world.ada, nickname="Bud")
    assert browser.post(f"/people/{world.budi.pk}/cell/city/", {"city": "Bogor", **opened}).status_code == 200


def test_nothing_changed_writes_nothing(world: World, sign_in: Any) -> None:
    before = (Event.objects.count(), Batch._default_manager.count())
    sign_in(world.bob).post(f"/people/{world.budi.pk}/cell/city/", {"city": "Jakarta Selatan"})
    assert (Event.objects.count(), Batch._default_manager.count()) == before


@pytest.mark.parametrize(("who", "status"), [("citra", 404), ("mira", 403), ("eko", 404)])
def test_who_may_not_change_is_refused_and_nothing_is_written(
    world: World, sign_in: Any, who: str, status: int
) -> None:
    before = Event.objects.count()
    answer = sign_in(getattr(world, who)).post(f"/people/{world.budi.pk}/cell/city/", {"city": "X"})
    assert answer.status_code == status
    assert Event.objects.count() == before


def test_a_field_that_is_not_there_is_not_found(world: World, sign_in: Any) -> None:
    browser = sign_in(world.dewi)
    assert browser.get(f"/people/{world.budi.pk}/cell/shoe/").status_code == 404
    assert browser.get(f"/people/{world.budi.pk}/cell/religion/").status_code == 404
    assert browser.post(f"/people/{world.budi.pk}/cell/nik/", {"nik": "3174051708800002"}).status_code == 403


def test_a_link_is_given_by_name_or_number(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    assert (
        "PT Maju Jaya"
        in browser.post(
            f"/people/{world.budi.pk}/cell/company/", {"company": "", "company:text": "PT Maju Jaya"}
        ).content.decode()
    )
    browser.post(f"/people/{world.budi.pk}/cell/owner/", {"owner": str(world.sari.pk)})
    world.budi.refresh_from_db()
    assert (world.budi.company_id, world.budi.owner_id) == (world.maju.pk, world.sari.pk)


def test_tags_are_edited_like_any_value(world: World, sign_in: Any) -> None:
    answer = (
        sign_in(world.bob).post(f"/people/{world.budi.pk}/cell/tags/", {"tags": "VIP, Golf"}).content.decode()
    )
    assert "VIP" in answer and "Golf" in answer


def test_every_editable_field_of_every_noun_has_an_editor(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    set_tags(world.budi, ["VIP"], by=world.ada)
    people = find("people")
    assert people
    for name in (*people.inline, "tags", "about", "nik", "language", "hobbies"):
        assert browser.get(f"/people/{world.budi.pk}/cell/{name}/").status_code == 200, name
