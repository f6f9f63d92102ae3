"""The words of the demo company and of its customers."""

from __future__ import annotations

from typing import Any

ASKS = "Tanya asuransi"
MISSED = "Panggilan tak terjawab"

# (subject of the letter, turns: customer first)
STORIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Jatuh tempo polis", (
        "Selamat pagi, polis saya jatuh tempo kapan ya? Bisa lewat virtual account?",
        "Selamat pagi. Jatuh temponya tanggal 15. Nomor virtual account saya kirim di bawah ini, ya.",
        "Baik, sudah saya bayar. Terima kasih.",
        "Sudah kami terima, terima kasih banyak. Semoga sehat selalu.",
    )),
    ("Klaim rawat inap", (
        "Anak saya kemarin dirawat dua hari di RS. Bagaimana cara klaimnya?",
        "Semoga lekas pulih. Mohon kirim kuitansi asli, resume medis, dan fotokopi KTP. Kami bantu "
        "isi formulirnya.",
        "Saya kirim fotonya dulu lewat sini, aslinya menyusul.",
        "Diterima. Biasanya selesai 7 hari kerja; kami kabari setiap ada perkembangan.",
        "Terima kasih, sangat membantu.",
    )),
    ("Alamat baru", (
        "Kami pindah rumah bulan depan. Apakah alamat di polis harus diganti?",
        "Ya, sebaiknya diganti agar surat tidak salah alamat. Mohon kirim alamat lengkap yang baru.",
        "Jl. Kenanga 12, RT 03/05, Depok.",
        "Sudah kami perbarui. Selamat menempati rumah baru!",
    )),
    ("Servis AC", (
        "AC ruang tamu tidak dingin, minta teknisi secepatnya.",
        "Baik, teknisi kami bisa besok antara jam 9 dan 11. Cocok?",
        "Cocok, saya di rumah.",
        "Terima kasih, sampai besok.",
    )),
    ("Tambah anggota keluarga", (
        "Bayi kami lahir minggu lalu. Bisa dimasukkan ke polis kesehatan keluarga?",
        "Selamat atas kelahirannya! Bisa, kami perlu akta lahir dan kartu keluarga yang baru.",
        "Akta masih diurus, mungkin dua minggu lagi.",
        "Tidak apa-apa; perlindungan bisa berlaku sejak lahir bila diajukan dalam 30 hari.",
    )),
    ("Pesanan belum sampai", (
        "Pesanan kipas angin saya belum sampai, padahal sudah tiga hari.",
        "Mohon maaf. Paketnya tertahan di gudang kurir dan diantar hari ini, nomor resinya kami kirim.",
        "Sudah sampai sore ini. Terima kasih.",
    )),
    ("Rujukan teman", (
        "Teman kantor saya tertarik asuransi pendidikan, boleh saya kasih nomor Ibu?",
        "Boleh sekali, terima kasih banyak! Siapa namanya dan kapan enaknya dihubungi?",
        "Namanya Bu Ratna, malam setelah jam 7.",
        "Siap, saya hubungi beliau malam ini. Terima kasih atas kepercayaannya.",
    )),
    ("Keberatan atas tagihan", (
        "Tagihan bulan ini lebih besar dari biasanya. Kenapa?",
        "Ada tambahan perlindungan rawat jalan yang mulai bulan ini, sesuai permintaan bulan lalu. "
        "Rinciannya kami kirim.",
        "Oh iya, saya lupa. Baik kalau begitu.",
    )),
    ("Kartu hilang", (
        "Kartu peserta saya hilang, apakah bisa dicetak ulang?",
        "Bisa. Sementara ini gunakan kartu digital berikut. Kartu fisik kami kirim dalam 5 hari kerja.",
        "Terima kasih banyak, cepat sekali.",
    )),
    ("Jadwal kunjungan", (
        "Pak, jadi kunjungannya hari Kamis?",
        "Jadi, Kamis jam 10 di kantor Bapak. Saya bawa ilustrasinya.",
        "Oke, ditunggu.",
    )),
)  # fmt: skip

STRANGERS = (
    ("Ratna Dewi", "ratna.dewi@surel.example",
     "Saya dapat nomor ini dari Bu Intan. Mau tanya asuransi pendidikan untuk dua anak."),
    ("", "+6281377700451", "Halo, apakah melayani servis AC daerah Bekasi?"),
    ("Koperasi Mandiri", "sekretariat@koperasimandiri.example",
     "Mohon penawaran asuransi kesehatan untuk 24 karyawan."),
    ("", "+6285277700452", "Harga paket kesehatan keluarga berapa ya?"),
)  # fmt: skip

SUMMARIES = (
    "Menanyakan jatuh tempo; nomor virtual account dikirim lewat WhatsApp.",
    "Minta teknisi AC; dijadwalkan besok pagi.",
    "Menanyakan perkembangan klaim; dokumen sudah lengkap.",
    "Tertarik menambah perlindungan; minta dikirimi ilustrasi.",
    "Mengabarkan nomor telepon baru.",
    "Salah sambung.",
    "Menanyakan cara mengubah ahli waris.",
)
DISPOSITIONS = ("solved", "solved", "information", "information", "call_back", "sale", "complaint", "other")
PROBLEMS = {
    "failed": "Kotak surat penerima penuh.",
    "uncertain": "Pengirim berhenti sebelum pihak sana menjawab.",
    "stopped": "Pelanggan menarik persetujuannya.",
}
BROKEN = (
    b'{"object": "instagram", "entry": [{"id": "17841400000000000", "messaging": [{"sender": ',
    b"<html><body>502 Bad Gateway</body></html>",
)

