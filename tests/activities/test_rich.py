"""Texts of the small editor on their way out."""

from relasi.activities.rich import clean_html, mentioned_ids, plain_text


def test_plain_lines_stay_lines() -> None:
    assert clean_html("a\nb < c") == "<p>a<br>b &lt; c</p>"


def test_scripts_and_handlers_go() -> None:
    assert clean_html('<p onclick="x()">a</p><script>x()</script>') == "<p>a</p>"


def test_dangerous_links_go() -> None:
    assert "javascript" not in clean_html('<a href="javascript:x()">a</a>')


def test_mentions_keep_their_look() -> None:
    assert 'class="mention"' in clean_html(
        '<p><span data-type="mention" class="mention big" data-id="4">@Bob</span></p>'
    )


def test_everybody_mentioned_is_found_once() -> None:
    one = '<span class="mention" data-type="mention" data-id="4" data-label="Bob">@Bob</span>'
    assert mentioned_ids(one + one) == [4]


def test_plain_text_is_one_line() -> None:
    assert plain_text("<p>a</p><p>b</p>") == "a b"
