"""Live chat: a small script in the company's web pages, and pages of our own that it talks to."""

from django.utils.translation import gettext_lazy as _

from relasi.channels.chat import checking
from relasi.channels.chat.forms import ChatForm
from relasi.channels.chat.reading import read, send
from relasi.channels.interface import Provider, register

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
