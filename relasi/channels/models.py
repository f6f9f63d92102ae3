"""The company's doors (an account each) and everything that came in through them, raw."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from relasi.channels.interface import Health, Provider, provider_named
from relasi.kit.access.models import Team
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.sealed import SealedJSONField
from relasi.kit.records.traits import Archivable, Owned


class Medium(models.TextChoices):
    EMAIL = "email", _("E-mail")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Phone")
    CHAT = "chat", _("Live chat")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    FORM = "form", _("Web form")
    VISIT = "visit", _("Face to face")


class AccountQuerySet(RecordQuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the reader's roles open, and the doors everybody or the reader's team shares."""
        scope = user.rights.scope("account", "view")
        if not scope or scope == "all":
            return super().visible_to(user)
        teams = user.rights._team_ids if user.team_id else []
        shared = Q(owner=None) & (Q(team=None) | Q(team__in=teams))
        return self.filter(user.rights._reach(self.model, scope, "view") | shared)

    def in_use(self) -> Self:
        return self.filter(is_active=True, archived_at=None)

    def carrying(self, channel: str) -> Self:
        """Those in use that carry a channel, the company's own before personal ones."""
        return self.in_use().filter(channel=channel).order_by(models.F("owner").asc(nulls_first=True), "id")


class Account(Record, Owned, Archivable):
    """One door: a mailbox, a WhatsApp number, a telephone system, a chat widget on a web site.

    With an owner it is personal, else it is shared by `team` or, without one, by everybody. `settings` and
    `secrets` are what the provider's form asks; `cursor` is where fetching goes on. `findings` are those of
    the last check.
    """

    class State(models.TextChoices):
        GOOD = "good", _("Works well")
        WARNING = "warning", _("Works, with a flaw")
        BROKEN = "broken", _("Does not work")
        UNKNOWN = "unknown", _("Not checked yet")

    name = models.CharField(_("Name"), max_length=120)
    channel = models.CharField(_("Channel"), max_length=10, choices=Medium.choices, editable=False)
    provider = models.CharField(_("Carried by"), max_length=24, editable=False)
    address = models.CharField(
        _("Address"), max_length=254, blank=True, help_text=_("The mailbox, number or page it stands for.")
    )
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )
    is_active = models.BooleanField(_("In use"), default=True)
    settings = models.JSONField(default=dict, blank=True, editable=False)
    secrets = SealedJSONField(default=dict, blank=True, editable=False)
    cursor = models.JSONField(default=dict, blank=True, editable=False)

    state = models.CharField(
        _("Health"), max_length=8, choices=State.choices, default=State.UNKNOWN, editable=False
    )
    findings = models.JSONField(default=list, blank=True, editable=False)
    checked_at = models.DateTimeField(_("Checked"), null=True, editable=False)
    received_at = models.DateTimeField(_("Last received"), null=True, editable=False)
    sent_at = models.DateTimeField(_("Last sent"), null=True, editable=False)
    listener = models.CharField(max_length=80, blank=True, editable=False)
    listened_until = models.DateTimeField(null=True, editable=False)

    secret_fields: ClassVar[tuple[str, ...]] = ("secrets", "settings")
    unlogged_fields: ClassVar[tuple[str, ...]] = (
        "cursor", "findings", "state", "checked_at", "received_at", "sent_at", "listener", "listened_until",
    )  # fmt: skip

    objects = AccountQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Channel")
        verbose_name_plural = _("Channels")
        indexes = [models.Index(fields=["channel", "address"], name="account_address")]

    def __str__(self) -> str:
        return self.name or self.address

    @property
    def carrier(self) -> Provider:
        """Raises LookupError for a provider that is no longer part of the product."""
        found = provider_named(self.provider)
        if found is None:
            raise LookupError(f"no provider is named {self.provider!r}")
        return found

    def probe(self, *, by: Any) -> None:
        """Look now whether it works."""
        self.keep_health(self.carrier.check(self))

    def keep_health(self, health: Health, at: datetime | None = None) -> None:
        """The last look at it, no event."""
        self.state, self.checked_at = health.state, at or timezone.now()
        self.findings = [
            {"state": one.state, "what": one.what, "words": one.words, "todo": one.todo,
             "values": {name: str(value) for name, value in one.values.items()}}
            for one in health.findings
        ]  # fmt: skip
        self._keep("state", "checked_at", "findings")

    def keep_cursor(self, cursor: dict[str, Any]) -> None:
        self.cursor = cursor
        self._keep("cursor")

    def was_used(self, *, received: bool = False, sent: bool = False) -> None:
        now = timezone.now()
        names = [name for name, is_so in (("received_at", received), ("sent_at", sent)) if is_so]
        for name in names:
            setattr(self, name, now)
        self._keep(*names)

    def _keep(self, *names: str) -> None:
        type(self)._default_manager.filter(pk=self.pk).update(**{name: getattr(self, name) for name in names})


