"""From a raw input to what it says: `take_in` keeps it, `understand` reads it and tells the receivers.

Higher apps register a receiver; it runs in the same transaction that marks the input as understood, so that
an input is either wholly taken in or wholly waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from relasi.channels import raw
from relasi.channels.interface import News
from relasi.channels.models import Account, Intake
from relasi.lib.wording import InputError

Receiver = Callable[[Account, Intake, News], Any]
_receivers: list[Receiver] = []


def receiver(function: Receiver) -> Receiver:
    """Have `function(account, intake, news)` told of everything that comes in. Harmless when repeated."""
    if function not in _receivers:
        _receivers.append(function)
    return function


@transaction.atomic
def take_in(
    account: Account,
    content: bytes,
    *,
    external_id: str = "",
    title: str = "",
    meta: dict[str, Any] | None = None,
) -> Intake:
    """Keep an input and have it understood after the commit. The same external id is taken in once."""
    from relasi.channels.jobs import understand_later

    intake, is_new = raw.keep(account, content, external_id=external_id, title=title, meta=meta)
    if is_new:
        understand_later(intake)
    return intake


def understand(intake_id: int) -> Intake:
    """Read an input and tell the receivers what it says. What fails stays, with the reason, to be mended.

    Reading may fetch files from the other side and holds no lock; telling is one transaction. Harmless when
    repeated: what was understood is not understood again.
    """
    intake: Intake = Intake._default_manager.select_related("account").get(pk=intake_id)
    if intake.is_settled:
        return intake
    try:
        news = _read(intake)
        with transaction.atomic():
            intake = _locked(intake_id)
            if intake.is_settled:
                return intake
            for one in news:
                for function in _receivers:
                    function(intake.account, intake, one)
            _mark(intake, Intake.State.DONE, "")
            intake.account.was_used(received=True)
    except OperationalError:  # the database was busy or away: the job tries again
        raise
    except Exception as error:  # whatever is wrong with it, it stays and is shown
        _mark(intake, Intake.State.FAILED, _reason(error))
    return intake


def _locked(intake_id: int) -> Intake:
    rows = Intake._default_manager.select_for_update(of=("self",)).select_related("account")
    found: Intake = rows.get(pk=intake_id)
    return found


def _read(intake: Intake) -> list[News]:
    carrier = intake.account.carrier
    return list(carrier.read(intake.account, intake)) if carrier.read else []


def _mark(intake: Intake, state: str, error: str) -> None:
    intake.state, intake.error, intake.tries = state, error[:2000], intake.tries + 1
    intake.save(update_fields=["state", "error", "tries"])


def _reason(error: Exception) -> str:
    if isinstance(error, InputError):
        return _(error.text) % error.values
    return _("This could not be understood (%(kind)s: %(what)s).") % {
        "kind": type(error).__name__, "what": str(error)[:300],
    }  # fmt: skip
