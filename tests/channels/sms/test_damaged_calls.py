"""Whatever a call of a gateway holds, reading it ends in news or in an InputError."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from relasi.channels import raw
from relasi.channels.interface import Incoming, Progress
from relasi.channels.models import Account
from relasi.lib.wording import InputError
from tests.channels.whatsapp.test_damaged_webhooks import ODD

pytestmark = pytest.mark.django_db
FIELDS = (
    "MessageSid", "SmsSid", "Body", "From", "To", "NumMedia", "MediaUrl0", "MessageStatus", "ErrorCode",
    "messageId", "status", "err-code", "msisdn", "to", "text", "concat", "concat-ref", "id", "from",
    "message",
)  # fmt: skip
WORDS = (
    "delivered",
    "failed",
    "undelivered",
    "1",
    "99999999999999",
    "+6281211113333",
    "0812",
    "²",
    "٣",
    "true",
    "\0",
)


@pytest.mark.parametrize("provider", ["sms_twilio", "sms_vonage", "sms_http"])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_call(account_of: Callable[..., Account], provider: str, seed: int) -> None:
    rng = random.Random(seed)
    named = {
        "report_id": "id",
        "report_status": "status",
        "incoming_from": "from",
        "incoming_text": "message",
    }
    account: Any = account_of(provider, {}, **named, list_path="text")
    for _case in range(60):
        fields = {name: rng.choice(WORDS) for name in rng.sample(FIELDS, rng.randint(1, 12))}
        odd = {name: rng.choice(ODD) for name in rng.sample(FIELDS, 3)}
        content = urlencode(fields).encode() if rng.random() < 0.5 else json.dumps(fields | odd).encode()
        intake, _is_new = raw.keep(account, content)
        try:
            for news in account.carrier.read(account, intake):
                assert isinstance(news, (Incoming, Progress))
        except InputError as error:
            assert error.text % error.values
