"""Two people save one record."""

from __future__ import annotations

import json

from tests.world import World

HTMX = {"HX-Request": "true"}


def _opened(world: World) -> dict[str, str]:
    """What bob's form holds: he opened it before sari saved."""
    return {"version": "1", "was": json.dumps({"city": "Jakarta Selatan", "job_title": "", "salutation": ""})}


def test_a_stale_save_shows_both_versions_and_writes_nothing(world: World, sign_in) -> None:
    form = _opened(world)
    world.budi.change(by=world.sari, city="Depok")
    answer = sign_in(world.bob).post(
        f"/people/{world.budi.pk}/edit/", {**form, "city": "Bogor"}, headers=HTMX
    )
    page = answer.content.decode()
    world.budi.refresh_from_db()
    assert answer.status_code == 409
    assert "Bogor" in page
    assert "Depok" in page
    assert world.budi.city == "Depok"


def test_each_field_is_chosen_and_saved(world: World, sign_in) -> None:
    form = _opened(world)
    world.budi.change(by=world.sari, city="Depok", salutation="Pak")
    browser = sign_in(world.bob)
    browser.post(
        f"/people/{world.budi.pk}/edit/", {**form, "city": "Bogor", "job_title": "Guru"}, headers=HTMX
    )
    chosen = {
        "version": str(world.budi.version),
        "was": json.dumps({"city": "Depok", "job_title": "", "salutation": "Pak"}),
        "city": "Bogor", "keep:city": "theirs", "job_title": "Guru", "keep:job_title": "mine",
    }  # fmt: skip
    assert browser.post(f"/people/{world.budi.pk}/edit/", chosen, headers=HTMX).status_code == 204
    world.budi.refresh_from_db()
    assert (world.budi.city, world.budi.job_title, world.budi.salutation) == ("Depok", "Guru", "Pak")


def test_a_change_of_bookkeeping_alone_is_no_conflict(world: World, sign_in) -> None:
    form = _opened(world)
    world.budi.change(by=world.sari, about="Likes golf")
    answer = sign_in(world.bob).post(
        f"/people/{world.budi.pk}/edit/", {**form, "city": "Bogor"}, headers=HTMX
    )
    assert answer.status_code == 204


def test_the_page_without_scripts_shows_both_versions_too(world: World, sign_in) -> None:
    form = _opened(world)
    world.budi.change(by=world.sari, city="Depok")
    page = (
        sign_in(world.bob).post(f"/people/{world.budi.pk}/edit/", {**form, "city": "Bogor"}).content.decode()
    )
    assert "<html" in page
    assert 'name="keep:city"' in page
