"""Mending a submission: what was sent stays, what was meant is written beside it, and it is tried again."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from relasi.kit.access.requests import Request
from relasi.kit.resources.finding import load
from relasi.kit.resources.replies import notify
from relasi.sales.models import FormSubmission
from relasi.sales.public import answers_of
from relasi.sales.resources.leads import form_submissions


@require_http_methods(["GET", "POST"])
def mend(request: Request, pk: int) -> HttpResponse:
    submission: FormSubmission = load(request, form_submissions, pk, "mend")
    here = reverse("resource_record", args=["form-submissions", pk])
    if not submission.may_be_tried:
        notify(request, _("It has become a lead already."))
        return HttpResponseRedirect(here)
    if request.method == "GET":
        return _show(request, submission)
    submission.mend(answers=answers_of(submission.form, request.POST), by=request.user)
    submission.replay(by=request.user)
    submission.refresh_from_db()
    if submission.status != FormSubmission.Status.DONE:
        return _show(request, submission, status=422)
    notify(request, _("It became a lead."))
    return HttpResponseRedirect(reverse("resource_record", args=["leads", submission.lead_id]))


def _show(request: Request, submission: FormSubmission, status: int = 200) -> HttpResponse:
    questions = [
        (question, str(submission.answers.get(question.key, "")), str(submission.raw.get(question.key, "")))
        for question in submission.form.ordered_fields
    ]
    context = {"submission": submission, "questions": questions}
    return render(request, "sales/mend.html", context, status=status)


urlpatterns = [path("form-submissions/<int:pk>/mend/", mend, name="submission_mend")]
