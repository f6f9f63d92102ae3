"""The table of "may I send?": what is asked, on whose clock, when, and what the answer is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

from relasi.lib.contact import Asked, Channel, Consent, Purpose, Sent, Suppression
from relasi.lib.provinces import TIME_ZONES

ZONES = {**TIME_ZONES, "NY": "America/New_York"}
SUPPRESSIONS: dict[str, Suppression] = {
    "bounce": "hard_bounce", "complaint": "complaint", "do-not-call": "do_not_call", "dead": "deceased"
}  # fmt: skip

SENT: dict[str, tuple[Purpose, Channel]] = {"offer": ("marketing", "sms"), "bill": ("service", "email")}

LEBARAN = {
    date(2026, 3, 18): "Cuti bersama Nyepi", date(2026, 3, 19): "Hari Suci Nyepi",
    date(2026, 3, 20): "Cuti bersama Idul Fitri", date(2026, 3, 21): "Idul Fitri",
    date(2026, 3, 22): "Idul Fitri", date(2026, 3, 23): "Cuti bersama Idul Fitri",
    date(2026, 3, 24): "Cuti bersama Idul Fitri",
}  # fmt: skip
NATIONAL = {
    date(2026, 1, 1): "Tahun Baru", date(2026, 2, 17): "Imlek", date(2026, 6, 16): "Tahun Baru Islam",
    date(2026, 8, 17): "Hari Kemerdekaan", date(2026, 12, 25): "Natal",
}  # fmt: skip
BALI = {
    **NATIONAL,
    date(2026, 6, 17): "Galungan",
    date(2026, 3, 19): "Nyepi",
    date(2026, 3, 20): "Ngembak Geni",
}
HOLIDAYS = {"Lebaran": LEBARAN, "national": NATIONAL, "Bali": BALI}


@dataclass(frozen=True)
class Case:
    line: str
    asked: Asked
    now: datetime
    verdict: str
    reason: str
    at: datetime | None

    def __str__(self) -> str:
        return self.line


def ask(what: str, zone: str, when: str, answer: str) -> Case:
    """`purpose channel flag…`, the zone's letters, the customer's clock, and `verdict reason [clock]`."""
    purpose, channel, *flags = what.split()
    where = ZoneInfo(ZONES[zone])
    verdict, reason, *at = answer.split(maxsplit=2)
    now = _moment(when, where)
    asked = Asked(cast(Purpose, purpose), cast(Channel, channel), where, **_facts(flags, now))
    expected = datetime.fromisoformat(at[0]) if at else now.replace(tzinfo=None) if verdict == "yes" else None
    return Case(f"{what} | {zone} {when} | {answer}", asked, now, verdict, reason, expected)


def _facts(flags: list[str], now: datetime) -> dict[str, Any]:
    """A flag is a word, or a word with moments of the same year: `inbound=02-01/09:00`."""
    facts: dict[str, Any] = {"sent": (), "suppressions": frozenset()}
    for flag in flags:
        name, _, value = flag.partition("=")
        moments = [_moment(f"{now.year}-{text}", now.tzinfo) for text in value.split(",") if text]
        if name in SUPPRESSIONS:
            facts["suppressions"] |= {SUPPRESSIONS[name]}
        elif name in HOLIDAYS:
            facts["holidays"] = HOLIDAYS[name]
        elif name == "template":
            facts["is_template"] = True
        elif name == "inbound":
            facts["last_inbound"] = moments[0]
        elif name in SENT:
            facts["sent"] += tuple(Sent(moment, *SENT[name]) for moment in moments)
        else:
            facts["consent"] = Consent(cast(Any, name), *moments)
    return facts


def _moment(text: str, where: tzinfo | None) -> datetime:
    """A `+` after the time means: the second time the clock shows it."""
    moment = datetime.fromisoformat(text.rstrip("+").replace("/", " "))
    return moment.replace(tzinfo=where, fold=int(text.endswith("+")))


def _rows(text: str) -> list[tuple[str, str, str]]:
    rows = []
    for line in text.strip().splitlines():
        what, when, answer = (part.strip() for part in line.split("|"))
        rows.append((what, when, answer))
    return rows


# February and March 2026: the 2nd and the 16th are Mondays. The same on every Indonesian clock.
EVERYWHERE = _rows("""
marketing email given | 2026-02-02 07:59:59 | later outside_hours 2026-02-02 08:00
marketing email given | 2026-02-02 08:00 | yes allowed
marketing email given | 2026-02-02 17:59:59 | yes allowed
marketing email given | 2026-02-02 18:00 | later outside_hours 2026-02-03 08:00
marketing email given | 2026-02-02 00:00 | later outside_hours 2026-02-02 08:00
marketing email given | 2026-02-06 23:59:59 | later outside_hours 2026-02-07 08:00
marketing email given | 2026-02-07 12:00 | yes allowed
marketing email given | 2026-02-07 18:00 | later outside_hours 2026-02-09 08:00
marketing email given | 2026-02-08 12:00 | later weekday_rests 2026-02-09 08:00
marketing sms given national | 2026-02-17 12:00 | later holiday_rests 2026-02-18 08:00
marketing sms given | 2026-02-17 12:00 | yes allowed
marketing phone given national | 2026-08-15 18:00 | later outside_hours 2026-08-18 08:00
marketing phone given national | 2026-12-31 18:00 | later outside_hours 2027-01-01 08:00
marketing phone given national | 2025-12-31 18:00 | later outside_hours 2026-01-02 08:00
marketing chat given Lebaran | 2026-03-17 17:59 | yes allowed
marketing chat given Lebaran | 2026-03-17 18:00 | later outside_hours 2026-03-25 08:00
marketing chat given Lebaran | 2026-03-19 09:00 | later holiday_rests 2026-03-25 08:00
marketing chat given Lebaran | 2026-03-22 09:00 | later weekday_rests 2026-03-25 08:00
marketing chat given Lebaran | 2026-03-24 23:59 | later holiday_rests 2026-03-25 08:00
collection phone Lebaran | 2026-03-17 19:59 | yes allowed
collection phone Lebaran | 2026-03-17 20:00 | later outside_hours 2026-03-25 08:00
collection sms | 2026-02-08 10:00 | later weekday_rests 2026-02-09 08:00
collection email withdrawn | 2026-02-02 19:00 | yes allowed
collection email dead | 2026-02-02 19:00 | no deceased
service email Lebaran | 2026-03-21 03:00 | yes allowed
service chat | 2026-02-08 23:59 | yes allowed
service sms | 2026-02-08 05:59 | later outside_hours 2026-02-08 06:00
service sms Lebaran | 2026-03-21 06:00 | yes allowed
service sms | 2026-02-08 22:00 | later outside_hours 2026-02-09 06:00
service phone Lebaran | 2026-03-20 10:00 | later holiday_rests 2026-03-25 08:00
service email withdrawn=01-05/09 | 2026-02-02 10:00 | no consent_withdrawn
service email not_needed | 2026-02-02 10:00 | yes allowed
legal email withdrawn complaint dead | 2026-03-22 03:00 | yes allowed
legal phone Lebaran do-not-call | 2026-03-22 03:00 | yes allowed
legal email bounce | 2026-02-02 10:00 | no hard_bounce
legal whatsapp | 2026-02-02 10:00 | no template_needed
legal whatsapp template | 2026-02-01 02:00 | yes allowed
marketing email | 2026-02-02 10:00 | no consent_unknown
marketing email | 2026-02-08 22:00 | no consent_unknown
marketing email withdrawn | 2026-02-02 10:00 | no consent_withdrawn
marketing email not_needed | 2026-02-02 10:00 | yes allowed
marketing email given=02-02/10 | 2026-02-02 10:00 | yes allowed
marketing email given=02-02/10 | 2026-02-02 09:59 | later consent_not_begun 2026-02-02 10:00
marketing email given=02-07/19 | 2026-02-02 10:00 | later consent_not_begun 2026-02-09 08:00
marketing email given complaint | 2026-02-02 10:00 | no complaint
marketing email given do-not-call | 2026-02-02 10:00 | yes allowed
marketing phone given do-not-call | 2026-02-02 10:00 | no do_not_call
marketing sms given do-not-call | 2026-02-02 22:00 | no do_not_call
marketing email given dead bounce | 2026-02-02 10:00 | no deceased
service email complaint | 2026-02-02 10:00 | yes allowed
marketing email given offer=02-02/09 | 2026-02-02 10:00 | later cap_reached 2026-02-03 09:00
marketing email given offer=02-02/09 | 2026-02-03 09:00 | yes allowed
marketing email given offer=02-07/17:59 | 2026-02-07 18:00 | later outside_hours 2026-02-09 08:00
marketing email given bill=02-02/09 | 2026-02-02 10:00 | yes allowed
service email offer=02-02/09 | 2026-02-02 10:00 | yes allowed
marketing email given offer=02-02/10,02-04/10,02-06/10 | 2026-02-07 11:00 | later cap_reached 2026-02-09 10:00
marketing email given offer=02-01/10,02-04/10,02-06/10 | 2026-02-07 11:00 | later cap_reached 2026-02-09 08:00
marketing email given Lebaran offer=03-17/12 | 2026-03-17 13:00 | later cap_reached 2026-03-25 08:00
marketing whatsapp given template | 2026-02-02 10:00 | yes allowed
marketing whatsapp given | 2026-02-02 10:00 | no template_needed
marketing whatsapp given inbound=02-01/10:00:01 | 2026-02-02 10:00 | yes allowed
marketing whatsapp given inbound=02-01/10 | 2026-02-02 10:00 | no template_needed
marketing whatsapp given inbound=02-02/07 | 2026-02-02 07:30 | later outside_hours 2026-02-02 08:00
marketing whatsapp given inbound=02-02/08 | 2026-02-02 20:00 | no template_needed_by_then
marketing whatsapp given inbound=02-02/08:00:01 | 2026-02-02 20:00 | later outside_hours 2026-02-03 08:00
marketing whatsapp given inbound=02-07/17 | 2026-02-07 18:00 | no template_needed_by_then
marketing whatsapp given template inbound=02-07/17 | 2026-02-07 18:00 | later outside_hours 2026-02-09 08:00
marketing whatsapp withdrawn inbound=02-02/09 | 2026-02-02 10:00 | no consent_withdrawn
service whatsapp inbound=02-01/23 | 2026-02-02 05:00 | later outside_hours 2026-02-02 06:00
service whatsapp inbound=02-02/21:59 | 2026-02-02 22:00 | later outside_hours 2026-02-03 06:00
marketing sms given | 2024-02-28 18:00 | later outside_hours 2024-02-29 08:00
marketing sms given | 2024-02-29 12:00 | yes allowed
marketing sms given | 2024-02-29 18:00 | later outside_hours 2024-03-01 08:00
marketing sms given offer=02-28/10 | 2024-02-28 11:00 | later cap_reached 2024-02-29 10:00
marketing sms given offer=02-29/10 | 2024-02-29 11:00 | later cap_reached 2024-03-01 10:00
marketing sms given offer=02-23/10,02-26/10,02-28/09 | 2024-02-29 11:00 | later cap_reached 2024-03-01 10:00
marketing whatsapp given inbound=02-28/17 | 2024-02-28 19:00 | later outside_hours 2024-02-29 08:00
""")

IN_BALI = _rows("""
marketing sms given Bali | 2026-03-19 10:00 | later holiday_rests 2026-03-21 08:00
marketing sms given Bali | 2026-03-18 18:00 | later outside_hours 2026-03-21 08:00
collection phone Bali | 2026-03-20 10:00 | later holiday_rests 2026-03-21 08:00
service phone Bali | 2026-03-19 10:00 | later holiday_rests 2026-03-21 08:00
service email Bali | 2026-03-19 10:00 | yes allowed
legal sms Bali | 2026-03-19 10:00 | yes allowed
marketing sms given Bali | 2026-06-15 18:00 | later outside_hours 2026-06-18 08:00
marketing sms given Bali | 2026-06-17 10:00 | later holiday_rests 2026-06-18 08:00
marketing sms given national | 2026-06-17 10:00 | yes allowed
marketing sms given national | 2026-06-15 18:00 | later outside_hours 2026-06-17 08:00
marketing whatsapp given Bali inbound=03-18/17 | 2026-03-18 18:00 | no template_needed_by_then
""")

# New York goes from 02:00 to 03:00 on 8 March 2026, a Sunday, and from 02:00 back to 01:00 on 1 November.
IN_NEW_YORK = _rows("""
marketing email given | 2026-03-07 18:00 | later outside_hours 2026-03-09 08:00
marketing email given | 2026-03-08 01:59 | later weekday_rests 2026-03-09 08:00
marketing email given | 2026-03-08 03:00 | later weekday_rests 2026-03-09 08:00
service sms | 2026-03-08 01:30 | later outside_hours 2026-03-08 06:00
service sms | 2026-03-08 05:59 | later outside_hours 2026-03-08 06:00
service sms | 2026-03-07 22:00 | later outside_hours 2026-03-08 06:00
service email | 2026-03-08 03:00 | yes allowed
service sms | 2026-11-01 01:30 | later outside_hours 2026-11-01 06:00
service sms | 2026-11-01 01:30+ | later outside_hours 2026-11-01 06:00
service email | 2026-11-01 01:30+ | yes allowed
service sms | 2026-10-31 22:00 | later outside_hours 2026-11-01 06:00
marketing sms given offer=03-07/12 | 2026-03-07 12:30 | later cap_reached 2026-03-09 08:00
service whatsapp inbound=03-07/21 | 2026-03-08 21:59 | yes allowed
service whatsapp inbound=03-07/21 | 2026-03-08 22:00 | no template_needed
service whatsapp inbound=10-31/21 | 2026-11-01 19:59 | yes allowed
service whatsapp inbound=10-31/21 | 2026-11-01 20:00 | no template_needed
service whatsapp inbound=03-07/06:30 | 2026-03-07 22:00 | later outside_hours 2026-03-08 06:00
service whatsapp inbound=10-31/06:30 | 2026-10-31 22:00 | no template_needed_by_then
marketing email given offer=03-03/10,03-05/10,03-06/10 | 2026-03-07 11:00 | later cap_reached 2026-03-10 11:00
marketing email given offer=10-27/10,10-29/10,10-30/10 | 2026-10-31 11:00 | later cap_reached 2026-11-03 09:00
marketing sms given | 2028-02-28 18:00 | later outside_hours 2028-02-29 08:00
marketing sms given | 2028-02-29 18:00 | later outside_hours 2028-03-01 08:00
marketing sms | 2026-03-09 10:00 | no consent_unknown
""")

# One moment, four clocks: 18.30 in Jayapura is 16.30 in Jakarta.
TOGETHER = [
    ask("marketing sms given", "WIT", "2026-02-02 18:30", "later outside_hours 2026-02-03 08:00"),
    ask("marketing sms given", "WITA", "2026-02-02 17:30", "yes allowed"),
    ask("marketing sms given", "WIB", "2026-02-02 16:30", "yes allowed"),
    ask("marketing sms given", "NY", "2026-02-02 04:30", "later outside_hours 2026-02-02 08:00"),
]

CASES = [
    *(ask(what, zone, when, answer) for zone in TIME_ZONES for what, when, answer in EVERYWHERE),
    *(ask(what, "WITA", when, answer) for what, when, answer in IN_BALI),
    *(ask(what, "NY", when, answer) for what, when, answer in IN_NEW_YORK),
    *TOGETHER,
]
