from __future__ import annotations

from relasi.lib.mail import Mail
from relasi.lib.mail.bounces import read_bounce
from relasi.lib.mail.complaints import read_complaint
from tests.lib.mail.letters import letter, parts

NOTE = "Content-Type: text/plain\r\n\r\nThis is an email abuse report."
OURS = "Content-Type: message/rfc822\r\n\r\nMessage-ID: <ours@sahabat.test>\r\nTo: ani@contoh.id\r\n\r\nHalo"


def report(fields: str) -> Mail:
    feedback = f"Content-Type: message/feedback-report\r\n\r\n{fields}"
    return parts(NOTE, feedback, OURS, kind="report", more="; report-type=feedback-report")


def test_a_complaint_names_its_kind_who_complains_and_about_what():
    complaint = read_complaint(
        report("Feedback-Type: abuse\r\nUser-Agent: Contoh/1.0\r\nOriginal-Rcpt-To: <Budi@contoh.id>")
    )
    assert complaint and complaint.is_unwelcome
    assert (complaint.kind, complaint.recipients) == ("abuse", ("budi@contoh.id",))
    assert (complaint.original_id, complaint.reported_by) == ("ours@sahabat.test", "Contoh/1.0")


def test_where_the_report_hides_the_recipient_our_mail_tells():
    complaint = read_complaint(report("Feedback-Type: abuse\r\nVersion: 1"))
    assert complaint and complaint.recipients == ("ani@contoh.id",)


def test_several_recipients_may_complain():
    complaint = read_complaint(
        report("Feedback-Type: abuse\r\nOriginal-Rcpt-To: a@x.id\r\nOriginal-Rcpt-To: b@x.id")
    )
    assert complaint and complaint.recipients == ("a@x.id", "b@x.id")


def test_not_spam_is_no_reason_to_stop():
    complaint = read_complaint(report("Feedback-Type: not-spam"))
    assert complaint and not complaint.is_unwelcome


def test_a_report_without_a_kind_is_a_complaint():
    complaint = read_complaint(report("Version: 1"))
    assert complaint and (complaint.kind, complaint.is_unwelcome) == ("other", True)


def test_a_complaint_is_no_bounce_and_a_letter_no_complaint():
    assert read_bounce(report("Feedback-Type: abuse")) is None
    assert read_complaint(letter()) is None
