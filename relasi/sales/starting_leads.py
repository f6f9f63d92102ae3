"""What every company starts with about leads, in the language of the installation; edited like all else."""

from __future__ import annotations

from typing import Any

from relasi.sales.starting import said

TARGET = {"en": "Answer within an hour", "id": "Jawab dalam satu jam"}
KEEP = {"en": "To whoever looks after the customer", "id": "Ke yang mengurus pelanggan"}
# words, condition, points
SCORES: tuple[tuple[dict[str, str], str, int], ...] = (
    ({"en": "Can be called", "id": "Bisa ditelepon"}, "phone is not empty", 10),
    ({"en": "Has an e-mail address", "id": "Punya alamat email"}, "email is not empty", 5),
    ({"en": "Recommended by a customer", "id": "Direkomendasikan pelanggan"}, "channel = referral", 25),
    ({"en": "Was a customer already", "id": "Sudah pelanggan"}, "rung >= first_time", 20),
    ({"en": "Said what is needed", "id": "Menyebutkan kebutuhannya"}, "need is not empty", 10),
    ({"en": "Three tries without success", "id": "Tiga kali dicoba tanpa hasil"},
     "attempts >= 3 and status = new", -15),
)  # fmt: skip

CONSENT = {
    "en": "I agree that you keep these details and contact me about this.",
    "id": "Saya setuju data ini disimpan dan saya dihubungi tentang hal ini.",
}
NAME, PHONE = (
    {"en": "Your name", "id": "Nama Anda"},
    {"en": "Phone or WhatsApp", "id": "Telepon atau WhatsApp"},
)
NEED = {"en": "What may we help with?", "id": "Apa yang bisa kami bantu?"}
FRIEND = {"en": "Name of your friend", "id": "Nama teman Anda"}
FRIEND_PHONE = {"en": "Phone or WhatsApp of your friend", "id": "Telepon atau WhatsApp teman Anda"}
FRIEND_NEED = {"en": "What might they need?", "id": "Apa yang mungkin mereka butuhkan?"}
FRIEND_KNOWS = {
    "en": "My friend knows that I leave the number here.",
    "id": "Teman saya tahu bahwa nomornya saya tinggalkan di sini.",
}

Asked = tuple[str, dict[str, str], str, str, bool]  # key, question, kind, goes to, must be answered
FORMS: tuple[tuple[str, dict[str, str], dict[str, str], tuple[Asked, ...]], ...] = (
    (
        "card",
        {"en": "Business card", "id": "Kartu nama"},
        {"en": "Leave me your number", "id": "Tinggalkan nomor Anda"},
        (
            ("name", NAME, "text", "party.name", True),
            ("phone", PHONE, "phone", "party.phone", True),
            ("need", NEED, "long", "lead.need", False),
            ("consent", CONSENT, "consent", "note", True),
        ),
    ),
    (
        "refer",
        {"en": "Refer a friend", "id": "Ajak teman"},
        {"en": "Whom may we call?", "id": "Siapa yang boleh kami hubungi?"},
        (
            ("name", FRIEND, "text", "party.name", True),
            ("phone", FRIEND_PHONE, "phone", "party.phone", True),
            ("need", FRIEND_NEED, "long", "lead.need", False),
            ("consent", FRIEND_KNOWS, "consent", "note", True),
        ),
    ),
)


def fill(apps: Any) -> None:
    """Opening hours, a response time, who keeps what, points, and the forms behind cards and links."""
    rows = {name: apps.get_model("sales", name) for name in (
        "OpeningHours", "ResponseTarget", "AssignmentRule", "ScoreRule", "WebForm", "FormField"
    )}  # fmt: skip
    for weekday in range(5):
        rows["OpeningHours"].objects.create(weekday=weekday, name="08:00–17:00")
    rows["ResponseTarget"].objects.create(name=said(TARGET), minutes=60)
    rows["AssignmentRule"].objects.create(
        name=said(KEEP), pool="customer_owner", order=5, is_live=True, within_capacity=False, on_shift=False
    )
    for order, (words, condition, points) in enumerate(SCORES, start=1):
        rows["ScoreRule"].objects.create(
            name=said(words), condition=condition, points=points, order=order * 10
        )
    for language in ("id", "en"):
        for purpose, name, title, questions in FORMS:
            form = rows["WebForm"].objects.create(
                name=name[language], title=title[language], purpose=purpose, language=language,
                slug=f"{purpose}-{language}",
            )  # fmt: skip
            for order, (key, label, kind, goes_to, needed) in enumerate(questions, start=1):
                rows["FormField"].objects.create(
                    form=form, key=key, label=label[language], kind=kind, goes_to=goes_to, is_required=needed,
                    order=order * 10,
                )  # fmt: skip
