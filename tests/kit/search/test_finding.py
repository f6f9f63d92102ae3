"""What was typed finds what was meant."""

from __future__ import annotations

import pytest
from django.db import transaction

from relasi.kit.search.engine import EntryData, among, drop, find, matching_ids, put
from relasi.kit.search.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_known_yet(db: None) -> None:
    """Not even what the migrations lay."""
    Entry.objects.all().delete()


def known(title: str, *, more: str = "", noun: str = "party", id: int = 0) -> int:
    known.last += 1
    record_id = id or known.last
    put([EntryData(noun=noun, resource=noun, record_id=record_id, title=title, more=more)])
    return record_id


known.last = 0


def titles(words: str, **options: object) -> list[str]:
    return [hit.title for hit in find(words, **options)]


def test_a_word_is_found_whole() -> None:
    known("Budi Santoso")
    assert titles("santoso") == ["Budi Santoso"]


def test_words_are_found_in_any_order() -> None:
    known("Budi Santoso")
    assert titles("santoso budi") == ["Budi Santoso"]


def test_every_word_is_needed() -> None:
    known("Budi Santoso")
    known("Budi Hartono")
    assert titles("budi hartono") == ["Budi Hartono"]


def test_the_inside_of_a_word_is_found() -> None:
    known("Djojohadikusumo")
    assert titles("hadikusu") == ["Djojohadikusumo"]


def test_two_letters_find_by_prefix() -> None:
    known("Budi Santoso")
    known("Abu Bakar")
    assert titles("bu sa") == ["Budi Santoso"]


def test_one_letter_finds_by_prefix() -> None:
    known("Budi")
    known("Abu")
    assert titles("b") == ["Budi"]


def test_two_letters_inside_a_word_find_nothing() -> None:
    known("Hartono")
    assert titles("no") == []


@pytest.mark.parametrize(
    "typed",
    ["0812 3456", "+62812-3456", "081234567890", "62 812 3456 7890", "812 3456", "(0812) 34567890", "7890"],
)
def test_a_phone_is_found_however_typed(typed: str) -> None:
    known("Budi Santoso", more="+6281234567890")
    known("Siti Aminah", more="+6281398765432")
    assert titles(typed) == ["Budi Santoso"]


def test_numbers_with_a_gap_that_are_two_numbers_are_found_too() -> None:
    known("Policy 12345", more="67890")
    assert titles("12345 67890") == ["Policy 12345"]


def test_a_phone_written_with_dashes_is_found_by_its_digits() -> None:
    known("Budi Santoso", more="0812-3456-7890")
    assert titles("+6281234567890") == ["Budi Santoso"]


def test_accents_and_case_are_folded() -> None:
    known("Éva Łukasz")
    assert titles("eva LUKASZ") == titles("ÉVA") == ["Éva Łukasz"]


def test_old_and_new_spelling_meet() -> None:
    known("Soekarno")
    known("Sutjipto")
    assert titles("sukarno") == ["Soekarno"]
    assert titles("soetjipto") == ["Sutjipto"]


@pytest.mark.parametrize(
    "typed", ["santsoo", "santso", "santozo", "sanntosa", "budi santosp", "budy santoso", "bdui santoso"]
)
def test_a_misspelt_name_is_found(typed: str) -> None:
    known("Budi Santoso")
    known("Rina Wijaya")
    assert titles(typed) == ["Budi Santoso"]


def test_two_slips_in_a_long_word_are_forgiven() -> None:
    known("Wahyuningsih")
    assert titles("wahjuningshi") == ["Wahyuningsih"]


def test_exact_hits_stand_before_misspelt_ones() -> None:
    known("Santosa Widodo")
    known("Santoso Widodo")
    known("Santosa Widodo")
    assert titles("santoso widodo")[0] == "Santoso Widodo"


def test_a_name_that_begins_so_stands_before_one_that_contains_it() -> None:
    known("Anisa")
    known("Nisa")
    known("Rahma", more="nisa@example.com")
    assert titles("nisa") == ["Nisa", "Rahma", "Anisa"]


