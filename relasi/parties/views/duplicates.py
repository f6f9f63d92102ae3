"""The review queue: two records side by side, merge them field by field, call them different, or take a
merge back.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relasi.kit.access.models.role import Level
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.kit.resources import cells
from relasi.kit.resources.fields import fields_of
from relasi.kit.resources.finding import allow
from relasi.kit.resources.registry import resource_of
from relasi.kit.resources.replies import go, notify, toast
from relasi.parties import jobs
from relasi.parties.actions.merge_parties import Side, may_merge, merge_parties, sides
from relasi.parties.actions.unmerge_parties import may_unmerge, unmerge
from relasi.parties.models import DuplicatePair, Merge, Party
from relasi.parties.panels import address_of

SHOWN = 50
COUNT_CAP = 1000
LEFT, RIGHT, BOTH = "left", "right", "both"
WHY = {
    "name": gettext_lazy("same name"),
    "name~": gettext_lazy("names alike"),
    "phone": gettext_lazy("same phone"),
    "email": gettext_lazy("same e-mail"),
    "nik": gettext_lazy("same NIK"),
    "npwp": gettext_lazy("same NPWP"),
    "birth": gettext_lazy("same birth date"),
    "birth~": gettext_lazy("birth dates alike"),
    "city": gettext_lazy("same city"),
}
FIELD = {"name~": "name", "birth": "birth_on", "birth~": "birth_on"}  # where it is not the word itself


@require_GET
def queue(request: Request, pk: int | None = None) -> HttpResponse:
    """The likeliest pairs, one of them opened side by side."""
    allow(request, "view", DuplicatePair)
    rows = list(open_pairs(request.user).select_related("left", "right")[:SHOWN])
    pair = _pair(request, pk) if pk else next(iter(rows), None)
    if pair and all(row.pk != pair.pk for row in rows):
        rows.insert(0, pair)
    at = next((place for place, row in enumerate(rows) if pair and row.pk == pair.pk), 0)
    context = {
        "pairs": [(row, reasons(row, request.user)) for row in rows],
        "pair": pair,
        "why": reasons(pair, request.user) if pair else [],
        "previous": rows[at - 1] if at else None,
        "next": rows[at + 1] if at + 1 < len(rows) else None,
        "number": count_text(request.user),
        "may_run": request.user.rights.may("change", DuplicatePair),
        **(_compared(request, pair.left, pair.right) if pair else {}),
    }
    return render(request, "parties/duplicates.html", context)


@require_GET
def compare(request: Request, left: int, right: int) -> HttpResponse:
    """Any two records side by side, found alike or not."""
    one, two = _seen(request, left), _seen(request, right)
    if one.pk == two.pk or one.kind != two.kind:
        raise Http404
    pair = (
        DuplicatePair.objects.visible_to(request.user)
        .filter(left__in=[one, two], right__in=[one, two])
        .first()
    )
    context = {
        "pair": pair if pair and pair.state == DuplicatePair.State.OPEN else None,
        **_compared(request, one, two),
    }
    return render(request, "parties/compare.html", context)


@require_POST
def merge(request: Request) -> HttpResponse:
    """Make one of two. The body names both, which one stays, and the side chosen for each field."""
    left, right = _seen(request, request.POST.get("left", "")), _seen(request, request.POST.get("right", ""))
    winner, loser = (left, right) if request.POST.get("stays") != RIGHT else (right, left)
    winning = LEFT if winner is left else RIGHT
    names = {
        LEFT: "winner" if winning == LEFT else "loser",
        RIGHT: "winner" if winning == RIGHT else "loser",
        BOTH: "both",
    }
    choices = {
        name.removeprefix("field:"): names[side]
        for name, side in request.POST.items()
        if name.startswith("field:") and side in names
    }
    try:
        made = merge_parties(winner=winner, loser=loser, choices=choices, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go(request, reverse("duplicate_compare", args=[left.pk, right.pk]))
    text = _("%(loser)s was merged into %(winner)s") % {"loser": loser, "winner": winner}
    messages.info(request, text, extra_tags=reverse("merge_undo", args=[made.pk]))
    return go(request, _after(request, winner))


@require_POST
def different(request: Request, pk: int) -> HttpResponse:
    """Two customers, not one: the pair is never proposed again."""
    pair = _pair(request, pk)
    if not (may(request.user, "change", pair.left) or may(request.user, "change", pair.right)):
        raise PermissionDenied(_("You may not decide about these records."))
    pair.decide_different(by=request.user)
    text = _("%(left)s and %(right)s stay two customers") % {"left": pair.left, "right": pair.right}
    messages.info(request, text, extra_tags=reverse("duplicate_reopen", args=[pair.pk]))
    return go(request, _after(request, None))


@require_POST
def reopen(request: Request, pk: int) -> HttpResponse:
    """Take the decision “different” back."""
    pair = _pair(request, pk)
    if not (may(request.user, "change", pair.left) or may(request.user, "change", pair.right)):
        raise PermissionDenied(_("You may not decide about these records."))
    pair.reopen(by=request.user)
    return go(request, reverse("duplicate_pair", args=[pair.pk]))


@require_http_methods(["GET", "POST"])
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a merge back; says what could not be and what stays with the winner."""
    found = get_object_or_404(Merge.objects.visible_to(request.user).select_related("winner", "loser"), pk=pk)
    if not may_unmerge(request.user, found):
        raise PermissionDenied(_("You may not take this merge back."))
    if request.method == "GET":
        return render(request, "parties/unmerge.html", {"merge": found})
    try:
        result = unmerge(merge=found, by=request.user)
    except ValidationError as error:
        return toast(HttpResponse(status=409), " ".join(error.messages), kind="error")
    if result.kept or result.added:
        context = {"merge": found, "result": result, "loser_url": address_of(found.loser)}
        answer = render(request, "parties/unmerged.html", context)
        changed: dict[str, Any] = {"records:changed": {"resource": "people"}}
        return toast(answer, _("Taken back, with exceptions."), events=changed)
    notify(request, _("Taken back: %(name)s is a record of its own again") % {"name": found.loser})
    return go(request, address_of(found.loser))


