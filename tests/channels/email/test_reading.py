"""What a mail that was taken in means, whatever it looks like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from relasi.channels import raw, receiving
from relasi.channels.email.quoting import cut
from relasi.channels.email.reading import read
from relasi.channels.interface import Incoming, News, Progress
from relasi.channels.models import Account, Intake
from tests.channels.email import torture
from tests.channels.email.accounts import mailbox
from tests.lib.mail import collected

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return mailbox(imap_host="imap.sahabat.example")


@pytest.fixture
def told() -> Iterator[list[News]]:
    """What the receivers are told."""
    heard: list[News] = []
    before = receiving._receivers[:]
    receiving._receivers[:] = [lambda _account, _intake, news: heard.append(news)]
    yield heard
    receiving._receivers[:] = before


def mail(body: str = "Halo Sari", **headers: str) -> bytes:
    usual = {
        "From": "Budi <budi@contoh.example>",
        "To": "sari@sahabat.example",
        "Subject": "Polis",
        "Message-ID": "<s1@contoh.example>",
        "Date": "Mon, 02 Mar 2026 09:30:00 +0700",
    }
    given = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\r\n" for name, value in given.items()) + "\r\n" + body).encode()


def news(account: Account, content: bytes, **meta: Any) -> list[News]:
    return list(read(account, receiving.take_in(account, content, meta=meta)))


def message(account: Account, content: bytes, **meta: Any) -> Incoming:
    (found,) = news(account, content, **meta)
    assert isinstance(found, Incoming)
    return found


def report(kind: str, block: str) -> bytes:
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nA report\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{block}\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <m-7@sahabat.example>\r\nTo:"
        " budi@contoh.example\r\n\r\nx\r\n"
        "--b--\r\n"
    )
    return mail(
        body, Content_Type=f"multipart/report; report-type={kind}; boundary=b", From="mailer-daemon@x.example"
    )


def test_every_collected_mail_is_understood_and_kept_byte_for_byte(
    account: Account, told: list[News]
) -> None:
    files = collected.files()
    if not files:
        pytest.skip("the collection of mails is not beside the project")
    all_kept(account, [path.read_bytes() for path in files])


def test_two_thousand_tortured_mails_are_understood_and_kept_byte_for_byte(
    account: Account, told: list[News]
) -> None:
    all_kept(account, list(torture.mails()))
    kinds = Counter(one.bounce if isinstance(one, Progress) else "message" for one in told)
    assert len(kinds) >= 5


def all_kept(account: Account, mails: list[bytes]) -> None:
    intakes = [receiving.take_in(account, one) for one in mails]
    states = Counter(receiving.understand(one.pk).state for one in intakes)
    failed = [one.error for one in Intake.objects.filter(account=account, state="failed")]
    assert failed == []
    assert states == {"done": len(mails)}
    assert [raw.original(one) for one in Intake.objects.filter(account=account).order_by("pk")] == mails


def test_a_letter_says_who_wrote_what_when(account: Account) -> None:
    found = message(account, mail())
    assert (found.sender, found.sender_name, found.subject, found.text) == (
        "budi@contoh.example",
        "Budi",
        "Polis",
        "Halo Sari",
    )
    assert found.at and found.at.isoformat() == "2026-03-02T02:30:00+00:00"


def test_what_is_repeated_is_set_apart(account: Account) -> None:
    found = message(
        account, mail("Baik.\r\n\r\nPada Sen, 2 Mar 2026 Sari <sari@sahabat.example> menulis:\r\n> Halo\r\n")
    )
    assert (found.text, found.quoted.splitlines()[-1]) == ("Baik.", "> Halo")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ya\n\nOn Mon, 2 Mar 2026 at 10:00, Sari\n<sari@x.example> wrote:\n> hi", "Ya"),
        ("Ya\n\n-----Original Message-----\nFrom: Sari\n\nhi", "Ya"),
        ("Ya\n\n_____________\nFrom: A\nSent: B\nTo: C\nSubject: D\n\nhi", "Ya"),
        ("Ya\n\nDari: A\nDikirim: Senin\nKepada: C\nPerihal: D\n\nhi", "Ya"),
        ("Oui\n\nLe lun. 2 mars 2026, Sari a écrit :\n> hi", "Oui"),
        ("> hi\n\nYa", "Ya"),
        ("Satu\n> a\nDua\n> b\nTiga", "Satu\n> a\nDua\n> b\nTiga"),
        ("Lihat\n\n---------- Forwarded message ---------\nFrom: A\nDate: B\nSubject: C\nTo: D\n\nisi", None),
        ("Harga: 5 juta\nTanggal: besok\nTerima kasih", None),
        ("", ""),
    ],
)
def test_the_new_is_told_from_the_repeated(text: str, kept: str | None) -> None:
    assert cut(text).text == (text if kept is None else kept)


def test_the_token_of_a_talk_is_read_from_the_address(account: Account) -> None:
    assert message(account, mail(To="balas+abc123xyz@sahabat.example")).thread == "abc123xyz"


def test_what_it_answers_is_told_the_surest_first(account: Account) -> None:
    found = message(account, mail(In_Reply_To="<c@x>", References="<a@x> <b@x> <c@x>"))
    assert found.answers == ("c@x", "b@x", "a@x")


def test_a_machines_mail_says_why(account: Account) -> None:
    assert "machine" in message(account, mail(Auto_Submitted="auto-replied")).automatic


def test_what_a_colleague_sent_elsewhere_is_no_machines(account: Account) -> None:
    found = message(account, mail(From="sari@sahabat.example"), from_us=True)
    assert (found.from_us, found.automatic) == (True, "")


def test_a_bounce_is_news_of_our_mail(account: Account) -> None:
    block = (
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; budi@contoh.example\r\nAction:"
        " failed\r\nStatus: 5.1.1"
    )
    (found,) = news(account, report("delivery-status", block))
    assert isinstance(found, Progress)
    assert (found.state, found.bounce, found.external_id, found.recipient) == (
        "failed",
        "hard",
        "m-7@sahabat.example",
        "budi@contoh.example",
    )


def test_a_receipt_of_delivery_is_one(account: Account) -> None:
    block = (
        "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; budi@contoh.example\r\nAction:"
        " delivered\r\nStatus: 2.0.0"
    )
    (found,) = news(account, report("delivery-status", block))
    assert isinstance(found, Progress) and found.state == "delivered"


def test_a_complaint_is_one(account: Account) -> None:
    block = "Feedback-Type: abuse\r\nUser-Agent: x\r\nOriginal-Rcpt-To: budi@contoh.example"
    (found,) = news(account, report("feedback-report", block))
    assert isinstance(found, Progress) and (found.bounce, found.recipient) == (
        "complaint",
        "budi@contoh.example",
    )


OURS = (
    "imap.sahabat.example; spf=pass smtp.mailfrom=x; dkim=fail header.d=x; dkim=pass"
    " header.d=y; dmarc={} (p=none)"
)


def test_our_own_servers_verdicts_are_kept(account: Account) -> None:
    found = message(account, mail(Authentication_Results=OURS.format("pass")))
    assert found.extra["authentication"] == {
        "spf": "pass",
        "dkim": "pass",
        "dmarc": "pass",
        "by": "imap.sahabat.example",
    }
    assert "warnings" not in found.extra


def test_a_forged_sender_is_warned_of(account: Account) -> None:
    assert message(account, mail(Authentication_Results=OURS.format("fail"))).extra["warnings"]


def test_verdicts_of_a_stranger_are_not_believed(account: Account) -> None:
    forged = OURS.format("pass").replace("imap.sahabat", "evil")
    assert "authentication" not in message(account, mail(Authentication_Results=forged)).extra


def test_a_date_nobody_can_believe_gives_way_to_the_arrival(account: Account) -> None:
    found = message(
        account, mail(Date="Mon, 02 Mar 2099 09:30:00 +0700"), arrived="2026-03-02T03:00:00+00:00"
    )
    assert found.at and found.at.year == 2026


def test_a_mended_mail_is_read_as_mended(account: Account) -> None:
    intake = receiving.take_in(account, b"broken")
    intake.mended = raw.sealed(mail(subject="x", Subject="Mended"))
    (found,) = read(account, intake)
    assert isinstance(found, Incoming) and found.subject == "Mended"


def test_hostile_texts_take_no_time() -> None:
    import time

    began = time.monotonic()
    for piece in (
        "On a ",
        "> ",
        "On x\n",
        "From: \n",
        "\n",
        "wrote:\n",
        "_" * 30 + "\n",
        "Sent from my w ",
        "a <b@c> ",
        " \t",
    ):
        cut((piece * 4000)[:20_000] + "\nx:")
    assert time.monotonic() - began < 5
