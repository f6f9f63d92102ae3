"""What every page may use without its view saying so. Lazy: a fragment that shows no menu counts nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from relasi.kit.ui import everywhere, menu
from relasi.kit.ui.jinja import CsrfInput

THEMES = ("light", "dark", "system")


def frame(request: HttpRequest) -> dict[str, Any]:
    """`menu`, `quick_create`, `everywhere`, `theme`, `language`, `languages`, `company`, `is_peek`,
    `user`.
    """
    user = getattr(request, "user", None)
    return {
        "user": user,
        "csrf_input": CsrfInput(request),
        "menu": SimpleLazyObject(lambda: menu.sections_for(user, path=request.path)),
        "quick_create": SimpleLazyObject(lambda: menu.create_for(user)),
        "everywhere": SimpleLazyObject(lambda: everywhere.parts_for(user)),
        "theme": theme_of(request),
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "company": getattr(settings, "RELASI_COMPANY", "") or "Relasi",
        "is_peek": request.GET.get("peek") == "1",
    }


def theme_of(request: HttpRequest) -> str:
    """The reader's choice: this browser's cookie, else the one kept with the person, else the system's."""
    chosen = request.COOKIES.get("theme") or getattr(getattr(request, "user", None), "theme", "")
    return chosen if chosen in THEMES else "system"