def test_letters_that_mean_something_to_the_database_are_only_letters() -> None:
    known('100% Fresh_Fruit (PT) "Segar"')
    for typed in [
        '"',
        "'",
        "%",
        "100%",
        "fresh_",
        "AND OR NOT",
        "* (",
        "NEAR(",
        "\\",
        "\x00",
        "-",
        "fresh -fruit",
        "😀",
    ]:
        find(typed)
    assert titles("fresh_fruit") == ['100% Fresh_Fruit (PT) "Segar"']
    assert titles("fre%it") == []


def test_nothing_typed_finds_nothing() -> None:
    known("Budi")
    assert titles("  ") == [] and matching_ids(" ", ["party"]) == []


def test_a_very_long_query_is_answered() -> None:
    known("Budi")
    assert titles("budi " * 500 + "x" * 5000) == []


def test_only_the_nouns_asked_for_are_found() -> None:
    known("Budi Santoso")
    known("Budi's policy", noun="deal")
    assert titles("budi", nouns=["deal"]) == ["Budi's policy"]


def test_a_rare_noun_is_not_hidden_by_many_of_another() -> None:
    known("Budi Santoso")
    put(EntryData(noun="deal", resource="deal", record_id=n, title=f"Budi deal {n}") for n in range(1, 700))
    assert "party" in {hit.noun for hit in find("budi", nouns=["party", "deal"], limit=200)}


def test_a_removed_record_leaves_the_index() -> None:
    gone = known("Budi Santoso")
    drop("party", [gone])
    assert titles("budi") == []


def test_a_renamed_record_is_found_by_its_new_name_only() -> None:
    renamed = known("Budi Santoso")
    known("Joko Widodo", id=renamed)
    assert titles("joko") == ["Joko Widodo"] and titles("santoso") == []


def test_of_two_entries_for_one_record_the_last_counts() -> None:
    put(EntryData(noun="party", resource="people", record_id=1, title=title) for title in ("Old", "New"))
    assert list(Entry.objects.values_list("title", flat=True)) == ["New"]


def test_a_rollback_leaves_no_entry() -> None:
    try:
        with transaction.atomic():
            known("Budi Santoso")
            raise InterruptedError
    except InterruptedError:
        pass
    assert titles("budi") == []


def test_a_list_is_narrowed_to_the_words() -> None:
    budi = known("Budi Santoso")
    known("Siti Aminah")
    assert matching_ids("santoso", ["party"]) == [budi]


def test_a_list_is_narrowed_by_misspelt_words_when_nothing_else_is_there() -> None:
    budi = known("Budi Santoso")
    assert matching_ids("santsoo", ["party"]) == [budi]


def test_a_list_narrowed_to_a_common_word_holds_all_of_them() -> None:
    put(EntryData(noun="searchentry", resource="x", record_id=n, title=f"Budi {n}") for n in range(1, 31))
    ids = list(Entry.objects.values_list("pk", flat=True)[:10])
    put(EntryData(noun="entry", resource="x", record_id=n, title=f"Budi {n}") for n in ids)
    narrowed = Entry.objects.filter(pk__in=matching_ids("budi", ["entry"], cap=5))
    assert sorted(narrowed.values_list("pk", flat=True)) == sorted(ids)


def test_a_list_narrowed_to_many_ids_holds_all_of_them() -> None:
    put(EntryData(noun="searchentry", resource="x", record_id=n, title=f"Budi {n}") for n in range(1, 700))
    ids = list(Entry.objects.values_list("pk", flat=True))
    put(EntryData(noun="entry", resource="x", record_id=n, title=f"Budi {n}") for n in ids)
    assert Entry.objects.filter(pk__in=matching_ids("budi", ["entry"])).count() == len(ids)


def test_few_records_are_searched_among_themselves() -> None:
    mine = known("Budi Santoso")
    known("Budi Hartono")
    own = Entry.objects.filter(record_id=mine).values("record_id")
    assert [hit.title for hit in among("budi", noun="party", record_ids=own, limit=5)] == ["Budi Santoso"]


def test_a_title_longer_than_its_column_is_cut() -> None:
    known("Budi " + "x" * 300)
    assert len(titles("budi")[0]) == 200
