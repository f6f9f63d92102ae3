"""What a stranger sent becomes a lead; what fails is kept, said, and can be mended and tried again."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from relasi.channels.models import Medium
from relasi.conversations import consenting, writing
from relasi.parties.actions.find_or_make_party import Known
from relasi.parties.models import Party
from relasi.sales.actions.capture_lead import Captured, Giving, capture_lead
from relasi.sales.answers import Goes, Read, read_answers
from relasi.sales.models import FormSubmission, Lead, WebForm

log = logging.getLogger(__name__)
Status = FormSubmission.Status
CHANNELS = {
    WebForm.Purpose.WEB: Lead.Channel.WEB_FORM,
    WebForm.Purpose.CARD: Lead.Channel.CARD,
    WebForm.Purpose.REFER: Lead.Channel.REFERRAL,
}


def take_submission(
    *, submission: FormSubmission, by: Any = None, failed: str = Status.FAILED
) -> dict[str, str]:
    """Make a lead of it, once. Answers with problems by question; `failed` is its status then.

    Whatever goes wrong inside is written down on the submission: nothing a customer sent is lost.
    """
    with translation.override(submission.form.language):
        try:
            with transaction.atomic():
                return _take(submission, by, failed)
        except Exception as error:
            log.exception("A form submission could not be taken")
            problem = _told(error)
    submission.change(by=by, verb="failed", status=Status.FAILED, problem=problem)
    return {}


def _take(submission: FormSubmission, by: Any, failed: str) -> dict[str, str]:
    locked = FormSubmission._default_manager.select_for_update(of=("self",)).get(pk=submission.pk)
    if locked.status == Status.DONE:
        return {}
    read = read_answers(locked.form, locked.answers)
    name = str(read.values.get(Goes.NAME, locked.name))[:200]
    if read.problems:
        submission.change(by=by, verb="failed", status=failed, problem=_listed(locked, read), name=name)
        return read.problems
    captured = _capture(locked, read, by)
    _keep_talk(locked, captured)
    if read.has_consent:
        _keep_consent(locked, captured, by)
    submission.change(
        by=by, verb="taken", note=locked.form.name, status=Status.DONE, lead=captured.lead, problem="",
        name=name,
    )  # fmt: skip
    return {}


def _capture(submission: FormSubmission, read: Read, by: Any) -> Captured:
    form, values = submission.form, read.values
    known = Known(
        name=values[Goes.NAME], phone=values.get(Goes.PHONE, ""), email=values.get(Goes.EMAIL, ""),
        city=values.get(Goes.CITY, ""), company=values.get(Goes.COMPANY, ""),
        job_title=values.get(Goes.JOB, ""), birth_on=values.get(Goes.BORN), language=form.language,
        source=form.name,
    )  # fmt: skip
    return capture_lead(
        known=known, by=by, giving=_giving(submission), channel=CHANNELS[WebForm.Purpose(form.purpose)],
        source=form.name, need=str(values.get(Goes.NEED, "")), estimated_value=values.get(Goes.VALUE),
        received_at=submission.received_at, referred_by=_referrer(submission),
        consent_at=submission.received_at if read.has_consent else None,
        **{name: str(text)[:200] for name, text in submission.utm.items() if name.startswith("utm_")},
    )  # fmt: skip


def _keep_talk(submission: FormSubmission, captured: Captured) -> None:
    """What was sent is a talk in the inbox, too."""
    lead, form = captured.lead, submission.form
    labels = {question.key: question.label for question in form.ordered_fields}
    said = [f"{labels.get(key, key)}: {value}" for key, value in submission.answers.items() if value]
    talk = writing.start(
        by=None, channel=Medium.FORM, party=captured.party, owner=lead.owner, subject=form.name,
        address=captured.party.email or captured.party.phone, thread=f"form-{submission.pk}",
    )  # fmt: skip
    writing.receive(
        talk, sender=talk.address, sender_name=submission.name or captured.party.name, text="\n".join(said),
        at=submission.received_at, external_id=f"form-{submission.pk}", extra={"page": submission.page_url},
    )  # fmt: skip


def _keep_consent(submission: FormSubmission, captured: Captured, by: Any) -> None:
    """The ledger names the form, the page and the submission as its proof."""
    proof = {"form": submission.form.name, "submission": submission.pk, "page": submission.page_url}
    consenting.give(captured.party, purpose="marketing", channel="", source="form", by=by, proof=proof)


def _giving(submission: FormSubmission) -> Giving:
    """Whose card or customer's link it came by, else whom the form names."""
    form, link, card = submission.form, submission.referral_link, submission.card
    if card and card.owner:
        return Giving(to=card.owner, reason={"code": "card", "values": {"user": str(card.owner)}})
    if link and (seller := link.owner or link.party.owner):
        return Giving(to=seller, reason={"code": "link", "values": {"user": str(seller)}})
    if form.gives_to:
        values = {"user": str(form.gives_to), "form": form.name}
        return Giving(to=form.gives_to, reason={"code": "form", "values": values})
    return Giving()


def _referrer(submission: FormSubmission) -> Party | None:
    return submission.referral_link.party.current() if submission.referral_link else None


def _listed(submission: FormSubmission, read: Read) -> str:
    labels = {question.key: question.label for question in submission.form.ordered_fields}
    return "\n".join(f"{labels.get(key, key)}: {text}".lstrip(": ") for key, text in read.problems.items())


def _told(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "\n".join(error.messages)
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    said = gettext(
        "An error inside (%(error)s, %(moment)s). Try again; if it stays, tell your administrator."
    )
    return said % {"error": type(error).__name__, "moment": moment}
