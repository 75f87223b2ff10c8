"""The documents are true: every option and command is told, every path they name exists, and the tool speaks of itself alone."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from proxy_addon.cli import main
from proxy_addon.options import OPTIONS, Option

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shown(option: Option) -> str:
    """A default as the README writes it."""
    if isinstance(option.default, bool):
        return "on" if option.default else "off"
    if isinstance(option.default, str | int):
        return f"`{option.default}`"
    return "none"


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_the_readme_tells_every_option(option: Option) -> None:
    choices = f" ({', '.join(option.choices)})" if option.choices else ""
    assert f"| `{option.flag}` | {shown(option)} | {option.help}{choices} |" in README


def test_the_readme_tells_no_option_that_is_gone() -> None:
    told = set(re.findall(r"^\| `(--[a-z-]+)` \|", README, re.MULTILINE))
    assert told == {option.flag for option in OPTIONS}


@pytest.mark.parametrize("command", sorted(main.commands))
def test_the_readme_tells_every_command(command: str) -> None:
    assert f"`glossator {command}" in README


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_says_what_it_does(command: str) -> None:
    assert (main.commands[command].help or "").strip()


DOCUMENTS = [
    "README.md",
    ".github/CONTRIBUTING.md",
    ".github/SECURITY.md",
    "extension/README.md",
    "glossary/README.md",
    "proxy_addon/headless/README.md",
    "proxy_addon/service/PROTOCOL.md",
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)[^)]*\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_picture_is_in_a_document_says_what_it_shows_and_is_small() -> None:
    told = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    shown = {Path(file).name: said for text in told for said, file in re.findall(r"!\[(.*?)\]\(([^)]+)\)", text)}
    pictures = {path.name: path.stat().st_size for path in (ROOT / ".github" / "images").iterdir()}
    assert set(shown) == set(pictures)
    assert [name for name, said in shown.items() if len(said) < 20] == []
    assert {name: size for name, size in pictures.items() if size > 120_000} == {}


def test_tests_named_by_the_threat_model_exist() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / ".github/SECURITY.md").read_text(encoding="utf-8")))
    assert named
    missing = [
        (file, test)
        for file, test in named
        if not (ROOT / file).exists() or (test and f"def {test}(" not in (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_no_file_carries_a_path_of_somebodys_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    if not any(tracked):
        pytest.skip("not a git checkout")
    homes = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
    texts = {".py", ".md", ".toml", ".yaml", ".txt", ".css", ".html", ".mjs", ""}
    files = [ROOT / name for name in tracked if name and Path(name).suffix in texts and (ROOT / name).is_file()]
    found = {
        str(file.relative_to(ROOT)): match.group()
        for file in files
        if file != Path(__file__) and (match := homes.search(file.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}
