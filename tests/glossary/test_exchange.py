"""What leaves the glossary is valid by its format's own rules and comes back as it went; what comes in is a draft, or told why not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from struct import unpack_from

import html5lib
import jsonschema
import pytest
from bs4 import BeautifulSoup
from lxml import etree

from proxy_addon.glossary.exchange import READERS, WRITERS
from proxy_addon.glossary.exchange.draft import TODO, Draft, pack_text
from proxy_addon.glossary.exchange.model_json import from_json
from proxy_addon.glossary.lint import lint
from proxy_addon.glossary.loader import load_glossary, load_layers
from proxy_addon.glossary.model import NOWHERE, Entry, Form, Glossary, Pack, Rule, Source, plain
from proxy_addon.glossary.problem import Findings

TODAY = date(2026, 4, 1)
TERM = Entry(
    id="ru-x",
    kind="label",
    lang="ru",
    pack="p",
    forms=(Form("спец|операция", "ru", weak=True), Form("{а,б} слово", "ru"), Form('"quoted", <b>', "en")),
    means={"en": 'A "status", & <more>', "ru": "Статус"},
    who={"en": "An office"},
    rules=("act",),
    see=("ru-y",),
    sources=(Source("A & B", "https://example.org/?a=1&b=2", seen="2026-03-01"),),
)
OTHER = replace(TERM, id="ru-y", forms=(Form("Другое", "ru"), Form("آزادی", "fa")), see=(), rules=(), means={"en": "Other"})
GLOSSARY = Glossary(
    {"ru-x": TERM, "ru-y": OTHER},
    {
        "act": Rule(
            "act", {"en": "Office"}, {"en": "Act <1>"}, since="2020", penalty={"en": "A fine"}, url="https://example.org/act"
        )
    },
    packs={"p": Pack("p", {"en": "A pack"})},
    version="v",
)


@pytest.fixture(scope="module", params=["small", "shipped"])
def glossary(request: pytest.FixtureRequest) -> Glossary:
    return GLOSSARY if request.param == "small" else load_glossary()


@pytest.fixture(scope="module")
def pages(glossary: Glossary) -> Mapping[str, bytes]:
    return WRITERS["html"](glossary)


def written(glossary: Glossary, style: str) -> bytes:
    (data,) = WRITERS[style](glossary).values()
    return data


def summary(entry: Entry) -> tuple[object, ...]:
    """What a round trip must keep."""
    terms = {code: tuple(form.text for form in entry.forms if form.lang == code) for code in {form.lang for form in entry.forms}}
    return entry.id, entry.kind, terms, dict(entry.means), tuple(source.url for source in entry.sources)


def test_json_comes_back_equal(glossary: Glossary) -> None:
    bare = {
        ident: replace(
            entry,
            place=NOWHERE,
            forms=tuple(replace(form, place=NOWHERE) for form in entry.forms),
            annotate=tuple(replace(each, place=NOWHERE) for each in entry.annotate),
            leave=tuple(replace(each, place=NOWHERE) for each in entry.leave),
            sources=tuple(replace(each, place=NOWHERE) for each in entry.sources),
            lines={},
        )
        for ident, entry in glossary.entries.items()
    }
    found = from_json(written(glossary, "json"))
    assert found.entries == bare
    assert list(found.rules) == list(glossary.rules)


def test_json_fits_its_schema(glossary: Glossary) -> None:
    schema = json.loads(written(glossary, "json-schema"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(written(glossary, "json")), schema)


def test_the_json_schema_refuses_an_unknown_kind() -> None:
    value = json.loads(written(GLOSSARY, "json"))
    value["entries"]["ru-x"]["kind"] = "insult"
    with pytest.raises(jsonschema.ValidationError, match="'insult' is not one of"):
        jsonschema.validate(value, json.loads(written(GLOSSARY, "json-schema")))


@pytest.mark.parametrize("style", ["csv", "json"])
def test_ids_kinds_terms_meanings_and_sources_come_back(style: str, glossary: Glossary) -> None:
    findings = Findings("export")
    drafts = READERS[style](written(glossary, style), findings)
    assert findings.problems == []
    found = [(each.id, each.kind, dict(each.terms), dict(each.means), each.sources) for each in drafts]
    assert found == [summary(entry) for entry in glossary.entries.values()]


def test_a_termbase_comes_back_in_plain_spelling(glossary: Glossary) -> None:
    findings = Findings("export")
    drafts = {draft.id: draft for draft in READERS["tbx"](written(glossary, "tbx"), findings)}
    assert list(drafts) == list(glossary.entries)
    for entry in glossary.entries.values():
        assert drafts[entry.id].means == dict(entry.means)
        for code, terms in drafts[entry.id].terms.items():
            assert terms == tuple(dict.fromkeys(plain(form.text) for form in entry.forms if form.lang == code))


def test_the_termbase_is_valid_tbx_basic(glossary: Glossary) -> None:
    rules = etree.RelaxNG(etree.parse(Path(__file__).with_name("tbx_basic.rng")))
    rules.assertValid(etree.fromstring(written(glossary, "tbx")))


def test_the_table_opens_in_a_spreadsheet() -> None:
    data = written(GLOSSARY, "csv")
    head, first, _ = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    row = dict(zip(head, first, strict=True))
    assert data.startswith(b"\xef\xbb\xbfid,")
    assert (row["terms_ru"], row["terms_en"], row["means_en"]) == (
        "спец|операция\n{а,б} слово",
        '"quoted", <b>',
        'A "status", & <more>',
    )


def test_concepts_are_read_by_an_rdf_library(glossary: Glossary) -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph().parse(data=written(glossary, "skos"), format="json-ld")
    skos = rdflib.SKOS
    concepts = set(graph.subjects(rdflib.RDF.type, skos.Concept))
    assert {str(concept).removeprefix("urn:glossator:") for concept in concepts} == set(glossary.entries)
    for entry in glossary.entries.values():
        concept = rdflib.URIRef(f"urn:glossator:{entry.id}")
        definitions = {(text.language, str(text)) for text in graph.objects(concept, skos.definition)}
        assert definitions == {(code, text) for code, text in entry.means.items()}
        preferred = list(graph.objects(concept, skos.prefLabel))
        assert len({label.language for label in preferred}) == len(preferred), "S14: one preferred label in a language"
        assert set(preferred).isdisjoint(graph.objects(concept, skos.altLabel)), "S13: labels are disjoint"
        assert {str(url) for url in graph.objects(concept, rdflib.DCTERMS.source)} == {source.url for source in entry.sources}


def words(data: bytes, numbers: int) -> Iterator[tuple[bytes, tuple[int, ...]]]:
    """The words of an ``.idx`` or ``.syn`` with the 32-bit numbers behind each, by the format's own description."""
    at = 0
    while at < len(data):
        end = data.index(0, at)
        yield data[at:end], unpack_from(f">{numbers}I", data, end + 1)
        at = end + 1 + 4 * numbers


