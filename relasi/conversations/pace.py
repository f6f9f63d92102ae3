"""How fast a relay and each domain behind it are written to."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from relasi.channels.models import Account
from relasi.conversations.models import Delivery
from relasi.kit.events.bulk import update

MINUTE = timedelta(minutes=1)


@dataclass
class Pace:
    """`relay`: messages a second, 0 without bound; `domains`: messages a minute to a mail domain ("" for
    any).
    """

    relay: float = 0.0
    domains: dict[str, int] = field(default_factory=dict)
    _went: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    _free_at: float = 0.0

    @classmethod
    def of(cls, account: Account) -> Pace:
        relay = float(account.settings.get("pace") or account.carrier.pace or 0)
        return cls(
            relay, {str(name): int(most) for name, most in (account.settings.get("domains") or {}).items()}
        )

    def wait(self, count: int) -> None:
        """Sleep until so many more may go to the relay."""
        if self.relay <= 0:
            return
        now = time.monotonic()
        if self._free_at > now:
            time.sleep(self._free_at - now)
        self._free_at = max(now, self._free_at) + count / self.relay

    def allowed(self, rows: Iterable[Delivery], now: datetime) -> list[Delivery]:
        """Those whose domain has room; the others are put off until it has."""
        if not self.domains:
            return list(rows)
        free, late = [], []
        for row in rows:
            name = row.address.rpartition("@")[2]
            most = self.domains.get(name, self.domains.get("", 0))
            went = [at for at in self._went[name] if at > now - MINUTE]
            self._went[name] = went
            if most and len(went) >= most:
                row.due_at = went[-most] + MINUTE
                late.append(row)
            else:
                went.append(now)
                free.append(row)
        update(Delivery, ((row.pk, {"due_at": row.due_at}) for row in late))
        return free
