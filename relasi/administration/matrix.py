"""The rights of a role as a table: nouns × verbs × scope, and fields × level; read from the registry, kept
with one event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.kit.access.granting import default_level, may_give_level, may_give_scope
from relasi.kit.access.models import FieldRule, Grant, Role, User
from relasi.kit.access.models.role import Level
from relasi.kit.access.rights import WIDTH
from relasi.kit.events.models import noun_of
from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.registry import resources_of_noun, verbs_of

BASIC_VERBS = ("view", "add", "change", "delete", "export", "import", "comment", "attach", "share", "reveal")
VERBS = {
    "*": gettext_lazy("Everything"),
    "view": gettext_lazy("See"),
    "add": gettext_lazy("Add"),
    "change": gettext_lazy("Change"),
    "delete": gettext_lazy("Delete"),
    "export": gettext_lazy("Export"),
    "import": gettext_lazy("Import"),
    "comment": gettext_lazy("Comment"),
    "attach": gettext_lazy("Attach files"),
    "share": gettext_lazy("Share"),
    "reveal": gettext_lazy("Reveal"),
    "merge": gettext_lazy("Merge"),
    "move_to": gettext_lazy("Move on the ladder"),
    "verify": gettext_lazy("Verify the chain"),
}
NOUNS = {
    "*": gettext_lazy("Everything there is"),
    "party": gettext_lazy("Customers"),
    "activity": gettext_lazy("Activities"),
    "event": gettext_lazy("Audit trail"),
    "job": gettext_lazy("Jobs"),
    "contactpoint": gettext_lazy("Phones and e-mails"),
    "address": gettext_lazy("Addresses"),
    "importantdate": gettext_lazy("Important dates"),
    "relation": gettext_lazy("Relations"),
    "relationtype": gettext_lazy("Kinds of relation"),
    "duplicatepair": gettext_lazy("Duplicates"),
    "merge": gettext_lazy("Merges"),
    "rungrule": gettext_lazy("Rules of the ladder"),
    "customfield": gettext_lazy("Own fields"),
    "tag": gettext_lazy("Tags"),
    "user": gettext_lazy("Users"),
    "team": gettext_lazy("Teams"),
    "role": gettext_lazy("Roles"),
    "importrun": gettext_lazy("Imports"),
    "importmapping": gettext_lazy("Remembered mappings"),
}
SCOPES = {"own": gettext_lazy("Own"), "team": gettext_lazy("Team"), "all": gettext_lazy("All")}
EXTRA_VERBS = {
    "duplicatepair": ("merge",),
    "merge": ("merge",),
    "party": ("merge", "move_to"),
    "event": ("verify",),
}
PLUMBING, INDEXES = {"id", "version"}, ("_index", "_key")
UNSEEN = {
    "share", "apikey", "invitation", "comment", "attachment", "savedview", "batch", "exportfile",
    "notification", "calendarfeed",
}  # fmt: skip


@dataclass(frozen=True)
class Noun:
    """A kind of record as rights name it; `verbs` are its own beyond the basic ones."""

    name: str
    label: Any
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """What a role says of one verb.

    `inherited` is what a wildcard already gives; `choices` what the reader may set.
    """

    name: str
    label: Any
    scope: str
    inherited: str
    choices: tuple[tuple[str, Any], ...]


def nouns() -> list[Noun]:
    """Every kind of record rights can speak of: the main ones first, the wildcard before all."""
    return [Noun("*", NOUNS["*"]), *_nouns()]


@cache
def _nouns() -> list[Noun]:
    found = {noun_of(model): model for model in apps.get_models() if issubclass(model, Record)}
    names = [name for name in found if name not in UNSEEN] + ["event", "job"]
    known = [Noun(name, _label(name, found.get(name)), _own_verbs(name)) for name in names]
    places = {name: place for place, name in enumerate(NOUNS)}
    return sorted(known, key=lambda noun: (places.get(noun.name, len(places)), noun.name))


def verb_label(verb: str, noun: Noun) -> Any:
    if verb in VERBS:
        return VERBS[verb]
    labels = (
        found.label
        for resource in resources_of_noun(noun.name)
        for found in verbs_of(resource)
        if found.name == verb
    )
    return next(labels, verb.replace("_", " "))


def row(noun: Noun, grants: Mapping[tuple[str, str], str], verbs: Iterable[str], reader: User) -> list[Cell]:
    """The cells of one noun for some verbs."""
    return [_cell(noun, verb, grants, reader) for verb in verbs]


def field_cells(noun: Noun, rules: Mapping[tuple[str, str], str], reader: User) -> list[Cell]:
    """Every field of the noun's lists and pages with the level the role gives it."""
    cells: dict[str, Cell] = {}
    for resource in resources_of_noun(noun.name):
        for name, field in fields_of(resource).items():
            if (
                name not in cells
                and (field.filter is None or field.model_field is not None)
                and field.is_for_people
                and name not in PLUMBING
                and not name.endswith(INDEXES)
            ):
                cells[name] = _field_cell(noun, name, field.label, rules, reader)
    return list(cells.values())


