"""Conditions of rules: one filter over leads, read as the company itself; many rules in one question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, Q, Value, When

from relasi.kit.access.models import User
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.filtering import FilterError, parse, to_q
from relasi.kit.resources.registry import find

CHUNK = 400


def company_reader() -> User:
    """Who rules are read as: everything may be asked, nobody is signed in."""
    return User(is_owner=True, is_active=True, name="Relasi")


def leads() -> Resource:
    resource = find("leads")
    assert resource is not None
    return resource


def check_condition(text: str) -> None:
    """Raises ValidationError, beside the field, unless the text is a filter over leads."""
    if not text.strip():
        return
    try:
        to_q(parse(text), resource=leads(), user=company_reader())
    except FilterError as error:
        raise ValidationError({"condition": str(error)}) from error


def met(conditions: Mapping[int, str], lead_ids: Iterable[int]) -> dict[int, set[int]]:
    """Which of the conditions, by their keys, each lead meets: one query for every 400 leads.

    An empty condition is met by all. One that can no longer be read (a field was retired) is met by none.
    """
    from relasi.sales.models import Lead

    ids = list(lead_ids)
    asked = _readable(conditions)
    answers: dict[int, set[int]] = {}
    for start in range(0, len(ids), CHUNK):
        rows = Lead.objects.filter(pk__in=ids[start : start + CHUNK]).order_by()
        rows = rows.annotate(**{f"rule_{key}": _whether(q) for key, q in asked.items()})
        for row in rows.values("pk", *(f"rule_{key}" for key in asked)):
            answers[row["pk"]] = {key for key in asked if row[f"rule_{key}"]}
    return answers


def _readable(conditions: Mapping[int, str]) -> dict[int, Q]:
    reader, resource = company_reader(), leads()
    fields = fields_of(resource) if conditions else {}
    asked: dict[int, Q] = {}
    for key, text in conditions.items():
        try:
            asked[key] = to_q(parse(text), resource=resource, user=reader, fields=fields)
        except FilterError:
            continue
    return asked


def _whether(q: Q) -> Any:
    if not q:
        return Value(True, output_field=BooleanField())
    return Case(When(q, then=Value(True)), default=Value(False), output_field=BooleanField())
