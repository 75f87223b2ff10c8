"""The editor's commands: what they print and the codes they end with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from proxy_addon.commands import glossary as commands
from proxy_addon.glossary.loader import SHIPPED, load_glossary
from proxy_addon.paths import packs_dir

GUIDE = SHIPPED / "README.md"
BROKEN = "ru-own:\n  kind: labl\n"
SOUND = """\
en-zqx:
  kind: label
  lang: en
  who:
    en: The Office
  terms:
    en:
      - zqxword
  means:
    en: A status.
  annotate:
    - text: A zqxword here.
      match: zqxword
    - text: Two zqxwords here.
      match: zqxwords
  leave:
    - text: Nothing.
      because: it is absent
    - text: A word.
      because: it is another
  sources:
    - title: A report
      url: https://example.org/report
      seen: '2026-03-01'
      for: [use]
"""


@pytest.fixture(autouse=True)
def _small(small: Path) -> None:
    """What holds for the whole glossary is tried in ``test_examples`` and by the slow tests at the end."""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands.glossary, list(arguments), standalone_mode=False)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.yaml"
    file.write_text(SOUND, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("style", "begins"),
    [
        ("text", "{file}:2:9: `labl` is not a kind; did you mean `label`? [format]"),
        ("github", "::error file={file},line=2,col=9,title=format::`labl` is not a kind; did you mean `label`?"),
    ],
)
def test_a_broken_pack_is_told_in_the_format_asked_for(style: str, begins: str, own: Path) -> None:
    own.write_text(BROKEN, encoding="utf-8")
    result = run("check", str(own), "--format", style)
    assert begins.format(file=own) in result.output.splitlines()
    assert result.return_value == 1


def test_json_names_file_line_and_cure(own: Path) -> None:
    own.write_text(BROKEN, encoding="utf-8")
    found = json.loads(run("check", str(own), "--format", "json").output)
    assert {"file": str(own), "line": 2, "column": 9, "cure": "did you mean `label`?"}.items() <= found[-1].items()


def test_an_example_that_does_not_hold_is_told(own: Path) -> None:
    own.write_text(SOUND.replace("text: Nothing.", "text: No zqxword."), encoding="utf-8")
    told = [line for line in run("check", str(own)).output.splitlines() if line.startswith(str(own))]
    what = "`en-zqx`: «zqxword» matches in a sentence to leave alone"
    assert told == [f"{own}:17:7: {what}; make the form `weak`, or add `not_in` or `not_near` [example]"]


def test_a_sound_pack_has_nothing_to_mend(own: Path) -> None:
    assert [line for line in run("check", str(own)).output.splitlines() if line.startswith(str(own))] == []


def test_fmt_check_changes_nothing_and_fmt_does(own: Path) -> None:
    assert run("fmt", "--check", str(own)).return_value == 0
    messy = SOUND.replace("kind: label\n  lang: en", "lang: en\n  kind: label")
    own.write_text(messy, encoding="utf-8")
    assert (run("fmt", "--check", str(own)).return_value, own.read_text(encoding="utf-8")) == (1, messy)
    assert (run("fmt", str(own)).return_value, own.read_text(encoding="utf-8")) == (0, SOUND)


def test_a_new_entry_is_valid_and_found(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    asked = {"kind": "label", "lang": "en", "term": "zqx: a word", "means": "It's one", "who": "An office"}
    flags = [part for name, value in asked.items() for part in (f"--{name}", value)]
    result = run("new", "en-zqx", "--file", str(file), *flags, "--source", "https://example.org/a", "--source-title", "A")
    assert result.exception is None
    assert "zqx: a word" in run("show", "en-zqx", "--glossary", str(file)).output
    assert run("search", "zqx", "--glossary", str(file)).output == "en-zqx  zqx: a word: It's one\n"
    assert run("fmt", "--check", str(file)).return_value == 0


def test_explain_says_what_matches_and_which_rule_decided(own: Path) -> None:
    assert run("explain", "A zqxword here.", "--glossary", str(own)).output == "«zqxword» en-zqx: matches (always)\n"


def test_a_reader_s_own_packs_are_checked_too(own: Path) -> None:
    packs_dir().mkdir(parents=True)
    broken = packs_dir() / "mine.yaml"
    broken.write_text(BROKEN, encoding="utf-8")
    try:
        told = run("check").output
    finally:
        broken.unlink()
    assert f"{broken}:2:9: `labl` is not a kind; did you mean `label`? [format]" in told.splitlines()


@pytest.mark.parametrize(("style", "names"), [("csv", ["out"]), ("html", ["index.html"]), ("stardict", ["glossator.ifo"])])
def test_an_export_is_a_file_or_a_folder(style: str, names: list[str], tmp_path: Path) -> None:
    out = tmp_path / "sub" / "out"
    assert run("export", "--format", style, "--out", str(out)).return_value == 0
    assert [name for name in names if (out / name).is_file() or out.is_file()] == names


def test_a_format_of_several_files_asks_for_a_folder() -> None:
    assert "name a folder for them with --out" in str(run("export", "--format", "html").exception)


def test_an_import_becomes_a_file_of_drafts_that_check_names(tmp_path: Path) -> None:
    listed, out = tmp_path / "list.csv", tmp_path / "own.yaml"
    listed.write_text("term,definition\nzqxpop,An explosion\n", encoding="utf-8")
    assert run("import", str(listed), "--lang", "en", "--out", str(out)).return_value == 0
    told = [line for line in run("check", str(out)).output.splitlines() if line.startswith(str(out))]
    assert f"{out}:6:3: `en-zqxpop`: TODO stands under `who`; write it [to-do]" in told
    assert run("fmt", "--check", str(out)).return_value == 0
    assert "name a new file" in str(run("import", str(listed), "--out", str(out)).exception)


def answers(term: str = "zqx") -> list[str]:
    asked = {"kind": "label", "lang": "en", "term": term, "means": "One.", "who": "An office", "source-title": "A"}
    return [*(part for name, value in asked.items() for part in (f"--{name}", value)), "--source", "https://example.org/a"]


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("none/x.yaml", "none/x.yaml can't be written (No such file or directory); name another place"),
        ("folder", "folder:1:1: this file can't be read (Is a directory); correct the path, or its permissions"),
        ("latin.yaml", "latin.yaml:1:4: byte 0xff is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_a_new_entry_has_a_place_or_is_refused(place: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    error = run("new", "en-zqx", "--file", str(tmp_path / place), *answers()).exception
    assert isinstance(error, click.UsageError)
    assert error.message == f"{tmp_path}/{told}"
    (tmp_path / "list.csv").write_text("term\nzqx\n")
    error = run("import", str(tmp_path / "list.csv"), "--out", str(tmp_path / "none" / "x.yaml")).exception
    assert isinstance(error, click.UsageError)
    assert error.message.endswith("can't be written (No such file or directory); name another place")


def test_an_id_that_is_taken_is_refused_unless_it_is_meant(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    error = run("new", "en-vorpal", "--file", str(file), *answers()).exception
    assert isinstance(error, click.UsageError)
    assert error.message.startswith("en-vorpal is an entry already (vorpal sword, ")
    assert error.message.endswith("choose another id, or add --replace if that is what you want")
    assert not file.exists()
    assert run("new", "en-vorpal", "--replace", "--file", str(file), *answers()).exception is None
    assert load_glossary([file]).entries["en-vorpal"].headword == "zqx"


@pytest.mark.parametrize(("beside", "checked"), [("", "own.yaml"), ("rules.yaml", ""), ("pack.yaml", "")])
def test_a_new_entry_is_to_be_checked_with_what_lies_beside_it(beside: str, checked: str, tmp_path: Path) -> None:
    if beside:
        (tmp_path / beside).write_text("# its rules\n")
    said = run("new", "en-zqx", "--file", str(tmp_path / "own.yaml"), *answers()).output
    assert said == f"{tmp_path}/own.yaml: en-zqx added; next: glossator glossary check {tmp_path / checked}\n"


def test_a_stub_says_what_is_to_do_where_it_is_to_be_done() -> None:
    said = run("new", "en-zqx", *answers()).output
    assert "  means:\n    en: One.\n    # the same in the language of the word\n  # annotate" in said


def test_fmt_keeps_permissions_and_links_and_leaves_an_installed_glossary_alone(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.chmod(0o664)
    own.write_text(SOUND.replace("kind: label\n  lang: en", "lang: en\n  kind: label"), encoding="utf-8")
    link = tmp_path / "link.yaml"
    link.symlink_to(own)
    assert run("fmt", str(link)).return_value == 0
    assert (link.is_symlink(), own.read_text(encoding="utf-8"), own.stat().st_mode & 0o777) == (True, SOUND, 0o664)
    monkeypatch.setattr(commands, "SHIPPED", tmp_path)
    error = run("fmt").exception
    assert isinstance(error, click.UsageError)
    assert error.message == "the installed glossary stays as it is; name your own: glossator glossary fmt FOLDER"
    assert run("fmt", "--check").return_value == 0


def test_explain_says_the_same_of_one_place_once(own: Path) -> None:
    own.write_text(SOUND.replace("      - zqxword\n", "      - zqxword\n      - {exact: zqxword}\n"), encoding="utf-8")
    line = "«zqxword» en-zqx: matches (always)\n"
    assert run("explain", "A zqxword here.", "--glossary", str(own)).output == line
    assert run("explain", "A zqxword, a zqxword.", "--glossary", str(own)).output == line * 2


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("list.docx", "x", "say it with --format (csv, html, json, tbx)"),
        ("list.csv", "a1\nx\n", "no terms found"),
        ("list.csv", "term,kind\npop,insult\n", "nothing was imported"),
    ],
)
def test_what_can_not_be_imported_is_told(name: str, text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert told in str(run("import", str(tmp_path / name)).exception)


def test_forms_are_listed() -> None:
    assert "хлопком" in run("forms", "хлопок", "--lang", "ru").output.splitlines()


@pytest.mark.parametrize(
    ("lemma", "lang", "told"),
    [
        ("вайн{а", "be", "a brace without its partner; write {one,two}, in quotes"),
        ("вайна}", "be", "a brace without its partner; write {one,two}, in quotes"),
        ("", "ru", "there is no word in it; write one"),
        (" … ", "ru", "there is no word in it; write one"),
        ("war", "english", "`english` is not a language code; write a BCP 47 code: ru, en, zh-Hans"),
    ],
)
def test_what_has_no_forms_is_told(lemma: str, lang: str, told: str) -> None:
    error = run("forms", lemma, "--lang", lang).exception
    assert isinstance(error, click.UsageError)
    assert (error.message, error.exit_code) == (told, 2)


def test_a_language_without_rules_is_told_with_the_one_form() -> None:
    result = run("forms", "war", "--lang", "xx")
    assert result.stdout == "war\n"
    assert result.stderr == "there are no rules for xx here: it matches as written; write other endings in braces\n"


def test_every_command_that_the_guide_names_exists() -> None:
    named = set(re.findall(r"glossator glossary (\w+)", GUIDE.read_text(encoding="utf-8")))
    assert named <= set(commands.glossary.commands)
    assert len(named) >= 4
