"""Asking somebody in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from relasi.kit.access.models import Invitation, Role, User
from tests.kit.access.test_sign_in import is_in, sign_in, stranger
from tests.kit.access.whole_database import text_of_everything
from tests.world import World

NEW = {"name": "Farah Nabila", "password": "satu-kalimat-panjang", "again": "satu-kalimat-panjang"}


@pytest.fixture
def token(world: World) -> str:
    roles = [Role.objects.get(name="Seller")]
    return Invitation.issue(email="farah@sahabat.example", by=world.ada, team=world.surabaya, roles=roles)[1]


def test_who_accepts_is_in_with_team_and_roles(token: str, world: World) -> None:
    stranger().post(f"/invitation/{token}/", NEW)
    farah = User.objects.get(email="farah@sahabat.example")
    assert (farah.name, farah.team, [role.name for role in farah.roles.all()]) == (
        "Farah Nabila",
        world.surabaya,
        ["Seller"],
    )
    assert is_in(sign_in(farah.email, "satu-kalimat-panjang"))


def test_an_invitation_is_used_once(token: str) -> None:
    stranger().post(f"/invitation/{token}/", NEW)
    answer = stranger().post(f"/invitation/{token}/", {**NEW, "name": "Somebody else"})
    assert answer.status_code == 410 and "used already" in answer.content.decode()
    assert not User.objects.filter(name="Somebody else").exists()


def test_an_old_one_says_that_it_is_old(token: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        answer = stranger().post(f"/invitation/{token}/", NEW)
    assert answer.status_code == 410 and "older than seven days" in answer.content.decode()


def test_one_taken_back_says_so(token: str, world: World) -> None:
    Invitation.objects.get().revoke(by=world.ada)
    assert "taken back" in stranger().get(f"/invitation/{token}/").content.decode()


def test_a_second_invitation_replaces_the_first(token: str, world: World) -> None:
    Invitation.issue(email="farah@sahabat.example", by=world.ada)
    assert stranger().get(f"/invitation/{token}/").status_code == 410


def test_a_weak_password_is_refused_beside_its_field(token: str) -> None:
    answer = stranger().post(f"/invitation/{token}/", {**NEW, "password": "password", "again": "password"})
    assert answer.status_code == 422 and not User.objects.filter(email="farah@sahabat.example").exists()


def test_the_token_is_kept_nowhere(token: str) -> None:
    assert token not in text_of_everything()


def test_the_page_shows_the_link_once_and_mails_it(world: World, sign_in: object) -> None:
    browser = sign_in(world.ada)  # type: ignore[operator]
    role = Role.objects.get(name="Seller")
    page = browser.post(
        "/settings/users/invite/", {"email": "gita@sahabat.example", "roles": [role.pk]}
    ).content.decode()
    link = re.search(r"http://[^<\s]+/invitation/[^<\s]+/", page)
    assert link and link[0] in mail.outbox[0].body
    assert link[0] not in browser.get("/settings/users/").content.decode()


def test_an_address_that_has_an_account_is_not_invited(world: World, sign_in: object) -> None:
    answer = sign_in(world.ada).post("/settings/users/invite/", {"email": world.bob.email.upper()})  # type: ignore[operator]
    assert answer.status_code == 422 and not Invitation.objects.exists()
