"""Idempotency-Key: the same request sent twice is done once, and answered the same, as long as its sender may
still do it and see what it tells.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from relasi.kit.access.models import IdempotentAnswer
from relasi.kit.access.requests import Request
from relasi.kit.jobs import every
from relasi.kit.resources.api.errors import ApiError
from relasi.lib import ids

KEPT = timedelta(days=7)
LONGEST_KEY = 200
View = Callable[..., HttpResponse]
Again = Callable[..., dict[str, Any]]
Still = Callable[[dict[str, Any]], dict[str, Any]]


def once(again: Again) -> Callable[[View], View]:
    """Wraps a POST. With an Idempotency-Key, the answer is kept in the transaction of the work it tells of.

    `again(request, data, **kwargs)` stands before a second answer: it raises what a reader who lost the right
    is told, and gives of the first answer's data what may still be told.
    """

    def wrap(view: View) -> View:
        return _wrapped(view, again)

    return wrap


def _wrapped(view: View, again: Again) -> View:
    @wraps(view)
    def answered(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        def open_still(data: dict[str, Any]) -> dict[str, Any]:
            return again(request, data, **kwargs)

        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(request, *args, **kwargs)
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise ApiError(
                400, "bad_key", _("The Idempotency-Key is longer than 200 characters or not printable.")
            )
        digest = ids.body_digest(str(request.method), request.get_full_path(), request.body)
        return _earlier(request, key, digest, open_still) or _first(
            request, key, digest, open_still, lambda: view(request, *args, **kwargs)
        )

    return answered


def _earlier(request: Request, key: str, digest: str, open_still: Still) -> HttpResponse | None:
    kept = IdempotentAnswer.objects.of(request.user, key).first()
    if kept is None:
        return None
    if kept.request_digest != digest:
        raise ApiError(422, "key_reused", _("This Idempotency-Key was used for another request."))
    first = orjson.loads(bytes(kept.body or b"{}"))
    told = open_still(first)
    body = bytes(kept.body or b"") if told == first else orjson.dumps(told, default=str)
    answer = HttpResponse(body, status=kept.status, content_type="application/json; charset=utf-8")
    for name, value in kept.headers.items():
        answer[name] = value
    answer["Idempotent-Replayed"] = "true"
    return answer


def _first(
    request: Request, key: str, digest: str, open_still: Still, work: Callable[[], HttpResponse]
) -> HttpResponse:
    """Two at once: the second waits for the first's row and then answers as it did."""
    try:
        with transaction.atomic():
            kept = IdempotentAnswer.objects.create(user=request.user, key=key, request_digest=digest)
            answer = work()
            kept.status, kept.body = answer.status_code, answer.content
            kept.headers = {name: answer[name] for name in ("ETag", "Location") if name in answer}
            kept.save()
            return answer
    except IntegrityError:
        earlier = _earlier(request, key, digest, open_still)
        if earlier is None:
            raise
        return earlier


@every(hours=24, name="forget-idempotent-answers")
def forget_old_answers() -> None:
    """Answers are kept for seven days."""
    IdempotentAnswer.objects.older_than(KEPT).delete()
