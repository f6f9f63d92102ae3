"""The settings a company starts with, and where each comes from.

They are settings, not legal advice: each source says how we read it and what we have not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from relasi.lib.contact.rules import EVERY_DAY, Cap, Rules, Way, Window
from relasi.lib.contact.words import CHANNELS, PURPOSES, Channel, Purpose, Suppression
from relasi.lib.wording import mark as _

MONDAY_TO_SATURDAY = frozenset(range(6))


@dataclass(frozen=True, slots=True)
class Source:
    """`rests_on` names the text a setting follows, empty when it is our own choice."""

    text: str
    rests_on: str = ""


SOURCES = {
    "offers": Source(
        _(
            "As we read the rules of OJK, offers by private means of communication (phone, SMS, e-mail, "
            "messengers) need consent. The hours are those of the rule of 2022, which are narrower than the "
            "hours for collection; we have not compared them with the wording of 2023. They bind financial "
            "services; here they are a setting for every company. Check with your counsel."
        ),
        "POJK 6/POJK.07/2022, Pasal 25; POJK 22/2023",
    ),
    "collection": Source(
        _(
            "As we read the rules of OJK, payment is asked for on Monday to Saturday, outside national "
            "holidays, from 08.00 to 20.00 local time, unless the customer agreed to something else. They "
            "bind financial services; here they are a setting for every company. Check with your counsel."
        ),
        "POJK 22/2023, Pasal 62 ayat (2) huruf f, ayat (3)",
    ),
    "service": Source(
        _(
            "Our choice: e-mail and chat wake nobody and go at any time; a message on the phone waits "
            "for the day, a call for working days."
        )
    ),
    "legal": Source(
        _("Our choice: a notice that has to be given is given at any time and needs no consent.")
    ),
    "caps": Source(_("Our choice: one offer a day and three in a week, on all channels together.")),
    "joint_leave": Source(
        _(
            "Our choice: days of joint leave and regional holidays count like national ones when the company "
            "lists them."
        )
    ),
    "whatsapp": Source(
        _(
            "WhatsApp carries free text for 24 hours after the customer's last message, and only approved "
            "templates after that."
        ),
        "developers.facebook.com: WhatsApp Business Platform, Customer service windows",
    ),
}

ANY_TIME = Window(source="service")
NOTICES = Window(source="legal")
OFFERS = Window(MONDAY_TO_SATURDAY, time(8), time(18), rests_on_holidays=True, source="offers")
COLLECTION = Window(MONDAY_TO_SATURDAY, time(8), time(20), rests_on_holidays=True, source="collection")
DAYTIME = Window(EVERY_DAY, time(6), time(22), source="service")
SERVICE_CALLS = Window(MONDAY_TO_SATURDAY, time(8), time(20), rests_on_holidays=True, source="service")

SERVICE: dict[Channel, Window] = {
    "email": ANY_TIME,
    "chat": ANY_TIME,
    "messenger": ANY_TIME,
    "instagram": ANY_TIME,
    "whatsapp": DAYTIME,
    "sms": DAYTIME,
    "phone": SERVICE_CALLS,
}


def _every_channel(purpose: Purpose, window: Window) -> dict[Way, tuple[Window, ...]]:
    return {(purpose, channel): (window,) for channel in CHANNELS}


def _ways(purposes: tuple[Purpose, ...], channels: tuple[Channel, ...] = CHANNELS) -> frozenset[Way]:
    return frozenset((purpose, channel) for purpose in purposes for channel in channels)


WINDOWS: dict[Way, tuple[Window, ...]] = {
    **{("service", channel): (window,) for channel, window in SERVICE.items()},
    **_every_channel("marketing", OFFERS),
    **_every_channel("collection", COLLECTION),
    **_every_channel("legal", NOTICES),
}
CAPS = (Cap(1, 1, "marketing"), Cap(3, 7, "marketing"))
STOPS: dict[Suppression, frozenset[Way]] = {
    "hard_bounce": _ways(PURPOSES),
    "complaint": _ways(("marketing",)),
    "do_not_call": _ways(("marketing",), ("phone", "sms", "whatsapp")),
    "deceased": _ways(("service", "marketing", "collection")),
}
DEFAULT_RULES = Rules(WINDOWS, CAPS, stops=STOPS)
