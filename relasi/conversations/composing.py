"""From rows of the ledger to what a channel carries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from relasi.channels.interface import Approved, Outgoing
from relasi.channels.models import Account
from relasi.conversations import unsubscribing, writing
from relasi.conversations.models import Delivery, Message, Variant
from relasi.conversations.wording import facts_of, rendered
from relasi.lib.wording import InputError

BEFORE = 10  # so many earlier messages are named as references


class Composer:
    """Makes the messages of one account; what its templates need is looked up once."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._variants: dict[tuple[int, str], Variant | None] = {}

    def compose(self, rows: Iterable[Delivery]) -> dict[int, Outgoing]:
        """The message of each row, by the row's number; a row whose template fails is marked failed."""
        made: dict[int, Outgoing] = {}
        for row in rows:
            try:
                made[row.pk] = self._of_message(row, row.message) if row.message else self._of_mailing(row)
            except InputError as error:
                _fail(row, _(error.text) % error.values)
        return made

    def _of_message(self, row: Delivery, message: Message) -> Outgoing:
        said = message.conversation.messages.exclude(external_id="").exclude(pk=message.pk)
        before = list(said.order_by("-at", "-id").values_list("external_id", "direction")[:BEFORE])
        last_in = next((one for one, direction in before if direction == Message.Direction.IN), "")
        approved = message.extra.get("approved")
        return Outgoing(
            key=row.key,
            to=row.address,
            to_name=message.conversation.who if "@" not in message.conversation.who else "",
            sender=self.account.address,
            sender_name=message.sender_name or str(self.account),
            reply_to=self._reply_to(message),
            cc=tuple(message.cc),
            subject=message.subject,
            text=message.text,
            html=message.html,
            files=writing.files_of(message),
            headers=self._headers(row, is_automatic=bool(message.automatic)),
            approved=Approved(
                name=approved["name"], language=approved["language"], values=tuple(approved["values"])
            )
            if approved
            else None,
            answers=last_in or next((one for one, _direction in before), ""),
            references=tuple(one for one, _direction in reversed(before)),
            thread=message.conversation.thread,
        )

    def _of_mailing(self, row: Delivery) -> Outgoing:
        """Raises InputError for a template that does not work for this customer."""
        language = row.language or (row.party.language if row.party else "id")
        variant = self._variant(row, language)
        if variant is None:
            raise InputError(_("The template has no wording."))
        links = unsubscribing.links(row) if row.purpose == "marketing" else {}
        facts = facts_of(row.party, language=variant.language, links=links, more=row.values)
        said = rendered(variant, facts)
        return Outgoing(
            key=row.key,
            to=row.address,
            to_name=row.party.name if row.party else "",
            sender=self.account.address,
            sender_name=str(self.account.settings.get("sender_name") or self.account),
            subject=said.subject,
            text=said.text,
            html=said.html,
            headers=self._headers(row, is_automatic=True),
            approved=_approved(variant, facts),
        )

    def _variant(self, row: Delivery, language: str) -> Variant | None:
        assert row.mailing is not None
        place = (row.mailing.template_id, language)
        if place not in self._variants:
            self._variants[place] = row.mailing.template.variant(language)
        return self._variants[place]

    def _headers(self, row: Delivery, *, is_automatic: bool) -> tuple[tuple[str, str], ...]:
        if self.account.channel != "email":
            return ()
        own: list[tuple[str, str]] = [("Auto-Submitted", "auto-generated")] if is_automatic else []
        if row.purpose == "marketing":
            own += [*unsubscribing.headers(row), ("Precedence", "bulk")]
        return tuple(own)

    def _reply_to(self, message: Message) -> str:
        """Our own address with the talk's code behind a plus, where the mailbox takes such addresses."""
        local, at, host = self.account.address.partition("@")
        code = message.conversation.code
        return f"{local}+{code}@{host}" if at and code and self.account.settings.get("plus_addresses") else ""


def _approved(variant: Variant, facts: dict[str, Any]) -> Approved | None:
    from relasi.lib.templating import fill

    if not variant.approved_name:
        return None
    values = tuple(fill(place, facts) for place in variant.places)
    return Approved(
        name=variant.approved_name, language=variant.approved_language or variant.language, values=values
    )


def _fail(row: Delivery, reason: str) -> None:
    from relasi.kit.events.writing import emit

    with transaction.atomic():
        row.state, row.reason = Delivery.State.FAILED, reason[:300]
        row.save(update_fields=["state", "reason"])
        emit("failed", row, by=None, party_id=row.party_id, note=reason[:200])
