"""Whether a WhatsApp number works: what is filled in, the token, the number itself, and whether messages
come.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from relasi.channels import looking
from relasi.channels.graph import GraphError, call, ending_token, unreached
from relasi.channels.interface import Finding, Health
from relasi.channels.models import Account
from relasi.channels.picking import records, text
from relasi.channels.web import Web, web_for
from relasi.channels.whatsapp.words import WORDS
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

FIELDS = (
    "display_phone_number,verified_name,quality_rating,code_verification_status,status,name_status,"
    "messaging_limit_tier"
)
LIMITS = {"TIER_50": 50, "TIER_250": 250, "TIER_1K": 1000, "TIER_2K": 2000, "TIER_10K": 10_000,
          "TIER_100K": 100_000}  # fmt: skip
WITHIN = 20.0  # seconds for each question

TOKEN, NUMBER, QUALITY, LIMIT = _("Access token"), _("Number"), _("Quality"), _("Limit")


def check(account: Account) -> Health:
    now = timezone.now()
    findings = looking.missing(
        account, phone_number_id=_("Id of the number"), business_id=_("Id of the WhatsApp Business account"),
        access_token=TOKEN, app_secret=_("App secret"), verify_token=_("Verify token"),
    )  # fmt: skip
    if account.settings.get("phone_number_id") and account.secrets.get("access_token"):
        with web_for(account) as web:
            findings += _number(web, account)
            findings += ending_token(web, account, now)
            findings += _subscribed(web, account)
    return Health((*findings, *looking.receiving(account, now)))


def _number(web: Web, account: Account) -> list[Finding]:
    try:
        found = _asked(web, account)
    except InputError as error:
        return [unreached(error)]
    return [
        Finding(
            state="good", what=TOKEN, words=_("Meta accepts it for %(number)s (%(name)s)."),
            values={"number": text(found, "display_phone_number"), "name": text(found, "verified_name")},
        ),
        *_status(found), *_quality(found), *_limit(found),
    ]  # fmt: skip


def _asked(web: Web, account: Account) -> dict[str, Any]:
    """What Meta says of the number; without the newest fields where its version does not know them."""
    number = account.settings["phone_number_id"]
    try:
        return call(web, account, "GET", number, words=WORDS, params={"fields": FIELDS}, whole=WITHIN)
    except GraphError as error:
        if not error.code.startswith("100"):
            raise
        return call(web, account, "GET", number, words=WORDS, whole=WITHIN)


def _status(found: dict[str, Any]) -> list[Finding]:
    status = text(found, "status")
    if status in ("CONNECTED", ""):
        return [Finding(state="good", what=NUMBER, words=_("It is connected."))]
    is_warning = status in ("FLAGGED", "RATE_LIMITED", "RESTRICTED")
    return [Finding(
        state="warning" if is_warning else "broken", what=NUMBER,
        words=_("Meta calls its state %(status)s."), values={"status": status},
        todo=_("Open the number in WhatsApp Manager and follow what is said there."),
    )]  # fmt: skip


def _quality(found: dict[str, Any]) -> list[Finding]:
    rating = text(found, "quality_rating")
    if rating == "GREEN":
        return [Finding(state="good", what=QUALITY, words=_("Customers are content with the messages."))]
    if rating not in ("YELLOW", "RED"):
        return []
    return [Finding(
        state="warning", what=QUALITY,
        words=_("Many customers blocked or reported the messages (%(rating)s); the limit may fall."),
        values={"rating": rating},
        todo=_("Send less advertising, only to who asked for it, and say how to stop it."),
    )]  # fmt: skip


def _limit(found: dict[str, Any]) -> list[Finding]:
    tier = text(found, "messaging_limit_tier")
    if tier not in LIMITS:
        return []
    return [Finding(
        state="good", what=LIMIT,
        words=_("Templates may go to %(most)s customers within 24 hours; answers are not counted."),
        values={"most": LIMITS[tier]},
    )]  # fmt: skip


def _subscribed(web: Web, account: Account) -> list[Finding]:
    """Whether the app gets what happens in the WhatsApp account."""
    if not (business := account.settings.get("business_id")):
        return []
    try:
        found = call(web, account, "GET", f"{business}/subscribed_apps", words=WORDS, whole=WITHIN)
    except InputError:
        return []
    if records(found, "data"):
        return []
    return [Finding(
        state="broken", what=_("Incoming messages"),
        words=_("No app gets what happens in the WhatsApp account."),
        todo=_("At Meta, subscribe the app to the WhatsApp account and to the field “messages”."),
    )]  # fmt: skip
