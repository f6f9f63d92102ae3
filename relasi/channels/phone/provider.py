"""Telephones: Asterisk by its manager interface, any system that calls an address, and plain links."""

from django.utils.translation import gettext_lazy as _

from relasi.channels.hooks import Hook, register_hook
from relasi.channels.interface import Provider, register
from relasi.channels.phone import asterisk, cti, links
from relasi.channels.phone.forms import AsteriskForm, LinkForm, WebhookForm

ASTERISK = register(
    Provider(
        name="asterisk_ami",
        channel="phone",
        label=_("Asterisk"),
        icon="phone",
        settings=AsteriskForm,
        secrets=("secret",),
        check=asterisk.check,
        read=asterisk.read,
        listen=asterisk.listen,
        link=links.link,
        help=_(
            "1. In manager.conf of Asterisk (FreePBX: Settings, Asterisk Manager Users) set "
            "“enabled = yes” and “timestampevents = yes”.\n"
            "2. Add a user with a long secret, “read = call,cdr,dialplan”, "
            "“write = originate,call,reporting” and “permit” for this server.\n"
            "3. Enter it here, save and press Check.\n"
            "4. Each colleague says under Settings, My telephone which extension is theirs."
        ),
    )
)
WEBHOOK = register(
    Provider(
        name="cti_webhook",
        channel="phone",
        label=_("Telephone system that calls an address"),
        icon="webhook",
        settings=WebhookForm,
        check=cti.check,
        read=cti.read,
        link=links.link,
        help=_(
            "For systems that know the generic CTI integration of Zammad (3CX, Placetel, sipgate and others "
            "by a script): enter the address of this channel there. They call it with newCall, answer and "
            "hangup."
        ),
    )
)
LINK = register(
    Provider(
        name="phone_link",
        channel="phone",
        label=_("No telephone system"),
        icon="phone-call",
        settings=LinkForm,
        check=links.check,
        link=links.link,
        help=_("A click on a number opens the program for calls on the device."),
    )
)
register_hook(WEBHOOK.name, Hook(verify=cti.is_from_pbx, answer=cti.answer, most=cti.LONGEST_BODY))
