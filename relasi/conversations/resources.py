"""The nouns of conversations as lists, records, API and search; and the inbox in the menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from relasi.conversations import api, inbox, resources_calls, resources_contact
from relasi.conversations.models import (
    Conversation,
    Delivery,
    Mailing,
    Message,
    Signature,
    Template,
    Variant,
)
from relasi.conversations.snoozing import SnoozeForm
from relasi.kit.resources import (
    Chart,
    Filter,
    Group,
    Panel,
    Related,
    Resource,
    Search,
    Verb,
    cells,
    extend,
    register,
)
from relasi.kit.ui.menu import MenuItem
from relasi.kit.ui.menu import register as register_menu

__all__ = ["api", "resources_calls", "resources_contact"]

SECTION = _("Settings")


def _is_open(talk: Any) -> bool:
    return bool(talk.is_open)


def _is_not_open(talk: Any) -> bool:
    return not talk.is_open


def _is_not_spam(talk: Any) -> bool:
    return bool(talk.status != Conversation.Status.SPAM)


def _is_not_closed(talk: Any) -> bool:
    return talk.status not in (Conversation.Status.CLOSED, Conversation.Status.SPAM)


def _waits(operator: str, values: list[Any], user: Any) -> Q:
    waits = Q(waiting_since__isnull=False)
    wanted = (operator in ("is", "=")) == (str(values[0]).lower() in ("yes", "true", "1") if values else True)
    return waits if wanted else ~waits


def _subtitle(talk: Any) -> str:
    parts = (
        str(talk.get_channel_display()),
        talk.address_name or talk.address,
        str(talk.get_status_display()),
    )
    return " · ".join(part for part in parts if part)


def _thread(talk: Any, user: Any) -> Mapping[str, Any] | None:
    return {"talk": talk}


conversations = register(
    Resource(
        name="conversations",
        model=Conversation,
        label=_("Conversations"),
        label_one=_("Conversation"),
        icon="messages",
        title="subject",
        columns=("subject", "party", "channel", "status", "owner", "last_at", "waiting_since"),
        more=(
            "account",
            "team",
            "address",
            "address_name",
            "preview",
            "messages_count",
            "first_answer_at",
            "closed_at",
            "snoozed_until",
            "last_in_at",
            "last_out_at",
            "created_at",
        ),
        filters=(Filter(name="waits", label=_("Waits for an answer"), query=_waits),),
        inline=("owner", "team"),
        groups=(
            Group(
                label=_("Conversation"), fields=("subject", "party", "channel", "account", "status", "tags")
            ),
            Group(label=_("Who looks after it"), fields=("owner", "team", "snoozed_until")),
            Group(
                label=_("Times"),
                fields=("last_at", "waiting_since", "first_answer_at", "closed_at", "messages_count"),
                folded=True,
            ),
        ),
        sort=("-last_at",),
        preload=("party", "owner"),
        search=Search(
            fields=("subject", "address_name", "address"),
            more=lambda talk: str(talk.preview),
            subtitle=_subtitle,
        ),
        chart=Chart(by="channel"),
        verbs=(
            Verb(name="take", label=_("Assign to me"), icon="user-check", bulk=True),
            Verb(name="assign", label=_("Assign"), icon="users", fields=("owner",), bulk=True),
            Verb(name="snooze", label=_("Snooze"), icon="clock-pause", form=SnoozeForm, when=_is_not_closed),
            Verb(
                name="close",
                label=_("Close"),
                icon="circle-check",
                bulk=True,
                when=_is_not_closed,
                primary=True,
            ),
            Verb(name="reopen", label=_("Open again"), icon="rotate", bulk=True, when=_is_not_open),
            Verb(name="mark_spam", label=_("Spam"), icon="ban", bulk=True, when=_is_not_spam),
        ),
        panels=(
            Panel(
                name="thread",
                label=_("Messages"),
                template="conversations/panel_thread.html",
                context=_thread,
                order=1,
                wide=True,
            ),
        ),
        can_create=False,
        can_delete=False,
        subtitle=_subtitle,
    )
)
cells.tones(
    conversations.noun, "status", {"open": "blue", "snoozed": "amber", "closed": "green", "spam": "grey"}
)

messages = register(
    Resource(
        name="messages",
        model=Message,
        label=_("Messages"),
        label_one=_("Message"),
        icon="message",
        title="subject",
        columns=("subject", "party", "channel", "direction", "state", "author", "at"),
        more=("conversation", "sender", "sender_name", "text", "automatic", "problem"),
        groups=(
            Group(
                label=_("Message"), fields=("conversation", "party", "channel", "direction", "state", "at")
            ),
            Group(label=_("From and to"), fields=("author", "sender", "sender_name", "subject")),
            Group(label=_("Text"), fields=("text", "quoted", "problem"), folded=True),
        ),
        sort=("-at",),
        preload=("party", "author"),
        chart=Chart(by="channel"),
        can_create=False,
        can_delete=False,
    )
)
cells.tones(
    messages.noun,
    "state",
    {
        "sent": "blue",
        "delivered": "green",
        "read": "green",
        "failed": "red",
        "uncertain": "amber",
        "stopped": "red",
    },
)

deliveries = register(
    Resource(
        name="deliveries",
        model=Delivery,
        label=_("Deliveries"),
        label_one=_("Delivery"),
        icon="send",
        section=SECTION,
        order=82,
        title="address",
        columns=("address", "party", "channel", "purpose", "state", "reason", "due_at", "sent_at"),
        more=("mailing", "account", "by", "tries", "code", "bounce", "delivered_at", "read_at"),
        groups=(
            Group(
                label=_("Delivery"),
                fields=("address", "party", "channel", "account", "purpose", "by", "mailing"),
            ),
            Group(
                label=_("What became of it"),
                fields=(
                    "state",
                    "reason",
                    "code",
                    "bounce",
                    "tries",
                    "due_at",
                    "sent_at",
                    "delivered_at",
                    "read_at",
                ),
            ),
        ),
        sort=("-id",),
        preload=("party", "account", "by"),
        chart=Chart(by="state"),
        panels=(
            Panel(
                name="why",
                label=_("May it be sent?"),
                template="conversations/panel_why.html",
                context=lambda delivery, user: {"answer": delivery.answer} if delivery.answer else None,
            ),
        ),
        can_create=False,
        can_delete=False,
    )
)
cells.tones(
    deliveries.noun,
    "state",
    {
        "waiting": "grey",
        "sending": "blue",
        "sent": "blue",
        "delivered": "green",
        "read": "green",
        "failed": "red",
        "uncertain": "amber",
        "stopped": "red",
        "cancelled": "grey",
    },
)

mailings = register(
    Resource(
        name="mailings",
        model=Mailing,
        label=_("Mailings"),
        label_one=_("Mailing"),
        icon="speakerphone",
        columns=("name", "template", "account", "purpose", "status", "send_at", "owner"),
        sort=("-id",),
        preload=("template", "account", "owner"),
        panels=(Related(resource="deliveries", via="mailing", columns=("address", "state", "reason")),),
        can_create=False,
        can_delete=False,
    )
)

ARCHIVE = Verb(
    name="archive", label=_("Archive"), icon="archive", bulk=True, when=lambda one: not one.is_archived
)
UNARCHIVE = Verb(name="unarchive", label=_("Bring back"), icon="archive", when=lambda one: one.is_archived)


def _wordings(template: Any, user: Any) -> Mapping[str, Any] | None:
    return {"template": template, "variants": list(template.variants.select_related("account"))}


templates = register(
    Resource(
        name="message-templates",
        model=Template,
        label=_("Texts and templates"),
        label_one=_("Template"),
        icon="file-text",
        section=SECTION,
        order=80,
        columns=("name", "use", "channel", "purpose", "shortcut", "team", "owner"),
        inline=("name", "shortcut", "team"),
        groups=(
            Group(label=_("Template"), fields=("name", "use", "channel", "purpose", "shortcut")),
            Group(label=_("Who uses it"), fields=("team", "owner")),
        ),
        create_fields=("name", "use", "channel", "purpose", "shortcut", "team", "owner"),
        sort=("name",),
        preload=("team", "owner"),
        search=Search(fields=("name", "shortcut")),
        panels=(
            Panel(
                name="wordings",
                label=_("What it says"),
                template="conversations/panel_wordings.html",
                context=_wordings,
                order=1,
                wide=True,
            ),
        ),
        verbs=(ARCHIVE, UNARCHIVE),
    )
)
cells.tones(templates.noun, "use", {"message": "blue", "reply": "violet"})

wordings = register(
    Resource(
        name="wordings",
        model=Variant,
        label=_("Wordings"),
        label_one=_("Wording"),
        icon="language",
        title="subject",
        columns=("template", "language", "subject", "text", "approval"),
        more=("account", "approved_name", "category"),
        inline=("subject", "text"),
        groups=(
            Group(label=_("Wording"), fields=("template", "language", "subject", "text")),
            Group(label=_("Designed e-mail"), fields=("mjml",), folded=True),
            Group(
                label=_("WhatsApp"),
                fields=("account", "approved_name", "approved_language", "approval", "category"),
                folded=True,
            ),
        ),
        create_fields=(
            "template",
            "language",
            "subject",
            "text",
            "mjml",
            "account",
            "approved_name",
            "approved_language",
        ),
        sort=("template", "language"),
        preload=("template", "account"),
    )
)
cells.tones(
    wordings.noun, "approval", {"pending": "amber", "approved": "green", "rejected": "red", "paused": "amber"}
)

signatures = register(
    Resource(
        name="signatures",
        model=Signature,
        label=_("Signatures"),
        label_one=_("Signature"),
        icon="signature",
        section=SECTION,
        order=81,
        title="text",
        columns=("language", "text", "owner"),
        inline=("text",),
        groups=(Group(label=_("Signature"), fields=("language", "text", "owner")),),
        create_fields=("language", "text", "owner"),
        sort=("language",),
        preload=("owner",),
    )
)

for _noun in ("people", "companies", "households"):
    extend(
        _noun,
        panel=Related(
            resource="conversations",
            via="party",
            columns=("channel", "status", "last_at"),
            sort="-last_at",
            order=25,
        ),
    )

register_menu(
    MenuItem(
        section="",
        label=_("Inbox"),
        icon="inbox",
        url_name="inbox",
        order=2,
        key="i",
        phone=True,
        visible=lambda user: bool(user.rights.scope("conversation", "view")),
        count=inbox.for_me,
    )
)
