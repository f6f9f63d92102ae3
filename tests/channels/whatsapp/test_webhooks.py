"""Meta calls: it shows who it is, and what it brings is kept before it hears that it arrived."""

from __future__ import annotations

import pytest
from django.test import Client

from relasi.channels import raw, receiving
from relasi.channels.hooks import hook_path, new_hook
from relasi.channels.models import Account, Intake
from tests.channels.whatsapp.conftest import SECRET
from tests.channels.whatsapp.webhooks import call, change, read, wrote

pytestmark = pytest.mark.django_db
HELLO = wrote("text", {"body": "Halo"})


def challenge(account: Account, **but: str):
    asked = {"hub.mode": "subscribe", "hub.verify_token": "a-made-up-word", "hub.challenge": "1158201444"}
    return Client().get(hook_path(account), asked | but)


def test_the_address_is_confirmed_with_the_word_made_up_for_it(account: Account) -> None:
    answer = challenge(account)
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("but", [{"hub.verify_token": "guess"}, {"hub.verify_token": ""}, {"hub.mode": "x"}])
def test_it_is_confirmed_to_nobody_else(account: Account, but: dict[str, str]) -> None:
    assert challenge(account, **but).status_code == 401


def test_no_empty_word_confirms_a_channel_without_one(account: Account) -> None:
    account.change(by=None, secrets={**account.secrets, "verify_token": ""})
    assert challenge(account, **{"hub.verify_token": ""}).status_code == 401


def test_a_signed_call_is_kept_byte_for_byte(account: Account) -> None:
    body = b'{"object": "whatsapp_business_account",  "entry": []}\n'
    assert call(account, None, body=body).status_code == 200
    assert raw.original(Intake.objects.get()) == body


@pytest.mark.parametrize("secret", ["another", "", SECRET + " "])
def test_a_call_signed_otherwise_is_refused_and_nothing_is_kept(account: Account, secret: str) -> None:
    assert call(account, HELLO, secret=secret).status_code == 401
    assert not Intake.objects.exists()


def test_a_call_without_a_signature_is_refused(account: Account) -> None:
    assert Client().post(hook_path(account), b"{}", content_type="application/json").status_code == 401


def test_without_an_app_secret_every_call_is_refused(account: Account) -> None:
    account.change(by=None, secrets={**account.secrets, "app_secret": ""})
    assert call(account, HELLO, secret="").status_code == 401


def test_a_changed_body_does_not_fit_its_signature(account: Account) -> None:
    answer = Client().post(
        hook_path(account), b'{"a": 2}', content_type="application/json",
        headers={"X-Hub-Signature-256": "sha256=" + "0" * 64},
    )  # fmt: skip
    assert answer.status_code == 401


def test_meta_may_call_twice(account: Account) -> None:
    call(account, HELLO), call(account, HELLO)
    assert Intake.objects.count() == 1


def test_it_is_understood_and_told(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(receiving, "_receivers", [lambda account, intake, news: told.append(news.text)])
    call(account, HELLO)
    assert (receiving.understand(Intake.objects.get().pk).state, told) == ("done", ["Halo"])


def test_what_is_no_webhook_of_whatsapp_is_kept_with_the_reason(account: Account) -> None:
    call(account, {"object": "page"})
    failed = receiving.understand(Intake.objects.get().pk)
    assert (failed.state, failed.error) == ("failed", "This is no webhook of WhatsApp.")


def other_number(account: Account, secret: str) -> Account:
    made = Account.create(
        by=None, name="Surabaya", channel="whatsapp", provider="whatsapp_cloud",
        settings={**account.settings, "phone_number_id": "777"},
        secrets={**account.secrets, "app_secret": secret},
    )  # fmt: skip
    new_hook(made)
    return made


ELSEWHERE = change(
    {"messages": [{"from": "6281", "id": "x", "type": "text", "text": {"body": "Hi"}}]}, number="777"
)


def test_what_is_for_another_number_of_the_app_goes_to_its_channel(account: Account) -> None:
    other = other_number(account, SECRET)
    assert read(account, ELSEWHERE) == []
    passed = Intake.objects.get(account=other)
    assert [news.text for news in other.carrier.read(other, passed)] == ["Hi"]


def test_nothing_is_passed_on_to_a_channel_with_another_secret(account: Account) -> None:
    other = other_number(account, "of somebody else")
    assert [news.text for news in read(account, ELSEWHERE)] == ["Hi"]
    assert not Intake.objects.filter(account=other).exists()
