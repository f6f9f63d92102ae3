"""The composer's forms: one a kind, each asking only what that kind needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.activities.forms import tomorrow_morning
from relasi.activities.models import MODELS, Activity
from relasi.activities.models.activity import CALL_OUTCOMES
from relasi.kit.access.models import User
from relasi.kit.resources import batches
from relasi.kit.resources.models import Batch
from relasi.kit.resources.repeats import CHOICES
from relasi.parties.models import Party

REMINDERS = [
    ("", gettext_lazy("No reminder")),
    ("0", gettext_lazy("When it is due")),
    ("10", gettext_lazy("10 minutes before")),
    ("30", gettext_lazy("30 minutes before")),
    ("60", gettext_lazy("1 hour before")),
    ("1440", gettext_lazy("1 day before")),
]
LENGTHS = [
    ("15", gettext_lazy("15 min")),
    ("30", gettext_lazy("30 min")),
    ("45", gettext_lazy("45 min")),
    ("60", gettext_lazy("1 h")),
    ("90", gettext_lazy("1½ h")),
    ("120", gettext_lazy("2 h")),
    ("240", gettext_lazy("4 h")),
    ("480", gettext_lazy("8 h")),
]


def moment(label: Any, *, required: bool = True, initial: Any = None) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, initial=initial, widget=widget)


def text(label: Any, placeholder: Any, *, required: bool = False, rich: bool = True) -> forms.CharField:
    attrs = {"rows": 3, "placeholder": placeholder, **({"data-rich": True} if rich else {})}
    return forms.CharField(
        label=label, required=required, max_length=100_000, widget=forms.Textarea(attrs=attrs)
    )


class ComposerForm(forms.Form):
    """`save` makes the activity, or fills `errors` and answers None."""

    kind = ""
    more: tuple[str, ...] = ()  # fields folded away until somebody wants them

    def __init__(
        self,
        data: Any = None,
        *,
        user: Any,
        party: Party | None = None,
        about: tuple[str, int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, auto_id=f"compose-{self.kind}-%s", **kwargs)
        self.user, self.party, self.about = user, party, about
        if "owner" in self.fields:
            people = User.objects.active().order_by("name")
            self.fields["owner"].queryset = people  # type: ignore[attr-defined]
            self.fields["owner"].initial = user.pk
        if "location" in self.fields and party:
            self.fields["location"].initial = party.city

    def save(self, *, by: Any, batch: str = "") -> Activity | None:
        if not self.is_valid():
            return None
        values = {name: value for name, value in self.values().items() if value not in (None, "")}
        values.setdefault("owner", by)
        if self.about:
            values |= {"about_noun": self.about[0], "about_id": self.about[1]}
        try:
            return MODELS[self.kind].create(by=by, batch=batch, party=self.party, **values)
        except ValidationError as error:
            self._take_errors(error)
            return None

    @property
    def has_more_errors(self) -> bool:
        return any(name in self.errors for name in self.more)

    def values(self) -> dict[str, Any]:
        """The fields of the activity."""
        return dict(self.cleaned_data)

    def said(self) -> str:
        return _("Kept.")

    def _take_errors(self, error: ValidationError) -> None:
        for name, messages in getattr(error, "error_dict", {None: [error]}).items():
            self.add_error(name if name in self.fields else None, messages)


class NoteForm(ComposerForm):
    kind = "note"
    body = text(gettext_lazy("Note"), gettext_lazy("Write a note, @ mentions a colleague…"), required=True)

    def said(self) -> str:
        return _("Note kept.")


class TaskForm(ComposerForm):
    kind = "task"
    more = ("priority", "reminder_minutes", "recurrence")
    subject = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    due_at = moment(gettext_lazy("Due"), required=False, initial=lambda: tomorrow_morning(timezone.now()))
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=gettext_lazy("For"), queryset=None, required=False
    )
    priority = forms.ChoiceField(
        label=gettext_lazy("Priority"), choices=Activity.Priority.choices, initial="normal"
    )
    reminder_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Remind"), choices=REMINDERS, coerce=int, empty_value=None, required=False
    )
    recurrence = forms.ChoiceField(label=gettext_lazy("Repeats"), choices=CHOICES, required=False)

    def said(self) -> str:
        return _("Task made.")


class CallForm(ComposerForm):
    kind = "call"
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"), choices=Activity.Direction.choices, initial="out"
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)
    starts_at = moment(gettext_lazy("When"), required=False, initial=timezone.now)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), required=False, min_value=0, max_value=1440)
    body = text(gettext_lazy("What was said"), gettext_lazy("What was said, what was agreed…"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Activity.Outcome.choices)
        self.fields["outcome"].choices = [(key, labels[key]) for key in CALL_OUTCOMES]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not values.get("body"):
            values["subject"] = self._subject(values)
        return values

    def _subject(self, values: dict[str, Any]) -> str:
        labels = dict(Activity.Outcome.choices)
        return _("Call: %(outcome)s") % {
            "outcome": str(labels.get(values.get("outcome", ""), _("logged"))).lower()
        }

    def said(self) -> str:
        return _("Call logged.")


class _TimedForm(ComposerForm):
    """What has a beginning, a length and a place."""

    more = ("owner", "guests", "reminder_minutes", "body")

    subject = forms.CharField(label=gettext_lazy("What about?"), max_length=200)
    starts_at = moment(gettext_lazy("Begins"), initial=lambda: next_hour(timezone.now()))
    length = forms.TypedChoiceField(label=gettext_lazy("Length"), choices=LENGTHS, coerce=int, initial="60")
    location = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        label=gettext_lazy("For"), queryset=None, required=False
    )
    reminder_minutes = forms.TypedChoiceField(
        label=gettext_lazy("Remind"),
        choices=REMINDERS,
        coerce=int,
        empty_value=None,
        required=False,
        initial="30",
    )
    body = text(gettext_lazy("Details"), gettext_lazy("What is it for, what to bring…"))

    def values(self) -> dict[str, Any]:
        values = super().values()
        length = values.pop("length")
        return {**values, "ends_at": values["starts_at"] + timedelta(minutes=length)}


class MeetingForm(_TimedForm):
    kind = "meeting"
    guests: forms.ModelMultipleChoiceField[User] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Colleagues"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = (
        "subject",
        "starts_at",
        "length",
        "location",
        "owner",
        "guests",
        "reminder_minutes",
        "body",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guests"].queryset = User.objects.active().exclude(pk=self.user.pk).order_by("name")  # type: ignore[attr-defined]

    def save(self, *, by: Any, batch: str = "") -> Activity | None:
        meeting = super().save(by=by, batch=batch)
        if meeting:
            parties = [self.party] if self.party else []
            meeting.invite(users=self.cleaned_data["guests"], parties=parties, by=by, batch=batch)
        return meeting

    def values(self) -> dict[str, Any]:
        values = super().values()
        values.pop("guests", None)
        return values

    def said(self) -> str:
        return _("Meeting planned.")


class VisitForm(_TimedForm):
    kind = "visit"

    def said(self) -> str:
        return _("Visit kept.")


FORMS: dict[str, type[ComposerForm]] = {
    form.kind: form for form in (NoteForm, TaskForm, CallForm, MeetingForm, VisitForm)
}


def next_hour(now: datetime) -> datetime:
    """The next full hour."""
    return (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def kept(form: ComposerForm, *, by: Any) -> Batch | None:
    """Keep what a form says in a batch that can be undone; None, and nothing written, when it is wrong."""
    title = str(form.party) if form.party else str(by)
    with transaction.atomic():
        batch = batches.begin("edit", f"{form.kind}s", by=by, title=title)
        if form.save(by=by, batch=batch.token) is None:
            transaction.set_rollback(True)
            return None
    return batch


def party_of(typed: str, *, user: Any) -> Party | None:
    """The customer typed by name or number, as far as the user may see it. Raises ValidationError."""
    word = typed.strip()
    if not word:
        return None
    rows = Party.objects.visible_to(user).filter(archived_at__isnull=True)
    found = list(
        rows.filter(pk=int(word))
        if word.isdecimal() and len(word) < 19
        else rows.filter(name__iexact=word)[:2]
    )
    if len(found) == 1:
        party: Party = found[0]
        return party
    text = (
        _("There are several “%(value)s”; give the number.")
        if found
        else _("There is no “%(value)s” that you may see.")
    )
    raise ValidationError(text % {"value": word})
