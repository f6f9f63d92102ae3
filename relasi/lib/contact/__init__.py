"""May this message go to this customer now? `may_send()` is the one door every sender goes through."""

from relasi.lib.contact.answer import Answer, Check
from relasi.lib.contact.asking import may_send
from relasi.lib.contact.defaults import DEFAULT_RULES, SOURCES, Source
from relasi.lib.contact.facts import Asked, Channel, Consent, Purpose, Sent, Suppression
from relasi.lib.contact.rules import Cap, Rules, Window

__all__ = [
    "DEFAULT_RULES",
    "SOURCES",
    "Answer",
    "Asked",
    "Cap",
    "Channel",
    "Check",
    "Consent",
    "Purpose",
    "Rules",
    "Sent",
    "Source",
    "Suppression",
    "Window",
    "may_send",
]
