"""The second factor: no way around it, and roles that ask for it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.test import Client

from relasi.kit.access.mailing import mail_password_link
from relasi.kit.access.models import ApiKey, Role, User
from relasi.kit.events.models import Event
from tests.kit.access.test_sign_in import is_in, sign_in
from tests.world import PASSWORD, World

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_now(offset: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + offset))


@pytest.fixture
def bob(world: World) -> User:
    TOTP.activate(world.bob, SECRET)
    RecoveryCodes.activate(world.bob)
    return world.bob


def test_the_password_alone_opens_nothing(bob: User) -> None:
    browser = sign_in(bob.email)
    assert not is_in(browser)
    assert browser.get("/people/").status_code == 302
    assert browser.get("/api/v1/people/").status_code == 401


def test_the_code_opens(bob: User) -> None:
    browser = sign_in(bob.email)
    browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert is_in(browser)


def test_a_code_works_once(bob: User) -> None:
    code = code_now()
    sign_in(bob.email).post("/accounts/2fa/authenticate/", {"code": code})
    second = sign_in(bob.email)
    second.post("/accounts/2fa/authenticate/", {"code": code})
    assert not is_in(second)


def test_a_recovery_code_opens_once(bob: User) -> None:
    code = bob.authenticator_set.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()[0]
    first, second = sign_in(bob.email), sign_in(bob.email)
    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_ten_wrong_codes_shut_the_second_step_for_a_while(bob: User) -> None:
    browser = sign_in(bob.email)
    for _try in range(10):
        browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert not is_in(browser)


def test_the_second_step_needs_the_first(bob: User) -> None:
    browser = Client()
    browser.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert not is_in(browser)


def test_a_new_password_by_mail_does_not_skip_it(bob: User) -> None:
    mail_password_link(bob)
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+/)", mail.outbox[0].body)
    assert link
    browser = Client()
    page = browser.get(link[1], follow=True)
    browser.post(
        page.redirect_chain[-1][0], {"password1": "satu-kalimat-panjang", "password2": "satu-kalimat-panjang"}
    )
    assert not is_in(browser)
    assert not is_in(sign_in(bob.email, "satu-kalimat-panjang"))


@pytest.mark.parametrize(
    "page",
    ["2fa/totp/activate/", "2fa/recovery-codes/", "2fa/webauthn/add/", "password/change/", "reauthenticate/"],
)
def test_half_signed_in_no_page_of_the_account_opens(page: str, bob: User) -> None:
    assert sign_in(bob.email).get(f"/accounts/{page}").status_code in {302, 404}


def test_the_secret_is_kept_encrypted(bob: User) -> None:
    assert SECRET not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_wrong_codes_stand_in_the_audit_and_no_code_does(bob: User) -> None:
    sign_in(bob.email).post("/accounts/2fa/authenticate/", {"code": "000000"})
    event = Event.objects.of(bob).filter(verb="sign_in_failed").get()
    assert event.note.startswith("authenticator app") and "000000" not in event.note


class TestARoleThatAsksForIt:
    @pytest.fixture
    def seller(self, world: World) -> Role:
        role = Role.objects.get(name="Seller")
        role.change(by=world.ada, requires_second_factor=True)
        return role

    def test_leads_to_the_security_page_until_one_is_set_up(self, world: World, seller: Role) -> None:
        browser = sign_in(world.bob.email)
        assert browser.get("/people/")["Location"] == "/settings/security/"
        assert "Your role asks for a second factor" in browser.get("/settings/security/").content.decode()

    def test_holds_for_the_api_too(self, world: World, seller: Role) -> None:
        assert sign_in(world.bob.email).get("/api/v1/people/").status_code == 403

    def test_opens_once_one_is_set_up(self, world: World, seller: Role) -> None:
        browser = sign_in(world.bob.email)
        TOTP.activate(world.bob, SECRET)
        assert browser.get("/people/").status_code == 200

    def test_leaves_others_alone(self, world: World, seller: Role) -> None:
        assert sign_in(world.sari.email).get("/people/").status_code == 200

    def test_keeps_the_last_factor(self, world: World, seller: Role) -> None:
        browser = sign_in(world.bob.email)
        TOTP.activate(world.bob, SECRET)
        browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
        browser.post("/accounts/2fa/totp/deactivate/")
        assert world.bob.authenticator_set.exists()


def test_setting_up_an_app_gives_recovery_codes_and_an_audit_line(
    world: World, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    browser = sign_in(world.bob.email)
    page = browser.get("/accounts/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = browser.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert Event.objects.of(world.bob).filter(verb="second_factor_added").exists()
    assert secret not in str(list(Event.objects.values_list("note", "changes")))


def test_passkey_pages_carry_their_options_without_inline_script(world: World) -> None:
    browser = sign_in(world.bob.email)
    body = browser.get("/accounts/2fa/webauthn/add/").content.decode()
    assert 'data-passkey="create"' in body and '<script type="application/json" data-options>' in body
    options = Client().get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["challenge"]


def test_a_key_of_the_api_ends_with_the_account(world: World) -> None:
    _key, token = ApiKey.issue(user=world.bob, name="x", scopes=["*"], by=world.bob)
    header = {"Authorization": f"Bearer {token}"}
    before = Client().get("/api/v1/people/", headers=header).status_code
    world.bob.deactivate(by=world.ada)
    assert (before, Client().get("/api/v1/people/", headers=header).status_code) == (200, 401)
