"""A name server on loopback that knows what it is told: {(name, kind): [text, …]}."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Zone = dict[tuple[str, str], list[str]]


def txt(*texts: str) -> list[str]:
    """In pieces of 255 signs, as the DNS wants them."""
    return [" ".join(f'"{text[at : at + 255]}"' for at in range(0, len(text), 255)) for text in texts]


@contextmanager
def running(zone: Zone) -> Iterator[str]:
    """Its address, `127.0.0.1:port`."""
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind(("127.0.0.1", 0))
    thread = Thread(target=_serve, args=(door, zone), daemon=True)
    thread.start()
    port = door.getsockname()[1]
    yield f"127.0.0.1:{port}"
    door.sendto(b"stop", ("127.0.0.1", port))
    thread.join()
    door.close()


def _serve(door: socket.socket, zone: Zone) -> None:
    while True:
        data, whence = door.recvfrom(4096)
        if data == b"stop":
            return
        door.sendto(_answer(dns.message.from_wire(data), zone).to_wire(), whence)


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    (asked,) = query.question
    name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
    if not any(known == name for known, _kind in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    elif values := zone.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(asked.name, 60, dns.rdataclass.IN, asked.rdtype, *values))
    return answer
