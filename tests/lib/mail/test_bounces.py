from __future__ import annotations

import pytest

from relasi.lib.mail import Mail
from relasi.lib.mail.bounces import read_bounce
from relasi.lib.mail.verdicts import Kind, kind_of, status_in
from tests.lib.mail.letters import letter, parts

DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.sahabat.test>\nReturn-Path: <>"
NOTE = "Content-Type: text/plain\r\n\r\nYour message could not be delivered."
OURS = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@sahabat.test>\r\nSubject: Polis\r\n\r\nHalo"


def report(*recipients: str) -> Mail:
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.sahabat.test\r\n\r\n"
    return parts(
        NOTE, status + "\r\n\r\n".join(recipients), OURS, kind="report", more="; report-type=delivery-status"
    )


def about(
    status: str = "5.1.1", *, words: str = "", to: str = "budi@contoh.id", action: str = "failed"
) -> str:
    return (
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {words}"
    )


def returned(body: str, headers: str = DAEMON, subject: str = "failure notice") -> Mail:
    return letter(headers, body.replace("\n", "\r\n"), subject=subject)


QMAIL = """Hi. This is the qmail-send program at mx.contoh.id.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<budi@contoh.id>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <sari@sahabat.test>
Message-ID: <ours@sahabat.test>
To: lain@contoh.id

Halo
"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  budi@contoh.id
    host mx.contoh.id [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<budi@contoh.id>:
    550 5.1.1 <budi@contoh.id>: Recipient address rejected: User unknown

------ This is a copy of the message, including all the headers. ------

Message-ID: <ours@sahabat.test>
From: sari@sahabat.test
"""
EXCHANGE_OLD = """Your message did not reach some or all of the intended recipients.

      Subject:  Polis
      Sent:     02/03/2026 09:30

The following recipient(s) cannot be reached:

      'Budi Santoso' <budi@contoh.id> on 02/03/2026 09:31
            The e-mail account does not exist at the organization this message was sent to.
            <mx.contoh.id #5.1.1>
"""
EXCHANGE = """Delivery has failed to these recipients or groups:

Budi Santoso (budi@contoh.id)
The email address you entered couldn't be found. Please check the recipient's email address.

Diagnostic information for administrators:

Generating server: mx.contoh.id

budi@contoh.id
Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'

Original message headers:

Message-ID: <ours@sahabat.test>
"""
GMAIL_OLD = """Delivery to the following recipient failed permanently:

     budi@contoh.id

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain contoh.id.

The error that the other server returned was:
550 5.1.1 <budi@contoh.id>: user unknown

----- Original message -----

Message-ID: <ours@sahabat.test>
"""
GMAIL = """** Address not found **

Your message wasn't delivered to budi@contoh.id because the address couldn't be found.

The response was:

550 5.1.1 The email account that you tried to reach does not exist.
"""
YAHOO = """Sorry, we were unable to deliver your message to the following address.

<budi@contoh.id>:
Remote host said: 554 5.1.1 delivery error: dd This user doesn't have a contoh.id account [RCPT_TO]

--- Below this line is a copy of the message.

Message-ID: <ours@sahabat.test>
"""
POSTFIX = """This is the mail system at host mx.sahabat.test.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<budi@contoh.id>: host mx.contoh.id[192.0.2.7] said: 550 5.1.1
    <budi@contoh.id>: Recipient address rejected: User unknown (in reply to RCPT TO command)
"""
WILD = {
    "qmail": QMAIL,
    "Exim": EXIM,
    "old Exchange": EXCHANGE_OLD,
    "Exchange": EXCHANGE,
    "old Gmail": GMAIL_OLD,
    "Gmail": GMAIL,
    "Yahoo": YAHOO,
    "Postfix": POSTFIX,
}


def test_a_report_names_who_was_not_reached():
    bounce = read_bounce(report(about(words="550 5.1.1 <budi@contoh.id>: User unknown")))
    assert bounce and bounce.original_id == "ours@sahabat.test"
    (failure,) = bounce.failures
    assert (failure.recipient, failure.status, failure.kind) == ("budi@contoh.id", "5.1.1", Kind.HARD)
    assert failure.words == "550 5.1.1 <budi@contoh.id>: User unknown"


def test_each_recipient_has_a_verdict_of_its_own():
    bounce = read_bounce(
        report(about(), about("5.2.2", to="ani@contoh.id"), about("2.0.0", action="relayed"))
    )
    assert bounce and [(one.recipient, one.kind) for one in bounce.failures] == [
        ("budi@contoh.id", Kind.HARD),
        ("ani@contoh.id", Kind.FULL),
    ]


def test_the_address_is_the_one_we_wrote_to():
    bounce = read_bounce(
        report("Original-Recipient: rfc822;Budi@contoh.id\r\n" + about(to="b123@dalam.contoh.id"))
    )
    assert bounce and bounce.recipients == ("budi@contoh.id",)


def test_a_delay_is_soft_whatever_else_it_says():
    bounce = read_bounce(report(about("4.4.1", words="connection timed out", action="delayed")))
    assert bounce and bounce.failures[0].kind == Kind.SOFT


def test_a_receipt_of_delivery_is_no_bounce():
    assert read_bounce(report(about("2.0.0", action="delivered"))) is None


def test_the_words_of_the_server_tell_more_than_5_0_0():
    bounce = read_bounce(report(about("5.0.0", words="550-5.2.2 mailbox is full")))
    assert bounce and (bounce.failures[0].status, bounce.failures[0].kind) == ("5.2.2", Kind.FULL)


