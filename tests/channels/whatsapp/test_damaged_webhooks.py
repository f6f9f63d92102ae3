"""Whatever a webhook holds, reading it ends in news or in an InputError, never in anything else."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from relasi.channels import raw
from relasi.channels.interface import Changed, Incoming, Progress
from relasi.channels.models import Account
from relasi.lib.wording import InputError
from tests.channels.whatsapp import test_reading
from tests.channels.whatsapp.webhooks import change, wrote

pytestmark = pytest.mark.django_db

WHOLE: list[Any] = [
    wrote("text", {"body": "Halo"}, context={"id": "x", "forwarded": True}, referral={"source_url": "x"}),
    wrote("image", {"id": "", "mime_type": "image/jpeg", "caption": "Ini", "voice": True}),
    wrote("location", {"latitude": 1.5, "longitude": 2, "name": "A", "address": "B"}),
    wrote("contacts", [{"name": {"formatted_name": "Budi"}, "phones": [{"phone": "1"}]}]),
    wrote("reaction", {"message_id": "a", "emoji": "b"}),
    wrote("interactive", {"type": "list_reply", "list_reply": {"id": "1", "title": "b"}}),
    wrote("system", {"body": "x", "wa_id": "6281", "type": "user_changed_number"}),
    wrote("edit", {"original_message_id": "x", "message": {"type": "text", "text": {"body": "y"}}}),
    wrote("unsupported", errors=[{"code": 1, "title": "x"}]),
    change({"message_echoes": [{"from": "1", "to": "2", "id": "x", "type": "text", "text": {"body": "y"}}]}),
    change({"errors": [{"code": 1, "error_data": {"details": "x"}}]}),
    test_reading.status(
        "failed", errors=[{"code": 131026}], pricing={"category": "x"}, conversation={"id": "x"}
    ),
    *(change(value, field) for field, _kind, value in test_reading.CHANGES),
]
ODD: list[Any] = [
    None, True, -1, 10**30, 1e308, float("inf"), "", "\0", "\ud800", "x" * 3000, [], {}, [[]], [None],
    {"id": []}, "999999999999999999999", "+", "%s %(x)s", "text", "edit", {"type": "edit"}, "image",
    "../x", "-1e400",
]  # fmt: skip


def damaged(rng: random.Random) -> Any:
    data = copy.deepcopy(rng.choice(WHOLE))
    for _round in range(rng.randint(1, 4)):
        _damage(rng, data)
    return data


def _damage(rng: random.Random, data: Any) -> None:
    while isinstance(data, (dict, list)) and data:
        at = rng.choice(list(data) if isinstance(data, dict) else range(len(data)))
        if rng.random() < 0.25:
            if isinstance(data, dict) and rng.random() < 0.3:
                data[rng.choice(["type", "id", "x"])] = data.pop(at)
            else:
                data[at] = copy.deepcopy(rng.choice([*ODD, *WHOLE]))
            return
        data = data[at]


def read(account: Account, content: bytes) -> None:
    intake, _is_new = raw.keep(account, content)
    assert account.carrier.read
    try:
        for news in account.carrier.read(account, intake):
            assert isinstance(news, (Incoming, Progress, Changed))
            json.dumps(getattr(news, "extra", None) or getattr(news, "values", {}), allow_nan=False).encode()
    except InputError as error:
        assert error.text % error.values


@pytest.mark.parametrize("seed", range(10))
def test_a_webhook_damaged_in_any_way(account: Account, seed: int) -> None:
    rng = random.Random(seed)
    for _case in range(60):
        read(account, json.dumps(damaged(rng)).encode())


@pytest.mark.parametrize("seed", range(4))
def test_a_webhook_with_bytes_changed(account: Account, seed: int) -> None:
    rng = random.Random(seed)
    for _case in range(40):
        content = bytearray(json.dumps(rng.choice(WHOLE)).encode())
        for _byte in range(rng.randint(1, 5)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        read(account, bytes(content[: rng.randint(1, len(content) * 2)]))


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"object":' * 5000, b"9" * 5000]
)
def test_what_is_nothing_like_it(account: Account, content: bytes) -> None:
    read(account, content)
