"""Text can be read on its ground in both themes: WCAG 2.2, 1.4.3, from the tokens themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "frontend" / "css" / "tokens.css"
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TONES = ("grey", "blue", "green", "amber", "red", "violet", "teal", "pink")
GROUNDS = (
    "ground",
    "ground-side",
    "ground-soft",
    "ground-hover",
    "ground-active",
    "ground-float",
    "ground-field",
)

READ = [
    *((text, ground) for text in ("text", "text-soft", "text-muted", "text-faint") for ground in GROUNDS),
    *(
        ("accent-text", ground)
        for ground in ("ground", "ground-side", "ground-soft", "ground-float", "accent-soft")
    ),
    *(
        (f"{tone}-text", ground)
        for tone in TONES
        for ground in (f"{tone}-soft", "ground", "ground-side", "ground-float")
    ),
    ("text", "mark"),
    ("text", "accent-soft"),
    ("text-muted", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-accent", "danger"),
    ("on-accent", "danger-hover"),
]
SEEN = [
    ("focus", "ground"),
    ("focus", "ground-side"),
    ("line-control", "ground-field"),
    ("line-control", "ground"),
]


def tokens(theme: int) -> dict[str, str]:
    found = {match[1]: (match[2], match[3]) for match in PAIR.finditer(TOKENS.read_text())}
    return {"on-accent": "#ffffff", **{name: colours[theme] for name, colours in found.items()}}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it, 0 to 1."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), READ)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: int) -> None:
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), SEEN)
def test_focus_and_boxes_can_be_seen(mark: str, ground: str, theme: int) -> None:
    colours = tokens(theme)
    assert contrast(colours[mark], colours[ground]) >= 3
