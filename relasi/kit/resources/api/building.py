"""The whole API, put together once when the addresses are read."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema, get_schema
from pydantic import BaseModel

from relasi.kit.access.requests import Request
from relasi.kit.resources.api.endpoints import ERRORS, answer, router_of
from relasi.kit.resources.api.errors import handle_errors
from relasi.kit.resources.api.keys import Browser, Key
from relasi.kit.resources.api.more import added_to
from relasi.kit.resources.fields import shown_fields
from relasi.kit.resources.registry import resources, verbs_of


class Me(BaseModel):
    id: int
    name: str
    email: str
    language: str
    time_zone: str


class FieldOut(BaseModel):
    name: str
    label: str
    kind: str
    filterable: bool
    sortable: bool
    writable: bool
    choices: list[list[str]]


class NounOut(BaseModel):
    name: str
    label: str
    fields: list[FieldOut]
    verbs: list[str]


class Nouns(BaseModel):
    items: list[NounOut]


class Api(NinjaAPI):
    """Describes itself once: a description of all nouns takes a second to make and never changes."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return _described(self, path_prefix or self.get_root_path(path_params or {}))


@cache
def _described(api: Api, path_prefix: str) -> OpenAPISchema:
    return get_schema(api=api, path_prefix=path_prefix)


@cache
def build_api() -> Api:
    """One router a noun, and what a client needs to know first: who it is and what there is."""
    api = Api(
        title="Relasi",
        version="1",
        urls_namespace="api",
        auth=[Key(), Browser()],
        docs_url=None,
        description="Every noun of Relasi. Lists take the filter language of the product and page by keyset.",
    )
    handle_errors(api)

    @api.get(
        "/me/",
        response={200: Me, 401: ERRORS[401]},
        operation_id="me",
        summary="Who this key acts as",
        tags=["me"],
    )
    def me(request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        data = {"id": user.pk, "name": user.name, "email": user.email}
        return answer(data | {"language": user.language, "time_zone": user.time_zone})

    @api.get(
        "/nouns/",
        response={200: Nouns, 401: ERRORS[401]},
        operation_id="nouns",
        summary="What there is",
        tags=["me"],
    )
    def nouns(request: Request) -> HttpResponse:
        seen = [resource for resource in resources() if request.user.rights.may("view", resource.model)]
        return answer({"items": [_noun(resource, request.user) for resource in seen]})

    for resource in resources():
        if more := added_to(resource.name):
            router = Router(tags=[resource.name])
            for add in more:
                add(router)
            api.add_router(f"/{resource.name}", router)  # before “/{pk}/”, which takes any word
        api.add_router(f"/{resource.name}", router_of(resource))
    return api


def _noun(resource: Any, user: Any) -> dict[str, Any]:
    fields = [
        {
            "name": name,
            "label": str(field.label),
            "kind": field.kind,
            "filterable": field.is_filterable and user.rights.searchable(resource.model, name),
            "sortable": field.is_sortable and user.rights.searchable(resource.model, name),
            "writable": field.is_editable and user.rights.writable(resource.model, name),
            "choices": [[str(key), str(label)] for key, label in field.choices],
        }
        for name, field in shown_fields(resource, user).items()
    ]
    verbs = [verb.name for verb in verbs_of(resource)]
    return {"name": resource.name, "label": str(resource.label), "fields": fields, "verbs": verbs}
