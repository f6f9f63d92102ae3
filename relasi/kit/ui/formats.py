"""How values are written for the reader: in the active language, the current time zone, Indonesian custom."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_timezone_name
from babel.numbers import format_decimal, format_percent
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext
from markupsafe import Markup, escape

from relasi.lib.money import Money, show
from relasi.lib.phones import PhoneError, normalise

DATE_STYLES = {
    "short": "d MMM",
    "medium": "d MMM y",
    "long": "d MMMM y",
    "full": "EEEE, d MMMM y",
    "month": "MMMM y",
    "weekday": "EEE, d MMM",
}
INDONESIAN_ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}
HUES = 8


def money(value: Any, currency: str = "") -> str:
    """`Rp1.250.000`, whole rupiah, in every language; other currencies as the reader's language writes them.

    Takes a number (of the company's own currency unless another is named) or anything with `amount` and
    `currency`. None is the empty text.
    """
    amount, currency = _amount(value, currency)
    if amount is None:
        return ""
    if currency == "IDR":
        amount = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return show(Money(amount, currency), "id" if _locale().language == "id" else "en")


def money_short(value: Any, currency: str = "") -> str:
    """`Rp680 jt`, `Rp1,2 M` (in English `Rp680 m`, `Rp1.2 bn`) for board headings and charts; rupiah only."""
    amount, currency = _amount(value, currency)
    if amount is None:
        return ""
    size = abs(amount)
    for floor, unit in ((10**12, gettext("tn")), (10**9, gettext("bn")), (10**6, gettext("m"))):
        if currency == "IDR" and size >= floor:
            short = format_decimal(size / floor, format="#,##0.#", locale=_locale())
            return f"{'-' if amount < 0 else ''}Rp{short} {unit}"
    return money(amount, currency)


def number(value: Any, decimals: int = 0) -> str:
    """`1.250` in Indonesian, `1,250` in English."""
    if value is None or value == "":
        return ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(Decimal(str(value)), format=pattern, locale=_locale())


def percent(value: Any, decimals: int = 0) -> str:
    """A share between 0 and 1 as `62%`."""
    if value is None or value == "":
        return ""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
    return format_percent(Decimal(str(value)), format=pattern, locale=_locale())


def filesize(value: int | None) -> str:
    """Bytes as `340 kB` or `1.2 MB` (powers of 1,000)."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{number(size, 0 if unit == 'B' or size >= 10 else 1)} {unit}"
        size /= 1000
    return ""


def date(value: dt.date | dt.datetime | None, style: str = "medium") -> str:
    """`17 Agu 2026`; style `full`: `Senin, 17 Agustus 2026`. An instant in the reader's zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = local(value)
    return format_date(value, DATE_STYLES.get(style, style), locale=_locale())


def time(value: dt.datetime | dt.time | None, zone: bool = False) -> str:
    """`09.05` in Indonesian, `09:05` in English; with `zone` followed by WIB, WITA or WIT."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = local(value)
    text = format_time(value, _clock(), locale=_locale())
    return f"{text} {zone_name(value)}" if zone and isinstance(value, dt.datetime) else text


def datetime(value: dt.datetime | None, style: str = "medium", zone: bool = True) -> str:
    """`17 Agu 2026 09.05 WIB`: the day, the clock and the name of the reader's zone."""
    if value is None or value == "":
        return ""
    here = local(value)
    text = format_datetime(here, f"{DATE_STYLES.get(style, style)} {_clock()}", locale=_locale())
    return f"{text} {zone_name(here)}" if zone else text


def ago(value: dt.datetime | dt.date | None, now: dt.datetime | None = None) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `yesterday`, `in 2 days`; beyond a week it is the date."""
    if value is None or value == "":
        return ""
    now = now or timezone.now()
    if isinstance(value, dt.datetime):
        seconds = (now - local(value)).total_seconds()
        if abs(seconds) < 43_200:
            return _clock_distance(seconds)
        value = local(value).date()
    return _day_distance(value, local(now).date())


def lasting(days: int) -> str:
    """A time that has gone by, in the largest unit that fits: 3 days, 5 months, 2 years."""
    return str(format_timedelta(dt.timedelta(days=days), granularity="day", locale=_locale()))


def when(value: dt.datetime | dt.date | None) -> Markup:
    """A `<time>` element: the distance to read, the exact instant for machines and on hover."""
    if value is None or value == "":
        return Markup("")
    exact = datetime(value) if isinstance(value, dt.datetime) else date(value, "full")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), exact, ago(value))


def phone(value: str | None) -> str:
    """`+62 812-3456-7890`; what cannot be read as a number stays as it is."""
    return _pretty_phone(str(value)) if value else ""


@lru_cache(maxsize=8192)
def _pretty_phone(value: str) -> str:
    try:
        return normalise(value).pretty
    except PhoneError:
        return value


def initials(value: Any) -> str:
    """At most two letters: `DL` for Dewi Lestari, `S` for Suharto; PT, CV and the like are left out."""
    words = re.findall(r"[^\W\d_]+", str(value or ""))
    words = [word for word in words if word.upper().rstrip(".") not in {"PT", "CV", "UD", "TBK"}] or words
    if not words:
        return "?"
    letters = f"{words[0][0]}{words[-1][0]}" if len(words) > 1 else str(words[0][0])
    return letters.upper()


def hue(value: Any) -> int:
    """A steady number from 0 to 7 for a name or an id: which of the eight quiet colours it gets."""
    return zlib.crc32(str(value).casefold().encode()) % HUES


def highlight(text: Any, query: str) -> Markup:
    """The text with every word of the query marked, whatever its case; everything else escaped."""
    words = [re.escape(word) for word in str(query or "").split()]
    if not words:
        return escape(str(text))
    pieces = re.split(f"({'|'.join(words)})", str(text), flags=re.IGNORECASE)
    marked = (
        Markup("<mark>{}</mark>").format(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )
    return Markup("").join(marked)


def local(value: dt.datetime) -> dt.datetime:
    """The instant in the reader's zone; a naive one is taken to be in it already."""
    return timezone.localtime(value) if timezone.is_aware(value) else timezone.make_aware(value)


def zone_name(value: dt.datetime) -> str:
    """WIB, WITA or WIT; elsewhere the short name of the zone."""
    key = getattr(value.tzinfo, "key", "")
    return INDONESIAN_ZONES.get(key) or str(get_timezone_name(value, "short", locale=_locale()))


def _amount(value: Any, currency: str) -> tuple[Decimal | None, str]:
    currency = currency or settings.RELASI_CURRENCY
    if value is None or value == "":
        return None, currency
    if hasattr(value, "amount"):
        return Decimal(value.amount), str(getattr(value, "currency", currency))
    return Decimal(str(value)), currency


def _clock_distance(seconds: float) -> str:
    minutes, ahead = round(abs(seconds) / 60), seconds < 0
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        text = gettext("in %(count)s min") if ahead else gettext("%(count)s min ago")
        return text % {"count": minutes}
    text = gettext("in %(count)s h") if ahead else gettext("%(count)s h ago")
    return text % {"count": minutes // 60}


def _day_distance(day: dt.date, today: dt.date) -> str:
    days = (today - day).days
    near = {0: gettext("today"), 1: gettext("yesterday"), -1: gettext("tomorrow")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    if -7 < days < -1:
        return ngettext("in %(count)s day", "in %(count)s days", -days) % {"count": -days}
    return date(day, "short" if day.year == today.year else "medium")


def _clock() -> str:
    return "HH.mm" if _locale().language == "id" else "HH:mm"


def _locale() -> Locale:
    language = (get_language() or "id").partition("-")[0]
    return Locale.parse(language) if language in {"id", "en"} else Locale.parse("en")
