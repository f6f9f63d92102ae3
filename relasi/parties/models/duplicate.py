"""Pairs that may be the same customer, and the merges made of them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from relasi.kit.records.record import Record, RecordQuerySet
from relasi.parties.models.party import Party


class DuplicatePairQuerySet(RecordQuerySet):
    def open(self) -> Self:
        """To be looked at: undecided, and neither record archived or merged away since."""
        return self.filter(state=DuplicatePair.State.OPEN, left__archived_at=None, right__archived_at=None)

    def touching(self, party: Party) -> Self:
        return self.filter(Q(left=party) | Q(right=party))

    def visible_pairs(self, user: Any) -> Self:
        """Pairs of which the reader may see both records."""
        seen = Party.objects.visible_to(user)
        if not seen.query.where:
            return self
        both = (Exists(seen.filter(pk=OuterRef(side))) for side in ("left", "right"))
        return self.filter(*both)  # asked for each pair: a seller's customers are many, the pairs are few


class DuplicatePair(Record):
    """`left` has the smaller id. `score` is the probability of a match, 0 to 1; `why` lists what agrees."""

    class State(models.TextChoices):
        OPEN = "open", _("To review")
        MERGED = "merged", _("Merged")
        DIFFERENT = "different", _("Not the same")

    left = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField(_("Score"))
    why = models.JSONField(default=list, blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.OPEN)

    visible_through = ("left", "right")

    class Meta:
        verbose_name = _("Pair to review")
        verbose_name_plural = _("Pairs to review")
        constraints = [models.UniqueConstraint(fields=["left", "right"], name="pair_once")]
        indexes = [models.Index(fields=["state", "-score", "-id"], name="pair_queue")]

    objects: ClassVar[Any] = DuplicatePairQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.left} = {self.right}?"

    def other(self, party: Party) -> Party:
        return self.right if self.left_id == party.pk else self.left

    def decide_different(self, *, by: Any) -> None:
        """They are two customers: never proposed again."""
        if self.state == self.State.OPEN:
            self.change(by=by, verb="decided_different", state=self.State.DIFFERENT)

    def reopen(self, *, by: Any) -> None:
        """Take a decision back."""
        if self.state == self.State.DIFFERENT:
            self.change(by=by, verb="reopened", state=self.State.OPEN)


class Merge(Record):
    """`loser` was merged into `winner`. `undo`: rows as they were before and after, what was re-pointed."""

    winner = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="merges")
    loser = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    undo = models.JSONField(default=dict, blank=True)
    undone_at = models.DateTimeField(null=True, editable=False)

    visible_through = ("winner",)
    secret_fields = ("undo",)

    class Meta:
        verbose_name = _("Merge of two records")
        verbose_name_plural = _("Merges")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.loser} → {self.winner}"

    def event_party_id(self) -> None:
        """Both parties have an event of their own."""
