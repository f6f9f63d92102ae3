"""One connection to a mail relay: opened, secured, signed in; then commands in groups (RFC 5321, 2920, 3030).

Opening waits; afterwards the socket no longer does, so that one thread serves several connections
(`sending.py`). Bytes are counted, because whether the last one of a mail left decides what a lost
connection means.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from relasi.channels import reaching
from relasi.channels.email.refusals import Reply
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

AT_ONCE = 256 * 1024  # bytes offered to the socket
LONGEST_REPLY = 64 * 1024
CODE = re.compile(rb"(\d{3})([ -]?)(.*)", re.S)


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server and who signs in there; equal ones share connections.

    `security`: none, starttls or tls. `sign_in`: "" for none, password, or token (XOAUTH2). `ca`:
    certificates in PEM that are trusted besides the public ones.
    """

    host: str
    port: int
    security: str = "starttls"
    user: str = ""
    secret: str = field(default="", repr=False)
    sign_in: str = ""
    own_name: str = "localhost"
    ca: str = field(default="", repr=False)
    local_ok: bool = False
    timeout: float = 60.0


class RelayError(InputError):
    """No connection to the relay could be made ready; nothing was sent. `reply` is what it answered."""

    def __init__(self, text: str, /, reply: Reply | None = None, **values: object) -> None:
        super().__init__(text, **values)
        self.reply = reply


def trusted(ca: str) -> ssl.SSLContext:
    """Raises InputError when `ca` holds no certificates."""
    context = ssl.create_default_context()
    if ca.strip():
        try:
            context.load_verify_locations(cadata=ca)
        except (ssl.SSLError, ValueError):
            raise InputError(_("What was given as certificates cannot be read as such.")) from None
    return context


