"""The first page of the settings: a card for each thing the reader may settle."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from relasi.administration.cards import sections_for
from relasi.kit.access.requests import Request


@require_GET
def settings_index(request: Request) -> HttpResponse:
    return render(request, "administration/index.html", {"sections": sections_for(request.user)})


urlpatterns = [path("settings/", settings_index, name="settings")]
