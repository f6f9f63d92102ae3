"""The user and the invitation."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.kit.access.models.role import Role
from relasi.kit.access.models.team import Team
from relasi.kit.events.writing import emit
from relasi.kit.records.record import Record, RecordQuerySet

if TYPE_CHECKING:
    from relasi.kit.access.rights import Rights

ZONES = [("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT"), ("UTC", "UTC")]


class UserQuerySet(RecordQuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> User:
        user: User = self.get(email__iexact=username)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user whose password is hashed; `by` names who made it (None: the system)."""
        by = fields.pop("by", None)
        user = User(email=self.normalize_email(email).lower())
        user.set_password(password)
        created: User = User.create(by=by, email=user.email, password=user.password, **fields)
        return created


class User(AbstractBaseUser, Record):
    """What decides over rights (e-mail, team, roles, ownership, standing) is no field to type in: see
    `granting`.
    """

    email = models.EmailField(_("E-mail"), unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("Team"),
        editable=False,
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("Roles"))
    is_owner = models.BooleanField(_("Owner of this installation"), default=False, editable=False)
    is_active = models.BooleanField(_("Active"), default=True, editable=False)
    language = models.CharField(
        _("Language"), max_length=5, choices=[("id", _("Indonesian")), ("en", _("English"))], default="id"
    )
    time_zone = models.CharField(_("Time zone"), max_length=40, choices=ZONES, default="Asia/Jakarta")
    theme = models.CharField(
        _("Theme"),
        max_length=6,
        choices=[("system", _("System")), ("light", _("Light")), ("dark", _("Dark"))],
        default="system",
    )
    last_login = models.DateTimeField(_("Last sign-in"), null=True, blank=True, editable=False)
    job_title = models.CharField(_("Job title"), max_length=80, blank=True)
    phone = models.CharField(_("Phone"), max_length=32, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    guarded_fields = secret_fields = ("password",)
    unlogged_fields = ("last_login",)

    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("User")
        verbose_name_plural = _("Users")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def rights(self) -> Rights:
        from relasi.kit.access.rights import Rights

        return Rights.of(self)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_owner

    @property
    def is_last_owner(self) -> bool:
        """Whether nobody else could let this owner in again."""
        others = User._default_manager.filter(is_owner=True, is_active=True).exclude(pk=self.pk)
        return self.is_owner and self.is_active and not others.exists()

    @property
    def lacks_second_factor(self) -> bool:
        """Whether a role of the user asks for a second factor that is not set up yet."""
        return self.rights.requires_second_factor and not is_mfa_enabled(self)

    def guard(self, by: User | None) -> None:
        """Raises PermissionDenied when `by` does not stand over this account; None is the system itself."""
        from relasi.kit.access.granting import stands_over

        if by is not None and by.pk != self.pk and not stands_over(by, self):
            raise PermissionDenied(_("This account may do more than yours; somebody above must do that."))

    @transaction.atomic
    def deactivate(self, *, by: User | None) -> None:
        """Shut out at once: every session and key of the user ends.

        Raises ValidationError for the last owner.
        """
        self.guard(by)
        if self.is_last_owner:
            raise ValidationError(_("The last owner cannot be shut out. Name another owner first."))
        self.change(by=by, verb="deactivated", is_active=False)
        for key in self.api_keys.filter(revoked_at__isnull=True):
            key.revoke(by=by)
        _end(sessions_of(self))

    def activate(self, *, by: User | None) -> None:
        """Let in again, with the roles as they were; keys stay revoked."""
        self.guard(by)
        self.change(by=by, verb="activated", is_active=True)

    @transaction.atomic
    def end_sessions(self, *, by: User | None, but: str | None = None) -> int:
        """End every session, but the one with the key `but`. Returns how many ended."""
        self.guard(by)
        ended = _end(sessions_of(self).exclude(session_key=but or ""))
        emit("sessions_ended", self, by=by, changes={"sessions": [ended, 0]})
        return ended

    @transaction.atomic
    def assign(self, *, by: User | None, team: Team | None, roles: Iterable[Role]) -> None:
        """Another team, other roles: rights change with the next request.

        Nobody gives more than they have.
        """
        from relasi.kit.access.granting import may_give_role, may_give_team

        self.guard(by)
        wanted = list(roles)
        if by is not None:
            added = set(wanted) - set(self.roles.all())
            if refused := [role.name for role in added if not may_give_role(by, role)]:
                raise PermissionDenied(
                    _("You cannot give what you do not have: %(roles)s.") % {"roles": ", ".join(refused)}
                )
            if team != self.team and not may_give_team(by, team):
                raise PermissionDenied(_("You can only place people in your own team or below it."))
        self.change(by=by, verb="moved_to_team", team=team)
        self.give_roles(wanted, by=by)

    def send_password_link(self, *, by: User | None) -> None:
        """Mail a link to choose a new password; it is shown to nobody else."""
        from relasi.kit.access.mailing import mail_password_link

        self.guard(by)
        mail_password_link(self)
        emit("password_link_sent", self, by=by)

    @transaction.atomic
    def change_email(self, *, by: User | None, email: str) -> None:
        """The address that signs in and receives links for new passwords; the old one does neither any
        longer.
        """
        from allauth.account.models import EmailAddress

        self.guard(by)
        EmailAddress.objects.filter(user=self).delete()
        self.change(by=by, verb="email_changed", email=email.strip().lower())

    @transaction.atomic
    def hand_ownership_to(self, heir: User, *, by: User) -> None:
        """The heir owns the installation; this user does no longer. Only an owner can."""
        if not by.is_owner or not heir.is_active:
            raise PermissionDenied(
                _("Only an owner hands the installation on, and only to somebody who is let in.")
            )
        heir.change(by=by, verb="became_owner", is_owner=True)
        self.change(by=by, verb="gave_up_ownership", is_owner=False)
        self.__dict__.pop("rights", None)
        heir.__dict__.pop("rights", None)

    def give_roles(self, roles: list[Role], *, by: User | None) -> None:
        """Replace the user's roles; the old and new names stand in the event."""
        before = sorted(self.roles.values_list("name", flat=True))
        after = sorted(role.name for role in roles)
        if before != after:
            with transaction.atomic():
                self.roles.set(roles)
                emit("roles_changed", self, by=by, changes={"roles": [before, after]})
        self.__dict__.pop("rights", None)


def sessions_of(user: User) -> models.QuerySet[Any]:
    """Where a user is signed in."""
    from allauth.usersessions.models import UserSession

    rows: models.QuerySet[Any] = UserSession.objects.filter(user=user)
    return rows


def _end(sessions: models.QuerySet[Any]) -> int:
    ended = list(sessions)
    for session in ended:
        session.end()
    return len(ended)


class Invitation(Record):
    """An e-mail address asked in, with the team and roles it will have.

    The token is shown once and kept hashed.
    """

    email = models.EmailField(_("E-mail"))
    name = models.CharField(_("Name"), max_length=120, blank=True)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("Team"))
    roles = models.ManyToManyField(Role, blank=True, verbose_name=_("Roles"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("Expires"), editable=False)
    accepted_at = models.DateTimeField(_("Accepted"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("Taken back"), null=True, editable=False)

    guarded_fields = secret_fields = ("token_hash",)

    class Meta:
        verbose_name = _("Invitation")
        verbose_name_plural = _("Invitations")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        return not self.accepted_at and not self.revoked_at and self.expires_at > timezone.now()

    @classmethod
    @transaction.atomic
    def issue(
        cls,
        *,
        email: str,
        by: User,
        name: str = "",
        team: Team | None = None,
        roles: Iterable[Role] = (),
    ) -> tuple[Self, str]:
        """A new invitation, valid for 7 days, and its token.

        Earlier ones to the same address are taken back.
        """
        for earlier in cls._default_manager.filter(email__iexact=email, accepted_at=None, revoked_at=None):
            earlier.revoke(by=by)
        token = secrets.token_urlsafe(32)
        invitation = cls.create(
            by=by,
            verb="invited",
            email=email.lower(),
            name=name,
            team=team,
            token_hash=_digest(token),
            expires_at=timezone.now() + timedelta(days=7),
        )
        invitation.roles.set(roles)
        return invitation, token

    @classmethod
    def of_token(cls, token: str) -> Self | None:
        """The invitation, open or not."""
        found: Self | None = cls._default_manager.filter(token_hash=_digest(token)).first()
        return found

    @classmethod
    def open_for(cls, token: str) -> Self | None:
        """The invitation while it can still be accepted."""
        found = cls.of_token(token)
        return found if found and found.is_open else None

    def revoke(self, *, by: User) -> None:
        if self.is_open:
            self.change(by=by, verb="revoked", revoked_at=timezone.now())

    @transaction.atomic
    def accept(self, *, name: str, password: str, language: str = "id") -> User:
        """Make the user; the invitation is used up. Raises ValidationError when it no longer stands."""
        locked = Invitation._default_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if not locked.is_open:
            raise ValidationError(_("This invitation is no longer valid."))
        user: User = User.objects.create_user(
            self.email, password, name=name or self.name, team=self.team, language=language
        )
        user.give_roles(list(self.roles.all()), by=None)
        self.change(by=user, verb="accepted", accepted_at=timezone.now())
        return user


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
