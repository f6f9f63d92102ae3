"""A server on loopback that stands in for the other side: answers by its protocol, remembers what came."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {
            name: values[0] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()
        }


@dataclass
class Answer:
    """`cut`: the connection is broken off instead; `slow`: seconds until it comes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: float = 0


def said(data: Any, status: int = 200, **more: Any) -> Answer:
    return Answer(status, json.dumps(data).encode(), {"Content-Type": "application/json"}, **more)


@dataclass
class Peer:
    """`respond` answers everything that nothing was laid ready for; `next_answers` go first, one each."""

    respond: Callable[[Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    next_answers: list[Answer] = field(default_factory=list)

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    def posts(self, ending: str) -> list[Asked]:
        return [one for one in self.asked if one.method == "POST" and one.path.endswith(ending)]


@contextmanager
def peer(respond: Callable[[Asked], Answer]) -> Iterator[Peer]:
    standing = Peer(respond)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            query = {
                name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            }
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, parts.path, query, dict(self.headers.items()), body)
            standing.asked.append(asked)
            answer = standing.next_answers.pop(0) if standing.next_answers else standing.respond(asked)
            time.sleep(answer.slow)
            if answer.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            try:
                self.wfile.write(answer.body)
            except OSError:  # who asked has gone
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = handle_any

        def log_message(self, *_args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    standing.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield standing
    finally:
        server.shutdown()
        server.server_close()


def nobody_listens() -> str:
    """An address at which no one is."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
