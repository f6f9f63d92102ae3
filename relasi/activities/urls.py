"""The addresses of Today, the timeline, the calendar, booking and the bell."""

from relasi.activities.views import (
    booking,
    calendar,
    calendar_accounts,
    dav,
    my_booking,
    notification_settings,
    notifications,
    timeline,
    today,
)

urlpatterns = [
    *today.urlpatterns,
    *timeline.urlpatterns,
    *calendar.urlpatterns,
    *calendar_accounts.urlpatterns,
    *dav.urlpatterns,
    *booking.urlpatterns,
    *my_booking.urlpatterns,
    *notification_settings.urlpatterns,
    *notifications.urlpatterns,
]
