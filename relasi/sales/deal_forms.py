"""What the verbs of a deal ask in the browser."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.activities.forms import tomorrow_morning
from relasi.kit.access.models import User
from relasi.sales.models import CloseReason, Competitor, DealCompetitor, ExitCriterion, Stage
from relasi.sales.models.deal_parts import check_shares

PLANNED = ("task", "call", "meeting", "visit")
SHARES = 6


class DealForm(forms.Form):
    """Takes the deal and the reader besides the data."""

    def __init__(self, data: Any = None, files: Any = None, *, record: Any = None, user: Any = None) -> None:
        super().__init__(data)
        self.record, self.user = record, user
        self.fill()

    def fill(self) -> None:
        """Set what depends on the deal and the reader."""

    def choose(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows


def day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def remark(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class GateForm(DealForm):
    """With the exit criteria that are not met yet, to be ticked in place."""

    def fill(self) -> None:
        from relasi.sales.gates import unmet_criteria

        self.open_criteria = unmet_criteria(self.record, self.aim()) if self.record else []
        for criterion in self.open_criteria:
            self.fields[f"criterion_{criterion.pk}"] = forms.BooleanField(
                label=str(criterion), required=False
            )

    def aim(self) -> Stage:
        """Where it may go at most."""
        stage: Stage = self.record.pipeline.stage_for("won")
        return stage

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        names = {f"criterion_{criterion.pk}": criterion.pk for criterion in self.open_criteria}
        ticked = [pk for name, pk in names.items() if given.pop(name, False)]
        return {**given, "criteria": ticked}


class MoveForm(GateForm):
    stage: Any = forms.ModelChoiceField(label=gettext_lazy("Stage"), queryset=Stage.objects.none())

    def fill(self) -> None:
        super().fill()
        pipeline = self.record.pipeline_id if self.record else 0
        rows = Stage.objects.visible_to(self.user).open().filter(pipeline=pipeline)
        self.choose("stage", rows.order_by("order", "id"))
        self.initial["stage"] = self.record.stage_id if self.record else None


class WinForm(GateForm):
    close_reason: Any = forms.ModelChoiceField(
        label=gettext_lazy("Why did we win?"), queryset=CloseReason.objects.none(), required=False
    )
    closed_on = day(gettext_lazy("Closed on"), initial=timezone.localdate)
    close_note = remark(gettext_lazy("Remark on the outcome"))

    def fill(self) -> None:
        super().fill()
        rows = CloseReason.objects.visible_to(self.user).live().filter(kind="won")
        self.choose("close_reason", rows)


class LoseForm(DealForm):
    close_reason: Any = forms.ModelChoiceField(
        label=gettext_lazy("Why was it lost?"), queryset=CloseReason.objects.none()
    )
    lost_to: Any = forms.ModelChoiceField(
        label=gettext_lazy("Lost to"), queryset=Competitor.objects.none(), required=False
    )
    close_note = remark(gettext_lazy("Remark on the outcome"))

    def fill(self) -> None:
        self.choose("close_reason", CloseReason.objects.visible_to(self.user).live().filter(kind="lost"))
        self.choose("lost_to", Competitor.objects.visible_to(self.user).live())


class PlanForm(DealForm):
    """The next activity, so that no deal is left lying."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    subject = forms.CharField(label=gettext_lazy("What is to be done?"), max_length=200)
    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        initial=lambda: tomorrow_morning(timezone.now()),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def fill(self) -> None:
        from relasi.activities.models import Kind

        kind: Any = self.fields["kind"]
        kind.choices = [(key, Kind(key).label) for key in PLANNED]


class PushForm(DealForm):
    expected_close_on = day(gettext_lazy("Expected close"))

    def fill(self) -> None:
        if self.record:
            self.initial["expected_close_on"] = self.record.expected_close_on + timedelta(days=30)


class SplitForm(DealForm):
    """Up to six sellers with their percent."""

    def fill(self) -> None:
        held = [(split.user_id, split.share) for split in self.record.splits.all()] if self.record else []
        people = User.objects.active().order_by("name")
        for place in range(SHARES):
            user, share = held[place] if place < len(held) else (None, None)
            self.fields[f"user_{place}"] = forms.ModelChoiceField(
                label=_("Seller %(n)d") % {"n": place + 1}, queryset=people, required=False, initial=user
            )
            self.fields[f"share_{place}"] = forms.DecimalField(
                label=_("Share (%)"), required=False, initial=share, min_value=Decimal("0.01"),
                max_value=Decimal(100), max_digits=5, decimal_places=2,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        shares: dict[int, Decimal] = {}
        for place in range(SHARES):
            user, share = given.get(f"user_{place}"), given.get(f"share_{place}")
            if bool(user) != bool(share):
                self.add_error(f"share_{place}", _("A seller and a share belong together."))
            elif user and share:
                shares[user.pk] = shares.get(user.pk, Decimal(0)) + share
        check_shares(shares)
        return {"shares": shares}


class CompetitorForm(DealForm):
    competitor: Any = forms.ModelChoiceField(
        label=gettext_lazy("Competitor"), queryset=Competitor.objects.none()
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"), choices=DealCompetitor.Standing.choices, initial="level"
    )
    offer = forms.CharField(label=gettext_lazy("What they offer"), max_length=300, required=False)

    def fill(self) -> None:
        taken = self.record.competitors.values("competitor") if self.record else ()
        self.choose("competitor", Competitor.objects.visible_to(self.user).live().exclude(pk__in=taken))


class MeetForm(DealForm):
    criterion: Any = forms.ModelChoiceField(
        label=gettext_lazy("Exit criterion"), queryset=ExitCriterion.objects.none()
    )

    def fill(self) -> None:
        if self.record:
            rows = ExitCriterion.objects.visible_to(self.user).filter(stage__pipeline=self.record.pipeline_id)
            self.choose("criterion", rows.exclude(met__deal=self.record.pk))


class SayForm(DealForm):
    """A seller's number for a period."""

    amount = forms.DecimalField(
        label=gettext_lazy("Seller's number"), min_value=0, max_digits=15, decimal_places=2
    )
    best_case = forms.DecimalField(
        label=gettext_lazy("Best case"), min_value=0, max_digits=15, decimal_places=2, required=False
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=300, required=False)

    def fill(self) -> None:
        if self.record:
            self.initial.update({name: getattr(self.record, name) for name in self.fields})


class OverrideForm(DealForm):
    number = forms.DecimalField(
        label=gettext_lazy("Manager's number"),
        min_value=0,
        max_digits=15,
        decimal_places=2,
        required=False,
        help_text=gettext_lazy("Left empty, the seller's number counts again."),
    )
    why = forms.CharField(label=gettext_lazy("Why the manager's"), max_length=300, required=False)

    def fill(self) -> None:
        if self.record:
            self.initial.update({"number": self.record.override, "why": self.record.override_remark})
