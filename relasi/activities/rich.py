"""Texts that people wrote with the small editor: kept as they came, cleaned each time they go out."""

from __future__ import annotations

import re

import nh3
from markupsafe import Markup

from relasi.lib.text import plain

TAGS = {
    "p",
    "br",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "s",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    "code",
    "pre",
    "h3",
    "h4",
    "hr",
    "span",
}
ATTRIBUTES = {"a": {"href"}, "span": {"data-type", "data-id", "data-label"}}
SCHEMES = {"http", "https", "mailto", "tel"}
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_MENTION = re.compile(r"""<span\b(?=[^>]*\bdata-type=["']mention["'])[^>]*\bdata-id=["'](\d{1,18})["']""")


def clean_html(body: str) -> Markup:
    """`body` as HTML that can do no harm; a text without tags keeps its lines."""
    if not body:
        return Markup("")
    if not _TAG.search(body):
        return Markup("<p>{}</p>").format(Markup("<br>").join(body.strip().splitlines()))
    return Markup(  # noqa: S704 - cleaned right here
        nh3.clean(
            body,
            tags=TAGS,
            attributes=ATTRIBUTES,
            allowed_classes={"span": {"mention"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
        )
    )


def plain_text(body: str) -> str:
    """What a person would read of it, in one line."""
    return " ".join((plain(body) if _TAG.search(body) else body).split())


def mentioned_ids(body: str) -> list[int]:
    """The users named with @ in a text of the editor, each once."""
    return list(dict.fromkeys(int(number) for number in _MENTION.findall(body)))
