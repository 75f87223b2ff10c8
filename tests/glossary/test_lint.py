"""House rules: for each an entry that breaks it, and the words in which the editor is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from proxy_addon.glossary.lint import ADVICE, CHECKS, TOPIC_CHECKS, lint
from proxy_addon.glossary.loader import load_layers
from proxy_addon.glossary.model import Entry, Example, Form, Glossary, Rule, Source, Topic

TODAY = date(2026, 4, 1)
SOURCE = Source("A report", "https://example.org/report", seen="2026-03-01", supports=("rule", "use"))
SOUND = Entry(
    id="ru-x",
    kind="mandated",
    lang="ru",
    forms=(Form("специальная военная операция", "ru"),),
    means={"en": "An invasion.", "ru": "Вторжение."},
    rules=("r",),
    annotate=(Example("Идёт специальная военная операция", ("специальная военная операция",)),) * 2,
    leave=(Example("Операция", because="another one"),) * 2,
    sources=(SOURCE,),
)
OTHER = replace(SOUND, id="ru-first")
RULE = Rule("r", {"en": "Office"}, {"en": "Order"})
LAW = replace(RULE, id="law", since="2016-11-07")
BIAS = "say what was done, by whom, and let it stand"
ENDED = replace(RULE, id="old", until="2020")


TO_MEND = """\
en-x:
  kind: banned  # authority
  lang: en
  status: disputed  # status
  terms:
    en:
      - ...  # never
  means:  # means
    ru: Слово.
  see: [en-x]  # self-see
  annotate:  # examples
    - text: A word.
      match: word
  leave:
    - text: One.
      because: it is another
    - text: Two.  # examples
  sources:
    - {title: A, url: 'https://example.org/a', for: [use]}
    - {title: B, url: 'https://example.org/b'}  # sources
