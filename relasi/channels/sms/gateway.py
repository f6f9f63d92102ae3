"""Any gateway that takes an SMS by an HTTP request: what it is asked, and what its calls mean, is filled
in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from relasi.channels import looking, raw
from relasi.channels.hooks import Hook, kept
from relasi.channels.interface import (
    Finding,
    Health,
    Incoming,
    News,
    Outcome,
    Outgoing,
    Progress,
    ProgressState,
)
from relasi.channels.models import Account, Intake
from relasi.channels.picking import cleaned
from relasi.channels.sms.asking import (
    at_path,
    by_status,
    fields_of,
    number,
    refused,
    sender_of,
    text_at,
)
from relasi.channels.web import Reply, Web, WebError, outcome_of, web_for
from relasi.lib.phones import normalise
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

PLACE = re.compile(r"\{(to|to_digits|to_local|text|from|key|secret)\}")
LONGEST_MATCHED = 20_000  # characters of an answer that the pattern is tried on
DELIVERED = "delivered,delivrd,success,sent_to_handset"
FAILED = "failed,undelivered,undeliv,rejected,rejectd,expired,error,deleted"


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    with web_for(account) as web:
        for message in messages:
            yield _sent(web, account, message)


def _sent(web: Web, account: Account, message: Outgoing) -> Outcome:
    try:
        request = _request(account, message)
    except InputError as error:
        return refused(message.key, error)
    try:
        reply = web.ask(**request)
    except WebError as error:
        return outcome_of(error, message.key)
    return _outcome(account, message.key, reply)


def _request(account: Account, message: Outgoing) -> dict[str, Any]:
    """Method, address, headers and body with everything in its place. Raises InputError."""
    settings, values = account.settings, _values(account, message)
    url = PLACE.sub(lambda match: quote(values[match[1]], safe=""), str(settings.get("url", "")))
    request: dict[str, Any] = {
        "method": str(settings.get("method") or "POST"), "url": url, "headers": _headers(account, values),
    }  # fmt: skip
    if request["method"] == "GET":
        return request
    body = str(settings.get("body", ""))
    if settings.get("format") == "form":
        return request | {"data": {name: filled(value, values) for name, value in pairs(body, "=")}}
    try:
        return request | {"json": _filled_inside(json.loads(body), values)}
    except (ValueError, RecursionError) as error:
        raise InputError(_("The body in the settings is no JSON.")) from error


def _values(account: Account, message: Outgoing) -> dict[str, str]:
    """Raises PhoneError."""
    to = normalise(message.to)
    return {
        "to": to.e164, "to_digits": to.e164.removeprefix("+"), "to_local": re.sub(r"\D", "", to.local),
        "text": message.text, "from": sender_of(account, message), "key": message.key,
        "secret": str(account.secrets.get("secret", "")),
    }  # fmt: skip


def filled(template: str, values: Mapping[str, str]) -> str:
    return PLACE.sub(lambda match: values[match[1]], template)


def _filled_inside(data: Any, values: Mapping[str, str]) -> Any:
    """Texts inside JSON are filled after it was read, so that no text can break out of its place."""
    if isinstance(data, str):
        return filled(data, values)
    if isinstance(data, list):
        return [_filled_inside(one, values) for one in data]
    if isinstance(data, dict):
        return {name: _filled_inside(one, values) for name, one in data.items()}
    return data


def _headers(account: Account, values: Mapping[str, str]) -> dict[str, str]:
    lines = pairs(str(account.settings.get("headers", "")), ":")
    return {name: " ".join(filled(value, values).split()) for name, value in lines}


def pairs(lines: str, between: str) -> list[tuple[str, str]]:
    """`name=value` or `Name: value`, one a line."""
    split = (line.partition(between) for line in lines.splitlines() if line.strip())
    return [(name.strip(), value.strip()) for name, _between, value in split]


def _outcome(account: Account, key: str, reply: Reply) -> Outcome:
    if not reply.is_good:
        return by_status(key, reply)
    pattern, shown = str(account.settings.get("success", "")), reply.text[:LONGEST_MATCHED]
    match = re.search(pattern, shown) if pattern else None
    if pattern and not match:
        return Outcome(
            key=key, state="refused", code=str(reply.status), words=_("The gateway refused it: %(answer)s"),
            values={"answer": " ".join(shown.split())[:200]},
        )  # fmt: skip
    named = match.groupdict().get("id") if match else ""
    external_id = text_at(reply.json, str(account.settings.get("id_path", ""))) or named or key
    return Outcome(key=key, state="accepted", external_id=external_id)


def read(account: Account, intake: Intake) -> Iterator[News]:
    for at, fields in enumerate(_calls(account, intake)):
        if news := _news(account, fields, f"{intake.pk}:{at}"):
            yield news


def _calls(account: Account, intake: Intake) -> list[Any]:
    """Each report or message of a call, which may bring several. Raises InputError."""
    content = raw.current(intake)
    if content.lstrip()[:1] == b"[":
        try:
            found = cleaned(json.loads(content))
        except (ValueError, RecursionError) as error:
            raise InputError(_("This is no JSON that can be read.")) from error
        return [one for one in found if isinstance(one, dict)]
    fields = fields_of(intake)
    several = at_path(fields, str(account.settings.get("list_path", "")))
    return [one for one in several if isinstance(one, dict)] if isinstance(several, list) else [fields]


def _news(account: Account, fields: Any, name: str) -> News | None:
    def said(setting: str) -> str:
        return text_at(fields, str(account.settings.get(setting, "")))

    if (sender := said("incoming_from")) and account.settings.get("incoming_text"):
        return Incoming(
            external_id=said("incoming_id") or name, sender=number(sender), text=said("incoming_text"),
            to=tuple(filter(None, (number(said("incoming_to")),))),
        )  # fmt: skip
    state = _state(account, said("report_status"))
    if state and (external_id := said("report_id")):
        words = _("The gateway reports: %(status)s") if state == "failed" else ""
        values = {"status": said("report_status")} if state == "failed" else {}
        return Progress(
            external_id=external_id, state=state, recipient=number(said("report_to")),
            code=said("report_error"), words=words, values=values,
        )  # fmt: skip
    return None


def _state(account: Account, status: str) -> ProgressState | None:
    if not status:
        return None
    told: tuple[tuple[str, str, ProgressState], ...] = (
        ("report_delivered", DELIVERED, "delivered"), ("report_failed", FAILED, "failed"),
    )  # fmt: skip
    for setting, usual, state in told:
        words = str(account.settings.get(setting) or usual).lower().split(",")
        if status.strip().lower() in [word.strip() for word in words]:
            return state
    return "sent"


def check(account: Account) -> Health:
    """What can be known without sending: a gateway has no question that costs nothing."""
    findings = looking.missing(account, url=_("Address of the gateway"))
    try:
        _request(account, Outgoing(key="check", to="+628123456789", text="…"))
    except InputError as error:
        findings.append(Finding(state="broken", what=_("Body"), words=error.text, values=error.values))
    if account.sent_at:
        findings.append(Finding(state="good", what=_("Sending"), words=_("Messages were handed over.")))
    elif not findings:
        findings.append(Finding(
            state="unknown", what=_("Sending"), words=_("Nothing was sent yet."),
            todo=_("Send a message to your own number."),
        ))  # fmt: skip
    expects = account.settings.get("report_id") or account.settings.get("incoming_from")
    return Health((*findings, *(looking.receiving(account, timezone.now()) if expects else ())))


def _answer(account: Account, request: HttpRequest) -> HttpResponse:
    """Without an id in them, two messages alike are two messages."""
    has_ids = account.settings.get("incoming_id") or not account.settings.get("incoming_from")
    kept(account, request, once=bool(has_ids))
    return HttpResponse("ok", content_type="text/plain")


GATEWAY_HOOK = Hook(verify=lambda account, request: True, answer=_answer, methods=("GET", "POST"))
