"""What the verbs of a user ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from relasi.administration.people import all_roles, all_teams
from relasi.kit.access.granting import givable, may_give_role, may_give_team
from relasi.kit.access.models import Role, Team, User


class AssignForm(forms.Form):
    """Team and roles; only those the reader may give, beside those the user has."""

    team = forms.ModelChoiceField(
        Team._default_manager.none(), label=_("Team"), required=False, empty_label=_("No team")
    )
    roles = forms.ModelMultipleChoiceField(
        Role._default_manager.none(), label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, files: Any = None, *, record: User, user: User) -> None:
        super().__init__(
            data, initial={"team": record.team_id, "roles": [role.pk for role in record.roles.all()]}
        )
        teams = [team.pk for team in all_teams() if team == record.team or may_give_team(user, team)]
        roles = [role.pk for role in all_roles() if role in record.roles.all() or may_give_role(user, role)]
        self.fields["team"].queryset = Team._default_manager.filter(pk__in=teams)  # type: ignore[attr-defined]
        self.fields["roles"].queryset = Role._default_manager.filter(pk__in=roles)  # type: ignore[attr-defined]


class EmailForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))

    def __init__(self, data: Any = None, files: Any = None, *, record: User, user: User) -> None:
        super().__init__(data, initial={"email": record.email})
        self.record = record

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User._default_manager.filter(email__iexact=email).exclude(pk=self.record.pk).exists():
            raise forms.ValidationError(_("Another account has this address."))
        return email


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    team = forms.ModelChoiceField(
        Team._default_manager.none(), label=_("Team"), required=False, empty_label=_("No team")
    )
    roles = forms.ModelMultipleChoiceField(
        Role._default_manager.none(),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a role a person can sign in and sees nothing."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        teams = [team.pk for team in all_teams() if may_give_team(user, team)]
        roles = [role.pk for role in givable(user, all_roles())]
        self.fields["team"].queryset = Team._default_manager.filter(pk__in=teams)  # type: ignore[attr-defined]
        self.fields["roles"].queryset = Role._default_manager.filter(pk__in=roles)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User._default_manager.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is already an account with this address."))
        return email


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ("name", "job_title", "phone", "language", "time_zone", "theme")
