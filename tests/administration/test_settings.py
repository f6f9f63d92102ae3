"""What the forms of the settings do."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from relasi.administration import cards, matrix
from relasi.administration.builtin_roles import give_new_nouns
from relasi.administration.devices import device_of
from relasi.kit.access.models import ApiKey, Grant, Role, Team, User
from relasi.kit.events.models import Event
from relasi.kit.jobs.models import Job, State
from tests.fingerprint import fingerprint
from tests.kit.access.test_rights import again
from tests.world import PASSWORD, World

SignIn = Callable[[User], Client]


def test_the_profile_is_kept_with_one_event(world: World, sign_in: SignIn) -> None:
    form = {
        "name": "Bob H.",
        "job_title": "Agen",
        "phone": "",
        "language": "id",
        "time_zone": "Asia/Makassar",
        "theme": "dark",
    }
    sign_in(world.bob).post("/settings/profile/", form)
    bob = again(world.bob)
    assert (bob.name, bob.language, bob.time_zone, bob.theme) == ("Bob H.", "id", "Asia/Makassar", "dark")
    assert Event.objects.of(bob).first().changes["theme"] == ["system", "dark"]  # type: ignore[union-attr]


def test_a_profile_makes_nobody_owner(world: World, sign_in: SignIn) -> None:
    form = {
        "name": "Bob",
        "language": "en",
        "time_zone": "UTC",
        "theme": "light",
        "is_owner": "on",
        "email": "x@evil.example",
    }
    sign_in(world.bob).post("/settings/profile/", form)
    assert (again(world.bob).is_owner, again(world.bob).email) == (False, world.bob.email)


def test_the_theme_of_the_menu_is_kept_with_the_person(world: World, sign_in: SignIn) -> None:
    sign_in(world.bob).post("/settings/theme/", {"theme": "dark"})
    assert again(world.bob).theme == "dark"


def test_a_key_is_shown_once_and_works_as_far_as_chosen(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = browser.post(
        "/settings/api-keys/new/", {"name": "Situs", "days": "30", "scopes": ["party:view"]}
    ).content.decode()
    token = re.search(r"rls_[\w-]{30,}", page)
    assert token and token[0] not in browser.get("/settings/api-keys/").content.decode()
    header = {"Authorization": f"Bearer {token[0]}"}
    assert Client().get("/api/v1/people/", headers=header).status_code == 200
    assert Client().delete(f"/api/v1/people/{world.budi.pk}/", headers=header).status_code == 403


def test_a_key_gets_no_scope_its_maker_lacks(world: World, sign_in: SignIn) -> None:
    sign_in(world.bob).post(
        "/settings/api-keys/new/", {"name": "X", "days": "30", "scopes": ["party:view", "role:change"]}
    )
    assert ApiKey.objects.get().scopes == ["party:view"]


def test_nobody_revokes_the_key_of_somebody_else(world: World, sign_in: SignIn) -> None:
    key, _token = ApiKey.issue(user=world.bob, name="X", scopes=["*"], by=world.bob)
    assert sign_in(world.citra).post(f"/settings/api-keys/{key.pk}/revoke/").status_code == 404
    assert ApiKey.objects.usable().filter(pk=key.pk).exists()


def test_the_matrix_keeps_what_changed(world: World, sign_in: SignIn) -> None:
    role = Role.objects.get(name="Service")
    form = {
        "name": "Service",
        "description": "",
        "grant:party:delete": "own",
        "grant:party:view": "team",
        "field:party:religion": "",
    }
    sign_in(world.ada).post(f"/settings/roles/{role.pk}/", form)
    grants = matrix.grants_of(role)
    assert (grants["party", "delete"], grants["party", "view"]) == ("own", "team")
    assert ("party", "religion") not in matrix.rules_of(role)
    assert Event.objects.of(role).first().changes == {  # type: ignore[union-attr]
        "delete party": [None, "own"], "view party": ["all", "team"], "party.religion": ["hidden", None],
    }  # fmt: skip


def test_a_line_beyond_oneself_keeps_nothing_of_the_form(world: World, sign_in: SignIn) -> None:
    role = Role.create(by=None, name="Clerk")
    Grant.objects.create(role=role, noun="role", verb="*", scope="all")
    world.eko.give_roles([role], by=None)
    browser = sign_in(world.eko)
    before = fingerprint()
    form = {"name": "Renamed", "grant:role:view": "own", "grant:party:view": "all"}
    assert browser.post(f"/settings/roles/{role.pk}/", form).status_code == 403
    assert fingerprint() == before


def test_a_role_somebody_holds_is_not_deleted(world: World, sign_in: SignIn) -> None:
    role = Role.objects.get(name="Seller")
    sign_in(world.ada).post(f"/settings/roles/{role.pk}/delete/")
    assert Role.objects.filter(pk=role.pk).exists()


def test_what_somebody_may_do_names_verbs_and_closed_fields(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.ada).get(f"/settings/users/{world.dewi.pk}/rights/").content.decode()
    assert "Customers" in page and "Religion" in page and "Hidden" in page


def test_a_team_moves_with_all_below_it(world: World, sign_in: SignIn) -> None:
    sign_in(world.ada).post(
        f"/settings/teams/{world.jakarta.pk}/", {"name": "Jakarta", "parent": world.surabaya.pk}
    )
    south = Team.objects.get(pk=world.jakarta_south.pk)
    assert south.path == f"/{world.surabaya.pk}/{world.jakarta.pk}/{south.pk}/"


def test_a_team_is_no_part_of_itself(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.ada).post(
        f"/settings/teams/{world.jakarta.pk}/", {"name": "Jakarta", "parent": world.jakarta_south.pk}
    )
    assert answer.status_code == 422 and Team.objects.get(pk=world.jakarta.pk).parent is None


def test_handing_on_asks_for_the_password(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    browser.post("/settings/ownership/", {"heir": world.sari.pk, "password": "salah-sekali"})
    refused = again(world.sari).is_owner
    browser.post("/settings/ownership/", {"heir": world.sari.pk, "password": PASSWORD})
    assert (refused, again(world.sari).is_owner, again(world.ada).is_owner) == (False, True, False)


def test_team_and_roles_are_given_on_the_page_of_a_user(world: World, sign_in: SignIn) -> None:
    form = {"team": world.surabaya.pk, "roles": [Role.objects.get(name="Service").pk]}
    sign_in(world.ada).post(f"/users/{world.eko.pk}/do/assign/", form)
    eko = again(world.eko)
    assert (eko.team, [role.name for role in eko.roles.all()]) == (world.surabaya, ["Service"])


@pytest.mark.parametrize(("page", "state"), [("replay", State.WAITING), ("cancel", State.SET_ASIDE)])
def test_a_job_set_aside_is_run_again(page: str, state: str, world: World, sign_in: SignIn) -> None:
    job = Job.objects.create(name="relasi.nothing", run_at=timezone.now(), state=State.SET_ASIDE)
    sign_in(world.ada).post(f"/settings/jobs/{job.pk}/{page}/")
    job.refresh_from_db()
    assert job.state == state


def test_a_waiting_job_is_cancelled(world: World, sign_in: SignIn) -> None:
    job = Job.objects.create(name="relasi.nothing", run_at=timezone.now())
    sign_in(world.ada).post(f"/settings/jobs/{job.pk}/cancel/")
    job.refresh_from_db()
    assert job.state == State.CANCELLED


@pytest.mark.parametrize(("agent", "words"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile Safari/604.1", "Safari · iPhone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
    ("curl/8.5", "curl/8.5"),
])  # fmt: skip
def test_a_browser_is_told_in_words(agent: str, words: str) -> None:
    assert str(device_of(agent)) == words


def test_every_card_of_the_settings_leads_somewhere(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.ada).get("/settings/").content.decode()
    for card in cards.all_cards():
        assert f'href="{card.href}"' in page, card.url_name


def test_our_roles_learn_the_nouns_of_an_upgrade_and_keep_what_the_company_set(world: World) -> None:
    seller, manager = Role.objects.get(name="Seller"), Role.objects.get(name="Sales manager")
    Grant.objects.filter(noun="lead").delete()
    Grant.objects.filter(role=seller, noun="deal").delete()
    Grant.objects.create(role=manager, noun="lead", verb="view", scope="own")
    give_new_nouns({"lead"})
    assert Grant.objects.filter(role=seller, noun="lead", verb="convert", scope="own").exists()
    assert not Grant.objects.filter(role=seller, noun="deal").exists()
    assert list(Grant.objects.filter(role=manager, noun="lead").values_list("verb", "scope")) == [
        ("view", "own")
    ]
    assert Event.objects.of(seller).filter(verb="rights_changed").count() == 1
