"""The guide for editors, followed by somebody who has read nothing else: each recipe leads where it says."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from proxy_addon.commands.glossary import glossary
from proxy_addon.glossary.loader import SHIPPED, load_glossary, load_layers

GUIDE = (SHIPPED / "README.md").read_text(encoding="utf-8")
ENTRY, RULE = map(dedent, re.findall(r"```yaml\n(.*?)^ *```", GUIDE, re.DOTALL | re.MULTILINE))
TOPICS = """\
ukraine-war:
  strong:
    ru:
      - резерв
"""


@pytest.fixture
def own(tmp_path: Path, small: Path) -> Path:
    """A newcomer's folder with the guide's entry, rule and topic in it."""
    for name, text in {"entries": ENTRY, "rules": RULE, "topics": TOPICS}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{before!r} is not once in the guide's example"
    file.write_text(text.replace(before, after), encoding="utf-8")


def run(*arguments: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(glossary, list(map(str, arguments)), standalone_mode=False)
    assert done.exception is None, done.exception
    return done.return_value, done.output


def told(own: Path) -> list[str]:
    """What the check says of the newcomer's own files, without the place."""
    _, said = run("check", own)
    return [line.split(": ", 1)[1] for line in said.splitlines() if line.startswith(str(own))]


def test_the_entry_and_rule_of_the_guide_replace_nothing_that_is_shipped() -> None:
    shipped = load_layers([SHIPPED])
    assert not set(re.findall(r"^([a-z-]+):", ENTRY, re.MULTILINE)) & set(shipped.entries)
    assert not set(re.findall(r"^([a-z-]+):", RULE, re.MULTILINE)) & set(shipped.rules)


def test_the_entry_of_the_guide_is_sound_and_in_the_house_style(own: Path) -> None:
    assert told(own) == []
    assert run("fmt", own / "rules.yaml")[0] == 0
    assert run("check", own)[0] == 0


def test_add_an_entry(own: Path) -> None:
    asked = {"kind": "euphemism", "lang": "en", "term": "zorb line", "means": "A wall.", "who": "The Office of Lines"}
    flags = [part for name, value in asked.items() for part in (f"--{name}", value)]
    file = own / "mine.yaml"
    assert run("new", "en-zorb", "--file", file, *flags, "--source", "https://example.org/a", "--source-title", "A")[0] == 0
    assert [line.split(";")[0] for line in told(own)] == [
        "`en-zorb`: 0 examples under `annotate`",
        "`en-zorb`: 0 examples under `leave`",
    ]
    examples = """\
  annotate:
    - text: The zorb line was built.
      match: zorb line
    - text: Two zorb lines were built.
      match: zorb lines
  leave:
    - text: A line of zorb.
      because: another word
    - text: A zorb is on the line.
      because: other words
"""
    edit(file, "  sources:\n", f"{examples}  sources:\n")
    assert (told(own), run("fmt", file)[0]) == ([], 0)
    assert run("explain", "Along the zorb lines.", "--glossary", own)[1] == "«zorb lines» en-zorb: matches (always)\n"


def test_add_a_word_form(own: Path) -> None:
    edit(
        own / "entries.yaml",
        "      - special military operation\n",
        "      - special military operation\n      - '{S,s}MO zone'\n",
    )
    assert "специальной военной операцией" in run("forms", "специальная военная операция", "--lang", "ru")[1].splitlines()
    assert told(own) == []
    assert "ru-my-operation: matches" in run("explain", "In the SMO zone.", "--glossary", own)[1]


ALARM = "Игра «Специальная военная операция» вышла на диске."


@pytest.mark.parametrize(
    ("cure", "still"),
    [
        ("not_in: [игра специальная военная операция]", "Идёт специальная военная операция."),
        ("not_near: [диск]", "Идёт специальная военная операция."),
        ("weak: yes", "Резервы и специальная военная операция."),
    ],
)
def test_stop_a_false_alarm(own: Path, cure: str, still: str) -> None:
    file = own / "entries.yaml"
    edit(file, "  leave:\n", f"  leave:\n    - text: {ALARM}\n      because: a game\n")
    (complaint,) = told(own)
    assert complaint.startswith("`ru-my-operation`: «Специальная военная операция» matches in a sentence to leave alone")
    assert run("explain", ALARM, "--glossary", own)[1] == "«Специальная военная операция» ru-my-operation: matches (always)\n"
    edit(file, "      - специальная военная операция\n", f"      - {{lemma: специальная военная операция, {cure}}}\n")
    assert told(own) == []
    assert "does not match" in run("explain", ALARM, "--glossary", own)[1]
    assert "ru-my-operation: matches" in run("explain", still, "--glossary", own)[1]


