"""Nobody gives more than they have: what a person may hand to others, and over whom they stand."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps

from relasi.kit.access.models import FieldRule, Grant, Role, Team, User
from relasi.kit.access.models.role import Level, Scope
from relasi.kit.access.rights import LEVEL, WIDTH
from relasi.kit.events.models import noun_of


def may_give_scope(giver: User, noun: str, verb: str, scope: str) -> bool:
    """Whether `giver` reaches at least as far with that verb. `noun` and `verb` may be `*`."""
    return WIDTH[giver.rights.scope(noun, verb)] >= WIDTH[scope]


def may_give_level(giver: User, noun: str, field: str, level: str) -> bool:
    """Whether `giver` may do at least as much with that field."""
    if giver.is_owner:
        return True
    own = giver.rights.levels.get((noun, field)) or giver.rights.levels.get(("*", field))
    return LEVEL[Level(own or default_level(noun, field))] >= LEVEL[Level(level)]


def default_level(noun: str, field: str) -> Level:
    """What holds where no rule speaks: guarded fields are masked, others writable."""
    guarded = (
        getattr(model, "guarded_fields", ()) for model in apps.get_models() if noun in ("*", noun_of(model))
    )
    return Level.MASKED if any(field in names for names in guarded) else Level.WRITE


def may_give_role(giver: User, role: Role) -> bool:
    """Whether everything in the role is the giver's own."""
    if giver.is_owner:
        return True
    return all(may_give_scope(giver, *grant) for grant in _grants(role)) and all(
        may_give_level(giver, noun, field, level) for (noun, field), level in _levels(role, giver).items()
    )


def may_give_team(giver: User, team: Team | None) -> bool:
    """Who does not change all users places them in the own team or below it."""
    if giver.rights.scope("user", "change") == Scope.ALL:
        return True
    return bool(team and giver.team and team.path.startswith(giver.team.path))


def stands_over(actor: User, user: User) -> bool:
    """Whether nothing `user` may do is beyond `actor`: only then may the actor touch the account."""
    if actor.is_owner:
        return True
    if user.is_owner:
        return False
    return all(may_give_role(actor, role) for role in user.roles.all())


def givable(giver: User, roles: Iterable[Role]) -> list[Role]:
    return [role for role in roles if may_give_role(giver, role)]


def _grants(role: Role) -> Iterable[tuple[str, str, str]]:
    return Grant.objects.filter(role=role).values_list("noun", "verb", "scope")


def _levels(role: Role, giver: User) -> dict[tuple[str, str], str]:
    """What the role opens, also by keeping silent where the giver is held back."""
    silent = {key: default_level(*key).value for key in giver.rights.levels}
    said = FieldRule.objects.filter(role=role).values_list("noun", "field", "level")
    return silent | {(noun, field): level for noun, field, level in said}
