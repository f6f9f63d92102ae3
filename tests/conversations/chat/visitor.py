"""A visitor's browser as the server sees it."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from relasi.channels.chat import widget
from relasi.channels.models import Account
from relasi.conversations import writing
from relasi.conversations.models import ChatVisitor, Conversation, Message
from relasi.conversations.models.chat import hashed
from relasi.kit.jobs.worker import Worker

SHOP = "https://toko.example"
ids = itertools.count(1)


@dataclass
class Visitor:
    account: Account
    origin: str = SHOP
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    after: int = 0

    def ask(self, what: str, head: Any = None, file: bytes = b"", **about: str) -> Any:
        """The answer to a POST of the script; `head` an object, or the bytes of one."""
        line = head if isinstance(head, bytes) else json.dumps(head or {}).encode()
        body = self.token.encode() + b"\n" + line + (b"\n" + file if file else b"")
        headers = {"Origin": self.origin} if self.origin else {}
        url = f"/chat/{widget.key_of(self.account)}/{what}/"
        return Client().post(url, body, content_type="text/plain", headers=headers, **about)  # type: ignore[arg-type]

    def say(self, text: str, content: bytes = b"", **more: Any) -> Any:
        """Send a message; every one has an id of its own unless one is given."""
        head = {"id": f"message-{next(ids):06}", "text": text, "consent": True, "language": "en", **more}
        return self.ask("send", {name: one for name, one in head.items() if one is not None}, content)

    def hear(self, **more: Any) -> list[dict[str, Any]]:
        """The lines that are new."""
        answer = self.ask("poll", {"after": self.after, "language": "en", **more})
        if answer.status_code == 204:
            return []
        lines: list[dict[str, Any]] = answer.json()["lines"]
        self.after = max([self.after, *(line["n"] for line in lines)])
        return lines

    @property
    def row(self) -> ChatVisitor:
        return ChatVisitor.objects.get(token_hash=hashed(self.token), account=self.account)

    @property
    def talk(self) -> Conversation:
        return Conversation.objects.filter(account=self.account, address=self.row.code).latest("id")


def chat(**settings: Any) -> Account:
    made: Account = Account.create(
        by=None, name="Chat", channel="chat", provider="chat_widget",
        settings={"origins": [SHOP], "days": [], "asked": ["name", "email", "phone"], **settings},
    )  # fmt: skip
    return made


def answer(talk: Conversation, text: str, by: Any) -> Message:
    message = writing.write(talk, by=by, text=text)
    Worker().run_until_empty()
    message.refresh_from_db()
    return message
