"""What runs in the background: how far it is, what failed, cancelling and running again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from relasi.administration import background
from relasi.administration.doors import may_see, needs
from relasi.kit.access.requests import Request
from relasi.kit.jobs.models import Job

TABS = ("running", "attention", "done")


@require_GET
@needs("job", "view")
def jobs(request: Request) -> HttpResponse:
    asked = request.GET.get("show", "")
    shown = asked if asked in TABS else "running"
    context = {
        "jobs": background.jobs_in(shown),
        "shown": shown,
        "counts": background.counts(),
        "can_change": may_see("job", "change")(request.user),
    }
    return render(request, "administration/jobs.html", context)


@require_GET
@needs("job", "view")
def job(request: Request, pk: int) -> HttpResponse:
    """One job with its error and every try."""
    found = _job(pk)
    context = {
        "job": found,
        "runs": background.runs_of(found),
        "can_change": may_see("job", "change")(request.user),
    }
    return render(request, "administration/job.html", context)


@require_POST
@needs("job", "change")
def replay_job(request: Request, pk: int) -> HttpResponse:
    background.run_again(_job(pk), by=request.user)
    messages.success(request, _("The job runs again."))
    return redirect("job", pk)


@require_POST
@needs("job", "change")
def cancel_job(request: Request, pk: int) -> HttpResponse:
    background.stop(_job(pk), by=request.user)
    messages.success(request, _("The job is asked to stop."))
    return redirect("job", pk)


def _job(pk: int) -> Job:
    found = background.find(pk)
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("settings/jobs/", jobs, name="jobs"),
    path("settings/jobs/<int:pk>/", job, name="job"),
    path("settings/jobs/<int:pk>/replay/", replay_job, name="job_replay"),
    path("settings/jobs/<int:pk>/cancel/", cancel_job, name="job_cancel"),
]
