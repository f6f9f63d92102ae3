"""The endpoints of one noun: list, create, read, change, delete, verbs, history, comments.

Annotations here are read when the functions are made, so that each noun has its own shapes.
"""

from typing import Annotated, Any

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Body, Header, Query, Router
from pydantic import BaseModel
from pydantic import Field as Shape

from relasi.kit.events.models import Event
from relasi.kit.records.models import Comment
from relasi.kit.resources import commenting, writing
from relasi.kit.resources.api.errors import ApiError
from relasi.kit.resources.api.idempotency import Again, once
from relasi.kit.resources.api.schemas import (
    CommentIn,
    CommentOut,
    Comments,
    History,
    HistoryEntry,
    Problem,
    in_schema,
    list_schema,
    out_schema,
    record_out,
    verb_schema,
)  # fmt: skip
from relasi.kit.resources.cells import load_links
from relasi.kit.resources.declaration import Resource, Verb
from relasi.kit.resources.doing import NotNow, do, missing
from relasi.kit.resources.fields import OWN, fields_of, shown_fields
from relasi.kit.resources.finding import allow, load
from relasi.kit.resources.history import sides_of
from relasi.kit.resources.listing import listing, load_tags
from relasi.kit.resources.paging import ordered, page
from relasi.kit.resources.registry import verbs_of

ERRORS = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 412: Problem, 422: Problem}
NUMBERED = {"id", "version", "url"}
Pk = Annotated[int, Shape(gt=0, lt=2**63)]
Cursor = Annotated[str, Shape(max_length=2000)]
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", max_length=200)]
IfMatch = Annotated[str, Header(alias="If-Match", max_length=60)]


class Asked(BaseModel):
    """`filter` in the filter language, `sort` such as `-created_at,name`, `after` the mark `next` of the page
    before.
    """

    filter: Annotated[str, Shape(max_length=8000)] = ""
    sort: Annotated[str, Shape(max_length=300)] = ""
    q: Annotated[str, Shape(max_length=200)] = ""
    after: Cursor = ""
    limit: Annotated[int, Shape(ge=1, le=200)] = 50
    archived: bool = False
    count: bool = False


def router_of(resource: Resource) -> Router:
    """Every endpoint of one noun."""
    router = Router(tags=[str(resource.name)])
    one = out_schema(resource)
    _reading(router, resource, one)
    _writing(router, resource, one)
    for verb in verbs_of(resource):
        if verb.form is None or verb.fields:
            _verb(router, resource, verb, one)
    _history(router, resource)
    if getattr(resource.model, "is_noted", False):
        _comments(router, resource)
    return router


