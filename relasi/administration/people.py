"""What administrators ask about people: who there is, with what standing; links for new passwords."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from relasi.kit.access.mailing import mail
from relasi.kit.access.models import Invitation, Role, Team, User


def people(reader: User) -> QuerySet[User]:
    """Everybody the reader may see, those let in first, with `has_second_factor`."""
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    rows: QuerySet[User] = User.objects.visible_to(reader).select_related("team").prefetch_related("roles")
    return rows.annotate(has_second_factor=Exists(factors)).order_by("-is_active", "name", "id")


def open_invitations() -> list[Invitation]:
    """Those that nobody has accepted or taken back, newest first."""
    rows = Invitation._default_manager.filter(accepted_at=None, revoked_at=None).select_related("team")
    return list(rows.prefetch_related("roles")[:200])


def all_roles() -> list[Role]:
    return list(Role._default_manager.all())


def all_teams() -> list[Team]:
    """Every team, in the order of the tree."""
    return list(Team._default_manager.select_related("parent").order_by("path"))


def invitation_url(token: str) -> str:
    return settings.RELASI_PUBLIC_URL.rstrip("/") + reverse("invitation", args=[token])


def mail_invitation(invitation: Invitation, url: str, *, by: User) -> bool:
    """Send the link; False when the mail could not be handed over (the link is shown to copy anyway)."""
    context = {"invitation": invitation, "url": url, "by": by}
    subject = _("%(name)s invites you to Relasi") % {"name": by}
    return mail(subject, "administration/invitation.txt", context, invitation.email)


def find_invitation(pk: int) -> Invitation | None:
    return Invitation._default_manager.filter(pk=pk, accepted_at=None).select_related("team").first()


def branches() -> list[dict[str, Any]]:
    """The tree of teams with their members: `{"team", "members", "below"}`."""
    members: dict[int | None, list[User]] = {}
    for person in User._default_manager.filter(is_active=True, team__isnull=False).order_by("name"):
        members.setdefault(person.team_id, []).append(person)
    nodes: dict[int, dict[str, Any]] = {
        team.pk: {"team": team, "members": members.get(team.pk, []), "below": []} for team in all_teams()
    }
    for node in nodes.values():
        if node["team"].parent_id in nodes:
            nodes[node["team"].parent_id]["below"].append(node)
    return [node for node in nodes.values() if node["team"].parent_id not in nodes]


def find_team(pk: int) -> Team | None:
    return Team._default_manager.filter(pk=pk).first()


def find_role(pk: int) -> Role | None:
    return Role._default_manager.filter(pk=pk).first()


def roles_counted() -> list[Role]:
    """Every role with `holders`, how many people hold it."""
    counted = Count("users", filter=Q(users__is_active=True))
    return list(Role._default_manager.annotate(holders=counted))


def factors_of(user: User) -> list[Any]:
    """Authenticator app, passkeys and recovery codes of one person."""
    return list(Authenticator.objects.filter(user=user).order_by("type", "id"))
