"""A page's script: put in only where it may run and has something to do, and taken out again with all that came with it."""

from __future__ import annotations

import base64
import hashlib
import html
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy_addon.glossary.cards import card
from proxy_addon.glossary.model import Entry, Form, Glossary
from proxy_addon.markup.annotation import STYLE, Annotator
from proxy_addon.markup.owned import FRAMEWORKS
from proxy_addon.markup.page import PageWriter, Script
from proxy_addon.markup.rewriter import Rewriter, strip_annotations
from proxy_addon.markup.script import SCRIPT, SCRIPT_HASH
from proxy_addon.message import csp
from proxy_addon.options import Density
from tests.markup.fakes import WordMatcher

ROOT = Path(__file__).resolve().parent.parent.parent
WAR = Entry(
    "war", "banned", (Form("war", "en"),), {"en": 'A <b>"war"</b> & more', "ru": "Это «война»."}, note={"en": "</script>"}
)
PEACE = Entry("special-operation", "mandated", (Form("special operation", "en"),), {"en": "War."}, instead=("war",))
GLOSSARY = Glossary({entry.id: entry for entry in (WAR, PEACE)})
LABELS = {"lang": "ru", "close": "Закрыть 関"}
SETTINGS: dict[str, Any] = {"off": False, "hidden": [], "kinds_off": [], "density": "all"}


def writer(ask: str | None = "/.glossator/t", **wishes: Any) -> PageWriter:
    script = Script(LABELS, SETTINGS, ask, csp.runs_inline, lambda policy: csp.connects_self(policy, scheme="https"))
    return PageWriter(Annotator(GLOSSARY, language="ru"), script=script, **wishes)


def written(
    data: bytes,
    *,
    own: PageWriter | None = None,
    charset: str = "utf-8",
    density: Density = "all",
    size: int | None = None,
) -> tuple[bytes, str | None]:
    """A page through the rewriter, in pieces of ``size`` bytes, and why the rest of it was left alone."""
    rewriter = Rewriter(
        WordMatcher(),
        own or writer(),
        content_type=f"text/html; charset={charset}",
        density=density,
        script_owned="leave",
    )
    step = size or max(len(data), 1)
    out = b"".join(rewriter.feed(data[at : at + step]) for at in range(0, len(data), step)) + rewriter.close()
    return out, rewriter.reason


def told(page: bytes, charset: str = "utf-8") -> list[dict[str, Any]]:
    """What each of the script elements of a page is told."""
    found = re.findall(r'<script data-glossator="([^"]*)">(.*?)</script>', page.decode(charset), re.DOTALL)
    assert {text for _, text in found} <= {SCRIPT}
    return [json.loads(html.unescape(said)) for said, _ in found]


def cards(page: bytes) -> list[list[str]]:
    """The ids of the cards that each mark of a page carries."""
    marks = re.findall(r"<gl-term [^>]*>", page.decode())
    found = (re.search(r'data-card="([^"]*)"', mark) for mark in marks)
    return [[each["id"] for each in json.loads(html.unescape(match.group(1)))] if match else [] for match in found]


# -- what must not change

PAGES = (
    b"<p>war",
    b"<!doctype html><html><head><title>war</title></head><body><p>A war and a war</p><ul><li>war<li>special operation</ul>",
    b"<p>war <b>special</b> operation</p><script data-glossator>1</script><p>war",
    b'<p>war</p><script data-glossator="{&quot;mode&quot;:&quot;wrap&quot;}">x</script><p>war',
    b'<p>war</p><gl-term data-entry="x">war</gl-term>',
    b"<meta http-equiv=content-security-policy content=\"script-src 'self'\"><p>war<p>war",
    b'<div id="__next"><p>war</p></div>',
    b'<head><link href="/_next/static/x.css"></head><body><p>war</p><script data-glossator="x">1</script>',
    b"<p>war</p><div data-reactroot><p>war</p><gl-run data-gl>war</gl-run></div>",
    b"<head><meta http-equiv=content-security-policy content=\"style-src 'self'\"><script src=/_nuxt/a.js></script></head><p>war",
    b'<div id="root"></div>',
    b"<title>x</title>war<!--[-->war<p>war",
)


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16le", "utf-16be", "windows-1251", "shift_jis", "gb18030", "big5", "euc-kr", "iso-2022-jp"]
)
@pytest.mark.parametrize("page", PAGES)
def test_the_page_comes_back_exactly_however_it_arrives(page: bytes, charset: str) -> None:
    data = page.decode().encode(charset.replace("utf-16", "utf-16-") if charset.startswith("utf-16") else charset)
    whole, _ = written(data, charset=charset)
    assert strip_annotations(whole) == data
    for size in (1, 7, 64):
        assert re.sub(rb"[\0]", b"", written(data, charset=charset, size=size)[0]) == whole.replace(b"\0", b"")


