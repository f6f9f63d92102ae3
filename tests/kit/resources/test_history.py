"""What happened to a record, and bringing older values back."""

from __future__ import annotations

from relasi.kit.events.models import Event
from relasi.kit.records.models import CustomField
from relasi.kit.resources.writing import set_tags
from tests.world import World

HTMX = {"HX-Request": "true"}


def _url(world: World) -> str:
    return f"/people/{world.budi.pk}/history/"


def test_history_says_who_changed_what_from_what_to_what(world: World, sign_in) -> None:
    world.budi.change(by=world.sari, city="Depok")
    page = sign_in(world.bob).get(_url(world), headers=HTMX).content.decode()
    assert "Sari Lestari" in page
    assert "Jakarta Selatan" in page
    assert "Depok" in page


def test_links_and_choices_are_in_words(world: World, sign_in) -> None:
    world.budi.change(by=world.sari, owner=world.sari, rung="member")
    page = sign_in(world.sari).get(_url(world), headers=HTMX).content.decode()
    assert "Member" in page
    assert "Bob Hutapea" in page


def test_a_masked_field_is_masked_in_history_and_a_hidden_one_leaves_no_trace(world: World, sign_in) -> None:
    world.budi.change(by=world.ada, nik="3174011708800001")
    world.budi.change(by=world.ada, religion="islam")
    clear = sign_in(world.ada).get(_url(world), headers=HTMX).content.decode()
    assert "Islam" in clear
    closed = sign_in(world.dewi).get(_url(world), headers=HTMX).content.decode()
    assert "Islam" not in closed
    assert "Religion" not in closed
    for page in (clear, closed):
        assert world.budi.nik not in page
        assert "3174011708800001" not in page


def test_an_older_value_is_brought_back_as_an_event_of_its_own(world: World, sign_in) -> None:
    world.budi.change(by=world.sari, city="Depok")
    event = Event.objects.of(world.budi).first()
    answer = sign_in(world.bob).post(f"{_url(world)}{event.pk}/restore/", {"field": "city"}, headers=HTMX)
    world.budi.refresh_from_db()
    assert answer.status_code == 204
    assert world.budi.city == "Jakarta Selatan"
    assert Event.objects.of(world.budi).first().verb == "restored"


def test_an_own_field_and_tags_are_brought_back_too(world: World, sign_in) -> None:
    CustomField.create(by=world.ada, noun="party", key="shoe", label="Shoe size", kind="number")
    world.budi.change(by=world.bob, custom={"shoe": 42})
    world.budi.change(by=world.bob, custom={"shoe": 43})
    shoe = Event.objects.of(world.budi).first()
    set_tags(world.budi, ["VIP"], by=world.bob)
    set_tags(world.budi, [], by=world.bob)
    tags = Event.objects.of(world.budi).first()
    browser = sign_in(world.bob)
    browser.post(f"{_url(world)}{shoe.pk}/restore/", {"field": "own.shoe"}, headers=HTMX)
    browser.post(f"{_url(world)}{tags.pk}/restore/", {"field": "tags"}, headers=HTMX)
    world.budi.refresh_from_db()
    assert world.budi.custom == {"shoe": 42}
    assert "VIP" in browser.get(f"/people/{world.budi.pk}/").content.decode()


def test_who_may_not_write_a_field_cannot_bring_it_back(world: World, sign_in) -> None:
    world.budi.change(by=world.ada, religion="islam")
    event = Event.objects.of(world.budi).first()
    before = Event.objects.count()
    for user in (world.dewi, world.mira):
        assert sign_in(user).post(
            f"{_url(world)}{event.pk}/restore/", {"field": "religion"}, headers=HTMX
        ).status_code in {403, 409}
    assert Event.objects.count() == before


def test_an_event_of_another_record_is_not_found(world: World, sign_in) -> None:
    other = Event.objects.of(world.joko).first()
    assert sign_in(world.bob).post(f"{_url(world)}{other.pk}/restore/", {"field": "city"}).status_code == 404


def test_history_comes_a_page_at_a_time(world: World, sign_in) -> None:
    for n in range(40):
        world.budi.change(by=world.bob, city=f"City {n}")
    browser = sign_in(world.bob)
    first = browser.get(_url(world), headers=HTMX).content.decode()
    assert "City 39" in first
    assert "City 2<" not in first
    assert "?before=" in first


def test_history_costs_a_fixed_number_of_queries(
    world: World, sign_in, django_assert_max_num_queries
) -> None:
    for n in range(25):
        world.budi.change(by=world.bob, city=f"City {n}", owner=(world.bob, world.sari)[n % 2])
    browser = sign_in(world.sari)
    with django_assert_max_num_queries(16):
        browser.get(_url(world), headers=HTMX)
