"""HTML of mails: foreign made safe to be shown, our own made ready to be sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from urllib.parse import unquote

import css_inline
import mrml
import nh3
from django.utils.translation import gettext

from relasi.lib.text import plain
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

LONGEST_SHOWN = 3_000_000  # signs
LONGEST_STYLES = 60_000
MOST_TAGS = 15_000  # parsing takes the square of the depth at worst
DEEPEST = 300  # spreading styles recurses
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd",
    "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
}  # fmt: skip
DROPPED_WHOLE = {
    "script", "style", "title", "noscript", "template", "iframe", "object", "embed", "svg", "math",
    "textarea", "select", "noembed", "noframes", "xmp", "audio", "video",
}  # fmt: skip
EVERYWHERE = {"style", "dir", "lang", "title", "align"}
CELL = {"valign", "width", "height", "bgcolor", "colspan", "rowspan"}
ATTRIBUTES = {
    "*": EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"width", "height", "bgcolor", "border", "cellpadding", "cellspacing"},
    "td": CELL, "th": CELL, "tr": {"valign", "bgcolor"}, "col": {"width", "span"},
    "colgroup": {"width", "span"},
    "font": {"color", "face", "size"}, "ol": {"start", "type"}, "ul": {"type"}, "hr": {"width", "size"},
}  # fmt: skip
SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
STYLES = {
    "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style",
    "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
    "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color",
    "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top",
    "border-top-color", "border-top-style", "border-top-width", "border-width", "color",
    "direction", "display", "font", "font-family", "font-size", "font-style", "font-variant",
    "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin",
    "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width",
    "min-height", "min-width", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "white-space", "width", "word-break", "word-wrap", "overflow-wrap",
}  # fmt: skip
DISPLAYS = {"block", "inline", "inline-block", "none", "table", "table-row", "table-cell", "list-item"}
VALUE = re.compile(r"[\w\s#%.,()'\"!+-]{1,200}")
FUNCTIONS = re.compile(r"\b(?!rgba?\b|hsla?\b)[a-z-]+\s*\(", re.I)
NEGATIVE = re.compile(r"(?:^|[\s(,])-\s*[\d.]")
NUMBER = re.compile(r"\d{1,5}%?")
PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.I)
IMG = re.compile(r'<img((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*/?>')  # as the sanitiser writes it
SRC = re.compile(r'\s+src="([^"]*)"')
ALT = re.compile(r'\s+alt="[^"]*"')
STYLE_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style", re.I | re.S)
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
VOID = {
    "area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "p", "li",
    "mj-image", "mj-divider", "mj-spacer",
}  # fmt: skip
MJML = re.compile(r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<mjml\b", re.I | re.S)


def safe_html(html: str, files: Mapping[str, str] | None = None) -> str:
    """A fragment that opens no address by itself and stays where it is put.

    `files` gives an address for each content id of a picture in the mail. A remote picture becomes
    `<img data-src="https://…">`, for the reader to load by a click; one that is not there loses its address.
    """
    known = {name.strip("<> ").lower(): address for name, address in (files or {}).items()}
    html = html[:LONGEST_SHOWN].replace("\x00", "")
    if html.count("<") > MOST_TAGS:
        return f"<pre>{escape(plain(html))}</pre>"
    clean = _clean(_styled(html), ATTRIBUTES)
    return IMG.sub(lambda found: _picture(found[1], known), clean)


def outgoing_html(source: str) -> str:
    """HTML as mail programs show it, from MJML or HTML; nothing is loaded from anywhere. Raises
    InputError.
    """
    if source.count("<") > MOST_TAGS or _depth(source) > DEEPEST:
        raise InputError(_("This mail has too many parts, or too many inside each other."))
    html = _from_mjml(source) if MJML.match(source) else source
    try:
        return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True).inline(html)
    except (css_inline.InlineError, ValueError) as error:
        raise InputError(
            _("The styles of this mail cannot be read (%(why)s)."), why=str(error)[:200]
        ) from None


def _from_mjml(source: str) -> str:
    options = mrml.ParserOptions(include_loader=mrml.noop_loader())
    try:
        return mrml.to_html(source, options, mrml.RenderOptions(fonts={})).content
    except (OSError, ValueError, RuntimeError) as error:
        raise InputError(_("This is not correct MJML (%(why)s)."), why=str(error)[:200]) from None


def _clean(html: str, attributes: dict[str, set[str]]) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED_WHOLE,
        attributes=attributes,
        attribute_filter=_filtered,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes=SCHEMES,
        url_relative="deny",
    )


def _styled(html: str) -> str:
    """Rules of style sheets become attributes, for the harmless among them to be kept; nothing is loaded."""
    css = "\n".join(STYLE_SHEET.findall(html))
    if not css or len(css) > LONGEST_STYLES:
        return html
    named = _clean(html, ATTRIBUTES | {"*": EVERYWHERE | {"class", "id"}})
    if _depth(named) > DEEPEST:
        return html
    try:
        return css_inline.CSSInliner(load_remote_stylesheets=False).inline_fragment(named, css)
    except (css_inline.InlineError, ValueError):
        return html


def _depth(html: str) -> int:
    """How deep tags stand inside each other, as they are written."""
    deepest = depth = 0
    for found in TAG.finditer(html):
        if found[2].lower() not in VOID:
            depth += -1 if found[1] else 1
            deepest = max(deepest, depth)
    return deepest


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _style(value) or None
    if name in {
        "width",
        "height",
        "border",
        "cellpadding",
        "cellspacing",
        "colspan",
        "rowspan",
        "span",
        "start",
    }:
        return value if NUMBER.fullmatch(value.strip()) else None
    if name == "src":
        return value if _is_picture(value) else None
    if name == "href":
        return value if not value.strip().lower().startswith(("data:", "cid:")) else None
    return value


def _is_picture(address: str) -> bool:
    scheme = address.strip().partition(":")[0].lower()
    return scheme in {"http", "https", "cid"} or bool(PICTURE.fullmatch(address.strip()))


def _style(value: str) -> str:
    kept = []
    for declaration in value.split(";"):
        name, _colon, said = declaration.partition(":")
        name, said = name.strip().lower(), said.strip()
        if name in STYLES and _is_harmless(name, said):
            kept.append(f"{name}:{said}")
    return ";".join(kept)


def _is_harmless(name: str, value: str) -> bool:
    if not VALUE.fullmatch(value) or FUNCTIONS.search(value) or NEGATIVE.search(value):
        return False
    return name != "display" or value.lower().removesuffix("!important").strip() in DISPLAYS


def _picture(attributes: str, known: Mapping[str, str]) -> str:
    found = SRC.search(attributes)
    address = unescape(found[1]).strip() if found else ""
    rest = SRC.sub("", attributes)
    kind = address.partition(":")[0].lower()
    if kind == "cid":
        shown = known.get(unquote(address[4:]).strip("<> ").lower(), "")
        return f'<img{rest} src="{escape(shown)}">' if shown else f"<img{rest}>"
    if kind in {"http", "https"}:
        alt = "" if ALT.search(rest) else f' alt="{escape(gettext("Picture not loaded"))}"'
        return f'<img{rest}{alt} data-src="{escape(address)}">'
    return f'<img{rest} src="{escape(address)}">' if kind == "data" else f"<img{rest}>"
