"""The Jinja environment of every page: escaped, translated, with the writers of `formats` as filters."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static as static_url
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.text import capfirst
from jinja2 import Environment
from markupsafe import Markup

from relasi.kit.ui import built, formats

FILTERS = {
    name: getattr(formats, name)
    for name in (
        "money", "money_short", "number", "percent", "filesize", "date", "time", "datetime", "ago", "lasting",
        "when", "phone", "initials", "hue", "highlight",
    )
}  # fmt: skip


_numbers = itertools.count(1)


def environment(**options: Any) -> Environment:
    """Named in settings as the `environment` of Django's Jinja2 backend."""
    chosen = {"trim_blocks": True, "lstrip_blocks": True, "extensions": ["jinja2.ext.i18n"], **options}
    env = Environment(**{**chosen, "autoescape": True})  # noqa: S701 - it is on, one line is not enough to see it
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=translation.gettext,
        ngettext=translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.filters.update(FILTERS, attrs=attrs, capfirst=capfirst)
    env.globals.update(
        static=static,
        url=url,
        maybe_url=maybe_url,
        icon=icon,
        unique=unique,
        csrf_input=csrf_input,
        csrf_token=csrf_token,
        now=timezone.now,
    )
    return env


def static(path: str, marked: bool = True) -> str:
    """The address of a built file, with its fingerprint, so that a browser may keep it until it changes.

    Without the mark for what a style sheet names too, or it would be fetched twice.
    """
    mark = fingerprint(path) if marked else ""
    return static_url(path) + (f"?v={mark}" if mark else "")


def url(name: str, /, *args: Any, **kwargs: Any) -> str:
    return reverse(name, args=args or None, kwargs=kwargs or None)


def maybe_url(name: str, /, *args: Any, **kwargs: Any) -> str:
    """The address, or the empty text where nobody serves that name."""
    try:
        return url(name, *args, **kwargs)
    except NoReverseMatch:
        return ""


def unique(prefix: str) -> str:
    """An id that no other element of this process has, for pairs such as a button and its menu."""
    return f"{prefix}-{next(_numbers)}"


def attrs(values: Mapping[str, Any]) -> Markup:
    """Keyword arguments as attributes: `hx_get="/x/"` → ` hx-get="/x/"`; True is bare, None nothing.

    A nested `attrs` mapping is taken as it is, for names that are no identifiers (`hx-target:inherited`).
    """
    flat = {name.replace("_", "-"): value for name, value in values.items() if name != "attrs"}
    flat.update(values.get("attrs") or {})
    written = (
        Markup(" {}").format(name) if value is True else Markup(' {}="{}"').format(name, value)
        for name, value in flat.items()
        if value is not None and value is not False
    )
    return Markup("").join(written)


def icon(name: str, cls: str = "") -> Markup:
    """One icon of the sprite. It is decoration: the text beside it or an `aria-label` says what it means."""
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>').format(
        f" {cls}" if cls else "", static("ui/icons.svg"), name
    )


def csrf_input(request: HttpRequest) -> Markup:
    return Markup('<input type="hidden" name="csrfmiddlewaretoken" value="{}">').format(csrf_token(request))


def csrf_token(request: HttpRequest) -> str:
    return get_token(request)


class CsrfInput:
    """The hidden input of this request, written as `{{ csrf_input }}` or `{{ csrf_input(request) }}` alike.

    Django's backend puts a lazy text of that name into every page, which would hide the function.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(self, _request: HttpRequest | None = None) -> Markup:
        return csrf_input(self.request)

    def __html__(self) -> str:
        return csrf_input(self.request)

    __str__ = __html__


def fingerprint(path: str) -> str:
    """Ten letters that change with the file; read again on every call while developing, else after a build.
    """
    return _fingerprint_of(path) if settings.DEBUG else _fingerprint(path, built.version())


@lru_cache(maxsize=512)
def _fingerprint(path: str, _version: int) -> str:
    return _fingerprint_of(path)


def _fingerprint_of(path: str) -> str:
    found = finders.find(path)
    return hashlib.sha256(Path(str(found)).read_bytes()).hexdigest()[:10] if found else ""
