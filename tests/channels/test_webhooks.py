"""One door for calls from other sides: whose it is, who may call, what is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client

from relasi.channels.hooks import HOOKS, Hook, hook_path, kept, new_hook, register_hook
from relasi.channels.models import Account, Intake

pytestmark = pytest.mark.django_db


def answer(account: Account, request: HttpRequest) -> HttpResponse:
    kept(account, request)
    return HttpResponse("thanks")


@pytest.fixture
def account() -> Iterator[Account]:
    register_hook(
        "pigeon", Hook(verify=lambda _a, request: "coo" in request.headers.get("X-Pigeon", ""), answer=answer)
    )
    made = Account.create(by=None, name="Pigeons", channel="sms", provider="pigeon")
    new_hook(made)
    yield made
    del HOOKS["pigeon"]


def call(account: Account, body: bytes = b"{}", **headers: str) -> HttpResponse:
    return Client().post(
        hook_path(account), body, content_type="application/json", headers={"X-Pigeon": "coo"} | headers
    )


def test_a_call_is_kept_byte_for_byte_before_it_is_answered(account: Account) -> None:
    answer = call(account, b'{"a": 1}')
    assert (answer.status_code, answer.content, Intake.objects.get().size) == (200, b"thanks", 8)


def test_the_same_call_again_is_kept_once(account: Account) -> None:
    call(account), call(account)
    assert Intake.objects.count() == 1


def test_a_call_that_is_not_verified_is_refused_and_nothing_is_kept(account: Account) -> None:
    assert call(account, **{"X-Pigeon": "caw"}).status_code == 401
    assert not Intake.objects.exists()


@pytest.mark.parametrize("token", ["x", "x" * 32, "%00" * 30, "x" * 5000, "a%2Fb"])
def test_an_address_of_nobody_is_not_found(account: Account, token: str) -> None:
    assert Client().post(f"/hooks/{token}/").status_code == 404


def test_what_is_no_token_asks_nothing_of_the_database(account: Account, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        Client().post("/hooks/guess/")


def test_the_log_does_not_tell_the_token(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    call(account, **{"X-Pigeon": "caw"})
    Client().get(hook_path(account))
    assert account.settings["hook"] not in caplog.text


def test_an_account_out_of_use_is_not_found(account: Account) -> None:
    account.change(by=None, is_active=False)
    assert call(account).status_code == 404


def test_a_new_token_ends_the_old_address(account: Account) -> None:
    old = hook_path(account)
    new_hook(account)
    assert Client().post(old).status_code == 404
    assert call(account).status_code == 200


def test_a_body_of_more_than_a_megabyte_is_refused(account: Account) -> None:
    assert call(account, b"x" * (1024 * 1024 + 1)).status_code == 413
    assert not Intake.objects.exists()


def test_a_method_the_provider_does_not_take_is_refused(account: Account) -> None:
    assert Client().get(hook_path(account)).status_code == 405
    assert Client().delete(hook_path(account)).status_code == 405


def test_a_name_is_given_to_one_hook_only(account: Account) -> None:
    with pytest.raises(ValueError):
        register_hook("pigeon", Hook(verify=lambda _a, _r: True, answer=answer))
