"""A calendar elsewhere that is kept the same as one's own: account, links of events, what is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from relasi.activities.models.activity import Activity
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.sealed import SealedJSONField
from relasi.kit.records.traits import Owned
from relasi.kit.ui import formats

UNSURE_AFTER = timedelta(minutes=15)


class CalendarAccountQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Only one's own."""
        return self.filter(owner=user)

    def usable(self) -> Self:
        return self.filter(is_active=True, owner__is_active=True).exclude(calendar_url="")


class CalendarAccount(Record, Owned):
    """Where the owner's other calendar is, and how to get in. `secrets` is {"password": …}.

    `sync_token` is the server's own word for how far we have read; empty: read everything.
    """

    name = models.CharField(_("Calendar"), max_length=200, blank=True)
    url = models.URLField(_("Address of the server"), max_length=500)
    username = models.CharField(_("User"), max_length=200, blank=True)
    secrets = SealedJSONField(default=dict, blank=True, editable=False)
    calendar_url = models.CharField(max_length=500, blank=True, editable=False)
    takes_tasks = models.BooleanField(default=False, editable=False)
    shows_titles = models.BooleanField(_("Show titles of what is there"), default=False)
    is_active = models.BooleanField(_("In use"), default=True)
    sync_token = models.TextField(blank=True, editable=False)
    running_since = models.DateTimeField(null=True, editable=False)
    synced_at = models.DateTimeField(_("Last compared"), null=True, editable=False)
    problem = models.TextField(_("Problem"), blank=True, editable=False)

    guarded_fields = secret_fields = ("secrets",)
    unlogged_fields: ClassVar[tuple[str, ...]] = ("sync_token", "running_since", "synced_at", "problem")
    objects = CalendarAccountQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Calendar elsewhere")
        verbose_name_plural = _("Calendars elsewhere")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name or self.url

    @property
    def health(self) -> tuple[str, str]:
        """(tone, sentence): when it was last compared, and what is wrong and what to do."""
        if not self.is_active:
            return "grey", now_("Stopped.")
        if self.problem:
            return "red", self.problem
        if self.synced_at is None:
            return "amber", now_("Not compared yet; that happens within five minutes.")
        return "green", now_("Last compared %(when)s. All is well.") % {"when": formats.ago(self.synced_at)}

    def claim(self) -> bool:
        """Only one compares at a time; who was killed in the middle is forgotten after fifteen minutes."""
        now = timezone.now()
        free = models.Q(running_since=None) | models.Q(running_since__lt=now - UNSURE_AFTER)
        rows = type(self)._default_manager.filter(free, pk=self.pk)
        return bool(rows.update(running_since=now))

    def note(self, **facts: Any) -> None:
        """Bookkeeping of the comparing; no news."""
        type(self)._default_manager.filter(pk=self.pk).update(**facts)
        for name, value in facts.items():
            setattr(self, name, value)


class CalendarLink(models.Model):
    """A remote event, by `href`; with an activity of ours when `is_ours`.

    `version` is the activity's when both were last the same. `raw` is kept of what repeats, to be unrolled
    again as time goes by; `unrolled_until` says how far it was.
    """

    account = models.ForeignKey(CalendarAccount, on_delete=models.CASCADE, related_name="links")
    activity = models.ForeignKey(Activity, on_delete=models.SET_NULL, null=True, related_name="+")
    is_ours = models.BooleanField(default=False)
    href = models.CharField(max_length=500)
    uid = models.CharField(max_length=300)
    etag = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0)
    raw = models.TextField(blank=True)
    unrolled_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("Event elsewhere")
        verbose_name_plural = _("Events elsewhere")
        constraints = [
            models.UniqueConstraint(fields=["account", "href"], name="calendar_link_once"),
            models.UniqueConstraint(
                fields=["account", "activity"], name="calendar_link_of_activity",
                condition=models.Q(activity__isnull=False),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.uid


class BusyTimeQuerySet(models.QuerySet["BusyTime"]):
    def visible_to(self, user: Any) -> Self:
        """Only one's own."""
        return self.filter(user=user)

    def between(self, start: Any, end: Any) -> Self:
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class BusyTime(models.Model):
    """A span taken by a remote event that is not ours. `title` only where the owner wishes it."""

    link = models.ForeignKey(CalendarLink, on_delete=models.CASCADE, related_name="times")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    title = models.CharField(max_length=200, blank=True)

    objects = BusyTimeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Busy time")
        verbose_name_plural = _("Busy times")
        indexes = [models.Index(fields=["user", "ends_at", "starts_at"], name="busy_time_user")]

    def __str__(self) -> str:
        return self.title or now_("Busy")
