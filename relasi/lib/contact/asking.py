"""`may_send`: what waiting does not change first, then the first moment that passes every rule of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from relasi.lib.contact.answer import Answer, Check, later, no, yes
from relasi.lib.contact.facts import Asked, aware
from relasi.lib.contact.hours import next_opening
from relasi.lib.contact.rules import Cap, Window
from relasi.lib.contact.words import Suppression
from relasi.lib.wording import mark as _

FREE_TEXT = timedelta(hours=24)

SUPPRESSED: dict[Suppression, str] = {
    "deceased": _("The customer has died."),
    "hard_bounce": _("Messages to this address or number come back: it does not exist."),
    "complaint": _("The customer complained about messages from us."),
    "do_not_call": _("The customer asked not to be called."),
}


def may_send(asked: Asked, now: datetime) -> Answer:
    """May this message go out at `now`, later, or not at all?

    "Later" is the first moment that passes every rule, if no further fact comes in until then. Its reason is
    the rule that stands in the way longest. A "no" gives the first rule that waiting does not lift.
    """
    now = aware(now).astimezone(UTC)
    waiting = (_consent(asked, now), *_caps(asked, now))
    free_from = max([now, *(check.until for check in waiting if check.until)])
    at = next_opening(asked.windows, asked.zone, asked.holidays, free_from)
    checks = (
        *_suppressions(asked),
        *waiting,
        *_whatsapp(asked, now, at),
        *_hours(asked, now),
    )
    failed = [check for check in checks if not check.passed]
    final = next((check for check in failed if check.until is None), None)
    if final:
        return no(final, checks)
    if at is None:
        return no(_never_opens(), (*checks, _never_opens()))
    if not failed:
        return yes(at.astimezone(asked.zone), checks)
    longest = max(failed, key=lambda check: check.until or now)
    return later(at.astimezone(asked.zone), longest, (*checks, *_then(longest, at, asked.zone)))


def _then(longest: Check, at: datetime, zone: ZoneInfo) -> Iterator[Check]:
    """The hours of sending may be closed again when everything else has passed."""
    if longest.until and longest.until < at:
        text = _("On %(free)s, when this is over, it is outside the hours of sending until %(opens)s.")
        values = {"free": _clock(longest.until, zone), "opens": _clock(at, zone)}
        yield Check("hours", False, "outside_hours_then", text, values, at)


def _suppressions(asked: Asked) -> Iterator[Check]:
    found = [
        name
        for name in SUPPRESSED
        if name in asked.suppressions and asked.way in asked.rules.stops.get(name, frozenset())
    ]
    for name in found:
        yield Check("suppression", False, name, SUPPRESSED[name])
    if not found:
        yield Check("suppression", True, "not_suppressed", _("Nothing bars this address or number."))


def _consent(asked: Asked, now: datetime) -> Check:
    consent, since = asked.consent, asked.consent.since and asked.consent.since.astimezone(UTC)
    dated = {"since": _clock(since, asked.zone)} if since else {}
    if asked.is_answer and asked.purpose == "service":
        text = _("The customer wrote and waits for an answer.")
        return Check("consent", True, "answer", text)
    if consent.state == "withdrawn" and asked.purpose in asked.rules.heeds_withdrawal:
        text = _("The customer withdrew consent on %(since)s.") if since else _("Consent was withdrawn.")
        return Check("consent", False, "consent_withdrawn", text, dated)
    if consent.state == "given" and since and since > now:
        text = _("The customer's consent begins on %(since)s.")
        return Check("consent", False, "consent_not_begun", text, dated, since)
    if consent.state == "given":
        text = _("The customer has consented since %(since)s.") if since else _("The customer consented.")
        return Check("consent", True, "consent_given", text, dated)
    if consent.state == "unknown" and asked.purpose in asked.rules.needs_consent:
        return Check("consent", False, "consent_unknown", _("The customer has not consented to this."))
    return Check("consent", True, "consent_not_needed", _("This needs no consent."))


def _caps(asked: Asked, now: datetime) -> Iterator[Check]:
    caps = [cap for cap in asked.rules.caps if cap.covers(asked.purpose, asked.channel)]
    return (_cap(cap, asked, now) for cap in caps)


def _cap(cap: Cap, asked: Asked, now: datetime) -> Check:
    counted, free_from = cap.counted(asked.sent, now), cap.free_from(asked.sent)
    values: dict[str, object] = {"most": cap.most, "days": cap.days, "sent": counted}
    if free_from is None or free_from <= now:
        text = _("Messages sent: %(sent)s of %(most)s allowed in %(days)s × 24 hours.")
        return Check("cap", True, "under_cap", text, values)
    text = _(
        "Messages sent or planned: %(sent)s; %(most)s are allowed in %(days)s × 24 hours. "
        "There is room again on %(until)s."
    )
    return Check(
        "cap", False, "cap_reached", text, {**values, "until": _clock(free_from, asked.zone)}, free_from
    )


def _whatsapp(asked: Asked, now: datetime, at: datetime | None) -> Iterator[Check]:
    """Free text needs an open conversation, at the moment it goes out."""
    if asked.channel != "whatsapp":
        return
    if asked.is_template:
        yield Check("whatsapp", True, "template", _("WhatsApp carries a template at any time."))
    elif asked.last_inbound is None:
        text = _("The customer never wrote on WhatsApp: only a template may go.")
        yield Check("whatsapp", False, "template_needed", text)
    else:
        yield _conversation(asked.last_inbound, asked.zone, now, at or now)


def _conversation(last_inbound: datetime, zone: ZoneInfo, now: datetime, at: datetime) -> Check:
    closes = last_inbound.astimezone(UTC) + FREE_TEXT
    values = {"closes": _clock(closes, zone), "at": _clock(at, zone)}
    if now >= closes:
        text = _("WhatsApp took free text until %(closes)s: only a template may go.")
        return Check("whatsapp", False, "template_needed", text, values)
    if at >= closes:
        text = _(
            "This may go on %(at)s at the earliest, but WhatsApp takes free text only until %(closes)s: "
            "use a template."
        )
        return Check("whatsapp", False, "template_needed_by_then", text, values)
    return Check("whatsapp", True, "free_text", _("WhatsApp takes free text until %(closes)s."), values)


def _hours(asked: Asked, now: datetime) -> Iterator[Check]:
    """Holiday, weekday and time of day, each among the hours that the one before leaves."""
    if not asked.windows:
        yield Check("hours", False, "no_hours", _("No hours of sending are set for this."))
        return
    until = next_opening(asked.windows, asked.zone, asked.holidays, now)
    if until is None:
        yield _never_opens()
        return
    opens = _clock(until, asked.zone)
    local = now.astimezone(asked.zone)
    day, clock = local.date(), local.time()
    today = [window for window in asked.windows if day.weekday() in window.weekdays]
    yield _weekday(bool(today), opens, until)
    working = [window for window in today if window.works_on(day, asked.holidays)]
    if day in asked.holidays:
        yield _holiday(asked.holidays[day], _any_works_on_holidays(today or asked.windows), opens, until)
    else:
        yield Check("holiday", True, "no_holiday", _("Today is no holiday for the customer."))
    fits = any(window.holds(clock) for window in working or today or asked.windows)
    yield _time_of_day(fits, f"{clock:%H:%M}", opens, until)


def _any_works_on_holidays(windows: list[Window] | tuple[Window, ...]) -> bool:
    return any(not window.rests_on_holidays for window in windows)


def _weekday(works: bool, opens: str, until: datetime) -> Check:
    if works:
        return Check("weekday", True, "weekday_fits", _("Messages of this kind go on this weekday."))
    text = _("Messages of this kind do not go on this weekday. The next hours begin on %(opens)s.")
    return Check("weekday", False, "weekday_rests", text, {"opens": opens}, until)


def _holiday(name: str, works: bool, opens: str, until: datetime) -> Check:
    if works:
        text = _("Messages of this kind go on holidays too (%(holiday)s).")
        return Check("holiday", True, "holiday_works", text, {"holiday": name})
    text = _("Today is a holiday for the customer: %(holiday)s. The next hours begin on %(opens)s.")
    return Check("holiday", False, "holiday_rests", text, {"holiday": name, "opens": opens}, until)


def _time_of_day(fits: bool, clock: str, opens: str, until: datetime) -> Check:
    if fits:
        text = _("It is %(clock)s for the customer: within the hours of sending.")
        return Check("hours", True, "within_hours", text, {"clock": clock})
    text = _(
        "It is %(clock)s for the customer: outside the hours of sending. The next hours begin on %(opens)s."
    )
    return Check("hours", False, "outside_hours", text, {"clock": clock, "opens": opens}, until)


def _never_opens() -> Check:
    return Check("hours", False, "never_opens", _("The hours of sending do not open within two years."))


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"
