"""Sentences for people, written here in English and translated by whoever shows them."""

from __future__ import annotations

LONGEST_QUOTED = 80  # characters of what was typed that an error repeats


def mark(text: str) -> str:
    """Mark `text` for the catalogue and return it unchanged; import it as `_`."""
    return text


class InputError(ValueError):
    """Something a person typed or imported could not be understood.

    `text` is the English sentence with `%(name)s` places, `values` what fills them, so that the caller can
    show `gettext(error.text) % error.values`. `str(error)` is the filled English sentence.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        self.text = text
        self.values = {name: _short(value) for name, value in values.items()}
        super().__init__(text % self.values if values else text)


def _short(value: object) -> object:
    return (
        value[: LONGEST_QUOTED - 1] + "…" if isinstance(value, str) and len(value) > LONGEST_QUOTED else value
    )
