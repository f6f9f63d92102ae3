"""Who knows the person: a small OAuth 2.0 server with PKCE on loopback, as Google and Microsoft speak it."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass
class Identity:
    """Set `lasts` (seconds of a token), `is_revoked`, `is_down`; `asked` are the forms that came in."""

    client: str = "relasi-client"
    secret: str = "relasi-secret"
    lasts: int = 3600
    is_revoked: bool = False
    is_down: bool = False
    port: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refreshing: set[str] = field(default_factory=set)
    valid: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked.append(form)
        if self.is_down:
            return 503, {}
        if (form.get("client_id"), form.get("client_secret")) != (self.client, self.secret):
            return 401, {"error": "invalid_client"}
        if form["grant_type"] == "refresh_token":
            if self.is_revoked or form["refresh_token"] not in self.refreshing:
                return 400, {"error": "invalid_grant"}
            return 200, self.fresh() | {"refresh_token": ""}
        asked = self.codes.pop(form.get("code", ""), None)
        proof = (
            urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
            .rstrip(b"=")
            .decode()
        )
        if not asked or asked["code_challenge"] != proof or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        lasting = secrets.token_hex(8)
        self.refreshing.add(lasting)
        return 200, self.fresh() | {"refresh_token": lasting}

    def fresh(self) -> dict[str, Any]:
        token = secrets.token_hex(8)
        self.valid.add(token)
        return {"access_token": token, "expires_in": self.lasts, "token_type": "Bearer"}

    def authorize(self, asked: dict[str, str]) -> str:
        """The address to which a person who agrees is sent back."""
        code = secrets.token_hex(8)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"


@contextmanager
def running() -> Iterator[Identity]:
    identity = Identity()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = dict(parse_qsl(parts.query))
            if parts.path == "/introspect":
                token = asked.get("token", "")
                return self.say(200 if token in identity.valid else 401, {"email": "sari@sahabat.example"})
            self.send_response(302)
            self.send_header("Location", identity.authorize(asked))
            self.end_headers()
            return None

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            self.say(*identity.token(dict(parse_qsl(self.rfile.read(length).decode()))))

        def say(self, status: int, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_what: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    identity.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield identity
    server.shutdown()
    server.server_close()
