"""Who takes part in a meeting or visit besides its owner: colleagues and customers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.activities.models.activity import Activity
from relasi.parties.models import Party


class Attendee(models.Model):
    """Either a `user` or a `party`."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="attendees")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="attendances",
        verbose_name=_("Colleague"),
    )
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, null=True, related_name="attendances", verbose_name=_("Customer")
    )

    class Meta:
        verbose_name = _("Attendee")
        verbose_name_plural = _("Attendees")
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "user"], condition=Q(user__isnull=False), name="attendee_user_once"
            ),
            models.UniqueConstraint(
                fields=["activity", "party"], condition=Q(party__isnull=False), name="attendee_party_once"
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, party__isnull=True)
                | Q(user__isnull=True, party__isnull=False),
                name="attendee_is_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.party)

    @property
    def who(self) -> tuple[str, int]:
        return ("user", self.user_id) if self.user_id else ("party", self.party_id or 0)

    @classmethod
    def of(cls, activity: Activity, who: Any) -> Attendee:
        """An unsaved row for a colleague or a customer."""
        if isinstance(who, Party):
            return cls(activity=activity, party=who)
        return cls(activity=activity, user=who)
