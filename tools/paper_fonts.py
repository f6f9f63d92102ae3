"""Cut the fonts of documents from the variable font of the pages; a step of `make build`.

A PDF takes one weight at a time. Cut beforehand, a weight is only subset when a document is written.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FONTS = Path(__file__).parents[1] / "relasi/kit/ui/static/ui/fonts"
WEIGHTS = (400, 500, 600, 700, 800)


def main() -> None:
    for weight in WEIGHTS:
        font = TTFont(FONTS / "inter-latin.woff2", recalcTimestamp=False)
        instantiateVariableFont(font, {"wght": weight}, inplace=True, static=True)
        font.flavor = None
        font.save(FONTS / f"inter-{weight}.ttf")


if __name__ == "__main__":
    main()
