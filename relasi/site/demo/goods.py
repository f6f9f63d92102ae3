"""What the demo company sells: data only, in Indonesian, at the prices of 2026."""

from __future__ import annotations

UNITS = (
    # name, symbol, whole
    ("Buah", "bh", True),
    ("Unit", "unit", True),
    ("Meter", "m", False),
    ("Kilogram", "kg", False),
    ("Kunjungan", "kunj", True),
    ("Titik", "titik", True),
    ("Polis", "polis", True),
    ("Peserta", "org", True),
)
CATEGORIES = (
    # name, part of
    ("Asuransi", ""),
    ("Asuransi jiwa", "Asuransi"),
    ("Asuransi kesehatan", "Asuransi"),
    ("Asuransi kendaraan", "Asuransi"),
    ("Asuransi lain", "Asuransi"),
    ("Servis", ""),
    ("Servis AC", "Servis"),
    ("Servis elektronik", "Servis"),
    ("Suku cadang", ""),
    ("Suku cadang AC", "Suku cadang"),
    ("Suku cadang kulkas", "Suku cadang"),
    ("Suku cadang mesin cuci", "Suku cadang"),
    ("Bahan listrik", "Suku cadang"),
    ("Toko", ""),
    ("Pendingin udara", "Toko"),
    ("Peralatan dapur", "Toko"),
    ("Peralatan rumah", "Toko"),
    ("Paket", ""),
)
PLANS = (
    # sku, name, category, unit, premium, what goes to the insurer, billed, term in months
    ("AJ-101", "Sahabat Jiwa Berjangka 10", "Asuransi jiwa", "Polis", 350_000, 262_000, "monthly", 120),
    ("AJ-120", "Sahabat Jiwa Seumur Hidup", "Asuransi jiwa", "Polis", 625_000, 470_000, "monthly", 240),
    ("AJ-200", "Dana Pendidikan Cerdas", "Asuransi jiwa", "Polis", 750_000, 585_000, "monthly", 180),
    ("AJ-210", "Sahabat Link Sejahtera", "Asuransi jiwa", "Polis", 1_000_000, 800_000, "monthly", None),
    ("AJ-300", "Pensiun Tenang 55", "Asuransi jiwa", "Polis", 500_000, 395_000, "monthly", 240),
    ("AJ-330", "Santunan Kecelakaan Diri", "Asuransi jiwa", "Polis", 180_000, 118_000, "yearly", 12),
    (
        "AK-100",
        "Sahabat Sehat Perorangan",
        "Asuransi kesehatan",
        "Polis",
        4_850_000,
        3_980_000,
        "yearly",
        12,
    ),
    (
        "AK-110",
        "Sahabat Sehat Keluarga",
        "Asuransi kesehatan",
        "Polis",
        11_400_000,
        9_350_000,
        "yearly",
        12,
    ),
    (
        "AK-200",
        "Sahabat Sehat Karyawan",
        "Asuransi kesehatan",
        "Peserta",
        3_250_000,
        2_760_000,
        "yearly",
        12,
    ),
    ("AK-130", "Santunan Rawat Inap Harian", "Asuransi kesehatan", "Polis", 145_000, 102_000, "monthly", 12),
    (
        "AO-100",
        "Sahabat Oto All Risk",
        "Asuransi kendaraan",
        "Polis",
        5_950_000,
        4_760_000,
        "yearly",
        12,
    ),
    ("AO-110", "Sahabat Oto TLO", "Asuransi kendaraan", "Polis", 1_450_000, 1_130_000, "yearly", 12),
    ("AO-200", "Sahabat Motor", "Asuransi kendaraan", "Polis", 285_000, 214_000, "yearly", 12),
    ("AR-100", "Rumah Aman", "Asuransi lain", "Polis", 875_000, 640_000, "yearly", 12),
    ("AR-200", "Perjalanan Umrah", "Asuransi lain", "Polis", 265_000, 190_000, "once", 1),
    ("AR-210", "Perjalanan Domestik", "Asuransi lain", "Polis", 45_000, 29_000, "once", 1),
)
SERVICES = (
    # sku, name, category, unit, price, cost, billed
    ("SV-101", "Cuci AC ½–1 PK", "Servis AC", "Unit", 85_000, 42_000, "once"),
    ("SV-102", "Cuci AC 1½–2 PK", "Servis AC", "Unit", 105_000, 48_000, "once"),
    ("SV-110", "Isi freon R32 (jasa)", "Servis AC", "Unit", 120_000, 55_000, "once"),
    ("SV-120", "Bongkar pasang AC", "Servis AC", "Unit", 475_000, 240_000, "once"),
    ("SV-121", "Pasang AC baru", "Servis AC", "Unit", 350_000, 175_000, "once"),
    ("SV-130", "Perbaikan bocor pipa AC", "Servis AC", "Kunjungan", 325_000, 160_000, "once"),
    ("SV-190", "Kontrak perawatan AC kantor", "Servis AC", "Unit", 260_000, 138_000, "quarterly"),
    ("SV-201", "Kunjungan dan diagnosa", "Servis elektronik", "Kunjungan", 75_000, 40_000, "once"),
    ("SV-210", "Servis kulkas", "Servis elektronik", "Kunjungan", 225_000, 110_000, "once"),
    ("SV-220", "Servis mesin cuci", "Servis elektronik", "Kunjungan", 195_000, 98_000, "once"),
    ("SV-230", "Servis pompa air", "Servis elektronik", "Kunjungan", 165_000, 85_000, "once"),
    ("SV-240", "Pasang titik listrik", "Servis elektronik", "Titik", 135_000, 66_000, "once"),
)
GOODS = (
    # sku, name, category, unit, price, cost, sold a month
    ("SC-101", "Freon R32", "Suku cadang AC", "Kilogram", 145_000, 98_000, 40),
    ("SC-102", "Freon R410A", "Suku cadang AC", "Kilogram", 172_000, 118_000, 18),
    ("SC-110", "Kapasitor AC 35 µF", "Suku cadang AC", "Buah", 68_000, 39_000, 14),
    ("SC-111", "Kapasitor AC 25 µF", "Suku cadang AC", "Buah", 57_000, 33_000, 12),
    ("SC-120", "Motor kipas indoor", "Suku cadang AC", "Buah", 285_000, 190_000, 6),
    ("SC-121", "Motor kipas outdoor", "Suku cadang AC", "Buah", 340_000, 228_000, 5),
    ("SC-130", "Modul PCB universal", "Suku cadang AC", "Buah", 310_000, 195_000, 7),
    ("SC-140", "Pipa tembaga ¼ × ⅜", "Suku cadang AC", "Meter", 98_000, 64_000, 85),
    ("SC-150", "Saringan AC", "Suku cadang AC", "Buah", 48_000, 24_000, 22),
    ("SC-160", "Remot AC universal", "Suku cadang AC", "Buah", 55_000, 27_000, 25),
    ("SC-170", "Braket outdoor", "Suku cadang AC", "Buah", 78_000, 46_000, 24),
    ("SC-201", "Termostat kulkas", "Suku cadang kulkas", "Buah", 92_000, 52_000, 8),
    ("SC-202", "Karet pintu kulkas", "Suku cadang kulkas", "Buah", 135_000, 79_000, 6),
    ("SC-203", "Pemanas defrost", "Suku cadang kulkas", "Buah", 118_000, 67_000, 5),
    ("SC-301", "Dinamo pencuci", "Suku cadang mesin cuci", "Buah", 385_000, 262_000, 5),
    ("SC-302", "Sabuk V mesin cuci", "Suku cadang mesin cuci", "Buah", 38_000, 19_000, 15),
    ("SC-303", "Selang masuk air", "Suku cadang mesin cuci", "Buah", 45_000, 22_000, 13),
    ("SC-401", "Kabel NYM 3 × 2,5", "Bahan listrik", "Meter", 17_500, 12_400, 260),
    ("SC-402", "MCB 10 A", "Bahan listrik", "Buah", 64_000, 44_000, 20),
    ("SC-403", "Stopkontak tanam", "Bahan listrik", "Buah", 29_500, 17_000, 45),
    ("TK-101", "AC split ½ PK", "Pendingin udara", "Unit", 3_190_000, 2_710_000, 11),
    ("TK-102", "AC split 1 PK inverter", "Pendingin udara", "Unit", 4_890_000, 4_120_000, 14),
    ("TK-103", "AC split 2 PK", "Pendingin udara", "Unit", 7_450_000, 6_350_000, 4),
    ("TK-110", "Kipas angin berdiri 16 inci", "Pendingin udara", "Unit", 289_000, 205_000, 28),
    ("TK-111", "Kipas angin dinding", "Pendingin udara", "Unit", 245_000, 172_000, 16),
    ("TK-201", "Penanak nasi 1,8 liter", "Peralatan dapur", "Unit", 379_000, 282_000, 26),
    ("TK-202", "Kompor gas 2 tungku", "Peralatan dapur", "Unit", 395_000, 291_000, 13),
    ("TK-203", "Blender 1,5 liter", "Peralatan dapur", "Unit", 325_000, 231_000, 15),
    ("TK-204", "Dispenser galon bawah", "Peralatan dapur", "Unit", 1_475_000, 1_160_000, 9),
    ("TK-205", "Kulkas 1 pintu", "Peralatan dapur", "Unit", 2_150_000, 1_790_000, 7),
    ("TK-206", "Kulkas 2 pintu", "Peralatan dapur", "Unit", 4_250_000, 3_610_000, 5),
    ("TK-301", "Mesin cuci 2 tabung 9 kg", "Peralatan rumah", "Unit", 1_790_000, 1_460_000, 8),
    ("TK-302", "Setrika listrik", "Peralatan rumah", "Unit", 169_000, 116_000, 21),
    ("TK-303", "Pemanas air 15 liter", "Peralatan rumah", "Unit", 2_390_000, 1_930_000, 4),
    ("TK-304", "Lampu LED 12 W", "Peralatan rumah", "Buah", 32_500, 20_000, 140),
    ("TK-305", "Penyedot debu", "Peralatan rumah", "Unit", 799_000, 598_000, 6),
    ("TK-306", "Televisi LED 32 inci", "Peralatan rumah", "Unit", 1_949_000, 1_610_000, 9),
    ("TK-307", "Pompa air 125 W", "Peralatan rumah", "Unit", 685_000, 528_000, 9),
)
BUNDLES = (
    # sku, name, price, parts: (sku, quantity, optional)
    (
        "PK-101",
        "Paket AC 1 PK terpasang",
        5_490_000,
        (("TK-102", "1", False), ("SV-121", "1", False), ("SC-140", "3", False), ("SC-170", "1", False)),
    ),
    (
        "PK-110",
        "Paket rawat AC rumah",
        320_000,
        (("SV-101", "3", False), ("SC-150", "3", False), ("SC-101", "0.5", True)),
    ),
    (
        "PK-200",
        "Paket rumah baru",
        4_390_000,
        (("TK-205", "1", False), ("TK-201", "1", False), ("TK-301", "1", False), ("TK-302", "1", True)),
    ),
)
PLACES = (
    # name, code, city, address, for sale
    ("Gudang Bekasi", "GDG", "Kota Bekasi", "Jl. Raya Narogong KM 12 Blok C3", True),
    ("Toko Tebet", "TKO", "Jakarta Selatan", "Jl. Tebet Raya 88", True),
    ("Mobil teknisi 1", "MBL", "Jakarta Selatan", "", True),
    ("Barang rusak", "RSK", "Kota Bekasi", "Jl. Raya Narogong KM 12 Blok C3", False),
)
RULES = (
    # name, category, sku, filter, reason
    (
        "Usia peserta asuransi jiwa",
        "Asuransi jiwa",
        "",
        'birth_on <= "-17y" and birth_on >= "-60y"',
        "Hanya untuk usia 17 sampai 60 tahun.",
    ),
    (
        "Kesehatan karyawan",
        "",
        "AK-200",
        "employees >= 10",
        "Hanya untuk perusahaan dengan 10 karyawan atau lebih.",
    ),
    (
        "Kesehatan perorangan",
        "",
        "AK-100",
        'birth_on >= "-65y"',
        "Hanya sampai usia 65 tahun.",
    ),
    (
        "Jangkauan teknisi",
        "Servis",
        "",
        'city in ("Jakarta Selatan", "Jakarta Barat", "Jakarta Timur", "Tangerang Selatan", "Kota Bekasi",'
        ' "Kota Depok", "Kota Bogor")',
        "Teknisi hanya melayani Jabodetabek.",
    ),
)
BRANDS = ("Sejuk", "Kencana", "Nusa", "Prima", "Andalan", "Mitra", "Cakra", "Melati", "Garuda Jaya", "Arta")
SUPPLIERS = ("PT Sumber Dingin", "CV Elektra Jaya", "PT Niaga Peralatan", "UD Tembaga Makmur")
