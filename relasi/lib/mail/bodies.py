"""Which parts of a mail are the letter, and what it says as plain text and as HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from relasi.lib.mail.charsets import decode
from relasi.lib.mail.parts import Part
from relasi.lib.mail.problems import Notes
from relasi.lib.text import plain


@dataclass(frozen=True, slots=True)
class Body:
    """The letter in the forms in which it was sent, and the parts that are not the letter."""

    text: str = ""
    html: str = ""
    others: tuple[Part, ...] = ()

    @property
    def readable(self) -> str:
        """The text, made from the HTML where there is none."""
        return self.text or plain(self.html)


def body_of(part: Part, notes: Notes) -> Body:
    """The letter in `part` and whatever is below it."""
    if part.parts:
        bodies = [body_of(one, notes) for one in part.parts]
        return _chosen(bodies) if part.kind == "alternative" else _joined(bodies)
    if part.content_type not in {"text/plain", "text/html"} or _is_file(part):
        return Body(others=(part,))
    text = decode(part.content(notes), part.parameters.get("charset", ""), notes)
    if part.content_type == "text/html":
        return Body(html=text.strip())
    return Body(text=_trimmed(text))


def _is_file(part: Part) -> bool:
    """Is this text a file that somebody attached?"""
    disposition = part.headers.first("content-disposition").lower()
    is_named = "filename" in disposition or "name" in part.parameters
    return is_named or disposition.startswith("attachment")


def _chosen(bodies: list[Body]) -> Body:
    """The same letter in several forms: the first text, the last HTML, the richest form being last."""
    text = next((body.text for body in bodies if body.text), "")
    html = next((body.html for body in reversed(bodies) if body.html), "")
    return Body(text, html, _others(bodies))


def _joined(bodies: list[Body]) -> Body:
    """Letters one after the other; where one of them is in HTML, all of them are shown so."""
    text = "\n\n".join(body.readable for body in bodies if body.text or body.html)
    has_html = any(body.html for body in bodies)
    html = "\n".join(_as_html(body) for body in bodies if body.text or body.html) if has_html else ""
    return Body(text, html, _others(bodies))


def _as_html(body: Body) -> str:
    return body.html or f"<pre>{escape(body.text)}</pre>"


def _others(bodies: list[Body]) -> tuple[Part, ...]:
    return tuple(part for body in bodies for part in body.others)


def _trimmed(text: str) -> str:
    """Without blank lines at both ends and blanks at the last."""
    return text.lstrip("\n").rstrip()
