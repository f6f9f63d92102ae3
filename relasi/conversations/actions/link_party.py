"""Whose a conversation is: a customer there is, a new one, or nobody's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relasi.conversations.models import Conversation, Message
from relasi.kit.access.rights import may
from relasi.kit.records.models import Tag, Tagging
from relasi.kit.resources.writing import set_tags
from relasi.parties.models import ContactPoint, Party, Person

NOT_A_CUSTOMER = gettext_lazy("Not a customer")
KIND_OF = {"email": "email", "whatsapp": "phone", "sms": "phone", "phone": "phone"}
"""Which of a party's facts the address of a channel is."""


@transaction.atomic
def link_party(*, conversation: Conversation, party: Party, by: Any) -> None:
    """Say that it is this customer's; the address is kept among the contacts, when `by` may change them."""
    conversation.change(by=by, verb="linked", party=party)
    Message._default_manager.filter(conversation=conversation).update(party=party)
    kind = KIND_OF.get(conversation.channel)
    if kind and conversation.address and may(by, "change", party):
        _keep_address(party, kind, conversation.address, by=by)


@transaction.atomic
def make_party(*, conversation: Conversation, name: str, by: Any) -> Party:
    """A new person of that name and address, whose the conversation is. Raises ValidationError."""
    name = " ".join(name.split())[:200] or conversation.address_name
    if not name:
        raise ValidationError(_("A customer needs a name."))
    kind = KIND_OF.get(conversation.channel)
    facts = {kind: conversation.address} if kind else {}
    made: Party = Person.create(
        by=by,
        kind=Party.Kind.PERSON,
        name=name,
        owner=conversation.owner or by,
        source=conversation.channel,
        **facts,
    )
    link_party(conversation=conversation, party=made, by=by)
    return made


def mark_nobody(*, conversation: Conversation, by: Any) -> None:
    """A label, so that nobody is asked again who it is."""
    here = Tagging._default_manager.filter(noun="conversation", record_id=conversation.pk)
    names = list(Tag._default_manager.filter(taggings__in=here).values_list("name", flat=True))
    set_tags(conversation, [*names, str(NOT_A_CUSTOMER)], by=by)


def _keep_address(party: Party, kind: str, value: str, *, by: Any) -> None:
    if ContactPoint._default_manager.filter(party=party, kind=kind, value=value).exists():
        return
    try:
        with transaction.atomic():
            ContactPoint.create(by=by, party=party, kind=kind, value=value)
    except ValidationError:
        pass  # an address the channel knows and we cannot read stays on the conversation alone
