"""Where the record page fetches its timeline from: higher apps say it, the page includes it by htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relasi.kit.resources.declaration import Resource

UrlOf = Callable[["Resource", Any], str]
_urls: list[UrlOf] = []


def register(url_of: UrlOf) -> UrlOf:
    """`url_of(resource, record)` answers the address of a record's timeline fragment, or "" when it has none.
    """
    if url_of not in _urls:
        _urls.append(url_of)
    return url_of


def timeline_url(resource: Resource, record: Any) -> str:
    """The first address anybody gives for this record; "" when the noun has no timeline."""
    if not resource.timeline:
        return ""
    return next((url for url_of in _urls if (url := url_of(resource, record))), "")