def test_stop_a_false_alarm_that_nothing_else_cures(own: Path) -> None:
    file, sentence = own / "entries.yaml", f"    - text: {ALARM}\n      because: a game\n"
    edit(file, "  leave:\n", f"  leave:\n{sentence}")
    edit(file, "  kind: mandated", "  default: off\n  kind: mandated")
    assert len(told(own)) == 1
    edit(file, sentence, "")
    assert told(own) == []
    assert run("explain", ALARM, "--glossary", own)[1] == "no form of any entry that is on is in this text\n"


def test_record_a_repealed_rule(own: Path) -> None:
    edit(own / "rules.yaml", "  since: '2022-02-24'\n", "  since: '2022-02-24'\n  until: '2023-06-30'\n")
    (complaint,) = told(own)
    assert complaint.startswith("`ru-my-operation`: current, but all its rules have ended; name the rule in force, or make it")
    edit(own / "entries.yaml", "  kind: mandated", "  status: ended\n  kind: mandated")
    assert [line.split(";")[0] for line in told(own)] == ["`ru-my-operation`: ended, but not when"]
    edit(own / "entries.yaml", "  status: ended\n", "  status: ended\n  until: '2023-06-30'\n")
    assert told(own) == []
    shown = run("show", "ru-my-operation", "--glossary", own)[1]
    assert "mandated, ended" in shown
    assert "until 2023-06-30" in shown


def test_translate_a_meaning_and_add_a_language_of_texts(own: Path) -> None:
    file = own / "entries.yaml"
    edit(file, "    ru: Вторжение", "    de: Der am 24. Februar 2022 begonnene Einmarsch.\n    ru: Вторжение")
    edit(
        file,
        "    en:\n      - special",
        "    be:\n      - спецыяльн{ая,ай,ую} ваенн{ая,ай,ую} аперацы{я,і,ю}\n    en:\n      - special",
    )
    edit(file, "    en:\n      - special", "    ka:\n      - სპეციალური ოპერაცი{ა,ის}\n    en:\n      - special")
    assert told(own) == []
    assert "`ka`, for which there are no rules here, match only as written" in run("check", own, "--advice")[1]
    assert "ru-my-operation: matches" in run("explain", "სპეციალური ოპერაციის დრო", "--glossary", own)[1]
    assert (
        "Der am 24. Februar 2022 begonnene Einmarsch." in run("show", "ru-my-operation", "--glossary", own, "--language", "de")[1]
    )
    assert "ru-my-operation: matches" in run("explain", "У спецыяльнай ваеннай аперацыі.", "--lang", "be", "--glossary", own)[1]


def test_take_a_list_from_elsewhere_and_finish_an_entry(own: Path) -> None:
    (own / "list.csv").write_text("term,definition\nzorb line,A wall\n", encoding="utf-8")
    file = own / "drafts.yaml"
    assert run("import", own / "list.csv", "--lang", "en", "--source", "https://example.org/a", "--out", file)[0] == 0
    assert len([line for line in told(own) if "TODO" in line]) == 2
    text = file.read_text(encoding="utf-8")
    assert "  default: off\n" in text
    text = re.sub(r"TODO who.*", "The Office of Lines", text)
    text = re.sub(r"TODO its title.*?(?=\n)", "A list", text).replace("'A list'", "A list")
    file.write_text(text, encoding="utf-8")
    assert [line for line in told(own) if "TODO" in line] == []


def test_keep_entries_of_your_own_over_the_shipped_ones(own: Path) -> None:
    assert load_glossary([own]).entries["en-vorpal"].on
    (own / "choice.yaml").write_text("en-vorpal: {default: off}\n", encoding="utf-8")
    assert told(own) == []
    assert not load_glossary([own]).entries["en-vorpal"].on
    assert "that is on" in run("explain", "A vorpal sword.", "--glossary", own)[1]


def test_every_recipe_of_the_guide_is_walked() -> None:
    recipes = re.findall(r"^\*\*([^*]+)\*\*", GUIDE.partition("## 2.")[0], re.MULTILINE)
    assert recipes == [
        "Add an entry",
        "Add a word form",
        "Stop a false alarm",
        "Record a new or repealed rule",
        "Add a language",
        "Take a list from elsewhere",
        "Read or hand on the whole glossary",
        "Keep entries of your own",
        "Edit an entry on the desk, in a browser",  # walked in tests/desk/test_in_browser.py
        "Always, at the end",
    ]
