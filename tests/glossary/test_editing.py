"""Editing one entry touches that entry. First what stays as it is, whatever is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy_addon.glossary.editing import Changed, NoSuchEntry, among, checked, dangling, draft, new_draft, save
from proxy_addon.glossary.loader import SHIPPED, load_glossary, yaml_files
from proxy_addon.glossary.problem import GlossaryError

FILE = """\
# yaml-language-server: $schema=../pack.schema.json

# The first, kept for the sake of the second.
test-one:
  kind: euphemism
  lang: en
  terms:
    en:
      - zorbling  # a word of the tests
  means:
    en: A made-up word.

# About the second.
test-two:
  kind: label
  lang: en
  terms:
    en:
      - borogove
  means:
    en: Another.
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "words.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "this file is empty"),
        ("test-one: [", "did not find expected node content"),
        ("test-one:\n  kind: rude\n", "kind"),
        (FILE, "this should be the entry `test-one` alone, and is `test-one`, `test-two`"),
        (
            "test-three:\n  kind: label\n  lang: en\n  terms: {en: [x]}\n  means: {en: X.}\n",
            "this should be the entry `test-one` alone",
        ),
        ("test-one:\n  default: off\n", "this turns an entry on or off and is none itself"),
    ],
)
def test_what_is_no_entry_is_refused_and_the_file_stays(file: Path, text: str, said: str) -> None:
    with pytest.raises(GlossaryError, match=said.replace("`", ".")):
        save(draft(file, "test-one"), text)
    assert file.read_text(encoding="utf-8") == FILE


def test_a_file_that_changed_underneath_is_not_overwritten(file: Path) -> None:
    held = draft(file, "test-one")
    file.write_text(FILE.replace("Another", "Somebody else's"), encoding="utf-8")
    with pytest.raises(Changed, match="nothing was written"):
        save(held, held.text)
    assert "Somebody else's" in file.read_text(encoding="utf-8")


def test_an_entry_that_went_away_is_told(file: Path) -> None:
    with pytest.raises(NoSuchEntry, match="test-three"):
        draft(file, "test-three")


@pytest.mark.parametrize(("entry", "line"), [("test-one", 3), ("test-two", 13)])
def test_saving_what_was_read_changes_nothing(file: Path, entry: str, line: int) -> None:
    held = draft(file, entry)
    assert held.line == line
    assert held.text.startswith("# ")
    assert save(held, held.text) == held
    assert file.read_text(encoding="utf-8") == FILE


@pytest.mark.parametrize("entry", ["test-one", "test-two"])
def test_an_edit_is_written_and_every_other_line_stays(file: Path, entry: str) -> None:
    held = draft(file, entry)
    after = save(held, held.text.replace("en: A", "en: Still a", 1))
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [at for at, (one, two) in enumerate(zip(FILE.splitlines(), lines, strict=True)) if one != two] == [
        next(at for at, line in enumerate(lines) if "Still a" in line)
    ]
    assert after.digest != held.digest


def test_a_new_entry_goes_to_the_end(file: Path, tmp_path: Path) -> None:
    text = "test-new:\n  kind: label\n  lang: en\n  terms:\n    en:\n      - mome\n  means:\n    en: New.\n"
    save(new_draft(file, "test-new"), text)
    assert file.read_text(encoding="utf-8") == FILE + "\n" + text
    save(new_draft(tmp_path / "own" / "new.yaml", "test-new"), text)
    assert (tmp_path / "own" / "new.yaml").read_text(encoding="utf-8") == text


def test_every_shipped_entry_can_be_read_and_put_back(tmp_path: Path) -> None:
    for path in yaml_files(SHIPPED):
        if path.stem in ("pack", "rules", "topics"):
            continue
        text = path.read_text(encoding="utf-8")
        copy = tmp_path / path.name
        copy.write_text(text, encoding="utf-8")
        names = [line.split(":")[0] for line in text.splitlines() if line[:1].isalpha()]
        for name in names[:3]:
            held = draft(copy, name)
            assert checked(held.text, name).id == name
            assert save(held, held.text) == held
        assert copy.read_text(encoding="utf-8") == text


def test_ids_that_lead_nowhere_are_told() -> None:
    glossary = load_glossary()
    entry = checked(
        "x-new:\n  kind: label\n  lang: en\n  rules: [no-rule]\n  see: [ru-svo, no-entry]\n  terms: {en: [mome]}\n  means: {en: New.}\n",
        "x-new",
    )
    assert ["no-rule" in problem.what or "no-entry" in problem.what for problem in dangling(glossary, entry)] == [True, True]
    assert list(among(glossary, entry).entries) == ["x-new"]


@pytest.mark.parametrize(("mark", "end"), [(b"", b"\n"), (b"", b"\r\n"), (b"\xef\xbb\xbf", b"\n"), (b"\xef\xbb\xbf", b"\r\n")])
@pytest.mark.parametrize("entry", ["test-one", "test-two", "test-new"])
def test_line_ends_mark_link_and_permissions_of_a_file_stay(
    tmp_path: Path, file: Path, mark: bytes, end: bytes, entry: str
) -> None:
    file.write_bytes(
        mark + FILE.removeprefix("# yaml-language-server: $schema=../pack.schema.json\n\n").encode().replace(b"\n", end)
    )
    file.chmod(0o664)
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    held = new_draft(link, entry) if entry == "test-new" else draft(link, entry)
    assert "\r" not in held.text
    text = held.text or "test-new:\n  kind: label\n  lang: en\n  terms:\n    en:\n      - mimsy\n  means:\n    en: New.\n"
    save(held, text.replace("A made-up", "A new").replace("Another", "A new"))
    after = file.read_bytes()
    assert (after.startswith(mark), after.count(b"\n"), after.count(b"\xef\xbb\xbf")) == (True, after.count(end), bool(mark))
    assert b"new" in after.lower()
    assert (link.is_symlink(), file.stat().st_mode & 0o777) == (True, 0o664)
