from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest

from relasi.lib.mail import NOBODY, Mailbox, problems, read
from tests.lib.mail.letters import letter, parts, raw

TEXT = "Content-Type: text/plain; charset=utf-8\r\n\r\nHalo\r\n"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>Halo <b>Sari</b></p>\r\n"
PDF = "Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n"
JPDF = "JVBERi0xLjQ="


def named(disposition: str) -> str:
    """The name under which a file arrives that was sent with these words."""
    return (
        parts(TEXT, f"{PDF}Content-Disposition: attachment; {disposition}\r\n\r\n{JPDF}").attachments[0].name
    )


def test_a_plain_mail_is_read():
    mail = letter()
    assert mail.sender == Mailbox("Budi Santoso", "budi@contoh.id")
    assert mail.to == (Mailbox("Sari", "sari@sahabat.test"),)
    assert (mail.subject, mail.text, mail.html) == ("Polis saya", "Halo Sari", "")
    assert mail.sent_at == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert mail.message_id == "m1@contoh.id"
    assert mail.problems == ()


def test_a_mail_does_not_change():
    with pytest.raises(FrozenInstanceError):
        letter().subject = "x"  # type: ignore[misc]


def test_the_bytes_are_kept_as_they_came():
    assert read(raw()).raw == raw()


@pytest.mark.parametrize("nothing", [b"", b"\n", b"\r\n\r\n", b"\0", b"   "])
def test_nothing_is_a_mail_too(nothing):
    mail = read(nothing)
    assert (mail.sender, mail.text, mail.sent_at) == (NOBODY, "", None)
    assert mail.problems


def test_text_without_headers_is_text():
    mail = read(b"Cuma teks saja\ntanpa kepala")
    assert mail.text == "Cuma teks saja\ntanpa kepala"
    assert problems.NO_HEADERS in mail.problems


def test_a_mail_may_have_headers_only():
    assert read(b"From: budi@contoh.id\nSubject: Hai").subject == "Hai"


def test_the_first_line_of_an_mbox_is_no_header():
    mail = read(b"From budi@contoh.id Mon Mar  2 09:30:00 2026\n" + raw())
    assert (mail.subject, mail.problems) == ("Polis saya", ())


def test_lines_may_end_as_on_old_macs():
    mail = read(b"From: budi@contoh.id\rSubject: Hai\r\rsatu\rdua")
    assert (mail.subject, mail.text) == ("Hai", "satu\ndua")
    assert problems.LONE_CR in mail.problems


def test_a_stray_line_among_headers_is_left_out():
    mail = read(b"From: budi@contoh.id\nini bukan header\nSubject: Hai\n\nIsi")
    assert (mail.subject, mail.text) == ("Hai", "Isi")
    assert problems.BROKEN_HEADER in mail.problems


# --- Subjects and names ---


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("=?UTF-8?B?VGFnaWhhbiDigqw=?=", "Tagihan €"),
        ("=?utf-8?Q?Sal=C3=A1m_Budi?=", "Salám Budi"),
        ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
        ("=?iso-8859-1?Q?caf=E9?= =?utf-8?Q?_=C3=A9?=", "café é"),
        ("Re: =?utf-8?Q?h=C3=A9?= dan lagi", "Re: hé dan lagi"),
        ("=?utf-8*id?Q?bahasa?=", "bahasa"),
        ("=?utf-8?Q?two words?=", "two words"),
        ("=?utf-8?B?VGFnaWhhbg?=", "Tagihan"),
        ("=?none-such?Q?hal?=", "hal"),
        ("satu\r\n dua", "satu dua"),
        ("a\0b", "ab"),
    ],
)
def test_subjects_are_decoded(written, read_as):
    assert letter(subject=written).subject == read_as


