"""The pages of an import: who may, what they show, what a refusal leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relasi.activities.today import items_for
from relasi.kit.access.models import User
from relasi.kit.jobs.worker import Worker
from relasi.kit.resources.importing.models import ImportRow, ImportRun
from relasi.parties.models import Party
from tests.fingerprint import fingerprint
from tests.world import World

SignIn = Callable[[User], Client]
TEXT = "Nama,HP,Ukuran Sepatu\nAni,0812 7000 0001,38\nBeni,12,40\n"


@pytest.fixture(autouse=True)
def files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def upload(browser: Client, text: str = TEXT) -> str:
    """The address of the new import."""
    answer = browser.post("/people/import/", {"file": SimpleUploadedFile("kontak.csv", text.encode())})
    assert answer.status_code == 302, answer.content
    return str(answer["Location"])


def work() -> None:
    Worker(queues=["imports"]).run_until_empty()


def imported(browser: Client, text: str = TEXT) -> str:
    page = upload(browser, text)
    browser.post(f"{page}start/")
    work()
    return page


def test_a_file_leads_to_its_columns_with_places_chosen(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = browser.get(upload(browser)).content.decode()
    assert "0812 7000 0001" in page and '<option value="phone:1" selected>' in page


def test_what_cannot_be_read_is_told_on_the_same_page(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post("/people/import/", {"file": SimpleUploadedFile("x.csv", b"")})
    assert (answer.status_code, ImportRun.objects.count()) == (422, 0)


def test_a_trial_shows_every_problem_and_writes_no_customer(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = upload(browser)
    before = Party.objects.count()
    browser.post(
        f"{page}map/", {"place-0": "name:1", "place-1": "phone:1", "match": "phone", "on_match": "update"}
    )
    work()
    shown = browser.get(page).content.decode()
    assert "too short" in shown and Party.objects.count() == before
    assert "Import 1 row<" in shown and "1 row with problems is kept back" in shown


def test_two_columns_cannot_go_to_one_place(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = upload(browser)
    answer = browser.post(f"{page}map/", {"place-0": "name:1", "place-1": "name:1"})
    assert answer.status_code == 422
    assert "goes there already" in answer.content.decode()


def test_an_owner_makes_an_own_field_of_a_column(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    page = upload(browser)
    answers = {
        "place-0": "name:1",
        "place-1": "phone:1",
        "place-2": "new",
        "kind-2": "number",
        "then": "start",
    }
    browser.post(f"{page}map/", answers)
    work()
    assert Party.objects.get(name="Ani").custom == {"ukuran_sepatu": 38}


def test_a_seller_is_not_offered_own_fields_and_cannot_make_them(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = upload(browser)
    assert 'value="new"' not in browser.get(page).content.decode()
    assert browser.post(f"{page}map/", {"place-0": "name:1", "place-2": "new"}).status_code == 422


def test_progress_is_asked_for_until_the_work_is_over(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = upload(browser)
    browser.post(f"{page}start/")
    assert "<progress" in browser.get(f"{page}progress/", headers={"HX-Request": "true"}).content.decode()
    work()
    assert browser.get(f"{page}progress/", headers={"HX-Request": "true"})["HX-Redirect"] == page


def test_one_failed_row_is_spoken_of_as_one(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    assert "1 row waits to be mended" in browser.get(imported(browser)).content.decode()


def test_a_failed_row_is_mended_where_it_stands(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = imported(browser)
    wrong = browser.post(f"{page}rows/2/", {"cell-0": "Beni", "cell-1": "13"})
    assert (wrong.status_code, 'value="13"' in wrong.content.decode()) == (422, True)
    right = browser.post(
        f"{page}rows/2/", {"cell-0": "Beni", "cell-1": "0812 7000 0002"}, headers={"HX-Request": "true"}
    )
    assert right.status_code == 200
    assert Party.objects.get(name="Beni").phone == "+6281270000002"


def test_a_row_put_aside_counts_as_skipped(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    browser.post(f"{imported(browser)}rows/2/aside/")
    run = ImportRun.objects.get()
    assert (run.open_failures, run.counts) == (0, {"created": 1, "failed": 0, "skipped": 1})


def test_the_result_is_a_line_for_every_row(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = imported(browser)
    lines = b"".join(browser.get(f"{page}result/").streaming_content).decode("utf-8-sig").splitlines()
    failed = (
        b"".join(browser.get(f"{page}result/?only=failed").streaming_content).decode("utf-8-sig").splitlines()
    )
    assert (len(lines), len(failed), failed[1].split(",")[:2]) == (3, 2, ["2", "failed"])


def test_the_whole_import_is_taken_back(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = imported(browser)
    browser.post(f"{page}undo/")
    work()
    assert ImportRun.objects.get().state == "undone"
    assert not Party.objects.filter(name="Ani").exists()


def test_a_waiting_import_is_cancelled_at_once(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = upload(browser)
    browser.post(f"{page}start/")
    browser.post(f"{page}cancel/")
    work()
    assert ImportRun.objects.get().state == "cancelled"
    assert not Party.objects.filter(name="Ani").exists()


def test_rows_to_mend_stand_in_today(world: World, sign_in: SignIn) -> None:
    page = imported(sign_in(world.bob))
    assert [item.url for item in items_for(world.bob) if item.key.startswith("import-")] == [page]
    assert not [item for item in items_for(world.sari) if item.key.startswith("import-")]


def test_an_import_is_its_owners_and_the_owner_of_the_house_sees_all(world: World, sign_in: SignIn) -> None:
    page = upload(sign_in(world.bob))
    assert sign_in(world.ada).get(page).status_code == 200
    assert sign_in(world.citra).get(page).status_code == 404


@pytest.mark.parametrize(
    "part",
    [
        "map/",
        "start/",
        "cancel/",
        "undo/",
        "discard/",
        "rows/1/",
        "rows/1/aside/",
        "rows/aside/",
        "read/",
        "go-on/",
    ],
)
def test_who_may_not_import_is_refused_and_writes_nothing(part: str, world: World, sign_in: SignIn) -> None:
    page = imported(sign_in(world.bob))
    for user in (world.mira, world.eko, world.citra):
        browser = sign_in(user)
        before = fingerprint()
        answer = browser.post(
            page + part, {"place-0": "name:1", "cell-0": "Beni", "cell-1": "0812 7000 0002"}
        )
        assert answer.status_code in {403, 404}
        assert fingerprint() == before


@pytest.mark.parametrize(
    "page", ["/people/import/", "/companies/import/", "/people/import/sample/", "/tasks/import/"]
)
def test_its_first_pages_open_for_who_may(page: str, world: World, sign_in: SignIn) -> None:
    assert sign_in(world.ada).get(page).status_code == 200
    assert sign_in(world.eko).get(page).status_code in {403, 404}


def test_the_example_file_is_taken_in_as_it_is(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    imported(browser, browser.get("/people/import/sample/").content.decode("utf-8-sig"))
    assert ImportRow.objects.filter(outcome="created").count() == 2


def test_what_was_taken_away_since_stays_when_an_import_is_undone(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = imported(browser)
    run = ImportRun.objects.get()
    Party.objects.get(name="Ani").change(by=None, owner=world.citra)
    browser.post(f"{page}undo/")
    work()
    run.refresh_from_db()
    assert run.act.result["closed"] >= 1
    assert "you may not change" in browser.get(page).content.decode()
