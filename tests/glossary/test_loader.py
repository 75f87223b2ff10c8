"""What an editor's file becomes, and what is said about one that can't be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.loader import GlossaryError, Problem, load_glossary, load_layers
from proxy_addon.glossary.model import Form, Glossary
from proxy_addon.glossary.reader import MAX_BYTES

ENTRY = """\
ru-svo:
  kind: euphemism
  lang: ru
  who: {en: Officials}
  terms:
    ru:
      - спецоперация
  means: {en: An invasion}
"""


def load(folder: Path, text: str | bytes, name: str = "own.yaml") -> Glossary:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_layers([file])


def problems(folder: Path, text: str | bytes, name: str = "own.yaml") -> list[str]:
    """The problems of one file, without its folder's name."""
    with pytest.raises(GlossaryError) as caught:
        load(folder, text, name)
    return str(caught.value).replace(f"{folder}{os.sep}", "").splitlines()


def test_a_single_file_with_one_entry_is_a_pack(tmp_path: Path) -> None:
    glossary = load(tmp_path, ENTRY)
    assert (list(glossary.entries), list(glossary.packs)) == (["ru-svo"], ["own"])


def test_scalars_stay_as_written(tmp_path: Path) -> None:
    """no is a language and yes, 06, 12:30 are words."""
    text = ENTRY.replace("    ru:\n      - спецоперация\n", "    no: [yes, 06, '12:30', off]\n")
    assert [form.text for form in load(tmp_path, text).entries["ru-svo"].forms] == ["yes", "06", "12:30", "off"]


def test_a_byte_order_mark_and_crlf_change_nothing(tmp_path: Path) -> None:
    plain, marked = load(tmp_path, ENTRY), load(tmp_path, b"\xef\xbb\xbf" + ENTRY.replace("\n", "\r\n").encode())
    assert plain.entries == marked.entries


def test_conditions_of_the_entry_hold_for_its_forms_and_refusals_add_up(tmp_path: Path) -> None:
    text = """\
a:
  kind: label
  lang: ru
  weak: yes
  near: {ru: [газ]}
  not_in: {ru: [один]}
  terms:
    ru:
      - слово
      - {exact: СВО, weak: no, near: [флот], not_in: [два]}
      - {listed: [раз, разы], case: initial}
  means: {en: A word}
"""
    first, second, third, fourth = load(tmp_path, text).entries["a"].forms
    own = {"near": {"ru": ("газ",)}, "not_in": {"ru": ("один",)}}
    assert first == Form("слово", "ru", weak=True, **own, place=first.place)
    assert (second.inflect, second.case, second.weak) == (False, "exact", False)
    assert (second.near, second.not_in) == ({"ru": ("флот",)}, {"ru": ("один", "два")})
    assert [(form.text, form.inflect, form.case) for form in (third, fourth)] == [
        ("раз", False, "initial"),
        ("разы", False, "initial"),
    ]
    assert (first.place.line, first.place.column) == (9, 9)


def read_or_told(folder: Path, text: str | bytes) -> Glossary | tuple[Problem, ...]:
    try:
        return load(folder, text)
    except GlossaryError as error:
        return error.problems


