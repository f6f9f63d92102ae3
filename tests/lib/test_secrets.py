from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relasi.lib.secrets import SecretError, Vault, derive_key, equal

OLD, NEW = b"an old key of enough bytes", b"a new key of enough bytes!"
VAULT = Vault({1: OLD, 2: NEW})


@given(st.text(max_size=50), st.text(max_size=20))
def test_what_was_sealed_opens_again(text, context):
    assert VAULT.decrypt(VAULT.encrypt(text, context), context) == text


def test_the_same_text_is_sealed_differently_each_time():
    assert VAULT.encrypt("3171", "nik") != VAULT.encrypt("3171", "nik")


def test_a_token_opens_in_its_own_context_only():
    with pytest.raises(SecretError):
        VAULT.decrypt(VAULT.encrypt("3171", "nik"), "npwp")


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_changed_token_does_not_open(place, change):
    token = VAULT.encrypt("3171011708450001", "nik")
    at = 2 + place % (len(token) - 3)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = signs[(signs.index(token[at]) + 1 + change % 63) % 64]
    with pytest.raises(SecretError):
        VAULT.decrypt(token[:at] + other + token[at + 1 :], "nik")


@given(st.text(max_size=40))
def test_any_other_text_is_refused(token):
    with pytest.raises(SecretError):
        VAULT.decrypt(token, "nik")


def test_old_keys_open_and_are_called_stale():
    token = Vault({1: OLD}).encrypt("x", "nik")
    assert VAULT.decrypt(token, "nik") == "x"
    assert VAULT.is_stale(token)


def test_a_missing_key_is_said():
    with pytest.raises(SecretError, match="version 2"):
        Vault({1: OLD}).decrypt(VAULT.encrypt("x", "nik"), "nik")


def test_the_blind_index_is_the_same_for_the_same_value_and_context():
    assert VAULT.blind_index("3171", "nik") == VAULT.blind_index("3171", "nik")
    assert VAULT.blind_index("3171", "nik") != VAULT.blind_index("3171", "npwp")


def test_the_index_has_a_key_of_its_own_per_version():
    assert VAULT.blind_indexes("3171", "nik") == [VAULT.blind_index("3171", "nik"),
                                                  Vault({1: OLD}).blind_index("3171", "nik")]  # fmt: skip


def test_keys_differ_by_purpose():
    assert derive_key(OLD, "encrypt") != derive_key(OLD, "blind-index")


def test_a_short_secret_is_refused():
    with pytest.raises(ValueError):
        derive_key("short", "x")


def test_keys_do_not_show_in_the_representation():
    assert "key" not in repr(VAULT)


def test_equal_compares_texts_and_bytes():
    assert equal("é", "é".encode())
    assert not equal("a", "b")
