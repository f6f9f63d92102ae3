"""SMS by Twilio: its REST API, its signed calls (Twilio, “Messages resource”, “Validating requests”)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from relasi.channels import looking
from relasi.channels.graph import Meaning
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
from relasi.channels.picking import text
from relasi.channels.sms.asking import by_status, fields_of, meant, number, public_hook, refused, sender_of
from relasi.channels.web import Reply, Web, WebError, outcome_of, web_for
from relasi.lib.phones import normalise
from relasi.lib.secrets import equal
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

BASE = "https://api.twilio.com"
LONGEST = 1600
TOO_FAST = Meaning("later", _("Twilio asks to send slower; it is tried again."), timedelta(minutes=1))
NO_MOBILE = Meaning("refused", _("This number takes no SMS."), bounce="hard")
NO_NUMBER = Meaning("refused", _("There is no such number."), bounce="hard")
FILTERED = Meaning(
    "refused",
    _("The network held it back as unwanted. Change its words, or register the sender."),
    bounce="policy",
)
WORDS: dict[int, Meaning] = {
    20003: Meaning(
        "later",
        _("Twilio does not accept the account or its token. Check both in the settings."),
        timedelta(minutes=15),
    ),
    20429: TOO_FAST,
    14107: TOO_FAST,
    21211: NO_NUMBER,
    21214: NO_NUMBER,
    21408: Meaning("refused", _("Sending to this country is switched off at Twilio (Geo permissions).")),
    21606: Meaning("refused", _("The sender is not a number of this Twilio account that can send SMS.")),
    21610: Meaning(
        "refused",
        _("The customer has answered STOP; Twilio sends no more to this number."),
        bounce="complaint",
    ),
    21612: Meaning("refused", _("The sender cannot reach this number. Use another sender.")),
    21614: NO_MOBILE,
    21617: Meaning("refused", _("The text is too long for an SMS.")),
    30001: TOO_FAST,
    30002: Meaning("refused", _("The Twilio account is suspended. See the Twilio console.")),
    30003: Meaning("refused", _("The telephone was switched off or out of reach."), bounce="soft"),
    30004: Meaning("refused", _("The number does not want messages from this sender."), bounce="policy"),
    30005: NO_NUMBER,
    30006: NO_MOBILE,
    30007: FILTERED,
    30008: Meaning("refused", _("The network did not deliver it, without a reason."), bounce="soft"),
    30034: FILTERED,
}
OTHER = Meaning("refused", _("Twilio refused it: %(details)s (%(code)s)."))
STATES: dict[str, ProgressState] = {
    "sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed",
}  # fmt: skip


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    with web_for(account) as web:
        for message in messages:
            yield _sent(web, account, message)


def _sent(web: Web, account: Account, message: Outgoing) -> Outcome:
    try:
        data = _data(account, message)
    except InputError as error:
        return refused(message.key, error)
    try:
        reply = web.ask("POST", _address(account, "/Messages.json"), data=data, auth=_auth(account))
    except WebError as error:
        return outcome_of(error, message.key)
    return _outcome(message.key, reply)


def _data(account: Account, message: Outgoing) -> dict[str, str]:
    if not message.text.strip():
        raise InputError(_("There is nothing in the message."))
    if len(message.text) > LONGEST:
        raise InputError(_("The text is longer than %(most)s signs."), most=LONGEST)
    data = {"To": normalise(message.to).e164, "Body": message.text}
    sender = sender_of(account, message)
    data["MessagingServiceSid" if sender.startswith("MG") and len(sender) == 34 else "From"] = sender
    if hook := public_hook(account):
        data["StatusCallback"] = hook
    return data


def _outcome(key: str, reply: Reply) -> Outcome:
    found = reply.json
    if reply.is_good:
        if external_id := text(found, "sid"):
            return Outcome(key=key, state="accepted", external_id=external_id, code=text(found, "status"))
        return Outcome(key=key, state="uncertain", code="id", words=_("The gateway took it but gave no id."))
    code = text(found, "code")
    if not code:
        return by_status(key, reply)
    meaning = WORDS.get(int(code), OTHER) if code.isdecimal() and len(code) < 9 else OTHER
    return meant(key, meaning, code, details=text(found, "message").strip().rstrip("."))


def read(account: Account, intake: Intake) -> Iterator[News]:
    fields = fields_of(intake)
    external_id = text(fields, "MessageSid") or text(fields, "SmsSid")
    if not external_id:
        raise InputError(_("This is no call of Twilio's about a message."))
    if "Body" in fields:
        media = [text(fields, f"MediaUrl{at}") for at in range(_count(fields))]
        yield Incoming(
            external_id=external_id, sender=number(text(fields, "From")), to=(number(text(fields, "To")),),
            text=text(fields, "Body"),
            extra={"missing_files": [{"url": url} for url in media if url]} if media else {},
        )  # fmt: skip
    elif state := STATES.get(text(fields, "MessageStatus") or text(fields, "SmsStatus")):
        yield _progress(fields, external_id, state)


def _progress(fields: dict[str, Any], external_id: str, state: ProgressState) -> Progress:
    code = text(fields, "ErrorCode")
    if state != "failed":
        return Progress(external_id=external_id, state=state, recipient=number(text(fields, "To")))
    meaning = WORDS.get(int(code), OTHER) if code.isdecimal() and len(code) < 9 else OTHER
    return Progress(
        external_id=external_id, state=state, recipient=number(text(fields, "To")), code=code,
        words=meaning.words, values={"code": code, "details": text(fields, "ErrorMessage") or "–"},
        bounce=meaning.bounce,
    )  # fmt: skip


def _count(fields: Mapping[str, Any]) -> int:
    amount = text(fields, "NumMedia")
    return min(int(amount), 10) if amount.isdecimal() and len(amount) < 4 else 0


def signed(token: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the address and every field by name, in base64."""
    whole = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.new(token.encode(), whole.encode(), hashlib.sha1).digest()).decode()


