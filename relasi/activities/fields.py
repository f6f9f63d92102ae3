"""Column types of activities."""

from __future__ import annotations

from typing import Any

from django.db import models


class RecurrenceField(models.CharField):  # type: ignore[type-arg]
    """A repetition as an RRULE; to the database a text like any other."""

    relasi_kind = "repeat"

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
