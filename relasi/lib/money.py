"""Money: an exact amount with its currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

Language = Literal["id", "en"]

NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP"})
SYMBOLS = {
    "IDR": "Rp",
    "USD": "US$",
    "SGD": "S$",
    "AUD": "A$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "MYR": "RM",
}
CODES = {
    "rp": "IDR", "idr": "IDR", "us$": "USD", "usd": "USD", "$": "USD", "s$": "SGD", "sgd": "SGD", "a$": "AUD",
    "aud": "AUD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "JPY", "jpy": "JPY", "rm": "MYR",
    "myr": "MYR", "cny": "CNY", "hkd": "HKD", "thb": "THB", "krw": "KRW", "vnd": "VND", "chf": "CHF",
    "sar": "SAR", "inr": "INR", "php": "PHP",
}  # fmt: skip
SCALES = {
    "rb": 3, "ribu": 3, "k": 3, "thousand": 3,
    "jt": 6, "juta": 6, "million": 6, "mn": 6, "mio": 6,
    "miliar": 9, "milyar": 9, "mld": 9, "billion": 9, "bn": 9,
    "triliun": 12, "trilyun": 12, "trillion": 12,
}  # fmt: skip
M_MEANS = {"id": 9, "en": 6}  # "5 M" is five miliar to an Indonesian and five million to others
GROUPS = {"id": ".", "en": ","}
CURRENCIES = tuple(dict.fromkeys(CODES.values()))  # those a record can be in, the usual ones first

SHAPE = re.compile(
    r"(?P<minus>-?)(?P<before>[a-z€£¥$]*\$?)\.?(?P<minus2>-?)"
    r"(?P<number>\d[\d.,'’]*)(?P<scale>[a-z]*?)(?P<after>idr|usd|sgd|aud|eur|gbp|jpy|myr|rupiah|€|£|¥)?"
)


class MoneyError(InputError):
    """The text is no amount of money, or two currencies were mixed."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`amount` in units of `currency` (ISO 4217, three capitals). Floats are refused."""

    amount: Decimal
    currency: str = "IDR"

    def __post_init__(self) -> None:
        if isinstance(self.amount, float) or not isinstance(self.amount, (Decimal, int)):
            raise TypeError("Money takes a Decimal or an int, never a float")
        object.__setattr__(self, "amount", Decimal(self.amount))
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise MoneyError(_("“%(code)s” is not a currency code."), code=self.currency)

    def __add__(self, other: Money | int) -> Money:
        if other == 0 and isinstance(other, int):
            return self  # so that sum() works
        return Money(self.amount + self._same(other), self.currency)

    __radd__ = __add__

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        if isinstance(factor, float):
            raise TypeError("multiply money by a Decimal or an int, never a float")
        return Money(self.amount * factor, self.currency)

    __rmul__ = __mul__

    def __truediv__(self, divisor: Decimal | int) -> Money:
        if isinstance(divisor, float):
            raise TypeError("divide money by a Decimal or an int, never a float")
        return Money(self.amount / divisor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount), self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount >= self._same(other)

    def __str__(self) -> str:
        return show(self)

    def ratio(self, other: Money) -> Decimal:
        """How many times `other` goes into this; same currency, `other` not zero."""
        return self.amount / self._same(other)

    def rounded(self) -> Money:
        """To the smallest coin (rupiah, cent), halves away from zero."""
        return Money(self.amount.quantize(coin(self.currency), ROUND_HALF_UP), self.currency)

    def split(self, parts: int) -> list[Money]:
        """`parts` amounts that differ by one coin at most and add up exactly to the rounded whole."""
        if parts < 1:
            raise ValueError("split into at least one part")
        unit = coin(self.currency)
        whole, rest = divmod(int(self.rounded().amount / unit), parts)
        return [Money((whole + (place < rest)) * unit, self.currency) for place in range(parts)]

    def _same(self, other: Money | int) -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money and {type(other).__name__} do not add up")
        if other.currency != self.currency:
            raise MoneyError(
                _("%(one)s and %(two)s cannot be reckoned together."), one=self.currency, two=other.currency
            )
        return other.amount