"""


def told(entry: Entry, *others: Entry) -> list[tuple[str, str]]:
    glossary = Glossary({each.id: each for each in (*others, entry)}, {rule.id: rule for rule in (RULE, ENDED, LAW)})
    return [
        (found.check, f"{found.problem.what}; {found.problem.cure}".removeprefix("`ru-x`: "))
        for found in lint(glossary, TODAY)
        if found.entry == "ru-x"
    ]


def form(text: str, lang: str = "ru", **conditions: object) -> dict[str, object]:
    return {"forms": (Form(text, lang, **conditions),)}  # type: ignore[arg-type]


def test_a_sound_entry_is_left_in_peace() -> None:
    assert told(SOUND) == []


Broken = tuple[str, dict[str, object], str]


def broken(check: str, said: str, **change: object) -> Broken:
    return check, change, said


BROKEN: list[Broken] = [
    ("to-do", {"means": {"en": "TODO what it is", "ru": "Вторжение."}}, "TODO stands under `means`; write it"),
    ("authority", {"rules": ()}, "mandated, but no rule says so; name the act in `rules`, or make it a euphemism or label"),
    ("authority", {"rules": (), "kind": "label"}, "nobody is said to use it; write `who`, or name the act in `rules`"),
    ("sources", {"sources": ()}, "no source; add `sources` with title, url, seen, for"),
    (
        "dated",
        {"sources": (replace(SOURCE, seen=""),)},
        "the source https://example.org/report has no date; read it again and add `seen`, or add `published`",
    ),
    (
        "sources",
        {"sources": (replace(SOURCE, url="https://www.google.com/search?q=x"),)},
        "google.com is no lasting public record; cite the page itself, or an archived copy",
    ),
    *(
        broken(
            "mirrors",
            f"{host} is a mirror or a draft of another site; cite that site, and add an `archive`",
            sources=(replace(SOURCE, url=f"https://{host}/a"),),
        )
        for host in ("bafy.ipfs.dweb.link", "thebell3.global.ssl.fastly.net", "stage.example.org", "promo.example.org")
    ),
    (
        "supported",
        {"sources": (replace(SOURCE, supports=("meaning",)),)},
        "no source supports its rule or use; mark the one that does with `for: [rule]` or `[use]`",
    ),
    ("examples", {"leave": ()}, "0 examples under `leave`; write at least 2"),
    (
        "examples",
        {"annotate": (Example("Идёт операция", ("операции",)),) * 2},
        "`операции` is not in its text; copy it from `text`, letter by letter",
    ),
    ("examples", {"leave": (Example("Операция"),) * 2}, "an example under `leave` has no reason; add `because`"),
    ("means", {"means": {"ru": "Вторжение."}}, "no meaning in English; add `en` under `means`"),
    ("means", {"means": {"en": "An invasion."}}, "no meaning in ru; add `ru` under `means`"),
    (
        "circular-meaning",
        {"means": {"en": "An invasion.", "ru": "Специальная военная операция в Украине."}},
        "the meaning in ru begins with the word itself; say what it is",
    ),
    (
        "bias",
        {"means": {"en": "The notorious invasion.", "ru": "«Конечно», вторжение."}},
        "«notorious*» (en) takes a side; say what was done, by whom, and let it stand",
    ),
    *(
        broken("bias", f"«{said}» ({lang}) takes a side; {BIAS}", means={"en": "A word.", "ru": "Слово.", lang: text})
        for lang, text, said in (
            ("en", "A shameless lie of the regime.", "shameless*"),
            ("en", "A lie about the war.", "a lie"),
            ("en", "A term. Cynical officials use it.", "cynical*"),
            ("ru", "Пресловутый закон.", "пресловут*"),
            ("uk", "Так зване звільнення.", "так зван*"),
            ("be", "Марыянеткавы ўрад.", "марыянеткав*"),
            ("zh-Hans", "当局的谎言。", "谎言"),
            ("zh-Hant", "當局的謊言。", "謊言"),
        )
    ),
    ("status", {"status": "ended"}, "ended, but not when; add `until`"),
    ("status", {"until": "2025"}, "current, but until 2025; make it `status: ended`, or correct `until`"),
    ("status", {"status": "disputed"}, "disputed, but nothing says how; give both sides in `note`"),
    (
        "repealed-rules",
        {"rules": ("old",)},
        "current, but all its rules have ended; name the rule in force, or make it `status: ended`",
    ),
    (
        "topics",
        form("операция", weak=True),
        "the form «операция» is weak, but nothing can make it count; name its topic in `about`, or words in `near`",
    ),
    (
        "reachable",
        form("холодная война", not_in={"ru": ("холодная война",)}),
        "the form «холодная война» can't match: `not_in` holds «холодная война»; take that phrase out, or the form",
    ),
    (
        "reachable",
        form("хлопок в небе", near={"ru": ("газ",)}, not_near={"ru": ("газ",)}),
        "the form «хлопок в небе» wants «газ» near and not near; remove it from one",
    ),
    ("short", form("ОР"), "the form «ОР» has 2 letters; write it as `exact`, or make it `weak`"),
    ("common-words", form("war", "en"), "the form «war» is an everyday word in de; make it `weak` or `case: initial`"),
    (
        "languages",
        form("foo", "eng"),
        "terms in `eng`, for which there are no rules here, match only as written; write the endings in braces, or correct the code",
    ),
    *(
        ("never", form(text), f"the form «{text}» holds no letter, so it can never match; write the word, or remove the form")
        for text in ("***", "…", "{!,?}", "—", "🕯")
    ),
    ("never", form("*", "zh-Hans"), "the form «*» holds no letter, so it can never match; write the word, or remove the form"),
    ("self-see", {"see": ("ru-x",)}, "`see` names the entry itself, as `ru-x`; remove it, or name the other one"),
    (
        "self-see",
        {"instead": ("ru-old",), "aliases": ("ru-old",)},
        "`instead` names the entry itself, as `ru-old`; remove it, or name the other one",
    ),
    *(
        broken(
            "older",
            f"since {since} is before its first rule's since 2016-11-07; "
            "say which it dates: put an act that is as old first, or date the demand of `law` and tell the rest in `note`",
            rules=("law",),
            kind=kind,
            since=since,
        )
        for kind, since in (("banned", "1989"), ("mandated", "2016-11-06"), ("banned", "2016-10"))
    ),
    (
        "scripts",
        {"means": {"en": "A word.", "ru": "Слово.", "zh-Hans": "入侵烏克蘭"}},
        "`means` in zh-Hans holds the traditional 烏; put it under `zh-Hant`, or convert it",
    ),
    (
        "straddling",
        form("维稳", "zh-Hans"),
        "the form «维稳» has two characters, in which other words may meet; add `not_in`: the words whose end and beginning make it up",
    ),
]


@pytest.mark.parametrize(("check", "change", "said"), BROKEN, ids=[f"{check}-{said[:30]}" for check, _, said in BROKEN])
def test_a_broken_rule_is_told(check: str, change: dict[str, object], said: str) -> None:
    assert (check, said) in told(replace(SOUND, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"means": {"en": "The islands lie in the Sea. See Bloody Sunday.", "ru": "День, или Кровавое воскресенье, и «ложь»."}},
        {"means": {"en": "What “the regime” said.", "ru": "Слово.", "zh-Hans": "称为“谎言”的说法"}},
        {"rules": ("law",), "since": "2016"},
        {"rules": ("law",), "since": "2016-11-07"},
        {"rules": ("law",), "since": "2014", "kind": "euphemism"},
        form("🇹🇼", "zh-Hans", near={"zh-Hans": ("旗",)}),
        form("9/11", "en"),
        form("word", "en-GB"),
    ],
)
def test_what_is_right_is_left_in_peace(change: dict[str, object]) -> None:
    assert told(replace(SOUND, **change)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (Topic("t", against={"ru": ("полиция",)}), ["nothing can show this topic; add a `strong` sign, or two `weak` ones"]),
        (
            Topic("t", weak={"ru": ("фронт",), "en": ("front",)}),
            ["nothing can show this topic; add a `strong` sign, or two `weak` ones"],
        ),
        (
            Topic("t", strong={"ru": ("…",)}),
            [
                "the strong sign «…» holds no letter; write a word, or remove it",
                "nothing can show this topic; add a `strong` sign, or two `weak` ones",
            ],
        ),
        (Topic("t", strong={"ru": ("фронт",)}), []),
        (Topic("t", weak={"ru": ("фронт", "тыл")}), []),
        (Topic("t", strong={"en": ("1989",)}), []),
    ],
)
def test_a_topic_that_nothing_can_show_is_told(topic: Topic, said: list[str]) -> None:
    found = lint(Glossary({}, {}, {"t": topic}), TODAY, advice=False)
    assert {each.check for each in found} <= set(TOPIC_CHECKS)
    assert [f"{each.problem.what}; {each.problem.cure}".removeprefix("`t`: ") for each in found] == said


def test_a_complaint_points_at_the_line_that_is_to_be_mended(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(TO_MEND, encoding="utf-8")
    found = {(each.check, each.problem.place.line) for each in lint(load_layers([file]), TODAY, advice=False)}
    wanted = [(line.partition("# ")[2], at) for at, line in enumerate(TO_MEND.splitlines(), 1) if "# " in line]
    assert sorted(found) == sorted(wanted)


def test_a_spelling_on_two_entries_is_told_unless_declared() -> None:
    cure = "keep it on one, or add `see: [ru-first]`"
    assert told(SOUND, OTHER) == [("sharing", f"the form «специальная военная операция» is also on `ru-first`; {cure}")]
    assert told(replace(SOUND, see=("ru-first",)), OTHER) == []


def test_a_homograph_and_a_guess_are_told() -> None:
    checks = {check for check, _ in told(replace(SOUND, **form("мир")))}  # type: ignore[arg-type]
    assert "homographs" in checks
    assert "guessed" in {check for check, _ in told(replace(SOUND, **form("иноагентура")))}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        ((), "add `not_in`: the words whose end and beginning make it up"),
        (("思维", "维修"), "add `not_in`: the words whose end and beginning make it up"),
        (("思维", "稳定"), "add `not_in: [思维稳定]`"),
        (("思维", "稳", "稳定", "稳定器", "纤维"), "add `not_in: [思维稳定, 纤维稳定, 思维稳定器]`"),
    ],
)
def test_words_of_the_glossary_that_meet_in_a_short_form_are_proposed(words: tuple[str, ...], cure: str) -> None:
    topics = {"t": Topic("t", strong={"zh-Hans": words})}
    entry = replace(SOUND, forms=(Form("维稳", "zh-Hans"),))
    found = lint(Glossary({"ru-x": entry}, {"r": RULE}, topics), TODAY)
    assert [each.problem.cure for each in found if each.check == "straddling"] == [cure]


def test_every_check_has_a_broken_entry_and_advice_names_checks() -> None:
    assert set(CHECKS) - {check for check, _, _ in BROKEN} == {"sharing", "homographs", "guessed"}
    assert set(CHECKS) >= ADVICE
