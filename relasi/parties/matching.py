"""When two records are likely one customer: the model by which the bulk run weighs pairs.

Fellegi and Sunter (1969), computed by Splink on DuckDB. The m and u probabilities are fixed rather than
learned: small companies have too few pairs to learn from, and a fixed model gives the same answer tomorrow.
They were set
for Indonesian customers: names repeat (Siti, Budi, Agus), families share a telephone, a NIK is one person's
for
life.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

PERSON, COMPANY = "person", "company"
LIKELY = 0.8  # pairs below are not shown to anybody
SMALL = 50_000  # up to here names alone may bring two records together
DUPLICATES_PER_RECORD = 0.05


@dataclass(frozen=True)
class Row:
    """What is compared of one record. Empty texts and lists say nothing."""

    unique_id: int
    name_key: str
    words: list[str]
    first_word: str
    phones: list[str]
    emails: list[str]
    nik: str | None
    npwp: str | None
    birth: str | None
    city: str | None


@dataclass(frozen=True)
class Pair:
    """`score` is the probability that both are one customer; `why` what agrees: `name`, `name~` (alike),
    `phone`, …
    """

    left: int
    right: int
    score: float
    why: list[str]


def likely_pairs(
    kind: str, rows: Iterable[Row], *, threshold: float = LIKELY, most: int = 100_000
) -> Iterator[Pair]:
    """Pairs at or above the threshold, best first, at most `most`."""
    import logging

    from splink import DuckDBAPI, Linker

    logging.getLogger("splink").setLevel(logging.WARNING)
    table = _table(rows)
    if table.num_rows < 2:
        return
    api = DuckDBAPI()
    linker = Linker(
        api.register(table, table_name="records"), _settings(kind, table.num_rows), log_level=None
    )
    found = linker.inference.predict(threshold_match_probability=threshold, warning_mode="never")
    ordered = found.query_sql(f"select * from {{this}} order by match_probability desc, 1 limit {int(most)}")  # noqa: S608
    for record in ordered.as_record_list():
        yield _pair(record)


def _pair(record: dict[str, Any]) -> Pair:
    ids = sorted((record["unique_id_l"], record["unique_id_r"]))
    why = []
    for name, same in SAME_FROM.items():
        weight = record.get(f"mw_{name}") or 0
        if weight > 0:
            why.append(name if weight >= same else f"{name}~")
    return Pair(ids[0], ids[1], round(float(record["match_probability"]), 4), why)


SAME_FROM = {
    "nik": 1,
    "npwp": 1,
    "phone": 1,
    "email": 1,
    "name": 15,
    "birth": 12,
    "city": 1,
}  # log2(m/u) from which it is the same


def _table(rows: Iterable[Row]) -> Any:
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in Row.__dataclass_fields__}
    for row in rows:
        for name, values in columns.items():
            values.append(getattr(row, name))
    text, many = pa.string(), pa.list_(pa.string())
    kinds = {"unique_id": pa.int64(), "words": many, "phones": many, "emails": many}
    return pa.table({name: pa.array(values, kinds.get(name, text)) for name, values in columns.items()})


def _settings(kind: str, size: int) -> Any:
    from splink import SettingsCreator

    comparisons = [
        _name(),
        _shared("phone", "phones", 0.60, 5e-6),
        _shared("email", "emails", 0.65, 1e-6),
        _city(),
    ]
    if kind == PERSON:
        comparisons += [_same("nik", 0.97, 1e-9), _birth()]
    if kind in (PERSON, COMPANY):
        comparisons.append(_same("npwp", 0.95, 1e-8))
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        probability_two_random_records_match=min(2 * DUPLICATES_PER_RECORD / size, 0.001),
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=_blocking(kind, size),
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _blocking(kind: str, size: int) -> list[Any]:
    """What two records must share to be compared at all."""
    from splink import block_on

    rules = [
        block_on("phones", arrays_to_explode=["phones"]),
        block_on("emails", arrays_to_explode=["emails"]),
        block_on("npwp"),
        block_on("name_key", "city"),
        block_on("substr(name_key, 1, 9)", "city"),
    ]
    if kind == PERSON:
        rules += [block_on("nik"), block_on("birth", "substr(name_key, 1, 2)"), block_on("birth", "city")]
    if size <= SMALL:
        rules += [block_on("name_key"), block_on("first_word", "substr(name_key, 1, 4)")]
    return rules


def _levels(name: str, levels: list[Any]) -> Any:
    from splink.comparison_library import CustomComparison

    return CustomComparison(output_column_name=name, comparison_levels=levels)


def _level(sql: str, label: str, m: float, u: float, **more: Any) -> Any:
    from splink.comparison_level_library import CustomLevel

    return CustomLevel(sql, label).configure(m_probability=m, u_probability=u, **more)


def _null(sql: str) -> Any:
    from splink.comparison_level_library import CustomLevel

    return CustomLevel(sql, "unknown").configure(is_null_level=True)


def _else(m: float, u: float) -> Any:
    from splink.comparison_level_library import ElseLevel

    return ElseLevel().configure(m_probability=m, u_probability=u)


def _name() -> Any:
    within = "list_has_all(words_l, words_r) or list_has_all(words_r, words_l)"
    return _levels(
        "name",
        [
            _null("name_key_l = '' or name_key_r = ''"),
            _level("name_key_l = name_key_r", "same", 0.715, 1e-5),
            _level("jaro_winkler_similarity(name_key_l, name_key_r) >= 0.95", "nearly same", 0.10, 5e-5),
            _level(within, "one within the other", 0.10, 4e-4),
            _level("jaro_winkler_similarity(name_key_l, name_key_r) >= 0.88", "alike", 0.08, 8e-4),
            _else(0.005, 0.99874),
        ],
    )


def _shared(name: str, column: str, m: float, u: float) -> Any:
    """One of several telephones or e-mails in common."""
    return _levels(
        name,
        [
            _null(f"len({column}_l) = 0 or len({column}_r) = 0"),
            _level(f"len(list_intersect({column}_l, {column}_r)) > 0", "shared", m, u),
            _else(1 - m, 1 - u),
        ],
    )


def _same(name: str, m: float, u: float) -> Any:
    return _levels(
        name,
        [
            _null(f"{name}_l is null or {name}_r is null"),
            _level(f"{name}_l = {name}_r", "same", m, u),
            _else(1 - m, 1 - u),
        ],
    )


def _birth() -> Any:
    """Equal; one sign mistyped or day and month changed places; else."""
    swapped = "birth_l[1:4] = birth_r[1:4] and birth_l[6:7] = birth_r[9:10] and birth_l[9:10] = birth_r[6:7]"
    nearly = f"damerau_levenshtein(birth_l, birth_r) = 1 or ({swapped})"
    return _levels(
        "birth",
        [
            _null("birth_l is null or birth_r is null"),
            _level("birth_l = birth_r", "same", 0.90, 3e-5),
            _level(nearly, "nearly same", 0.06, 2e-3),
            _else(0.04, 0.99797),
        ],
    )


def _city() -> Any:
    return _levels(
        "city",
        [
            _null("city_l is null or city_r is null"),
            _level("city_l = city_r", "same", 0.75, 0.05),
            _else(0.25, 0.95),
        ],
    )
