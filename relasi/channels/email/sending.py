"""Many mails over a few kept connections, each in one group of commands with the next (RFC 2920, RFC 3030).

One thread serves all connections by a selector. Where the relay takes BDAT, several mails are on their way
at once, so that a long line costs little; else one mail and the commands of the next. What happened to a
mail whose last byte left and that was never answered nobody knows: it is uncertain and never handed over
again.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import Any

from relasi.channels.email import pool, refusals
from relasi.channels.email.composing import Composed
from relasi.channels.email.refusals import Reply
from relasi.channels.email.smtp import Connection, Relay, RelayError, why
from relasi.channels.interface import Outcome, Outgoing
from relasi.lib.wording import InputError

MOST_TRIES = 3  # connections lost under one mail that had not been handed over
WORTH_A_CONNECTION = 8  # mails
MOST_ON_THE_WAY = 32  # mails on one connection
PER_MAIL = 0.002  # seconds a relay takes for one, to guess how many fill a line of some length
TROUBLE_WAIT = timedelta(minutes=5)
SIGN_IN_WAIT = timedelta(minutes=30)
LAST_WORDS = 5.0  # seconds for what a relay says before it closes

Compose = Callable[[Outgoing], Composed]


@dataclass(slots=True, eq=False)
class Item:
    """One mail on its way. `ends_at` counts the bytes of its connection up to its last one; 0 before that."""

    mail: Composed
    message: Outgoing
    tries: int = 0
    ends_at: int = 0
    failed: Reply | None = None
    refused: dict[str, Reply] = field(default_factory=dict)
    is_done: bool = False


Waiting = tuple[str, Item, str]  # what an answer will be about: command, mail, recipient


class Line:
    """One connection with the mails on it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.waiting: deque[Waiting] = deque()
        self.todo: deque[tuple[bytes, Waiting]] = deque()
        self.items: deque[Item] = deque()
        self.is_closing = False
        self.said: Reply | None = None
        self.deadline = time.monotonic() + connection.relay.timeout
        self.pipelines = connection.has("PIPELINING")
        self.is_chunking = self.pipelines and connection.has("CHUNKING")
        self.room = _room(connection) if self.is_chunking else 1
        self.needs_decision = False

    @property
    def can_take(self) -> bool:
        """May another mail be started? With DATA as soon as the one before has been written."""
        if self.is_closing or self.needs_decision or self.todo:
            return False
        if self.is_chunking:
            return len(self.items) < self.room
        if not self.items:
            return True
        return self.pipelines and len(self.items) == 1 and bool(self.items[0].ends_at)

    def start(self, item: Item) -> None:
        connection, mail = self.connection, item.mail
        item.ends_at, item.failed = 0, None
        item.refused.clear()
        self.items.append(item)
        if connection.needs_reset or self.is_chunking:
            self._add(b"RSET\r\n", ("rset", item, ""))
            connection.needs_reset = False
        self._add(_mail_command(connection, mail), ("mail", item, mail.sender))
        for address in mail.recipients:
            self._add(b"RCPT TO:<%b>\r\n" % address.encode(), ("rcpt", item, address))
        if len(mail.recipients) > 1:
            self.needs_decision = True  # refused for the first, it must not go to the others
        else:
            self.add_content(item)
        self.push()

    def add_content(self, item: Item) -> None:
        if self.is_chunking:
            content = item.mail.content
            self._add(b"BDAT %d LAST\r\n%b" % (len(content), content), ("end", item, ""))
        else:
            self._add(b"DATA\r\n", ("data", item, ""))

    def add_body(self, item: Item) -> None:
        """After 354: what was asked for, or nothing at all when nobody is left to get it."""
        if item.failed:
            self._add(b".\r\n", ("nothing", item, ""))
        else:
            self._add(dotted(item.mail.content) + b".\r\n", ("end", item, ""))
        self.push()

    def push(self) -> None:
        """Queue the commands: all of them, or one after each answer where the relay wants it so."""
        connection = self.connection
        while self.todo and (self.pipelines or not self.waiting):
            data, about = self.todo.popleft()
            connection.put(data)
            self.waiting.append(about)
            if about[0] == "end":
                about[1].ends_at = connection.queued
        self.deadline = time.monotonic() + connection.relay.timeout

    def _add(self, data: bytes, about: Waiting) -> None:
        self.todo.append((data, about))


