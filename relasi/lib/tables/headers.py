"""What the headings of columns mean, in English and Indonesian: data only.

The export forms of Google (before and since 2024), Outlook and HubSpot are written down from knowledge of
such files, not from a specification; headings that a vendor renames are to be added here.
"""

from __future__ import annotations

import re

from relasi.lib.text import fold

# field → headings; a field may be followed by @ and the part (the label meant by the heading)
HEADINGS = {
    "external_id": (
        "external id; id eksternal; customer id; id pelanggan; kode pelanggan; no pelanggan; "
        "id nasabah; no nasabah; nomor nasabah; kode nasabah; nomor pelanggan; record id; contact id; "
        "id kontak; uid; customer code; customer number; cif; no cif; member id; id member; no anggota; "
        "nomor anggota"
    ),
    "kind": (
        "kind; jenis pelanggan; tipe pelanggan; jenis nasabah; tipe nasabah; customer type; party type; "
        "perorangan badan"
    ),
    "salutation": (
        "name prefix; salutation; prefix; sapaan; panggilan hormat; gelar depan; honorific; "
        "title prefix; gelar"
    ),
    "given_name": "first name; given name; nama depan; firstname; nama pertama; forename",
    "middle_name": "middle name; additional name; nama tengah; middlename",
    "family_name": "last name; family name; surname; nama belakang; lastname; nama keluarga; marga",
    "suffix": "name suffix; suffix; gelar belakang; akhiran; sufiks; gelar akademik",
    "name": (
        "name; nama; nama lengkap; full name; fullname; contact name; nama kontak; nama pelanggan; "
        "nama nasabah; customer name; nama customer; display name; nama tertanggung; "
        "nama pemegang polis; pelanggan; nasabah; customer; nama klien; client name; klien; file as; "
        "nama anggota; nama member; nama prospek; prospek; lead name; nama tamu; guest name"
    ),
    "nickname": "nickname; nama panggilan; panggilan; alias; nick name; nama akrab; julukan",
    "company": (
        "company; company name; perusahaan; nama perusahaan; organization name; organization; "
        "organisasi; instansi; tempat kerja; kantor; pt; employer; nama instansi; associated company; "
        "primary associated company; nama usaha; nama toko; badan usaha; business name; account name"
    ),
    "job_title": (
        "job title; jabatan; organization title; title; position; posisi; pekerjaan; occupation; "
        "profesi; jobtitle; profession; role"
    ),
    "department": "department; departemen; organization department; divisi; bagian; unit kerja; division",
    "phone": (
        "phone; telephone; telepon; no telepon; nomor telepon; no telp; telp; tlp; no tlp; nomor telp; "
        "phone number; primary phone; telepon utama; kontak telepon; no kontak; nomor kontak; "
        "contact number; contact no; phone no; tel; telp 1; other phone; telepon lain"
    ),
    "phone@mobile": (
        "mobile; mobile phone; mobile phone number; cell; cell phone; cellphone; hp; no hp; nomor hp; "
        "nomer hp; handphone; no handphone; nomor handphone; ponsel; no ponsel; nomor ponsel; "
        "telepon seluler; telepon genggam; hp wa; no hp wa; seluler; mobile no; mobile number"
    ),
    "phone@whatsapp": (
        "whatsapp; wa; no wa; nomor wa; no whatsapp; nomor whatsapp; whatsapp number; "
        "whatsapp phone number; hp whatsapp"
    ),
    "phone@home": (
        "home phone; home phone 2; telepon rumah; telp rumah; no telp rumah; tlp rumah; no telepon rumah"
    ),
    "phone@work": (
        "business phone; business phone 2; work phone; office phone; telepon kantor; telp kantor; "
        "no telp kantor; telepon bisnis; company main phone; telepon bisnis 2; telepon utama perusahaan"
    ),
    "phone@fax": "fax; fax number; faks; no fax; business fax; faks bisnis; faks kantor; nomor faks",
    "phone@home fax": "home fax; faks rumah",
    "phone@car": "car phone; telepon mobil",
    "phone@pager": "pager; penyeranta",
    "phone@assistant": "assistant s phone; telepon asisten",
    "email": (
        "e mail; email; surel; alamat email; alamat e mail; alamat surel; email address; "
        "e mail address; mail; e mail 1; surat elektronik; work email; email kantor; email pribadi; "
        "personal email; primary email"
    ),
    "website": (
        "website; web; web page; situs; situs web; url; website url; homepage; halaman web; "
        "company domain name; personal web page; laman; alamat web"
    ),
    "street": (
        "street; street address; jalan; nama jalan; address 1; address line 1; alamat 1; alamat jalan; "
        "street 1"
    ),
    "street@home": "home street; jalan rumah; jalan alamat rumah; alamat rumah jalan; home address street",
    "street@work": (
        "business street; jalan kantor; jalan bisnis; jalan alamat bisnis; business address street"
    ),
    "street@other": "other street; jalan lain; jalan lainnya",
    "rt": "rt; no rt; nomor rt",
    "rw": "rw; no rw; nomor rw",
    "kelurahan": (
        "kelurahan; desa; kel; kelurahan desa; desa kelurahan; kel desa; village; urban village; "
        "sub district; nagari"
    ),
    "kecamatan": "kecamatan; kec; district; kec amatan; distrik",
    "city": (
        "city; kota; kabupaten; kab; kota kabupaten; kabupaten kota; kab kota; kota kab; town; "
        "kota domisili; domisili; regency; kabkota"
    ),
    "city@home": "home city; kota rumah; kota alamat rumah",
    "city@work": "business city; kota kantor; kota bisnis; kota alamat bisnis",
    "city@other": "other city; kota lain; kota lainnya",
    "province": "province; provinsi; propinsi; state; region; state region; prov; state province",
    "province@home": "home state; provinsi rumah; provinsi alamat rumah; negara bagian rumah",
    "province@work": (
        "business state; provinsi kantor; provinsi bisnis; provinsi alamat bisnis; negara bagian bisnis"
    ),
    "province@other": "other state; provinsi lain; provinsi lainnya",
    "postal_code": (
        "postal code; zip; zip code; kode pos; kodepos; post code; postcode; zip postal code; kd pos"
    ),
    "postal_code@home": "home postal code; kode pos rumah; kode pos alamat rumah",
    "postal_code@work": "business postal code; kode pos kantor; kode pos bisnis; kode pos alamat bisnis",
    "postal_code@other": "other postal code; kode pos lain; kode pos lainnya",
    "country": "country; negara; country region; negara wilayah",
    "country@home": "home country region; home country; negara rumah; negara wilayah rumah",
    "country@work": (
        "business country region; business country; negara kantor; negara bisnis; negara wilayah bisnis"
    ),
    "country@other": "other country region; other country; negara lain",
    "address_text": (
        "address; alamat; alamat lengkap; full address; alamat tinggal; alamat domisili; alamat surat; "
        "mailing address; alamat korespondensi; alamat pengiriman; shipping address; alamat tagihan"
    ),
    "address_text@ktp": "alamat ktp; alamat sesuai ktp",
    "address_text@home": "home address; alamat rumah",
    "address_text@work": (
        "business address; alamat kantor; office address; alamat bisnis; work address; alamat perusahaan"
    ),
    "birth_on": (
        "birthday; birth date; birthdate; date of birth; dob; tanggal lahir; tgl lahir; tgl lhr; "
        "tanggal kelahiran; ulang tahun; hari lahir; lahir; born; hut"
    ),
    "birth_on@place and date": "tempat tanggal lahir; tempat tgl lahir; ttl; tmpt tgl lahir",
    "anniversary_on": (
        "anniversary; hari jadi; tanggal pernikahan; tgl nikah; tanggal menikah; wedding anniversary; "
        "ulang tahun pernikahan; tgl pernikahan; hari pernikahan; tanggal nikah"
    ),
    "gender": "gender; sex; jenis kelamin; kelamin; jk; l p; jns kelamin; lp",
    "religion": "religion; agama; kepercayaan",
    "language": "language; bahasa; preferred language; bahasa pilihan",
    "hobbies": "hobby; hobbies; hobi; kegemaran; kesukaan",
    "interests": "interest; interests; minat; ketertarikan; minat produk",
    "nik": (
        "nik; no ktp; nomor ktp; ktp; no ktp nik; nik ktp; no identitas; nomor identitas; "
        "nomor induk kependudukan; identity number; id card; id card number; no nik; "
        "government id number; nomor nik; ktp nik"
    ),
    "npwp": (
        "npwp; no npwp; nomor npwp; tax id; tax number; nomor pokok wajib pajak; "
        "organizational id number"
    ),
    "tags": (
        "tags; tag; labels; label; group membership; categories; kategori; kelompok; grup; group; "
        "groups; kategori kontak"
    ),
    "notes": (
        "notes; note; catatan; keterangan; remarks; remark; comment; comments; komentar; memo; "
        "deskripsi; description; ket; info; catatan tambahan; about us"
    ),
    "owner": (
        "owner; pemilik; contact owner; company owner; sales; agen; agent; pic; salesperson; marketing; "
        "account manager; penanggung jawab; petugas; kode agen; nama agen; agent name; sales owner; "
        "account owner"
    ),
    "rung": (
        "rung; ladder; lifecycle stage; tahap; status pelanggan; customer stage; anak tangga; "
        "tahap pelanggan; stage"
    ),
    "source": (
        "source; sumber; lead source; original source; sumber data; asal; sumber prospek; "
        "original traffic source; asal data; sumber lead; referral source"
    ),
    "created_at": (
        "create date; created; created at; tanggal dibuat; tgl dibuat; created date; date created; "
        "tanggal input; tgl input; tanggal daftar; tgl daftar; tanggal registrasi; registered at; "
        "creation date"
    ),
    "relation@spouse": (
        "spouse; pasangan; suami istri; nama pasangan; istri; suami; nama istri; nama suami; "
        "suami atau istri"
    ),
    "relation@child": "children; child; anak; nama anak; anak anak",
    "relation@manager": "manager s name; manager; manajer; nama manajer; atasan",
    "relation@assistant": "assistant s name; asisten; nama asisten; assistant",
    "relation@referrer": (
        "referred by; referensi; referrer; direferensikan oleh; rujukan; pemberi referensi; "
        "nama referensi; direferensikan"
    ),
    "relation@beneficiary": "beneficiary; ahli waris; penerima manfaat; nama ahli waris",
}  # fmt: skip

