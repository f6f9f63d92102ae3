"""SMS: any HTTP gateway, Twilio, Vonage, and without any by the person's own telephone."""

from django.utils.translation import gettext_lazy as _

from relasi.channels.hooks import register_hook
from relasi.channels.interface import Provider, register
from relasi.channels.sms import gateway, linking, smpp, twilio, vonage
from relasi.channels.sms.forms import GatewayForm, LinkForm, SmppForm, TwilioForm, VonageForm

GATEWAY = register(
    Provider(
        name="sms_http",
        channel="sms",
        label=_("SMS by any HTTP gateway"),
        icon="message-2",
        settings=GatewayForm,
        secrets=("secret",),
        send=gateway.send,
        read=gateway.read,
        check=gateway.check,
        link=linking.link,
        pace=10,
        help=_(
            "For every gateway that takes an SMS by an HTTP request. Copy the example of its manual "
            "into address, "
            "headers and body, and put {to} and {text} where number and text belong. To hear what "
            "became of a "
            "message and what customers answer, give the gateway the address of this channel and name "
            "the fields "
            "it sends."
        ),
    )
)
TWILIO = register(
    Provider(
        name="sms_twilio",
        channel="sms",
        label=_("SMS by Twilio"),
        icon="message-2",
        settings=TwilioForm,
        secrets=("auth_token",),
        send=twilio.send,
        read=twilio.read,
        check=twilio.check,
        link=linking.link,
        pace=10,
        help=_(
            "1. In the Twilio console copy Account SID and Auth token.\n"
            "2. Enter one of your numbers or the SID of a messaging service as sender.\n"
            "3. At the number, under “A message comes in”, enter the address of this channel (POST)."
        ),
    )
)
VONAGE = register(
    Provider(
        name="sms_vonage",
        channel="sms",
        label=_("SMS by Vonage"),
        icon="message-2",
        settings=VonageForm,
        secrets=("api_secret", "signature_secret"),
        send=vonage.send,
        read=vonage.read,
        check=vonage.check,
        link=linking.link,
        pace=10,
        help=_(
            "1. In the Vonage dashboard copy API key and secret.\n"
            "2. Under API settings enter the address of this channel for incoming messages and for "
            "delivery "
            "receipts.\n"
            "3. Where Vonage signs its calls, enter the signature secret and its method."
        ),
    )
)
SMPP = register(
    Provider(
        name="sms_smpp",
        channel="sms",
        label=_("SMS by SMPP"),
        icon="message-2",
        settings=SmppForm,
        secrets=("password",),
        send=smpp.send,
        read=smpp.read,
        listen=smpp.listen,
        check=smpp.check,
        link=linking.link,
        pace=10,
        help=_(
            "For a line of your own to a telephone company: server, port, name and password stand in its "
            "letter. "
            "Relasi logs in once to send and once to receive; ask the company to allow both."
        ),
    )
)
LINK = register(
    Provider(
        name="sms_link",
        channel="sms",
        label=_("SMS by your own telephone"),
        icon="message-2",
        settings=LinkForm,
        check=linking.check,
        link=linking.link,
        help=_(
            "Without a gateway: your telephone opens with customer and text ready. You press send "
            "there; here the "
            "message is noted on the customer."
        ),
    )
)
register_hook(GATEWAY.name, gateway.GATEWAY_HOOK)
register_hook(TWILIO.name, twilio.TWILIO_HOOK)
register_hook(VONAGE.name, vonage.VONAGE_HOOK)
