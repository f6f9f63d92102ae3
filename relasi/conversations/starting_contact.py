"""What every company starts with: hours of sending, caps, and the words of a consent."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import translation

from relasi.channels.models import Medium
from relasi.conversations.models import Purpose
from relasi.lib.contact.defaults import CAPS, WINDOWS

CONSENT = {
    "id": "Saya setuju menerima penawaran dan informasi produk lewat saluran yang saya pilih. "
    "Persetujuan ini dapat saya tarik kembali kapan saja.",
    "en": "I agree to receive offers and product news on the channels I chose. "
    "I can withdraw this consent at any time.",
}


def fill(apps: Any) -> None:
    """Laid once, by a migration; the company edits them afterwards."""
    hours = apps.get_model("conversations", "SendingHours")
    hours.objects.bulk_create(
        hours(
            name=_name(purpose, channel),
            purpose=purpose,
            channel=channel,
            weekdays="".join(str(day) for day in sorted(window.weekdays)),
            opens_at=window.opens,
            closes_at=window.closes,
            rests_on_holidays=window.rests_on_holidays,
            source=window.source,
        )
        for (purpose, channel), windows in WINDOWS.items()
        for window in windows
    )
    caps = apps.get_model("conversations", "SendingCap")
    caps.objects.bulk_create(
        caps(
            most=cap.most,
            days=cap.days,
            purpose=cap.purpose or "",
            channel=cap.channel or "",
            source="caps",
        )
        for cap in CAPS
    )
    texts = apps.get_model("conversations", "ConsentText")
    texts.objects.bulk_create(
        texts(purpose="marketing", language=language, number=1, text=text)
        for language, text in CONSENT.items()
    )


def _name(purpose: str, channel: str) -> str:
    """What hours are called, in the language of the installation."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{Purpose(purpose).label}, {Medium(channel).label}"[:120]
