"""Closed fields: values planted in them are looked for everywhere a reader can get to, and found nowhere."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from relasi.kit.access.models import ApiKey, FieldRule, Grant, Role, User
from relasi.kit.records.models import CustomField
from relasi.kit.resources.registry import find, panels_of
from relasi.parties.models import DuplicatePair, Party, Person
from tests.world import World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
NIK, NPWP = "3174011708800001", "091234567012000"
CLOSED = {
    "phone": "081298761234",
    "email": "qxcanarymail@leak.example",
    "city": "Qxcanarycity",
    "website": "https://qxcanarysite.example",
    "job_title": "Qxcanaryjob",
    "nickname": "Qxcanarynick",
    "source": "Qxcanarysource",
    "external_id": "QXCANARYID",
    "hobbies": "Qxcanaryhobby",
    "interests": "Qxcanaryinterest",
    "about": "Qxcanaryabout",
    "greeting": "Qxcanarygreeting",
    "salutation": "Qxcanarysal",
    "religion": "hindu",
    "own.secret": "Qxcanaryown",
    "nik": NIK,
    "npwp": NPWP,
}
MARKS = ("qxcanary", "8129876", "812-9876", "812 9876", NIK, NIK[4:12], NPWP, NPWP[3:9])
RELIGION = re.compile(r"(?<![a-z])hindu(?![a-z])|>Hindu<", re.I)


@pytest.fixture
def planted(world: World) -> World:
    """Budi with something in every closed field, now and before, by an owner's hand."""
    CustomField.create(by=None, noun="party", key="secret", label="Secret", kind="text")
    plain = {name: value for name, value in CLOSED.items() if not name.startswith("own.")}
    older = {name: f"{value} old" for name, value in plain.items() if "anary" in value and "." not in value}
    world.budi.change(by=world.ada, custom={"secret": "Qxcanaryown old"}, **older)
    world.budi.change(by=world.ada, custom={"secret": CLOSED["own.secret"]}, **plain)
    twin = Person.create(by=world.ada, name="Budi Santosa", owner=world.bob, about="Qxcanaryabout two")
    left, right = sorted([world.budi.pk, twin.pk])
    DuplicatePair.objects.get_or_create(
        left_id=left, right_id=right, defaults={"score": 0.9, "why": ["name"]}
    )
    return world


def narrow(world: World) -> User:
    """Eko with a role that sees every customer and works on them, but none of the fields above."""
    role = Role.create(by=None, name="Narrow")
    verbs = ("view", "add", "change", "export", "comment", "attach", "share", "import", "archive", "merge")
    for noun in ("party", "activity", "duplicatepair", "merge", "relation", "event"):
        for verb in verbs:
            Grant.objects.create(role=role, noun=noun, verb=verb, scope="all")
    for noun in ("contactpoint", "address", "importantdate"):
        Grant.objects.create(role=role, noun=noun, verb="view", scope="all")
    for name in CLOSED:
        FieldRule.objects.create(
            role=role, noun="party", field=name, level="masked" if name in {"nik", "phone"} else "hidden"
        )
    world.eko.give_roles([role], by=None)
    return world.eko


def test_nothing_of_a_closed_field_is_told_to_a_narrow_role(planted: World, sign_in: SignIn) -> None:
    assert leaks(planted, narrow(planted), sign_in, MARKS) == []


def test_nothing_of_religion_and_numbers_is_told_to_service(planted: World, sign_in: SignIn) -> None:
    assert leaks(planted, planted.dewi, sign_in, (NIK, NIK[4:12], NPWP, NPWP[3:9])) == []


def test_nothing_of_religion_greeting_and_numbers_is_told_to_management(
    planted: World, sign_in: SignIn
) -> None:
    assert leaks(planted, planted.mira, sign_in, ("qxcanarygreeting", NIK, NIK[4:12], NPWP, NPWP[3:9])) == []


@pytest.mark.parametrize("name", [name for name in CLOSED if name not in {"nik", "npwp"}])
def test_a_closed_field_is_no_question_to_ask(planted: World, sign_in: SignIn, name: str) -> None:
    """Neither filter nor sort nor group nor chart tells who has the value."""
    browser = sign_in(narrow(planted))
    value = CLOSED[name]
    found = [
        browser.get("/people/", {"filter": f'{name} = "{value}"'}),
        browser.get("/people/", {"filter": f"{name} is not empty"}),
        browser.get("/api/v1/people/", {"filter": f'{name} = "{value}"'}),
        browser.get("/people/export/", {"format": "csv", "filter": f'{name} ~ "{value[:6]}"'}),
        browser.get("/people/groups/", {"group": name}),
        browser.get("/people/chart/", {"by": name}, HTTP_ACCEPT="application/json"),
        browser.get("/people/totals/", {"filter": f'{name} = "{value}"'}),
        browser.get("/people/board/", {"filter": f'{name} = "{value}"'}, **HTMX),
    ]
    assert not [n for n, answer in enumerate(found) if "Budi Santoso" in text_of(answer)]
    assert browser.get("/api/v1/people/", {"sort": name}).status_code == 400
    assert browser.get("/people/totals/", {"filter": f'{name} = "{value}"'}).status_code == 422


