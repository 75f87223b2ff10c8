"""The desk's pages for readers and editors: what they say, in which language, and what they keep."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest

from proxy_addon.service.desk import words
from proxy_addon.service.desk.render import EDITING, READING
from proxy_addon.service.desk.words import LANGUAGES

from .conftest import Desk, text

FOLDER = Path(words.__file__).parent


def places(said: str) -> list[str]:
    return re.findall(r"\{\w*\}", said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    said, english = words.words(language), words.words("en")
    assert list(said) == list(english)
    assert {name: places(value) for name, value in said.items()} == {name: places(value) for name, value in english.items()}
    assert [name for name, value in said.items() if not value.strip() or value != value.strip()] == []


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    templates = "".join(file.read_text() for file in (FOLDER / "templates").glob("*.html"))
    used = set(re.findall(r"\bt\.([a-z_]+)", templates))
    families = {name.split("_")[0] + "_" for name in re.findall(r't\["([a-z_]+)_" ~', templates)}
    named = set(words.words("en"))
    assert used - named == set()
    assert {name for name in named - used if not any(name.startswith(family) for family in families)} == set()
    assert {f"menu_{name}" for name in (*READING.values(), *EDITING.values())} <= named


LANGUAGE = [
    ("ru", "de, uk;q=0.9", "be", "ru"),
    ("", "uk", "be", "be"),
    ("", "de, uk;q=0.9", None, "uk"),
    ("", "zh-TW", None, "zh-Hant"),
    ("", "de", None, "en"),
    ("", "", None, "en"),
    ("xx", "zh-CN", None, "zh-Hans"),
]


def test_the_language_is_the_one_asked_for_then_chosen_then_preferred(desk: Desk) -> None:
    for asked, accepted, chosen, language in LANGUAGE:
        desk.current.preferences.change({"language": chosen})
        answer = desk.get(f"/?lang={asked}" if asked else "/", Accept_Language=accepted)
        assert (asked, accepted, chosen, f'<html lang="{language}">' in answer.body.decode()) == (asked, accepted, chosen, True)
        assert words.words(language)["home_title"] in text(answer)


def test_links_keep_a_language_that_was_asked_for(desk: Desk) -> None:
    body = desk.get("/desk/search?lang=ru").body.decode()
    links = re.findall(r'href="(/(?:desk/)?[^"]*)"', body.split("<footer>")[0])
    assert [link for link in links if "lang=ru" not in link and "/static/" not in link] == []
    assert '<input type="hidden" name="lang" value="ru">' in body
    assert "lang=" not in desk.get("/desk/search").body.decode().split("<footer>")[0].replace("hreflang=", "").replace(
        ' lang="', ""
    )


def test_home_says_how_things_stand(desk: Desk) -> None:
    said = text(desk.get("/"))
    assert "Glossator is running" in said
    assert "2 entries explain" in said
    assert "does not run: start it with glossator proxy" in said
    desk.current.proxy, desk.current.fault = "127.0.0.1:8080", "mine.yaml:3:1: broken; mend it"
    said = text(desk.get("/"))
    assert "listens on 127.0.0.1:8080" in said
    assert "mine.yaml:3:1: broken; mend it" in said


SEARCHES = [
    ("", ["test-zorb", "test-vorpal"]),
    ("q=zorbling", ["test-zorb"]),
    ("q=ZORBLING", ["test-zorb"]),
    ("q=зорблинга", ["test-zorb"]),
    ("q=treaties", []),
    ("q=borogrove+treaties", ["test-zorb"]),
    ("q=vorpal+swords", ["test-vorpal"]),
    ("q=made-up", ["test-vorpal", "test-zorb"]),
    ("q=made-up&kind=label", ["test-vorpal"]),
    ("q=made-up&pack=tests", ["test-zorb"]),
    ("q=выдуманное", ["test-zorb"]),
    ("q=test-zorb", ["test-zorb"]),
    ("q=nothing+at+all", []),
    ("kind=nothing", []),
    ("q=zorbling&page=99", ["test-zorb"]),
    ("q=zorbling&page=-1", ["test-zorb"]),
    ("q=zorbling&page=²", ["test-zorb"]),
    ("q=" + "x" * 5000, []),
]


def test_search_finds_words_forms_and_meanings(desk: Desk) -> None:
    for query, found in SEARCHES:
        body = desk.get("/desk/search?" + quote(query, safe="=&+")).body.decode()
        assert (query, sorted(re.findall(r'<a class="word \w+" href="/desk/entries/([\w-]+)"', body))) == (query, sorted(found))
        assert f"Found: {len(found)}" in body


def test_results_come_a_page_at_a_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proxy_addon.service.desk.pages.RESULTS", 1)
    first = desk.get("/desk/search?q=made-up").body.decode()
    following = re.search(r'<a rel="next" href="([^"]+)"', first)
    assert following
    second = desk.get(following[1].replace("&amp;", "&")).body.decode()
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


def test_an_entry_is_told_whole(desk: Desk) -> None:
    said = text(desk.get("/desk/entries/test-zorb"))
    expected = [
        "zorbling", "mandated wording", "since 2026-01-01", "A made-up word of these tests.", "Выдуманное слово этих тестов.",
        "Required by The Office of Tests", "Act on Tests", "Penalty: A fine.", "Said in the tests only.", "See also: vorpal sword",
        "borogrove treaties", "зорблинг", "The zorbling began.", "A treaty was signed.", "another treaty", "Elsewhere", "archived copy",
    ]  # fmt: skip
    assert [words for words in expected if words not in said] == []
    body = desk.get("/desk/entries/test-zorb").body.decode()
    assert '<mark class="mandated">zorbling</mark>' in body
    assert '<a href="https://example.org/act" rel="noreferrer noopener"' in body


def test_the_meaning_comes_first_in_the_readers_language(desk: Desk) -> None:
    body = desk.get("/desk/entries/test-zorb?lang=ru").body.decode()
    assert body.index("Выдуманное слово") < body.index("A made-up word")


def test_an_alias_leads_to_its_entry_and_what_is_not_there_is_said(desk: Desk) -> None:
    assert desk.get("/desk/entries/test-gone").status == 404
    assert "There is no such page" in text(desk.get("/desk/entries/test-gone/history"))


def test_history_without_a_checkout_is_the_date_of_the_file(desk: Desk) -> None:
    assert "lies in no git checkout" in text(desk.get("/desk/entries/test-zorb/history"))


def test_private_pages_say_how_to_get_in_and_hold_nothing_private(desk: Desk) -> None:
    desk.current.preferences.change({"sites": {"secret.example": {"off": True}}})
    for path in ("/desk/settings", "/desk/counts", "/desk/reports", "/desk/extensions", "/", "/desk/problems"):
        body = desk.get(path).body.decode()
        assert "secret.example" not in body
        assert 'data-own="/desk/own/' in body
        assert "glossator desk" in body


def test_settings_show_what_was_chosen(desk: Desk) -> None:
    desk.current.preferences.change(
        {
            "paused": True,
            "density": "page",
            "kinds_off": ["label"],
            "hidden": ["test-zorb"],
            "sites": {"news.example": {"off": True, "hidden": ["test-vorpal"]}},
        }
    )
    body = desk.own("/desk/own/settings").body.decode()
    assert re.search(r'id="paused" checked', body)
    assert re.search(r'value="page" selected', body)
    assert re.search(r'value="label" id="kind-label">', body)
    assert re.search(r'value="banned" id="kind-banned" checked', body)
    assert 'data-send="PATCH /v1/sites/news.example"' in body
    assert "“vorpal sword” is hidden here" in body
    assert 'data-body="{&#34;sites&#34;: {&#34;news.example&#34;: null}}"' in body


def test_counts_are_shown_and_erased(desk: Desk) -> None:
    assert "Nothing is counted yet." in text(desk.own("/desk/own/counts"))
    desk.current.counts.add({"test-zorb": 3, "gone": 1})
    body = desk.own("/desk/own/counts").body.decode()
    assert body.count("<rect ") == 30
    assert re.search(r'<a href="/desk/entries/test-zorb">zorbling</a></th><td>3</td>', body)
    assert desk.post("/desk/own/counts", {}, "DELETE").status == 204
    assert dict(desk.current.counts.days) == {}


def test_what_the_extension_asks_about_is_counted_if_that_is_wanted(desk: Desk) -> None:
    blocks = {"blocks": [{"id": "1", "text": "A zorbling. Two zorblings."}]}
    desk.post("/v1/annotate", blocks)
    assert dict(desk.current.counts.days) == {}
    desk.current.preferences.change({"counting": True})
    desk.post("/v1/annotate", blocks)
    assert [dict(met) for met in desk.current.counts.days.values()] == [{"test-zorb": 2}]


def test_reports_say_whether_they_still_hold(desk: Desk) -> None:
    for report in ({"text": "A zorbling.", "verdict": "wrong"}, {"text": "No word of it.", "verdict": "wrong"}):
        desk.post("/v1/feedback", {"entry": "test-zorb", **report})
    said = text(desk.own("/desk/own/reports"))
    assert (said.count("still wrong"), said.count("right by now")) == (1, 1)
    assert "There are no reports." in text(desk.own("/desk/own/reports?entry=test-vorpal"))


def test_a_page_that_checks_the_browser_shows_pictures_that_exist(desk: Desk) -> None:
    body = desk.get("/desk/setup").body.decode()
    paths = re.findall(r'src="https?://glossary\.local(/check/[\w-]+)"', body)
    assert len(paths) == 2
    assert [desk.current.checks.knows(path) for path in paths] == [True, True]
    assert set(paths) & set(re.findall(r"/check/[\w-]+", desk.get("/desk/setup").body.decode())) == set()


def test_a_text_is_tried_and_every_decision_explained(desk: Desk) -> None:
    body = desk.post("/desk/own/trying", {"text": "A zorbling.\n\nA vorpal sword & more."}).body.decode()
    assert re.search(r'<a class="word mandated" href="/desk/entries/test-zorb" title="A made-up word[^"]*">zorbling</a>', body)
    assert re.search(r'<tr class="kept"><th scope="row">vorpal sword</th>', body)
    assert "&amp; more." in body
    assert "No word of any entry" in desk.post("/desk/own/trying", {"text": ""}).body.decode()


def test_a_page_is_tried_in_a_frame_that_can_do_nothing(desk: Desk) -> None:
    body = desk.post("/desk/own/trying", {"html": "<p>A zorbling.<script>alert(1)</script>"}).body.decode()
    assert re.search(r'<iframe sandbox="" [^>]*srcdoc="[^"<]*&lt;gl-term data-entry=', body)
    assert "<script" not in body


def test_a_text_that_is_too_long_is_refused(desk: Desk) -> None:
    assert desk.post("/desk/own/trying", {"text": "x" * 200_001}).status == 413


@pytest.mark.parametrize(("style", "name"), [("csv", "glossary.csv"), ("json", "glossary.json"), ("tbx", "glossary.tbx")])
def test_the_glossary_is_exported(desk: Desk, style: str, name: str) -> None:
    answer = desk.get(f"/desk/export/{style}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert b"zorbling" in answer.body


def test_several_files_are_exported_as_one(desk: Desk) -> None:
    with zipfile.ZipFile(io.BytesIO(desk.get("/desk/export/html").body)) as archive:
        assert {"index.html", "glossary.css", "tests.html"} <= set(archive.namelist())


def test_pages_are_quick_once_they_were_shown(desk: Desk) -> None:
    for path in ("/", "/desk/search?q=zorbling", "/desk/entries/test-zorb", "/desk/settings"):
        desk.get(path)
        start = time.perf_counter()
        for _ in range(5):
            desk.get(path)
        assert (path, (time.perf_counter() - start) / 5 < 0.05) == (path, True)


def test_the_words_of_scripts_travel_with_the_page(desk: Desk) -> None:
    body = desk.get("/?lang=uk").body.decode()
    assert f'data-saved="{words.words("uk")["saved"]}"' in body
    assert json.loads(json.dumps(words.words("uk")))["saved"] == "Збережено."


@pytest.mark.parametrize("path", ["/desk", "/desk/", "/desk/nowhere"])
def test_a_person_reads_a_page_where_there_is_nothing_and_a_program_a_problem(desk: Desk, path: str) -> None:
    page, told = desk.get(path, Accept="text/html,*/*"), desk.get(path)
    assert (page.status, page.headers["content-type"], 'href="/"' in page.body.decode()) == (
        404,
        "text/html; charset=utf-8",
        True,
    )
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert (told.status, told.headers["content-type"]) == (404, "application/problem+json")


def test_words_do_not_run_together_and_a_note_has_its_subject(desk: Desk) -> None:
    assert " · Edit · " in text(desk.get("/desk/entries/test-zorb"))
    assert "Proxy does not run: start it with glossator proxy" in text(desk.get("/desk/setup"))
