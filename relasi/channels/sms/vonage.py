"""SMS by Vonage: its classic SMS API, receipts and messages, signed where agreed (Vonage, “SMS API”)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from relasi.channels import looking
from relasi.channels.graph import Meaning
from relasi.channels.hooks import Hook, content_of
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
from relasi.channels.picking import parsed, records, text
from relasi.channels.sms.asking import (
    by_status,
    fields_of,
    keep_and_thank,
    meant,
    number,
    public_hook,
    refused,
    sender_of,
)
from relasi.channels.sms.parts import alphabet_of
from relasi.channels.web import Reply, Web, WebError, outcome_of, web_for
from relasi.lib.phones import normalise
from relasi.lib.secrets import equal
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

BASE = "https://rest.nexmo.com"
LONGEST = 3200
MINUTE = timedelta(minutes=1)
KEY_WRONG = Meaning(
    "later", _("Vonage does not accept the key or its secret. Check both in the settings."), 15 * MINUTE
)
NO_NUMBER = Meaning("refused", _("There is no such number."), bounce="hard")
OTHER = Meaning("refused", _("Vonage refused it: %(details)s (%(code)s)."))
STATUS: dict[str, Meaning] = {
    "1": Meaning("later", _("Vonage asks to send slower; it is tried again."), MINUTE),
    "4": KEY_WRONG,
    "5": Meaning("later", _("Vonage has a fault at the moment; it is tried again."), 2 * MINUTE),
    "7": Meaning("refused", _("The number does not want messages from this sender."), bounce="policy"),
    "8": Meaning("refused", _("The Vonage account is barred. See the Vonage dashboard.")),
    "9": Meaning("later", _("The credit at Vonage is used up. Top it up; it is tried again."), 60 * MINUTE),
    "10": Meaning("later", _("Vonage asks to send slower; it is tried again."), MINUTE),
    "12": Meaning("refused", _("The text is too long for an SMS.")),
    "14": KEY_WRONG,
    "15": Meaning("refused", _("This sender may not be used. Enter another one in the settings.")),
    "29": Meaning("refused", _("A test account writes only to numbers listed at Vonage. Add this one.")),
    "32": KEY_WRONG,
    "33": NO_NUMBER,
}
ERRORS: dict[str, Meaning] = {
    "1": Meaning("refused", _("The network did not deliver it, without a reason."), bounce="soft"),
    "2": Meaning("refused", _("The telephone was switched off or out of reach."), bounce="soft"),
    "3": NO_NUMBER,
    "4": Meaning("refused", _("The number does not want messages from this sender."), bounce="policy"),
    "6": Meaning(
        "refused", _("The network held it back as unwanted. Change its words, or register the sender."),
        bounce="policy",
    ),
    "9": NO_NUMBER,
}  # fmt: skip
STATES: dict[str, ProgressState] = {
    "accepted": "sent", "buffered": "sent", "delivered": "delivered",
    "expired": "failed", "failed": "failed", "rejected": "failed",
}  # fmt: skip
METHODS = {"md5hash": "", "md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512"}


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
        reply = web.ask("POST", f"{_base(account)}/sms/json", data=data)
    except WebError as error:
        return outcome_of(error, message.key)
    return _outcome(message.key, reply)


def _data(account: Account, message: Outgoing) -> dict[str, str]:
    if not message.text.strip():
        raise InputError(_("There is nothing in the message."))
    if len(message.text) > LONGEST:
        raise InputError(_("The text is longer than %(most)s signs."), most=LONGEST)
    data = {
        **_key(account), "from": sender_of(account, message).removeprefix("+"),
        "to": normalise(message.to).e164.removeprefix("+"), "text": message.text,
        "client-ref": message.key[:100],
    }  # fmt: skip
    if alphabet_of(message.text) == "UCS-2":
        data["type"] = "unicode"
    if hook := public_hook(account):
        data["callback"] = hook
    return data


def _outcome(key: str, reply: Reply) -> Outcome:
    parts = records(reply.json, "messages")
    if not reply.is_good or not parts:
        return by_status(key, reply if not reply.is_good else replace(reply, status=502))
    taken = [text(part, "message-id") for part in parts if text(part, "status") == "0"]
    failed = next((part for part in parts if text(part, "status") != "0"), None)
    if failed is None:
        return Outcome(key=key, state="accepted", external_id=taken[0])
    code = text(failed, "status")
    outcome = meant(key, STATUS.get(code, OTHER), code, details=text(failed, "error-text"))
    if not taken:
        return outcome
    return replace(
        outcome, state="uncertain", external_id=taken[0], wait=None,
        words=_("Only %(taken)s of %(parts)s parts were taken (code %(code)s); the others were not."),
        values={"taken": len(taken), "parts": len(parts), "code": code},
    )  # fmt: skip


def read(account: Account, intake: Intake) -> Iterator[News]:
    fields = fields_of(intake)
    external_id = text(fields, "messageId")
    if not external_id:
        raise InputError(_("This is no call of Vonage's about a message."))
    if "status" not in fields:
        yield Incoming(
            external_id=external_id, sender=number(text(fields, "msisdn")), to=(number(text(fields, "to")),),
            text=text(fields, "text"), extra=_part(fields),
        )  # fmt: skip
    elif state := STATES.get(text(fields, "status")):
        yield _progress(fields, external_id, state)


def _progress(fields: Mapping[str, Any], external_id: str, state: ProgressState) -> Progress:
    code = text(fields, "err-code")
    meaning = ERRORS.get(code, OTHER)
    told = {"code": code, "details": text(fields, "status")} if state == "failed" else {}
    about = {"key": text(fields, "client-ref"), "price": text(fields, "price")}
    return Progress(
        external_id=external_id, state=state, recipient=number(text(fields, "msisdn")),
        code=code if state == "failed" else "", words=meaning.words if state == "failed" else "",
        bounce=meaning.bounce if state == "failed" else "",
        values={**told, **{name: value for name, value in about.items() if value}},
    )  # fmt: skip


def _part(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Which part of a long message it is; each comes by itself."""
    if text(fields, "concat").lower() not in ("true", "1") and fields.get("concat") is not True:
        return {}
    names = {"of": "concat-ref", "part": "concat-part", "parts": "concat-total"}
    return {"part": {name: text(fields, field) for name, field in names.items()}}


