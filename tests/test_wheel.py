"""The wheel holds everything that the program reads, and works where nothing else of the project is."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# What is data, not a module: in the checkout, and in the wheel.
DATA = {"proxy_addon": "proxy_addon", "glossary": "proxy_addon/_glossary"}
STYLES = {"csv", "html", "json", "skos", "stardict", "tbx"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(ROOT))
    (built,) = builder.build(directory=str(tmp_path_factory.mktemp("dist")))
    return Path(built)


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation puts on the import path."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def tracked(folder: str) -> list[str]:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not listed:
        pytest.skip("not a git checkout")
    return listed


def run(folder: Path, *arguments: str) -> str:
    """The command as installed in ``folder``, started elsewhere."""
    script = f"import sys; sys.path.insert(0, {str(folder)!r}); from proxy_addon.cli import main; main()"
    command = [sys.executable, "-I", "-c", script, *arguments]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, check=True).stdout


def test_every_file_of_the_program_and_the_glossary_is_in_it(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    wanted = {there + name.removeprefix(here) for here, there in DATA.items() for name in tracked(here)}
    assert wanted - held == set()
    assert {name.split("/")[0] for name in held} == {
        "proxy_addon",
        next(name for name in held if ".dist-info/" in name).split("/")[0],
    }


def test_the_glossary_in_it_is_checked_and_handed_on(unpacked: Path, tmp_path: Path) -> None:
    found = json.loads(run(unpacked, "glossary", "check", "--format", "json"))
    assert found == []
    for style in sorted(STYLES):
        run(unpacked, "glossary", "export", "--format", style, "--out", str(tmp_path / style))
        assert (tmp_path / style).exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", "term,definition\npop,An explosion\n"),
        ("list.html", "<table><tr><th>Term<th>Meaning<tr><td>pop<td>An explosion</table>"),
        (
            "list.tbx",
            '<tbx xmlns="urn:iso:std:iso:30042:ed:3.0"><text><body><conceptEntry id="pop"><langSec xml:lang="en"><termSec>'
            "<term>pop</term></termSec></langSec></conceptEntry></body></text></tbx>",
        ),
    ],
)
def test_it_takes_lists_from_elsewhere(unpacked: Path, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert "      - pop\n" in run(unpacked, "glossary", "import", str(tmp_path / name), "--lang", "en")
