"""The words senders use: what a message is for, how it travels, and what may stand against it."""

from __future__ import annotations

from typing import Literal

Purpose = Literal["service", "marketing", "collection", "legal"]
Channel = Literal["email", "whatsapp", "sms", "phone", "chat", "messenger", "instagram"]
ConsentState = Literal["given", "withdrawn", "unknown", "not_needed"]
Suppression = Literal["hard_bounce", "complaint", "do_not_call", "deceased"]

PURPOSES: tuple[Purpose, ...] = ("service", "marketing", "collection", "legal")
CHANNELS: tuple[Channel, ...] = ("email", "whatsapp", "sms", "phone", "chat", "messenger", "instagram")
