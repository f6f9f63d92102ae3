"""One's own booking page: made with one click, its address to be copied."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.activities.models import BookingPage
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may


@require_http_methods(["GET", "POST"])
def my_booking(request: Request) -> HttpResponse:
    user: Any = request.user
    if not may(user, "view", BookingPage):
        raise PermissionDenied(_("You may not see this list."))
    own = BookingPage.objects.visible_to(user).filter(owner=user, team__isnull=True)
    page = own.order_by("id").first()
    if request.method == "POST":
        if not may(user, "add", BookingPage):
            raise PermissionDenied(_("You may not do this."))
        if page is None:
            title = _("Meeting with %(name)s") % {"name": user.name}
            BookingPage.create(by=user, owner=user, name=title[:120], language=user.language)
        return HttpResponseRedirect(reverse("my_booking"))
    context = {"page": page, "may_add": may(user, "add", BookingPage)}
    return render(request, "activities/my_booking.html", context)


urlpatterns = [path("my-booking/", my_booking, name="my_booking")]