def test_headers_alone_tell_the_original():
    ours = "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@sahabat.test>"
    status = f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n{about()}"
    bounce = read_bounce(parts(NOTE, status, ours, kind="report"))
    assert bounce and bounce.original_id == "ours@sahabat.test"


def test_a_report_that_names_nobody_is_read_as_a_letter():
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x"
    told = POSTFIX.replace("budi@", "ani@")
    bounce = read_bounce(parts(f"Content-Type: text/plain\r\n\r\n{told}", status, kind="report"))
    assert bounce and bounce.recipients == ("ani@contoh.id",)


@pytest.mark.parametrize("server", WILD)
def test_letters_of_servers_are_read(server):
    bounce = read_bounce(returned(WILD[server]))
    assert bounce and bounce.recipients == ("budi@contoh.id",)
    assert (bounce.failures[0].status, bounce.failures[0].kind) == ("5.1.1", Kind.HARD)
    assert "5.1.1" in bounce.failures[0].words


@pytest.mark.parametrize("server", ["qmail", "Exim", "Exchange", "old Gmail", "Yahoo"])
def test_letters_of_servers_tell_the_original_where_they_quote_it(server):
    bounce = read_bounce(returned(WILD[server]))
    assert bounce and bounce.original_id == "ours@sahabat.test"


def test_the_original_may_be_what_the_bounce_answers():
    bounce = read_bounce(returned(GMAIL, DAEMON + "\nIn-Reply-To: <ours@sahabat.test>"))
    assert bounce and bounce.original_id == "ours@sahabat.test"


def test_a_server_may_list_the_failed_in_a_header():
    headers = DAEMON + "\nX-Failed-Recipients: budi@contoh.id, ani@contoh.id"
    bounce = read_bounce(returned("Unrouteable address", headers))
    assert bounce and bounce.recipients == ("budi@contoh.id", "ani@contoh.id")


def test_several_recipients_have_their_own_words():
    text = QMAIL.replace("--- Below", "<ani@contoh.id>:\nRemote host said: 552 5.2.2 Over quota\n\n--- Below")
    bounce = read_bounce(returned(text))
    assert bounce and [(one.recipient, one.status, one.kind) for one in bounce.failures] == [
        ("budi@contoh.id", "5.1.1", Kind.HARD),
        ("ani@contoh.id", "5.2.2", Kind.FULL),
    ]


def test_the_address_may_stand_within_the_sentence():
    text = "The following message to <budi@contoh.id> was undeliverable.\n5.1.0 - Unknown address error"
    bounce = read_bounce(returned(text))
    assert bounce and (bounce.recipients, bounce.failures[0].status) == (("budi@contoh.id",), "5.1.0")


def test_words_nobody_knows_give_up_no_address():
    assert kind_of("", "Entah mengapa") == Kind.SOFT


def test_an_indonesian_server_is_understood():
    text = "Pesan Anda tidak dapat disampaikan kepada budi@contoh.id.\n\nKotak surat penerima sudah penuh.\n"
    bounce = read_bounce(returned(text, subject="Pesan tidak terkirim"))
    assert bounce and [(one.recipient, one.kind) for one in bounce.failures] == [
        ("budi@contoh.id", Kind.FULL)
    ]


@pytest.mark.parametrize(
    "mail",
    [
        letter(),
        letter(body=QMAIL),
        letter("Auto-Submitted: auto-replied", "Saya cuti sampai Senin."),
        letter(DAEMON, "Halo, ini laporan mingguan antrean."),
    ],
    ids=["a letter", "a forwarded bounce", "an automatic reply", "a report of the server"],
)
def test_other_mails_are_no_bounces(mail):
    assert read_bounce(mail) is None


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("5.1.1", "", Kind.HARD),
        ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Kind.HARD),
        ("5.2.1", "The email account that you tried to reach is disabled", Kind.HARD),
        ("5.4.4", "Host or domain name not found", Kind.HARD),
        ("5.7.1", "Recipient address rejected: user budi does not exist", Kind.HARD),
        ("", "550 No such user here", Kind.HARD),
        ("", "Alamat budi@contoh.id tidak ditemukan", Kind.HARD),
        ("5.0.0", "", Kind.HARD),
        ("5.2.2", "", Kind.FULL),
        ("4.2.2", "452 4.2.2 The email account is over quota", Kind.FULL),
        ("5.7.1", "554 mailbox full", Kind.FULL),
        ("", "552 Requested mail action aborted: exceeded storage allocation: quota exceeded", Kind.FULL),
        ("5.7.1", "Message rejected as spam by Content Filtering", Kind.POLICY),
        ("5.7.26", "This mail is unauthenticated, DMARC", Kind.POLICY),
        ("5.3.4", "Message size exceeds fixed limit", Kind.POLICY),
        ("", "554 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org", Kind.POLICY),
        ("4.7.1", "451 Greylisted, please try again", Kind.SOFT),
        ("4.4.1", "connection timed out", Kind.SOFT),
        ("4.1.1", "450 User unknown in local table", Kind.SOFT),
        ("5.4.7", "Delivery time expired", Kind.SOFT),
        ("", "421 Service not available", Kind.SOFT),
    ],
)
def test_what_a_refusal_means(status, words, kind):
    assert kind_of(status, words) == kind


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("host 5.4.3.2 said 550 5.7.1 no", "5.7.1"),
        ("5.0.0 then 5.2.2", "5.2.2"),
        ("#5.0.0", "5.0.0"),
        ("[5.6.7.8]", ""),
        ("Version 15.1.2", ""),
    ],
)
def test_codes_are_found_and_addresses_of_hosts_are_not_taken_for_them(words, status):
    assert status_in(words) == status
