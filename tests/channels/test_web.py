"""Where requests may go, and that every provider here is whole."""

from __future__ import annotations

from typing import Any

import pytest

from relasi.channels.hooks import HOOKS
from relasi.channels.interface import provider_named
from relasi.channels.web import NotSent, Unsure, is_public, web
from tests.channels.peer import Answer, peer

OURS = (
    "whatsapp_cloud", "whatsapp_link", "sms_http", "sms_twilio", "sms_vonage", "sms_smpp", "sms_link",
    "messenger", "instagram",
)  # fmt: skip


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "103.10.10.10", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
     "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
     "2002:7f00:1::",
     "2001:0:7f00:1::", "::7f00:1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "ff02::1", "", "x", "127.1"],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "0x7f.1", "2130706433", "0"])
def test_nothing_inside_is_reached_however_it_is_written(host: str) -> None:
    with peer(lambda asked: Answer()) as standing, web(public_only=True) as opened:
        port = standing.url.rpartition(":")[2]
        with pytest.raises(NotSent):
            opened.ask("GET", f"http://{host}:{port}/")
        assert standing.asked == []


@pytest.mark.parametrize("name", OURS)
def test_a_provider_is_whole(name: str) -> None:
    provider: Any = provider_named(name)
    form = provider.settings()
    assert set(provider.secrets) <= set(form.fields)
    assert str(provider.label) and str(provider.help)
    assert bool(provider.send) != name.endswith("_link")
    assert (name in HOOKS) == bool(provider.read and not provider.listen)
    passwords = {
        field for field, one in form.fields.items() if getattr(one.widget, "input_type", "") == "password"
    }
    assert passwords == set(provider.secrets)


def test_the_log_does_not_tell_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with peer(lambda asked: Answer()) as standing, web() as opened:
        opened.ask("GET", standing.url, params={"api_secret": "s3cret"})
    assert "s3cret" not in caplog.text


def test_a_body_that_trickles_is_left_when_the_time_is_up() -> None:
    with peer(lambda asked: Answer(200, b"x" * 400_000)) as standing, web() as opened, pytest.raises(Unsure):
        opened.ask("GET", standing.url, whole=1e-9)
