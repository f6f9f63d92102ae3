"""What arrives where: one's own choices and devices; and the link that ends the mails."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from relasi.activities import pushing
from relasi.activities.models import Notification, NotificationPreference, PushDevice
from relasi.channels.reaching import NotReached
from relasi.kit.access.middleware import public
from relasi.kit.access.requests import Request

PLACES = ("in_app", "by_mail", "by_push")
MOST_DEVICES = 20


@require_http_methods(["GET", "POST"])
def notification_settings(request: Request) -> HttpResponse:
    preference = NotificationPreference.of(request.user)
    if request.method == "POST":
        mail = request.POST.get("mail", "")
        if mail not in NotificationPreference.Mail.values:
            return HttpResponseBadRequest(_("Choose one of the answers."))
        preference.mail = mail
        for place in PLACES:
            wanted = set(request.POST.getlist(place))
            setattr(preference, place, [kind for kind in Notification.Kind.values if kind in wanted])
        preference.save()
        return HttpResponseRedirect(reverse("notification_settings") + "?kept=1")
    context = {
        "preference": preference,
        "mails": NotificationPreference.Mail.choices,
        "kinds": Notification.Kind.choices,
        "places": PLACES,
        "devices": PushDevice.objects.visible_to(request.user).order_by("id"),
        "push_key": pushing.public_key(),
        "is_kept": "kept" in request.GET,
    }
    return render(request, "activities/notification_settings.html", context)


@require_POST
def push_subscribe(request: Request) -> HttpResponse:
    """`endpoint`, `p256dh`, `auth`, as the browser made them; a device is known by its endpoint."""
    endpoint, keys = (
        request.POST.get("endpoint", ""),
        {name: request.POST.get(name, "") for name in ("p256dh", "auth")},
    )
    if not all(keys.values()) or len(endpoint) > 500 or any(len(key) > 200 for key in keys.values()):
        return HttpResponseBadRequest(_("This browser cannot show notifications."))
    try:
        pushing.check_endpoint(endpoint)
    except NotReached:
        return HttpResponseBadRequest(_("This browser cannot show notifications."))
    known = PushDevice.objects.visible_to(request.user)
    if known.count() >= MOST_DEVICES and not known.filter(endpoint=endpoint).exists():
        return HttpResponseBadRequest(_("Remove a device first."))
    facts = {"user": request.user, "secrets": keys, "name": request.POST.get("name", "")[:120]}
    PushDevice.objects.update_or_create(endpoint=endpoint, defaults=facts)
    return HttpResponseRedirect(reverse("notification_settings"))


@require_POST
def push_unsubscribe(request: Request, pk: int) -> HttpResponse:
    if not PushDevice.objects.visible_to(request.user).filter(pk=pk).delete()[0]:
        raise Http404
    return HttpResponseRedirect(reverse("notification_settings"))


@public
@csrf_exempt
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """One click ends the mails; mail programs do it by themselves with a POST (RFC 8058)."""
    preference = NotificationPreference.of_stop_key(key)
    if preference is None:
        raise Http404(_("There is no such page."))
    if request.method == "POST":
        preference.stop_mails()
    context: dict[str, Any] = {"is_done": request.method == "POST"}
    with translation.override(preference.user.language):
        return render(request, "activities/notifications_stop.html", context)


urlpatterns = [
    path("settings/notifications/", notification_settings, name="notification_settings"),
    path("settings/notifications/devices/", push_subscribe, name="push_subscribe"),
    path("settings/notifications/devices/<int:pk>/", push_unsubscribe, name="push_unsubscribe"),
    path("notifications/stop/<str:key>/", stop, name="notifications_stop"),
]