NUMBERED = (
    (re.compile(r"phone (\d+) (?:value|number)"), "phone"),
    (re.compile(r"phone (\d+) (?:label|type)"), "phone_label"),
    (re.compile(r"e ?mail (\d+) (?:value|address)"), "email"),
    (re.compile(r"e ?mail (\d+) (?:label|type)"), "email_label"),
    (re.compile(r"website (\d+) value"), "website"),
    (re.compile(r"address (\d+) (?:label|type)"), "address_label"),
    (re.compile(r"address (\d+) formatted"), "address_text"),
    (re.compile(r"address (\d+) street"), "street"),
    (re.compile(r"address (\d+) city"), "city"),
    (re.compile(r"address (\d+) region"), "province"),
    (re.compile(r"address (\d+) postal code"), "postal_code"),
    (re.compile(r"address (\d+) country"), "country"),
    (re.compile(r"event (\d+) value"), "date"),
    (re.compile(r"event (\d+) (?:label|type)"), "date_label"),
    (re.compile(r"relation (\d+) value"), "relation"),
    (re.compile(r"relation (\d+) (?:label|type)"), "relation_label"),
)
FIRST_OF_NUMBERED = {
    "organization 1 name": "company", "organization 1 title": "job_title",
    "organization 1 department": "department",
}  # fmt: skip

