"""The glossary kept as it was read: never a stale one, never another's, and no trouble with it is anybody's trouble."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from proxy_addon.glossary import loader
from proxy_addon.glossary.loader import load_glossary
from proxy_addon.glossary.problem import GlossaryError
from proxy_addon.machine.shelf import joined, kept_glossary, sliced

from .conftest import write_pack


@pytest.fixture(autouse=True)
def nothing_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = write_pack(tmp_path / "base", "borogove")
    monkeypatch.setattr(loader, "SHIPPED", base)


def test_what_is_kept_is_what_was_read(tmp_path: Path) -> None:
    pack = write_pack(tmp_path / "pack")
    first = kept_glossary([pack], tmp_path / "kept")
    assert first == load_glossary([pack])
    assert kept_glossary([pack], tmp_path / "kept") == first
    assert len(list((tmp_path / "kept").iterdir())) == 1


def test_it_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = write_pack(tmp_path / "pack")
    first = kept_glossary([pack], tmp_path / "kept")
    monkeypatch.setattr(loader, "load_glossary", None)
    assert kept_glossary([pack], tmp_path / "kept") == first


@pytest.mark.parametrize("edited", ["pack", "base"])
def test_an_edit_is_never_missed_though_the_time_and_size_are_the_same(tmp_path: Path, edited: str) -> None:
    pack = write_pack(tmp_path / "pack")
    kept_glossary([pack], tmp_path / "kept")
    file = tmp_path / edited / "words.yaml"
    before = file.stat()
    file.write_text(file.read_text(encoding="utf-8").replace("made-up", "dreamt."), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert kept_glossary([pack], tmp_path / "kept") == load_glossary([pack])


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_a_layer_without_a_file_is_refused_though_what_lies_below_it_is_kept(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    kept_glossary([], tmp_path / "kept")
    with pytest.raises(GlossaryError):
        kept_glossary([tmp_path / name], tmp_path / "kept")


@pytest.mark.parametrize("data", [b"", b"x", b"\x80\x05", b"\x80\x05K\x01."])
def test_a_file_that_makes_no_sense_is_read_anew(tmp_path: Path, data: bytes) -> None:
    pack = write_pack(tmp_path / "pack")
    first = kept_glossary([pack], tmp_path / "kept")
    next((tmp_path / "kept").iterdir()).write_bytes(data)
    assert kept_glossary([pack], tmp_path / "kept") == first


@pytest.mark.skipif(os.name != "posix", reason="no such permissions here")
@pytest.mark.parametrize("opened", ["file", "folder"])
def test_what_another_may_have_written_is_not_read(tmp_path: Path, opened: str) -> None:
    pack = write_pack(tmp_path / "pack")
    first = kept_glossary([pack], tmp_path / "kept")
    file = next((tmp_path / "kept").iterdir())
    file.write_bytes(sliced(load_glossary()))
    (file if opened == "file" else file.parent).chmod(0o777)
    assert kept_glossary([pack], tmp_path / "kept") == first


def test_where_nothing_can_be_kept_nothing_is_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    pack = write_pack(tmp_path / "pack")
    assert kept_glossary([pack], tmp_path / "file" / "kept") == load_glossary([pack])


def test_a_broken_glossary_is_told_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "words.yaml").write_text("x: [")
    with pytest.raises(GlossaryError):
        kept_glossary([tmp_path / "pack"], tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_few_are_kept(tmp_path: Path) -> None:
    for number in range(8):
        kept_glossary([write_pack(tmp_path / f"pack{number}")], tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 4


def test_slices_of_an_error_raise_it() -> None:
    with pytest.raises(GlossaryError):
        joined(sliced(GlossaryError([])))
