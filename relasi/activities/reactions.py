"""Colleagues are told when somebody names them or gives them work."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from relasi.activities import call_backs
from relasi.activities.booking import letters
from relasi.activities.models import Activity, Booking, Notification, notify
from relasi.activities.rich import mentioned_ids
from relasi.activities.visibility import may_see
from relasi.conversations.models import PhoneCall
from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.events.reactions import on
from relasi.kit.records.models import Comment, Mention


@on("comment.created", "comment.changed")
def tell_mentioned_in_comment(event: Event) -> None:
    """Whoever is named in a comment, as far as they may see the record it stands on."""
    comment = Comment._default_manager.filter(pk=event.record_id).first()
    if comment is None:
        return
    people = [mention.user for mention in Mention.objects.filter(comment=comment).select_related("user")]
    _tell(people, event, key=f"mention:comment:{comment.pk}", noun=comment.noun, pk=comment.record_id)


@on("activity.created", "activity.changed", now=True)
def tell_mentioned_in_note(event: Event) -> None:
    """Whoever is named with @ in the text of an activity."""
    if "body" not in event.changes:
        return
    named = mentioned_ids(str(event.changes["body"][1] or ""))
    people = list(User.objects.active().filter(pk__in=named)) if named else []
    _tell(people, event, key=f"mention:activity:{event.record_id}", noun="activity", pk=event.record_id)


@on("activity.created", "activity.assigned", "activity.changed", now=True)
def tell_assigned(event: Event) -> None:
    """Who was given work by somebody else."""
    owner = event.changes.get("owner_id", [None, None])[1]
    if not owner or owner == event.actor_id or event.actor_id is None:
        return
    activity = Activity._default_manager.filter(pk=event.record_id, owner=owner, done_at__isnull=True).first()
    if activity:
        notify(
            users=[owner],
            kind=Notification.Kind.ASSIGNED,
            key=f"assigned:{event.pk}",
            text=str(activity),
            url=f"/{activity.kind}s/{activity.pk}/",
            actor_name=event.actor_name,
            at=event.at,
        )


@on("activity.rescheduled", "activity.postponed", "activity.changed", now=True)
def tell_visitor_of_another_time(event: Event) -> None:
    """A meeting that a visitor booked was moved by a colleague."""
    if "starts_at" in event.changes and (booking := _booking(event)):
        letters.moved(booking)


@on("activity.finished", "activity.archived", now=True)
def tell_visitor_it_is_called_off(event: Event) -> None:
    """Called off by a colleague in the calendar, as the visitor could have done it."""
    booking = _booking(event)
    if booking and (event.verb == "archived" or booking.meeting.outcome == Activity.Outcome.CANCELLED):
        booking.change(by=None, verb="cancelled", cancelled_at=event.at)


@on("booking.cancelled", now=True)
def tell_visitor(event: Event) -> None:
    """Whoever called it off."""
    rows = Booking.objects.filter(pk=event.record_id).select_related("page", "meeting", "owner")
    if found := rows.first():
        letters.called_off(found)


def _booking(event: Event) -> Booking | None:
    """The standing booking of the meeting, when it was not the visitor who changed it."""
    if event.actor_id is None:
        return None
    rows = Booking.objects.standing().filter(meeting=event.record_id)
    found: Booking | None = rows.select_related("page", "meeting", "owner").first()
    return found


@on("phonecall.missed", now=True)
def ask_call_back(event: Event) -> None:
    """A missed call becomes a task."""
    call = PhoneCall._default_manager.filter(pk=event.record_id).select_related("party", "account").first()
    if call:
        call_backs.ask_call_back(call)


@on("phonecall.answered", now=True)
def finish_call_backs(event: Event) -> None:
    """Who talked has called back."""
    call = PhoneCall._default_manager.filter(pk=event.record_id).first()
    if call:
        call_backs.finish_call_backs(call)


def _tell(people: list[Any], event: Event, *, key: str, noun: str, pk: int) -> None:
    allowed = [user for user in people if user.pk != event.actor_id and may_see(user, noun, pk)]
    if allowed:
        notify(
            users=allowed,
            kind=Notification.Kind.MENTION,
            key=key,
            text=_title(noun, pk),
            url=reverse("go_to", args=[noun, pk]),
            actor_name=event.actor_name,
            at=event.at,
        )


def _title(noun: str, pk: int) -> str:
    from relasi.kit.resources.batches import model_of

    model = model_of(noun)
    record = model._default_manager.filter(pk=pk).first() if model else None
    return str(record or "")
