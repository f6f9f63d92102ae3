"""Foreign HTML loads nothing, runs nothing and stays in its place; our own needs nothing from elsewhere."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from relasi.channels.email.html import outgoing_html, safe_html
from relasi.lib.wording import InputError

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href='jav&#x09;ascript:alert(1)'>a</a>",
    "<iframe srcdoc='<script>alert(1)'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form action=http://t.example><input name=a autofocus onfocus=alert(1)>",
    "<style>@import url(http://t.example/a.css);</style>",
    "<link rel=stylesheet href=http://t.example/a.css>",
    "<meta http-equiv=refresh content='0;url=http://t.example'>",
    "<base href=http://t.example/>",
    "<object data=http://t.example>",
    "<div style='background:url(http://t.example/a)'>a</div>",
    "<div style='background-image:u\\72l(http://t.example/a)'>a</div>",
    "<div style='color:red;background-color:image-set(\"http://t.example/a\" 1x)'>a</div>",
    "<video poster=http://t.example src=http://t.example>",
    "<table background=http://t.example/a><td background=http://t.example/b>a</table>",
    "<body background=http://t.example onload=alert(1)>a",
    "<img srcset='http://t.example/a 2x'>",
    "<picture><source srcset=http://t.example></picture>",
    "<input type=image src=http://t.example>",
    "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+'>",
    "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
    "<style>a{color:red}</style><style><!--</style><img src=x onerror=alert(1)>--></style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<textarea><img title='</textarea><img src=x onerror=alert(1)>'>",
    "<img alt='\"><script>alert(1)</script>' src=http://t.example/a>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<button formaction=javascript:alert(1)>a",
    "<div style=\"font-family:'</style><script>alert(1)</script>'\">a",
    "<img src='cid:x\" onerror=\"alert(1)'>",
    "\x00<scr\x00ipt>alert(1)</script>",
]
LOADS = re.compile(
    r"""(?:\ssrc|srcset|background|poster|action|data)=["']?(?!data:image)|url\s*\(|@import|<link|<meta|<base""",
    re.I,
)
RUNS = re.compile(
    r"<\s*(?:script|svg|iframe|object|embed|form|input|style|math|button|template|video)\b|\son\w+\s*=(?=[^>]*>)",
    re.I,
)


def tags(html: str) -> str:
    """The tags alone, with what stands in attributes of text left out."""
    return re.sub(
        r'\s(?:alt|title|data-src|href)="[^"]*"',
        "",
        " ".join(re.findall(r"<[^>]*(?:\"[^\"]*\"[^>]*)*>", html)),
    )


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_runs_and_nothing_is_loaded(html: str) -> None:
    safe = safe_html(html)
    assert not RUNS.search(tags(safe)), safe
    assert not LOADS.search(tags(safe)), safe
    assert "javascript:" not in safe and "data:text" not in safe


def test_a_remote_picture_waits_for_a_click() -> None:
    assert safe_html('<img src="https://t.example/a.png?x=1&amp;y=2" width="9">') == (
        '<img width="9" alt="Picture not loaded" data-src="https://t.example/a.png?x=1&amp;y=2">'
    )


def test_a_picture_in_the_mail_is_shown() -> None:
    assert safe_html('<img src="cid:logo@x">', {"<logo@x>": "/files/7"}) == '<img src="/files/7">'


def test_a_picture_that_is_not_there_is_not_looked_for() -> None:
    assert safe_html('<img src="cid:other">', {"logo": "/files/7"}) == "<img>"


def test_a_link_opens_elsewhere_and_tells_nothing() -> None:
    found = safe_html('<a href="https://contoh.example" target=_top rel=opener>a</a>')
    assert 'target="_blank"' in found and "noopener noreferrer" in found and "_top" not in found


def test_what_leaves_its_place_is_put_back() -> None:
    moved = "position:fixed;top:0;z-index:9;margin:-99px;float:left;transform:scale(9);display:flex"
    style = f"{moved};color:red;opacity:0"
    assert safe_html(f'<div style="{style}">a</div>') == '<div style="color:red">a</div>'


def test_a_style_sheet_is_spread_as_far_as_it_is_harmless() -> None:
    found = safe_html("<style>.a{color:red;position:fixed}</style><p class=a>x</p>")
    assert found == '<p style="color: red">x</p>' or found == '<p style="color:red">x</p>'


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "<table><td>", "<font><p>", "<a href=x><div>", "<style>a{}</style><i>"]
)
def test_depth_costs_little(piece: str) -> None:
    began = time.monotonic()
    safe_html(piece * (30_000 // len(piece)))
    safe_html(piece * 100_000)
    assert time.monotonic() - began < 8


def test_mjml_becomes_html_with_its_styles_in_place() -> None:
    found = outgoing_html(
        "<mjml><mj-head><mj-style"
        " inline='inline'>.x{color:red}</mj-style></mj-head><mj-body><mj-section><mj-column>"
        "<mj-text>Halo {{ name }}</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    assert "Halo {{ name }}" in found and "<table" in found and "fonts.googleapis" not in found


@pytest.mark.parametrize("include", ["http://127.0.0.1:9/a.mjml", "file:///etc/hostname", "/etc/hostname"])
def test_mjml_includes_nothing(include: str) -> None:
    with pytest.raises(InputError):
        outgoing_html(f"<mjml><mj-body><mj-include path='{include}'/></mj-body></mjml>")


def test_style_sheets_elsewhere_are_not_read(tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("p{color:rgb(1,2,3)}")
    found = outgoing_html(
        f'<html><head><link rel="stylesheet" href="file://{sheet}"></head><body><p>a</p></body></html>'
    )
    assert "rgb(1" not in found and "style=" not in found


def test_wrong_mjml_is_told() -> None:
    with pytest.raises(InputError, match="not correct MJML"):
        outgoing_html("<mjml><mj-body><mj-section></mj-body></mjml>")


def test_too_deep_a_mail_is_told() -> None:
    with pytest.raises(InputError, match="too many parts"):
        outgoing_html("<div>" * 10_000)
