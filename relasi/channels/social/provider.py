"""Messenger and Instagram, by the pages of the company."""

from django.utils.translation import gettext_lazy as _

from relasi.channels.graph import GRAPH_HOOK
from relasi.channels.hooks import register_hook
from relasi.channels.interface import Provider, register
from relasi.channels.social.checking import check
from relasi.channels.social.forms import InstagramForm, MessengerForm
from relasi.channels.social.reading import read
from relasi.channels.social.sending import send

SECRETS = ("access_token", "app_secret", "verify_token")

MESSENGER = register(
    Provider(
        name="messenger",
        channel="messenger",
        label=_("Messenger"),
        icon="message-circle",
        settings=MessengerForm,
        secrets=SECRETS,
        send=send,
        read=read,
        check=check,
        pace=40,
        help=_(
            "1. At developers.facebook.com make an app of the kind Business and add Messenger to it.\n"
            "2. Join the company's page with the app and make an access token for it.\n"
            "3. Enter all of it here and save; Relasi then shows the address of this channel.\n"
            "4. In the app under Messenger, Settings, enter that address and the verify token, and "
            "subscribe the "
            "page to messages, messaging_postbacks, message_echoes, message_reads, message_deliveries, "
            "message_reactions and message_edits.\n"
            "5. Press Check here, and write to the page from another account."
        ),
    )
)
INSTAGRAM = register(
    Provider(
        name="instagram",
        channel="instagram",
        label=_("Instagram"),
        icon="camera",
        settings=InstagramForm,
        secrets=SECRETS,
        send=send,
        read=read,
        check=check,
        pace=40,
        help=_(
            "1. Make the Instagram account a professional one and join it with the company's page.\n"
            "2. In Instagram under Settings, Messages, allow access to messages by connected tools.\n"
            "3. Go on as for Messenger; in the app choose the product Instagram and subscribe to messages, "
            "messaging_postbacks, messaging_seen and message_reactions."
        ),
    )
)
register_hook(MESSENGER.name, GRAPH_HOOK)
register_hook(INSTAGRAM.name, GRAPH_HOOK)
