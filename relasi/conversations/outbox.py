"""The sender. What is due is claimed, asked about once more, marked as being sent, sent, and marked with what
became of it.

RELIABILITY, rule 4. A row is SENDING from a commit before its first byte leaves until a commit after the
other side's answer. A sender that dies in between leaves its rows claimed; whoever comes next finds the dead
claim and marks them uncertain: shown, and sent again only when a person says so. One transaction settles a
chunk and claims the next, so that a message costs less than a commit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from relasi.channels.interface import Outcome, Outgoing, Progress
from relasi.channels.models import Account
from relasi.conversations import contact
from relasi.conversations.composing import Composer
from relasi.conversations.models import Delivery, Mailing, Message, Suppression
from relasi.conversations.pace import Pace
from relasi.kit.events.bulk import update
from relasi.kit.events.writing import emit
from relasi.kit.jobs.identity import is_dead, new_worker_name

LOOK = 500  # rows looked at together
CHUNK = 50  # the most that a dead sender leaves uncertain
ABANDONED = timedelta(minutes=15)  # a claim of another machine that is older is taken for dead
FIRST_WAIT, LONGEST_WAIT, PATIENCE = timedelta(minutes=1), timedelta(hours=4), timedelta(hours=72)
State = Delivery.State
RANK = {
    State.WAITING: 0,
    State.SENDING: 1,
    State.UNCERTAIN: 2,
    State.SENT: 3,
    State.DELIVERED: 4,
    State.READ: 5,
}

AGAIN = {"state": State.WAITING, "tries": 0, "claim": "", "reason": "", "bounce": ""}
NO_USE = ("hard", "complaint")


def send_due(account: Account, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Send everything of an account that is due; how many were handed over."""
    recover(account)
    sender = _Sender(account, should_stop)
    handed = 0
    while not should_stop():
        ready = sender.ready()
        if not ready:
            break
        handed += sender.send(ready)
    return handed


def recover(account: Account) -> int:
    """Mark as uncertain what senders had in hand when they died; how many."""
    held = Delivery._default_manager.filter(account=account).being_sent()
    claims = held.values_list("claim", flat=True).order_by().distinct()
    too_old = timezone.now() - ABANDONED
    count = 0
    for claim in claims:
        rows = held.filter(claim=claim)
        if not is_dead(claim):
            rows = rows.filter(updated_at__lt=too_old)
        count += _mark_uncertain(list(rows), _("The sender ended before the other side answered."))
    return count


@dataclass
class _Sender:
    """One run of sending for one account."""

    account: Account
    should_stop: Callable[[], bool]

    def __post_init__(self) -> None:
        self.name = new_worker_name()
        self.composer = Composer(self.account)
        self.pace = Pace.of(self.account)
        self.settled: list[tuple[Delivery, Outcome]] = []

    def ready(self) -> list[Delivery]:
        """Those that are due and may go now; the others are put off or stopped, with the reason."""
        while True:
            now = timezone.now()
            rows = Delivery._default_manager.filter(account=self.account).due(now)
            due = list(rows.select_related("message", "party", "mailing").order_by("due_at", "id")[:LOOK])
            if not due:
                return []
            answers = contact.ask_many(due, now)
            free = [row for row, answer in zip(due, answers, strict=True) if answer.verdict == "yes"]
            _put_off([pair for pair in zip(due, answers, strict=True) if pair[1].verdict != "yes"])
            free = self.pace.allowed(free, now)
            if free or self.should_stop():
                return free

    def send(self, rows: Sequence[Delivery]) -> int:
        handed = 0
        for start in range(0, len(rows), CHUNK):
            if self.should_stop():
                break
            chunk = rows[start : start + CHUNK]
            self.pace.wait(len(chunk))
            composed = self.composer.compose(chunk)
            with transaction.atomic():
                _settle(self.settled)
                claimed = self._claim([row for row in chunk if row.pk in composed])
            self.settled = self._hand_over(claimed, composed)
            handed += len(claimed)
        with transaction.atomic():
            _settle(self.settled)
        self.settled = []
        self.account.was_used(sent=True)
        return handed

    def _claim(self, rows: list[Delivery]) -> list[Delivery]:
        """Those of the rows that nobody else took in the meantime and nobody called back."""
        ids = [row.pk for row in rows]
        waiting = Delivery._default_manager.filter(pk__in=ids, state=State.WAITING)
        now = timezone.now()
        taken = waiting.update(state=State.SENDING, claim=self.name, tries=F("tries") + 1, updated_at=now)
        if taken != len(rows):
            mine = Delivery._default_manager.filter(pk__in=ids, state=State.SENDING, claim=self.name)
            kept = set(mine.values_list("pk", flat=True))
            rows = [row for row in rows if row.pk in kept]
        for row in rows:
            row.tries += 1
        return rows

    def _hand_over(
        self, rows: list[Delivery], composed: dict[int, Outgoing]
    ) -> list[tuple[Delivery, Outcome]]:
        """Every row with what became of it; what the channel said nothing about is uncertain."""
        by_key = {row.key: row for row in rows}
        told: dict[str, Outcome] = {}
        problem = ""
        carrier_send = self.account.carrier.send
        if rows and carrier_send:
            try:
                for outcome in carrier_send(self.account, [composed[row.pk] for row in rows]):
                    told[outcome.key] = outcome
            except Exception as error:  # whatever happened, these may have gone
                problem = f"{type(error).__name__}: {error}"[:200]
        unsure = Outcome(key="", state="uncertain", words=problem or _("The channel did not say."))
        return [(row, told.get(key, unsure)) for key, row in by_key.items()]