class Sending:
    """One call: mails wait, lines carry them, outcomes come out."""

    def __init__(
        self, relay: Relay, compose: Compose, messages: Sequence[Outgoing], connections: int
    ) -> None:
        self.relay, self.compose = relay, compose
        self.messages = deque(messages)
        self.again: deque[Item] = deque()
        self.outcomes: deque[Outcome] = deque()
        self.lines: set[Line] = set()
        self.wanted = max(1, min(connections, -(-len(messages) // WORTH_A_CONNECTION)))
        self.selector = selectors.DefaultSelector()
        self.opened: SimpleQueue[Connection | InputError] = SimpleQueue()
        self.opening = 0
        self.bell, self.bell_rope = socket.socketpair()
        self.bell.setblocking(False)
        self.selector.register(self.bell, selectors.EVENT_READ, None)
        self.openers: ThreadPoolExecutor | None = None
        self.trouble: InputError | None = None
        self.is_over = False

    def run(self) -> Iterator[Outcome]:
        try:
            self._open(self.wanted)
            while self._has_work():
                self._feed()
                yield from self._told()
                if self._has_work():
                    self._turn()
            yield from self._told()
        finally:
            self._end()

    def _has_work(self) -> bool:
        return bool(self.messages or self.again or any(line.items for line in self.lines))

    def _told(self) -> Iterator[Outcome]:
        while self.outcomes:
            yield self.outcomes.popleft()

    # connections

    def _open(self, count: int) -> None:
        """Those that wait from earlier calls, and new ones beside the work; the first is waited for."""
        for _each in range(count):
            if kept := pool.take(self.relay):
                self._join(kept)
            else:
                self._open_one()

    def _open_one(self) -> None:
        self.openers = self.openers or ThreadPoolExecutor(self.wanted, thread_name_prefix="relay")
        self.opening += 1
        self.openers.submit(self._open_aside)

    def _open_aside(self) -> None:
        found: Connection | InputError
        try:
            found = Connection(self.relay)
        except InputError as error:
            found = error
        except Exception as error:  # whatever it is, the call must not wait for ever
            found = InputError("%(why)s", why=f"{type(error).__name__}: {error}")
        if self.is_over and isinstance(found, Connection):
            found.close()
            return
        self.opened.put(found)
        with suppress(OSError):
            self.bell_rope.send(b".")

    def _join(self, connection: Connection) -> None:
        line = Line(connection)
        self.lines.add(line)
        self.selector.register(connection, selectors.EVENT_READ, line)

    def _take_opened(self) -> None:
        while True:
            try:
                found = self.opened.get_nowait()
            except Empty:
                return
            self.opening -= 1
            if isinstance(found, Connection):
                self.trouble = None
                self._join(found)
            else:
                self.trouble = found

    def _leave(self, line: Line) -> None:
        self.lines.discard(line)
        with suppress(KeyError, ValueError):
            self.selector.unregister(line.connection)
        line.connection.close()

    # work

    def _feed(self) -> None:
        """Give every line as much as it can take; where no line is left and none comes, give up."""
        for line in list(self.lines):
            while line.can_take and (item := self._next()):
                if self._fits(line, item):
                    line.start(item)
            self._flush(line)
        if self.lines or self.opening or not (self.messages or self.again):
            return
        if self.trouble:
            self._give_up(self.trouble)
        else:
            self._open_one()

    def _next(self) -> Item | None:
        if self.again:
            return self.again.popleft()
        while self.messages:
            message = self.messages.popleft()
            try:
                return Item(self.compose(message), message)
            except InputError as error:
                self._refuse(message, error)
            except ValueError as error:  # half a letter, which no encoding takes
                self._refuse(message, InputError(refusals.UNWRITABLE, why=str(error)[:100]))
        return None

    def _refuse(self, message: Outgoing, error: InputError) -> None:
        self.outcomes.append(
            Outcome(
                key=message.key, state="refused", code="unwritable", words=error.text, values=error.values
            )
        )

    def _fits(self, line: Line, item: Item) -> bool:
        connection = line.connection
        if item.mail.needs_utf8 and not connection.has("SMTPUTF8"):
            self._tell(item, "refused", code="no-smtputf8", words=refusals.NO_UTF8)
            return False
        if connection.limit and len(item.mail.content) > connection.limit:
            self._tell(
                item,
                "refused",
                code="too-large",
                words=refusals.TOO_LARGE,
                values={"limit": connection.limit},
            )
            return False
        return True

    def _turn(self) -> None:
        """Wait until something can be read or written, or a line has been silent for too long."""
        now = time.monotonic()
        soonest = min((line.deadline for line in self.lines if line.waiting), default=now + 1.0)
        for chosen, events in self.selector.select(max(0.0, soonest - now)):
            line = chosen.data
            if line is None:
                self._ring()
                continue
            if events & selectors.EVENT_WRITE:
                self._flush(line)
            if events & selectors.EVENT_READ and line in self.lines:
                self._hear(line)
        now = time.monotonic()
        for line in [line for line in self.lines if line.waiting and line.deadline <= now]:
            self._lost(line, "timeout")

    def _ring(self) -> None:
        with suppress(OSError):
            self.bell.recv(1000)
        self._take_opened()

    def _flush(self, line: Line) -> None:
        if line not in self.lines:
            return
        try:
            line.connection.flush()
        except OSError as error:
            line.connection.is_lost = True
            self._hear(line, why(error))
            return
        more = selectors.EVENT_WRITE if line.connection.has_more_to_write else 0
        wanted = selectors.EVENT_READ | more
        if self.selector.get_key(line.connection).events != wanted:
            self.selector.modify(line.connection, wanted, line)

    def _hear(self, line: Line, reason: str = "") -> None:
        for reply in self._replies(line):
            if reply.code == 421:
                line.is_closing, line.said = True, reply
                line.deadline = time.monotonic() + LAST_WORDS
                if line.waiting:
                    self._understand(line, line.waiting.popleft(), reply)
            elif line.waiting:
                line.deadline = time.monotonic() + self.relay.timeout
                self._understand(line, line.waiting.popleft(), reply)
            else:
                line.connection.is_lost = True  # an answer to nothing: it cannot be relied on
            line.push() if line.todo else None
        if line.connection.is_lost:
            self._lost(line, reason or "closed by the other side")
        elif line.is_closing and not line.items:
            self._leave(line)

    def _replies(self, line: Line) -> list[Reply]:
        if line.connection.fileno() < 0:
            return []
        was_lost, line.connection.is_lost = line.connection.is_lost, False
        found = line.connection.replies()
        line.connection.is_lost |= was_lost
        return found

    def _understand(self, line: Line, about: Waiting, reply: Reply) -> None:
        HEARD[about[0]](self, line, about[1], about[2], reply)

    def _mail(self, line: Line, item: Item, _address: str, reply: Reply) -> None:
        if not reply.is_good:
            item.failed = reply

    def _recipient(self, line: Line, item: Item, address: str, reply: Reply) -> None:
        if not reply.is_good:
            item.refused[address] = reply
            if address == item.mail.recipients[0]:
                item.failed = item.failed or reply
        if line.needs_decision and address == item.mail.recipients[-1]:
            self._decide(line, item)

    def _decide(self, line: Line, item: Item) -> None:
        line.needs_decision = False
        if item.failed:
            line.connection.needs_reset = True
            self._finish(line, item, item.failed)
        else:
            line.add_content(item)
            line.push()

    def _data(self, line: Line, item: Item, _address: str, reply: Reply) -> None:
        if reply.code == 354:
            line.add_body(item)
            return
        line.connection.needs_reset = True
        self._finish(line, item, item.failed or reply)

    def _nothing(self, line: Line, item: Item, _address: str, reply: Reply) -> None:
        line.connection.needs_reset = True
        self._finish(line, item, item.failed or reply)

    def _ended(self, line: Line, item: Item, _address: str, reply: Reply) -> None:
        self._finish(line, item, reply if reply.is_good else item.failed or reply)

    def _reset(self, line: Line, item: Item, _address: str, reply: Reply) -> None:
        """A relay that cannot even forget is told good-bye once nothing is on its way."""

    def _finish(self, line: Line, item: Item, reply: Reply) -> None:
        if item in line.items:
            line.items.remove(item)
        if reply.code == 421 and not item.ends_at:
            return self._once_more(item, refusals.answer_of(reply), reply)
        if not reply.is_good:
            item.is_done = True
            self.outcomes.append(refusals.outcome_of(item.mail.key, item.mail.message_id, reply))
            return None
        partly = (
            {"words": refusals.PARTLY, "values": {"addresses": ", ".join(item.refused)}}
            if item.refused
            else {}
        )
        self._tell(item, "accepted", code=reply.full_code, **partly)
        return None

    def _tell(self, item: Item, state: Any, **more: Any) -> None:
        item.is_done = True
        self.outcomes.append(
            Outcome(key=item.mail.key, state=state, external_id=item.mail.message_id, **more)
        )

    def _lost(self, line: Line, reason: str) -> None:
        """What had left wholly is uncertain, unless the relay had said that it takes no more; the rest
        goes again.
        """
        items, written = list(line.items), line.connection.written
        self._leave(line)
        for item in items:
            if item.ends_at and item.ends_at <= written and not (line.said and reason != "timeout"):
                self._tell(item, "uncertain", code="lost", words=refusals.LOST)
            else:
                self._once_more(item, reason, line.said)

    def _once_more(self, item: Item, reason: str, reply: Reply | None = None) -> None:
        item.tries += 1
        if item.tries < MOST_TRIES:
            self.again.append(item)
        elif reply:
            self.outcomes.append(refusals.outcome_of(item.mail.key, item.mail.message_id, reply))
        else:
            self._tell(
                item,
                "later",
                code="lost",
                words=refusals.NEVER_HANDED,
                values={"answer": reason},
                wait=TROUBLE_WAIT,
            )

    def _give_up(self, error: InputError) -> None:
        """No connection is to be had: everything that waits waits longer."""
        reply = getattr(error, "reply", None)
        wait = SIGN_IN_WAIT if reply and 530 <= reply.code <= 538 else TROUBLE_WAIT
        code = reply.full_code if reply else "unreachable"
        waiting = [item.message for item in self.again] + list(self.messages)
        self.again.clear()
        self.messages.clear()
        for message in waiting:
            self.outcomes.append(
                Outcome(
                    key=message.key,
                    state="later",
                    code=code,
                    words=error.text,
                    values=error.values,
                    wait=wait,
                )
            )

    def _end(self) -> None:
        """Lines that owe nothing are kept for the next call."""
        self.is_over = True
        for line in list(self.lines):
            self.lines.discard(line)
            self.selector.unregister(line.connection)
            owes = line.items or line.waiting or line.is_closing or line.connection.is_lost
            line.connection.close() if owes else pool.give_back(line.connection)
        if self.openers:
            self.openers.shutdown(wait=False, cancel_futures=True)
        while not self.opened.empty():
            found = self.opened.get_nowait()
            if isinstance(found, Connection):
                pool.give_back(found)
        self.selector.close()
        self.bell.close()
        self.bell_rope.close()


HEARD: dict[str, Callable[[Sending, Line, Item, str, Reply], None]] = {
    "rset": Sending._reset,
    "mail": Sending._mail,
    "rcpt": Sending._recipient,
    "data": Sending._data,
    "nothing": Sending._nothing,
    "end": Sending._ended,
}


def send_all(
    relay: Relay, compose: Compose, messages: Sequence[Outgoing], *, connections: int
) -> Iterator[Outcome]:
    """One outcome for each message, in the order in which they become known."""
    if messages:
        yield from Sending(relay, compose, messages, connections).run()


def dotted(content: bytes) -> bytes:
    """`content` ending in a line end, with a dot before every dot that begins a line (RFC 5321, 4.5.2)."""
    if b"\n." in content:
        content = content.replace(b"\r\n.", b"\r\n..")
    if content.startswith(b"."):
        content = b"." + content
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _mail_command(connection: Connection, mail: Composed) -> bytes:
    extra = f" SIZE={len(mail.content)}" if connection.has("SIZE") else ""
    if mail.needs_utf8:
        extra += " SMTPUTF8"
    if not mail.content.isascii() and connection.has("8BITMIME"):
        extra += " BODY=8BITMIME"
    return f"MAIL FROM:<{mail.sender}>{extra}\r\n".encode()


def _room(connection: Connection) -> int:
    return min(MOST_ON_THE_WAY, 2 + int(connection.round_trip / PER_MAIL))


__all__ = ["RelayError", "dotted", "send_all"]
