"""Every page of the settings opens for who may, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from relasi.administration.models import ChainCheck
from relasi.kit.access.models import Invitation, Role, Team, User
from relasi.kit.jobs.models import Job
from tests.fingerprint import fingerprint
from tests.world import World

SignIn = Callable[[User], Client]

OWN = ["", "profile/", "security/", "sessions/", "api-keys/", "api-keys/new/"]
CLOSED = [
    "users/", "users/invite/", "users/{bob}/rights/", "ownership/", "teams/", "teams/new/", "teams/{team}/",
    "roles/", "roles/new/", "roles/{role}/", "audit/", "audit/chain/", "audit/export/", "jobs/",
    "jobs/{job}/",
]  # fmt: skip
WRITES = [
    "users/invite/", "users/invitations/{invitation}/again/", "users/invitations/{invitation}/take-back/",
    "ownership/", "teams/new/", "teams/{team}/", "teams/{team}/delete/", "roles/new/", "roles/{role}/",
    "roles/{role}/delete/", "audit/verify/", "jobs/{job}/replay/", "jobs/{job}/cancel/",
]  # fmt: skip


@pytest.fixture
def numbers(world: World) -> dict[str, int]:
    invitation, _token = Invitation.issue(email="baru@sahabat.example", by=world.ada)
    job = Job.objects.create(
        name="relasi.nothing", run_at="2026-01-01T00:00Z", state="set_aside", error="Boom\nValueError: no"
    )
    return {
        "bob": world.bob.pk,
        "team": Team.objects.get(name="Surabaya").pk,
        "role": Role.objects.get(name="Seller").pk,
        "job": job.pk,
        "invitation": invitation.pk,
    }


@pytest.mark.parametrize("page", OWN + CLOSED)
def test_it_opens_for_the_owner(page: str, world: World, sign_in: SignIn, numbers: dict[str, int]) -> None:
    assert sign_in(world.ada).get("/settings/" + page.format(**numbers)).status_code == 200


@pytest.mark.parametrize("page", OWN)
def test_own_settings_open_for_everybody(page: str, world: World, sign_in: SignIn) -> None:
    assert sign_in(world.eko).get("/settings/" + page).status_code == 200


@pytest.mark.parametrize("page", CLOSED)
def test_the_rest_is_closed_for_who_has_no_rights(
    page: str, world: World, sign_in: SignIn, numbers: dict[str, int]
) -> None:
    browser = sign_in(world.eko)
    before = fingerprint()
    assert browser.get("/settings/" + page.format(**numbers)).status_code == 403
    assert fingerprint() == before


@pytest.mark.parametrize("page", WRITES)
@pytest.mark.parametrize("who", ["eko", "bob"])
def test_a_refusal_writes_nothing(
    page: str, who: str, world: World, sign_in: SignIn, numbers: dict[str, int]
) -> None:
    browser = sign_in(getattr(world, who))
    before = fingerprint()
    answer = browser.post("/settings/" + page.format(**numbers), {"name": "X", "email": "x@y.example"})
    assert answer.status_code == 403
    assert fingerprint() == before


def test_the_users_page_of_one_resource_opens(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    assert browser.get("/users/").status_code == 200
    assert browser.get(f"/users/{world.bob.pk}/").status_code == 200


def test_checking_the_chain_shows_its_result(world: World, sign_in: SignIn) -> None:
    from relasi.kit.jobs.worker import Worker

    browser = sign_in(world.ada)
    browser.post("/settings/audit/verify/")
    Worker().run_until_empty()
    assert ChainCheck.objects.get().flaw_count == 0
    assert "The trail is whole" in browser.get("/settings/audit/").content.decode()
