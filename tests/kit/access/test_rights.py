"""The two questions: which rows, and may I."""

from __future__ import annotations

import pytest

from relasi.kit.access.models import ApiKey, FieldRule, Grant, Role, Share, User
from relasi.kit.access.rights import may
from relasi.parties.models import Party
from tests.world import World


def names(user: User, verb: str = "view") -> set[str]:
    return {party.name for party in user.rights.visible(Party.objects.all(), verb)}


def again(user: User) -> User:
    """The same person with the next request."""
    return User.objects.get(pk=user.pk)


def test_own_reaches_what_one_looks_after(world: World) -> None:
    assert names(world.bob) == {"Budi Santoso", "Siti Rahmawati", "Rizky Santoso", "Keluarga Santoso"}


def test_team_reaches_the_teams_below(world: World) -> None:
    assert names(world.sari) == names(world.bob)


def test_team_does_not_reach_beside(world: World) -> None:
    assert "Joko Susilo" not in names(world.sari)


def test_team_without_a_team_is_own(world: World) -> None:
    world.sari.assign(by=world.ada, team=None, roles=world.sari.roles.all())
    assert names(again(world.sari)) == set()


def test_all_reaches_everything(world: World) -> None:
    assert names(world.dewi) == names(world.ada) == {party.name for party in Party.objects.all()}


def test_no_role_reaches_nothing(world: World) -> None:
    assert names(world.eko) == set()


def test_the_widest_of_several_roles_counts(world: World) -> None:
    world.bob.give_roles([*world.bob.roles.all(), Role.objects.get(name="Management")], by=None)
    assert "Joko Susilo" in names(again(world.bob))


def test_a_wider_view_widens_no_other_verb(world: World) -> None:
    world.bob.give_roles([*world.bob.roles.all(), Role.objects.get(name="Management")], by=None)
    assert not may(again(world.bob), "change", world.joko)


@pytest.mark.parametrize(("who", "verb", "allowed"), [
    ("bob", "change", True), ("bob", "delete", False), ("dewi", "change", True), ("dewi", "export", False),
    ("mira", "view", True), ("mira", "change", False), ("eko", "view", False), ("ada", "delete", True),
])  # fmt: skip
def test_may_asks_for_the_verb_on_the_record(who: str, verb: str, allowed: bool, world: World) -> None:
    assert may(getattr(world, who), verb, world.budi) is allowed


def test_may_and_visible_never_disagree(world: World) -> None:
    for user in world.users:
        for verb in ("view", "change", "delete", "export", "comment", "share"):
            rows = set(user.rights.visible(Party.objects.all(), verb).values_list("pk", flat=True))
            assert rows == {party.pk for party in Party.objects.all() if may(user, verb, party)}, (user, verb)


def test_may_of_a_kind_is_whether_of_any(world: World) -> None:
    assert may(world.bob, "view", Party) and not may(world.eko, "view", Party)


def test_a_share_to_read_opens_one_record_to_read(world: World) -> None:
    Share.create(by=world.citra, noun="party", record_id=world.joko.pk, user=world.bob, shared_by=world.citra)
    bob = again(world.bob)
    assert (
        "Joko Susilo" in names(bob)
        and not may(bob, "change", world.joko)
        and "PT Maju Jaya" not in names(bob)
    )


def test_a_share_to_change_opens_change_and_no_more(world: World) -> None:
    Share.create(
        by=world.citra,
        noun="party",
        record_id=world.joko.pk,
        user=world.bob,
        shared_by=world.citra,
        may_change=True,
    )
    bob = again(world.bob)
    assert may(bob, "change", world.joko) and not may(bob, "delete", world.joko)


def test_a_share_opens_to_who_has_no_role_at_all(world: World) -> None:
    Share.create(by=world.bob, noun="party", record_id=world.budi.pk, user=world.eko, shared_by=world.bob)
    assert names(again(world.eko)) == {"Budi Santoso"}


def test_a_guarded_field_is_masked_without_a_rule(world: World) -> None:
    assert world.mira.rights.level(Party, "nik") == "masked"


def test_a_rule_opens_a_guarded_field(world: World) -> None:
    assert world.bob.rights.level(Party, "nik") == "write"


def test_a_rule_hides_a_field(world: World) -> None:
    assert world.dewi.rights.level(Party, "religion") == "hidden"
    assert "religion" not in world.dewi.rights.readable(Party, ["name", "religion"])


def test_what_is_masked_cannot_be_searched(world: World) -> None:
    assert not world.mira.rights.searchable(Party, "nik") and world.mira.rights.searchable(Party, "name")


def test_of_two_rules_the_more_open_counts(world: World) -> None:
    role = Role.create(by=None, name="Chaplain")
    FieldRule.objects.create(role=role, noun="party", field="religion", level="read")
    world.dewi.give_roles([*world.dewi.roles.all(), role], by=None)
    assert again(world.dewi).rights.level(Party, "religion") == "read"


def test_a_key_narrows_and_never_widens(world: World) -> None:
    rights = world.mira.rights.narrowed(["party:view", "party:change"])
    assert (
        rights.may("view", world.budi)
        and not rights.may("change", world.budi)
        and not rights.may("export", world.budi)
    )


def test_a_key_without_the_noun_sees_nothing_not_even_shares(world: World) -> None:
    Share.create(by=world.bob, noun="party", record_id=world.budi.pk, user=world.eko, shared_by=world.bob)
    assert not again(world.eko).rights.narrowed(["activity:*"]).visible(Party.objects.all()).exists()


@pytest.mark.parametrize("change", ["revoked", "run out"])
def test_a_key_that_is_over_is_nobodys(change: str, world: World) -> None:
    from django.utils import timezone

    key, token = ApiKey.issue(user=world.bob, name="x", scopes=["*"], by=world.bob)
    assert ApiKey.of_token(token) == key
    if change == "revoked":
        key.revoke(by=world.bob)
    else:
        key.change(by=world.bob, expires_at=timezone.now())
    assert ApiKey.of_token(token) is None


def test_the_token_of_a_key_is_kept_nowhere(world: World) -> None:
    from tests.kit.access.whole_database import text_of_everything

    _key, token = ApiKey.issue(user=world.bob, name="x", scopes=["*"], by=world.bob)
    assert token not in text_of_everything()


def test_who_is_shut_out_has_no_rights_even_as_owner(world: World) -> None:
    User.objects.filter(pk=world.ada.pk).update(is_active=False)
    assert names(again(world.ada)) == set()


def test_reasons_name_the_role_and_its_reach(world: World) -> None:
    assert [reason.kind for reason in world.sari.rights.explain(world.budi)] == ["team"]
    assert "Sales manager" in world.sari.rights.explain(world.budi)[0].text


def test_reasons_name_who_shared(world: World) -> None:
    Share.create(by=world.bob, noun="party", record_id=world.budi.pk, user=world.eko, shared_by=world.bob)
    assert "Bob Hutapea" in again(world.eko).rights.explain(world.budi)[0].text


def test_without_a_reason_nothing_is_seen_and_with_one_it_is(world: World) -> None:
    for user in world.users:
        for party in Party.objects.all():
            assert bool(user.rights.explain(party)) == may(user, "view", party), (user, party)


def test_a_grant_on_everything_reaches_nouns_of_tomorrow(world: World) -> None:
    role = Role.create(by=None, name="Auditor")
    Grant.objects.create(role=role, noun="*", verb="view", scope="all")
    world.eko.give_roles([role], by=None)
    assert again(world.eko).rights.scope("something_new", "view") == "all"