CONSENT = {
    "id": "Saya setuju menerima kabar dan penawaran dari Sahabat Selalu melalui surel, WhatsApp, SMS, "
    "dan telepon. "
    "Persetujuan ini dapat saya tarik kapan saja, tanpa biaya, lewat tautan di setiap pesan.",
    "en": "I agree to receive news and offers from Sahabat Selalu by e-mail, WhatsApp, SMS and phone. "
    "I may withdraw this at any time, at no cost, by the link in every message.",
}

MJML = """<mjml><mj-body background-color="#f6f7f9"><mj-section background-color="#ffffff"><mj-column>
<mj-text font-size="18px" font-weight="600">{greeting}</mj-text>
<mj-text>{body}</mj-text>
<mj-button background-color="#2563eb" href="{{{{ links.preferences }}}}">{button}</mj-button>
</mj-column></mj-section></mj-body></mjml>"""


def _letter(greeting: str, body: str, button: str) -> str:
    return MJML.format(greeting=greeting, body=body, button=button)


# (name, use, channel, purpose, shortcut, wordings by language)
TEMPLATES: tuple[tuple[str, str, str, str, str, dict[str, dict[str, Any]]], ...] = (
    ("Pengingat jatuh tempo", "message", "", "service", "", {
        "id": {
            "subject": "Pengingat: polis Anda segera jatuh tempo",
            "text": "Yth. {{ customer.greeting }}, polis Anda segera jatuh tempo. Mohon bayar sebelum "
            "tanggalnya; "
            "abaikan bila sudah. Salam, {{ colleague.name }}",
            "approved_name": "pengingat_jatuh_tempo", "approved_language": "id", "approval": "approved",
            "category": "utility", "places": ["{{ customer.greeting }}", "{{ colleague.name }}"],
        },
        "en": {
            "subject": "Reminder: your policy falls due soon",
            "text": "Dear {{ customer.greeting }}, your policy falls due soon. Please pay in time; "
            "ignore this if you "
            "have. Regards, {{ colleague.name }}",
        },
    }),
    ("Ucapan ulang tahun", "message", "", "service", "", {
        "id": {
            "subject": "Selamat ulang tahun, {{ customer.first_name }}",
            "text": "Selamat ulang tahun, {{ customer.greeting }}! Semoga sehat dan bahagia selalu. "
            "– {{ colleague.first_name }}, {{ company.name }}",
        },
        "en": {
            "subject": "Happy birthday, {{ customer.first_name }}",
            "text": "Happy birthday, {{ customer.greeting }}! We wish you health and joy. "
            "– {{ colleague.first_name }}, {{ company.name }}",
        },
    }),
    ("Perkenalan", "message", "", "service", "", {
        "id": {
            "subject": "Salam kenal dari {{ colleague.name }}",
            "text": "Salam kenal, {{ customer.greeting }}. Saya {{ colleague.name }} dari {{ "
            "company.name }}. "
            "Kapan waktu yang enak untuk berbincang sepuluh menit?",
        },
        "en": {
            "subject": "A greeting from {{ colleague.name }}",
            "text": "Hello {{ customer.greeting }}, I am {{ colleague.name }} of {{ company.name }}. "
            "When would ten minutes suit you?",
        },
    }),
    ("Kabar promo AC", "message", "email", "marketing", "", {
        "id": {
            "subject": "Cuci AC hemat sampai akhir bulan",
            "text": "{{ customer.greeting }}, cuci AC hemat 20 % sampai akhir bulan. "
            "Tidak mau menerima ini lagi: {{ links.unsubscribe }}",
            "mjml": _letter(
                "Cuci AC hemat 20 %", "{{ customer.greeting }}, udara sejuk untuk keluarga, sampai "
                "akhir bulan.",
                "Atur kabar dari kami",
            ),
        },
    }),
    ("Sudah kami terima", "reply", "", "service", "terima", {
        "id": {"text": "Terima kasih, {{ customer.greeting }}. Sudah kami terima dan segera kami proses."},
        "en": {"text": "Thank you, {{ customer.greeting }}. We have it and are working on it."},
    }),
    ("Dokumen klaim", "reply", "", "service", "klaim", {
        "id": {
            "text": "Untuk klaim mohon kirim: 1) kuitansi asli, 2) resume medis, 3) fotokopi KTP. "
            "Kami bantu isi formulirnya, {{ customer.greeting }}.",
        },
        "en": {
            "text": "For the claim please send: 1) the original receipt, 2) the medical summary, 3) a "
            "copy of the "
            "identity card. We help with the form.",
        },
    }),
    ("Jadwal teknisi", "reply", "whatsapp", "service", "teknisi", {
        "id": {"text": "Teknisi kami bisa besok antara jam 9 dan 11. Apakah cocok, {{ customer.greeting }}?"},
        "en": {"text": "Our technician can come tomorrow between 9 and 11. Does that suit you?"},
    }),
)  # fmt: skip