def grants_of(role: Role) -> dict[tuple[str, str], str]:
    return {(noun, verb): scope for noun, verb, scope in role.grants.values_list("noun", "verb", "scope")}


def rules_of(role: Role) -> dict[tuple[str, str], str]:
    return {
        (noun, field): level for noun, field, level in role.field_rules.values_list("noun", "field", "level")
    }


@transaction.atomic
def keep(
    role: Role, *, grants: Mapping[tuple[str, str], str], rules: Mapping[tuple[str, str], str], by: User
) -> int:
    """Set what the role grants; `""` takes a grant or rule away, what is not named stays. Returns how many
    lines changed.

    Raises PermissionDenied when a line gives more than `by` has.
    """
    before = {f"{verb} {noun}": scope for (noun, verb), scope in grants_of(role).items()}
    before |= {f"{noun}.{field}": level for (noun, field), level in rules_of(role).items()}
    for (noun, verb), scope in grants.items():
        if scope != before.get(f"{verb} {noun}", ""):
            _set_grant(role, noun, verb, scope, by)
    for (noun, field), level in rules.items():
        if level != before.get(f"{noun}.{field}", ""):
            _set_rule(role, noun, field, level, by)
    after = {f"{verb} {noun}": scope for (noun, verb), scope in grants_of(role).items()}
    after |= {f"{noun}.{field}": level for (noun, field), level in rules_of(role).items()}
    changes = {
        name: [before.get(name), after.get(name)]
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    }
    if changes:
        emit("rights_changed", role, by=by, changes=changes)
    return len(changes)


@transaction.atomic
def copy(role: Role, *, name: str, by: User) -> Role:
    """A new role with the same rights. Raises PermissionDenied when they are beyond `by`."""
    made = Role.create(
        by=by, name=name, description=role.description, requires_second_factor=role.requires_second_factor
    )
    keep(made, grants=grants_of(role), rules=rules_of(role), by=by)
    return made


def _set_grant(role: Role, noun: str, verb: str, scope: str, by: User) -> None:
    found = Grant.objects.filter(role=role, noun=noun, verb=verb)
    if not scope:
        found.delete()
        return
    if not may_give_scope(by, noun, verb, scope):
        raise PermissionDenied(
            _("You cannot give what you do not have: %(what)s.") % {"what": f"{verb} {noun}"}
        )
    if not found.update(scope=scope):
        Grant.objects.create(role=role, noun=noun, verb=verb, scope=scope)


def _set_rule(role: Role, noun: str, field: str, level: str, by: User) -> None:
    found = FieldRule.objects.filter(role=role, noun=noun, field=field)
    if not may_give_level(by, noun, field, level or default_level(noun, field)):
        raise PermissionDenied(
            _("You cannot give what you do not have: %(what)s.") % {"what": f"{noun}.{field}"}
        )
    if not level:
        found.delete()
    elif not found.update(level=level):
        FieldRule.objects.create(role=role, noun=noun, field=field, level=level)


def _cell(noun: Noun, verb: str, grants: Mapping[tuple[str, str], str], reader: User) -> Cell:
    scope = grants.get((noun.name, verb), "")
    wider = [(noun.name, "*"), ("*", verb), ("*", "*")]
    inherited = max(
        (grants.get(key, "") for key in wider if key != (noun.name, verb)), key=WIDTH.__getitem__, default=""
    )
    choices = tuple(
        (value, label)
        for value, label in SCOPES.items()
        if value == scope or may_give_scope(reader, noun.name, verb, value)
    )
    return Cell(f"grant:{noun.name}:{verb}", verb_label(verb, noun), scope, inherited, choices)


def _field_cell(
    noun: Noun, name: str, label: Any, rules: Mapping[tuple[str, str], str], reader: User
) -> Cell:
    level = rules.get((noun.name, name), "")
    choices = tuple(
        (value, text)
        for value, text in Level.choices
        if value == level or may_give_level(reader, noun.name, name, value)
    )
    return Cell(f"field:{noun.name}:{name}", label, level, default_level(noun.name, name).value, choices)


def _label(name: str, model: Any) -> Any:
    if name in NOUNS:
        return NOUNS[name]
    shown = resources_of_noun(name)
    return shown[0].label if shown else _capital(model._meta.verbose_name_plural) if model else name


_capital = lazy(capfirst, str)  # in the language of whoever reads, not of whoever asked first


def _own_verbs(name: str) -> tuple[str, ...]:
    declared = [
        verb.right or verb.name for resource in resources_of_noun(name) for verb in verbs_of(resource)
    ]
    extra = [*declared, *EXTRA_VERBS.get(name, ())]
    return tuple(verb for verb in dict.fromkeys(extra) if verb not in BASIC_VERBS)
