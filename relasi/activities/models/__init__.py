from relasi.activities.models.activity import MODELS, Activity, Call, Kind, Meeting, Note, Task, Visit
from relasi.activities.models.attendee import Attendee
from relasi.activities.models.booking import Booking, BookingHours, BookingPage
from relasi.activities.models.calendar_account import BusyTime, CalendarAccount, CalendarLink
from relasi.activities.models.dav_name import DavName
from relasi.activities.models.feed import CalendarFeed
from relasi.activities.models.letter import Letter
from relasi.activities.models.notification import Notification, notify
from relasi.activities.models.preference import NotificationPreference, PushDevice, PushKey

__all__ = [
    "MODELS", "Activity", "Attendee", "Booking", "BookingHours", "BookingPage", "BusyTime", "Call",
    "CalendarAccount", "CalendarFeed", "CalendarLink", "DavName", "Kind", "Letter", "Meeting", "Note",
    "Notification", "NotificationPreference", "PushDevice", "PushKey", "Task", "Visit", "notify",
]  # fmt: skip
