"""What a view behind the door may rely on."""

from __future__ import annotations

from django.http import HttpRequest

from relasi.kit.access.models import User


class Request(HttpRequest):
    """A request of somebody who has signed in: the middleware `SignedIn` lets nobody else through."""

    user: User
