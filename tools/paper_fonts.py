"""Cut the fonts of documents from the variable font of the pages: `python -m tools.paper_fonts`.

A PDF takes one weight at a time. Cut beforehand, a weight is only subset when a document is written.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

RELASI = Path(__file__).parents[1] / "relasi"
WHOLE = RELASI / "kit/ui/static/ui/fonts/inter-latin.woff2"
PAPER = RELASI / "sales/paper"
WEIGHTS = (400, 500, 600, 700, 800)


def main() -> None:
    for weight in WEIGHTS:
        font = TTFont(WHOLE, recalcTimestamp=False)
        instantiateVariableFont(font, {"wght": weight}, inplace=True, static=True)
        font.flavor = None
        font.save(PAPER / f"inter-{weight}.ttf")


if __name__ == "__main__":
    main()