def test_an_encoded_word_without_end_stays_and_is_told():
    mail = letter(subject="=?utf-8?B?VGFn")
    assert mail.subject == "=?utf-8?B?VGFn"
    assert problems.BROKEN_WORD in mail.problems


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_letters_that_were_not_encoded_are_guessed(encoding):
    mail = read("From: budi@contoh.id\nSubject: Le café est fermé à Noël\n\nx".encode(encoding))
    assert mail.subject == "Le café est fermé à Noël"
    assert problems.EIGHT_BIT_HEADER in mail.problems


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("BUDI@Contoh.ID", "", "budi@contoh.id"),
        ('"Santoso, Budi" <budi@contoh.id>', "Santoso, Budi", "budi@contoh.id"),
        ("budi@contoh.id (Budi S.)", "Budi S.", "budi@contoh.id"),
        ("=?utf-8?B?U2FudG9zbywgQnVkaQ==?= <budi@contoh.id>", "Santoso, Budi", "budi@contoh.id"),
        ('"Refinance"<budi@contoh.id>', "Refinance", "budi@contoh.id"),
        ('"Budi \\"B\\" S" <budi@contoh.id>', 'Budi "B" S', "budi@contoh.id"),
        ("'Budi' <mailto:budi@contoh.id>", "Budi", "budi@contoh.id"),
        ("Budi <budi@contoh.id", "Budi", "budi@contoh.id"),
        ('"budi@lain.id" <budi@contoh.id>', "budi@lain.id", "budi@contoh.id"),
        ('"" (Mail Delivery System)', "Mail Delivery System", ""),
        ("Budi", "Budi", ""),
    ],
)
def test_senders_are_read_however_they_are_written(written, name, address):
    assert letter(f"From: {written}").sender == Mailbox(name, address)


def test_commas_in_quotes_and_groups_do_not_part_people():
    mail = letter(
        'To: "Santoso, Budi" <budi@contoh.id>, Tim: ani@contoh.id, eko@contoh.id;\nCc: ani@contoh.id'
    )
    assert [mailbox.address for mailbox in mail.to] == ["budi@contoh.id", "ani@contoh.id", "eko@contoh.id"]
    assert [mailbox.address for mailbox in mail.cc] == ["ani@contoh.id"]


def test_undisclosed_recipients_are_nobody():
    assert letter("To: undisclosed-recipients:;").to == ()


def test_an_address_that_is_none_is_left_out_and_told():
    mail = letter("To: Ani, budi@contoh.id")
    assert [mailbox.address for mailbox in mail.to] == ["budi@contoh.id"]
    assert problems.BROKEN_ADDRESS in mail.problems


def test_an_answer_goes_to_reply_to_unless_it_is_empty():
    assert letter("Reply-To: Ani <ani@contoh.id>").answer_to == (Mailbox("Ani", "ani@contoh.id"),)
    assert letter('Reply-To: <"">').answer_to == (Mailbox("Budi Santoso", "budi@contoh.id"),)


def test_a_mail_without_from_takes_the_sender():
    mail = letter("From:\nSender: kantor@contoh.id")
    assert mail.sender.address == "kantor@contoh.id"
    assert problems.NO_SENDER in mail.problems


def test_of_two_from_lines_the_first_counts():
    mail = read(b"From: budi@contoh.id\nFrom: palsu@contoh.id\nSubject: a\nSubject: b\n\nx")
    assert (mail.sender.address, mail.subject) == ("budi@contoh.id", "a")
    assert problems.DUPLICATE_HEADER in mail.problems


# --- Dates and ids ---


@pytest.mark.parametrize(
    "date",
    [
        "kemarin",
        "Mon, 99 Foo 2026 09:30",
        "0",
        "Mon, 02 Mar 1066 09:30:00 +0700",
        "-",
        "Mon, 02 Mar 2026 09:30:00 +99999",
    ],
)
def test_a_date_that_is_none_is_none(date):
    mail = letter(f"Date: {date}")
    assert mail.sent_at is None
    assert problems.BROKEN_DATE in mail.problems


def test_a_date_without_zone_is_in_utc():
    assert letter("Date: Mon, 02 Mar 2026 09:30:00").sent_at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_ids_lose_their_brackets_and_folds():
    mail = letter("In-Reply-To: Your mail of Monday <a@x> (Budi)\nReferences: <r1@x>\n <r2\n @x> <no-at>")
    assert mail.in_reply_to == ("a@x",)
    assert mail.references == ("r1@x", "r2@x", "no-at")


