"""`python -m tests.bench.sending ledger|django DELAY MAILS`: sends through a relay of its own, prints the
rate.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.mail import EmailMessage, get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402

from relasi.conversations import outbox  # noqa: E402
from tests.channels.email.sink import Sink, running  # noqa: E402
from tests.mailing_of_many import mailing_of_many  # noqa: E402

BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def by_ledger(relay: Sink, mails: int) -> float:
    """Everything from the waiting row to the settled one: asked, composed, claimed, sent, written down."""
    call_command("migrate", verbosity=0, interactive=False)
    mailing = mailing_of_many(port=relay.port, mails=mails, connections=8)
    begun = time.perf_counter()
    sent = outbox.send_due(mailing.account)
    took = time.perf_counter() - begun
    assert sent == mails
    return sent / took


def by_django(relay: Sink, mails: int) -> float:
    """Django's own loop: composed one by one, sent over one open connection."""
    begun = time.perf_counter()
    backend = "django.core.mail.backends.smtp.EmailBackend"
    with get_connection(backend, host="127.0.0.1", port=relay.port) as line:
        for number in range(mails):
            text = (
                f"Yth. Pelanggan {number},\n\nPolis P-{number:08} Anda jatuh tempo pada 30 November 2026.\n"
            )
            to = [f"p{number}@pelanggan.example"]
            mail = EmailMessage(f"Polis P-{number:08} jatuh tempo", text, "kabar@relasi.example", to)
            line.send_messages([mail])
    return mails / (time.perf_counter() - begun)


def main(who: str, delay: str, mails: int) -> None:
    accepted = Path(os.environ["RELASI_DATA_DIR"]) / "accepted"
    with running(accepted, "--delay", delay) as relay:
        if who == "ledger":
            rate = by_ledger(relay, mails)
        else:
            rate = by_django(relay, mails, is_kept=who == "django_kept")
        assert len(set(relay.ids)) == mails
    print(json.dumps({"rate": rate}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