def coin(currency: str) -> Decimal:
    """What amounts that are worked out are rounded to: `Decimal("0.01")`, or `Decimal(1)` where nobody pays
    cents. Sen stand on bank statements, so they are read and kept, but no price or share is made of them.
    """
    return Decimal(1) if currency in NO_CENTS or currency == "IDR" else Decimal("0.01")


def show(money: Money, language: Language = "id") -> str:
    """`Rp1.250.000`, `US$1,250.50`. Rupiah are always written the Indonesian way and without decimals unless
    there
    are any; other currencies follow the reader's language and always show their cents."""
    style: Language = "id" if money.currency == "IDR" else language
    amount = abs(money.amount)
    whole, _point, decimals = f"{amount:f}".partition(".")
    decimals = decimals.rstrip("0")
    if decimals or (money.currency != "IDR" and money.currency not in NO_CENTS):
        decimals = decimals.ljust(2, "0")
    group, point = (".", ",") if style == "id" else (",", ".")
    grouped = f"{int(whole):,}".replace(",", group)
    symbol = SYMBOLS.get(money.currency, f"{money.currency} ")
    minus = "-" if money.amount < 0 else ""
    return f"{minus}{symbol}{grouped}{point + decimals if decimals else ''}"


def parse(text: str, *, currency: str = "IDR", language: Language = "id") -> Money:
    """Read what a person wrote: `Rp1.250.000`, `1.250.000,50`, `IDR 1,250,000`, `1,5 jt`, `2 juta`, `Rp
    5.000,-`.

    A currency in the text wins over `currency`. Brackets mean negative. Raises MoneyError.
    """
    match = SHAPE.fullmatch(_tidy(text))
    if not match or (match["minus"] and match["minus2"]):
        raise _not_money(text)
    code = _currency(match["before"], match["after"], currency, text)
    scale = _scale(match["scale"], language, text)
    amount = _number(match["number"], language, scaled=bool(scale), text=text) * (Decimal(10) ** scale)
    negative = match["minus"] or match["minus2"] or text.strip().startswith("(")
    return Money(-amount if negative else amount, code)


def _tidy(text: str) -> str:
    squeezed = re.sub(r"[\s\u00a0\u202f]+", "", text).replace("−", "-").lower()
    if squeezed.startswith("(") and squeezed.endswith(")"):
        squeezed = squeezed[1:-1]
    return re.sub(r"[.,](?:-+|=)$", "", squeezed)


def _currency(before: str, after: str | None, default: str, text: str) -> str:
    if after == "rupiah":
        return "IDR"
    word = before or after
    if not word:
        return default
    if word not in CODES:
        raise _not_money(text)
    return CODES[word]


def _scale(word: str, language: Language, text: str) -> int:
    if not word:
        return 0
    if word == "m":
        return M_MEANS[language]
    if word not in SCALES:
        raise _not_money(text)
    return SCALES[word]


def _number(digits: str, language: Language, *, scaled: bool, text: str) -> Decimal:
    digits = re.sub("['’]", "", digits).rstrip(".,")
    point = _decimal_mark(digits, language, scaled)
    head, _mark, tail = digits.rpartition(point) if point else (digits, "", "")
    if not re.fullmatch(r"\d+|\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", head) or (tail and not tail.isdigit()):
        raise _not_money(text)
    return Decimal(re.sub("[.,]", "", head) + ("." + tail if tail else ""))


def _decimal_mark(digits: str, language: Language, scaled: bool) -> str:
    """Which of `.` and `,` is the decimal mark in `digits`; empty when there are only groups."""
    dots, commas = digits.count("."), digits.count(",")
    if dots and commas:
        return "." if digits.rindex(".") > digits.rindex(",") else ","
    mark = "." if dots else ","
    if dots + commas != 1:
        return ""
    head, tail = digits.split(mark)
    if len(tail) != 3 or len(head) > 3 or head == "0":
        return mark
    return mark if scaled and mark != GROUPS[language] else ""


def _not_money(text: str) -> MoneyError:
    return MoneyError(_("“%(text)s” is not an amount of money."), text=text.strip())
