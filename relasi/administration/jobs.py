"""What the administration runs later."""

from __future__ import annotations

from relasi.administration.checking import check_chain
from relasi.kit.jobs import job


@job(tries=2)
def verify_audit(*, check_id: int) -> None:
    """Read the whole trail and note what does not hold."""
    check_chain(check_id)
