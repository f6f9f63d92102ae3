"""A telephone exchange for tests: speaks the Asterisk Manager Interface over TCP, as far as clients need.

Written after Asterisk's published reference of AMI actions and events, not after our client.
"""

from __future__ import annotations

import hashlib
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

NAME, SECRET = "relasi", "a long secret"
TRUNK = "PJSIP/trunk-jkt"
Headers = list[tuple[str, str]]


@dataclass
class Call:
    """A call that stands: its channels' ids and who takes part."""

    first: str
    number: str
    extension: str = ""
    second: str = ""
    is_inbound: bool = True


@dataclass
class Pbx:
    """`received` are the actions in order; `with_times` adds timestampevents; `rights` narrow the user."""

    with_times: bool = True
    may_call: bool = True
    greeting: str = "Asterisk Call Manager/9.0.0"
    knows_challenge: bool = True
    customer_answers: bool = True
    received: list[dict[str, str]] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    said: list[tuple[float, Headers]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        self._signed_in: list[socket.socket] = []
        self._lock = threading.RLock()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    # what a test does

    def rings(
        self, number: str, extension: str = "101", *, name: str = "", at: float | None = None, **more: Any
    ) -> Call:
        """A customer calls; the telephone of a colleague rings."""
        call = self.comes_in(number, name=name, at=at)
        self.dials(call, extension, at=at)
        return call

    def comes_in(self, number: str, *, name: str = "", at: float | None = None) -> Call:
        call = Call(first=self._id(), number=number)
        self.calls[call.first] = call
        self.tell("Newchannel", self._source(call, name=name, state=("4", "Ring")), at=at)
        return call

    def dials(self, call: Call, extension: str, *, at: float | None = None) -> None:
        call.second, call.extension = self._id(), extension
        dest = self._dest(call)
        new = [
            ("Channel", f"PJSIP/{extension}-0000000b"),
            ("ChannelState", "0"),
            ("ChannelStateDesc", "Down"),
            ("CallerIDNum", extension),
            ("Exten", "s"),
            ("Uniqueid", call.second),
            ("Linkedid", call.first),
        ]
        self.tell("Newchannel", new, at=at)
        self.tell("DialBegin", [*self._source(call), *dest, ("DialString", extension)], at=at)

    def answers(self, call: Call, *, at: float | None = None) -> None:
        self.tell("DialEnd", [*self._source(call), *self._dest(call), ("DialStatus", "ANSWER")], at=at)
        self.tell("BridgeEnter", [("BridgeUniqueid", "b1"), *self._source(call)], at=at)

    def gives_up(self, call: Call, status: str = "NOANSWER", *, at: float | None = None) -> None:
        """The telephone rings no more; the customer is still there."""
        self.tell("DialEnd", [*self._source(call), *self._dest(call), ("DialStatus", status)], at=at)
        self.tell("Hangup", [*self._own(call), ("Cause", "26"), ("Cause-txt", "Answered elsewhere")], at=at)

    def holds(self, call: Call, *, at: float | None = None) -> None:
        self.tell("Hold", [*self._own(call), ("MusicClass", "default")], at=at)

    def resumes(self, call: Call, *, at: float | None = None) -> None:
        self.tell("Unhold", self._own(call), at=at)

    def hangs_up(self, call: Call, cause: str = "Normal Clearing", *, at: float | None = None) -> None:
        self.calls.pop(call.first, None)
        if call.second and call.is_inbound:
            self.tell("Hangup", [*self._own(call), ("Cause", "16"), ("Cause-txt", cause)], at=at)
        self.tell("Hangup", [*self._source(call), ("Cause", "16"), ("Cause-txt", cause)], at=at)

    def calls_out(self, extension: str, dialled: str, *, at: float | None = None) -> Call:
        """A colleague dials a number; the customer's telephone rings."""
        call = Call(
            first=self._id(), number=dialled, extension=extension, is_inbound=False, second=self._id()
        )
        self.calls[call.first] = call
        self.tell("Newchannel", self._source(call, state=("4", "Ring")), at=at)
        self.tell(
            "DialBegin",
            [*self._source(call), *self._dest(call), ("DialString", f"{dialled}@trunk-jkt")],
            at=at,
        )
        return call

    def tell(self, event: str, headers: Headers, *, at: float | None = None) -> None:
        """Send an event to everybody who has signed in."""
        stamp = [("Timestamp", f"{at if at is not None else time.time():.6f}")] if self.with_times else []
        block = [("Event", event), ("Privilege", "call,all"), *stamp, *headers]
        with self._lock:
            self.said.append((time.time(), block))
            for client in list(self._signed_in):
                with suppress(OSError):
                    client.sendall(_block(block))

    def breaks_off(self) -> None:
        """Every connection is lost."""
        with self._lock:
            for client in self._signed_in:
                with suppress(OSError):
                    client.shutdown(socket.SHUT_RDWR)
            self._signed_in.clear()

    def has_listener(self, within: float = 10.0) -> bool:
        """Whether somebody has signed in and asked which calls there are."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self._signed_in and any(one.get("Action") == "CoreShowChannels" for one in self.received):
                return True
            time.sleep(0.02)
        return False

    @property
    def listeners(self) -> int:
        return len(self._signed_in)

    def asked(self, action: str) -> list[dict[str, str]]:
        return [one for one in self.received if one.get("Action", "").lower() == action.lower()]

    def close(self) -> None:
        self._server.close()
        self.breaks_off()

    # how it speaks

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        challenge = ""
        with suppress(OSError), client, client.makefile("rb") as lines:
            client.sendall(f"{self.greeting}\r\n".encode())
            for action in _actions(lines):
                self.received.append(action)
                name = action.get("Action", "").lower()
                number = [("ActionID", action["ActionID"])] if "ActionID" in action else []
                if name == "challenge" and self.knows_challenge:
                    challenge = str(next(self._numbers) * 7919)
                    client.sendall(_block([("Response", "Success"), *number, ("Challenge", challenge)]))
                elif name == "login":
                    good = self._lets_in(action, challenge)
                    said = "Authentication accepted" if good else "Authentication failed"
                    with self._lock:
                        client.sendall(
                            _block([("Response", "Success" if good else "Error"), *number, ("Message", said)])
                        )
                        if not good:
                            return
                        self._signed_in.append(client)
                elif client not in self._signed_in:
                    client.sendall(_block([("Response", "Error"), *number, ("Message", "Permission denied")]))
                else:
                    with self._lock:
                        client.sendall(
                            b"".join(_block(block) for block in self._replies(name, action, number))
                        )
        with self._lock:
            if client in self._signed_in:
                self._signed_in.remove(client)

    def _lets_in(self, action: dict[str, str], challenge: str) -> bool:
        key = hashlib.md5(f"{challenge}{SECRET}".encode()).hexdigest()
        proven = (
            action.get("Key") == key if action.get("AuthType") == "MD5" else action.get("Secret") == SECRET
        )
        return proven and action.get("Username") == NAME

    def _replies(self, name: str, action: dict[str, str], number: Headers) -> list[Headers]:
        if name == "ping":
            return [[("Response", "Success"), *number, ("Ping", "Pong"), ("Timestamp", "1.0")]]
        if name == "coreshowchannels":
            listed = [
                [
                    ("Event", "CoreShowChannel"),
                    *number,
                    ("Channel", TRUNK),
                    ("Uniqueid", one),
                    ("Linkedid", one),
                ]
                for one in self.calls
            ]
            done = [("Event", "CoreShowChannelsComplete"), *number, ("EventList", "Complete")]
            return [[("Response", "Success"), *number, ("EventList", "start")], *listed, done]
        if name == "listcommands":
            commands = [("Originate", "Originate Call.  (Priv: originate,all)")] if self.may_call else []
            return [
                [("Response", "Success"), *number, ("Ping", "Keepalive command.  (Priv: <none>)"), *commands]
            ]
        if name == "originate" and self.may_call:
            threading.Thread(target=self._begins, args=(action,), daemon=True).start()
            return [[("Response", "Success"), *number, ("Message", "Originate successfully queued")]]
        return [[("Response", "Error"), *number, ("Message", "Permission denied")]]

    def _begins(self, action: dict[str, str]) -> None:
        """The colleague lifts the receiver, then the customer's telephone rings."""
        extension = action["Channel"].partition("/")[2]
        call = self.calls_out(extension, action["Exten"])
        if self.customer_answers:
            self.answers(call)

    def _id(self) -> str:
        return f"{int(time.time())}.{next(self._numbers)}"

    def _source(self, call: Call, *, name: str = "", state: tuple[str, str] = ("6", "Up")) -> Headers:
        """The first channel of a call."""
        own = not call.is_inbound
        return [
            ("Channel", f"PJSIP/{call.extension}-0000000a" if own else f"{TRUNK}-0000000a"),
            ("ChannelState", state[0]),
            ("ChannelStateDesc", state[1]),
            ("CallerIDNum", call.extension if own else call.number),
            ("CallerIDName", name or "<unknown>"),
            ("ConnectedLineNum", call.number if own else call.extension or "<unknown>"),
            ("Context", "from-internal" if own else "from-trunk"),
            ("Exten", call.number if own else "0215550100"),
            ("Uniqueid", call.first),
            ("Linkedid", call.first),
        ]

    def _dest(self, call: Call) -> Headers:
        peer = "trunk-jkt" if not call.is_inbound else call.extension
        return [
            ("DestChannel", f"PJSIP/{peer}-0000000b"),
            ("DestChannelState", "0"),
            ("DestCallerIDNum", call.extension if call.is_inbound else call.number),
            ("DestUniqueid", call.second),
            ("DestLinkedid", call.first),
        ]

    def _own(self, call: Call) -> Headers:
        """The colleague's channel."""
        if not call.is_inbound:
            return self._source(call)
        return [
            ("Channel", f"PJSIP/{call.extension}-0000000b"),
            ("ChannelState", "6"),
            ("CallerIDNum", call.extension),
            ("ConnectedLineNum", call.number),
            ("Uniqueid", call.second),
            ("Linkedid", call.first),
        ]


@contextmanager
def pbx(**how: Any) -> Iterator[Pbx]:
    made = Pbx(**how)
    try:
        yield made
    finally:
        made.close()


def settings_for(made: Pbx, **more: Any) -> dict[str, Any]:
    """What an administrator enters for it."""
    return {"host": "127.0.0.1", "port": made.port, "username": NAME, "longest_extension": 4, **more}


def _block(headers: Headers) -> bytes:
    return ("".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n").encode()


def _actions(lines: Any) -> Iterator[dict[str, str]]:
    action: dict[str, str] = {}
    for line in lines:
        text = line.decode().rstrip("\r\n")
        if text:
            name, _colon, value = text.partition(":")
            action[name.strip()] = value.strip()
        elif action:
            yield action
            action = {}
