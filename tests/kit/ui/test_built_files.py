"""What `make build` leaves: a page finds its scripts, styles, fonts and every icon it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BUILT = ROOT / "relasi" / "kit" / "ui" / "static" / "ui"
IN_TEMPLATES = re.compile(
    r"""(?:\bicon\(|icon_name\s*=\s*|"icon":\s*|_button\(|timeline_item\()\s*["']([a-z0-9-]+)["']"""
)
IN_SCRIPTS = re.compile(r"""(?:\bicon\(|icon:\s*)["']([a-z0-9-]+)["']""")


def named_icons() -> Iterator[tuple[str, str]]:
    for path in ROOT.glob("relasi/**/templates/**/*.html"):
        yield from ((name, path.name) for name in IN_TEMPLATES.findall(path.read_text()))
    for path in ROOT.glob("frontend/js/*.js"):
        yield from ((name, path.name) for name in IN_SCRIPTS.findall(path.read_text()))
    for path in ROOT.glob("relasi/**/*.py"):
        yield from ((name, path.name) for name in icons_in_python(path))


def icons_in_python(path: Path) -> Iterator[str]:
    """Every `icon="…"` argument of a call."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.keyword) and node.arg == "icon" and isinstance(node.value, ast.Constant):
            yield node.value.value


def test_the_sprite_holds_every_icon_that_is_named() -> None:
    drawn = set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', (BUILT / "icons.svg").read_text()))
    missing = {(name, where) for name, where in named_icons() if name and name not in drawn}
    assert not missing, "add the names to frontend/icons.txt"


@pytest.mark.parametrize(
    "name",
    [
        "app.css",
        "app.js",
        "theme.js",
        "sw.js",
        "icons.svg",
        "logo.svg",
        "icon-192.png",
        "icon-maskable-512.png",
        "icon-apple-180.png",
        "fonts/inter-latin.woff2",
        "fonts/inter-400.ttf",
        "fonts/inter-800.ttf",
    ],
)
def test_it_was_built(name: str) -> None:
    assert (BUILT / name).stat().st_size > 100


def test_heavy_parts_stand_in_files_of_their_own() -> None:
    chunks = {path.name.partition("-")[0] for path in (BUILT / "chunks").glob("*.js")}
    assert {"chart", "calendar", "board", "editor"} <= chunks


def test_what_every_page_loads_is_small() -> None:
    script = (BUILT / "app.js").read_text()
    first = [BUILT / name for name in re.findall(r'from"\./(chunks/[\w.-]+\.js)"', script)]
    assert len(script) + sum(path.stat().st_size for path in first) < 220_000


@pytest.mark.parametrize("name", ["app.js", "app.css"])
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    text = (BUILT / name).read_text()
    assert not re.search(r"""(?:src|href)\s*=\s*["']https?:|url\(["']?https?:|import\(["']https?:""", text)


@pytest.mark.parametrize(
    "name",
    ["package-lock.json", ".npmrc", "requirements.txt", "requirements-dev.txt", "tools/requirements.txt"],
)
def test_lock_files_name_no_registry(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r'"resolved"|registry\s*=|--index-url|--extra-index|--find-links /|registry\.', text)


def test_the_lock_file_serves_every_platform() -> None:
    text = (ROOT / "package-lock.json").read_text()
    for platform in ("linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"):
        assert f"@esbuild/{platform}" in text
        assert re.search(rf'"node_modules/@tailwindcss/oxide-{platform}', text)


def test_templates_have_no_inline_style_or_script() -> None:
    wrong = re.compile(
        r"""<[^>]+\s(?:style|on[a-z]+)\s*=\s*["']|<script(?![^>]*(?:src=|application/json))|<style|javascript:"""
    )
    found = [
        path.name for path in ROOT.glob("relasi/**/templates/**/*.html") if wrong.search(path.read_text())
    ]
    assert not found
