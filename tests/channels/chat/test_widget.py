"""A chat widget by itself: what it is told, when it is open, where it may stand, what its health says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from relasi.channels.chat import widget
from relasi.channels.chat.checking import check
from relasi.channels.chat.forms import ChatForm, origin_of
from relasi.channels.interface import Outgoing
from relasi.channels.models import Account
from tests.world import World

pytestmark = pytest.mark.django_db
JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY = datetime(2026, 8, 17, 9, 0, tzinfo=JAKARTA)


def made(**settings: Any) -> Account:
    account: Account = Account.create(
        by=None, name="Chat", channel="chat", provider="chat_widget", settings=settings
    )
    return account


def filled(**given: Any) -> ChatForm:
    needed = {
        "title_id": "Halo", "title_en": "Hello", "colour": "#2f57d0", "position": "right",
        "consent_id": "Setuju", "consent_en": "Agreed", "offline_asked": ["email"],
    }  # fmt: skip
    return ChatForm({**needed, **given})


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://toko.example", "https://toko.example"),
        (" HTTPS://Toko.Example/ ", "https://toko.example"),
        ("https://toko.example:443", "https://toko.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("toko.example", ""),
        ("https://toko.example/shop", ""),
        ("https://*.toko.example", ""),
        ("https://a@toko.example", ""),
        ("ftp://toko.example", ""),
        ("null", ""),
        ("*", ""),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


def test_the_sites_are_kept_as_a_list_and_shown_one_a_line() -> None:
    form = filled(origins="https://toko.example/\n\nHTTPS://www.toko.example\nhttps://toko.example")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["origins"] == ["https://toko.example", "https://www.toko.example"]
    shown = ChatForm(initial=form.cleaned_data)["origins"].value()
    assert ChatForm.base_fields["origins"].prepare_value(shown) == (
        "https://toko.example\nhttps://www.toko.example"
    )


def test_what_is_no_site_is_said_in_words() -> None:
    form = filled(origins="toko.example")
    assert form.errors["origins"] == ["“toko.example” is no address of a site: https://www.example.com"]


def test_it_opens_and_closes_or_neither() -> None:
    assert "closes_at" in filled(opens_at="08:00").errors
    assert "closes_at" in filled(opens_at="17:00", closes_at="08:00").errors
    assert filled(opens_at="08:00", closes_at="17:00").is_valid()


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (MONDAY, True),
        (MONDAY.replace(hour=7, minute=59), False),
        (MONDAY.replace(hour=17), False),
        (MONDAY + timedelta(days=5), False),
        (MONDAY.astimezone(ZoneInfo("UTC")), True),
        (MONDAY.replace(tzinfo=ZoneInfo("Asia/Jayapura")), False),
    ],
)
def test_it_is_open_on_the_clock_of_the_company(at: datetime, is_open: bool) -> None:
    account = made(days=list("01234"), opens_at="08:00", closes_at="17:00")
    assert widget.is_open(account, at) is is_open


def test_without_days_and_times_it_is_always_open() -> None:
    assert widget.is_open(made(days=[], opens_at="", closes_at=""), MONDAY.replace(hour=3))


def test_its_key_stays_the_same(world: World) -> None:
    account = made()
    key = widget.key_of(account)
    account.refresh_from_db()
    assert widget.key_of(account) == key
    assert widget.account_with(key) == account
    assert f'data-key="{key}"' in widget.snippet(account)


def test_a_visitor_reads_their_language() -> None:
    account = made(title_id="Halo", title_en="Hello")
    assert (widget.face(account, "en-US")["title"], widget.face(account, "id")["title"]) == ("Hello", "Halo")


def test_only_its_sites_and_our_own_pages_may_talk_to_it(settings: Any) -> None:
    settings.RELASI_PUBLIC_URL = "https://relasi.example"
    account = made(origins=["https://toko.example"])
    origins = ("https://toko.example", "https://relasi.example", "https://evil.example", "")
    assert [widget.allows(account, origin) for origin in origins] == [True, True, False, False]


def test_a_page_is_noted_without_its_query() -> None:
    account = made(origins=["https://toko.example"])
    page = widget.page_of("https://toko.example/polis?token=secret#x")
    widget.note_page(account, page, "https://toko.example", timezone.now())
    account.refresh_from_db()
    assert list(account.cursor["pages"]) == ["https://toko.example/polis"]


def test_a_page_of_another_site_is_not_noted() -> None:
    account = made()
    widget.note_page(account, "https://evil.example/", "https://toko.example", timezone.now())
    assert account.cursor == {}


def test_so_many_pages_are_remembered_and_no_more() -> None:
    account = made()
    for number in range(widget.MOST_PAGES + 5):
        at = timezone.now() + timedelta(minutes=number)
        widget.note_page(account, f"https://toko.example/{number}", "https://toko.example", at)
    assert len(account.cursor["pages"]) == widget.MOST_PAGES
    assert "https://toko.example/0" not in account.cursor["pages"]


def test_without_sites_it_is_broken_and_says_what_to_do() -> None:
    health = check(made())
    assert health.state == "broken"
    assert "one a line" in health.findings[0].todo


def test_never_seen_is_a_warning() -> None:
    health = check(made(origins=["https://toko.example"]))
    assert (health.state, health.findings[1].words) == ("warning", "It was not seen on any page yet.")


def test_seen_lately_it_works() -> None:
    account = made(origins=["https://toko.example"])
    widget.note_page(account, "https://toko.example/", "https://toko.example", timezone.now())
    health = check(account)
    assert health.state == "good"
    assert health.findings[1].values == {"pages": "https://toko.example/"}


def test_seen_long_ago_is_a_warning() -> None:
    account = made(origins=["https://toko.example"])
    long_ago = timezone.now() - timedelta(days=30)
    widget.note_page(account, "https://toko.example/", "https://toko.example", long_ago)
    assert check(account).findings[1].words == "It was seen before, but not in the last seven days."


def test_what_goes_out_is_taken_at_once() -> None:
    account = made()
    assert account.carrier.send
    (outcome,) = account.carrier.send(account, [Outgoing(key="m1", to="visitor-1", text="Halo")])
    assert (outcome.key, outcome.state, outcome.external_id) == ("m1", "accepted", "m1")


def test_the_script_is_small_and_sent_only_when_it_is_another() -> None:
    told = Client().get("/chat.js", headers={"Accept-Encoding": "gzip"})
    assert (told["Content-Encoding"], told["Cross-Origin-Resource-Policy"]) == ("gzip", "cross-origin")
    assert len(told.content) < 20_000
    assert Client().get("/chat.js", headers={"If-None-Match": told["ETag"]}).status_code == 304


def test_who_sets_it_up_finds_the_line_for_the_site(world: World, sign_in: Any) -> None:
    account = made(origins=["https://toko.example"])
    shown = sign_in(world.ada).get(f"/channels/{account.pk}/panel/chat/").content.decode()
    assert widget.key_of(Account.objects.get(pk=account.pk)) in shown


def test_a_channel_of_another_kind_has_no_such_line(world: World, sign_in: Any) -> None:
    account = Account.create(by=None, name="Office", channel="email", provider="email_imap")
    assert sign_in(world.ada).get(f"/channels/{account.pk}/chat/preview/").status_code == 404


def test_the_preview_is_the_chat_itself(world: World, sign_in: Any) -> None:
    account = made()
    answer = sign_in(world.ada).get(f"/channels/{account.pk}/chat/preview/?language=id")
    page = answer.content.decode()
    assert 'src="/chat.js"' in page and 'data-lang="id"' in page