def test_ways_out_of_a_list_are_kept():
    mail = letter("List-Unsubscribe: <mailto:out@contoh.id>, <https://contoh.id/o?a=1>, <javascript:x()>")
    assert mail.list_unsubscribe == ("mailto:out@contoh.id", "https://contoh.id/o?a=1")


# --- The letter ---


def test_of_two_forms_both_are_kept():
    mail = parts(TEXT, HTML, kind="alternative")
    assert (mail.text, mail.html) == ("Halo", "<p>Halo <b>Sari</b></p>")


def test_html_alone_is_read_as_text_too():
    assert parts(HTML).text == "Halo Sari"


def test_letters_one_after_the_other_are_one():
    mail = parts(TEXT, HTML, TEXT.replace("Halo", "a < b"))
    assert mail.text == "Halo\n\nHalo Sari\n\na < b"
    assert "<pre>a &lt; b</pre>" in mail.html


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "Harga €5".encode(), "Harga €5"),
        ("iso-8859-1", b"Harga \x805", "Harga €5"),
        ("iso-8859-1", "Harga €5".encode(), "Harga €5"),
        ("us-ascii", "Harga €5".encode(), "Harga €5"),
        ("none-such", "Harga €5".encode(), "Harga €5"),
        ("gb2312", "价格 镕".encode("gb18030"), "价格 镕"),
        ("utf-16", "Harga €5".encode("utf-16"), "Harga €5"),
        ("hex", b"4142", "4142"),
        ('"utf-8', b"satu", "satu"),
    ],
)
def test_text_is_decoded_whatever_it_claims(charset, data, text):
    assert read(raw(f"Content-Type: text/plain; charset={charset}", "") + data).text == text


def test_bytes_that_fit_nothing_are_told():
    mail = read(raw("Content-Type: text/plain; charset=utf-8", "") + b"caf\xe9 cr\xe8me br\xfbl\xe9e " * 20)
    assert mail.text.startswith("café crème brûlée")
    assert problems.WRONG_CHARSET in mail.problems


def test_nuls_are_left_out_and_told():
    mail = letter(body="a\0b")
    assert (mail.text, mail.problems) == ("ab", (problems.NULS,))


def test_halves_of_characters_never_come_out():
    mail = read(raw("Content-Type: text/plain; charset=utf-7", "") + b"x +2AA- y")
    assert mail.text.encode("utf-8")


@pytest.mark.parametrize("content", ["SGFsbw", "SGFs\r\nbw==", "SGF*sbw==", "SGFsbw==\r\n", "SGFsbw==x"])
def test_damaged_base64_gives_what_it_can(content):
    assert letter("Content-Transfer-Encoding: base64", content).text == "Halo"


def test_what_is_not_base64_at_all_stays_as_it_came():
    mail = letter("Content-Transfer-Encoding: base64", "Ini, ya! (bukan) {base64} #@! ... ??? ;;;")
    assert mail.text.startswith("Ini, ya!")
    assert problems.BROKEN_BASE64 in mail.problems


def test_quoted_printable_may_be_broken():
    assert letter("Content-Transfer-Encoding: quoted-printable", "a=C3=A9 =ZZ b=\r\nc =").text.startswith(
        "aé"
    )


# --- Parts ---


def test_parts_may_be_nested():
    inner = (
        'Content-Type: multipart/alternative; boundary="yy"\r\n\r\n--yy\r\n' + TEXT + "\r\n--yy\r\n" + HTML
    )
    mail = parts(inner + "\r\n--yy--", f"{PDF}\r\n{JPDF}")
    assert (mail.text, mail.html) == ("Halo", "<p>Halo <b>Sari</b></p>")
    assert [one.content for one in mail.attachments] == [b"%PDF-1.4"]


def test_a_mail_that_ends_too_early_keeps_what_came():
    mail = letter('Content-Type: multipart/mixed; boundary="xx"', f"--xx\r\n{TEXT}\r\n--xx\r\n{PDF}\r\nJVBE")
    assert (mail.text, mail.attachments[0].content) == ("Halo", b"%PD")
    assert problems.CUT_SHORT in mail.problems


