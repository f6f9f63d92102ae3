"""The house keeps its order: layers, foreign keys, doors."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(__file__).parent.parent
HOUSE = ROOT / "relasi"


def _layers(container: str) -> list[list[str]]:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c for c in contracts if c.get("containers") == [container])["layers"]
    return [[re.sub(r"[() ]", "", name) for name in layer.split("|")] for layer in layers]


def _height() -> dict[str, int]:
    """Module prefix to height: the lower the row, the smaller the number."""
    rows = list(reversed(_layers("relasi")))
    kit = list(reversed(_layers("relasi.kit")))
    height = {f"relasi.{name}": 100 * (at + 1) for at, row in enumerate(rows) for name in row}
    base = height.pop("relasi.kit")
    return height | {f"relasi.kit.{name}": base + at + 1 for at, row in enumerate(kit) for name in row}


def _place(model: type[models.Model]) -> int | None:
    config = apps.get_app_config(model._meta.app_label)
    return _height().get(config.name)


def test_imports_go_downwards() -> None:
    result = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout


def test_foreign_keys_point_downwards() -> None:
    """import-linter cannot see a string foreign key.

    Who a user is may be named from anywhere: AUTH_USER_MODEL is a setting.
    """
    upward = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if (
                not field.concrete
                or not isinstance(target, type)
                or target._meta.label == settings.AUTH_USER_MODEL
            ):
                continue
            here, there = _place(model), _place(target)
            if here is not None and there is not None and there > here:
                upward.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upward == []


DOOR = re.compile(
    r"\.(objects|_default_manager|_base_manager)\s*\."
    r"\s*(get|filter|all|exclude|values|values_list|first|last|count|in_bulk|raw|iterator)\b"
)


def _door_files() -> list[Path]:
    names = ("views.py", "resources.py", "api.py")
    inside = ("views", "api")
    return [
        path
        for path in HOUSE.rglob("*.py")
        if path.name in names or any(part in inside for part in path.relative_to(HOUSE).parts[:-1])
    ]


@pytest.mark.parametrize("path", _door_files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_rows_enter_pages_only_through_visible_to(path: Path) -> None:
    lines = path.read_text().splitlines()
    found = [f"{at}: {line.strip()}" for at, line in enumerate(lines, 1) if DOOR.search(line)]
    assert found == []


def test_every_app_speaks_for_itself() -> None:
    missing = [
        str(path.relative_to(HOUSE))
        for config in apps.get_app_configs()
        if config.name.startswith("relasi.") and not (path := Path(config.path) / "README.md").exists()
    ]
    assert missing == []


def test_no_migration_is_missing() -> None:
    command = [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