class IntakeQuerySet(RecordQuerySet):
    def failed(self) -> Self:
        return self.filter(state=Intake.State.FAILED)

    def waiting(self) -> Self:
        return self.filter(state=Intake.State.NEW)


class Intake(Record):
    """What came in, byte for byte and encrypted, before anybody understood it (read and written by `raw.py`).

    What is large lies in the storage under `path`. `mended` is what a person made of it so that it can be
    understood; the original stays. `meta` is what came with it (headers of a webhook, the folder of a
    mailbox). The same `external_id` comes in once per account.
    """

    class State(models.TextChoices):
        NEW = "new", _("Waiting")
        DONE = "done", _("Understood")
        FAILED = "failed", _("Not understood")
        IGNORED = "ignored", _("Set aside")

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="intakes", verbose_name=_("Channel")
    )
    external_id = models.CharField(_("External id"), max_length=200, blank=True)
    state = models.CharField(_("State"), max_length=8, choices=State.choices, default=State.NEW)
    at = models.DateTimeField(_("Received"), default=timezone.now)
    body = models.BinaryField(null=True, editable=False)
    path = models.CharField(max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("Size"), default=0, editable=False)
    mended = models.BinaryField(null=True, editable=False)
    meta = models.JSONField(default=dict, blank=True, editable=False)
    title = models.CharField(_("About"), max_length=200, blank=True)
    error = models.TextField(_("What is wrong"), blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("Tries"), default=0, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("account",)
    secret_fields: ClassVar[tuple[str, ...]] = ("body", "mended")
    written_once: ClassVar[bool] = True

    objects = IntakeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Raw input")
        verbose_name_plural = _("Raw inputs")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], condition=~Q(external_id=""), name="intake_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="intake_state", condition=~Q(state="done")),
            models.Index(fields=["account", "-at", "-id"], name="intake_account"),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id or f"#{self.pk}"

    @property
    def is_settled(self) -> bool:
        return self.state in (self.State.DONE, self.State.IGNORED)

    def mend(self, *, content: bytes, by: Any) -> None:
        """Put right what could not be understood; the original stays. It is then understood anew."""
        from relasi.channels.jobs import understand_later
        from relasi.channels.raw import sealed

        self.change(by=by, verb="mended", mended=sealed(content), state=self.State.NEW, error="")
        understand_later(self)

    def replay(self, *, by: Any) -> None:
        """Understand it once more, as it stands."""
        from relasi.channels.jobs import understand_later

        if self.state in (self.State.FAILED, self.State.IGNORED):
            self.change(by=by, verb="replayed", state=self.State.NEW, error="")
            understand_later(self)

    def ignore(self, *, by: Any) -> None:
        """Set it aside; it stays."""
        if self.state in (self.State.FAILED, self.State.NEW):
            self.change(by=by, verb="ignored", state=self.State.IGNORED)
