"""The list page: tabs, chips, rows, groups, totals; the same few queries however many rows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relasi.activities.models import Note
from relasi.kit.records.models import CustomField
from relasi.kit.resources.models import SavedView
from relasi.kit.resources.writing import set_tags
from relasi.parties.models import Company, Party, Person
from tests.world import World

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "div#list"}


def shown(response: Any) -> list[str]:
    """The names on the page, in order."""
    return re.findall(r'class="person-name"[^>]*>([^<]*)<', response.content.decode())


def test_a_seller_sees_own_customers_and_nobody_elses(world: World, sign_in: Any) -> None:
    assert shown(sign_in(world.bob).get("/people/")) == ["Budi Santoso", "Rizky Santoso", "Siti Rahmawati"]


def test_a_layout_the_noun_has_not_is_its_table(world: World, sign_in: Any) -> None:
    Note.create(by=world.bob, owner=world.bob, party=world.budi, subject="Prefers the evening")
    page = sign_in(world.bob).get("/notes/?layout=board").content.decode()
    assert "/notes/board/" not in page and 'role="grid"' in page


def test_a_stranger_gets_no_list(world: World, sign_in: Any) -> None:
    assert sign_in(world.eko).get("/people/").status_code == 403


@pytest.mark.parametrize(
    "part",
    [
        "groups/",
        "totals/",
        "menu/filter/",
        "menu/columns/",
        "views/new/",
        "bulk/",
        "export/",
        "options/owner/",
    ],
)
def test_a_stranger_gets_no_part_of_it(world: World, sign_in: Any, part: str) -> None:
    assert sign_in(world.eko).get(f"/people/{part}").status_code == 403


def test_people_are_not_companies(world: World, sign_in: Any) -> None:
    assert shown(sign_in(world.ada).get("/companies/")) == ["PT Maju Jaya"]


def test_the_filter_narrows_and_stands_as_chips(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/", {"filter": "rung = client"})
    assert shown(page) == ["Budi Santoso"]
    assert 'class="chip-field">Rung<' in page.content.decode()


def test_a_broken_filter_is_told_beside_the_text_that_was_typed(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/", {"filter": "rung = clientt"}).content.decode()
    assert "is not a choice" in page and ">rung = clientt</textarea>" in page


def test_a_chip_is_added_by_its_form(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get(
        "/people/",
        {"filter": "city ~ Jakarta", "do": "add", "field": "rung", "op": "in", "value": ["client", "member"]},
        **HTMX,
    )
    assert page["HX-Push-Url"] == "/people/?filter=city+~+Jakarta+and+rung+in+%28client%2C+member%29"
    assert shown(page) == ["Budi Santoso"]


def test_an_alternative_makes_a_group_joined_by_or(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get(
        "/people/",
        {"filter": "rung = client", "do": "add", "at": "0", "field": "city", "op": "~", "value": "Sura"},
        **HTMX,
    )
    assert shown(page) == ["Budi Santoso", "Joko Susilo"]


def test_a_chip_is_taken_away(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get(
        "/people/", {"filter": "rung = client and city = x", "do": "drop", "at": "1"}, **HTMX
    )
    assert page["HX-Push-Url"] == "/people/?filter=rung+%3D+client"


def test_and_turns_into_or(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get(
        "/people/",
        {"filter": "(rung = client or rung = prospect) and city ~ a", "do": "turn", "at": "0"},
        **HTMX,
    )
    assert "rung+%3D+client+and+rung+%3D+prospect" in page["HX-Push-Url"]


def test_a_chip_without_a_value_is_refused_in_its_form(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/", {"do": "add", "field": "city", "op": "=", "value": ""}, **HTMX)
    assert (
        page.status_code == 422
        and page["HX-Retarget"] == "#list-menu"
        and "Choose or type a value" in page.content.decode()
    )


def test_a_hidden_field_is_no_filter_and_no_column(world: World, sign_in: Any) -> None:
    browser = sign_in(world.dewi)
    assert "Religion" not in browser.get("/people/menu/filter/").content.decode()
    assert "Religion" not in browser.get("/people/menu/columns/").content.decode()
    assert "Religion" not in browser.get("/people/?columns=name,religion").content.decode()


def test_a_masked_number_stays_masked(world: World, sign_in: Any) -> None:
    world.budi.change(by=world.ada, nik="3174051708800002")
    page = sign_in(world.dewi).get("/people/?columns=name,nik").content.decode()
    assert "3174051708800002" not in page and world.budi.nik not in page


def test_words_narrow_the_list(world: World, sign_in: Any) -> None:
    assert shown(sign_in(world.ada).get("/people/?q=joko")) == ["Joko Susilo"]


def test_archived_rows_show_when_asked_for(world: World, sign_in: Any) -> None:
    world.joko.archive(by=world.ada)
    browser = sign_in(world.ada)
    assert "Joko Susilo" not in shown(browser.get("/people/"))
    assert "Joko Susilo" in shown(browser.get("/people/?archived=1"))


def test_sorting_by_two_keys(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/?sort=-city,name")
    assert shown(page) == ["Joko Susilo", "Budi Santoso", "Siti Rahmawati", "Rizky Santoso"]


def test_an_unknown_sort_is_told(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/?sort=shoe")
    assert page.status_code == 200 and "cannot be sorted" in page.content.decode()


def test_a_company_that_is_not_open_to_the_reader_is_not_named(world: World, sign_in: Any) -> None:
    world.budi.change(by=world.ada, company_id=world.maju.pk)
    page = sign_in(world.bob).get("/people/").content.decode()
    assert "Maju Jaya" not in page and "Not open to you" in page


def test_names_are_escaped(world: World, sign_in: Any) -> None:
    world.joko.change(by=world.ada, name="<img src=x onerror=alert(1)>", city='"><script>')
    page = sign_in(world.ada).get("/people/").content.decode()
    assert "<img src=x" not in page and '"><script>' not in page


def test_groups_count_and_lead_to_their_rows(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    groups = browser.get("/people/groups/?group=rung").content.decode()
    assert groups.index("Suspect") < groups.index("Prospect") < groups.index("Client")
    url = re.findall(r'hx-get="([^"]*)"', groups)[-1].replace("&amp;", "&")
    assert shown(browser.get(url)) == ["Budi Santoso"]


def test_rows_without_a_value_have_a_group_too(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    urls = re.findall(r'hx-get="([^"]*)"', browser.get("/people/groups/?group=company").content.decode())
    found = [name for url in urls for name in shown(browser.get(url.replace("&amp;", "&")))]
    assert sorted(found) == ["Budi Santoso", "Joko Susilo", "Rizky Santoso", "Siti Rahmawati"]


def test_totals_stand_at_the_foot_when_asked(world: World, sign_in: Any) -> None:
    world.maju.change(by=world.ada, employees=120)
    Company.create(by=world.ada, kind="company", name="CV Dua", employees=80)
    foot = sign_in(world.ada).get("/companies/totals/").content.decode()
    assert "Σ 200" in foot and "⌀ 100" in foot


def test_further_rows_come_by_the_mark(world: World, sign_in: Any) -> None:
    Person._default_manager.bulk_create(Person(kind="person", name=f"P{n:03}") for n in range(70))
    browser = sign_in(world.ada)
    first = browser.get("/people/")
    url = re.findall(r'class="sentinel" hx-get="([^"]*)"', first.content.decode())[0].replace("&amp;", "&")
    second = browser.get(url, HTTP_HX_REQUEST="true")
    assert len(shown(first)) == 50 and len(shown(second)) == 24
    assert "<html" not in second.content.decode()


def test_the_layouts_are_fetched_with_the_same_address(world: World, sign_in: Any) -> None:
    page = sign_in(world.ada).get("/people/", {"filter": "rung = client", "layout": "board"}).content.decode()
    assert 'hx-get="/people/board/?filter=rung+%3D+client&amp;layout=board"' in page


def test_columns_chosen_on_the_first_tab_are_the_readers_own(world: World, sign_in: Any) -> None:
    browser = sign_in(world.ada)
    browser.post("/people/menu/columns/", {"c": ["name", "city"], "filter": ""}, **HTMX)
    heads = re.findall(r'data-column="([^"]*)"', browser.get("/people/").content.decode())
    assert heads == ["name", "city"]
    assert len(re.findall(r'data-column="', sign_in(world.sari).get("/people/").content.decode())) == 8


def test_the_reader_without_the_right_sees_no_cell_to_edit(world: World, sign_in: Any) -> None:
    assert "data-editable" not in sign_in(world.mira).get("/people/").content.decode()
    assert "data-editable" in sign_in(world.bob).get("/people/").content.decode()


def test_an_empty_list_teaches(world: World, sign_in: Any) -> None:
    Party._default_manager.filter(kind="company").update(archived_at=world.maju.created_at)
    page = sign_in(world.ada).get("/companies/").content.decode()
    assert "No companies yet" in page and "/companies/import/" in page and "/companies/new/" in page


def _queries(browser: Any, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ["ada", "bob", "dewi"])
def test_a_page_costs_the_same_few_queries_for_five_rows_or_fifty(
    world: World, sign_in: Any, who: str
) -> None:
    user = getattr(world, who)
    CustomField.create(by=world.ada, noun="party", key="agent", label="Agent", kind="link", link_to="people")
    SavedView.create(by=user, resource="people", name="Mine", owner=user)
    columns = "name,phone,company,household,owner,rung,tags,own.agent,last_activity_at"
    url = f"/people/?columns={columns}&filter=city+~+a+or+owner+=+me"
    few = _queries(sign_in(user), url)
    for n in range(50):
        person = Person.create(
            by=world.ada,
            kind="person",
            name=f"P{n}",
            city="Bali",
            owner=user,
            company_id=world.maju.pk,
            household_id=world.santosos.pk,
            custom={"agent": world.joko.pk},
        )
        set_tags(person, [f"T{n % 3}"], by=world.ada)
    many = _queries(sign_in(user), url)
    assert many <= few + 2
    assert many <= 20


def test_the_plain_page_stays_under_fifteen_queries(world: World, sign_in: Any) -> None:
    Person._default_manager.bulk_create(
        Person(kind="person", name=f"P{n:03}", owner=world.bob) for n in range(70)
    )
    for user in (world.ada, world.bob, world.dewi):
        assert _queries(sign_in(user), "/people/") <= 17
