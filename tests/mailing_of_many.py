"""A mailing to many customers, each with words of their own, ready in the outbox."""

from __future__ import annotations

from relasi.channels.models import Account
from relasi.conversations.models import Delivery, Mailing, Template, Variant
from relasi.parties.models import Party

TEXT = (
    "Yth. {{ customer.greeting }},\n\nPolis {{ policy }} Anda jatuh tempo pada {{ due }}. "
    "Mohon bayar sebelum tanggal itu; abaikan bila sudah.\n\nSalam,\n{{ company.name }}"
)
AT_ONCE = 1000


def mailing_of_many(*, port: int, mails: int, connections: int = 4) -> Mailing:
    """Through the mailbox provider to a relay on this machine; every customer, text and address differs."""
    account: Account = Account.create(
        by=None, name="Massal", channel="email", provider="mailbox", address="kabar@relasi.example",
        settings={"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_sign_in": False,
                  "connections": connections},
    )  # fmt: skip
    template = Template.create(by=None, name="Jatuh tempo")
    Variant.create(
        by=None, template=template, language="id", subject="Polis {{ policy }} jatuh tempo", text=TEXT
    )
    mailing: Mailing = Mailing.create(
        by=None, name="Jatuh tempo", template=template, account=account, purpose="service"
    )
    for start in range(0, mails, AT_ONCE):
        parties = Party._default_manager.bulk_create(
            [
                Party(
                    kind="person", name=f"Pelanggan {number}", given_name=f"Nama{number}",
                    email=f"p{number}@pelanggan.example",
                )
                for number in range(start, min(start + AT_ONCE, mails))
            ]
        )  # fmt: skip
        Delivery._default_manager.bulk_create(
            [
                Delivery(
                    key=f"g{mailing.pk}-{party.pk}", mailing=mailing, party=party, account=account,
                    channel="email", purpose="service", address=party.email, language="id",
                    values={"policy": f"P-{party.pk:08}", "due": "30 November 2026"},
                )
                for party in parties
            ]
        )  # fmt: skip
    return mailing