BROKEN = [
    ("", "own.yaml:1:1: this file is empty; write an entry in it, or delete it (an editor may have half saved it)"),
    ("- a\n", "own.yaml:1:1: this file does not begin with a key; begin each entry with its id: `my-id:`"),
    (
        "a: {\tb\n  c: d",
        "own.yaml:1:4: the `{` that opens here is not closed, or a comma is missing; close it (the file may be half saved)",
    ),
    ("a:\n\tb: c\n", "own.yaml:2:1: a tab; indent with spaces"),
    ("a:\n  b: 'c\n", "own.yaml:2:6: the quote that opens here is never closed; close it (the file may be half saved)"),
    ("a:\n  b: c: d\n", "own.yaml:2:7: a colon where no key can be; put the text in quotes, or mend the indentation"),
    ("a:\n  b: @c\n", "own.yaml:2:6: a value begins with `@`; put it in quotes"),
    ("a:\n  b: *слово\n", "own.yaml:2:6: a value begins with `*`; put it in quotes"),
    ("a:\n  - &слово\n", "own.yaml:2:5: a value begins with `&`; put it in quotes"),
    (
        "a:\n  b: 'open\n  c: d\n  e: 'f'\n",
        "own.yaml:2:6: the quote that opens here is not closed on its line; close it (the file may be half saved)",
    ),
    (
        'a:\n  b: x\n  c:\n    - "open\n    - d\n  e: "f"\n',
        "own.yaml:4:7: the quote that opens here is not closed on its line; close it (the file may be half saved)",
    ),
    (
        ENTRY + "act:\n  authority: {en: O}\n  title: {en: T}\n",
        "own.yaml:9:1: `act` is a rule and not an entry; move it to a rules.yaml",
    ),
    (ENTRY + "war:\n  strong: {en: [x]}\n", "own.yaml:9:1: `war` is a topic and not an entry; move it to a topics.yaml"),
    ("a:\n  b: \x07\n", "own.yaml:2:6: the character U+0007 can't stand in a text file; delete it"),
    (b"a: \xff\n", "own.yaml:1:4: byte 0xff is not UTF-8 text; save the file as UTF-8"),
    (ENTRY.replace("спецоперация", "*head"), "own.yaml:7:9: `*head` is an alias; put the value in quotes, or write it out"),
    (
        ENTRY.replace("спецоперация", "&a b"),
        "own.yaml:7:9: `&a` is an anchor; put the value in quotes, or write it out each time",
    ),
    (
        ENTRY.replace("спецоперация", "!!int 5"),
        "own.yaml:7:9: `tag:yaml.org,2002:int` is a tag; put the value in quotes, or remove the tag",
    ),
    (ENTRY + "  kind: label\n", "own.yaml:9:3: `kind` stands here twice, first in line 2; keep one, or join the two"),
    (ENTRY + ENTRY, "own.yaml:9:1: `ru-svo` stands here twice, first in line 1; keep one, or join the two"),
    (ENTRY.replace("means", "meens"), "own.yaml:8:3: `meens` is not a key of an entry; did you mean `means`?"),
    (ENTRY.replace("euphemism", "eufemism"), "own.yaml:2:9: `eufemism` is not a kind; did you mean `euphemism`?"),
    (ENTRY.replace("ru-svo", "RU_svo"), "own.yaml:1:1: `RU_svo` is not an id; use a-z, 0-9 and hyphens"),
    (ENTRY + "  since: 2022-13\n", "own.yaml:9:10: `2022-13` is not a date; write 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD', in quotes"),
    (ENTRY + "  since:\n", "own.yaml:9:3: `since` is empty; write its value, or remove the key"),
    (
        ENTRY + "  see: ru-svo\n",
        "own.yaml:9:8: the text `ru-svo` stands where a list should be; put it in square brackets, or on lines that begin with `- `",
    ),
    (ENTRY + "  see: [ru-sva]\n", "own.yaml:9:9: `see` names `ru-sva`, but there is no such entry; did you mean `ru-svo`?"),
    (ENTRY + "  rules: [x]\n", "own.yaml:9:11: `rules` names `x`, but there is no such rule; add the rule, or remove it here"),
    (
        ENTRY + "  replaced_by: [ru-svo]\n",
        "own.yaml:1:1: `replaced_by` leads from `ru-svo` back to itself; remove one of its steps",
    ),
    (
        ENTRY.replace("спецоперация", "{weak: yes}"),
        "own.yaml:7:9: a form has no spelling; write exactly one of `lemma`, `exact`, `listed`",
    ),
    (ENTRY.replace("спецоперация", "'{a'"), "own.yaml:7:9: a brace without its partner; write {one,two}, in quotes"),
    ("a:\n  default: off\n", "own.yaml:1:1: there is no entry `a` to turn on or off; correct the id, or write the whole entry"),
    ("a: " + "{b: " * 60, "own.yaml:1:49: values are nested more than 12 deep; write the entry as the guide shows"),
]


@pytest.mark.parametrize(("text", "said"), BROKEN, ids=[said.split(": ", 1)[1][:50] for _, said in BROKEN])
def test_a_broken_file_is_told_with_place_and_cure(text: str | bytes, said: str, tmp_path: Path) -> None:
    assert said in problems(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rules.yaml", "`ru-svo` is an entry and not a rule; move it to a file of entries (any name but rules, topics, pack)"),
        ("topics.yaml", "`ru-svo` is an entry and not a topic; move it to a file of entries (any name but rules, topics, pack)"),
    ],
)
def test_what_stands_in_a_file_of_another_sort_is_told(name: str, said: str, tmp_path: Path) -> None:
    assert problems(tmp_path, ENTRY, name) == [f"{name}:1:1: {said}"]


