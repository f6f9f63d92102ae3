"""Who may open a page of the administration.

Nouns without a table of their own (event, job) are asked by name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from relasi.kit.access.models.role import Scope

View = Callable[..., HttpResponseBase]
OVER_ALL = {"role", "team", "event", "job"}


def may_see(noun: str, verb: str) -> Callable[[Any], bool]:
    """Whether a user has the verb on the noun: for what belongs to nobody in particular only with the scope
    `all`.
    """

    def may(user: Any) -> bool:
        if not user or not user.is_authenticated:
            return False
        scope = user.rights.scope(noun, verb)
        return bool(scope == Scope.ALL if noun in OVER_ALL else scope)

    return may


def needs(noun: str, verb: str) -> Callable[[View], View]:
    """The view is only for who has the verb on the noun; everybody else gets 403 and nothing is written."""

    def closed(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check(request, noun, verb)
            return view(request, *args, **kwargs)

        asked.needs = (noun, verb)  # type: ignore[attr-defined]
        return asked

    return closed


def check(request: HttpRequest, noun: str, verb: str) -> None:
    if not may_see(noun, verb)(request.user):
        raise PermissionDenied(_("You may not do this."))


def plain(text: str) -> str:
    """What was typed, without spaces around it and without the one letter no database takes."""
    return text.replace("\x00", "").strip()
