"""Hints while a form is typed: a higher app names an address that reads the form so far and answers with a
fragment."""

from __future__ import annotations

_urls: dict[str, list[str]] = {}


def register(resource_name: str, url: str) -> None:
    """Ask `url` (POST, so that no number stands in an address; with the fields typed so far and
    `_resource`, `_record`)."""
    urls = _urls.setdefault(resource_name, [])
    if url not in urls:
        urls.append(url)


def urls_of(resource_name: str) -> tuple[str, ...]:
    return tuple(_urls.get(resource_name, ()))
