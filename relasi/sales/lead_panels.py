"""Boxes beside a lead: the clock, why this score, why this owner, what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.sales.explaining import told
from relasi.sales.models import FormField, FormSubmission, Lead, MarketName


def clock(lead: Lead, user: Any) -> Mapping[str, Any] | None:
    if lead.response_due_at is None and lead.first_response_at is None:
        return None
    now = timezone.now()
    return {
        "is_late": lead.is_breached(now),
        "now": now,
        "is_waiting": lead.is_open and not lead.first_response_at,
    }


def score(lead: Lead, user: Any) -> Mapping[str, Any] | None:
    return {"parts": lead.score_parts}


def owner(lead: Lead, user: Any) -> Mapping[str, Any] | None:
    """Every time it was given, newest first, with the reasons."""
    rows = lead.assignments.select_related("user", "by")[:10]
    return {"given": [(row, told(row.reasons)) for row in rows]}


def sent(lead: Lead, user: Any) -> Mapping[str, Any] | None:
    """What was typed into the form it came by."""
    submission = lead.submissions.select_related("form").first()
    if submission is None or not user.rights.may("view", FormSubmission):
        return None
    return {"submission": submission, "answers": answers_shown(submission)}


def answers_shown(submission: FormSubmission) -> list[tuple[str, str]]:
    """Questions with their answers; answers whose question is gone stand under their key."""
    asked = {question.key: question for question in submission.form.ordered_fields}
    keys = [*asked, *(key for key in submission.answers if key not in asked)]
    return [
        (asked[key].label if key in asked else key, _answer(submission, asked.get(key), key)) for key in keys
    ]


def _answer(submission: FormSubmission, question: FormField | None, key: str) -> str:
    """As it was typed; of a tick, whether it is there."""
    typed = str(submission.answers.get(key, ""))
    if question and question.kind in (FormField.Kind.CHECK, FormField.Kind.CONSENT):
        return _("yes") if typed else _("no")
    return typed


def submission(record: FormSubmission, user: Any) -> Mapping[str, Any] | None:
    return {
        "answers": answers_shown(record),
        "may_mend": record.may_be_tried and user.rights.may("mend", record),
        "utm": record.utm.items(),
    }


def market(record: MarketName, user: Any) -> Mapping[str, Any] | None:
    return {"lead": record.lead} if record.lead else None


def embed(form: Any, user: Any) -> Mapping[str, Any] | None:
    """The address, the lines to copy, and the code for paper."""
    from relasi.sales import doors

    if form.purpose != form.Purpose.WEB:
        return None
    return {"address": doors.address("form", form.slug), "script": doors.embed_script(), "slug": form.slug}


def card_address(card: Any, user: Any) -> Mapping[str, Any] | None:
    from relasi.sales import doors

    return {"address": doors.address("card", card.slug), "kind": "card", "slug": card.slug}


def link_address(link: Any, user: Any) -> Mapping[str, Any] | None:
    """Who may see the link may hand it on; a closed one is not shown."""
    from relasi.sales import doors

    if not link.is_open:
        return None
    return {"address": doors.address("refer", link.token), "kind": "refer", "slug": link.token}
