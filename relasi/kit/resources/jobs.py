"""What a list does later: acts on many rows, and large files.

Both go on where they stopped when a worker is killed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation

from relasi.kit.access.models import User
from relasi.kit.jobs import every, job, progress, should_stop
from relasi.kit.resources import editing, exporting
from relasi.kit.resources.models import Batch
from relasi.kit.resources.registry import find

STEP = 100


@job(tries=5, lease=timedelta(minutes=5))
def run_bulk(*, batch_id: int, what: str, given: dict[str, Any], user_id: int) -> None:
    """The act of a batch, 100 rows and their place in one transaction at a time."""
    batch = Batch._default_manager.get(pk=batch_id)
    user = User._default_manager.get(pk=user_id)
    resource = find(batch.resource)
    if batch.result.get("done") or resource is None or not user.is_active:
        return
    with translation.override(user.language):
        try:
            act = editing.act_of(resource, what, given, user)
        except (ValidationError, PermissionDenied, LookupError) as error:
            _keep(batch, {**batch.result, "ids": [], "done": True, "failed": str(error)})
            return
        while batch.result["at"] < len(batch.result["ids"]):
            if should_stop():
                return
            _step(batch, act, resource, user)
            progress(batch.result["at"], total=batch.result["total"], note=act.title)
    _keep(batch, {**batch.result, "ids": [], "done": True})


@transaction.atomic
def _step(batch: Batch, act: editing.Act, resource: Any, user: User) -> None:
    result = batch.result
    part = result["ids"][result["at"] : result["at"] + STEP]
    outcome = editing.Outcome()
    editing.run(act, resource=resource, user=user, ids=part, batch=batch, outcome=outcome)
    outcome.add(result)
    _keep(batch, {**result, **outcome.as_data(), "at": result["at"] + len(part)})


def _keep(batch: Batch, result: dict[str, Any]) -> None:
    Batch._default_manager.filter(pk=batch.pk).update(result=result)
    batch.result = result


@job(tries=3, lease=timedelta(minutes=5))
def write_export(*, export_id: int) -> None:
    """The file of an export, as its owner may see the rows now."""
    exporting.write_file(export_id, progress=progress, should_stop=should_stop)


@every(hours=1)
def drop_old_exports() -> None:
    """Files nobody may fetch any longer."""
    exporting.drop_expired()
