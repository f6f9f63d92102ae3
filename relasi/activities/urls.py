"""The addresses of Today, the timeline, the calendar and the bell."""

from relasi.activities.views import calendar, notifications, timeline, today

urlpatterns = [*today.urlpatterns, *timeline.urlpatterns, *calendar.urlpatterns, *notifications.urlpatterns]
