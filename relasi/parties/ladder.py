"""The eight rungs of the customer ladder, lowest first."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rung(models.TextChoices):
    SUSPECT = "suspect", _("Suspect")
    PROSPECT = "prospect", _("Prospect")
    FIRST_TIME = "first_time", _("First-time customer")
    REPEAT = "repeat", _("Repeat customer")
    CLIENT = "client", _("Client")
    MEMBER = "member", _("Member")
    ADVOCATE = "advocate", _("Advocate")
    PARTNER = "partner", _("Partner")


HEIGHT = {rung: place for place, rung in enumerate(Rung.values)}
