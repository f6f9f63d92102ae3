"""Files on a record."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from relasi.kit.records.models import Attachment
from relasi.kit.resources import attaching
from tests.world import World

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _url(world: World) -> str:
    return f"/people/{world.budi.pk}/attachments/"


def _upload(name: str = "offer.pdf", body: bytes = b"%PDF-1.7") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="application/pdf")


def test_a_file_is_kept_under_its_hash_with_its_name(world: World, sign_in) -> None:
    sign_in(world.bob).post(_url(world), {"file": [_upload(), _upload("copy.pdf")]}, headers=HTMX)
    one, two = Attachment.objects.order_by("pk")
    assert (one.name, two.name) == ("offer.pdf", "copy.pdf")
    assert one.sha256 == hashlib.sha256(b"%PDF-1.7").hexdigest()
    assert one.path == two.path


def test_a_download_is_sandboxed_and_never_shown(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    browser.post(_url(world), {"file": _upload("page.html", b"<script>alert(1)</script>")})
    answer = browser.get(f"{_url(world)}{Attachment.objects.get().pk}/")
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"


def test_rights_come_from_the_record(world: World, sign_in) -> None:
    sign_in(world.bob).post(_url(world), {"file": _upload()})
    pk = Attachment.objects.get().pk
    assert sign_in(world.citra).get(f"{_url(world)}{pk}/").status_code == 404
    assert sign_in(world.citra).get(f"/people/{world.joko.pk}/attachments/{pk}/").status_code == 404
    assert sign_in(world.mira).post(_url(world), {"file": _upload()}).status_code == 403
    assert Attachment.objects.count() == 1


def test_too_large_and_empty_files_are_refused_in_words(world: World, sign_in, settings) -> None:
    settings.RELASI_MAX_UPLOAD_MB = 1
    answer = sign_in(world.bob).post(
        _url(world), {"file": [_upload(body=b"x" * 1_000_001), _upload("empty.txt", b"")]}, headers=HTMX
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "larger than 1 MB" in page
    assert "is empty" in page
    assert Attachment.objects.count() == 0


def test_a_file_taken_away_comes_back_by_undo(world: World, sign_in) -> None:
    browser = sign_in(world.bob)
    browser.post(_url(world), {"file": _upload()})
    pk = Attachment.objects.get().pk
    answer = browser.post(f"{_url(world)}{pk}/delete/", headers=HTMX)
    assert Attachment.objects.count() == 0
    browser.post(json.loads(answer["HX-Trigger"])["toast"]["undo_url"])
    assert b"".join(browser.get(f"{_url(world)}{pk}/").streaming_content) == b"%PDF-1.7"


def test_only_who_added_it_or_may_delete_takes_a_file_away(world: World, sign_in) -> None:
    attaching.attach(world.budi, _upload(), by=world.sari)
    pk = Attachment.objects.get().pk
    assert sign_in(world.bob).post(f"{_url(world)}{pk}/delete/").status_code == 403
    assert sign_in(world.sari).post(f"{_url(world)}{pk}/delete/", headers=HTMX).status_code == 200


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\y.txt", "y.txt"),
        ("a\nb\x00.txt", "ab.txt"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".pdf", "x" * 176 + ".pdf"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert attaching.safe_name(given) == kept
