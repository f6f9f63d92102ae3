"""What the values of a column look like, where its heading does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from relasi.lib import money
from relasi.lib.dates import looks_like_date
from relasi.lib.provinces import province_of_code
from relasi.lib.text import fold

CustomKind = Literal["text", "number", "money", "date", "choice", "bool"]

EMAIL = re.compile(r"[^@\s,;:]+@[^@\s,;:]+\.[^@\s,;:]{2,}")
URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
PHONE = re.compile(r"(?:\+\d{1,3}[\s.-]?|0|62)\(?0?[1-9][\d\s().-]{6,15}")
BARE_MOBILE = re.compile(r"8[1-35-9]\d{7,10}")
NIK = re.compile(r"\d{6}(?:[04][1-9]|[1256]\d|[37][01])(?:0[1-9]|1[0-2])\d{6}")
NPWP = re.compile(r"\d{2}\.\d{3}\.\d{3}\.\d-\d{3}\.\d{3}")
GROUPED_NUMBER = re.compile(r"-?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.,]\d+)?")
TRUTHS = frozenset(
    {"ya", "tidak", "yes", "no", "true", "false", "y", "n", "t", "benar", "salah", "v", "x", "iya"}
)
MONEY_WORDS = re.compile(
    r"\b(?:rp|idr|usd|harga|price|premi|premium|gaji|salary|income|penghasilan|amount|nominal|biaya|omzet|omset"
    r"|revenue|nilai|value|total|tagihan|bayar|pembayaran|saldo|balance|limit|up|uang|fee|cost)\b"
)
ENOUGH = 0.8  # share of the filled cells that must look alike
CHOICES, ROWS_FOR_CHOICE = 20, 50


@dataclass(frozen=True, slots=True)
class Custom:
    """A custom field that would hold a column nobody knows; `choices` as written, most frequent first."""

    kind: CustomKind
    choices: tuple[str, ...] = ()


def field_of(values: Sequence[str]) -> str:
    """`email`, `phone`, `nik`, `npwp` or `website` when nearly all filled cells look so, else empty."""
    filled = [value.strip() for value in values if value.strip()]
    for field, looks in (("email", _is_email), ("npwp", _is_npwp), ("nik", _is_nik), ("phone", _is_phone),
                         ("website", _is_url)):  # fmt: skip
        if filled and sum(looks(value) for value in filled) >= ENOUGH * len(filled):
            return field
    return ""


def custom_field(heading: str, values: Sequence[str]) -> Custom:
    """Which kind of custom field would keep these values."""
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return Custom("text")
    if len(filled) > 1 and all(fold(value) in TRUTHS for value in filled):
        return Custom("bool")
    if all(looks_like_date(value) for value in filled):
        return Custom("date")
    if all(_is_money(value) for value in filled) and _means_money(heading, filled):
        return Custom("money")
    if all(NUMBER.fullmatch(value) or GROUPED_NUMBER.fullmatch(value) for value in filled):
        return Custom("number")
    return _choice(filled) or Custom("text")


def _choice(filled: list[str]) -> Custom | None:
    counts: dict[str, int] = {}
    for value in filled:
        counts[value] = counts.get(value, 0) + 1
    if len(filled) < ROWS_FOR_CHOICE or len(counts) > CHOICES:
        return None
    return Custom("choice", tuple(sorted(counts, key=lambda value: (-counts[value], value))))


def _means_money(heading: str, filled: list[str]) -> bool:
    return bool(MONEY_WORDS.search(fold(heading))) or all(
        re.match(r"(?i)rp|idr|us?\$", value) for value in filled
    )


def _is_money(value: str) -> bool:
    try:
        money.parse(value)
    except money.MoneyError:
        return False
    return True


def _is_email(value: str) -> bool:
    return bool(EMAIL.fullmatch(value.split(" ::: ")[0]))


def _is_url(value: str) -> bool:
    return bool(URL.fullmatch(value))


def _is_npwp(value: str) -> bool:
    return bool(NPWP.fullmatch(value))


def _is_nik(value: str) -> bool:
    digits = re.sub(r"[\s.'-]", "", value)
    return bool(NIK.fullmatch(digits)) and province_of_code(digits[:2]) is not None


def _is_phone(value: str) -> bool:
    first = re.split(r" ::: |[/;,]", value)[0].strip().lstrip("'")
    return bool(PHONE.fullmatch(first) or BARE_MOBILE.fullmatch(first)) and not looks_like_date(first)