@require_POST
def search_now(request: Request) -> HttpResponse:
    """Look for duplicates now, as a job."""
    allow(request, "change", DuplicatePair)
    jobs.look_for_duplicates.later(_key="now")
    return toast(
        HttpResponse(status=204), _("All records are being compared. The list fills when it is done.")
    )


def open_pairs(user: Any) -> Any:
    """Pairs the reader can decide about, likeliest first."""
    return DuplicatePair.objects.open().visible_pairs(user).order_by("-score", "-id")


def reasons(pair: DuplicatePair, user: Any) -> list[Any]:
    """What agrees, without the fields that are closed to the reader: that they agree would tell of them."""
    return [WHY[key] for key in pair.why if key in WHY and user.rights.searchable(Party, FIELD.get(key, key))]


def count_text(user: Any) -> str:
    """How many wait, up to 1,000+. Today shows it."""
    if not user.rights.may("view", DuplicatePair):
        return "0"
    number = len(open_pairs(user).order_by().values_list("pk")[: COUNT_CAP + 1])
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)


def _after(request: Request, winner: Party | None) -> str:
    """The next pair when one was working through the queue, else the record that stays."""
    following = request.POST.get("next", "")
    if following.isdecimal() and len(following) < 19:
        return reverse("duplicate_pair", args=[int(following)])
    if request.POST.get("queue") == "1" or winner is None:
        return reverse("duplicates")
    return address_of(winner)


def _pair(request: Request, pk: int) -> DuplicatePair:
    rows = DuplicatePair.objects.visible_pairs(request.user).select_related("left", "right")
    allow(request, "view", DuplicatePair)
    pair: DuplicatePair = get_object_or_404(rows, pk=pk)
    return pair


def _seen(request: Request, pk: int | str) -> Party:
    text = str(pk)
    number = int(text) if text.isdecimal() and len(text) < 19 else 0
    party: Party = get_object_or_404(Party.objects.visible_to(request.user), pk=number)
    return party


def _compared(request: Request, left: Party, right: Party) -> dict[str, Any]:
    """Both sides of every field that has a value, written for this reader; the better filled record stays."""
    user = request.user
    can = may_merge(user, left, right) and not (left.merged_into_id or right.merged_into_id)
    stays = LEFT if _weight(left) >= _weight(right) else RIGHT
    return {
        "left": left,
        "right": right,
        "left_url": address_of(left),
        "right_url": address_of(right),
        "lines": sorted(_lines(left, right, stays, user), key=lambda line: not line["differs"]),
        "stays": stays,
        "can_merge": can,
        "can_tell_apart": may(user, "change", left) or may(user, "change", right),
    }


def _weight(party: Party) -> tuple[int, int]:
    """How much is known of it; the older one of two equals."""
    return sum(
        bool(getattr(party, name)) for name in ("phone", "email", "birth_on", "nik", "company", "city")
    ), -party.pk


def _lines(left: Party, right: Party, stays: str, user: Any) -> Any:
    resource = resource_of(left)
    if resource is None:
        return
    fields = fields_of(resource)
    winner, loser = (left, right) if stays == LEFT else (right, left)
    for side in sides(winner, loser):
        field = fields.get(side.name)
        level = user.rights.level(Party, side.name)
        empty = side.winner in (None, "", []) and side.loser in (None, "", [])
        if field is None or level == Level.HIDDEN or empty:
            continue
        yield {
            "name": side.name,
            "label": field.label,
            "left": cells.show(field, left, user, resource=resource, titled=False) or "",
            "right": cells.show(field, right, user, resource=resource, titled=False) or "",
            "differs": side.differs,
            "chosen": _side_of(side, stays),
            "may_be_both": side.may_be_both,
            "may_choose": user.rights.writable(Party, side.name),
        }


def _side_of(side: Side, stays: str) -> str:
    if side.default == "both":
        return BOTH
    return stays if side.default == "winner" else (RIGHT if stays == LEFT else LEFT)


urlpatterns = [
    path("duplicates/", queue, name="duplicates"),
    path("duplicates/<int:pk>/", queue, name="duplicate_pair"),
    path("duplicates/<int:pk>/different/", different, name="duplicate_different"),
    path("duplicates/<int:pk>/reopen/", reopen, name="duplicate_reopen"),
    path("duplicates/compare/<int:left>/<int:right>/", compare, name="duplicate_compare"),
    path("duplicates/merge/", merge, name="duplicate_merge"),
    path("duplicates/run/", search_now, name="duplicates_run"),
    path("merges/<int:pk>/undo/", undo, name="merge_undo"),
]
