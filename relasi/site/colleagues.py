"""Who and what a command speaks of."""

from __future__ import annotations

from relasi.kit.access.models import User
from relasi.kit.resources.declaration import Resource
from relasi.kit.resources.registry import find, resources
from relasi.site.failures import CommandFailed


def colleague(email: str = "") -> User:
    """The user of that e-mail; without one the first owner of the installation. Raises CommandFailed."""
    users = User.objects.filter(is_active=True)
    found = users.filter(email=email.lower()) if email else users.filter(is_owner=True).order_by("pk")
    user: User | None = found.first()
    if user is None:
        raise CommandFailed(
            f"There is no user {email}." if email else "There is no owner yet; start with relasi run."
        )
    return user


def resource_named(name: str) -> Resource:
    """The noun of that name. Raises CommandFailed with the names there are."""
    found = find(name)
    if found is None:
        raise CommandFailed(
            f"There is no noun “{name}”; there are: {', '.join(one.name for one in resources())}."
        )
    return found
