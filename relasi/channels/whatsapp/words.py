"""What the codes of the Cloud API mean for a message, and what to do (Meta, “Cloud API error codes”)."""

from __future__ import annotations

from datetime import timedelta

from relasi.channels.graph import HOUR, MINUTE, TROUBLE, Meaning
from relasi.lib.wording import mark as _

WORDS: dict[int, Meaning] = {
    130429: Meaning(
        "later", _("More messages than this number may send a second; it is tried again."), MINUTE
    ),
    130472: Meaning(
        "refused", _("Meta holds marketing back from this customer for an experiment. Use another channel.")
    ),
    130497: Meaning("refused", _("Messages of this trade may not be sent to this country."), bounce="policy"),
    131000: TROUBLE,
    131005: Meaning(
        "refused",
        _("The access token may not do this. Give its user the right to this channel, make a new one."),
    ),
    131008: Meaning("refused", _("Something needed is missing in the message: %(details)s.")),
    131009: Meaning("refused", _("Something in the message has a value that cannot be: %(details)s.")),
    131016: TROUBLE,
    131021: Meaning("refused", _("The number of the customer is the company's own.")),
    131026: Meaning(
        "refused",
        _(
            "It cannot be delivered: no WhatsApp at this number, or the customer has not accepted its "
            "newest terms. "
            "Use another channel."
        ),
        bounce="soft",
    ),
    131030: Meaning(
        "refused",
        _("The number is a test number: only numbers listed at Meta can be written to. Add this one."),
    ),
    131031: Meaning(
        "refused",
        _("Meta has locked the WhatsApp account. See the Business Support page at Meta."),
        bounce="policy",
    ),
    131037: Meaning(
        "refused", _("The name shown for this number is not approved yet. See WhatsApp Manager.")
    ),
    131042: Meaning(
        "refused", _("Meta cannot charge the messages. Check the payment method in WhatsApp Manager.")
    ),
    131045: Meaning(
        "refused", _("The number is not registered for the Cloud API. Register it in WhatsApp Manager.")
    ),
    131047: Meaning(
        "refused",
        _("More than 24 hours have passed since the customer wrote. Send an approved template instead."),
    ),
    131048: Meaning(
        "later",
        _(
            "Too many customers blocked or reported this number, so it may send less for now. Send only "
            "what is wanted."
        ),
        HOUR,
        bounce="policy",
    ),
    131049: Meaning(
        "refused",
        _(
            "Meta held it back: this customer got much advertising lately. Wait a day at least, do not "
            "send it again "
            "at once."
        ),
        bounce="policy",
    ),
    131050: Meaning(
        "refused",
        _("The customer has stopped advertising from this company on WhatsApp."),
        bounce="complaint",
    ),
    131051: Meaning("refused", _("WhatsApp does not carry this kind of message.")),
    131052: Meaning("refused", _("The file of the customer could not be fetched by WhatsApp.")),
    131053: Meaning("refused", _("WhatsApp did not take the file: %(details)s. Check its kind and size.")),
    131056: Meaning("later", _("Too many messages to this one customer at once; it is tried again."), MINUTE),
    131057: Meaning(
        "later", _("The WhatsApp account is being looked after by Meta; it is tried again."), HOUR
    ),
    132000: Meaning(
        "refused", _("The template has another number of places than values were given: %(details)s.")
    ),
    132001: Meaning(
        "refused",
        _("There is no approved template of this name in this language. Fetch the templates again."),
    ),
    132005: Meaning("refused", _("With its values the template is too long. Shorten them.")),
    132007: Meaning("refused", _("The text of the template breaks a rule of WhatsApp: %(details)s.")),
    132012: Meaning(
        "refused", _("A value has not the form that its place in the template asks: %(details)s.")
    ),
    132015: Meaning(
        "refused",
        _("The template is paused, because customers did not like it. Change it, or use another one."),
    ),
    132016: Meaning(
        "refused", _("The template was paused too often and is switched off for good. Make another one.")
    ),
    133004: TROUBLE,
    133010: Meaning(
        "refused", _("The number is not registered for the Cloud API. Register it in WhatsApp Manager.")
    ),
    133015: Meaning(
        "later",
        _("The number was just deleted and is not free yet; it is tried again."),
        timedelta(minutes=10),
    ),
    135000: Meaning("refused", _("WhatsApp refused it without a reason that helps: %(details)s.")),
}
