"""Columns whose content is encrypted as it is written and opened as it is read."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from relasi.lib.secrets import SecretError, Vault

CONTEXT = "records.sealed"
EMPTY: tuple[Any, ...] = (None, "", [], {})


class SealedJSONField(models.JSONField):
    """An object or a list kept as one encrypted token, so that no backup tells it.

    What is empty stays as it is, to be asked for. Without the key it was written with it reads as empty.
    """

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs  # the same column: nothing to migrate

    def get_prep_value(self, value: Any) -> Any:
        return sealed(super().get_prep_value(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        try:
            return opened(found)
        except SecretError:
            return self.get_default()


def sealed(value: Any) -> Any:
    """The token of a JSON value; what is empty or a token already stays itself."""
    if value in EMPTY or isinstance(value, str):
        return value
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return vault().encrypt(text, CONTEXT)


def opened(value: Any) -> Any:
    """The JSON value of a token. Raises SecretError."""
    return json.loads(vault().decrypt(value, CONTEXT)) if isinstance(value, str) and value else value


def vault() -> Vault:
    """The installation's own."""
    return _vault(settings.SECRET_KEY)


@cache
def _vault(secret: str) -> Vault:
    return Vault({1: secret.encode()})