# Columns of the exports that carry nothing a customer record keeps: not mapped and not suggested.
PASSED_OVER = {
    "no", "nomor", "no urut", "nomor urut", "urutan", "photo", "yomi name", "given name yomi",
    "additional name yomi",
    "family name yomi", "phonetic first name", "phonetic middle name", "phonetic last name",
    "organization 1 yomi name",
    "organization yomi name", "initials", "inisial", "sensitivity", "sensitivitas", "private", "pribadi",
    "priority",
    "prioritas", "mileage", "billing information", "directory server", "e mail type", "email type",
    "internet free busy",
    "file as phonetic", "e mail display name", "nama tampilan e mail", "website 1 type", "website 1 label",
    "address 1 extended address", "address 1 po box",
}  # fmt: skip

MANY = frozenset(
    {"phone", "email", "website", "street", "address_text", "date", "relation", "notes", "company"}
)
ADDRESS = frozenset({
    "street", "rt", "rw", "kelurahan", "kecamatan", "city", "province", "postal_code", "country",
    "address_text",
    "address_label",
})  # fmt: skip
FIELDS = frozenset(name.partition("@")[0] for name in HEADINGS) | {
    "phone_label", "email_label", "address_label", "date", "date_label", "relation_label",
}  # fmt: skip


def tidy(heading: str) -> str:
    """`E-mail 1 - Value` → `e mail 1 value`, `No. HP/WA` → `no hp wa`."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(heading)).split())


MEANING = {
    heading.strip(): (field.partition("@")[0], field.partition("@")[2])
    for field, headings in HEADINGS.items()
    for heading in headings.split(";")
}
