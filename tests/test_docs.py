"""The manual is true: generated pages are up to date, links lead somewhere, filters can be read."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from relasi.kit.resources.filtering import parse
from relasi.site.cli import COMMANDS
from tools import reference

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
SETTING = re.compile(
    r"env_(?:text|bool|list|int)\(\s*\"(RELASI_[A-Z_]+)\"|environ(?:\.get\(|\[)\"(RELASI_[A-Z_]+)\""
)
EVENT = re.compile(
    r"""\bemit\(\s*"(\w+)"|\bDraft\([^)]*?\bverb="(\w+)"|\.(?:change|create|remove)\([^)]*?\bverb="(\w+)\""""
)
SAMPLE = re.compile(r"```filter\n(.*?)```", re.DOTALL)


def manual() -> list[Path]:
    return sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "relasi").rglob("README.md")])


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", manual(), ids=name_of)
def test_links_lead_somewhere(path: Path) -> None:
    links = LINK.findall(FENCE.sub("", path.read_text()))
    assert [link for link in links if not leads(path, link)] == []


def test_generated_pages_are_up_to_date() -> None:
    differing = [
        name_of(path)
        for path, text in reference.pages().items()
        if not path.exists() or path.read_text() != text
    ]
    assert differing == [], "run `.venv/bin/python -m tools.reference`"


def test_no_page_tells_of_a_noun_that_is_gone() -> None:
    assert set(reference.NOUNS.glob("*.md")) - set(reference.pages()) == set()


def test_every_page_of_the_manual_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached:
            continue
        reached.add(path)
        links = (link.partition("#")[0] for link in LINK.findall(FENCE.sub("", path.read_text())))
        waiting += [
            (path.parent / link).resolve() for link in links if link.endswith(".md") and leads(path, link)
        ]
    assert {name_of(path) for path in (ROOT / "docs").rglob("*.md") if path not in reached} == set()


def test_filters_in_the_manual_can_be_read() -> None:
    samples = [
        line for path in manual() for block in SAMPLE.findall(path.read_text()) for line in block.splitlines()
    ]
    assert samples
    for line in filter(None, samples):
        parse(line)


def test_every_setting_of_the_environment_is_told() -> None:
    source = "".join(path.read_text() for path in (ROOT / "relasi").rglob("*.py"))
    told = (reference.REFERENCE / "settings.md").read_text()
    assert (
        sorted(name for name in set(map("".join, SETTING.findall(source))) if f"`{name}`" not in told) == []
    )


def test_every_command_is_told() -> None:
    told = (reference.REFERENCE / "command-line.md").read_text()
    names = {name.strip("_").replace("_", "-") for name in COMMANDS}
    assert sorted(name for name in names if f"relasi {name}" not in told) == []


def test_every_event_is_told() -> None:
    told = (reference.REFERENCE / "events.md").read_text()
    sources = (path.read_text() for path in (ROOT / "relasi").rglob("*.py"))
    verbs = {verb for source in sources for match in EVENT.findall(source) for verb in match if verb}
    assert sorted(verb for verb in verbs if f"`{verb}`" not in told) == []


def test_pages_end_in_one_line_break_and_have_one_title() -> None:
    for path in (ROOT / "docs").rglob("*.md"):
        text = FENCE.sub("", path.read_text())
        titles = [line for line in text.splitlines() if line.startswith("# ")]
        assert len(titles) == 1, name_of(path)
        assert path.read_text().endswith("\n"), name_of(path)


def leads(path: Path, link: str) -> bool:
    """Whether a link of this page leads to a file here and a heading in it; the web is not asked."""
    if re.match(r"[a-z]+:", link):
        return True
    target, _, anchor = unquote(link).partition("#")
    file = (path.parent / target).resolve() if target else path
    if not file.exists():
        return False
    return not anchor or anchor in {slug(heading) for heading in HEADING.findall(file.read_text())}


def slug(heading: str) -> str:
    """The anchor of a heading, as Git hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
