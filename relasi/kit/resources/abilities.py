"""Which of many verbs somebody may do to one record, in as few queries as there are different scopes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relasi.kit.access.models.role import Scope
from relasi.kit.access.rights import READING
from relasi.kit.events.models import noun_of
from relasi.kit.records.record import Record


def abilities(user: Any, record: Record, verbs: Iterable[str]) -> dict[str, bool]:
    """`{verb: allowed}` for a record that was loaded as visible to `user`.

    Verbs of the same scope have the same answer, but for what a share opens; the scope of seeing needs no
    further question.
    """
    noun, rights = noun_of(type(record)), user.rights
    is_shared = rights.scope(noun, "view") != Scope.ALL and record.pk in rights._shared_ids(
        type(record), "view"
    )
    answers: dict[tuple[str, str], bool] = {} if is_shared else {(rights.scope(noun, "view"), ""): True}
    answers[("", "")] = False
    allowed = {}
    for verb in dict.fromkeys(verbs):
        kind = ("read" if verb in READING else "change" if verb == "change" else "") if is_shared else ""
        key = (rights.scope(noun, verb), kind)
        if key not in answers:
            answers[key] = rights.may(verb, record)
        allowed[verb] = answers[key]
    return allowed
