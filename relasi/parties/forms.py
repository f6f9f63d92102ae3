"""What is asked for each fact around a party. Rules stand on the models; a form only says what can be typed.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from relasi.parties.ladder import Rung
from relasi.parties.models import (
    Address,
    ContactPoint,
    ImportantDate,
    Party,
    Relation,
    RelationType,
    RungRule,
)

INWARD, OUTWARD = "in", "out"


class FactForm(forms.Form):
    """A form over some columns of a model, begun with the values of `fact` where there is one."""

    model: type[Any]
    names: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *, party: Party, user: Any, fact: Any = None) -> None:
        initial = {name: getattr(fact, name) for name in self.names} if fact else {}
        super().__init__(data, initial=initial)
        self.fields |= fields_for_model(self.model, self.names)
        self.order_fields(self.field_order or self.names)
        self.party, self.user, self.fact = party, user, fact

    def values(self) -> dict[str, Any]:
        """What to write, by column."""
        return {name: self.cleaned_data[name] for name in self.names}


class ContactPointForm(FactForm):
    model = ContactPoint
    names = ("kind", "value", "label", "is_whatsapp", "is_primary")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = _("Number or address")
        self.fields["value"].widget.attrs["autocomplete"] = "off"
        allowed = contact_kinds(self.user)
        kind: Any = self.fields["kind"]
        kind.choices = [choice for choice in ContactPoint.Kind.choices if choice[0] in allowed]


class AddressForm(FactForm):
    model = Address
    names = (
        "label", "street", "rt", "rw", "kelurahan", "kecamatan", "city", "province", "postal_code", "country",
        "text", "is_primary",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].initial = "ID"
        self.fields["text"].widget.attrs["rows"] = 3
        self.fields["text"].help_text = _("Only for addresses that do not fit the lines above.")


class ImportantDateForm(FactForm):
    model = ImportantDate
    names = ("kind", "label", "on", "every_year")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        self.fields["label"].help_text = _("Needed for an occasion of your own.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == ImportantDate.Kind.OWN and not cleaned.get("label"):
            self.add_error("label", _("Say what the occasion is."))
        return cleaned


class RelationForm(FactForm):
    """The other one is to this party: Spouse, Child, …; read in both directions from the same types."""

    model = Relation
    names = ("role", "share", "remark")
    stands_as = forms.ChoiceField(label=_("The other one is the"))
    other = forms.IntegerField(label=_("Who"), widget=forms.HiddenInput)
    field_order = ("stands_as", "other", "role", "share", "remark")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.types = {
            type.pk: type for type in RelationType.objects.visible_to(self.user).order_by("-is_family", "id")
        }
        stands_as: Any = self.fields["stands_as"]
        stands_as.choices = list(self._choices())
        self.fields["share"].help_text = _("For beneficiaries; all shares together make 100 %.")
        self.fields["role"].help_text = _("For employees: what the work is.")
        if self.fact:
            outward = self.fact.source_id == self.party.pk
            self.initial["stands_as"] = f"{self.fact.type_id}:{OUTWARD if outward else INWARD}"
            self.initial["other"] = self.fact.target_id if outward else self.fact.source_id

    def _choices(self) -> Any:
        for type in self.types.values():
            yield f"{type.pk}:{OUTWARD}", type.shown_reverse
            if not type.is_symmetric:
                yield f"{type.pk}:{INWARD}", type.shown_name

    def clean_other(self) -> Party:
        other: Party | None = (
            Party.objects.visible_to(self.user).live().filter(pk=self.cleaned_data["other"]).first()
        )
        if other is None:
            raise forms.ValidationError(_("Choose somebody from the list."))
        return other

    def values(self) -> dict[str, Any]:
        type_id, direction = self.cleaned_data["stands_as"].split(":")
        type, other = self.types[int(type_id)], self.cleaned_data["other"]
        source, target = (self.party, other) if direction == OUTWARD else (other, self.party)
        rest = super().values()
        return {
            "type": type,
            "source_id": source.pk,
            "target_id": target.pk,
            "role": rest["role"] if type.has_role else "",
            "share": rest["share"] if type.has_share else None,
            "remark": rest["remark"],
        }


class MoveForm(forms.Form):
    """Asked by the verb `move_to`."""

    rung = forms.ChoiceField(label=_("Rung"), choices=Rung.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Why this customer stands there now.")
    )

    def __init__(self, data: Any = None, files: Any = None, *, record: Any = None, user: Any = None) -> None:
        super().__init__(data, initial={"rung": getattr(record, "rung", Rung.SUSPECT)})


class RungRuleForm(forms.Form):
    names = ("rung", "filter", "reason", "may_step_down", "is_active")

    def __init__(self, data: Any = None, *, rule: RungRule | None = None) -> None:
        super().__init__(
            data, initial={name: getattr(rule, name) for name in self.names} if rule else {"is_active": True}
        )
        self.fields |= fields_for_model(RungRule, self.names)
        if rule:
            self.initial["reason"] = rule.shown_reason
        self.fields["filter"].widget.attrs["rows"] = 3
        self.fields["filter"].help_text = _("As in the lists, such as: rung >= first_time and referrals >= 1")


def contact_kinds(user: Any) -> list[str]:
    """Kinds of contacts the user may write: their right on the party's own phone and e-mail holds for all of
    them.
    """
    return [
        kind
        for kind in ContactPoint.Kind.values
        if kind == ContactPoint.Kind.OTHER or user.rights.writable(Party, kind)
    ]
