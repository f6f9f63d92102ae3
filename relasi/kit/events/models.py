"""The event, the seals that chain events into an audit trail, and the head that shows a cut tail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, record: models.Model) -> EventQuerySet:
        """Everything that happened to one record, newest first."""
        return self.filter(noun=noun_of(record), record_id=record.pk).order_by("-id")

    def about_party(self, party_id: int) -> EventQuerySet:
        return self.filter(party_id=party_id).order_by("-at", "-id")

    def since(self, moment: datetime) -> EventQuerySet:
        return self.filter(at__gte=moment)


class Event(models.Model):
    """What happened: who did which verb to which record, when, and what it changed.

    `actor_id`, `record_id` and `party_id` are plain numbers on purpose: the trail outlives what it speaks of.
    `changes` maps a field name to `[before, after]`: identity numbers encrypted as in their table, secrets as
    `"•••"`.
    """

    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    noun = models.CharField(max_length=40)
    record_id = models.BigIntegerField()
    title = models.CharField(max_length=200, blank=True)
    party_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    batch = models.CharField(max_length=40, blank=True)
    mac = models.CharField(max_length=64)
    seal_no = models.BigIntegerField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["noun", "record_id", "-id"], name="event_record"),
            models.Index(
                fields=["party_id", "-at", "-id"],
                name="event_party",
                condition=models.Q(party_id__isnull=False),
            ),
            models.Index(fields=["actor_id", "-id"], name="event_actor"),
            models.Index(fields=["batch", "id"], name="event_batch", condition=~models.Q(batch="")),
            models.Index(fields=["id"], name="event_unsealed", condition=models.Q(seal_no__isnull=True)),
            models.Index(
                fields=["seal_no", "id"], name="event_seal", condition=models.Q(seal_no__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.noun}.{self.verb} #{self.record_id}"

    @property
    def name(self) -> str:
        return f"{self.noun}.{self.verb}"

    def content(self) -> list[Any]:
        """What the code of authenticity covers, in a fixed order."""
        return [
            self.at.astimezone(UTC).isoformat(), self.verb, self.noun, self.record_id, self.title,
            self.party_id, self.actor_id, self.actor_name, self.changes, self.note, self.batch,
        ]  # fmt: skip


class Seal(models.Model):
    """A link of the chain: covers `count` events and the seal before it.

    `hash` is HMAC-SHA256, hexadecimal.
    """

    no = models.BigIntegerField(primary_key=True)
    count = models.IntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Seal {self.no}"


class ChainHead(models.Model):
    """One row: the last seal and how many events are sealed, authenticated, so that a cut tail is seen."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seal_no = models.BigIntegerField(default=0)
    sealed_events = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"Chain at seal {self.seal_no}"


class Tally(models.Model):
    """A part of the count of all events ever written, authenticated: see `counting`."""

    id = models.SmallIntegerField(primary_key=True)
    events = models.BigIntegerField(default=0)
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.events} events"


def noun_of(model: type[models.Model] | models.Model) -> str:
    """The word for a kind of record in events and rights: proxies share their table's word."""
    concrete = model._meta.concrete_model
    return str(concrete._meta.model_name if concrete else model._meta.model_name)
