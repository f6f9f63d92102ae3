"""Nobody gives more than they have, and nobody stands over who may do more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from relasi.administration import matrix
from relasi.kit.access.granting import givable, may_give_role, stands_over
from relasi.kit.access.models import FieldRule, Grant, Role, User
from relasi.kit.access.rights import may
from tests.kit.access.test_rights import again
from tests.kit.resources.test_api import Api
from tests.world import World


@pytest.fixture
def clerk(world: World) -> User:
    """Eko looks after users and roles, and sees every customer, but not their religion."""
    role = Role.create(by=None, name="Clerk")
    for noun in ("user", "role"):
        Grant.objects.create(role=role, noun=noun, verb="*", scope="all")
    Grant.objects.create(role=role, noun="party", verb="view", scope="all")
    FieldRule.objects.create(role=role, noun="party", field="religion", level="hidden")
    world.eko.give_roles([role], by=None)
    return again(world.eko)


def test_the_owner_gives_everything(world: World) -> None:
    assert givable(world.ada, Role.objects.all()) == list(Role.objects.all())


def test_a_clerk_gives_no_role_that_does_more(clerk: User, world: World) -> None:
    assert [role.name for role in givable(clerk, Role.objects.all())] == ["Clerk"]


def test_a_role_that_is_silent_on_a_closed_field_opens_it_and_is_refused(clerk: User) -> None:
    role = Role.create(by=None, name="Reader")
    Grant.objects.create(role=role, noun="party", verb="view", scope="own")
    assert not may_give_role(clerk, role)
    FieldRule.objects.create(role=role, noun="party", field="religion", level="hidden")
    assert may_give_role(clerk, role)


def test_a_clerk_cannot_make_himself_a_manager(clerk: User) -> None:
    with pytest.raises(PermissionDenied):
        clerk.assign(by=clerk, team=None, roles=[Role.objects.get(name="Administrator")])
    assert [role.name for role in clerk.roles.all()] == ["Clerk"]


@pytest.mark.parametrize("verb", ["deactivate", "end_sessions", "send_password_link"])
def test_a_clerk_does_nothing_to_the_owner(verb: str, clerk: User, world: World) -> None:
    with pytest.raises(PermissionDenied):
        getattr(world.ada, verb)(by=clerk)


def test_a_clerk_does_not_take_over_an_account_that_does_more(clerk: User, world: World) -> None:
    assert not stands_over(clerk, world.sari)
    with pytest.raises(PermissionDenied):
        world.sari.change_email(by=clerk, email="clerk@evil.example")


def test_a_line_of_a_role_beyond_oneself_is_refused(clerk: User) -> None:
    role = Role.objects.get(name="Clerk")
    for grants, rules in (
        ({("party", "delete"): "own"}, {}), ({("*", "*"): "all"}, {}),
        ({}, {("party", "religion"): "read"}), ({}, {("party", "religion"): ""}),
    ):  # fmt: skip
        before = matrix.grants_of(role), matrix.rules_of(role)
        with pytest.raises(PermissionDenied):
            matrix.keep(role, grants=grants, rules=rules, by=clerk)
        assert (matrix.grants_of(role), matrix.rules_of(role)) == before


def test_a_line_within_oneself_is_kept_with_one_event(clerk: User) -> None:
    role = Role.create(by=None, name="Lesser")
    assert matrix.keep(role, grants={("party", "view"): "team"}, rules={}, by=clerk) == 1
    assert matrix.grants_of(role) == {("party", "view"): "team"}


def test_a_copy_has_the_same_rights(world: World) -> None:
    source = Role.objects.get(name="Seller")
    made = matrix.copy(source, name="Senior seller", by=world.ada)
    assert matrix.grants_of(made) == matrix.grants_of(source)
    assert matrix.rules_of(made) == matrix.rules_of(source)


def test_who_sees_users_of_a_team_places_people_only_there(world: World) -> None:
    role = Role.objects.get(name="Sales manager")
    Grant.objects.create(role=role, noun="user", verb="change", scope="team")
    sari = again(world.sari)
    with pytest.raises(PermissionDenied):
        world.eko.assign(by=sari, team=world.surabaya, roles=[])
    world.eko.assign(by=sari, team=world.jakarta_south, roles=[])
    assert world.eko.team == world.jakarta_south


def test_the_last_owner_cannot_be_shut_out(world: World) -> None:
    with pytest.raises(ValidationError):
        world.ada.deactivate(by=world.ada)
    assert again(world.ada).is_active


def test_an_owner_hands_the_installation_on(world: World) -> None:
    world.ada.hand_ownership_to(world.sari, by=world.ada)
    assert (again(world.ada).is_owner, again(world.sari).is_owner) == (False, True)


def test_nobody_else_hands_it_on(world: World) -> None:
    with pytest.raises(PermissionDenied):
        world.ada.hand_ownership_to(world.eko, by=world.sari)
    assert not again(world.eko).is_owner


def test_no_form_and_no_cell_makes_an_owner(world: World, sign_in: object) -> None:
    Grant.objects.create(role=Role.objects.get(name="Management"), noun="user", verb="change", scope="all")
    browser = sign_in(world.mira)  # type: ignore[operator]
    for field in ("is_owner", "is_active", "email", "team"):
        browser.post(f"/users/{world.mira.pk}/cell/{field}/", {"value": "1", "is_owner": "on"})
        browser.post(
            f"/users/{world.mira.pk}/edit/",
            {"is_owner": "on", "email": "x@evil.example", "name": "Mira Kusuma"},
        )
        browser.patch(f"/api/v1/users/{world.mira.pk}/", {field: True}, "application/json")
    after = again(world.mira)
    assert (after.is_owner, after.is_active, after.email, after.team) == (False, True, world.mira.email, None)


@pytest.mark.parametrize("field", ["name", "phone", "job_title", "language"])
def test_of_an_owners_account_nobody_else_changes_anything(
    field: str, world: World, sign_in: Callable[[User], Client]
) -> None:
    world.eko.give_roles([Role.objects.get(name="Administrator")], by=None)
    eko, value = again(world.eko), {"language": "id"}.get(field, "Someone else")
    browser, before = sign_in(eko), User.objects.values().get(pk=world.ada.pk)
    given = {field: value, "what": "set", "set-field": field, "ids": str(world.ada.pk)}
    for page in (f"/users/{world.ada.pk}/cell/{field}/", f"/users/{world.ada.pk}/edit/", "/users/bulk/"):
        browser.post(page, given)
    patched = Api(eko).send("PATCH", f"users/{world.ada.pk}/", {field: value})
    assert patched.status_code == 403
    after = User.objects.values().get(pk=world.ada.pk)
    assert {**after, "last_login": None} == {**before, "last_login": None}
    browser.post("/users/bulk/", {**given, "ids": str(world.bob.pk)})
    assert getattr(again(world.bob), field) == value


def test_an_owner_changes_another_owner_and_everybody_themselves(world: World) -> None:
    world.bob.change(by=None, is_owner=True)
    assert may(world.ada, "change", world.bob) and may(again(world.bob), "change", world.ada)
    clerk = again(world.eko)
    clerk.give_roles([Role.objects.get(name="Administrator")], by=None)
    owners = [world.ada.pk, world.bob.pk]
    assert may(clerk, "view", world.ada) and not may(clerk, "change", world.ada)
    assert not User.objects.open_to(clerk, "change").filter(pk__in=owners).exists()
    assert User.objects.visible_to(clerk).filter(pk__in=owners).count() == 2