@pytest.mark.parametrize("name", ["about", "city", "nickname", "email", "hobbies"])
def test_a_closed_field_is_not_searched(planted: World, sign_in: SignIn, name: str) -> None:
    browser = sign_in(narrow(planted))
    words = CLOSED[name].split("@")[0]
    places = ("/search/", "/people/", "/api/v1/people/", "/parties/options/", "/people/options/")
    assert not [place for place in places if "Budi Santoso" in text_of(browser.get(place, {"q": words}))]


def leaks(world: World, reader: User, sign_in: SignIn, marks: tuple[str, ...]) -> list[str]:
    """The addresses whose answers tell a planted value, each with the value."""
    browser, found = sign_in(reader), []
    _key, token = ApiKey.issue(user=reader, name="k", scopes=["*"], by=reader)
    religious = reader.rights.level(Party, "religion") == "hidden"
    for url, head in everywhere(world, token):
        answer = browser.get(url, **head)
        text = text_of(answer)
        said = [mark for mark in marks if mark.lower() in text.lower()]
        if religious and RELIGION.search(text) and "hindu" not in url:
            said.append("religion")
        found += [f"{url}: {mark}" for mark in said]
    return found


def everywhere(world: World, token: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every address at which a customer or something about one is told."""
    people, pk = find("people"), world.budi.pk
    assert people is not None
    columns = ",".join(["name", *CLOSED])
    here, key = f"/people/{pk}/", {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    other = Person.objects.exclude(pk=pk).filter(name="Budi Santosa").get().pk
    plain = [
        "/people/", f"/people/?columns={columns}", "/people/?layout=board", "/people/?layout=calendar",
        "/people/?layout=chart", f"/people/?filter=name ~ Budi&columns={columns}", here, f"{here}?peek=1",
        f"{here}?part=changed", f"{here}edit/", f"{here}history/", f"{here}comments/", f"{here}share/",
        f"{here}why/", f"{here}tags/", f"{here}do/archive/", f"{here}do/move_to/", f"{here}delete/",
        f"{here}facts/contacts/", f"{here}facts/addresses/", f"{here}facts/relations/", "/people/new/",
        f"/people/export/?format=csv&columns={columns}", f"/people/export/?format=json&columns={columns}",
        f"/people/export/?format=xlsx&columns={columns}", "/people/options/?q=Budi",
        "/parties/options/?q=Budi",
        "/search/?q=Budi", f"/timeline/{pk}/?relations=1", f"/timeline/{pk}/next/", "/", "/calendar/",
        "/calendar/events/?start=2026-01-01&end=2026-12-31", "/people/calendar/events/", "/duplicates/",
        f"/duplicates/compare/{pk}/{other}/",
        f"/parties/alike/?_resource=people&name=Budi Santosa&_record={other}",
        "/ladder/", "/settings/audit/", "/settings/audit/export/", "/commands/?resource=people&id=1",
        "/notifications/", "/households/", f"/households/{world.santosos.pk}/", "/people/groups/?group=rung",
        "/people/totals/", "/people/import/sample/", "/mentions/?q=b", f"/people/bulk/?what=set&ids={pk}",
    ]  # fmt: skip
    yield from ((url, {}) for url in plain)
    yield from ((f"{here}cell/{name}/?show=1", {}) for name in CLOSED)
    yield from ((f"{here}cell/{name}/", {}) for name in CLOSED)
    yield from (
        (f"{here}panel/{getattr(box, 'name', '') or f'{box.resource}-{box.via}'}/", {})
        for box in panels_of(people)
    )
    yield from (
        (f"/people/menu/{what}/", {})
        for what in ("filter", "test", "text", "sort", "group", "columns", "more")
    )
    yield from ((f"/people/{part}/", HTMX) for part in ("board", "calendar", "chart"))
    yield from ((f"/people/?view=&peek=1&columns={columns}&rows=1", HTMX) for _once in (1,))
    yield from ((url, key) for url in ("/api/v1/people/?q=Budi", f"/api/v1{here}", f"/api/v1{here}history/"))
    yield from ((url, key) for url in ("/api/v1/nouns/", f"/api/v1{here}comments/", "/api/v1/households/"))


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        parts = zipfile.ZipFile(io.BytesIO(content))
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    return str(content.decode())
