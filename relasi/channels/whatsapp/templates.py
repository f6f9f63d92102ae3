"""Message templates: listed, made and deleted at Meta (“Message templates”), as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from relasi.channels.graph import call
from relasi.channels.models import Account
from relasi.channels.picking import cleaned, record, records, text
from relasi.channels.web import Web, web_for
from relasi.channels.whatsapp.words import WORDS
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

FIELDS = "id,name,language,category,status,components,rejected_reason,quality_score,parameter_format"
PAGE, MOST_PAGES = 100, 60
PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
NAME = re.compile(r"[a-z0-9_]{1,512}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message approved beforehand. `status` is Meta's word (APPROVED, PENDING, REJECTED, PAUSED…), as is
    `category` (MARKETING, UTILITY, AUTHENTICATION); `components` as Meta writes them.
    """

    id: str
    name: str
    language: str
    category: str
    status: str
    components: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    quality: str = ""
    has_named_places: bool = False

    @property
    def may_be_sent(self) -> bool:
        return self.status == "APPROVED" and not self.has_named_places

    @property
    def body(self) -> str:
        return text(self._part("BODY"), "text")

    @property
    def header(self) -> str:
        """The words of its heading; "" where the heading is a file."""
        return text(self._part("HEADER"), "text")

    @property
    def header_format(self) -> str:
        """TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, or "" without a heading."""
        return text(self._part("HEADER"), "format")

    @property
    def footer(self) -> str:
        return text(self._part("FOOTER"), "text")

    @property
    def buttons(self) -> tuple[dict[str, Any], ...]:
        return tuple(records(self._part("BUTTONS"), "buttons"))

    @property
    def places(self) -> int:
        """How many values its text asks for."""
        return len(set(PLACE.findall(self.body)))

    def filled(self, values: Sequence[str]) -> str:
        """The text as the customer reads it; places without a value stay."""
        by_place = {str(at): value for at, value in enumerate(values, 1)}
        return PLACE.sub(lambda match: by_place.get(match[1], match[0]), self.body)

    def _part(self, kind: str) -> dict[str, Any]:
        return next((one for one in self.components if text(one, "type").upper() == kind), {})


def fetch_templates(account: Account) -> list[Template]:
    """All templates of the WhatsApp account. Raises InputError (GraphError, NotSent, Unsure)."""
    with web_for(account) as web:
        return list(_all(web, account))


def create_template(
    account: Account, *, name: str, language: str, category: str, components: Sequence[dict[str, Any]]
) -> Template:
    """Hand a template in for approval. Raises InputError."""
    if not NAME.fullmatch(name):
        raise InputError(_("A template's name has small letters, digits and underscores only."))
    body = {"name": name, "language": language, "category": category, "components": list(components)}
    with web_for(account) as web:
        found = call(web, account, "POST", _path(account), words=WORDS, json=body)
    return Template(
        id=text(found, "id"), name=name, language=language, category=text(found, "category") or category,
        status=text(found, "status") or "PENDING", components=tuple(components),
    )  # fmt: skip


def delete_template(account: Account, *, name: str, id: str = "") -> None:
    """Delete a template: the one of `id`, else those of the name in every language. Raises InputError."""
    params = {"name": name, **({"hsm_id": id} if id else {})}
    with web_for(account) as web:
        call(web, account, "DELETE", _path(account), words=WORDS, params=params)


def _all(web: Web, account: Account) -> Iterator[Template]:
    params = {"fields": FIELDS, "limit": str(PAGE)}
    for _page in range(MOST_PAGES):
        found = call(web, account, "GET", _path(account), words=WORDS, params=params)
        for one in records(found, "data"):
            yield _template(cleaned(one))
        after = text(found, "paging", "cursors", "after")
        if not after or not text(found, "paging", "next"):
            return
        params = {**params, "after": after}


def _template(data: dict[str, Any]) -> Template:
    return Template(
        id=text(data, "id"), name=text(data, "name"), language=text(data, "language"),
        category=text(data, "category"), status=text(data, "status"),
        components=tuple(records(data, "components")),
        reason=text(data, "rejected_reason").replace("NONE", ""),
        quality=text(record(data, "quality_score"), "score"),
        has_named_places=text(data, "parameter_format").upper() == "NAMED",
    )  # fmt: skip


def _path(account: Account) -> str:
    if not (business := account.settings.get("business_id", "")):
        raise InputError(_("Enter the id of the WhatsApp Business account in the settings first."))
    return f"{business}/message_templates"
