"""A mail server that takes everything and forgets all but the ids: its own process, quick, with faults to
order.

`python -m tests.channels.email.sink --accepted FILE [--delay MS] [--no-chunking] [--no-pipelining] …`
prints its port. Each accepted Message-ID is one line, appended by one write before 250 is answered. The
delay is that of a long line: every answer arrives so much later, and nothing else waits for it. A recipient
whose name begins with `refuse-`, `later-`, `grey-` or `full-` is refused so. `--drop-after N` closes the
connection N times in all, each after it has taken a mail and before it has answered; `--drop-before N`
before it has taken it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ID = re.compile(rb"^Message-ID:[ \t\r\n]*<([^>]+)>", re.I | re.M)
REFUSALS = {
    "refuse-": b"550 5.1.1 No such user here",
    "later-": b"451 4.3.0 Try again later",
    "grey-": b"450 4.2.0 Greylisted, see http://greylist.example",
    "full-": b"552 5.2.2 Mailbox full",
}


@dataclass
class Faults:
    delay: float
    chunking: bool
    pipelining: bool
    drop_after: int
    drop_before: int
    close_at: int
    accepted: int


class Session(asyncio.Protocol):
    def __init__(self, faults: Faults, loop: asyncio.AbstractEventLoop) -> None:
        self.faults, self.loop = faults, loop
        self.buffer = bytearray()
        self.in_data = False
        self.missing = -1
        self.recipients: list[bytes] = []
        self.has_sender = False
        self.answers: deque[tuple[float, bytes]] = deque()
        self.mails = 0
        self.is_shut = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.answer(b"220 sink.example ESMTP")
        self.flush()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.is_shut and self.step():
            pass
        self.flush()

    def step(self) -> bool:
        if self.missing >= 0:
            if len(self.buffer) < self.missing:
                return False
            content = bytes(self.buffer[: self.missing])
            del self.buffer[: self.missing]
            self.missing = -1
            self.take(content)
            return True
        if self.in_data:
            end = 0 if self.buffer.startswith(b".\r\n") else self.buffer.find(b"\r\n.\r\n")
            if end < 0:
                return False
            content = bytes(self.buffer[: end + 2]) if end else b""
            del self.buffer[: end + 5 if end else 3]
            self.in_data = False
            self.take(content.replace(b"\r\n..", b"\r\n."))
            return True
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self.buffer[:end])
        del self.buffer[: end + 2]
        self.command(line)
        return True

    def command(self, line: bytes) -> None:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self.answer(b"503 5.5.1 Nested MAIL" if self.has_sender else b"250 2.1.0 Ok")
            self.has_sender = True
        elif verb == b"RCPT":
            self.recipient(line)
        elif verb == b"DATA":
            self.in_data = bool(self.recipients)
            self.answer(b"354 Go on" if self.recipients else b"554 5.5.1 No valid recipients")
        elif verb == b"BDAT":
            self.missing = int(line.split()[1])
        elif verb == b"RSET":
            self.reset()
            self.answer(b"250 2.0.0 Ok")
        elif verb in (b"EHLO", b"HELO"):
            self.hello()
        elif verb == b"QUIT":
            self.answer(b"221 2.0.0 Bye")
            self.flush()
            self.transport.close()
        else:
            self.answer(b"502 5.5.2 Unknown command")

    def hello(self) -> None:
        self.reset()
        lines = [b"sink.example", b"8BITMIME", b"SMTPUTF8", b"SIZE 50000000", b"ENHANCEDSTATUSCODES"]
        lines += [b"PIPELINING"] * self.faults.pipelining + [b"CHUNKING"] * self.faults.chunking
        for line in lines[:-1]:
            self.answer(b"250-" + line)
        self.answer(b"250 " + lines[-1])

    def recipient(self, line: bytes) -> None:
        address = line.partition(b"<")[2].partition(b">")[0].decode()
        refusal = next((words for start, words in REFUSALS.items() if address.startswith(start)), b"")
        if not refusal:
            self.recipients.append(address.encode())
        self.answer(refusal or b"250 2.1.5 Ok")

    def take(self, content: bytes) -> None:
        if not self.recipients:
            self.answer(b"554 5.5.1 No valid recipients")
            return
        if self.faults.drop_before > 0:
            self.faults.drop_before -= 1
            self.shut()
            return
        found = ID.search(content)
        os.write(self.faults.accepted, (found[1] if found else b"?") + b"\n")
        self.mails += 1
        self.reset()
        if self.faults.drop_after > 0:
            self.faults.drop_after -= 1
            self.shut()
            return
        self.answer(b"250 2.0.0 Taken")
        if self.faults.close_at and self.mails >= self.faults.close_at:
            self.answer(b"421 4.7.0 Too many mails on this connection")
            self.flush()
            self.is_shut = True
            self.loop.call_later(self.faults.delay + 0.05, self.transport.close)

    def reset(self) -> None:
        self.recipients, self.has_sender = [], False

    def shut(self) -> None:
        self.is_shut = True
        self.flush()
        self.transport.abort()

    def answer(self, line: bytes) -> None:
        self.answers.append((0.0, line + b"\r\n"))

    def flush(self) -> None:
        if not self.answers or self.transport.is_closing():
            return
        data = b"".join(line for _at, line in self.answers)
        self.answers.clear()
        if self.faults.delay:
            self.loop.call_later(self.faults.delay, self.transport.write, data)
        else:
            self.transport.write(data)


async def serve(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    faults = Faults(
        delay=arguments.delay / 1000,
        chunking=not arguments.no_chunking,
        pipelining=not arguments.no_pipelining,
        drop_after=arguments.drop_after,
        drop_before=arguments.drop_before,
        close_at=arguments.close_at,
        accepted=os.open(arguments.accepted, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
    )
    server = await loop.create_server(lambda: Session(faults, loop), "127.0.0.1", arguments.port)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@dataclass
class Sink:
    """One that runs. `ids` are what it has accepted, in order, with repetitions."""

    port: int
    process: subprocess.Popen[str]
    accepted: Path

    @property
    def ids(self) -> list[str]:
        return self.accepted.read_text().split() if self.accepted.exists() else []

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def start(accepted: Path, *options: str) -> Sink:
    """Begin to listen; `accepted` is the file of the ids, `options` those of the command line."""
    command = [sys.executable, "-m", "tests.channels.email.sink", "--accepted", str(accepted), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3])
    assert process.stdout
    return Sink(int(process.stdout.readline()), process, accepted)


@contextmanager
def running(accepted: Path, *options: str) -> Iterator[Sink]:
    sink = start(accepted, *options)
    try:
        yield sink
    finally:
        sink.kill()
        assert sink.process.stdout
        sink.process.stdout.close()


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--accepted", required=True)
    reader.add_argument("--port", type=int, default=0)
    reader.add_argument("--delay", type=float, default=0)
    reader.add_argument("--no-chunking", action="store_true")
    reader.add_argument("--no-pipelining", action="store_true")
    reader.add_argument("--drop-after", type=int, default=0)
    reader.add_argument("--drop-before", type=int, default=0)
    reader.add_argument("--close-at", type=int, default=0)
    asyncio.run(serve(reader.parse_args()))


if __name__ == "__main__":
    main()