def _settle(pairs: Iterable[tuple[Delivery, Outcome]]) -> None:
    """Write down what became of a chunk."""
    now = timezone.now()
    changed, failed = [], []
    for row, outcome in pairs:
        _apply(row, outcome, now)
        changed.append(row)
        if row.state == State.FAILED:
            failed.append(row)
    _write(changed, "state", "claim", "external_id", "code", "reason", "sent_at", "due_at", "updated_at")
    for row in failed:
        emit("failed", row, by=None, party_id=row.party_id, note=row.reason[:200])


def _apply(row: Delivery, outcome: Outcome, now: datetime) -> None:
    row.claim, row.updated_at = "", now
    row.code = outcome.code[:60]
    row.reason = (_(outcome.words) % outcome.values if outcome.words else "")[:300]
    row.external_id = outcome.external_id[:200] or row.external_id
    if outcome.state == "accepted":
        row.state, row.sent_at = State.SENT, now
    elif outcome.state == "uncertain":
        row.state = State.UNCERTAIN
    elif outcome.state == "refused" or now - row.created_at > PATIENCE:
        row.state = State.FAILED
    else:
        row.state, row.due_at = State.WAITING, now + (outcome.wait or waiting_time(row.tries))


def waiting_time(tries: int) -> timedelta:
    """1, 4, 16 … minutes after each failure, at most four hours, a quarter more or less by chance."""
    wait = min(FIRST_WAIT * (4 ** min(tries - 1, 6)), LONGEST_WAIT) if tries > 1 else FIRST_WAIT
    return wait * random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries, guards nothing


def _put_off(pairs: list[tuple[Delivery, Any]]) -> None:
    """Later or never, with the reason kept."""
    now = timezone.now()
    for row, answer in pairs:
        row.answer, row.updated_at = contact.told(answer), now
        row.reason = str(_(answer.text) % answer.values)[:300]
        if answer.verdict == "later" and answer.at:
            row.due_at = answer.at
        else:
            row.state = State.STOPPED
    with transaction.atomic():
        _write([row for row, _answer in pairs], "answer", "updated_at", "reason", "due_at", "state")
        for row, _answer in pairs:
            if row.state == State.STOPPED:
                emit("stopped", row, by=None, party_id=row.party_id, note=row.reason[:200])


def _mark_uncertain(rows: list[Delivery], reason: str) -> int:
    now = timezone.now()
    for row in rows:
        row.state, row.reason, row.claim, row.updated_at = State.UNCERTAIN, reason, "", now
    with transaction.atomic():
        _write(rows, "state", "reason", "claim", "updated_at")
        for row in rows:
            emit("uncertain", row, by=None, party_id=row.party_id)
    return len(rows)


def _write(rows: Sequence[Delivery], *names: str) -> None:
    """Those columns of many rows, and what a person wrote follows."""
    update(Delivery, ((row.pk, {name: getattr(row, name) for name in names}) for row in rows))
    for row in rows:
        _follow(row)


MESSAGE_STATE = {
    State.WAITING: "waiting", State.SENDING: "sending", State.SENT: "sent", State.DELIVERED: "delivered",
    State.READ: "read", State.FAILED: "failed", State.UNCERTAIN: "uncertain", State.STOPPED: "stopped",
    State.CANCELLED: "draft",
}  # fmt: skip


