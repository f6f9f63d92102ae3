"""The API: the same nouns, rights and words as the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from relasi.kit.access.models import ApiKey, FieldRule, Grant, User
from relasi.kit.events.models import Event
from relasi.kit.records.models import CustomField
from relasi.kit.resources.api import endpoints
from relasi.parties.models import Party, Person
from tests.world import World


class Api:
    """A program with a key."""

    def __init__(self, user: User, scopes: tuple[str, ...] = ("*",)) -> None:
        _key, self.token = ApiKey.issue(user=user, name="test", scopes=list(scopes), by=user)
        self.client = Client()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        extra = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        data = json.dumps(body) if body is not None else ""
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data,
            "application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token}",
            **extra,
        )


def test_a_stranger_is_told_to_bring_a_key(db: None) -> None:
    answer = Client().get("/api/v1/people/")
    assert answer.status_code == 401
    assert answer.json()["error"] == "unauthorized"


def test_bob_lists_only_what_he_may_see(world: World) -> None:
    names = [item["name"] for item in Api(world.bob).send("GET", "people/").json()["items"]]
    assert names == ["Budi Santoso", "Rizky Santoso", "Siti Rahmawati"]


def test_the_list_takes_the_filter_language(world: World) -> None:
    found = Api(world.ada).send("GET", "people/?filter=rung >= client&count=true").json()
    assert [item["name"] for item in found["items"]] == ["Budi Santoso"]
    assert found["count"] == 1


def test_a_wrong_filter_is_told_in_plain_words(world: World) -> None:
    answer = Api(world.ada).send("GET", "people/?filter=colour = red")
    assert answer.status_code == 400
    assert "colour" in answer.json()["message"]


def test_pages_follow_each_other_without_gap_or_double(world: World) -> None:
    api, seen, after = Api(world.ada), [], ""
    while True:
        page = api.send("GET", f"people/?limit=1&after={after}").json()
        seen += [item["id"] for item in page["items"]]
        if not (after := page["next"]):
            break
    assert seen == list(Person.objects.people().order_by("name").values_list("pk", flat=True))


def test_a_created_person_reads_back_the_same(world: World) -> None:
    api = Api(world.ada)
    made = api.send("POST", "people/", {"name": "Made Wirawan", "phone": "0812 9999 0000", "tags": ["VIP"]})
    assert made.status_code == 201
    again = api.send("GET", f"people/{made.json()['id']}/").json()
    assert again == made.json()
    assert (again["phone"], again["tags"]) == ("+6281299990000", ["VIP"])


def test_an_unknown_field_is_refused_by_name(world: World) -> None:
    answer = Api(world.ada).send("POST", "people/", {"name": "X", "shoe": 42})
    assert answer.status_code == 422
    assert "shoe" in answer.json()["fields"]


def test_the_same_key_and_body_is_done_once(world: World) -> None:
    api, body = Api(world.ada), {"name": "Once Only"}
    first = api.send("POST", "people/", body, idempotency_key="k1")
    second = api.send("POST", "people/", body, idempotency_key="k1")
    assert second.content == first.content
    assert Party.objects.filter(name="Once Only").count() == 1


def test_the_same_key_with_another_body_is_refused(world: World) -> None:
    api = Api(world.ada)
    api.send("POST", "people/", {"name": "One"}, idempotency_key="k2")
    assert api.send("POST", "people/", {"name": "Two"}, idempotency_key="k2").status_code == 422
    assert not Party.objects.filter(name="Two").exists()


def test_a_stale_if_match_changes_nothing(world: World) -> None:
    api = Api(world.ada)
    world.budi.change(by=world.bob, city="Depok")
    answer = api.send("PATCH", f"people/{world.budi.pk}/", {"city": "Bogor"}, if_match='"1"')
    assert (answer.status_code, answer.json()["current"]["version"]) == (412, 2)
    assert Party.objects.get(pk=world.budi.pk).city == "Depok"


def test_a_change_with_the_right_version_is_taken(world: World) -> None:
    answer = Api(world.ada).send(
        "PATCH", f"people/{world.budi.pk}/", {"city": "Bogor"}, if_match=f'"{world.budi.version}"'
    )
    assert (answer.status_code, answer.json()["city"]) == (200, "Bogor")


def test_another_sellers_customer_is_not_found(world: World) -> None:
    before = Event.objects.count()
    answer = Api(world.bob).send("PATCH", f"people/{world.joko.pk}/", {"city": "Bogor"})
    assert answer.status_code == 404
    assert Event.objects.count() == before + 1  # the key itself


def test_a_key_is_never_wider_than_its_scopes(world: World) -> None:
    api = Api(world.ada, ("party:view",))
    assert api.send("GET", "people/").status_code == 200
    assert api.send("POST", "people/", {"name": "X"}).status_code == 403


def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    api = Api(world.ada)
    ApiKey.objects.get().revoke(by=world.ada)
    assert api.send("GET", "people/").status_code == 401


def test_a_verb_is_a_post(world: World) -> None:
    api = Api(world.ada)
    assert api.send("POST", f"people/{world.budi.pk}/archive/").status_code == 200
    assert Party.objects.get(pk=world.budi.pk).archived_at is not None


def test_history_hides_what_the_reader_may_not_see(world: World) -> None:
    world.budi.change(by=world.bob, religion="islam")
    entries = Api(world.dewi).send("GET", f"people/{world.budi.pk}/history/").json()["items"]
    assert entries[0]["verb"] == "changed"
    assert "religion" not in entries[0]["changes"]


def test_a_masked_field_cannot_be_filtered(world: World) -> None:
    answer = Api(world.dewi).send("GET", "people/?filter=religion = islam")
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["people/?after=nonsense", "people/?sort=nothing", "people/0/"])
def test_nonsense_is_answered_in_plain_words(world: World, path: str) -> None:
    answer = Api(world.ada).send("GET", path)
    assert 400 <= answer.status_code < 500
    assert answer.json()["message"]


def test_the_description_names_every_noun(world: World) -> None:
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/people/", "/api/v1/companies/", "/api/v1/households/"} <= paths.keys()


def test_a_verb_that_has_become_impossible_is_refused_and_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, pk = Api(world.ada), world.budi.pk
    early = Party.objects.get(pk=pk)
    api.send("POST", f"people/{pk}/archive/")
    before = Event.objects.count()
    monkeypatch.setattr(endpoints, "load", lambda *_args: early)  # read before the other one came first
    answer = api.send("POST", f"people/{pk}/archive/")
    assert (answer.status_code, answer.json()["error"]) == (409, "not_now")
    assert Event.objects.count() == before


def test_an_act_that_gives_a_record_away_is_done_and_told_by_its_number(world: World) -> None:
    answer = Api(world.bob).send("PATCH", f"people/{world.budi.pk}/", {"owner": world.citra.pk})
    assert (answer.status_code, answer.json().keys()) == (200, {"id", "version", "url"})
    assert Party.objects.get(pk=world.budi.pk).owner == world.citra


def kept_answer(world: World) -> tuple[Any, dict[str, Any]]:
    api = Api(world.bob)
    made = api.send("POST", "people/", {"name": "Once Only", "religion": "islam"}, idempotency_key="k3")
    return api, made.json()


def test_a_kept_answer_is_not_given_to_who_may_no_longer_do_it(world: World) -> None:
    api, _made = kept_answer(world)
    Grant.objects.filter(noun="party", verb="add").delete()
    again = api.send("POST", "people/", {"name": "Once Only", "religion": "islam"}, idempotency_key="k3")
    assert again.status_code == 403 and "Once Only" not in again.content.decode()


def test_a_kept_answer_is_not_given_to_who_may_no_longer_see_the_record(world: World) -> None:
    api, made = kept_answer(world)
    Party.objects.get(pk=made["id"]).change(by=world.ada, owner=world.citra)
    again = api.send("POST", "people/", {"name": "Once Only", "religion": "islam"}, idempotency_key="k3")
    assert again.status_code == 404 and "Once Only" not in again.content.decode()


def test_a_kept_answer_is_without_fields_closed_since(world: World) -> None:
    api, made = kept_answer(world)
    assert made["religion"] == "islam"
    FieldRule.objects.filter(field="religion").update(level="hidden")
    again = api.send("POST", "people/", {"name": "Once Only", "religion": "islam"}, idempotency_key="k3")
    assert (again.status_code, again.json()["id"]) == (201, made["id"])
    assert "religion" not in again.json()


def test_a_kept_verb_and_a_kept_comment_are_asked_again_too(world: World) -> None:
    api, path = Api(world.bob), f"people/{world.budi.pk}"
    sent = (f"{path}/comments/", {"body": "Halo"}, "c1"), (f"{path}/archive/", None, "v1")

    def codes() -> list[int]:
        return [api.send("POST", to, body, idempotency_key=key).status_code for to, body, key in sent]

    assert codes() == codes() == [201, 200]
    Grant.objects.filter(verb__in=["comment", "archive"]).delete()
    assert codes() == [403, 403]


@pytest.fixture
def size(world: World) -> CustomField:
    options = [{"value": "s", "label": "Small"}]
    made: CustomField = CustomField.create(
        by=world.ada, noun="party", key="size", label="Size", kind="choice", options=options, is_required=True
    )
    return made


def test_an_own_field_that_may_not_stay_empty_is_asked_for(world: World, size: CustomField) -> None:
    api = Api(world.ada)
    refused = api.send("POST", "people/", {"name": "Tanpa Ukuran"})
    assert (refused.status_code, refused.json()["fields"]) == (422, {"own.size": ["“Size” is needed."]})
    assert not Party.objects.filter(name="Tanpa Ukuran").exists()
    made = api.send("POST", "people/", {"name": "Dengan", "own": {"size": "s"}})
    assert made.status_code == 201
    path = f"people/{made.json()['id']}/"
    assert api.send("PATCH", path, {"own": {"size": ""}}).status_code == 422
    assert api.send("PATCH", path, {"city": "Bogor"}).json()["own"] == {"size": "s"}


def test_who_may_not_fill_an_own_field_is_not_asked_for_it(world: World, size: CustomField) -> None:
    for role in world.bob.roles.all():
        FieldRule.objects.create(role=role, noun="party", field="own.size", level="read")
    assert Api(world.bob).send("POST", "people/", {"name": "Tanpa"}).status_code == 201


SHAPES = [
    ({}, "name", "This is needed.", "Ini harus diisi."),
    ({"name": ""}, "name", "This is needed.", "Ini harus diisi."),
    ({"name": 7}, "name", "A text is needed.", "Isi dengan teks."),
    ({"name": "x" * 201}, "name", "Longer than 200 letters.", "Lebih dari 200 huruf."),
    ({"name": "X", "birth_on": "soon"}, "birth_on", "A date such as", "Isi dengan tanggal"),
    ({"name": "X", "gender": "??"}, "gender", "Choose one of:", "Pilih salah satu:"),
    ({"name": "X", "tags": "VIP"}, "tags", "A list is needed.", "Isi dengan daftar."),
    ({"name": "X", "owner": "me"}, "owner", "A whole number is needed.", "Harus bilangan bulat."),
    ({"name": "X", "owner": 0}, "owner", "More than 0 is needed.", "Harus lebih dari 0."),
    ({"name": "X", "shoe": 1}, "shoe", "There is no field “shoe”", "Tidak ada isian “shoe”"),
]


@pytest.mark.parametrize(("body", "field", "english", "indonesian"), SHAPES)
def test_what_is_wrong_is_told_in_the_language_of_the_keys_user(
    body: dict[str, Any], field: str, english: str, indonesian: str, world: World
) -> None:
    for language, text in (("en", english), ("id", indonesian)):
        world.ada.change(by=None, language=language)
        answer = Api(world.ada).send("POST", "people/", body, accept_language="de")
        assert answer.status_code == 422
        assert answer.json()["fields"][field][0].startswith(text)


def test_the_language_of_a_key_ends_with_its_request(world: World) -> None:
    world.ada.change(by=None, language="id")
    Api(world.ada).send("GET", "people/")
    assert translation.get_language() == "en"
