"""What every registered noun does, at no cost to its author."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from relasi.kit.resources import Resource
from relasi.kit.resources.fields import model_fields
from relasi.kit.resources.registry import resources, verbs_of
from tests.fingerprint import fingerprint
from tests.round_trip import taken_back, told
from tests.samples import sample, sample_values
from tests.world import World

SignIn = Callable[[User], Client]
MOST_QUERIES = 15
DOORS = (
    ("get", ""), ("get", "new/"), ("post", "new/"), ("get", "{pk}/"), ("get", "{pk}/edit/"),
    ("post", "{pk}/edit/"), ("post", "{pk}/delete/"), ("get", "{pk}/history/"),
    ("get", "export/?format=csv"), ("post", "bulk/"), ("post", "paste/"),
)  # fmt: skip

every_resource = pytest.mark.parametrize("resource", resources(), ids=lambda resource: resource.name)
creatable = pytest.mark.parametrize(
    "resource",
    [resource for resource in resources() if resource.can_create],
    ids=lambda resource: resource.name,
)


def test_every_name_in_a_declaration_exists() -> None:
    assert [problem for problem in run_checks() if problem.id == "relasi.E001"] == []


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    return standing_world


@creatable
def test_its_pages_open(resource: Resource, world: World, sign_in: SignIn) -> None:
    record, browser = sample(resource, by=world.ada), sign_in(world.ada)
    pages = ("", "new/", "{pk}/", "{pk}/?peek=1", "{pk}/edit/", "{pk}/history/")
    codes = {page: browser.get(f"/{resource.name}/{page.format(pk=record.pk)}").status_code for page in pages}
    closed = {"{pk}/edit/": 403} if resource.model.written_once else {}
    assert codes == {**dict.fromkeys(pages, 200), **closed}


@creatable
def test_its_other_layouts_open(resource: Resource, world: World, sign_in: SignIn) -> None:
    sample(resource, by=world.ada)
    browser = sign_in(world.ada)
    layouts = [name for name in ("board", "calendar", "chart") if getattr(resource, name)]
    assert [browser.get(f"/{resource.name}/?layout={name}").status_code for name in layouts] == [200] * len(
        layouts
    )
    fragments = [browser.get(f"/{resource.name}/{name}/", headers={"HX-Request": "true"}) for name in layouts]
    assert [fragment.status_code for fragment in fragments] == [200] * len(layouts)


@creatable
def test_who_has_no_rights_is_refused_and_writes_nothing(
    resource: Resource, world: World, sign_in: SignIn
) -> None:
    record, values = sample(resource, by=world.ada), sample_values(resource, 2)
    browser = sign_in(world.eko)
    before = fingerprint()
    for method, page in DOORS:
        answer = getattr(browser, method)(f"/{resource.name}/{page.format(pk=record.pk)}", values)
        assert answer.status_code in {400, 403, 404}, f"{method} {page}: {answer.status_code}"
    assert fingerprint() == before


@creatable
def test_a_list_costs_the_same_few_queries_for_few_and_many_rows(
    resource: Resource, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.ada)
    sample(resource, by=world.ada, n=1)
    browser.get(f"/{resource.name}/")
    few = _queries(browser, f"/{resource.name}/")
    for n in range(2, 10):
        sample(resource, by=world.ada, n=n)
    assert _queries(browser, f"/{resource.name}/") == few <= MOST_QUERIES


@creatable
def test_what_the_api_creates_it_reads_back(resource: Resource, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    body = _api_body(resource)
    made = browser.post(f"/api/v1/{resource.name}/", json.dumps(body), "application/json")
    assert made.status_code == 201, made.content
    read = browser.get(f"/api/v1/{resource.name}/{made.json()['id']}/").json()
    assert read == made.json()
    assert read["id"] in [
        item["id"] for item in browser.get(f"/api/v1/{resource.name}/?limit=200").json()["items"]
    ]


@creatable
def test_its_verbs_leave_an_event(resource: Resource, world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    silent = []
    for n, verb in enumerate(verb for verb in verbs_of(resource) if not verb.fields and verb.form is None):
        record = sample(resource, by=world.ada, n=n + 20)
        if verb.when and not verb.when(record):
            continue
        answer = browser.post(f"/{resource.name}/{record.pk}/do/{verb.name}/")
        verbs = list(Event.objects.of(record).values_list("verb", flat=True))
        if answer.status_code >= 400 or verbs == ["created"]:
            silent.append(verb.name)
    assert silent == []


@creatable
def test_a_change_is_kept_in_its_history(resource: Resource, world: World, sign_in: SignIn) -> None:
    record = sample(resource, by=world.ada)
    if resource.model.written_once:
        pytest.skip("a line of a ledger is never changed")
    field, value, shown = _another(resource)
    record.change(by=world.ada, **{field: value})
    page = sign_in(world.ada).get(f"/{resource.name}/{record.pk}/history/").content.decode()
    assert shown in page


@creatable
def test_its_list_is_exported_as_shown(resource: Resource, world: World, sign_in: SignIn) -> None:
    record = sample(resource, by=world.ada)
    answer = sign_in(world.ada).get(f"/{resource.name}/export/?format=csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert str(getattr(record, resource.title)) in body.decode("utf-8-sig")


@creatable
def test_import_takes_back_what_export_gave(resource: Resource, world: World, sign_in: SignIn) -> None:
    record = sample(resource, by=world.ada)
    browser = sign_in(world.ada)
    exported = _exported(browser, resource, record.pk)
    type(record)._default_manager.filter(pk=record.pk).delete()
    run = taken_back(resource, exported, by=world.ada)
    row = run.rows.get()
    assert (row.outcome, row.problems) == ("created", []), exported.decode()
    again = _exported(browser, resource, row.record_id)
    columns = [column for column, to in run.mapping.items() if to["field"]]
    before = told(exported, columns)
    assert told(again, columns, like=before) == before


@every_resource
def test_it_stands_in_the_description_of_the_api(resource: Resource, client: Client) -> None:
    assert f"/api/v1/{resource.name}/" in client.get("/api/v1/openapi.json").json()["paths"]


@every_resource
def test_its_labels_and_icon_are_there(resource: Resource) -> None:
    assert str(resource.label) and str(resource.label_one) and resource.icon


def _another(resource: Resource) -> tuple[str, Any, str]:
    """A field, another value for it and how that reads: a text, the one that names the record first; where
    there is none, a number."""
    editable = [field for field in model_fields(resource) if field.is_editable and field.name != "filter"]
    texts = [field.name for field in editable if field.kind in {"text", "long"}]
    if texts:
        first = min(texts, key=lambda name: name not in {resource.title, "name", "subject"})
        return first, "Nama yang baru", "Nama yang baru"
    number = next(field for field in editable if field.kind in {"number", "money"})
    return number.name, 321, "321"


def _exported(browser: Client, resource: Resource, pk: Any) -> bytes:
    answer = browser.get(f"/{resource.name}/export/?format=csv&filter=id = {pk}")
    body: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body


def _queries(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def _api_body(resource: Resource) -> dict[str, Any]:
    from relasi.kit.resources.fields import fields_of

    fields = fields_of(resource)
    body: dict[str, Any] = {}
    for name, text in sample_values(resource).items():
        number = fields[name].kind in {"number", "link"}
        body[name] = int(text) if number else True if fields[name].kind == "bool" else text
    return body