def _verify(account: Account, request: HttpRequest) -> bool:
    token = str(account.secrets.get("auth_token", ""))
    fields = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    given = request.headers.get("X-Twilio-Signature", "")
    return bool(token) and any(
        equal(given, signed(token, url, fields)) for url in _addresses(account, request)
    )


def _addresses(account: Account, request: HttpRequest) -> list[str]:
    """Twilio signs the address as it knows it: with the port of the scheme or without."""
    query = request.META.get("QUERY_STRING", "")
    url = public_hook(account) + (f"?{query}" if query else "")
    parts = urlsplit(url)
    if parts.port:
        return [url, url.replace(f":{parts.port}", "", 1)]
    return [url, url.replace(parts.netloc, f"{parts.netloc}:{443 if parts.scheme == 'https' else 80}", 1)]


def _answer(account: Account, request: HttpRequest) -> HttpResponse:
    kept(account, request)
    return HttpResponse("<Response/>", content_type="text/xml")


TWILIO_HOOK = Hook(verify=_verify, answer=_answer)


def check(account: Account) -> Health:
    findings = looking.missing(
        account, account_sid=_("Account SID"), auth_token=_("Auth token"), sender=_("Sender")
    )
    if account.settings.get("account_sid") and account.secrets.get("auth_token"):
        findings.append(_account(account))
    return Health((*findings, *looking.receiving(account, timezone.now())))


def _account(account: Account) -> Finding:
    what = _("Account")
    try:
        with web_for(account) as web:
            reply = web.ask("GET", _address(account, ".json"), auth=_auth(account), whole=20)
    except WebError as error:
        return Finding(state="unknown", what=what, words=error.text, values=error.values)
    if not reply.is_good:
        return Finding(state="broken", what=what, words=WORDS[20003].words)
    if (status := text(reply.json, "status")) not in ("active", ""):
        return Finding(
            state="broken", what=what, words=_("Twilio calls its state %(status)s."),
            values={"status": status}, todo=_("See the Twilio console."),
        )  # fmt: skip
    return Finding(state="good", what=what, words=_("Twilio accepts it."))


def _address(account: Account, end: str) -> str:
    base = str(account.settings.get("base_url") or BASE).rstrip("/")
    return f"{base}/2010-04-01/Accounts/{account.settings.get('account_sid', '')}{end}"


def _auth(account: Account) -> tuple[str, str]:
    return str(account.settings.get("account_sid", "")), str(account.secrets.get("auth_token", ""))