class Connection:
    """Signed in and ready. `put` queues bytes, `flush` writes what the socket takes, `replies` reads what
    is there.

    `queued` and `written` count bytes since it was opened.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.sock: socket.socket = self._connect()
        self.capabilities: dict[str, str] = {}
        self.round_trip = 0.0  # seconds from a command to its answer
        self.queued = self.written = 0
        self.needs_reset = False
        self.is_lost = False
        self._out = bytearray()
        self._in = b""
        self._lines: list[str] = []
        self._ready: list[Reply] = []
        try:
            self._open()
        except BaseException:
            self.sock.close()
            raise

    def fileno(self) -> int:
        return self.sock.fileno()

    def has(self, name: str) -> bool:
        return name in self.capabilities

    @property
    def limit(self) -> int:
        """The largest mail in bytes, 0 when not said."""
        value = self.capabilities.get("SIZE", "")
        return int(value) if value.isdigit() else 0

    @property
    def has_more_to_write(self) -> bool:
        return bool(self._out)

    def put(self, data: bytes) -> None:
        self._out += data
        self.queued += len(data)

    def flush(self) -> None:
        """Write what the socket takes now. Raises OSError when the connection is gone."""
        while self._out:
            piece = bytes(self._out[:AT_ONCE])
            try:
                sent = self.sock.send(piece)
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            except OSError:
                if isinstance(self.sock, ssl.SSLSocket):
                    self.written += len(piece)  # parts of it may have left: rather too much than too little
                raise
            del self._out[:sent]
            self.written += sent

    def replies(self) -> list[Reply]:
        """What has been answered so far. `is_lost` once the other side has closed."""
        while not self.is_lost:
            try:
                piece = self.sock.recv(65536)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                break
            except OSError:
                self.is_lost = True
                break
            if not piece:
                self.is_lost = True
            self._take(piece)
        found, self._ready = self._ready, []
        return found

    def is_quiet(self) -> bool:
        """Open still, with nothing said since: may it be used again?"""
        return not self.replies() and not self.is_lost

    def close(self) -> None:
        """Say good-bye if the socket takes it, without waiting for an answer."""
        if not self.is_lost and not self._out:
            with suppress(OSError):
                self.sock.send(b"QUIT\r\n")
        self.sock.close()

    def command(self, line: str) -> Reply:
        """One command and its answer, waited for. Raises OSError."""
        self.sock.sendall(line.encode() + b"\r\n")
        return self._wait_for_reply()

    # how it is opened

    def _connect(self) -> socket.socket:
        relay = self.relay
        try:
            sock = reaching.connected(relay.host, relay.port, local_ok=relay.local_ok, timeout=relay.timeout)
        except reaching.NotReached as error:
            raise RelayError(error.text, None, **error.values) from None
        except OSError as error:
            raise RelayError(
                _("The mail server %(host)s cannot be reached (%(why)s)."), host=relay.host, why=why(error)
            ) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def _open(self) -> None:
        host = self.relay.host
        try:
            if self.relay.security == "tls":
                self._secure()
            self._expect(
                self._wait_for_reply(), _("The mail server %(host)s does not take connections: %(answer)s")
            )
            self._greet()
            if self.relay.security == "starttls":
                self._start_tls()
            if self.relay.sign_in:
                self._sign_in()
        except ssl.SSLError as error:
            raise RelayError(
                _("No safe connection to %(host)s could be made (%(why)s)."), host=host, why=why(error)
            ) from error
        except OSError as error:
            raise RelayError(
                _("The mail server %(host)s stopped answering (%(why)s)."), host=host, why=why(error)
            ) from error
        self.sock.setblocking(False)

    def _greet(self) -> None:
        began = time.monotonic()
        reply = self.command(f"EHLO {self.relay.own_name}")
        self.round_trip = time.monotonic() - began
        if reply.code >= 500:
            reply = self.command(f"HELO {self.relay.own_name}")
        self._expect(reply, _("The mail server %(host)s does not let us in: %(answer)s"))
        lines = [line.partition(" ") for line in reply.text.split("\n")[1:]]
        self.capabilities = {name.upper(): value.strip() for name, _blank, value in lines}
        for old in [name for name in self.capabilities if name.startswith("AUTH=")]:
            self.capabilities.setdefault("AUTH", old[5:])

    def _start_tls(self) -> None:
        if not self.has("STARTTLS"):
            raise RelayError(
                _("The mail server %(host)s offers no encryption (STARTTLS) on this port."),
                host=self.relay.host,
            )
        self._expect(self.command("STARTTLS"), _("The mail server %(host)s cannot encrypt now: %(answer)s"))
        self._in = b""  # whatever came before is not to be believed (CVE-2011-0411)
        self._secure()
        self._greet()

    def _secure(self) -> None:
        self.sock = trusted(self.relay.ca).wrap_socket(self.sock, server_hostname=self.relay.host)

    def _sign_in(self) -> None:
        offered = set(self.capabilities.get("AUTH", "").upper().split())
        way = next((way for way in WAYS[self.relay.sign_in] if way in offered), "")
        if not way:
            raise RelayError(
                _(
                    "The mail server %(host)s offers no way of signing in that we know (it offers:"
                    " %(offered)s)."
                ),
                host=self.relay.host,
                offered=", ".join(sorted(offered)) or "–",
            )
        reply = SIGN_IN[way](self)
        if reply.code == 334:  # an OAuth server explains in one more round why it refuses
            reply = self.command("")
        self._expect(reply, _("The mail server %(host)s does not accept user name or password: %(answer)s"))

    def _expect(self, reply: Reply, text: str) -> None:
        if not 200 <= reply.code < 300:
            raise RelayError(
                text,
                reply=reply,
                host=self.relay.host,
                answer=f"{reply.code} {reply.text}".replace("\n", " "),
            )

    def _wait_for_reply(self) -> Reply:
        while not self._ready:
            piece = self.sock.recv(65536)
            if not piece:
                raise ConnectionResetError("closed by the other side")
            self._take(piece)
        return self._ready.pop(0)

    def _take(self, piece: bytes) -> None:
        """Cut what came into answers; the last line of one has no hyphen behind its code."""
        data = self._in + piece if self._in else piece
        *lines, self._in = data.split(b"\n")
        if len(self._in) > LONGEST_REPLY:
            self.is_lost, self._in = True, b""
        for line in lines:
            found = CODE.match(line.rstrip(b"\r"))
            if not found:
                self.is_lost = True  # this is no mail server
                return
            self._lines.append(found[3].decode("utf-8", "replace"))
            if found[2] != b"-":
                self._ready.append(Reply(int(found[1]), "\n".join(self._lines)))
                self._lines = []


def why(error: OSError) -> str:
    """The reason of a failure as short as the system tells it."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return getattr(error, "verify_message", "") or error.strerror or str(error) or type(error).__name__


def xoauth2(user: str, token: str) -> str:
    """The initial answer of XOAUTH2, before its base64."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01"


def _coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _plain(connection: Connection) -> Reply:
    relay = connection.relay
    return connection.command("AUTH PLAIN " + _coded(f"\0{relay.user}\0{relay.secret}"))


def _login(connection: Connection) -> Reply:
    reply = connection.command("AUTH LOGIN")
    for answer in (connection.relay.user, connection.relay.secret):
        if reply.code != 334:
            return reply
        reply = connection.command(_coded(answer))
    return reply


def _token(connection: Connection) -> Reply:
    relay = connection.relay
    return connection.command("AUTH XOAUTH2 " + _coded(xoauth2(relay.user, relay.secret)))


WAYS = {"password": ("PLAIN", "LOGIN"), "token": ("XOAUTH2",)}
SIGN_IN: dict[str, Callable[[Connection], Reply]] = {"PLAIN": _plain, "LOGIN": _login, "XOAUTH2": _token}
