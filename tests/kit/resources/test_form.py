"""Making and editing a record by a form."""

from __future__ import annotations

from relasi.kit.events.models import Event
from relasi.kit.records.models import CustomField
from relasi.kit.resources import hints
from relasi.parties.models import Person
from tests.world import World

HTMX = {"HX-Request": "true"}


def test_bob_makes_a_person_and_looks_after_it(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post("/people/new/", {"name": "Agus Salim", "phone": "0812 9999 8888"})
    made = Person._default_manager.get(name="Agus Salim")
    assert answer.status_code == 302
    assert answer.url == f"/people/{made.pk}/"
    assert (made.owner_id, made.kind, made.phone) == (world.bob.pk, "person", "+6281299998888")


def test_the_dialog_answers_htmx_with_the_record(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post("/people/new/", {"name": "Agus Salim"}, headers=HTMX)
    assert answer["HX-Redirect"] == f"/people/{Person._default_manager.get(name='Agus Salim').pk}/"


def test_the_address_says_what_to_begin_with(world: World, sign_in) -> None:
    page = sign_in(world.ada).get(f"/people/new/?company={world.maju.pk}&city=Medan").content.decode()
    assert 'value="Medan"' in page
    assert "PT Maju Jaya" in page


def test_errors_stand_beside_fields_and_what_was_typed_is_kept(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post(
        "/people/new/", {"name": "", "phone": "12", "city": "Medan"}, headers=HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-phone-error"' in page
    assert 'value="Medan"' in page
    assert not Person._default_manager.filter(city="Medan").exists()


def test_forms_keep_drafts(world: World, sign_in) -> None:
    assert 'data-draft="people/new"' in sign_in(world.bob).get("/people/new/").content.decode()


def test_a_seller_cannot_make_a_customer_for_somebody_else(world: World, sign_in) -> None:
    before = Event.objects.count()
    answer = sign_in(world.bob).post("/people/new/", {"name": "Agus Salim", "owner": str(world.citra.pk)})
    assert answer.status_code == 403
    assert (Person._default_manager.filter(name="Agus Salim").exists(), Event.objects.count()) == (
        False,
        before,
    )


def test_who_may_not_add_is_refused(world: World, sign_in) -> None:
    assert sign_in(world.mira).get("/people/new/").status_code == 403
    assert sign_in(world.mira).post("/people/new/", {"name": "Agus Salim"}).status_code == 403
    assert sign_in(world.eko).post("/people/new/", {"name": "Agus Salim"}).status_code == 403


def test_an_edit_changes_only_what_was_typed_over(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    answer = browser.post(
        f"/people/{world.budi.pk}/edit/",
        {"name": "Budi Santoso", "city": "Depok", "version": "1"},
        headers=HTMX,
    )
    assert answer.status_code == 204
    assert Event.objects.of(world.budi).first().changes == {"city": ["Jakarta Selatan", "Depok"]}


def test_an_edit_that_changes_nothing_writes_nothing(world: World, sign_in) -> None:
    before = Event.objects.count()
    sign_in(world.bob).post(
        f"/people/{world.budi.pk}/edit/", {"city": "Jakarta Selatan", "version": "1"}, headers=HTMX
    )
    assert Event.objects.count() == before


def test_a_link_is_chosen_among_visible_records_only(world: World, sign_in) -> None:
    options = sign_in(world.bob).get("/people/options/?field=company&q=maju").content.decode()
    assert "PT Maju Jaya" not in options
    assert (
        "PT Maju Jaya" in sign_in(world.citra).get("/people/options/?field=company&q=maju").content.decode()
    )


def test_a_link_to_what_one_may_not_see_is_refused(world: World, sign_in) -> None:
    answer = sign_in(world.bob).post(
        f"/people/{world.budi.pk}/edit/", {"company": str(world.maju.pk), "version": "1"}, headers=HTMX
    )
    world.budi.refresh_from_db()
    assert answer.status_code == 422
    assert world.budi.company_id is None


def test_options_come_as_json_too(world: World, sign_in) -> None:
    answer = sign_in(world.bob).get("/people/options/?q=budi", headers={"Accept": "application/json"})
    assert [option["label"] for option in answer.json()["options"]] == ["Budi Santoso"]


def test_a_hidden_field_is_not_in_the_form_and_not_taken(world: World, sign_in) -> None:
    browser = sign_in(world.dewi)
    assert "Religion" not in browser.get(f"/people/{world.budi.pk}/edit/").content.decode()
    browser.post(f"/people/{world.budi.pk}/edit/", {"religion": "hindu", "version": "1"})
    world.budi.refresh_from_db()
    assert world.budi.religion == ""


def test_a_required_own_field_is_asked_for_on_create_and_edit(world: World, sign_in) -> None:
    CustomField.create(
        by=world.ada, noun="party", key="member_no", label="Member number", kind="text", is_required=True
    )
    browser = sign_in(world.bob)
    assert browser.post("/people/new/", {"name": "Agus Salim"}, headers=HTMX).status_code == 422
    assert (
        browser.post(
            f"/people/{world.budi.pk}/edit/",
            {"city": "Depok", "own.member_no": "", "version": "1"},
            headers=HTMX,
        ).status_code
        == 422
    )
    assert browser.post("/people/new/", {"name": "Agus Salim", "own.member_no": "A-1"}).status_code == 302
    assert Person._default_manager.get(name="Agus Salim").custom == {"member_no": "A-1"}


def test_hints_of_higher_apps_stand_in_the_form(world: World, sign_in) -> None:
    hints.register("people", "/somebody/asks/")
    try:
        assert "/somebody/asks/" in sign_in(world.bob).get("/people/new/").content.decode()
    finally:
        hints._urls["people"].remove("/somebody/asks/")


def test_an_identity_number_left_empty_stays(world: World, sign_in) -> None:
    world.budi.change(by=world.bob, nik="3174011708800001")
    kept = world.budi.nik
    sign_in(world.bob).post(
        f"/people/{world.budi.pk}/edit/", {"nik": "", "city": "Depok", "version": str(world.budi.version)}
    )
    world.budi.refresh_from_db()
    assert (world.budi.nik, world.budi.city) == (kept, "Depok")
