"""Notifications beyond the bell: pushed, mailed at once, or gathered once a day."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relasi.activities.models import Notification, NotificationPreference, PushDevice
from relasi.activities.posting import post
from relasi.activities.pushing import push

Mail = NotificationPreference.Mail
MORNING = 7  # o'clock where the reader is
OLDEST, MOST = timedelta(days=7), 50


def spread(*, key: str, user_ids: list[int]) -> None:
    """Push what was told under a key, and mail it where that is wished at once. Nobody gets it twice."""
    for one in Notification.objects.filter(key=key, user__in=user_ids).select_related("user"):
        if one.user.is_active:
            _spread_one(one)


def _spread_one(one: Notification) -> None:
    preference = NotificationPreference.of(one.user)
    with translation.override(one.user.language):
        if (
            preference.mail == Mail.AT_ONCE
            and one.kind == one.Kind.MENTION
            and one.kind in preference.by_mail
        ):
            _mail_one(one, preference)
        if one.kind not in preference.by_push or not _claim_push(one):
            return
        for device in PushDevice.objects.filter(user=one.user):
            push(one, device)


def _claim_push(one: Notification) -> bool:
    """At most once: claimed before it goes out."""
    rows = Notification.objects.filter(pk=one.pk, pushed_at=None)
    return bool(rows.update(pushed_at=timezone.now()))


@transaction.atomic
def _mail_one(one: Notification, preference: NotificationPreference) -> None:
    if not Notification.objects.filter(pk=one.pk, mailed_at=None).update(mailed_at=timezone.now()):
        return
    text = f"{one.reason}\n{one.text}\n{_link(one)}\n"
    _post(preference, f"notification:{one.pk}", f"{one.reason}: {one.text}", text)


def gather(now: datetime) -> int:
    """The mails of the day for everybody whose morning it is. Returns how many."""
    wishing = NotificationPreference.objects.exclude(mail=Mail.OFF).filter(user__is_active=True)
    return sum(_gather_one(preference, now) for preference in wishing.select_related("user"))


@transaction.atomic
def _gather_one(preference: NotificationPreference, now: datetime) -> bool:
    """One mail a day with what is unread; the letter and the mark that it is written are one step."""
    user: Any = preference.user
    here = now.astimezone(zoneinfo.ZoneInfo(user.time_zone))
    mine = NotificationPreference.objects.filter(pk=preference.pk)
    todays = mine.exclude(digest_on__gte=here.date()) if preference.digest_on else mine.filter(digest_on=None)
    if here.hour < MORNING or not todays.update(digest_on=here.date()):
        return False
    rows = Notification.objects.filter(
        user=user, seen_at=None, mailed_at=None, at__gte=now - OLDEST, kind__in=preference.by_mail
    )
    news = list(rows.order_by("-at", "-id")[:MOST])
    if not news:
        return False
    Notification.objects.filter(pk__in=[one.pk for one in news]).update(mailed_at=now)
    with translation.override(user.language), timezone.override(here.tzinfo):
        subject = ngettext("%(num)s unread notification", "%(num)s unread notifications", len(news))
        lines = [f"{one.reason}\n{one.text}\n{_link(one)}\n" for one in news]
        _post(preference, f"digest:{user.pk}:{here.date()}", subject % {"num": len(news)}, "\n".join(lines))
    return True


def _post(preference: NotificationPreference, key: str, subject: str, text: str) -> None:
    stop = f"{settings.RELASI_PUBLIC_URL.rstrip('/')}/notifications/stop/{preference.stop_key}/"
    post(
        key=key, to=preference.user.email, subject=subject, user=preference.user,
        text=f"{text}\n-- \n{_('No more of these mails: %(address)s') % {'address': stop}}\n",
        headers={
            "List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )  # fmt: skip


def _link(one: Notification) -> str:
    return f"{settings.RELASI_PUBLIC_URL.rstrip('/')}/notifications/{one.pk}/"
