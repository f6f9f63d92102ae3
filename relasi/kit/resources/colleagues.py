"""Colleagues in service. Everybody who signs in knows them by name; what they may see of each other's work
is another matter."""

from __future__ import annotations

from django.db.models import Q

from relasi.kit.access.models import User

SHOWN = 8


def colleagues(words: str = "", *, limit: int = SHOWN) -> list[User]:
    """Active users of whose name some word begins with `words`, or whose address does; by name."""
    users = User.objects.active().select_related("team").order_by("name", "pk")
    if words := words.strip():
        users = users.filter(
            Q(name__istartswith=words) | Q(name__icontains=f" {words}") | Q(email__istartswith=words)
        )
    return list(users[:limit])


def colleague(pk: str) -> User | None:
    """One active user by number."""
    return User.objects.active().filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