def test_the_dictionary_is_read_back(glossary: Glossary) -> None:
    files = WRITERS["stardict"](glossary)
    head, *lines = files["glossator.ifo"].decode().splitlines()
    info = dict(line.split("=", 1) for line in lines)
    index, others = list(words(files["glossator.idx"], 2)), list(words(files["glossator.syn"], 1))
    assert head == "StarDict's dict ifo file"
    assert (info["version"], info["sametypesequence"]) == ("2.4.2", "h")
    assert [int(info[name]) for name in ("wordcount", "synwordcount", "idxfilesize")] == [
        len(glossary.entries),
        len(others),
        len(files["glossator.idx"]),
    ]
    for listed in (index, others):
        assert [word for word, _ in listed] == sorted((word for word, _ in listed), key=lambda word: (word.lower(), word))
        assert max(len(word) for word, _ in listed) < 256
    assert sum(size for _, (_, size) in index) == len(files["glossator.dict"])
    assert sorted(word.decode() for word, _ in index) == sorted(entry.headword for entry in glossary.entries.values())
    assert all(number < len(index) for _, (number,) in others)


def test_an_inflected_word_leads_to_its_article() -> None:
    files = WRITERS["stardict"](GLOSSARY)
    index, others = list(words(files["glossator.idx"], 2)), dict(words(files["glossator.syn"], 1))
    word, (start, size) = index[others["спецоперацией".encode()][0]]
    assert word.decode() == "спецоперация"
    assert BeautifulSoup(files["glossator.dict"][start : start + size], "html.parser").p.get_text() == TERM.means["en"]


