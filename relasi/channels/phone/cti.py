"""Any telephone system that tells of its calls over HTTP as Zammad's generic CTI integration asks it:
newCall, answer and hangup, as a form or as JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from relasi.channels import raw, receiving
from relasi.channels.hooks import hook_path, kept
from relasi.channels.interface import CallNews, CallState, Finding, Health
from relasi.channels.models import Account, Intake
from relasi.channels.phone.numbers import customer_number
from relasi.channels.picking import cleaned, parsed
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

STATES: dict[str, CallState] = {"newcall": "ringing", "answer": "answered", "hangup": "ended"}
LONGEST_BODY = 64 * 1024
QUIET = timedelta(days=3)


def is_from_pbx(account: Account, request: HttpRequest) -> bool:
    """The secret is the address itself, as these systems send nothing else."""
    return True


def answer(account: Account, request: HttpRequest) -> HttpResponse:
    """Keep it and understand it at once, so that a ringing call waits for no worker to be on the screen."""
    intake = kept(account, request, title="CTI")
    if intake.state == Intake.State.NEW:
        receiving.understand(intake.pk)
    return JsonResponse({})


def read(account: Account, intake: Intake) -> list[CallNews]:
    """Raises InputError for what is no news of a call."""
    given = fields_of(raw.current(intake), str(intake.meta.get("content-type", "")))
    state = STATES.get(_one(given, "event").lower())
    call = _one(given, "callId") or _one(given, "call_id") or _one(given, "callid")
    if state is None:
        raise InputError(_("“%(event)s” is none of newCall, answer and hangup."), event=_one(given, "event"))
    if not call:
        raise InputError(_("The call has no callId."))
    return list(_steps(account, given, state, call, intake))


def _steps(
    account: Account, given: Mapping[str, list[str]], state: CallState, call: str, intake: Intake
) -> list[CallNews]:
    is_inbound = _one(given, "direction").lower() != "out"
    number = _one(given, "from" if is_inbound else "to")
    own = _one(given, "to" if is_inbound else "from")
    answering = _one(given, "answeringNumber")
    extensions = [answering] if answering else [*given.get("user", ()), own] if state == "ringing" else [own]
    return [
        CallNews(
            external_id=call[:200], state=state, is_inbound=is_inbound, at=intake.at,
            number=customer_number(number, account.settings, is_dialled=not is_inbound),
            extension=extension[:40], name="" , cause=_one(given, "cause")[:60],
        )
        for extension in dict.fromkeys(extensions)
    ]  # fmt: skip


def fields_of(content: bytes, content_type: str = "") -> dict[str, list[str]]:
    """What was sent, by name; `user[]` is `user`. Raises InputError."""
    if len(content) > LONGEST_BODY:
        raise InputError(_("This is too long for news of a call."))
    if content.lstrip()[:1] == b"{":
        return {name.removesuffix("[]"): _texts(value) for name, value in parsed(content).items()}
    found: dict[str, list[str]] = {}
    for name, value in _pairs(content, content_type):
        found.setdefault(str(cleaned(name)).removesuffix("[]"), []).append(str(cleaned(value)))
    return found


def _pairs(content: bytes, content_type: str) -> list[tuple[str, str]]:
    """The fields of a form, in either way of sending one."""
    if not content_type.lower().startswith("multipart/form-data"):
        return parse_qsl(content.decode("utf-8", "replace"), max_num_fields=200)
    head = f"Content-Type: {' '.join(content_type.split())}\r\n\r\n".encode()
    parts = message_from_bytes(head + content).walk()
    named = [(part.get_param("name", header="content-disposition"), part) for part in parts]
    return [(str(name), _text_of(part)) for name, part in named[:200] if name]


def _text_of(part: Message) -> str:
    body = part.get_payload(decode=True)
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else ""


def check(account: Account) -> Health:
    return Health((_called(account),))


def _called(account: Account) -> Finding:
    if not hook_path(account):
        return Finding(
            state="broken",
            what=_("Address"),
            words=_("This channel has no address to be called at yet."),
            todo=_("Make a new address on the page of the channel; enter it in the telephone system."),
        )
    last = account.received_at
    if last is None:
        return Finding(
            state="unknown",
            what=_("Last event"),
            words=_("No event has come yet."),
            todo=_(
                "Enter the address of this channel in the telephone system, then call a telephone of yours."
            ),
        )
    quiet = timezone.now() - last > QUIET
    todo = _("If there were calls since, see that the telephone system can reach this server.")
    return Finding(
        state="warning" if quiet else "good",
        what=_("Last event"),
        words=_("The last event came at %(when)s."),
        values={"when": timezone.localtime(last).strftime("%Y-%m-%d %H:%M")},
        todo=todo if quiet else "",
    )


def _one(given: Mapping[str, list[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "").strip()


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if isinstance(one, str | int)]
