"""Answers every page gives alike: toasts with undo, redirects that htmx follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from relasi.kit.resources.models import Batch


def toast(
    response: HttpResponse,
    text: Any,
    *,
    undo: Batch | None = None,
    kind: str = "info",
    events: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Add a toast to an answer; with `undo`, a button that takes the batch back.

    `events` are other client events by name, with what they say.
    """
    message = {"text": str(text), "kind": kind, "tone": "" if kind == "info" else kind}
    if undo:
        message["undo_url"] = reverse("undo", args=[undo.token])
    response["HX-Trigger"] = json.dumps({"toast": message, **(events or {})})
    return response


def notify(request: HttpRequest, text: Any, *, undo: Batch | None = None) -> None:
    """Keep a toast for the next page, for answers that lead to another one."""
    messages.info(request, str(text), extra_tags=reverse("undo", args=[undo.token]) if undo else "")


def go(request: HttpRequest, url: str) -> HttpResponse:
    """Send the reader to a page, also when htmx asked."""
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)
