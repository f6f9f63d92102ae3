"""What the channels do later: understand inputs, look whether each channel works."""

from __future__ import annotations

from relasi.channels import listening, receiving
from relasi.channels.models import Account, Intake
from relasi.kit.jobs import every, job, on_start


@job(queue="intake")
def understand(*, intake_id: int) -> None:
    receiving.understand(intake_id)


def understand_later(intake: Intake) -> None:
    understand.later(intake_id=intake.pk)


@job
def check(*, account_id: int) -> None:
    account = Account._default_manager.get(pk=account_id)
    account.keep_health(account.carrier.check(account))


@every(minutes=15, name="check-channels")
def check_all() -> None:
    for pk in Account._default_manager.all().in_use().values_list("pk", flat=True):
        check.later(account_id=pk, _key=f"check-{pk}")


@job(queue="intake")
def fetch(*, account_id: int) -> None:
    account = Account._default_manager.all().in_use().filter(pk=account_id).first()
    if account and account.carrier.fetch:
        account.carrier.fetch(account)


@every(minutes=2, name="fetch-channels")
def fetch_all() -> None:
    """What waits on the other side, also where a listening connection should have brought it."""
    for account in Account._default_manager.all().in_use().only("pk", "provider"):
        if account.carrier.fetch:
            fetch.later(account_id=account.pk, _key=f"fetch-{account.pk}")


on_start(listening.keep_listening)