def test_pages_are_valid_and_lead_somewhere(glossary: Glossary, pages: Mapping[str, bytes]) -> None:
    texts = {name: data.decode() for name, data in pages.items() if name.endswith(".html")}
    ids = {}
    for name, page in texts.items():
        parser = html5lib.HTMLParser()
        parser.parse(page)
        assert [code for _, code, _ in parser.errors] == [], name
        listed = [element["id"] for element in BeautifulSoup(page, "html.parser").find_all(id=True)]
        assert len(listed) == len(set(listed)), name
        ids[name] = set(listed)
    for name, page in texts.items():
        for link in BeautifulSoup(page, "html.parser").find_all("a"):
            if not link["href"].startswith(("http://", "https://")):
                target, _, anchor = link["href"].partition("#")
                assert not anchor or anchor in ids[target or name], link
    assert set().union(*(ids[name] for name in ids if name != "index.html")) == set(glossary.entries)


def test_pages_need_no_network_and_run_nothing(pages: Mapping[str, bytes]) -> None:
    for name, data in pages.items():
        page = BeautifulSoup(data, "html.parser")
        assert page.find_all(["script", "img", "iframe", "object"]) == [], name
        assert b"@import" not in data
        assert {link["href"] for link in page.find_all("link")} <= {"glossary.css"}


def test_a_page_shows_text_not_markup_and_every_language_as_its_own() -> None:
    page = BeautifulSoup(WRITERS["html"](GLOSSARY)["p.html"], "html.parser")
    article = page.find(id="ru-x")
    assert {(p["lang"], p.get_text()) for p in article.select(".means p")} == set(TERM.means.items())
    assert article.find("b") is None
    rule = article.select_one(".rules li")
    assert " ".join(rule.get_text(" ").split()) == "Office : Act <1> since 2020 A fine"
    assert [link["href"] for link in article.select(".rules a, .sources a")] == [
        "https://example.org/act",
        "https://example.org/?a=1&b=2",
    ]
    assert "спецоперацией" in article.select_one('.terms dd[lang="ru"] details').get_text()
    assert page.find(id="ru-y").select_one('dd[lang="fa"]')["dir"] == "rtl"


