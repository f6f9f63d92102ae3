"""Colleagues by name: for @names in comments, for sharing, for owners."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from relasi.kit.access.requests import Request
from relasi.kit.resources.colleagues import colleagues


@require_GET
def mentions(request: Request) -> HttpResponse:
    """`?q=` begins any word of a name: JSON `[{"id", "label", "detail"}]`, or options for a link field with
    `?as=options`."""
    words = request.GET.get("q", "")[:80]
    found = colleagues(words)
    if request.GET.get("as") == "options":
        lines = [{"value": user.pk, "label": str(user), "detail": user.job_title} for user in found]
        return render(request, "resources/form_options.html", {"options": lines, "words": words})
    return JsonResponse(
        [
            {"id": user.pk, "label": str(user), "detail": user.job_title or str(user.team or "")}
            for user in found
        ],
        safe=False,
    )


urlpatterns = [path("mentions/", mentions, name="mentions")]
