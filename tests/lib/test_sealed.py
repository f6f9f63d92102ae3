"""Files encrypted at rest: the same bytes come out, from any place, and damage is found."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from relasi.lib import sealed
from relasi.lib.sealed import AROUND, FRAME, HEAD, SealedPath
from relasi.lib.secrets import SecretError, Vault

VAULT = Vault({1: b"a key of enough bytes for this"})
SIZES = (0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 17)


def body(size: int) -> bytes:
    return (b"3174051708800001;Budi\n" * (size // 20 + 1))[:size]


def kept(tmp_path: Path, plain: bytes, piece: int = 1000) -> SealedPath:
    path = tmp_path / "kept"
    pieces = [plain[at : at + piece] for at in range(0, len(plain), piece)]
    path.write_bytes(b"".join(sealed.seal(pieces, VAULT, "files")))
    return SealedPath(path, VAULT, "files")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [1000, 5 * FRAME])
def test_what_went_in_comes_out(size: int, piece: int, tmp_path: Path) -> None:
    file = kept(tmp_path, body(size), piece)
    with file.open() as opened:
        assert opened.read() == body(size)
    assert file.size == size


def test_nothing_of_it_lies_on_the_disk(tmp_path: Path) -> None:
    assert b"3174051708800001" not in kept(tmp_path, body(FRAME)).path.read_bytes()


def test_it_is_read_from_any_place(tmp_path: Path) -> None:
    plain = body(3 * FRAME + 17)
    with kept(tmp_path, plain).open() as opened:
        for at in (2 * FRAME + 5, 0, FRAME - 3, len(plain) - 4, len(plain) + 9):
            opened.seek(at)
            assert opened.read(10) == plain[at : at + 10]
        assert opened.seek(-4, io.SEEK_END) == len(plain) - 4


def test_a_packed_file_opens_inside_it(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", body(5 * FRAME))
    with kept(tmp_path, packed.getvalue()).open() as opened, zipfile.ZipFile(opened) as archive:
        assert archive.read("a.txt") == body(5 * FRAME)


@pytest.mark.parametrize("damage", ["changed", "cut within", "cut between", "swapped"])
def test_damage_is_found(damage: str, tmp_path: Path) -> None:
    file = kept(tmp_path, body(3 * FRAME))
    raw, step = bytearray(file.path.read_bytes()), FRAME + AROUND
    first, second = raw[HEAD : HEAD + step], raw[HEAD + step : HEAD + 2 * step]
    if damage == "changed":
        raw[HEAD + 40] ^= 1
    elif damage == "swapped":
        raw[HEAD : HEAD + 2 * step] = second + first
    else:
        del raw[-5 if damage == "cut within" else -step :]
    file.path.write_bytes(raw)
    with pytest.raises(SecretError), file.open() as opened:
        opened.read()


def test_another_context_or_a_missing_key_does_not_open_it(tmp_path: Path) -> None:
    path = kept(tmp_path, body(9)).path
    for other in (SealedPath(path, VAULT, "other"), SealedPath(path, Vault({2: b"x" * 20}), "files")):
        with pytest.raises(SecretError), other.open() as opened:
            opened.read()


def test_a_plain_file_is_no_sealed_one(tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_bytes(b"Nama\nBudi\n")
    assert not sealed.is_sealed(path) and sealed.is_sealed(kept(tmp_path, b"Nama").path)
    with pytest.raises(SecretError):
        SealedPath(path, VAULT, "files").open()