TABLE = b"<table><tr><th>Term</th><th>Meaning</th></tr><tr><td>pop</td><td>An <i>explosion</i></td></tr></table>"
MENU = b"<ul><li>Home<li>News<li>About<li>Help<li>Log in</ul>"
IMPORTS: list[tuple[str, str, bytes, list[Draft]]] = [
    (
        "a table of others",
        "csv",
        b"term,definition\npop,An explosion\n",
        [Draft(2, terms={"": ("pop",)}, means={"": "An explosion"})],
    ),
    (
        "semicolons",
        "csv",
        b"Term;Definition (en)\npop;An explosion",
        [Draft(2, terms={"": ("pop",)}, means={"en": "An explosion"})],
    ),
    (
        "a language a column",
        "csv",
        "en,ru\npop; bang,хлопок\n".encode(),
        [Draft(2, terms={"en": ("pop", "bang"), "ru": ("хлопок",)})],
    ),
    (
        "a line break in a cell",
        "csv",
        b'term_en\n"pop\nbang"\nboom\n',
        [Draft(2, terms={"en": ("pop", "bang")}), Draft(4, terms={"en": ("boom",)})],
    ),
    (
        "rows and cells without a word",
        "csv",
        b"term,definition\n,,,\n\npop,An explosion,,\n , \n",
        [Draft(4, terms={"": ("pop",)}, means={"": "An explosion"})],
    ),
    *(
        (
            f"a table beside a menu, {at}",
            "html",
            before + TABLE + after,
            [Draft(1, terms={"": ("pop",)}, means={"": "An explosion"})],
        )
        for at, (before, after) in enumerate(
            [
                (b"<nav>" + MENU + b"</nav>", b""),
                (b"", b"<footer>" + MENU + b"</footer>"),
                (b"<div role=navigation>" + MENU + b"</div>", b"<aside><table><tr><td>a<tr><td>b<tr><td>c</table></aside>"),
                (MENU, b""),
            ]
        )
    ),
    ("a web table", "html", TABLE, [Draft(1, terms={"": ("pop",)}, means={"": "An explosion"})]),
    (
        "a list",
        "html",
        b"<ul>\n<li>pop \xe2\x80\x93 An explosion\n<li>bang</ul>",
        [Draft(2, terms={"": ("pop",)}, means={"": "An explosion"}), Draft(3, terms={"": ("bang",)})],
    ),
    ("definitions", "html", b"<dl><dt>pop<dd>An explosion</dl>", [Draft(1, terms={"": ("pop",)}, means={"": "An explosion"})]),
    (
        "an older termbase",
        "tbx",
        b'<martif><text><body>\n<termEntry id="c1"><langSet xml:lang="de"><descripGrp><descrip type="definition">Knall</descrip>'
        b"</descripGrp><tig><term>Hieb</term></tig></langSet></termEntry></body></text></martif>",
        [Draft(2, id="c1", terms={"de": ("Hieb",)}, means={"de": "Knall"})],
    ),
]


@pytest.mark.parametrize(("style", "data", "expected"), [row[1:] for row in IMPORTS], ids=[row[0] for row in IMPORTS])
def test_what_others_write_is_read(style: str, data: bytes, expected: list[Draft]) -> None:
    findings = Findings("list")
    assert READERS[style](data, findings) == expected
    assert findings.problems == []


REFUSED: list[tuple[str, str, bytes, str]] = [
    (
        "no terms",
        "csv",
        b"a1,b2\nx,y\n",
        "list:1:1: no column holds terms (columns: «a1», «b2»); name one `term`, `terms_ru` or the like",
    ),
    ("an empty table", "csv", b"", "list:1:1: no column holds terms (columns: none); name one `term`, `terms_ru` or the like"),
    (
        "a loose comma",
        "csv",
        b"term,means\npop\nx,y,z\n",
        "list:3:1: 3 cells under 2 columns; put a cell that holds a comma in quotes",
    ),
    ("a row without a term", "csv", b"term,means\n,A\n", "list:2:1: no term in this row; write it, or delete the row"),
    (
        "an open quote",
        "csv",
        b'term\n"pop\n',
        "list:2:1: this is not CSV (unexpected end of data); close the quotation mark, or save the table anew",
    ),
    ("another encoding", "csv", b"term\n\xef\xee\xef\n", "list:2:1: byte 0xef is not UTF-8 text; save the file as UTF-8"),
    ("broken XML", "tbx", b"<tbx>\n<text></tbx>", "list:2:9: this is not XML (mismatched tag); mend it there, or export it anew"),
    ("another XML", "tbx", b"<rss/>", "list:1:1: no concept is in this file (its root is `rss`); give a TBX file"),
    (
        "no table",
        "html",
        b"<p>Nothing",
        "list:1:1: no table or list is in this page, menus left aside; save the page that holds it (not a frame or an image)",
    ),
    (
        "broken JSON",
        "json",
        b"{\n x",
        "list:2:2: this is not JSON (Expecting property name enclosed in double quotes); mend it there, or export it anew",
    ),
    (
        "another JSON",
        "json",
        b"[]",
        "list:1:1: this is no exported glossary (TypeError('list indices must be integers or slices, not str')); see `glossator glossary export --format json-schema`",
    ),
]


