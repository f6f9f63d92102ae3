"""What the demo company's people write: data only, in Indonesian."""

from __future__ import annotations

CITIES = (
    # city, province, time zone, weight
    ("Jakarta Selatan", "DKI Jakarta", "Asia/Jakarta", 18),
    ("Jakarta Barat", "DKI Jakarta", "Asia/Jakarta", 11),
    ("Jakarta Timur", "DKI Jakarta", "Asia/Jakarta", 10),
    ("Tangerang Selatan", "Banten", "Asia/Jakarta", 9),
    ("Kota Bekasi", "Jawa Barat", "Asia/Jakarta", 9),
    ("Kota Depok", "Jawa Barat", "Asia/Jakarta", 7),
    ("Kota Bogor", "Jawa Barat", "Asia/Jakarta", 5),
    ("Kota Bandung", "Jawa Barat", "Asia/Jakarta", 7),
    ("Kota Semarang", "Jawa Tengah", "Asia/Jakarta", 4),
    ("Kota Yogyakarta", "DI Yogyakarta", "Asia/Jakarta", 4),
    ("Kota Surabaya", "Jawa Timur", "Asia/Jakarta", 8),
    ("Kota Malang", "Jawa Timur", "Asia/Jakarta", 3),
    ("Kota Medan", "Sumatera Utara", "Asia/Jakarta", 4),
    ("Kota Denpasar", "Bali", "Asia/Makassar", 4),
    ("Kota Makassar", "Sulawesi Selatan", "Asia/Makassar", 3),
    ("Kota Balikpapan", "Kalimantan Timur", "Asia/Makassar", 2),
    ("Kota Jayapura", "Papua", "Asia/Jayapura", 1),
    ("Kota Ambon", "Maluku", "Asia/Jayapura", 1),
)
STREETS = (
    "Jl. Melati", "Jl. Kenanga", "Jl. Anggrek", "Jl. Merpati", "Jl. Cendrawasih", "Jl. Diponegoro",
    "Jl. Sudirman", "Jl. Gatot Subroto", "Jl. Pahlawan", "Jl. Mangga", "Jl. Rambutan", "Jl. Cempaka Putih",
    "Jl. Teuku Umar", "Jl. Kartini", "Gg. Mawar", "Jl. Ahmad Yani", "Jl. Veteran", "Jl. Raya Kebayoran",
    "Komplek Taman Asri Blok B", "Perum Griya Indah Blok C",
)  # fmt: skip
KELURAHAN = ("Menteng Dalam", "Cipete Utara", "Kebon Jeruk", "Pondok Kelapa", "Jatiwaringin", "Beji",
             "Sukasari", "Dago", "Tembalang", "Kotabaru", "Ketintang", "Lowokwaru", "Sei Agul", "Renon",
             "Panakkukang")  # fmt: skip
JOBS = ("Guru", "Dokter Gigi", "Pengusaha", "Akuntan", "Staf Administrasi", "Manajer Pemasaran", "Apoteker",
        "Arsitek", "Pegawai Negeri", "Pedagang", "Perawat", "Programmer", "Notaris", "Kepala Toko",
        "Supervisor Produksi", "Dosen", "Ibu Rumah Tangga", "Desainer", "Teknisi",
        "Manajer Keuangan")  # fmt: skip
HOBBIES = ("badminton", "memancing", "bersepeda", "memasak", "berkebun", "fotografi", "membaca", "futsal",
           "menyanyi", "mendaki gunung", "kopi", "catur", "merajut", "menonton film", "berenang",
           "burung kicau",
           "traveling")  # fmt: skip
INTERESTS = ("asuransi jiwa", "asuransi mobil", "dana pendidikan", "kesehatan keluarga", "pensiun",
             "servis AC", "umrah", "investasi", "rumah pertama",
             "perhiasan")  # fmt: skip
SOURCES = (
    "Referensi",
    "Pameran",
    "Instagram",
    "WhatsApp",
    "Website",
    "Telepon masuk",
    "Tetangga",
    "Komunitas",
    "Toko",
)
INDUSTRIES = ("Perdagangan", "Manufaktur", "Kesehatan", "Pendidikan", "Logistik", "Perhotelan", "Konstruksi",
              "Teknologi", "Makanan & Minuman",
              "Properti")  # fmt: skip
COMPANY_CORES = ("Maju Bersama", "Sinar Abadi", "Karya Mandiri", "Cipta Sejahtera", "Anugerah Jaya",
                 "Tirta Medika", "Bumi Lestari", "Mitra Niaga", "Surya Kencana", "Cahaya Timur",
                 "Griya Sentosa", "Nusantara Pangan", "Graha Husada", "Prima Logistik", "Delta Konstruksi",
                 "Samudra Boga", "Gemilang Teknik", "Rejeki Makmur", "Utama Farma",
                 "Harapan Bangsa")  # fmt: skip
RELIGIONS = (
    ("islam", 80),
    ("protestant", 8),
    ("catholic", 5),
    ("hindu", 4),
    ("buddhist", 2),
    ("confucian", 1),
)
TAGS = (("VIP", "amber"), ("Polis jatuh tempo", "red"), ("Unit link", "violet"), ("Servis AC", "teal"),
        ("Toko online", "blue"), ("Komunitas gowes", "green"), ("Natural market", "grey"),
        ("Calon agen", "pink"))  # fmt: skip
