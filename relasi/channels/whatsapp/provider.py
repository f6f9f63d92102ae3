"""WhatsApp: the Cloud API of Meta, and without any API by an address that a person opens."""

from django.utils.translation import gettext_lazy as _

from relasi.channels.graph import GRAPH_HOOK
from relasi.channels.hooks import register_hook
from relasi.channels.interface import Provider, register
from relasi.channels.whatsapp import checking, linking
from relasi.channels.whatsapp.forms import CloudForm, LinkForm
from relasi.channels.whatsapp.reading import read
from relasi.channels.whatsapp.sending import send

CLOUD = register(
    Provider(
        name="whatsapp_cloud",
        channel="whatsapp",
        label=_("WhatsApp Cloud API"),
        icon="brand-whatsapp",
        settings=CloudForm,
        secrets=("access_token", "app_secret", "verify_token"),
        send=send,
        read=read,
        check=checking.check,
        link=linking.link,
        pace=60,
        help=_(
            "1. At developers.facebook.com make an app of the kind Business and add WhatsApp to it.\n"
            "2. Add the company's number there and confirm it; note the id of the number and of the "
            "account.\n"
            "3. In Meta's business settings make a system user, give it the app and the WhatsApp account "
            "with "
            "full control, and make a token that never ends.\n"
            "4. Enter all of it here and save; Relasi then shows the address of this channel.\n"
            "5. In the app under WhatsApp, Configuration, enter that address and the verify token, and "
            "subscribe to messages, message_template_status_update, phone_number_quality_update, "
            "account_update and user_preferences.\n"
            "6. Press Check here, and write to the number from a phone."
        ),
    )
)
LINK = register(
    Provider(
        name="whatsapp_link",
        channel="whatsapp",
        label=_("WhatsApp on your own phone"),
        icon="brand-whatsapp",
        settings=LinkForm,
        check=linking.check,
        link=linking.link,
        help=_(
            "For one person without an API: Relasi opens WhatsApp with the customer and the text ready. "
            "You press "
            "send there; here the message is noted on the customer."
        ),
    )
)
register_hook(CLOUD.name, GRAPH_HOOK)
