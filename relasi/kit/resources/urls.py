"""The addresses of every registered noun; each module of views brings its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, register_converter

from relasi.kit.resources.finding import ResourceConverter

register_converter(ResourceConverter, "resource")

PARTS = sorted(path.stem for path in (Path(__file__).parent / "views").glob("[a-z]*.py"))


def resource_urls() -> list[URLPattern]:
    """All patterns; fixed words (`new`, `paste`) stand before numbers by their own form, so order does not
    matter.
    """
    return [
        pattern
        for part in PARTS
        for pattern in import_module(f"relasi.kit.resources.views.{part}").urlpatterns
    ]
