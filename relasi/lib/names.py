"""Names of people: taken apart, put together, compared. One-word names are whole names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_set_ratio

from relasi.lib.text import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GREETINGS = _words(
    "bapak bpk pak ibu bu ibuk sdr sdri saudara saudari tn tuan ny nyonya nn nona mr mrs ms miss mas mbak "
    "mdm madam "
    "herr frau"
)
TITLES = _words(
    "dr drg drh drs dra drw ir irs prof h. hj kh k.h ust ustadz ustadzah pdt pendeta pastor "
    "h.j hajah haji ns apt insinyur doktor profesor jenderal sir"
)
DEGREES = _words(
    "sh se st skom spd spdi ssi ssos sip sik skm skep sked sfarm sag sap spi shi sei sth spsi sik sds sid "
    "stp shut spt "
    "mh mm mt mkn msi mpd mkom mba msc ma mag mhum mkes mars map mak mphil mpsi mpdi mhi mei mfarm med "
    "mtech meng "
    "phd dba llm llb bsc ba bba beng amd amdkeb amdkep ak ca cpa cfp cfa rfc rfp clu chfc lutcf qwp aepp "
    "aaaij aaij "
    "aaik aaaik spa spog sppd spb spm spkk spjp span sprad jr sr ii iii iv md dds esq ns apt"
)
PARTICLES = _words("bin binti van von der den de da di la le al el ibn ben bt st")
SAME_NAME = {
    "muh": "muhamad", "moh": "muhamad", "mohd": "muhamad", "mochamad": "muhamad", "mohamad": "muhamad",
    "mokhamad": "muhamad", "mukhamad": "muhamad", "mohamed": "muhamad", "muhamed": "muhamad",
    "moch": "muhamad",
    "much": "muhamad", "mokh": "muhamad", "mukh": "muhamad", "akhmad": "ahmad", "ahmed": "ahmad",
    "abd": "abdul",
}  # fmt: skip
OLD_MARKS = re.compile(r"oe|tj|dj|sj|nj")
LONE_J = re.compile(r"(?<![tdsn])j")
NEW_SPELLING = (("tj", "c"), ("dj", "j"), ("sj", "sy"), ("nj", "ny"), ("oe", "u"), ("ch", "kh"), ("ph", "f"),
                ("th", "t"), ("dh", "d"), ("bh", "b"), ("kh", "h"), ("ie", "i"), ("v", "f"), ("z", "s"),
                ("q", "k"),
                ("x", "ks"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class PersonName:
    """`salutation` holds greeting and titles (`Bapak Dr. H.`), `suffix` the degrees (`S.H., M.Kn.`)."""

    given: str
    middle: str = ""
    family: str = ""
    salutation: str = ""
    suffix: str = ""

    @property
    def full(self) -> str:
        """The name alone, without titles."""
        return " ".join(part for part in (self.given, self.middle, self.family) if part)

    @property
    def formal(self) -> str:
        """With everything: `Dr. Ir. Budi Santoso, S.H., M.Kn.`."""
        name = f"{self.salutation} {self.full}".strip()
        return f"{name}, {self.suffix}" if self.suffix else name


def split(text: str) -> PersonName:
    """Take a name apart: titles before, degrees behind, and the words between.

    One word is a given name; of several the last one (from a particle as `bin`, `van` on) is the family's;
    `Santoso,
    Budi` is turned round. Nothing is lost: `split(x).formal` has every word of `x`.
    """
    before_comma, *behind = [
        part.strip() for part in text.replace("\u00a0", " ").split(",") if part.strip()
    ] or [""]
    degrees = [part for part in behind if _is_degrees(part)]
    rest = [part for part in behind if not _is_degrees(part)]
    if len(rest) == 1 and not degrees:
        words = [*rest[0].split(), *before_comma.split()]
    else:
        words = [*before_comma.split(), *(word for part in rest for word in part.split())]
    titles, words = _leading_titles(words)
    words, trailing = _trailing_degrees(words)
    suffix = ", ".join([*trailing, *degrees])
    return _arrange(words, salutation=" ".join(titles), suffix=suffix)


def initials(text: str) -> str:
    """One or two capitals for an avatar: `Budi Santoso` → `BS`, `Sukarno` → `S`; `?` for nothing."""
    words = [word for word in re.split(r"[\s\-]+", split(text).full) if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@lru_cache(maxsize=16384)
def key(text: str) -> str:
    """The form under which a person is looked for: titles off, folded, new spelling, no double letters.

    `Dr. Soekarno Djojohadikoesoemo, S.E.` → `sukarno joyohadikusumo`. Words stay in their order.
    """
    words = re.sub(r"[^\w\s]+", " ", fold(re.sub(r"['’`]", "", split(text).full))).split()
    return " ".join(_spelt(word) for word in words)


def similarity(one: str, two: str) -> float:
    """0 to 1 for two names; 1 means the same key, in any order of words.

    Jaro-Winkler (Winkler 1990) over the sorted words. 0.95 when an initial had to stand for a name, 0.93 when
    only a word is lacking, 0.8 when one of them is a single word of the other.
    """
    first, second = key(one).split(), key(two).split()
    if not first or not second:
        return 0.0
    if sorted(first) == sorted(second):
        return 1.0
    first, second = _with_initials(first, second), _with_initials(second, first)
    left, right = " ".join(sorted(first)), " ".join(sorted(second))
    if left == right:
        return 0.95
    close = min(JaroWinkler.normalized_similarity(left, right), 0.99)
    if token_set_ratio(left, right) < 100:
        return close
    return 0.8 if min(len(first), len(second)) == 1 else 0.93


def _is_degrees(part: str) -> bool:
    return all(_is_degree(word) for word in part.split())


def _is_degree(word: str) -> bool:
    bare = word.lower().replace(".", "")
    return bare in DEGREES or bool(re.fullmatch(r"(?:[A-Z][A-Za-z]{0,4}\.)+[A-Z]?[A-Za-z]{0,5}\.?", word))


def _leading_titles(words: list[str]) -> tuple[list[str], list[str]]:
    count = 0
    while count < len(words) - 1 and _is_title(words[count]):
        count += 1
    return words[:count], words[count:]


def _is_title(word: str) -> bool:
    lower = word.lower()
    return lower in TITLES or lower.rstrip(".") in TITLES | GREETINGS


def _trailing_degrees(words: list[str]) -> tuple[list[str], list[str]]:
    count = len(words)
    while count > 1 and (
        words[count - 1].lower().replace(".", "") in DEGREES and words[count - 1] != words[0]
    ):
        word = words[count - 1]
        if "." not in word and not word.isupper() and word.lower() not in {"jr", "sr"}:
            break
        if "." not in word and word.lower() not in {"jr", "sr"} and len(word) < 3 and count == 2:
            break  # "Rina SE" may be a person; "Rina Dewi SE" has a degree
        count -= 1
    return words[:count], words[count:]


def _arrange(words: list[str], *, salutation: str, suffix: str) -> PersonName:
    if len(words) < 2:
        return PersonName(" ".join(words), salutation=salutation, suffix=suffix)
    last = next(
        (at for at in range(1, len(words) - 1) if words[at].lower().rstrip(".") in PARTICLES), len(words) - 1
    )
    return PersonName(
        given=words[0],
        middle=" ".join(words[1:last]),
        family=" ".join(words[last:]),
        salutation=salutation,
        suffix=suffix,
    )


def _spelt(word: str) -> str:
    if OLD_MARKS.search(word):
        word = LONE_J.sub("y", word)
    for old, new in NEW_SPELLING:
        word = word.replace(old, new)
    word = re.sub(r"(.)\1+", r"\1", word)
    return SAME_NAME.get(word, word)


def _with_initials(words: list[str], other: list[str]) -> list[str]:
    """Single letters stand for the word of the other name that begins with them."""
    free = [word for word in other if word not in words]
    return [
        next((full for full in free if full[0] == word), word) if len(word) == 1 else word for word in words
    ]
