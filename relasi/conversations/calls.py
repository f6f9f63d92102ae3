"""(The phone task fills this; intake calls `take_call`.)"""

from __future__ import annotations

from relasi.channels.interface import CallNews
from relasi.channels.models import Account, Intake


def take_call(account: Account, intake: Intake, news: CallNews) -> None:
    """A step in a call."""
