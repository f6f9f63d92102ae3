"""Signing in: what is counted, what is closed, what stands in the audit."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from relasi.kit.access.models import User
from relasi.kit.events.models import Event
from tests.world import PASSWORD, World


def stranger() -> Client:
    """A browser nobody has signed in with, whose reader chose English."""
    browser = Client()
    browser.cookies["django_language"] = "en"
    return browser


def sign_in(email: str, password: str = PASSWORD, **more: str) -> Client:
    browser = stranger()
    browser.post("/accounts/login/", {"login": email, "password": password}, **more)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/settings/profile/").status_code == 200


def verbs_of(user: User) -> list[str]:
    return list(Event.objects.of(user).values_list("verb", flat=True))


def test_the_right_password_opens(world: World) -> None:
    assert is_in(sign_in(world.bob.email))


def test_a_wrong_one_does_not_and_says_so_plainly(world: World) -> None:
    browser = stranger()
    answer = browser.post("/accounts/login/", {"login": world.bob.email, "password": "salah-sekali"})
    assert "E-mail address or password is not right." in answer.content.decode()
    assert not is_in(browser)


def test_an_unknown_address_is_answered_like_a_wrong_password(world: World) -> None:
    known = stranger().post("/accounts/login/", {"login": world.bob.email, "password": "salah-sekali"})
    unknown = stranger().post(
        "/accounts/login/", {"login": "nobody@sahabat.example", "password": "salah-sekali"}
    )
    strip = re.compile(r'value="[^"]*"|content="[^"]*"')
    assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())


def test_ten_failures_shut_the_account_for_a_while_even_for_the_right_password(world: World) -> None:
    for _try in range(10):
        sign_in(world.bob.email, "salah-sekali")
    assert not is_in(sign_in(world.bob.email))


def test_another_host_name_or_another_spelling_gives_no_further_tries(world: World) -> None:
    for number in range(10):
        sign_in(
            world.bob.email.upper() if number % 2 else world.bob.email, "salah-sekali", HTTP_HOST="127.0.0.1"
        )
    assert not is_in(sign_in(world.bob.email, HTTP_HOST="localhost"))


def test_another_account_is_not_shut_with_it(world: World) -> None:
    for _try in range(10):
        sign_in(world.bob.email, "salah-sekali")
    assert is_in(sign_in(world.citra.email))


def test_a_false_forwarding_header_gives_no_further_tries(world: World) -> None:
    for number in range(10):
        sign_in(world.bob.email, "salah-sekali", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert not is_in(sign_in(world.bob.email))


def test_one_address_tries_many_accounts_only_a_hundred_times(world: World) -> None:
    for number in range(100):
        sign_in(f"guess{number}@sahabat.example", "salah-sekali")
    assert not is_in(sign_in(world.bob.email))


def test_an_old_address_neither_signs_in_nor_receives_links(world: World) -> None:
    sign_in(world.bob.email)
    old = world.bob.email
    world.bob.change_email(by=world.ada, email="bob.baru@sahabat.example")
    stranger().post("/accounts/password/reset/", {"email": old})
    assert (is_in(sign_in(old)), mail.outbox, is_in(sign_in("bob.baru@sahabat.example"))) == (False, [], True)


def test_who_is_shut_out_cannot_sign_in(world: World) -> None:
    world.bob.deactivate(by=world.ada)
    assert not is_in(sign_in(world.bob.email))


def test_shutting_an_account_ends_its_sessions_at_once(world: World) -> None:
    browser = sign_in(world.bob.email)
    world.bob.deactivate(by=world.ada)
    assert not is_in(browser)


def test_signing_out_elsewhere_ends_that_session_at_once(world: World) -> None:
    old, new = sign_in(world.bob.email), sign_in(world.bob.email)
    new.post("/settings/sessions/others/end/")
    assert (is_in(old), is_in(new)) == (False, True)


def test_nobody_ends_the_session_of_somebody_else(world: World) -> None:
    bobs = sign_in(world.bob.email)
    session = world.bob.usersession_set.get()
    assert sign_in(world.citra.email).post(f"/settings/sessions/{session.pk}/end/").status_code == 404
    assert is_in(bobs)


def test_a_role_taken_away_holds_from_the_next_click(world: World) -> None:
    browser = sign_in(world.bob.email)
    assert browser.get(f"/people/{world.budi.pk}/").status_code == 200
    world.bob.give_roles([], by=world.ada)
    assert browser.get(f"/people/{world.budi.pk}/").status_code == 404


def test_a_new_password_ends_every_other_session(world: World) -> None:
    old, new = sign_in(world.bob.email), sign_in(world.bob.email)
    new.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "satu-kalimat-panjang", "password2": "satu-kalimat-panjang"},
    )
    assert not is_in(old)
    assert is_in(sign_in(world.bob.email, "satu-kalimat-panjang"))


def test_a_link_by_mail_sets_a_new_password_once(world: World) -> None:
    stranger().post("/accounts/password/reset/", {"email": world.bob.email})
    link = re.search(r"http://\S+(/accounts/password/reset/key/\S+/)", mail.outbox[0].body)
    assert link
    browser = Client()
    page = browser.get(link[1], follow=True)
    form = {"password1": "satu-kalimat-panjang", "password2": "satu-kalimat-panjang"}
    browser.post(page.redirect_chain[-1][0], form)
    assert is_in(sign_in(world.bob.email, "satu-kalimat-panjang"))
    assert "no longer works" in stranger().get(link[1]).content.decode()


def test_no_mail_goes_to_an_address_without_an_account(world: World) -> None:
    answer = stranger().post("/accounts/password/reset/", {"email": "nobody@sahabat.example"})
    assert (answer.status_code, mail.outbox) == (302, [])


@pytest.mark.parametrize(
    "page", ["signup/", "email/", "confirm-email/", "confirm-email/abc/", "login/code/confirm/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_this_house_does_not_use_leads_away(page: str, method: str, world: World) -> None:
    people = User.objects.count()
    answer = getattr(Client(), method)(
        f"/accounts/{page}", {"email": "new@x.example", "password1": "satu-kalimat-panjang"}
    )
    assert answer.status_code in {302, 405}
    assert User.objects.count() == people


def test_signing_in_and_out_and_failing_stand_in_the_audit(world: World) -> None:
    browser = sign_in(world.bob.email)
    browser.post("/accounts/logout/")
    sign_in(world.bob.email, "salah-sekali")
    assert verbs_of(world.bob)[:3] == ["sign_in_failed", "signed_out", "signed_in"]


def test_no_secret_stands_in_the_audit(world: World) -> None:
    sign_in(world.bob.email, "kata-sandi-rahasia-bob")
    told = str(list(Event.objects.values_list("title", "note", "changes", "actor_name")))
    assert "kata-sandi-rahasia-bob" not in told and "md5$" not in told and "argon2" not in told


def test_a_stranger_is_led_to_the_sign_in_and_back(world: World) -> None:
    answer = stranger().get("/people/")
    assert answer["Location"] == f"{reverse('account_login')}?next=/people/"


def test_nobody_is_led_to_a_foreign_site(world: World) -> None:
    answer = stranger().post(
        "/accounts/login/?next=https://evil.example/",
        {"login": world.bob.email, "password": PASSWORD, "next": "https://evil.example/"},
    )
    assert answer["Location"] == "/"


def test_a_stranger_chooses_the_language_of_the_sign_in(client: Client, db: None) -> None:
    client.post("/settings/language/", {"language": "id", "next": "https://evil.example/"})
    assert '<html lang="id"' in client.get("/accounts/login/").content.decode()


def test_every_page_of_the_door_has_our_look(world: World) -> None:
    for page in (
        "login/",
        "password/reset/",
        "password/reset/done/",
        "inactive/",
        "password/reset/key/done/",
        "password/reset/key/1-x/",
    ):
        body = stranger().get(f"/accounts/{page}").content.decode()
        assert 'class="plain"' in body and "<style" not in body and "onclick" not in body


def test_the_sessions_page_tells_device_address_and_when(world: World) -> None:
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    browser = sign_in(world.bob.email, HTTP_USER_AGENT=agent, REMOTE_ADDR="203.0.113.7")
    page = browser.get("/settings/sessions/").content.decode()
    assert "Chrome · Android" in page and "203.0.113.7" in page and "last seen" in page
