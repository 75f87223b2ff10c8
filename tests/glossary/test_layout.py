"""The house style keeps content and comments, and the schema says what the loader reads."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from proxy_addon.glossary.layout import formatted
from proxy_addon.glossary.loader import SHIPPED, yaml_files
from proxy_addon.glossary.problem import Findings
from proxy_addon.glossary.schema import definitions, schema, schema_text

MESSY = """\
# for editors

# about this entry
ru-svo:   # behind the id
  lang: ru  # language
  kind: mandated
  since: 2022-02-24
  terms: {en: [special operation, a], ru: [a, {exact: "СВО", weak: yes}]}
  means:
    # inner
    en: >-
      long text
      goes on
    ru: 'it''s: "x"'
  annotate:
    - text: foo # why
      match: [a,
        b]


a-b: {default: off}
# last
"""
NEAT = """\
# for editors
# about this entry
ru-svo:  # behind the id
  kind: mandated
  lang: ru  # language
  since: '2022-02-24'
  terms:
    en:
      - special operation
      - a
    ru:
      - a
      - {exact: СВО, weak: yes}
  means:
    # inner
    en: long text goes on
    ru: 'it''s: "x"'
  annotate:
    - text: foo  # why
      match: [a, b]

a-b:
  default: off

# last
"""


COMMENTED = """\
a:
  kind: label
  # below the kind, above the language
  lang: ru
  terms:
    ru:
      - слово
      # one more form is wanted
    # and one more language
  means:
    en: A word.
    # the same in the language of the word
  # annotate and leave: two sentences each
  sources:
    - title: A report
      url: https://example.org/a
      # its date is not known
    # a second source
  # the end of a

# about b
b:
  kind: label
  # the end of b
"""


def test_a_comment_stays_where_its_column_puts_it() -> None:
    assert formatted(COMMENTED, "entries", Findings("own.yaml")) == COMMENTED
    moved = COMMENTED.replace("  kind: label\n  # below the kind, above the language\n  lang: ru\n", "", 1)
    moved = moved.replace("  # the end of a\n", "  lang: ru\n  kind: label\n  # the end of a\n")
    wanted = COMMENTED.replace("  # below the kind, above the language\n", "")
    assert formatted(moved, "entries", Findings("own.yaml")) == wanted


@pytest.mark.parametrize("text", [NEAT, MESSY], ids=["neat", "messy"])
def test_a_file_is_written_one_way(text: str) -> None:
    assert formatted(text, "entries", Findings("own.yaml")) == NEAT


def test_a_broken_file_is_left_alone() -> None:
    findings = Findings("own.yaml")
    assert formatted("a: 'b\n", "entries", findings) is None
    assert [str(problem.place) for problem in findings.problems] == ["own.yaml:1:4"]


@pytest.mark.parametrize("file", list(yaml_files(SHIPPED)), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_formatting_a_shipped_file_twice_is_formatting_it_once(file: Path) -> None:
    findings = Findings(str(file))
    once = formatted(file.read_text(encoding="utf-8"), file.stem, findings)
    assert findings.problems == []
    assert once
    assert formatted(once, file.stem, findings) == once


@pytest.mark.parametrize("file", list(yaml_files(SHIPPED)), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_schema_accepts_what_the_loader_reads(file: Path) -> None:
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    jsonschema.Draft7Validator(schema()).validate(content)


@pytest.mark.parametrize(
    "content",
    [
        {"a": {"kind": "banned"}},
        {"a": {"authority": {"en": "x"}}},
        {"a": {"default": "perhaps"}},
        {"a": {"kind": "label", "lang": "en", "means": {"en": "x"}, "terms": {"en": [{"weak": "yes"}]}}},
        {"A b": {"default": "off"}},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(content: dict[str, object]) -> None:
    assert not jsonschema.Draft7Validator(schema()).is_valid(content)


def test_the_schema_file_is_the_one_that_is_generated() -> None:
    assert (SHIPPED / "pack.schema.json").read_text(encoding="utf-8") == schema_text()


def test_words_of_a_vocabulary_are_defined_by_the_comments_above_them() -> None:
    assert definitions("Quoted")["only"] == 'It matches only when quoted exactly or introduced by "so-called".'


@pytest.mark.parametrize("file", list(yaml_files(SHIPPED)), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_shipped_files_name_their_schema(file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        key, _, schema_file = next(lines).strip().partition("=")
    assert (key, (file.parent / schema_file).resolve()) == ("# yaml-language-server: $schema", SHIPPED / "pack.schema.json")


@pytest.mark.parametrize("file", list(yaml_files(SHIPPED)), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_shipped_files_are_in_the_house_style(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert formatted(text, file.stem, Findings(file.name)) == text
