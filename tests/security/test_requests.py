"""Ids in bodies, rights given away, forms from elsewhere, addresses that lead out, input made to hurt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from relasi.activities.models import Note
from relasi.kit.access.models import ApiKey, Grant, Role, Share, User
from relasi.kit.records.models import Attachment, Comment, Mention, Tag
from relasi.kit.resources import commenting
from relasi.kit.resources.exported import ExportFile
from relasi.kit.resources.models import Batch, SavedView
from relasi.parties.models import Party, Person
from tests.routes import routes
from tests.world import PASSWORD, World

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}
HOSTILE_NUMBERS = ("²", "٣", "9" * 40, "9" * 5000, "-1", "1e9", "0x1", "\x00", "１")


def tried(browser: Client, url: str, **data: Any) -> Any:
    return browser.post(url, data, **HTMX)


# Ids in bodies


def test_a_block_pasted_over_somebody_elses_row_changes_nothing(world: World, sign_in: SignIn) -> None:
    block = {"fields": ["city"], "ids": [world.budi.pk, world.joko.pk], "rows": [["Depok"], ["Depok"]]}
    answer = sign_in(world.bob).post(
        "/people/paste/", json.dumps(block), content_type="application/json", **HTMX
    )
    assert answer.status_code == 422
    assert set(Party.objects.filter(city="Depok")) == set()


def test_a_bulk_edit_leaves_rows_of_others_alone(world: World, sign_in: SignIn) -> None:
    ids = f"{world.budi.pk},{world.joko.pk}"
    tried(sign_in(world.bob), "/people/bulk/", what="set", ids=ids, **{"set-field": "city", "city": "Depok"})
    world.joko.refresh_from_db()
    assert world.joko.city == "Surabaya"


def test_a_bulk_delete_leaves_rows_of_others_alone(world: World, sign_in: SignIn) -> None:
    tried(sign_in(world.bob), "/people/bulk/", what="delete", ids=str(world.joko.pk))
    assert Party.objects.filter(pk=world.joko.pk).exists()


def test_a_card_of_another_is_not_moved(world: World, sign_in: SignIn) -> None:
    assert (
        tried(sign_in(world.bob), "/people/board/move/", id=world.joko.pk, lane="client").status_code == 404
    )


def test_an_invisible_company_is_not_linked_to(world: World, sign_in: SignIn) -> None:
    answer = tried(
        sign_in(world.bob), f"/people/{world.budi.pk}/cell/company/", company=world.maju.pk, version=1
    )
    world.budi.refresh_from_db()
    assert (answer.status_code, world.budi.company_id) == (422, None)


def test_an_invisible_company_is_not_linked_to_through_the_api(world: World, sign_in: SignIn) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["*"], by=world.bob)
    answer = Client().patch(
        f"/api/v1/people/{world.budi.pk}/",
        json.dumps({"company": world.maju.pk}),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    world.budi.refresh_from_db()
    assert (answer.status_code, world.budi.company_id) == (422, None)


def test_no_relation_is_made_to_an_invisible_party(world: World, sign_in: SignIn) -> None:
    answer = tried(
        sign_in(world.bob),
        f"/people/{world.budi.pk}/facts/relations/",
        other=world.joko.pk,
        type="1",
        relation="1",
    )
    assert answer.status_code in {404, 422}


def test_a_visible_party_is_not_merged_with_an_invisible_one(world: World, sign_in: SignIn) -> None:
    answer = tried(sign_in(world.bob), "/duplicates/merge/", left=world.budi.pk, right=world.joko.pk)
    world.joko.refresh_from_db()
    assert (answer.status_code, world.joko.merged_into_id) == (404, None)


def test_who_sees_both_but_changes_neither_does_not_merge_them(world: World, sign_in: SignIn) -> None:
    answer = tried(sign_in(world.mira), "/duplicates/merge/", left=world.budi.pk, right=world.joko.pk)
    assert answer.status_code == 403


def test_no_file_is_hung_on_a_record_of_another(world: World, sign_in: SignIn) -> None:
    file = SimpleUploadedFile("a.txt", b"x")
    answer = sign_in(world.bob).post(f"/people/{world.joko.pk}/attachments/", {"file": file}, **HTMX)
    assert (answer.status_code, Attachment.objects.count()) == (404, 0)


def test_a_file_is_not_fetched_through_another_record(world: World, sign_in: SignIn) -> None:
    sign_in(world.citra).post(
        f"/people/{world.joko.pk}/attachments/", {"file": SimpleUploadedFile("a.txt", b"x")}, **HTMX
    )
    file = Attachment.objects.get()
    assert sign_in(world.bob).get(f"/people/{world.budi.pk}/attachments/{file.pk}/").status_code == 404


def test_a_comment_is_not_changed_through_another_record(world: World, sign_in: SignIn) -> None:
    comment = commenting.write(world.joko, "Secret plan", by=world.citra).comment
    browser, url = sign_in(world.bob), f"/people/{world.budi.pk}/comments/{comment.pk}/"
    assert (browser.get(url).status_code, tried(browser, url, body="x").status_code) == (404, 404)


def test_a_colleague_who_may_not_see_the_record_hears_nothing_of_a_mention(world: World) -> None:
    html = f'<p>Ask <span class="mention" data-id="{world.eko.pk}" data-type="mention">@Eko</span></p>'
    written = commenting.write(world.budi, html, by=world.bob)
    assert (Mention.objects.count(), written.cannot_see) == (0, [world.eko])


def test_a_private_view_of_another_is_not_opened_changed_or_deleted(world: World, sign_in: SignIn) -> None:
    view = SavedView.create(by=world.citra, resource="people", name="Mine", owner=world.citra)
    browser = sign_in(world.bob)
    answers = [browser.get(f"/people/views/{view.pk}/{part}/").status_code for part in ("edit", "menu")]
    answers += [tried(browser, f"/people/views/{view.pk}/{part}").status_code for part in ("", "delete/")]
    assert answers == [404, 404, 404, 404]


def test_a_team_view_is_not_changed_by_a_reader(world: World, sign_in: SignIn) -> None:
    view = SavedView.create(by=world.sari, resource="people", name="All", scope="all", owner=world.sari)
    assert tried(sign_in(world.bob), f"/people/views/{view.pk}/delete/").status_code == 403


def test_an_export_file_is_for_who_asked_for_it(world: World, sign_in: SignIn) -> None:
    file = ExportFile.objects.create(
        owner=world.citra, resource="people", kind="csv", name="x.csv", expires_at=timezone.now()
    )
    browser = sign_in(world.bob)
    answers = [browser.get(f"/people/export/{file.pk}/{part}").status_code for part in ("", "file/")]
    assert [*answers, tried(browser, f"/people/export/{file.pk}/drop/").status_code] == [404, 404, 404]


def test_an_import_of_another_is_not_seen(world: World, sign_in: SignIn) -> None:
    file = SimpleUploadedFile("p.csv", b"Name,Phone\nAni,081299990000\n", content_type="text/csv")
    place = sign_in(world.citra).post("/people/import/", {"file": file})["Location"]
    browser = sign_in(world.bob)
    parts = ("", "rows/", "result/", "tally/", "progress/")
    assert {browser.get(place + part).status_code for part in parts} == {404}


def test_an_administrator_does_not_read_the_file_of_another(world: World, sign_in: SignIn) -> None:
    """A NIK is masked for administrators; in a file that somebody brought it stands in clear."""
    file = SimpleUploadedFile("p.csv", b"Name,NIK\nAni,1\n", content_type="text/csv")
    place = sign_in(world.citra).post("/people/import/", {"file": file})["Location"]
    world.eko.give_roles([Role.objects.get(name="Administrator")], by=None)
    browser = sign_in(world.eko)
    assert {browser.get(place + part).status_code for part in ("", "rows/", "result/")} == {404}


def test_an_act_of_another_is_not_undone(world: World, sign_in: SignIn) -> None:
    tried(sign_in(world.citra), f"/people/{world.joko.pk}/cell/city/", city="Malang", version=1)
    token = Batch.objects.latest("pk").token
    assert tried(sign_in(world.bob), f"/undo/{token}/").status_code == 403


def test_who_lost_the_right_to_change_undoes_nothing(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    tried(browser, f"/people/{world.budi.pk}/cell/city/", city="Malang", version=world.budi.version)
    token = Batch.objects.latest("pk").token
    world.bob.give_roles([Role.objects.get(name="Management")], by=None)
    answer = tried(browser, f"/undo/{token}/")
    world.budi.refresh_from_db()
    assert (answer.status_code, world.budi.city) == (403, "Malang")


# Giving away more than one has


def test_who_may_only_read_does_not_share_with_the_right_to_change(world: World, sign_in: SignIn) -> None:
    Grant.objects.create(role=Role.objects.get(name="Management"), noun="party", verb="share", scope="all")
    answer = tried(sign_in(world.mira), f"/people/{world.budi.pk}/share/", user=world.eko.pk, level="change")
    assert (answer.status_code, Share.objects.count()) == (403, 0)


def test_a_record_opened_to_read_does_not_open_the_work_on_it_to_change(
    world: World, sign_in: SignIn
) -> None:
    note = Note.create(by=world.citra, subject="Plan", owner=world.citra, party=world.joko)
    Share.create(by=world.citra, user=world.bob, noun="party", record_id=world.joko.pk, shared_by=world.citra)
    answer = tried(sign_in(world.bob), f"/notes/{note.pk}/cell/subject/", subject="Mine", version=1)
    note.refresh_from_db()
    assert (answer.status_code, note.subject) == (403, "Plan")


def test_a_shared_record_is_not_shared_on(world: World, sign_in: SignIn) -> None:
    Share.create(by=world.citra, user=world.bob, noun="party", record_id=world.joko.pk, shared_by=world.citra)
    answer = tried(sign_in(world.bob), f"/people/{world.joko.pk}/share/", user=world.eko.pk, level="read")
    assert answer.status_code == 403


def _manager_of_roles(world: World) -> User:
    role = Role.create(by=None, name="Clerk")
    for noun in ("role", "user"):
        for verb in ("view", "change", "add", "delete", "assign", "change_email"):
            Grant.objects.create(role=role, noun=noun, verb=verb, scope="all")
    world.eko.give_roles([role], by=None)
    return world.eko


def test_nobody_grants_what_they_do_not_have(world: World, sign_in: SignIn) -> None:
    clerk = _manager_of_roles(world)
    role = Role.objects.get(name="Clerk")
    answer = sign_in(clerk).post(
        f"/settings/roles/{role.pk}/", {"name": "Clerk", "grant:party:view": "all", "grant:*:*": "all"}
    )
    assert (answer.status_code, role.grants.filter(noun="party").count()) == (403, 0)


def test_nobody_copies_a_role_wider_than_their_own(world: World, sign_in: SignIn) -> None:
    clerk = _manager_of_roles(world)
    source = Role.objects.get(name="Administrator")
    answer = sign_in(clerk).post("/settings/roles/new/", {"name": "Copy", "copy": source.pk})
    assert (answer.status_code, Role.objects.filter(name="Copy").count()) == (403, 0)


def test_nobody_assigns_themselves_a_wider_role(world: World, sign_in: SignIn) -> None:
    clerk = _manager_of_roles(world)
    wide = Role.objects.get(name="Administrator")
    tried(sign_in(clerk), f"/users/{clerk.pk}/do/assign/", roles=[wide.pk], team="")
    assert list(clerk.roles.values_list("name", flat=True)) == ["Clerk"]


@pytest.mark.parametrize("field", ["is_owner", "is_active", "email", "team", "roles", "last_login"])
def test_what_stands_over_an_account_is_not_set_like_a_field(
    world: World, sign_in: SignIn, field: str
) -> None:
    clerk = _manager_of_roles(world)
    _key, token = ApiKey.issue(user=clerk, name="k", scopes=["*"], by=clerk)
    value: Any = {"is_owner": True, "is_active": False, "team": world.jakarta.pk}.get(field, "x@y.example")
    for user in (clerk, world.ada):
        answer = Client().patch(
            f"/api/v1/users/{user.pk}/",
            json.dumps({field: value}),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {token}",
        )
        assert answer.status_code in {403, 422}
        assert tried(sign_in(clerk), f"/users/{user.pk}/cell/{field}/", **{field: value}).status_code in {
            403,
            404,
        }


def test_an_owners_address_is_not_changed_by_who_stands_below(world: World, sign_in: SignIn) -> None:
    clerk = _manager_of_roles(world)
    answer = tried(sign_in(clerk), f"/users/{world.ada.pk}/do/change_email/", email="eko2@sahabat.example")
    world.ada.refresh_from_db()
    assert (answer.status_code, world.ada.email) == (403, "ada@sahabat.example")


def test_a_key_does_no_more_than_its_scopes(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["party:view"], by=world.bob)
    head = {"HTTP_AUTHORIZATION": f"Bearer {token}", "content_type": "application/json"}
    browser = Client()
    answers = [
        browser.get("/api/v1/people/", **head).status_code,
        browser.patch(f"/api/v1/people/{world.budi.pk}/", '{"city": "X"}', **head).status_code,
        browser.delete(f"/api/v1/people/{world.budi.pk}/", **head).status_code,
        browser.get("/api/v1/tasks/", **head).status_code,
    ]
    assert answers == [200, 403, 403, 403]


def test_scopes_wider_than_ones_rights_open_nothing(world: World, sign_in: SignIn) -> None:
    sign_in(world.eko).post("/settings/api-keys/new/", {"name": "k", "all": "1", "days": "30"})
    key, token = ApiKey.issue(user=world.eko, name="k", scopes=["party:*", "*"], by=world.eko)
    assert Client().get("/api/v1/people/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 403


def test_a_key_is_no_way_round_the_second_factor(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["*"], by=world.bob)
    Role.objects.filter(name="Seller").update(requires_second_factor=True)
    assert Client().get("/api/v1/people/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


def test_a_key_of_a_shut_account_opens_nothing(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["*"], by=world.bob)
    User.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert Client().get("/api/v1/me/", HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


def test_a_seller_makes_no_record_for_another_through_the_api(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["*"], by=world.bob)
    before = Person.objects.count()
    answer = Client().post(
        "/api/v1/people/",
        json.dumps({"name": "Ani", "owner": world.citra.pk}),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert (answer.status_code, Person.objects.count()) == (403, before)


def test_a_record_made_through_the_api_is_its_makers(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="k", scopes=["*"], by=world.bob)
    answer = Client().post(
        "/api/v1/people/",
        json.dumps({"name": "Ani"}),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {token}",
    )
    assert (answer.status_code, Person.objects.get(name="Ani").owner) == (201, world.bob)


def test_looking_for_records_alike_is_no_way_to_ask_for_a_masked_nik(world: World, sign_in: SignIn) -> None:
    world.budi.change(by=world.ada, nik="3174011708800001")
    answer = sign_in(world.dewi).post(
        "/parties/alike/", {"_resource": "people", "nik": "3174011708800001"}, **HTMX
    )
    assert "Budi" not in answer.content.decode()


# Forms sent from elsewhere


WRITING = [route for route in routes() if not route.name.startswith("api:api-root")]


def test_no_post_goes_through_without_its_token(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    codes = {route.pattern: browser.post(route.url(pk=world.budi.pk)).status_code for route in WRITING}
    assert {pattern for pattern, code in codes.items() if code not in {401, 403, 404, 405}} == set()


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\e.example"]
)
def test_nobody_is_led_out_of_the_house(world: World, sign_in: SignIn, place: str) -> None:
    inside = sign_in(world.bob).post("/settings/language/", {"language": "en", "next": place})
    door = Client().post(
        f"/accounts/login/?next={place}",
        {"login": "bob@sahabat.example", "password": PASSWORD, "next": place},
    )
    assert inside["Location"] == "/"
    assert (
        door.status_code == 200 or door["Location"].startswith("/") and not door["Location"].startswith("//")
    )


def test_a_session_given_before_signing_in_is_another_afterwards(world: World) -> None:
    browser = Client()
    browser.get("/accounts/login/")
    session = browser.session
    session["planted"] = "x"
    session.save()
    browser.cookies["sessionid"] = session.session_key
    browser.post("/accounts/login/", {"login": "bob@sahabat.example", "password": PASSWORD})
    assert browser.cookies["sessionid"].value != session.session_key


def test_an_unknown_host_is_refused(world: World) -> None:
    assert Client().get("/accounts/login/", HTTP_HOST="evil.example").status_code == 400


@override_settings(RELASI_PUBLIC_URL="https://crm.sahabat.example")
def test_a_password_link_leads_to_the_known_address_whatever_the_host_header(
    world: World, mailoutbox: list[Any]
) -> None:
    Client().post("/accounts/password/reset/", {"email": "bob@sahabat.example"}, HTTP_HOST="localhost")
    assert "https://crm.sahabat.example/" in mailoutbox[0].body


def test_the_eleventh_try_at_a_password_is_refused_even_when_right(world: World) -> None:
    browser = Client()
    for _try in range(10):
        browser.post("/accounts/login/", {"login": "bob@sahabat.example", "password": "wrong"})
    browser.post("/accounts/login/", {"login": "bob@sahabat.example", "password": PASSWORD})
    assert browser.get("/").status_code == 302


# What answers carry


def test_pages_behind_the_door_are_kept_in_no_cache(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    pages = ("/", "/people/", f"/people/{world.budi.pk}/", "/api/v1/people/", "/people/export/?format=csv")
    assert {browser.get(page)["Cache-Control"] for page in pages} == {"private, no-store"}


def test_every_page_carries_the_strict_headers(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).get("/people/")
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert (answer["Referrer-Policy"], answer["Content-Type"]) == ("same-origin", "text/html; charset=utf-8")


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(world: World) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "bob@sahabat.example", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    ("name", "kind"), [("x.html", "text/html"), ("x.svg", "image/svg+xml"), ("x.pdf", "application/pdf")]
)
def test_a_file_is_a_download_that_runs_nowhere(world: World, sign_in: SignIn, name: str, kind: str) -> None:
    browser = sign_in(world.bob)
    browser.post(
        f"/people/{world.budi.pk}/attachments/",
        {"file": SimpleUploadedFile(name, b"<script>alert(1)</script>", content_type=kind)},
        **HTMX,
    )
    file = Attachment.objects.get()
    answer = browser.get(f"/people/{world.budi.pk}/attachments/{file.pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\boot.ini", "a\r\nX-Evil: 1.txt", "\u202egnp.exe", "CON", "x" * 200],
)
def test_a_file_name_leads_nowhere(world: World, sign_in: SignIn, name: str) -> None:
    browser = sign_in(world.bob)
    file = SimpleUploadedFile("x", b"x")
    file._name = name
    browser.post(f"/people/{world.budi.pk}/attachments/", {"file": file}, **HTMX)
    kept = Attachment.objects.get()
    answer = browser.get(f"/people/{world.budi.pk}/attachments/{kept.pk}/")
    assert "X-Evil" not in answer.headers
    assert not set(kept.name) & set("/\\\r\n\u202e")
    assert kept.path.startswith("attachments/") and ".." not in kept.path


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_exported_cell_is_a_formula(world: World, sign_in: SignIn, kind: str) -> None:
    for sign in "=+-@\t\r":
        Person.create(by=world.bob, name=f"{sign}HYPERLINK(1)", owner=world.bob)
    Person.create(by=world.bob, name='=cmd|" /C calc"!A0', owner=world.bob)
    answer = sign_in(world.bob).get(f"/people/export/?format={kind}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if kind == "csv":
        import csv

        rows = list(csv.reader(content.decode("utf-8-sig").splitlines()))
        assert not [cell for row in rows for cell in row if cell[:1] and cell[0] in "=+-@\t\r"]
    else:
        import io
        import zipfile

        sheets = zipfile.ZipFile(io.BytesIO(content))
        text = "".join(sheets.read(name).decode() for name in sheets.namelist() if "sheet" in name)
        assert "<f>" not in text


# Input made to hurt


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
def test_a_number_that_is_none_breaks_nothing(world: World, sign_in: SignIn, number: str) -> None:
    browser = sign_in(world.ada)
    browser.raise_request_exception = True
    pk = world.budi.pk
    posts = {
        "/people/board/move/": {"id": number, "lane": "client"},
        "/people/calendar/move/": {"id": number, "start": "2026-01-01"},
        "/calendar/move/": {"id": number, "start": "2026-01-01"},
        "/people/bulk/": {"what": "delete", "ids": number},
        "/people/rows/": {"ids": number},
        f"/people/{pk}/share/": {"user": number, "level": "read"},
        f"/people/{pk}/household/": {"other": number},
        f"/people/{pk}/facts/relations/": {"other": number},
        f"/people/{pk}/cell/city/": {"city": "Depok", "version": number},
        f"/people/{pk}/cell/company/": {"company": number, "version": "1"},
        f"/people/{pk}/edit/": {"city": "Depok", "version": number},
        f"/people/{pk}/present/": {"version": number},
        "/duplicates/merge/": {"left": number, "right": number},
        "/parties/alike/": {"name": "Budi Santoso", "_record": number, "_resource": "people"},
        "/people/views/order/": {"id": number},
        "/settings/tags/new/": {"name": "x"},
        "/settings/roles/new/": {"name": "x", "copy": number},
        "/settings/teams/new/": {"name": "x", "parent": number},
        f"/timeline/{pk}/compose/task/": {"subject": "x", "owner": number},
        f"/today/activity/{pk}/postpone/": {"days": number},
        "/settings/fields/party/option/": {"id": number},
        "/settings/fields/party/order/": {"ids": number},
    }
    gets = [
        f"/people/?filter=owner %3D {number}", f"/people/?view={number}", f"/people/?after={number}",
        f"/people/?filter=employees > {number}", f"/people/{pk}/history/?before={number}",
        f"/settings/audit/?record={number}&event={number}&actor={number}&before={number}",
        f"/calendar/events/?start=2026-01-01&end=2026-02-01&who={number}",
        f"/commands/?resource=people&id={number}",
        f"/people/?filter=referrals %3D {number}", f"/timeline/{pk}/?before={number}",
        f"/people/{pk}/why/?user={number}", f"/settings/roles/new/?copy={number}",
    ]  # fmt: skip
    for url, data in posts.items():
        assert tried(browser, url, **data).status_code < 500, url
    for url in gets:
        assert browser.get(url).status_code < 500, url
    tag = Tag.create(by=None, name="t")
    assert tried(browser, f"/settings/tags/{tag.pk}/merge/", into=number).status_code < 500


@pytest.mark.parametrize("pk", [2**63 - 1, 2**63, 2**64, 10**30])
def test_a_number_beyond_every_row_is_not_found(world: World, sign_in: SignIn, pk: int) -> None:
    browser = sign_in(world.ada)
    parts = ("", "edit/", "history/", "comments/", "share/", "why/", "tags/", "attachments/")
    urls = [f"/people/{pk}/{part}" for part in parts]
    urls += [f"/timeline/{pk}/", f"/duplicates/{pk}/", f"/go/party/{pk}/", f"/calendar/{pk}.ics"]
    urls += [
        f"/settings/roles/{pk}/",
        f"/settings/jobs/{pk}/",
        f"/notifications/{pk}/",
        f"/merges/{pk}/undo/",
    ]
    assert {browser.get(url).status_code for url in urls} == {404}


def test_bodies_too_deep_are_refused(world: World, sign_in: SignIn) -> None:
    browser, deep = sign_in(world.ada), "[" * 100_000
    answers = [
        browser.post("/people/paste/", deep, content_type="application/json").status_code,
        browser.post("/api/v1/people/", deep, content_type="application/json").status_code,
        browser.post(f"/people/{world.budi.pk}/edit/", {"was": deep, "version": "0"}).status_code,
    ]
    assert max(answers) < 500


@pytest.mark.parametrize(
    "text",
    ["(" * 4000, "not " * 1990 + "city = x", " or ".join(["city = x"] * 700), " or ".join(["a=1"] * 1100),
     '"' + "\\" * 7000, "name ~ " + "a" * 7900, "name ~ " + "%_" * 3000, "birth_on = 99999-99-99",
     "birth_on = last " + "9" * 4000 + " days", "name = \x00", "employees > " + "9" * 5000,
     "id in (" + "1," * 3000 + "1)"],
)  # fmt: skip
def test_a_filter_made_to_hurt_is_answered_soon(world: World, sign_in: SignIn, text: str) -> None:
    import time

    browser, start = sign_in(world.ada), time.process_time()
    status = browser.get("/people/", {"filter": text}).status_code
    assert status < 500
    assert browser.get("/api/v1/people/", {"filter": text}).status_code < 500
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "words", ["\x00", "a" * 100_000, '"' * 500, "* OR NEAR(", "%_%", "'; DROP TABLE x;--"]
)
def test_words_made_to_hurt_are_only_words(world: World, sign_in: SignIn, words: str) -> None:
    browser = sign_in(world.ada)
    urls = ("/search/", "/people/", "/mentions/", "/parties/options/", "/people/options/", "/api/v1/people/")
    refused = {400} if words == "\x00" else set()
    assert {browser.get(url, {"q": words}).status_code for url in urls} <= {200, 422} | refused


def test_signs_no_database_keeps_are_refused_in_words(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.ada)
    assert tried(browser, "/people/new/", name="A\x00B").status_code == 422
    assert (
        tried(browser, f"/people/{world.budi.pk}/cell/city/", city="A\x00B", version="1").status_code == 422
    )
    assert tried(browser, f"/people/{world.budi.pk}/comments/", body="A\x00B").status_code == 200
    assert "\x00" not in Comment.objects.get().body


def test_a_body_larger_than_any_upload_is_refused_unread(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.bob).post(
        "/people/import/", HTTP_CONTENT_LENGTH=str(10**12), CONTENT_LENGTH=10**12
    )
    assert answer.status_code == 413


def test_a_calendar_address_is_a_long_secret_that_ends(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.bob)
    page = browser.post("/calendar/subscribe/", **HTMX).content.decode()
    place = "/calendar/feed/" + page.partition("/calendar/feed/")[2].partition(".ics")[0] + ".ics"
    assert len(place) > 50
    assert Client().get(place).status_code == 200
    browser.post("/calendar/subscribe/", {"end": "1"}, **HTMX)
    assert Client().get(place).status_code == 404


def test_a_calendar_is_not_opened_at_a_date_that_is_none(world: World, sign_in: SignIn) -> None:
    """A browser that is told to draw such a day never ends."""
    answer = sign_in(world.bob).get("/calendar/", {"date": "31 qxnovember"})
    assert 'date="31 qxnovember"' not in answer.content.decode()
