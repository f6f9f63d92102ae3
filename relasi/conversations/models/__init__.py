from relasi.conversations.models.call import Extension, PhoneCall, Ring
from relasi.conversations.models.chat import ChatLine, ChatVisitor
from relasi.conversations.models.consent import Consent, ConsentText, Suppression
from relasi.conversations.models.conversation import Conversation, Seen
from relasi.conversations.models.delivery import Delivery, Mailing, Purpose
from relasi.conversations.models.hours import LaidDay, RestDay, SendingCap, SendingHours
from relasi.conversations.models.message import Message
from relasi.conversations.models.signature import Signature
from relasi.conversations.models.template import Template, Variant

__all__ = [
    "ChatLine", "ChatVisitor", "Consent", "ConsentText", "Conversation", "Delivery", "Extension", "LaidDay",
    "Mailing", "Message", "PhoneCall", "Purpose", "RestDay", "Ring", "Seen", "SendingCap", "SendingHours",
    "Signature", "Suppression", "Template", "Variant",
]  # fmt: skip
