"""The provider as a whole: its form, its settings, who may reach what."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import reverse

from relasi.channels.email import dkim, pool
from relasi.channels.email.forms import MailboxForm
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.email.provider import MAILBOX, link, send
from relasi.channels.interface import provider_named
from relasi.channels.models import Account
from tests.channels.email import sink
from tests.channels.email.accounts import mailbox, message
from tests.world import World


def filled(**changed: Any) -> MailboxForm:
    usual = {
        "sign_in": "password",
        "imap_host": "imap.sahabat.example",
        "imap_security": "tls",
        "smtp_host": "smtp.sahabat.example",
        "smtp_security": "starttls",
        "password": "rahasia",
        "folders": "INBOX\nSent",
    }
    return MailboxForm({**usual, **changed})


def test_it_is_known_by_its_name() -> None:
    assert provider_named("mailbox") is MAILBOX
    assert set(MAILBOX.secrets) <= set(MailboxForm.base_fields)


def test_what_is_filled_in_can_be_kept() -> None:
    form = filled()
    assert form.is_valid(), form.errors
    assert json.loads(json.dumps(form.cleaned_data, cls=DjangoJSONEncoder))["folders"] == ["INBOX", "Sent"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"imap_host": "a b"}, "imap_host"),
        ({"smtp_host": "x\r\ny"}, "smtp_host"),
        ({"imap_host": "", "smtp_host": ""}, "imap_host"),
        ({"imap_port": "70000"}, "imap_port"),
        ({"dkim_selector": "a b"}, "dkim_selector"),
        ({"dkim_key": "x"}, "dkim_key"),
        ({"ca": "x"}, "ca"),
        ({"connections": "500"}, "connections"),
        ({"folders": "a\x01"}, "folders"),
    ],
)
def test_what_cannot_work_is_told_at_its_field(changed: dict[str, Any], field: str) -> None:
    form = filled(**changed)
    assert not form.is_valid() and list(form.errors) == [field]


def test_folders_are_shown_as_they_were_typed() -> None:
    assert MailboxForm(initial={"folders": ["INBOX", "Sent"]})["folders"].value() == "INBOX\nSent"


def test_google_needs_no_servers() -> None:
    assert filled(sign_in="google", imap_host="", smtp_host="").is_valid()


@pytest.mark.django_db
def test_where_little_is_said_the_usual_holds() -> None:
    box = Mailbox(mailbox(imap_security="", smtp_security="", imap_host="a", folders=[]))
    assert (box.port("imap"), box.port("smtp"), box.folders, box.since_days, box.connections) == (
        993,
        587,
        ("INBOX",),
        30,
        4,
    )


@pytest.mark.django_db
def test_a_mail_goes_out_signed(tmp_path: Path) -> None:
    key = dkim.new_key("ed25519")
    account = mailbox(secrets={"dkim_key": key.private}, dkim_selector="r1")
    content = Mailbox(account).composed(message(1)).content
    assert dkim.verify(
        content,
        lambda selector, domain: key.record if (selector, domain) == ("r1", "sahabat.example") else "",
    ).is_good


def test_a_key_is_made_once_and_replaced_only_when_asked(
    world: World, sign_in: Callable[..., Client]
) -> None:
    account, browser = mailbox(), sign_in(world.ada)
    address = reverse("mailbox_new_key", args=[account.pk])

    def key_after(**form: str) -> str:
        assert browser.post(address, form).status_code == 302
        return Mailbox(Account.objects.get(pk=account.pk)).secret("dkim_key")

    first = key_after()
    assert dkim.record_of(first)
    assert key_after() == first
    assert key_after(replace="yes") != first


def test_a_seller_makes_no_key_for_a_shared_mailbox(world: World, sign_in: Callable[..., Client]) -> None:
    answer = sign_in(world.bob).post(reverse("mailbox_new_key", args=[mailbox().pk]))
    assert answer.status_code in (403, 404)


@pytest.mark.django_db
def test_a_shared_mailbox_may_lie_on_this_machine(tmp_path: Path) -> None:
    with sink.running(tmp_path / "accepted") as server:
        (outcome,) = send(mailbox(smtp_host="127.0.0.1", smtp_port=server.port), [message(1)])
    pool.close_all()
    assert (outcome.state, outcome.external_id) == ("accepted", "m-1@sahabat.example")


def test_a_personal_one_may_not_unless_the_installation_says_so(
    world: World, tmp_path: Path, settings: Any
) -> None:
    with sink.running(tmp_path / "accepted") as server:
        account = mailbox(smtp_host="127.0.0.1", smtp_port=server.port)
        account.owner = world.bob
        (refused,) = send(account, [message(1)])
        settings.RELASI_LOCAL_MAIL = True
        (outcome,) = send(account, [message(1)])
    pool.close_all()
    assert (refused.state, "private network" in refused.words) == ("later", True)
    assert outcome.state == "accepted"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken", [{"address": "no address"}, {"secrets": {"dkim_key": "x"}, "dkim_selector": "r1"}]
)
def test_a_mailbox_set_up_wrongly_refuses_no_mail_for_good(broken: dict[str, Any]) -> None:
    (outcome,) = send(mailbox(smtp_host="127.0.0.1", **broken), [message(1)])
    assert outcome.state == "later"


@pytest.mark.django_db
def test_a_link_opens_a_mail_with_everything_filled_in() -> None:
    assert link(mailbox(), message(1, subject="a & b", text="é\n")) == (
        "mailto:budi1@contoh.example?subject=a%20%26%20b&body=%C3%A9%0A"
    )