@pytest.mark.parametrize(("style", "data", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_can_not_be_read_is_told_with_its_place(style: str, data: bytes, told: str) -> None:
    findings = Findings("list")
    READERS[style](data, findings)
    assert [str(problem) for problem in findings.problems] == [told]


def drafted(tmp_path: Path, drafts: list[Draft]) -> Glossary:
    findings = Findings("list")
    text = pack_text(drafts, findings, lang="en", kind="euphemism", source="https://example.org/list", today=TODAY)
    assert findings.problems == []
    file = tmp_path / "drafts.yaml"
    file.write_text(text, encoding="utf-8")
    return load_layers([file])


def test_a_draft_is_off_and_says_what_is_to_do(tmp_path: Path) -> None:
    glossary = drafted(
        tmp_path, [Draft(2, terms={"": ("it's: a # pop",)}), Draft(3, terms={"zh-Hans": ("爆炸",)}, lang="zh-Hans")]
    )
    assert [(entry.id, entry.on) for entry in glossary.entries.values()] == [("en-it-s-a-pop", False), ("zh-hans-line-3", False)]
    told = [problem.problem.what for problem in lint(glossary, TODAY) if problem.check == "to-do"]
    assert told == [
        f"`{ident}`: {TODO} stands under {key}" for ident in glossary.entries for key in ("`means`", "`who`", "`sources`")
    ]


def test_two_drafts_never_share_an_id(tmp_path: Path) -> None:
    same = Draft(2, terms={"": ("pop",)}, means={"": "A"})
    assert list(drafted(tmp_path, [same, same, replace(same, id="pop x")]).entries) == ["en-pop", "en-pop-2", "en-pop-x"]


@pytest.mark.parametrize(
    ("lang", "term", "ident"),
    [
        ("ru", "Хлопок газа", "ru-khlopok-gaza"),
        ("ru", "объект «Щит», йод, ёлка", "ru-obekt-shchit-iod-elka"),
        ("uk", "знешкодження, їжа, ґедзь", "uk-zneshkodzhennya-izha-gedz"),
        ("be", "беларускі ўзор", "be-belaruski-uzor"),
        ("zh-Hans", "维稳", "zh-hans-line-2"),
    ],
)
def test_an_id_is_made_of_the_term_in_latin_letters(lang: str, term: str, ident: str, tmp_path: Path) -> None:
    assert list(drafted(tmp_path, [Draft(2, terms={lang: (term,)}, lang=lang)]).entries) == [ident]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"lang": "english"}, "`english` is not a language code; write a BCP 47 code: ru, en, zh-Hans"),
        ({"source": "example.org"}, "`example.org` is not a web address; write it whole, from https://"),
    ],
)
def test_what_is_wrong_with_every_draft_is_told_once(options: dict[str, str], told: str) -> None:
    findings = Findings("list.csv")
    drafts = [Draft(line, terms={"": ("pop",)}) for line in (2, 3, 4)]
    text = pack_text(drafts, findings, today=TODAY, **{"lang": "en", "kind": "label", "source": "", **options})
    assert (text, [f"{problem.what}; {problem.cure}" for problem in findings.problems]) == ("", [told])


def test_a_draft_that_can_be_no_entry_is_told_at_its_line() -> None:
    findings = Findings("list.csv")
    pack_text([Draft(7, kind="insult", terms={"": ("pop",)})], findings, lang="en", kind="", source="", today=TODAY)
    assert [(problem.place.line, problem.what) for problem in findings.problems] == [(7, "`insult` is not a kind")]