SAID = {
    "call": (
        ("Konfirmasi pembayaran premi", "Premi bulan ini sudah ditransfer, bukti dikirim lewat WhatsApp."),
        (
            "Menawarkan asuransi kendaraan",
            "Masih memakai polis dari dealer sampai tahun depan; minta dihubungi lagi sebelum habis.",
        ),
        (
            "Menjawab pertanyaan klaim rawat inap",
            "Dijelaskan dokumen yang perlu: resume medis, kuitansi asli, dan KTP.",
        ),
        ("Telepon perkenalan", "Tertarik dana pendidikan untuk anak kedua, minta ilustrasi."),
        ("Tindak lanjut penawaran", "Suami masih mempertimbangkan, sepakat bicara lagi minggu depan."),
        ("Keluhan AC tidak dingin", "Dijadwalkan teknisi datang besok pagi, garansi pekerjaan 30 hari."),
        ("Menanyakan kabar setelah operasi", "Sudah pulang dari rumah sakit, klaim sedang diproses."),
    ),
    "note": (
        ("Catatan keluarga", "Anak pertama masuk SMA tahun ini. Istri membuka usaha katering di rumah."),
        ("Kebiasaan pembayaran", "Lebih suka diingatkan lewat WhatsApp seminggu sebelum jatuh tempo."),
        ("Profil risiko", "Konservatif, pernah rugi di saham. Tawarkan pasar uang lebih dulu."),
        (
            "Referensi",
            "Menyebut dua teman kantor yang belum punya asuransi kesehatan, minta dikenalkan bulan depan.",
        ),
        ("Preferensi", "Tidak menerima telepon di jam salat. Hubungi setelah pukul 16.00."),
    ),
    "meeting": (
        ("Presentasi ilustrasi dana pendidikan", "Dua pilihan dibahas; memilih masa bayar 10 tahun."),
        ("Tinjauan polis tahunan", "Uang pertanggungan dirasa kurang, disiapkan usulan tambahan."),
        ("Perkenalan program karyawan", "Perusahaan meminta penawaran kesehatan untuk 45 karyawan."),
        ("Penandatanganan SPAJ", "Dokumen lengkap, pembayaran pertama lewat virtual account."),
    ),
    "visit": (
        ("Servis AC dua unit", "Cuci dan tambah freon, tekanan normal kembali. Pelanggan puas."),
        ("Kunjungan rumah sakit", "Menjenguk dan membawa buah. Membantu melengkapi berkas klaim."),
        ("Antar polis", "Polis diserahkan dan isinya dibacakan bersama."),
        ("Survei lokasi pemasangan", "Perlu pipa 8 meter dan braket baru."),
    ),
    "task": (
        ("Kirim ilustrasi lewat WhatsApp", ""),
        ("Ingatkan jatuh tempo premi", ""),
        ("Siapkan hadiah ulang tahun", "Anggaran Rp150.000, hobi berkebun."),
        ("Lengkapi berkas klaim", "Kurang fotokopi kartu keluarga."),
        ("Hubungi kembali soal asuransi mobil", ""),
        ("Perbarui nomor rekening autodebet", "Kartu lama habis masa berlaku bulan depan."),
        ("Minta referensi setelah polis terbit", ""),
        ("Jadwalkan servis berkala", "Setiap tiga bulan, pagi hari."),
        ("Kirim penawaran kesehatan karyawan", "45 karyawan, kelas menengah."),
    ),
}
MOVES = {
    "prospect": "Menjawab telepon pertama",
    "first_time": "Pembelian pertama",
    "repeat": "Membeli untuk kedua kali",
    "client": "Memiliki dua jenis produk",
    "member": "Bergabung dengan Klub Sahabat",
    "advocate": "Membawa pelanggan baru",
    "partner": "Menjadi agen referensi",
}
STAFF = (
    # name, job title, team, role
    ("Hendra Gunawan", "Kepala Agensi", "Agensi", "Sales manager"),
    ("Maya Anggraini", "Ketua Tim Jakarta", "Agensi Jakarta", "Sales manager"),
    ("Fajar Nugroho", "Agen", "Agensi Jakarta", "Seller"),
    ("Intan Permata", "Agen", "Agensi Jakarta", "Seller"),
    ("Yusuf Hidayat", "Agen", "Agensi Jakarta", "Seller"),
    ("Wayan Sudiarta", "Ketua Tim Timur", "Agensi Timur", "Sales manager"),
    ("Ni Luh Ayu Pertiwi", "Agen", "Agensi Timur", "Seller"),
    ("Andi Baso Mappanyukki", "Agen", "Agensi Timur", "Seller"),
    ("Dewi Lestari", "Layanan Pelanggan", "Layanan", "Service"),
    ("Rizal Ramadhan", "Koordinator Teknisi", "Servis", "Service"),
    ("Putri Maharani", "Kepala Toko", "Toko", "Seller"),
    ("Agus Kurniawan", "Kepala Gudang", "Toko", "Storekeeper"),
    ("Bambang Wibisono", "Direktur Keuangan", "", "Management"),
    ("Siti Nurhaliza Rahma", "Administrator", "", "Administrator"),
)
TEAMS = (
    ("Agensi", ""),
    ("Agensi Jakarta", "Agensi"),
    ("Agensi Timur", "Agensi"),
    ("Layanan", ""),
    ("Servis", ""),
    ("Toko", ""),
)
