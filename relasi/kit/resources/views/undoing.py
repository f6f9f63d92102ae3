"""Taking back an act: `POST /undo/<token>/`."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import batches
from relasi.kit.resources.models import Batch
from relasi.kit.resources.registry import find, verbs_of
from relasi.kit.resources.replies import toast


@require_POST
def undo(request: Request, token: str) -> HttpResponse:
    """Only who did it, or an owner, takes it back. Answers with what was kept because it changed since."""
    batch = batches.find(token)
    if batch is None:
        raise Http404
    if not batch.is_open_to(request.user):
        raise PermissionDenied(_("Only who did this can undo it."))
    _check_still_open(request, batch)
    result = batches.undo(batch, by=request.user)
    text = ngettext("%(n)d change undone.", "%(n)d changes undone.", result["undone"]) % {
        "n": result["undone"]
    }
    if result["kept"]:
        kept = ngettext(
            "%(n)d was changed since and kept.", "%(n)d were changed since and kept.", len(result["kept"])
        )
        text += " " + kept % {"n": len(result["kept"])}
    if closed := result.get("closed"):
        text += " " + left_closed(closed)
    return toast(HttpResponse(status=204), text, events={"records:changed": {"resource": batch.resource}})


def left_closed(number: int) -> str:
    """The sentence on records that stay because the reader may not change them."""
    return ngettext(
        "%(n)s record stays: you may not change it.", "%(n)s records stay: you may not change them.", number
    ) % {"n": number}


def _check_still_open(request: Request, batch: Batch) -> None:
    """Raises PermissionDenied for who may no longer write records of this noun at all."""
    resource = find(batch.resource)
    if resource is None or resource.rows(request.user, "change").exists():
        return
    writing = {"add", "delete", *(verb.right or verb.name for verb in verbs_of(resource))}
    if not any(may(request.user, verb, resource.model) for verb in writing):
        raise PermissionDenied(_("You may not do this."))


urlpatterns = [path("undo/<str:token>/", undo, name="undo")]
