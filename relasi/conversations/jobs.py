"""What conversations do later: send what is due, wake what was snoozed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from relasi.channels.models import Account
from relasi.conversations import contact_jobs, outbox
from relasi.conversations.models import Conversation, Delivery
from relasi.kit.jobs import every, job
from relasi.kit.jobs.reporting import should_stop

__all__ = ["contact_jobs", "send_out", "send_what_is_due", "wake_snoozed"]


@job(queue="outbox", lease=timedelta(minutes=5))
def send_out(*, account_id: int) -> None:
    account = Account._default_manager.filter(pk=account_id).first()
    if account and account.is_active and account.carrier.send:
        outbox.send_due(account, should_stop=should_stop)


@every(minutes=1, name="send-what-is-due")
def send_what_is_due() -> None:
    """Also what a dead sender left behind."""
    now = timezone.now()
    rows = Delivery._default_manager.all()
    waiting = set(rows.due(now).order_by().values_list("account_id", flat=True).distinct())
    waiting |= set(rows.being_sent().order_by().values_list("account_id", flat=True).distinct())
    for account_id in sorted(waiting - {None}):
        send_out.later(account_id=account_id, _key=f"send-{account_id}-now")


@every(minutes=1, name="wake-snoozed")
def wake_snoozed() -> None:
    for talk in Conversation._default_manager.all().due_to_wake(timezone.now())[:500]:
        talk.reopen(by=None)
