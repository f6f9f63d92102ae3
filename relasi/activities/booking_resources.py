"""How booking pages, hours and bookings are shown, found and changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from relasi.activities.models import Booking, BookingHours, BookingPage, Letter
from relasi.kit.resources import Group, Panel, Resource, Search, Verb, register
from relasi.kit.resources.declaration import Related
from relasi.kit.ui.menu import MenuItem
from relasi.kit.ui.menu import register as register_menu

UNSURE = (Letter.State.FAILED, Letter.State.UNCERTAIN)


def _page_panel(page: BookingPage, user: Any) -> Mapping[str, Any] | None:
    """Its address, who can be booked and when, and mails that may not have arrived."""
    hosts = page.hosts()
    hours: dict[int, list[str]] = {}
    for row in BookingHours.objects.visible_to(user).filter(owner__in=hosts):
        hours.setdefault(row.owner_id or 0, []).append(str(row))
    usual = now_("Monday to Friday 09:00–17:00")
    unsure = Letter.objects.filter(booking__page=page, state__in=UNSURE).order_by("-id")
    return {
        "address": page.address,
        "hosts": [f"{host.name}: {', '.join(hours.get(host.pk, [])) or usual}" for host in hosts],
        "unsure": unsure[:10] if user.rights.may("view", Booking) else [],
    }


booking_pages = register(
    Resource(
        name="booking-pages",
        model=BookingPage,
        label=_("Booking pages"),
        label_one=_("Booking page"),
        icon="calendar-plus",
        order=16,
        columns=("name", "owner", "team", "minutes", "is_active"),
        more=("key", "location", "language", "notice_hours", "ahead_days", "most_a_day", "created_at"),
        inline=("name", "minutes", "location", "is_active"),
        groups=(
            Group(
                label=_("Page"), fields=("name", "description", "location", "language", "key", "is_active")
            ),
            Group(label=_("Who"), fields=("owner", "team")),
            Group(
                label=_("When"),
                fields=(
                    "minutes",
                    "before_minutes",
                    "after_minutes",
                    "notice_hours",
                    "ahead_days",
                    "most_a_day",
                    "rests_on_days_off",
                ),
            ),
            Group(label=_("Visitor"), fields=("questions", "until_hours", "reminder_hours")),
        ),
        sort=("name",),
        preload=("owner", "team"),
        panels=(
            Panel(
                name="address",
                label=_("Its page"),
                template="activities/panel_booking_page.html",
                context=_page_panel,
                order=5,
            ),
            Related(
                resource="bookings",
                via="page",
                label=_("Bookings"),
                columns=("name", "meeting", "owner", "cancelled_at"),
                order=10,
            ),
        ),
    )
)

booking_hours = register(
    Resource(
        name="booking-hours",
        model=BookingHours,
        label=_("Booking hours"),
        label_one=_("Booking hours"),
        icon="clock",
        order=17,
        columns=("name", "owner", "weekdays", "opens_at", "closes_at"),
        more=("created_at",),
        inline=("weekdays", "opens_at", "closes_at"),
        groups=(Group(label=_("Can be booked"), fields=("owner", "weekdays", "opens_at", "closes_at")),),
        sort=("name",),
        preload=("owner",),
    )
)

bookings = register(
    Resource(
        name="bookings",
        model=Booking,
        label=_("Bookings"),
        label_one=_("Booking"),
        icon="calendar-check",
        order=18,
        columns=("name", "page", "meeting", "owner", "email", "phone", "created_at", "cancelled_at"),
        more=("time_zone",),
        groups=(
            Group(label=_("Booking"), fields=("name", "email", "phone", "time_zone")),
            Group(label=_("Meeting"), fields=("page", "meeting", "owner", "cancelled_at")),
        ),
        preload=("page", "meeting", "owner"),
        search=Search(fields=("name",)),
        verbs=(
            Verb(
                name="cancel",
                label=_("Call off"),
                icon="x",
                danger=True,
                when=lambda booking: booking.cancelled_at is None,
            ),
        ),
        can_create=False,
        can_delete=False,
    )
)


def _may_see(user: Any) -> bool:
    return bool(user.is_authenticated and user.rights.may("view", BookingPage))


register_menu(
    MenuItem(
        section="",
        label=_("My booking page"),
        icon="calendar-plus",
        url_name="my_booking",
        order=95,
        visible=_may_see,
        quiet=True,
    )
)