def signed(secret: str, method: str, fields: Mapping[str, Any]) -> str:
    """`sig` (Vonage, “Signing messages”): over the fields by name, with & and = in them as _."""
    values = {name: str(value).replace("&", "_").replace("=", "_") for name, value in fields.items()}
    whole = "".join(f"&{name}={values[name]}" for name in sorted(values) if name != "sig")
    if name := METHODS.get(method, ""):
        return hmac.new(secret.encode(), whole.encode(), name).hexdigest()
    return hashlib.md5((whole + secret).encode(), usedforsecurity=False).hexdigest()


def _verify(account: Account, request: HttpRequest) -> bool:
    """The secret in the path is asked of everybody; the signature, where one was agreed."""
    secret = str(account.secrets.get("signature_secret", ""))
    if not secret:
        return True
    fields = _fields(request)
    method = str(account.settings.get("signature_method", "md5hash"))
    return equal(text(fields, "sig").lower(), signed(secret, method, fields))


def _fields(request: HttpRequest) -> dict[str, Any]:
    if content_of(request).lstrip()[:1] == b"{":
        try:
            return parsed(content_of(request))
        except InputError:
            return {}
    return {str(name): str(value) for name, value in (request.POST or request.GET).items()}


VONAGE_HOOK = Hook(verify=_verify, answer=keep_and_thank, methods=("GET", "POST"))


def check(account: Account) -> Health:
    findings = looking.missing(account, api_key=_("API key"), api_secret=_("API secret"), sender=_("Sender"))
    if account.settings.get("api_key") and account.secrets.get("api_secret"):
        findings.append(_balance(account))
    return Health((*findings, *looking.receiving(account, timezone.now())))


def _balance(account: Account) -> Finding:
    what = _("Account")
    try:
        with web_for(account) as web:
            reply = web.ask("GET", f"{_base(account)}/account/get-balance", params=_key(account), whole=20)
    except WebError as error:
        return Finding(state="unknown", what=what, words=error.text, values=error.values)
    if not reply.is_good:
        return Finding(state="broken", what=what, words=KEY_WRONG.words)
    credit = text(reply.json, "value")
    if credit and credit.replace(".", "", 1).isdecimal() and float(credit) < 1:
        return Finding(
            state="warning", what=what, words=_("The credit is nearly used up (%(credit)s euros)."),
            values={"credit": credit}, todo=_("Top it up at Vonage."),
        )  # fmt: skip
    return Finding(state="good", what=what, words=_("Vonage accepts it."))


def _key(account: Account) -> dict[str, str]:
    return {
        "api_key": str(account.settings.get("api_key", "")),
        "api_secret": str(account.secrets.get("api_secret", "")),
    }


def _base(account: Account) -> str:
    return str(account.settings.get("base_url") or BASE).rstrip("/")
