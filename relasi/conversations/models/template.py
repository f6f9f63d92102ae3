"""Texts written once and sent often: templates of messages and saved replies, in both languages."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.channels.models import Account, Medium
from relasi.kit.access.models import Team
from relasi.kit.records.record import Record, RecordQuerySet
from relasi.kit.records.traits import Archivable, Owned

LANGUAGES = [("id", _("Indonesian")), ("en", _("English"))]


class TemplateQuerySet(RecordQuerySet):
    def replies(self) -> Self:
        return self.filter(use=Template.Use.REPLY, archived_at=None)

    def for_channel(self, channel: str) -> Self:
        return self.filter(Q(channel="") | Q(channel=channel), archived_at=None)


class Template(Record, Owned, Archivable):
    """`shortcut` is what a reply is called by in the composer ("/jatuh-tempo"); without a channel it fits
    all.
    """

    class Use(models.TextChoices):
        MESSAGE = "message", _("Message")
        REPLY = "reply", _("Saved reply")

    name = models.CharField(_("Name"), max_length=120)
    use = models.CharField(_("Used as"), max_length=8, choices=Use.choices, default=Use.MESSAGE)
    channel = models.CharField(_("Way"), max_length=10, choices=Medium.choices, blank=True)
    purpose = models.CharField(
        _("Purpose"),
        max_length=10,
        choices=[
            ("service", _("Service")), ("marketing", _("Offer")), ("collection", _("Collection")),
            ("legal", _("Legal notice")),
        ],
        default="service",
    )  # fmt: skip
    shortcut = models.SlugField(_("Shortcut"), max_length=40, blank=True)
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Team")
    )

    objects = TemplateQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("Template")
        verbose_name_plural = _("Templates")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def variant(self, language: str) -> Variant | None:
        """In that language, else in the one it has."""
        found = {variant.language: variant for variant in self.variants.all()}
        return found.get(language) or next(iter(found.values()), None)


class Variant(Record):
    """A template in one language. `text` is Liquid; `mjml` (Liquid, too) is the designed letter of an e-mail.

    On WhatsApp, `approved_name` names the message the company had approved; `places` are the Liquid
    expressions that fill {{1}}, {{2}}, … of its body, in order.
    """

    class Approval(models.TextChoices):
        NONE = "", _("Not handed in")
        PENDING = "pending", _("Under review")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        PAUSED = "paused", _("Paused")

    class Category(models.TextChoices):
        NONE = "", "–"
        MARKETING = "marketing", _("Marketing")
        UTILITY = "utility", _("Utility")
        AUTHENTICATION = "authentication", _("Authentication")

    template = models.ForeignKey(
        Template, on_delete=models.CASCADE, related_name="variants", verbose_name=_("Template")
    )
    language = models.CharField(_("Language"), max_length=5, choices=LANGUAGES, default="id")
    subject = models.CharField(_("Subject"), max_length=300, blank=True)
    text = models.TextField(_("Text"), blank=True)
    mjml = models.TextField(_("Designed letter (MJML)"), blank=True)
    account = models.ForeignKey(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("Channel")
    )
    approved_name = models.CharField(_("Name at WhatsApp"), max_length=512, blank=True)
    approved_language = models.CharField(_("Language at WhatsApp"), max_length=10, blank=True)
    approval = models.CharField(_("Approval"), max_length=8, choices=Approval.choices, blank=True)
    category = models.CharField(_("Category"), max_length=14, choices=Category.choices, blank=True)
    places = models.JSONField(_("Fillings"), default=list, blank=True)
    remark = models.CharField(_("Remark"), max_length=300, blank=True, editable=False)

    visible_through: ClassVar[tuple[str, ...]] = ("template",)

    class Meta:
        verbose_name = _("Wording")
        verbose_name_plural = _("Wordings")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language"],
                name="variant_once",
                violation_error_message=_("There is a wording in this language already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.get_language_display()})"

    def clean(self) -> Any:
        from relasi.conversations.wording import check_wording

        check_wording(self)
