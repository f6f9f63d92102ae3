"""How users are shown and changed; what each verb asks."""

from django.utils.translation import gettext_lazy as _

from relasi.administration.forms import AssignForm, EmailForm
from relasi.kit.access.models import User
from relasi.kit.resources import Column, Group, Resource, Verb, register


def _roles(user: User) -> str:
    return ", ".join(sorted(str(role) for role in user.roles.all()))


def _with_roles(rows: object) -> object:
    return rows.prefetch_related("roles")  # type: ignore[attr-defined]


users = register(
    Resource(
        name="users",
        model=User,
        label=_("Users"),
        label_one=_("User"),
        icon="users",
        order=900,
        columns=(
            "name",
            "email",
            "job_title",
            "team",
            Column(name="role_names", label=_("Roles"), value=_roles, annotate=_with_roles),  # type: ignore[arg-type]
            "is_active",
            "last_login",
        ),
        more=("phone", "language", "time_zone", "is_owner", "created_at"),
        inline=("name", "job_title", "phone", "language", "time_zone"),
        groups=(
            Group(label=_("Person"), fields=("name", "email", "job_title", "phone")),
            Group(label=_("Standing"), fields=("team", "role_names", "is_owner", "is_active", "last_login")),
            Group(label=_("Reading"), fields=("language", "time_zone", "theme"), folded=True),
        ),
        sort=("name",),
        subtitle=lambda user: user.job_title,
        can_create=False,
        can_delete=False,
        verbs=(
            Verb(name="assign", label=_("Team and roles"), icon="shield-lock", form=AssignForm, primary=True),
            Verb(name="send_password_link", label=_("Send a link for a new password"), icon="mail"),
            Verb(name="change_email", label=_("Change the e-mail address"), icon="at", form=EmailForm),
            Verb(name="end_sessions", label=_("Sign out everywhere"), icon="logout"),
            Verb(
                name="deactivate",
                label=_("Shut the account"),
                icon="ban",
                danger=True,
                when=lambda user: user.is_active,
            ),
            Verb(
                name="activate",
                label=_("Open the account again"),
                icon="lock-open",
                when=lambda user: not user.is_active,
            ),
        ),
    )
)
