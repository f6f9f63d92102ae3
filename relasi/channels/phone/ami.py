"""A client of the Asterisk Manager Interface (AMI): blocks of `Name: value` lines over TCP or TLS, answers
matched by ActionID, events handed out in the order in which they came.
"""

from __future__ import annotations

import hashlib
import itertools
import socket
import ssl
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event as Stop

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

CONNECT, ANSWER = 10.0, 10.0  # seconds: to be connected, to be answered
LOOK_UP = 0.5  # seconds between two looks whether to stop
PING_EVERY = 20.0  # seconds of silence before asking whether the other side is alive
LONGEST = 256 * 1024  # bytes of one block
BANNER = b"Asterisk Call Manager"


class AmiError(InputError):
    """The telephone system cannot be reached, or did not do what it was asked."""


class Refused(AmiError):
    """The telephone system answered no. `said` is what it said."""

    def __init__(self, text: str, /, said: str = "", **values: object) -> None:
        super().__init__(text, said=said, **values)
        self.said = said


@dataclass(frozen=True, slots=True)
class Packet:
    """One block: its headers in order, names as they came; a name may come more than once."""

    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The first value of a header, whatever its case; "" when there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    @property
    def event(self) -> str:
        return self.get("Event")

    @property
    def is_good(self) -> bool:
        return self.get("Response").lower() in ("success", "pong", "follows", "goodbye")

    @property
    def raw(self) -> bytes:
        """As it stands on the wire."""
        return b"".join(f"{name}: {value}\r\n".encode() for name, value in self.headers) + b"\r\n"


def parsed(block: bytes) -> Packet:
    """The headers of a block; lines without a colon (output of commands) are passed over."""
    lines = block.decode("utf-8", "replace").replace("\0", "").split("\n")
    pairs = (line.rstrip("\r").partition(":") for line in lines)
    return Packet(
        tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon and name.strip())
    )


