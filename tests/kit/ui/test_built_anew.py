"""A server that runs on while the front end is built anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from relasi.kit.ui import built
from relasi.kit.ui.jinja import fingerprint


@pytest.fixture
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "ui" / "chunks").mkdir(parents=True)
    (tmp_path / "ui" / "app.css").write_text("a { }")
    (tmp_path / "ui" / "chunks" / "old.js").write_text("1")
    settings.STATICFILES_DIRS = [tmp_path]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    monkeypatch.setattr(built, "LOOKED_AT_EVERY", -1)
    built.finders.get_finder.cache_clear()
    yield tmp_path
    built.finders.get_finder.cache_clear()


def test_a_running_server_serves_what_was_built_last(folder: Path, rf: RequestFactory) -> None:
    server = built.BuiltFiles(lambda request: HttpResponse(status=404))
    mark = fingerprint("ui/app.css")
    (folder / "ui" / "chunks" / "old.js").rename(folder / "ui" / "chunks" / "new.js")
    (folder / "ui" / "app.css").write_text("a { color: red }")

    assert b"".join(server(rf.get("/static/ui/app.css"))) == b"a { color: red }"
    assert server(rf.get("/static/ui/chunks/new.js")).status_code == 200
    assert server(rf.get("/static/ui/chunks/old.js")).status_code == 404
    assert fingerprint("ui/app.css") != mark
