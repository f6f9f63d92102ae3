"""The first start: roles, an owner whose password is printed once, and the demo company when asked."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from relasi.administration.builtin_roles import ensure_builtin_roles
from relasi.kit.access.models import User

OWNER = "owner@sahabat-selalu.example"
_demo_loaders: list[Callable[[str, User], None]] = []


@dataclass(frozen=True)
class FirstOwner:
    email: str
    password: str


def on_demo(loader: Callable[[str, User], None]) -> None:
    """Register who fills the database with the demo company: `loader(size, owner)`."""
    _demo_loaders.append(loader)


def first_start(*, demo: str = "", email: str = OWNER) -> FirstOwner | None:
    """Make the first owner when there is no user yet; None when somebody is already there."""
    if User._default_manager.exists():
        return None
    password = secrets.token_urlsafe(12)
    with transaction.atomic():
        ensure_builtin_roles()
        owner = User.objects.create_user(
            email, password, name="Ratna Wulandari", is_owner=True, job_title="Direktur"
        )
    for loader in _demo_loaders if demo else []:
        loader(demo, owner)
    return FirstOwner(email, password)
