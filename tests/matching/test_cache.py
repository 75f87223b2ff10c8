"""Compiled tables are kept on disk, and any trouble with them means no more than compiling again."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from proxy_addon.glossary.model import Form
from proxy_addon.matching.compiled import compile_glossary
from proxy_addon.matching.matcher import Matcher, warm

from .samples import entry, glossary, words

GLOSSARY = glossary(entry("it", Form("война", "ru"), Form("维稳", "zh-Hans"), Form("special military operation", "en")))
TEXT = "война, special military operation, 維穩"
FOUND = ["война", "special military operation", "維穩"]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every compilation that happens."""
    done: list[object] = []

    def counted(*args: object, **options: object) -> object:
        done.append(args)
        return compile_glossary(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("proxy_addon.matching.matcher.compile_glossary", counted)
    return done


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.tables"))


def test_the_second_matcher_compiles_nothing_and_finds_the_same(tmp_path: Path, compiled: list[object]) -> None:
    folder = tmp_path / "new" / "cache"
    assert [words(Matcher(GLOSSARY, cache=folder), TEXT) for _ in range(2)] == [FOUND, FOUND]
    assert (len(compiled), len(kept(folder))) == (1, 1)
    assert os.name != "posix" or stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_warming_in_a_process_of_its_own_spares_the_compilation(tmp_path: Path, compiled: list[object]) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.matching.test_cache import GLOSSARY;"
        "from proxy_addon.matching.matcher import warm; print(warm(GLOSSARY, Path(sys.argv[1])))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True, text=True, check=True)
    assert Matcher(GLOSSARY, cache=tmp_path).version == done.stdout.strip()
    assert compiled == []


@pytest.mark.parametrize(
    "change", [lambda data: data[:-9], lambda data: b"", lambda data: b"x" + data, lambda data: data[:80] + b"?" + data[81:]]
)
def test_a_damaged_file_is_not_believed(tmp_path: Path, compiled: list[object], change: object) -> None:
    Matcher(GLOSSARY, cache=tmp_path)
    (file,) = kept(tmp_path)
    file.write_bytes(change(file.read_bytes()))  # type: ignore[operator]
    assert words(Matcher(GLOSSARY, cache=tmp_path), TEXT) == FOUND
    assert len(compiled) == 2
    assert words(Matcher(GLOSSARY, cache=tmp_path), TEXT) == FOUND
    assert len(compiled) == 2


def test_another_glossary_has_a_file_of_its_own(tmp_path: Path) -> None:
    Matcher(GLOSSARY, cache=tmp_path)
    Matcher(glossary(entry("it", Form("мир", "ru"))), cache=tmp_path)
    assert len(kept(tmp_path)) == 2


def test_old_files_are_forgotten(tmp_path: Path) -> None:
    for number in range(12):
        warm(glossary(entry("it", Form(f"word{number}", "en"))), tmp_path)
    assert len(kept(tmp_path)) == 8


@pytest.mark.skipif(os.name != "posix", reason="files have owners and modes only on POSIX systems")
def test_a_file_that_others_may_write_is_not_read(tmp_path: Path, compiled: list[object]) -> None:
    Matcher(GLOSSARY, cache=tmp_path)
    kept(tmp_path)[0].chmod(0o666)
    Matcher(GLOSSARY, cache=tmp_path)
    assert len(compiled) == 2


def test_a_folder_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert words(Matcher(GLOSSARY, cache=tmp_path / "file" / "cache"), TEXT) == FOUND


def test_several_writers_leave_one_whole_file(tmp_path: Path) -> None:
    threads = [threading.Thread(target=warm, args=(GLOSSARY, tmp_path)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.suffix for path in tmp_path.iterdir()] == [".tables"]
    assert words(Matcher(GLOSSARY, cache=tmp_path), TEXT) == FOUND