def _follow(row: Delivery) -> None:
    """What a person wrote shows how it fares."""
    if row.message_id is None:
        return
    fields = {
        "state": MESSAGE_STATE[State(row.state)],
        "problem": row.reason if row.state != State.SENT else "",
    }
    if row.external_id:
        fields["external_id"] = row.external_id
    Message._default_manager.filter(pk=row.message_id).update(**fields)


def note_progress(account: Account, news: Progress) -> None:
    """How a message sent earlier fared, as the other side reports; an older report overrules no newer one."""
    rows = Delivery._default_manager.filter(external_id=news.external_id[:200]) if news.external_id else None
    row = rows.order_by("-id").first() if rows is not None else None
    if row is None and news.recipient:
        row = _last_to(account, news.recipient)
    if row is None:
        if news.bounce:
            _heed_bounce(account, news.recipient, news)
        return
    _progress(row, news)


def _last_to(account: Account, recipient: str) -> Delivery | None:
    """What a bounce without the id of its mail is about: the last that went to that address lately."""
    since = timezone.now() - timedelta(days=7)
    rows = Delivery._default_manager.filter(
        channel=account.channel, address=recipient.lower(), sent_at__gte=since, state__in=Delivery.REACHED
    )
    return rows.order_by("-sent_at").first()


def _progress(row: Delivery, news: Progress) -> None:
    at = news.at or timezone.now()
    if news.state == "failed":
        row.state, row.bounce = State.FAILED, news.bounce
        row.code = news.code[:60]
        row.reason = (_(news.words) % news.values if news.words else _("It came back."))[:300]
    elif (
        news.state in ("delivered", "read", "sent")
        and RANK.get(State(row.state), 9) < RANK[State(news.state)]
    ):
        row.state, row.reason = news.state, ""
    if news.state in ("delivered", "read") and row.delivered_at is None:
        row.delivered_at = at
    if news.state == "read" and row.read_at is None:
        row.read_at = at
    row.sent_at = row.sent_at or (at if news.state != "failed" else None)
    row.updated_at = timezone.now()
    row.save(
        update_fields=[
            "state",
            "bounce",
            "code",
            "reason",
            "sent_at",
            "delivered_at",
            "read_at",
            "updated_at",
        ]
    )
    _follow(row)
    if news.state == "failed":
        emit("bounced", row, by=None, party_id=row.party_id, note=row.reason[:200])
        _heed_bounce(row.account, row.address, news)


def _heed_bounce(account: Account | None, address: str, news: Progress) -> None:
    """Leave alone what does not exist or complained."""
    reasons = {"hard": Suppression.Reason.HARD_BOUNCE, "complaint": Suppression.Reason.COMPLAINT}
    if news.bounce in reasons and address and account:
        detail = _(news.words) % news.values if news.words else ""
        Suppression.add(
            channel=account.channel, address=address, reason=reasons[news.bounce], detail=str(detail)
        )


@transaction.atomic
def resend(delivery: Delivery, *, by: Any) -> bool:
    """Send again what failed for certain, or what a person decided about although it was uncertain."""
    again = (State.FAILED, State.UNCERTAIN, State.STOPPED)
    rows = Delivery._default_manager.filter(pk=delivery.pk, state__in=again)
    now = timezone.now()
    if not rows.update(**AGAIN, due_at=now, updated_at=now):
        return False
    delivery.refresh_from_db()
    _follow(delivery)
    emit("resent", delivery, by=by, party_id=delivery.party_id)
    _wake(delivery.account)
    return True


@transaction.atomic
def settle(delivery: Delivery, *, by: Any) -> bool:
    """An uncertain one did arrive, says a person."""
    rows = Delivery._default_manager.filter(pk=delivery.pk, state=State.UNCERTAIN)
    now = timezone.now()
    if not rows.update(state=State.SENT, sent_at=now, reason="", updated_at=now):
        return False
    delivery.refresh_from_db()
    _follow(delivery)
    emit("settled", delivery, by=by, party_id=delivery.party_id)
    return True


@transaction.atomic
def resend_failed(mailing: Mailing, *, by: Any) -> int:
    """The failed ones of a mailing again, and no others; how many."""
    rows = Delivery._default_manager.filter(mailing=mailing).failed()
    now = timezone.now()
    count = rows.exclude(bounce__in=NO_USE).update(**AGAIN, due_at=now, updated_at=now)
    if count:
        emit("resent", mailing, by=by, note=str(count))
        _wake(mailing.account)
    return int(count)


def _wake(account: Account | None) -> None:
    from relasi.conversations.jobs import send_out

    if account:
        send_out.later(account_id=account.pk, _key=f"send-{account.pk}-now")