class Ami:
    """One connection. Use it from one thread, within `with`.

    Raises AmiError in plain words, OSError never.
    """

    def __init__(
        self, host: str, port: int = 5038, *, tls: ssl.SSLContext | None = None, answer: float = ANSWER
    ) -> None:
        self.host, self.port, self.answer = host, port, answer
        self.version = ""
        self._numbers = itertools.count(1)
        self._got = bytearray()
        self._events: deque[Packet] = deque()
        self._heard_at = time.monotonic()
        self._socket = self._connected(tls)
        try:
            self.version = self._banner()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Ami:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def sign_in(self, name: str, secret: str, *, plain: bool = False, events: str = "on") -> None:
        """With the secret itself only when told `plain`, else by the MD5 challenge, which never sends it.

        Raises Refused when the name or secret is wrong.
        """
        proof = {"Secret": secret} if plain else {"AuthType": "MD5", "Key": self._key(secret)}
        reply = self.ask("Login", Username=name, Events=events, **proof)
        if not reply.is_good:
            raise Refused(
                _("The telephone system does not let “%(name)s” in: %(said)s"),
                said=reply.get("Message"), name=name,
            )  # fmt: skip

    def ask(self, action: str, **headers: str | list[str]) -> Packet:
        """The answer to an action. Events that come meanwhile wait for `events`."""
        number = f"relasi-{next(self._numbers)}"
        self._send({"Action": action, "ActionID": number, **headers})
        until = time.monotonic() + self.answer
        while time.monotonic() < until:
            packet = self._next(until)
            if packet is None:
                continue
            if packet.get("Response") and packet.get("ActionID") == number:
                return packet
            if packet.event:
                self._events.append(packet)
        raise AmiError(_("The telephone system did not answer in time (%(action)s)."), action=action)

    def listed(self, action: str, end: str, **headers: str) -> list[Packet]:
        """The events with which an action is answered, without the one named `end` that closes the list."""
        reply = self.ask(action, **headers)
        if not reply.is_good:
            raise Refused(
                _("The telephone system refused “%(action)s”: %(said)s"),
                said=reply.get("Message"), action=action,
            )  # fmt: skip
        number = reply.get("ActionID")
        found: list[Packet] = []
        others: list[Packet] = []
        until = time.monotonic() + self.answer
        while time.monotonic() < until:
            packet = self._events.popleft() if self._events else self._next(until)
            if packet is None or not packet.event:
                continue
            if packet.get("ActionID") != number:
                others.append(packet)
            elif packet.event.lower() == end.lower():
                self._events.extendleft(reversed(others))
                return found
            else:
                found.append(packet)
        raise AmiError(_("The telephone system did not answer in time (%(action)s)."), action=action)

    def events(self, stop: Stop) -> Iterator[Packet]:
        """Events as they come, until told to stop. Asks for a sign of life after a silence."""
        while not stop.is_set():
            while self._events:
                yield self._events.popleft()
            packet = self._next(time.monotonic() + LOOK_UP)
            if packet is not None and packet.event:
                yield packet
            elif time.monotonic() - self._heard_at > PING_EVERY:
                self.ask("Ping")

    def _key(self, secret: str) -> str:
        reply = self.ask("Challenge", AuthType="MD5")
        if not reply.get("Challenge"):
            raise Refused(
                _("The telephone system offers no sign-in by challenge: %(said)s"), said=reply.get("Message")
            )
        return hashlib.md5((reply.get("Challenge") + secret).encode(), usedforsecurity=False).hexdigest()

    def _connected(self, tls: ssl.SSLContext | None) -> socket.socket:
        where = {"host": self.host, "port": self.port}
        try:
            plain = socket.create_connection((self.host, self.port), timeout=CONNECT)
        except OSError as error:
            raise AmiError(
                _("%(host)s cannot be reached on port %(port)s (%(why)s)."),
                why=error.strerror or str(error),
                **where,
            ) from error
        if tls is None:
            return plain
        try:
            return tls.wrap_socket(plain, server_hostname=self.host)
        except OSError as error:
            plain.close()
            raise AmiError(
                _("The connection to %(host)s is not secure: %(why)s"), why=str(error)[:120], **where
            ) from error

    def _banner(self) -> str:
        line = self._until(b"\n", time.monotonic() + self.answer)
        if line is None or not line.startswith(BANNER):
            raise AmiError(
                _("%(host)s answers on port %(port)s, but it is no Asterisk manager."),
                host=self.host, port=self.port,
            )  # fmt: skip
        return line.decode("ascii", "replace").strip().rpartition("/")[2]

    def _send(self, headers: dict[str, str | list[str]]) -> None:
        lines = []
        for name, given in headers.items():
            for value in given if isinstance(given, list) else [given]:
                lines.append(f"{name}: {' '.join(value.split(chr(10))).replace(chr(13), ' ')}\r\n")
        try:
            self._socket.settimeout(self.answer)
            self._socket.sendall("".join(lines).encode() + b"\r\n")
        except OSError as error:
            raise self._broken(error) from error

    def _next(self, until: float) -> Packet | None:
        """The next block; None when none came by then."""
        block = self._until(b"\r\n\r\n", until)
        return parsed(block) if block is not None else None

    def _until(self, end: bytes, until: float) -> bytes | None:
        looked = 0
        while (place := self._got.find(end, looked)) < 0:
            looked = max(0, len(self._got) - len(end))
            if len(self._got) > LONGEST:
                raise AmiError(_("The telephone system sent more than can be read."))
            if not self._receive(until):
                return None
        if place > LONGEST:
            raise AmiError(_("The telephone system sent more than can be read."))
        found = bytes(self._got[: place + len(end)])
        del self._got[: place + len(end)]
        return found

    def _receive(self, until: float) -> bool:
        """Whether more came by then."""
        self._socket.settimeout(max(0.01, until - time.monotonic()))
        try:
            more = self._socket.recv(65536)
        except TimeoutError:
            return False
        except OSError as error:
            raise self._broken(error) from error
        if not more:
            raise AmiError(_("The telephone system closed the connection."))
        self._got += more
        self._heard_at = time.monotonic()
        return True

    def _broken(self, error: OSError) -> AmiError:
        return AmiError(
            _("The connection to %(host)s broke (%(why)s)."), host=self.host, why=error.strerror or str(error)
        )