def _reading(router: Router, resource: Resource, one: type[BaseModel]) -> None:
    many = list_schema(resource, one)

    @router.get(
        "/", response={200: many, **ERRORS}, operation_id=f"{resource.name}_list",
        summary=f"List {resource.name}",
    )  # fmt: skip
    def list_records(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
        allow(request, "view", resource.model)
        chosen = listing(
            resource, request.user, filter=asked.filter, sort=[s for s in asked.sort.split(",") if s],
            words=asked.q, archived=asked.archived,
        )  # fmt: skip
        found = page(ordered(chosen.rows(), chosen.keys), chosen.keys, asked.after or None, asked.limit)
        fields = shown_fields(resource, request.user)
        load_links([field for field in fields.values() if field.model_field], found.rows, request.user)
        if "tags" in fields and found.rows:
            load_tags(found.rows)
        items = [record_out(resource, row, request.user, fields) for row in found.rows]
        count, capped = chosen.count() if asked.count else (None, False)
        return answer({"items": items, "next": found.next, "count": count, "count_is_capped": capped})

    @router.get(
        "/{pk}/", response={200: one, **ERRORS}, operation_id=f"{resource.name}_read",
        summary=f"Read one of {resource.name}",
    )  # fmt: skip
    def read_record(request: HttpRequest, pk: Pk) -> HttpResponse:
        return whole(resource, load(request, resource, pk), request.user)


def _writing(router: Router, resource: Resource, one: type[BaseModel]) -> None:
    if resource.can_create:
        new = in_schema(resource, creating=True)

        @router.post(
            "/", response={201: one, **ERRORS}, operation_id=f"{resource.name}_create",
            summary=f"Create one of {resource.name}",
        )  # fmt: skip
        @once(_still(resource, "add"))
        def create_record(
            request: HttpRequest,
            given: new,  # type: ignore[valid-type]
            idempotency_key: IdempotencyKey = "",
        ) -> HttpResponse:
            allow(request, "add", resource.model)
            values = writing.understood(resource, sent(given), user=request.user)
            with transaction.atomic():
                record = writing.create(resource, _owned(resource, values, request.user), by=request.user)
                allow(request, "add", record)
            response = whole(resource, record, request.user, status=201)
            response["Location"] = f"/api/v1/{resource.name}/{record.pk}/"
            return response

    part = in_schema(resource, creating=False)

    @router.patch(
        "/{pk}/", response={200: one, **ERRORS}, operation_id=f"{resource.name}_change",
        summary=f"Change one of {resource.name}; with If-Match only when its version is still that",
    )  # fmt: skip
    def change_record(request: HttpRequest, pk: Pk, given: part, if_match: IfMatch = "") -> HttpResponse:  # type: ignore[valid-type]
        record = load(request, resource, pk, "change")
        values = writing.understood(resource, sent(given), user=request.user)
        writing.change(record, values, by=request.user, if_version=version_of(if_match))
        return as_it_stands(request, resource, record)

    if resource.can_delete:

        @router.delete(
            "/{pk}/", response={204: None, **ERRORS}, operation_id=f"{resource.name}_delete",
            summary=f"Delete one of {resource.name}",
        )  # fmt: skip
        def delete_record(request: HttpRequest, pk: Pk, if_match: IfMatch = "") -> HttpResponse:
            record = load(request, resource, pk, "delete")
            if (version := version_of(if_match)) is not None and version != record.version:
                raise ApiError(412, "stale", _("Somebody else saved this record first."))
            remove(record, request.user)
            return HttpResponse(status=204)


def _verb(router: Router, resource: Resource, verb: Verb, one: type[BaseModel]) -> None:
    asked, again = verb_schema(resource, verb), _still(resource, verb.right or verb.name)
    options: dict[str, Any] = {
        "response": {200: one, 409: Problem, **ERRORS},
        "operation_id": f"{resource.name}_{verb.name}",
        "summary": f"{verb.name} one of {resource.name}",
    }

    def done(request: HttpRequest, pk: int, given: dict[str, Any]) -> HttpResponse:
        record = load(request, resource, pk, verb.right or verb.name)
        if verb.when and not verb.when(record):
            raise _not_now()
        known = fields_of(resource)
        values = {name: value for name, value in given.items() if name not in known}
        values |= writing.understood(
            resource,
            {name: value for name, value in given.items() if name in known},
            user=request.user,
            fields=known,
        )
        missing(values, tuple(name for name in verb.fields if name in known), known)
        try:
            do(verb, record, values, resource=resource, by=request.user)
        except NotNow as error:
            raise _not_now() from error
        return as_it_stands(request, resource, record)

    if asked is None:

        @router.post(f"/{{pk}}/{verb.name}/", **options)
        @once(again)
        def do_verb(request: HttpRequest, pk: Pk, idempotency_key: IdempotencyKey = "") -> HttpResponse:
            return done(request, pk, {})

    else:

        @router.post(f"/{{pk}}/{verb.name}/", **options)
        @once(again)
        def do_verb_with(
            request: HttpRequest,
            pk: Pk,
            given: Annotated[asked, Body()],  # type: ignore[valid-type]
            idempotency_key: IdempotencyKey = "",
        ) -> HttpResponse:
            return done(request, pk, sent(given))


def _not_now() -> ApiError:
    return ApiError(409, "not_now", _("This cannot be done to the record as it is now."))


def _still(resource: Resource, verb: str) -> Again:
    """Whether a kept answer may be given again: the right stands and the record is in sight. Fields closed
    since are as they would be told today.
    """

    def told(request: Any, data: dict[str, Any], **_rest: Any) -> dict[str, Any]:
        allow(request, verb, resource.model)
        if data.keys() <= NUMBERED:
            return data
        now = record_out(resource, load(request, resource, data["id"]), request.user)
        return _without_closed(data, now, resource, request.user)

    return told


def _without_closed(
    data: dict[str, Any], now: dict[str, Any], resource: Resource, user: Any, prefix: str = ""
) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in data.items():
        if name == "own":
            kept[name] = _without_closed(value, now.get(name, {}), resource, user, OWN)
        elif (not prefix and name in NUMBERED) or user.rights.searchable(resource.model, prefix + name):
            kept[name] = value
        elif name in now:
            kept[name] = now[name]
    return kept


def _history(router: Router, resource: Resource) -> None:
    @router.get(
        "/{pk}/history/", response={200: History, **ERRORS}, operation_id=f"{resource.name}_history",
        summary="What happened to it, newest first",
    )  # fmt: skip
    def history(
        request: HttpRequest, pk: Pk, before: Annotated[int, Shape(gt=0, lt=2**63)] | None = None
    ) -> HttpResponse:
        record = load(request, resource, pk)
        events = Event.objects.of(record)
        found = list((events.filter(pk__lt=before) if before else events)[:101])
        items = [_entry(resource, event, request.user) for event in found[:100]]
        return answer({"items": items, "next": str(found[99].pk) if len(found) > 100 else None})


def _entry(resource: Resource, event: Event, user: Any) -> dict[str, Any]:
    changes = {
        name: sides
        for name, sides in sides_of(event.changes, fields_of(resource)).items()
        if user.rights.searchable(resource.model, name)
    }
    return HistoryEntry(
        id=event.pk,
        at=event.at,
        verb=event.verb,
        by=event.actor_name,
        by_id=event.actor_id,
        changes=changes,
        note=event.note,
    ).model_dump()


def _comments(router: Router, resource: Resource) -> None:
    @router.get(
        "/{pk}/comments/", response={200: Comments, **ERRORS}, operation_id=f"{resource.name}_comments",
        summary="Comments of colleagues, newest first",
    )  # fmt: skip
    def comments(request: HttpRequest, pk: Pk) -> HttpResponse:
        record = load(request, resource, pk)
        return answer({"items": [_comment(row) for row in commenting.of(record)]})

    @router.post(
        "/{pk}/comments/", response={201: CommentOut, **ERRORS}, operation_id=f"{resource.name}_comment",
        summary="Comment on it",
    )  # fmt: skip
    @once(lambda request, data, pk, **_rest: load(request, resource, pk, "comment") and data)
    def comment(
        request: HttpRequest, pk: Pk, given: CommentIn, idempotency_key: IdempotencyKey = ""
    ) -> HttpResponse:
        record = load(request, resource, pk, "comment")
        return answer(_comment(commenting.write(record, given.body, by=request.user).comment), status=201)


def _comment(row: Comment) -> dict[str, Any]:
    return CommentOut(
        id=row.pk, by=str(row.author), by_id=row.author_id, at=row.created_at, body=str(commenting.shown(row))
    ).model_dump()


def _owned(resource: Resource, values: dict[str, Any], user: Any) -> dict[str, Any]:
    """Looked after by whoever makes it, unless it says otherwise."""
    has_owner = any(field.name == "owner" for field in resource.model._meta.fields)
    return {"owner": user, **values} if has_owner else values


def sent(given: BaseModel) -> dict[str, Any]:
    """Only what was really sent; own fields under their full names."""
    data = given.model_dump(exclude_unset=True)
    own = data.pop("own", {})
    return data | {OWN + key: value for key, value in own.items()}


def version_of(if_match: str) -> int | None:
    """The version in an If-Match header such as `"3"`; None for none or `*`."""
    text = if_match.strip().removeprefix("W/").strip('"')
    if text in {"", "*"}:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise ApiError(412, "stale", _("The If-Match header names no version of this record."))
    return int(text)


def remove(record: Any, user: Any) -> None:
    from django.db.models import ProtectedError

    try:
        record.remove(by=user)
    except ProtectedError as error:
        raise ApiError(422, "in_use", _("Other records need this one; it cannot be deleted.")) from error


def whole(resource: Resource, record: Any, user: Any, status: int = 200) -> HttpResponse:
    if getattr(resource.model, "is_tagged", False):
        load_tags([record])
    response = answer(record_out(resource, record, user), status=status)
    response["ETag"] = f'"{record.version}"'
    return response


def as_it_stands(request: HttpRequest, resource: Resource, record: Any) -> HttpResponse:
    """The record after an act; no more than its number when the act took it out of the reader's sight."""
    found = resource.rows(request.user).filter(pk=record.pk).first()
    if found is not None:
        return whole(resource, found, request.user)
    record.refresh_from_db(fields=["version"])
    return answer({"id": record.pk, "version": record.version, "url": f"/{resource.name}/{record.pk}/"})


def answer(data: Any, status: int = 200) -> HttpResponse:
    """JSON by orjson: dates as ISO 8601, decimals as text."""
    body = orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
