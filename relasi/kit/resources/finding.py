"""Find and check in one call: the first line of every view."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from relasi.kit.access.rights import may
from relasi.kit.records.record import Record
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.registry import find


class ResourceConverter:
    """`<resource:resource>` in an address: the name of a registered noun."""

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> Resource:
        resource = find(value)
        if resource is None:
            raise ValueError
        return resource

    def to_url(self, value: Resource | str) -> str:
        return value if isinstance(value, str) else value.name


def load(request: HttpRequest, resource: Resource, pk: int, verb: str = "view") -> Any:
    """The record, when the reader may see it (else 404) and may do `verb` to it (else 403)."""
    record = resource.rows(request.user).filter(pk=pk).first()
    if record is None:
        raise Http404(_("There is no such record, or you may not see it."))
    if verb != "view":
        allow(request, verb, record)
    return record


def allow(request: HttpRequest, verb: str, target: Record | type[Record]) -> None:
    """Raises PermissionDenied unless the reader may do `verb`."""
    if not may(request.user, verb, target):  # type: ignore[arg-type]
        raise PermissionDenied(_("You may not do this."))


def is_number(text: str) -> bool:
    """Whether a text from a request is the number a row can have."""
    return text.isdecimal() and len(text) < 19