PIECES = st.sampled_from(
    ("<p>", "</p>", "war ", "war", "special operation ", "<b>", "</b>", "text ", '<div id="__next">', "<!--$-->", "<!--", "-->", "<table>",
     "<col>", "<script>", "</script>", "<svg>", "</svg>", "<head>", "</head>", "<body>", "<gl-run data-gl>", '<script data-glossator="x">',
     "<style data-glossator>", "<noscript>", "</noscript>", "<title>", "</title>", "<select>", '<meta http-equiv="content-security-policy" content="default-src *">')
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from((1, 5, 1000)))
def test_whatever_the_page_it_comes_back_exactly(page: str, size: int) -> None:
    data = page.encode()
    out, _ = written(data, size=size)
    assert strip_annotations(out) == data
    assert out == written(data)[0]


def test_a_page_without_terms_gets_no_script() -> None:
    page = b"<!doctype html><title>t</title><p>Nothing here."
    assert written(page)[0] == page


# -- where the words are marked


def test_the_script_stands_behind_the_style_before_the_first_mark() -> None:
    out, reason = written(b"<!doctype html><title>t</title><p>A war.</p>")
    assert reason is None
    assert re.search(rb"<p><style data-glossator>[^<]*</style><script data-glossator=[^<>]*>", out)
    assert told(out) == [{"mode": "wrap", "labels": LABELS, "settings": SETTINGS, "ask": "/.glossator/t"}]


def test_the_first_mark_of_each_entry_carries_its_card_in_the_readers_language() -> None:
    out, _ = written(b"<p>war and war</p><p>special <b>operation</b>, war</p>")
    assert cards(out) == [["war"], [], ["special-operation"], [], []]
    first = re.search(rb'data-card="([^"]*)"', out)
    assert first
    assert json.loads(html.unescape(first.group(1).decode("ascii"))) == [card(GLOSSARY, WAR, "ru")]


def test_the_last_mark_of_a_crowded_page_says_so() -> None:
    out, reason = written(b"<p>war" * 70)
    assert reason == "crowded"
    marks = re.findall(rb"<gl-term [^>]*>", out)
    assert [b"data-crowded" in mark for mark in marks] == [False] * (len(marks) - 1) + [True]


@pytest.mark.parametrize(
    ("policy", "ask"),
    [
        ("style-src 'self'", "/.glossator/t"),
        ("script-src 'unsafe-inline'; connect-src 'self'", "/.glossator/t"),
        ("connect-src 'none'", None),
        ("script-src 'unsafe-inline'; default-src 'none'", None),
    ],
)
def test_a_policy_in_the_page_may_keep_the_script_from_asking(policy: str, ask: str | None) -> None:
    out, _ = written(f'<head><meta http-equiv="Content-Security-Policy" content="{policy}"></head><p>war'.encode())
    assert [said["ask"] for said in told(out)] == [ask]


@pytest.mark.parametrize(
    "policy", ["script-src 'self'", "default-src &#39;self&#39;", "script-src 'unsafe-inline' 'nonce-a'", "x" * 9000]
)
def test_a_policy_in_the_page_may_keep_the_script_out(policy: str) -> None:
    content = policy if len(policy) < 9000 else f"img-src {policy}; script-src 'none'"
    out, _ = written(f'<head><meta http-equiv="Content-Security-Policy" content="{content}"></head><p>war<p>war'.encode())
    assert (told(out), cards(out)) == ([], [[], []])