def test_all_problems_are_told_at_once_and_sound_sections_are_read(tmp_path: Path) -> None:
    """An unclosed quote hides neither the trouble before nor after it, nor makes what names its entry dangle."""
    text = (
        "b-c:\n  kind: 'x\n\n" + ENTRY.replace("kind: euphemism", "kind: x") + ENTRY.replace("ru-svo", "d") + "  see: [b-c, e]\n"
    )
    said = problems(tmp_path, text)
    assert [line.split(": ")[0] for line in said] == ["own.yaml:2:9", "own.yaml:5:9", "own.yaml:20:14"]


def test_a_file_cut_anywhere_is_read_or_told(tmp_path: Path) -> None:
    """An editor may save half a file: no cut gives anything but a glossary or its problems."""
    for cut in range(len(ENTRY)):
        outcome = read_or_told(tmp_path, ENTRY[:cut])
        assert outcome
        assert not isinstance(outcome, Glossary) or list(outcome.entries) == ["ru-svo"]


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    with pytest.raises(GlossaryError) as caught:
        load_layers([tmp_path, tmp_path / "empty", tmp_path / "absent"])
    assert [problem.what for problem in caught.value.problems] == [
        "there is no such file or folder",
        "no .yaml file is in this folder",
        "this is not a regular file",
        "this is not a regular file",
    ]


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(ENTRY)
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert list(load_layers([tmp_path]).entries) == ["ru-svo"]


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert "split it into files" in problems(tmp_path, b"#" * (MAX_BYTES + 1))[0]


def test_a_later_layer_replaces_by_id_and_turns_off(tmp_path: Path) -> None:
    below, above, off = (tmp_path / name for name in ("below.yaml", "above.yaml", "off.yaml"))
    below.write_text(ENTRY)
    above.write_text(ENTRY.replace("euphemism", "label"))
    off.write_text("ru-svo:\n  default: off\n")
    both = load_layers([below, above])
    assert (both.entries["ru-svo"].kind, both.entries["ru-svo"].on) == ("label", True)
    switched = load_layers([below, off])
    assert (switched.entries["ru-svo"].kind, switched.entries["ru-svo"].on) == ("euphemism", False)
    assert len({load_layers([below]).version, both.version, switched.version}) == 3


def test_an_entry_is_turned_off_by_an_id_that_it_had_before(tmp_path: Path) -> None:
    below, off = tmp_path / "below.yaml", tmp_path / "off.yaml"
    below.write_text(ENTRY + "  aliases: [ru-svo-old]\n")
    off.write_text("ru-svo-old:\n  default: off\n")
    glossary = load_layers([below, off])
    assert [(ident, entry.on) for ident, entry in glossary.entries.items()] == [("ru-svo", False)]


def test_one_id_twice_in_one_layer_is_told(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(ENTRY)
    with pytest.raises(GlossaryError, match=r"b\.yaml:1:1: the entry `ru-svo` is already at .*a\.yaml:1:1; give this one"):
        load_layers([tmp_path])


def test_the_shipped_glossary_is_whole() -> None:
    glossary = load_glossary()
    assert len(glossary.entries) >= 30


SIGNS = """ru-svo : kind terms ru { } [ ] , ' " &a *a ! # | > ? --- % @ é - yes"""
LINES = [" ", "\n", "\n  ", "- ", "\t", "\0", "means: {en: x}", "default: off", "lang: ru\n", "kind: label\n"]
WORDS = st.sampled_from([*SIGNS.split(), *LINES])


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=1000)
@given(st.lists(WORDS, max_size=40).map("".join) | st.text() | st.binary(), st.integers(0, len(ENTRY)))
def test_any_text_gives_a_glossary_or_its_problems(tmp_path: Path, text: str | bytes, at: int) -> None:
    data = text if isinstance(text, bytes) else (ENTRY[:at] + text + ENTRY[at:]).encode()
    outcome = read_or_told(tmp_path, data)
    assert outcome
    assert isinstance(outcome, Glossary) or all(each.what and each.cure and each.place.line > 0 for each in outcome)


@pytest.mark.parametrize("language", ["en", "ru", "uk", "be"])
def test_every_shipped_pack_has_a_title_in_the_languages_of_the_desk(language: str) -> None:
    assert [pack.id for pack in load_glossary().packs.values() if language not in pack.title] == []
