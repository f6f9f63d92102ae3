"""Letters go out by the installation's own mail settings: each once; what is uncertain is not sent again."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db.models import F
from django.utils import timezone

from relasi.activities.models import Letter

State = Letter.State
MOST_TRIES = 8
UNSURE_AFTER = timedelta(minutes=15)


def post(*, key: str, to: str, subject: str, text: str, due_at: datetime | None = None, **more: Any) -> None:
    """Write a letter, to go out when it is due; the same key again changes nothing.

    It goes with the transaction that writes it; `more`: user, booking, headers, calendar.
    """
    from relasi.activities.jobs import send_letter

    moment = due_at or timezone.now()
    plain = " ".join(subject.split())[:300]
    letter = Letter(key=key[:120], to=to, subject=plain, text=text, due_at=moment, **more)
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
    found = Letter.objects.get(key=key[:120])
    if found.state == State.WAITING and due_at is None:
        send_letter.later(letter_id=found.pk, _key=f"letter-{found.pk}")


def send(letter_id: int) -> str:
    """Hand one over, if it is due and nobody else does; its state then. "sending" is committed first."""
    claimed = Letter.objects.filter(pk=letter_id, state=State.WAITING, due_at__lte=timezone.now())
    if not claimed.update(state=State.SENDING, tries=F("tries") + 1, changed_at=timezone.now()):
        return ""
    letter = Letter.objects.get(pk=letter_id)
    connection = get_connection()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        return _again(letter, error)
    try:
        _message(letter, connection).send()
    except smtplib.SMTPServerDisconnected as error:
        return _set(letter, State.UNCERTAIN, error)
    except smtplib.SMTPResponseException as error:
        return _again(letter, error) if 400 <= error.smtp_code < 500 else _set(letter, State.FAILED, error)
    except smtplib.SMTPException as error:
        return _set(letter, State.FAILED, error)
    except OSError as error:
        return _set(letter, State.UNCERTAIN, error)
    finally:
        connection.close()
    return _set(letter, State.SENT)


def due_ids(now: datetime, most: int = 200) -> list[int]:
    rows = Letter.objects.filter(state=State.WAITING, due_at__lte=now).order_by("due_at")
    return list(rows.values_list("pk", flat=True)[:most])


def give_up_on_unsure(now: datetime) -> int:
    """Those a killed worker left at "sending" may have gone out: they are shown, and not sent again."""
    left = Letter.objects.filter(state=State.SENDING, changed_at__lt=now - UNSURE_AFTER)
    return left.update(state=State.UNCERTAIN, changed_at=now)


def _message(letter: Letter, connection: Any) -> EmailMessage:
    message = EmailMessage(
        letter.subject, letter.text, None, [letter.to], connection=connection, headers=letter.headers
    )
    if letter.calendar:
        message.attach("meeting.ics", letter.calendar, "text/calendar; charset=utf-8; method=PUBLISH")
    return message


def _again(letter: Letter, error: Exception) -> str:
    """Surely not accepted: tried again after a while, eight times."""
    if letter.tries >= MOST_TRIES:
        return _set(letter, State.FAILED, error)
    wait = timedelta(minutes=2**letter.tries)
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now() + wait)
    return _set(letter, State.WAITING, error)


def _set(letter: Letter, state: str, error: Exception | None = None) -> str:
    problem = str(error)[:500] if error else ""
    Letter.objects.filter(pk=letter.pk).update(state=state, problem=problem, changed_at=timezone.now())
    return state