def test_what_the_reader_does_not_want_is_not_marked() -> None:
    page = b"<p>war, special operation"
    assert cards(written(page, own=writer(hidden=frozenset({"war"})))[0]) == [["special-operation"]]
    assert cards(written(page, own=writer(kinds_off=frozenset({"mandated"})))[0]) == [["war"]]
    assert written(page, own=writer(hidden=frozenset({"war", "special-operation"})))[0] == page


# -- where a script owns the page

HEAD = "<!doctype html><html><head><meta charset=utf-8>%s<title>war</title></head>"


@pytest.mark.parametrize(
    ("page", "before"),
    [
        (HEAD % '<link href="/_next/static/a.css">' + "<body><p>war</p>", "<body>"),
        (HEAD % "" + '<body><div id="__next"><p>war</p></div>', '<div id="__next">'),
        (HEAD % "" + "<body>\n<div><!--[--><p>war</p></div>", "<p>"),
        (HEAD % '<script>self.__next_f=[]</script>' + "war <b>war</b>", "<b>"),
        ("<!--$-->war<table><colgroup><col></colgroup><tr>", "<table>"),
        ('<table data-hk="0"><colgroup><col><col></colgroup><tr><td>war', "<table"),
        ('x<table><colgroup><!--[--><col><col></colgroup><tr><td>war', "<tr>"),
    ],
)  # fmt: skip
def test_there_the_text_is_untouched_and_the_script_stands_where_the_head_has_ended(page: str, before: str) -> None:
    out, reason = written(page.encode())
    assert reason == "overlay"
    assert told(out) == [{"mode": "overlay", "labels": LABELS, "settings": SETTINGS, "ask": "/.glossator/t"}]
    element = re.search(r"<script data-glossator=.*?</script>", out.decode(), re.DOTALL)
    assert element
    assert out.decode() == page[: element.start()] + element.group() + page[element.start() :]
    assert page[element.start() :].startswith(before)


def test_a_page_of_utf_16_is_known_as_well() -> None:
    out, reason = written('<div id="__next"><p>war</p></div>'.encode("utf-16-le"), charset="utf-16le")
    assert (reason, [said["mode"] for said in told(out, "utf-16-le")]) == ("overlay", ["overlay"])


@pytest.mark.parametrize("own", [writer(ask=None), PageWriter(Annotator(GLOSSARY))], ids=["may-not-ask", "no-script"])
def test_where_the_script_can_do_nothing_such_a_page_is_left_alone(own: PageWriter) -> None:
    page = b'<div id="__next"><p>war</p></div>'
    assert written(page, own=own) == (page, "script-owned")


def test_a_marker_behind_marks_ends_the_marking() -> None:
    out, reason = written(b"<p>war</p><p>x</p><div data-reactroot><p>war</p></div>")
    assert reason == "script-owned"
    assert [said["mode"] for said in told(out)] == ["wrap"]
    assert out.count(b"<gl-term") == 1


@pytest.mark.parametrize("marker", FRAMEWORKS)
def test_every_marker_counts_wherever_it_is_cut(marker: bytes) -> None:
    page = b"<p>x <i class=x " + marker + b"></i><p>war</p><p>x"
    if marker.startswith(b"<"):
        page = b"<p>x " + marker + b"<p>war</p><p>x"
    for size in (None, 1, 3):
        assert written(page, size=size)[1] == "overlay"


# -- the script itself


def test_nothing_in_it_ends_its_element_early() -> None:
    assert re.search(r"</script|<script|<!--", SCRIPT, re.IGNORECASE) is None
    assert SCRIPT.isascii()


def test_its_hash_is_of_its_exact_text() -> None:
    assert f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'" == SCRIPT_HASH


def test_script_and_style_are_small() -> None:
    assert len(SCRIPT) + len(STYLE) <= 20_000


@pytest.fixture(scope="module")
def bundle() -> Callable[[], str]:
    pytest.importorskip("minify", reason="no tdewolff-minify: pip install '.[test]'")
    pytest.importorskip("minify_html", reason="no minify-html: pip install '.[test]'")
    spec = importlib.util.spec_from_file_location("bundle", ROOT / "extension" / "bundle.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[[], str] = module.bundle
    return made


def test_it_is_what_is_made_of_the_sources(bundle: Callable[[], str]) -> None:
    assert bundle() == SCRIPT, "run: python extension/bundle.py"
