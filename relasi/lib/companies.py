"""Names of companies: the legal form taken off, put in order, and a key for matching."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from relasi.lib.text import fold

FORMS = {
    "pt": "PT", "perseroan terbatas": "PT", "cv": "CV", "ud": "UD", "usaha dagang": "UD", "pd": "PD",
    "fa": "Firma",
    "firma": "Firma", "yayasan": "Yayasan", "yay": "Yayasan", "koperasi": "Koperasi", "kop": "Koperasi",
    "perum": "Perum", "perumda": "Perumda", "toko": "Toko", "tk": "Toko", "bpr": "BPR", "ksp": "KSP",
    "kud": "KUD",
}  # fmt: skip
KEPT_IN_KEY = frozenset({"Yayasan", "Koperasi", "Toko", "BPR", "KSP", "KUD", "Perum", "Perumda"})
ENDINGS = {
    "tbk": "Tbk", "persero": "(Persero)", "ltd": "Ltd", "limited": "Ltd", "inc": "Inc", "llc": "LLC",
    "plc": "PLC",
    "corp": "Corp", "gmbh": "GmbH", "bv": "BV", "sdn bhd": "Sdn Bhd", "pte ltd": "Pte Ltd",
    "co ltd": "Co Ltd", "ag": "AG",
}  # fmt: skip
FORM_BEFORE = re.compile(rf"^({'|'.join(sorted(FORMS, key=len, reverse=True))})(?=[\s.,]|$)[\s.,]*")
FORM_BEHIND = re.compile(r"[\s,.(]{1,4}(pt|cv|ud|fa|pd)[\s.)]{0,4}$")
ENDING = re.compile(rf"[\s,.(]{{1,4}}({'|'.join(sorted(ENDINGS, key=len, reverse=True))})[\s.)]{{0,4}}$")


@dataclass(frozen=True, slots=True)
class CompanyName:
    """`form` (`PT`), the name itself, `ending` (`Tbk`); form and ending may be empty."""

    core: str
    form: str = ""
    ending: str = ""

    @property
    def full(self) -> str:
        """`PT Maju Jaya Tbk`."""
        return " ".join(part for part in (self.form, self.core, self.ending) if part)


def split(text: str) -> CompanyName:
    """Take the legal form off, wherever it stands: `pt. Maju Jaya, Tbk`, `Maju Jaya, PT`, `MAJU JAYA
    (PT)`."""
    name = " ".join(text.split()).strip(" ,")
    name, endings = _endings(name)
    bare = _undotted(name)
    if match := FORM_BEFORE.match(bare.lower()):
        name, form = bare[match.end() :], FORMS[match[1]]
    elif match := FORM_BEHIND.search(bare.lower()):
        name, form = bare[: match.start()], FORMS[match[1]]
    else:
        form = ""
    core = name.strip(" ,.-")
    return CompanyName(
        core or " ".join(text.split()), form if core else "", " ".join(endings) if core else ""
    )


def is_company(text: str) -> bool:
    """Does the name show a legal form? What people are called never does."""
    name = split(text)
    return bool(name.form or name.ending)


def key(text: str) -> str:
    """For matching: `PT. Maju-Jaya, Tbk.` and `MAJU JAYA PT` are both `maju jaya`; a Yayasan or Koperasi
    stays one."""
    name = split(text)
    kept = name.form if name.form in KEPT_IN_KEY else ""
    words = re.sub(r"[^\w]+", " ", fold(f"{kept} {name.core}").replace("&", " dan ").replace("'", ""))
    return " ".join(words.split())


def similarity(one: str, two: str) -> float:
    """0 to 1; 1 for the same key."""
    first, second = key(one), key(two)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    return max(token_sort_ratio(first, second) * 0.99, token_set_ratio(first, second) * 0.9) / 100


def _endings(name: str) -> tuple[str, list[str]]:
    found: list[str] = []
    while match := ENDING.search(name.lower()):
        if not name[: match.start()].strip(" ,.("):
            break
        found.insert(0, ENDINGS[match[1]])
        name = name[: match.start()]
    return name, found


def _undotted(name: str) -> str:
    return re.sub(r"\b([PpCcUu])\.\s?([TtVvDd])\b\.?", r"\1\2", name)
