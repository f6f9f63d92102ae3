"""What every company starts with, in the language of the installation; edited like everything else."""

from __future__ import annotations

from typing import Any

from django.conf import settings

Names = dict[str, str]  # language → name

PIPELINES: tuple[tuple[Names, int], ...] = (
    ({"en": "Sales", "id": "Penjualan"}, 10),
    ({"en": "Renewals", "id": "Perpanjangan"}, 20),
)
# name, kind, probability, category, rots after (days), required fields
OPEN_STAGES: tuple[tuple[Names, int, str, int, list[str]], ...] = (
    ({"en": "New", "id": "Baru"}, 10, "pipeline", 7, []),
    ({"en": "Qualified", "id": "Memenuhi syarat"}, 25, "pipeline", 14, ["amount"]),
    ({"en": "Needs known", "id": "Kebutuhan diketahui"}, 40, "pipeline", 14, []),
    ({"en": "Proposal sent", "id": "Penawaran terkirim"}, 60, "best_case", 10, ["amount"]),
    ({"en": "Negotiation", "id": "Negosiasi"}, 80, "commit", 7, ["next_activity_at"]),
)
RENEWAL_STAGES: tuple[tuple[Names, int, str, int, list[str]], ...] = (
    ({"en": "Due soon", "id": "Segera jatuh tempo"}, 70, "best_case", 14, []),
    ({"en": "Talked to", "id": "Sudah dihubungi"}, 85, "commit", 10, ["amount"]),
)
CLOSING: tuple[tuple[Names, str], ...] = (
    ({"en": "Won", "id": "Menang"}, "won"),
    ({"en": "Lost", "id": "Kalah"}, "lost"),
)
CRITERIA: dict[int, tuple[Names, ...]] = {  # by place of the open stage in the first pipeline
    1: (
        {"en": "The customer has the budget", "id": "Pelanggan punya anggaran"},
        {"en": "We talk to who decides", "id": "Kita bicara dengan pengambil keputusan"},
    ),
    3: ({"en": "The proposal was gone through together", "id": "Penawaran sudah dibahas bersama"},),
}
REASONS: tuple[tuple[Names, str], ...] = (
    ({"en": "Price", "id": "Harga"}, "lost"),
    ({"en": "Chose a competitor", "id": "Memilih pesaing"}, "lost"),
    ({"en": "No budget", "id": "Tidak ada anggaran"}, "lost"),
    ({"en": "Bad time", "id": "Waktunya belum tepat"}, "lost"),
    ({"en": "No answer any more", "id": "Tidak menjawab lagi"}, "lost"),
    ({"en": "Does not fit the need", "id": "Tidak sesuai kebutuhan"}, "lost"),
    ({"en": "Best offer", "id": "Penawaran terbaik"}, "won"),
    ({"en": "Trust in the seller", "id": "Percaya pada penjual"}, "won"),
    ({"en": "Recommended by another customer", "id": "Direkomendasikan pelanggan lain"}, "won"),
)


def said(names: Names) -> str:
    """In the language of the installation."""
    return names["id" if settings.LANGUAGE_CODE.startswith("id") else "en"]


def closing_stages() -> list[dict[str, Any]]:
    """Won and lost, as columns of a stage."""
    return [
        {
            "name": said(names), "kind": kind, "order": order, "probability": 100 if kind == "won" else 0,
            "category": "closed" if kind == "won" else "omitted",
        }
        for order, (names, kind) in enumerate(CLOSING, start=90)
    ]  # fmt: skip


def open_stages(stages: tuple[tuple[Names, int, str, int, list[str]], ...]) -> list[dict[str, Any]]:
    """As columns of a stage, ten apart so that others find a place between them."""
    return [
        {
            "name": said(names), "kind": "open", "order": place * 10, "probability": probability,
            "category": category, "rots_after": days, "required_fields": required,
        }
        for place, (names, probability, category, days, required) in enumerate(stages, start=1)
    ]  # fmt: skip


def stages_of_new_pipeline() -> list[dict[str, Any]]:
    """One to begin in, and both outcomes."""
    return [*open_stages(OPEN_STAGES[:1]), *closing_stages()]
