"""Nobody's own mailbox leads into the company's network."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from relasi.channels.reaching import NotReached, connect_allowed, is_public

PRIVATE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.1.1.1",
    "240.0.0.1",
    "255.255.255.255",
    "192.88.99.1",
    "::1",
    "::",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2002:a00:1::",
    "2001:0:7f00:1::",
    "100::1",
    "3fff::1",
    "5f00::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
)
def test_an_address_outside_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "0177.0.0.1", "::1"]
)
def test_however_it_is_written_this_machine_is_not_reached(host: str) -> None:
    with pytest.raises(NotReached):
        connect_allowed(host, local_ok=False)


def test_where_it_is_allowed_its_addresses_are_given() -> None:
    assert "127.0.0.1" in connect_allowed("127.0.0.1", local_ok=True)


def test_a_name_nobody_has_is_told() -> None:
    with pytest.raises(NotReached, match="no server named"):
        connect_allowed("nobody.invalid", local_ok=True)