def test_a_boundary_nobody_named_is_found():
    mail = letter("Content-Type: multipart/mixed", f"--xx\r\n{TEXT}\r\n--xx--\r\n")
    assert mail.text == "Halo"
    assert problems.NO_BOUNDARY in mail.problems


def test_parts_without_any_boundary_are_text():
    assert letter('Content-Type: multipart/mixed; boundary="zz"', "Halo saja").text == "Halo saja"


def test_a_thousand_nested_parts_are_no_danger():
    raw_mail = b"From: budi@contoh.id\n"
    for number in range(1000):
        raw_mail += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (number, number)
    mail = read(raw_mail + b"\nHalo")
    assert problems.TOO_NESTED in mail.problems


def test_ten_thousand_parts_are_no_danger():
    mail = letter("Content-Type: multipart/mixed; boundary=x", "--x\r\n\r\na\r\n" * 10_000)
    assert problems.TOO_NESTED in mail.problems


# --- Attachments ---


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('filename="polis.pdf"', "polis.pdf"),
        ("filename=polis.pdf", "polis.pdf"),
        ("filename*=utf-8''p%C3%B3lis.pdf", "pólis.pdf"),
        ('filename*0="polis";\r\n filename*1=" saya.pdf"', "polis saya.pdf"),
        ("filename*0*=utf-8''p%C3%B3;\r\n filename*1*=lis;\r\n filename*2=.pdf", "pólis.pdf"),
        ('filename="=?utf-8?Q?p=C3=B3lis.pdf?="', "pólis.pdf"),
        ('filename="pólis.pdf"', "pólis.pdf"),
        ('filename="..\\\\..\\\\polis.pdf"', "polis.pdf"),
        ('filename="/etc/polis.pdf"', "polis.pdf"),
        ('filename="po\u202elis.pdf"', "polis.pdf"),
        ("filename*=x; filename*0=y", "x"),
        ('filename=""', "pdf.pdf"),
        (f'filename="{"a" * 300}.pdf"', "a" * 146 + ".pdf"),
    ],
)
def test_files_keep_their_names(disposition, name):
    assert named(disposition) == name


def test_pictures_the_letter_shows_are_inline():
    html = 'Content-Type: text/html\r\n\r\n<p>Halo <img src="cid:Logo@x"></p>'
    image = "Content-Type: image/png\r\nContent-ID: <{}>\r\nContent-Disposition: inline\r\n\r\nx"
    mail = parts(html, image.format("logo@x"), image.format("lain@x"), kind="related")
    assert [(one.content_id, one.is_inline) for one in mail.attachments] == [
        ("logo@x", True),
        ("lain@x", False),
    ]
    assert mail.attachments[0].size == 1


def test_a_forwarded_mail_is_a_file_of_its_own_bytes():
    inner = "From: ani@contoh.id\r\nSubject: =?utf-8?Q?Klaim/=C3=A1?=\r\n\r\nIsi"
    (file,) = parts(TEXT, f"Content-Type: message/rfc822\r\n\r\n{inner}").attachments
    assert (file.name, file.content_type, file.content) == ("Klaim á.eml", "message/rfc822", inner.encode())
    assert read(file.content).text == "Isi"


def test_a_mail_inside_does_not_become_the_letter():
    assert parts(TEXT, "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nRahasia").text == "Halo"


def test_what_outlook_packs_is_kept_as_a_file():
    (file,) = parts(TEXT, "Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx").attachments
    assert (file.name, file.content_type) == ("winmail.dat", "application/ms-tnef")


def test_a_text_that_was_attached_is_not_the_letter():
    mail = parts(TEXT, 'Content-Type: text/plain; name="catatan.txt"\r\n\r\nDaftar')
    assert (mail.text, mail.attachments[0].name) == ("Halo", "catatan.txt")


def test_a_mail_that_is_nothing_but_a_file_has_no_text():
    mail = letter("Content-Type: application/pdf; name=polis.pdf\nContent-Transfer-Encoding: base64", JPDF)
    assert (mail.text, mail.attachments[0].content) == ("", b"%PDF-1.4")
