"""Live chat: a small script in the company's web pages, and pages of our own that it talks to."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from relasi.channels.chat import checking, widget
from relasi.channels.chat.forms import ChatForm
from relasi.channels.chat.reading import read, send
from relasi.channels.interface import Provider, register
from relasi.kit.access.rights import may
from relasi.kit.resources import Panel, extend

WIDGET = register(
    Provider(
        name="chat_widget",
        channel="chat",
        label=_("Live chat on your web site"),
        icon="message-circle",
        settings=ChatForm,
        send=send,
        read=read,
        check=checking.check,
        help=_(
            "1. Name the sites that may show the chat, and save.\n"
            "2. Copy the line that is shown then into the pages of your site, just before </body>.\n"
            "3. Where the site has a Content-Security-Policy, allow the address of Relasi in script-src and "
            "connect-src.\n"
            "4. Open a page of your site and write a message; it stands in the inbox."
        ),
    )
)


def in_your_site(account: Any, user: Any) -> dict[str, Any] | None:
    """The line for the company's site, and where it was seen."""
    if account.provider != WIDGET.name or not may(user, "change", account):
        return None
    pages = sorted(account.cursor.get("pages", {}).items(), key=lambda one: one[1], reverse=True)
    return {
        "snippet": widget.snippet(account),
        "preview": reverse("chat_preview", args=[account.pk]),
        "pages": [(page, widget.seen_at(at)) for page, at in pages],
    }


extend(
    "channels",
    panel=Panel(
        name="chat",
        label=_("In your site"),
        template="channels/panel_chat.html",
        context=in_your_site,
        order=4,
    ),
)
