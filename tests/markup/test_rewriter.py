"""The rewriter: first what must not change, then what is marked."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy_addon import Matcher
from proxy_addon.glossary.model import Entry, Form, Glossary
from proxy_addon.markup.annotation import TERM_END, Annotator
from proxy_addon.markup.passages import HOLD
from proxy_addon.markup.rewriter import Rewriter, annotate_html, strip_annotations
from proxy_addon.markup.stretch import LONGEST
from proxy_addon.markup.strip import ENDS_HERE
from proxy_addon.options import Density
from tests.markup.fakes import ANNOTATOR, STYLE, WordMatcher, marked, pages, rewritten

# 10^6 documents by hand: GLOSSATOR_DOCUMENTS=1000000 pytest tests/markup/test_rewriter.py -k document --full --timeout 0
DOCUMENTS = int(os.environ.get("GLOSSATOR_DOCUMENTS", "100000"))

NOTHING_TO_MARK = [
    b"",
    b"<",
    b"<p",
    b"plain",
    b"<p>a\r\nb\rc\0d &amp; &nosuch; <b>x</p></b></p></br>",
    b"<!-- war --><p title='war' alt=\"war\">",
    b"<script>war</script><style>war</style><title>war</title><textarea>war</textarea>",
    b"<noscript>war</noscript><iframe>war</iframe><xmp>war</xmp><template>war</template>",
    b"<svg><text>war</text><foreignObject>war</foreignObject></svg><math><mi>war</mi></math>",
    b"<p>warm warden",
    b"<p>\xff\xfe\x80 broken \xd0",
    b"<p>war <a href='unfinished"[:5],
    b"<plaintext>war",
    b"<gl-term>war</gl-term>",
]


@pytest.mark.parametrize("data", NOTHING_TO_MARK)
@pytest.mark.parametrize("size", [None, 1, 3])
def test_a_page_without_terms_in_its_text_comes_out_as_it_was(data: bytes, size: int | None) -> None:
    assert rewritten(data, size) == data
    assert strip_annotations(data) == data


@pytest.mark.parametrize(
    ("page", "result"),
    [
        ("<p>war", "<p>{war}"),
        ("<p>a war.", "<p>[a {war}.]"),
        ("<p>w&#97;r", "<p>{w&#97;r}"),
        ("<p>w<b>a</b>r</p>", "<p>{w}<b>{a}</b>{r}</p>"),
        ("<p>w<!-- x -->ar", "<p>{w}<!-- x -->{ar}"),
        ("<p>w<wbr>ar", "<p>{w}<wbr>{ar}"),
        ("<p>special <i>operation</i>", "<p>{special }<i>{operation}</i>"),
        ("<p>special<br>operation", "<p>{special}<br>{operation}"),
        ("<p>special<br><br>operation", "<p>special<br><br>operation"),
        ("<p>special <br> <br> operation", "<p>special <br> <br> operation"),
        ("<p>special<p>operation", "<p>special<p>operation"),
        ("<li>special<li>operation", "<li>special<li>operation"),
        ("<td>special</td><td>operation", "<td>special</td><td>operation"),
        ("<p>special <img>operation", "<p>special <img>operation"),
        ("<p>war<sup>1</sup>", "<p>{war}<sup>1</sup>"),
        ("<p>war<script>x</script>", "<p>{war}<script>x</script>"),
        ("<p>special <script>x</script>operation", "<p>{special }<script>x</script>{operation}"),
        ("war and war", "[{war} and {war}]"),
        ("<svg><p>war", "<svg><p>{war}"),
        ("<p>über war", "<p>[{über} {war}]"),
        ("<p>&uuml;ber", "<p>{&uuml;ber}"),
    ],
)
def test_terms_are_marked_in_the_text_that_a_reader_reads(page: str, result: str) -> None:
    assert marked(rewritten(page.encode())) == result


SAMPLE = "<!doctype html>\r\n<title>x</title><p>Это война &mdash; <b>вой</b>ны.\rwar\n<p>war</p>\0\n<td>über 战争 戦争 전쟁"
ENCODINGS = [
    "utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "shift_jis", "euc-kr", "euc-jp", "iso-2022-jp", "koi8-r", "koi8-u",
    "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
    "windows-874", "iso-8859-1", "iso-8859-2", "iso-8859-5", "ibm866", "macintosh", "x-mac-cyrillic", "x-user-defined",
]  # fmt: skip


@pytest.mark.parametrize("size", [None, 1, 2, 7])
@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_keeps_its_bytes_and_gets_its_marks(name: str, size: int | None) -> None:
    python = {"windows-874": "cp874", "ibm866": "cp866", "x-mac-cyrillic": "mac_cyrillic", "macintosh": "mac_roman"}.get(
        name, name
    )
    data = SAMPLE.encode("ascii" if name == "x-user-defined" else python, "replace") + b"\xff\x81\x41"
    out = rewritten(data, size, content_type=f"text/html; charset={name}")
    assert strip_annotations(out) == data
    assert out != data
    assert out == rewritten(data, content_type=f"text/html; charset={name}")


def test_what_is_inserted_is_in_the_encoding_of_the_page() -> None:
    class Said(Annotator):
        def opening(self, entries: tuple[str, ...], *, quoted: bool = False, first: bool = True, last: bool = False) -> str:
            return '<gl-term data-entry="é ы 战">'

    for name, wants in (("windows-1251", b"&#233; \xfb &#25112;"), ("utf-8", "é ы 战".encode())):
        rewriter = Rewriter(WordMatcher(), Said(Glossary()), content_type=f"text/html; charset={name}")
        assert wants in rewriter.feed(b"<p>war") + rewriter.close()


@pytest.mark.parametrize("label", ["hz-gb-2312", "iso-2022-kr"])
def test_a_page_in_an_encoding_without_readable_markup_is_left_alone(label: str) -> None:
    data = b"<p>war"
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type=f"text/html; charset={label}")
    assert rewriter.feed(data) + rewriter.close() == data
    assert rewriter.reason == "encoding"


@pytest.mark.parametrize(
    ("density", "result"),
    [
        ("all", "[{war} {war}]<p>{war}<h2>{war}</h2>{war}"),
        ("block", "[{war} war]<p>{war}<h2>{war}</h2>{war}"),
        ("section", "[{war} war]<p>war<h2>{war}</h2>war"),
        ("page", "[{war} war]<p>war<h2>war</h2>war"),
    ],
)
@pytest.mark.parametrize("size", [None, 1])
def test_density_says_how_often_a_term_is_marked(density: Density, result: str, size: int | None) -> None:
    assert marked(rewritten(b"war war<p>war<h2>war</h2>war", size, density=density)) == result


def test_a_crowd_of_marks_ends_the_marking() -> None:
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, density="all", content_type="text/html; charset=utf-8")
    out = rewriter.feed(b"<p>war" * 500) + rewriter.close()
    assert out.count(b"<gl-term") < 100
    assert (rewriter.counts["war"] < 100, rewriter.reason) == (True, "crowded")


@pytest.mark.parametrize("size", [None, 1, 40])
def test_the_head_is_evidence_and_the_nearest_language_is_told(size: int | None) -> None:
    matcher = WordMatcher()
    page = (
        b"<!doctype html><html lang=ru><title>A &amp; B</title><meta name=description content='C'>"
        b"<meta property='og:title' content=D><body><p>war<p lang=en>war<p>war<span lang=fr>war</span>"
    )
    rewritten(page, size, matcher=matcher)
    (judged,) = matcher.pages
    assert judged.about == {"lang": "ru", "title": "A & B\nD", "description": "C"}
    assert judged.blocks == [("war", "ru"), ("war", "en"), ("war", "ru"), ("war", "fr")]


def test_the_style_stands_before_the_first_mark_or_before_a_policy_in_the_head() -> None:
    assert rewritten(b"<p>x<p>war").startswith(b"<p>x<p>" + STYLE + b"<gl-term")
    policy = b'<meta http-equiv="Content-Security-Policy" content="style-src x">'
    assert rewritten(b"<head>" + policy + b"<p>war").startswith(b"<head>" + STYLE + policy + b"<p><gl-term")
    assert rewritten(b"<body>" + policy + b"<p>x") == b"<body>" + policy + b"<p>x"


def test_an_annotated_page_is_left_as_it_is() -> None:
    page = "<!doctype html><p>The <b>war</b> and war<p>війна війна über".encode()
    once = rewritten(page)
    assert rewritten(once) == once
    assert strip_annotations(once) == page


def test_markup_that_looks_like_ours_ends_the_marking_and_survives() -> None:
    for fake in (b"</gl-term>", b'<gl-term data-entry="x">', b"<gl-run data-gl>", b"<style data-glossator></style>", STYLE):
        page = b"<p>war<p>x" + fake + b"war"
        for size in (None, 1, 5):
            out = rewritten(page, size)
            assert strip_annotations(out) == page
            assert out.count(b"</gl-term>") == 1 + fake.count(b"</gl-term>")


LIKE_OURS = b'<p>x<gl-term data-entry="x">war</gl-term><gl-run data-gl>war</gl-run>' + STYLE + b"war"
CUT = (b"", b"<script>" + b"x" * 5000, b"<!--", b"<p title='" + b"x" * 5000, b"<svg><g>", b"<textarea>", b"\x1b$B")


@pytest.mark.parametrize("length", [HOLD - 100, HOLD + 4, HOLD + 3000])
@pytest.mark.parametrize("begin", [b"<style data-glossator>", b"<gl-term title='"])
def test_markup_like_ours_that_never_ends_is_met_at_any_chunking(begin: bytes, length: int) -> None:
    page = b"<p>war<p>war" + begin + b"x" * (length - len(begin))
    whole = rewritten(page)
    assert strip_annotations(whole) == page
    assert {rewritten(page, size) for size in (6, 1000, 4000, len(page) - 1)} == {whole}


def left(page: bytes, rewriter: Rewriter, size: int) -> bytes:
    return b"".join(rewriter.feed(page[at : at + size]) for at in range(0, len(page), size)) + rewriter.close()


@pytest.mark.parametrize("charset", ["utf-8", "utf-16le", "iso-2022-jp"])
@pytest.mark.parametrize("within", CUT)
@pytest.mark.parametrize("why", ["budget", "script-owned", "leave"])
def test_markup_like_ours_survives_where_nobody_looks_any_more(why: str, within: bytes, charset: str) -> None:
    """Wherever the rewriter was when it gave up: in a script, a comment, a tag."""
    codec = "utf-16-le" if charset == "utf-16le" else "latin-1"
    ends = b"</script>--></textarea></svg>'>\x1b(B"
    begun = (b"<p>war<p>" + within).decode("latin-1").encode(codec)
    rest = (b"__NEXT_DATA__" + ends + LIKE_OURS + within + ends + LIKE_OURS).decode("latin-1").encode(codec)
    for size in (1, 50, 10_000):
        rewriter = Rewriter(
            WordMatcher(), ANNOTATOR, content_type=f"text/html; charset={charset}", budget=1500, clock=lambda: 0.0,
            script_owned="leave" if why == "script-owned" else "annotate",
        )  # fmt: skip
        out = rewriter.feed(begun)
        if why == "budget":
            rewriter._spent = 2.0
        if why == "leave":
            out += rewriter.leave("too long")
        out += left(rest, rewriter, size)
        assert strip_annotations(out) == begun + rest
        assert rewriter.reason in ({"leave": "too long"}.get(why, why), "annotated")


def test_markup_like_ours_survives_behind_a_crowd() -> None:
    page = b"<p>war" * 500 + LIKE_OURS
    for size in (1, 100, 10_000):
        assert strip_annotations(rewritten(page, size)) == page


def test_a_mark_at_the_beginning_of_a_block_hides_no_term_at_the_end_of_the_one_before() -> None:
    """Glued, ``n`` and an acute would be another letter."""
    entry = Entry("term", "mandated", (Form("zorbulation", "en"), Form("\u00e9lan vital", "en")), {"en": "x"}, lang="en")
    matcher = Matcher(Glossary({"term": entry}, version="marks"), cache=None)
    for between in ("<p>", "<br><br>", "<td>", "<p>\xad<li>\u200b"):
        page = f"<!doctype html><p>zorbulation{between}\u0301x".encode()
        assert b">zorbulation</gl-term>" in annotate_html(page, matcher=matcher, content_type="text/html; charset=utf-8")
    page = "<!doctype html><p>e<b>\u0301</b>lan vital".encode()
    assert annotate_html(page, matcher=matcher, content_type="text/html; charset=utf-8").count(b"<gl-term") == 3


PROSE = "<p>Nothing of the kind.<br><br>A war, said of the sea<b>man</b> who wrote of many things that are not here, and then of a special operation. "
CROWDED = "<div>" + "war <i>on</i> " * 30
MARKS = "<p>a war u<b>\u0308ber</b> alles</p>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param((PROSE * 9 + CROWDED) * 20, id="prose and crowds in turn"),
        pytest.param(
            "<p>" + ("war and <b>peace</b> and other things to read, " * 200 + "<br><br>" + "war<b>" * 300) * 3, id="one group"
        ),
        pytest.param("<p>" + "<i>w</i>war " * 400 + "a word " * 3000 + "war", id="a group longer than a window of marks"),
        pytest.param((MARKS + CROWDED) * 20, id="letters that meet marks"),
    ],
)
def test_where_terms_stand_close_together_the_same_is_judged_and_marked_however_the_page_arrives(page: str) -> None:
    def told(size: int | None) -> tuple[bytes, list[tuple[str, str | None]]]:
        matcher = WordMatcher()
        return rewritten(page.encode(), size, matcher=matcher), matcher.pages[-1].blocks

    whole = told(None)
    assert strip_annotations(whole[0]) == page.encode()
    for size in (1000, 1448, 4096, 16384, 30000):
        assert told(size) == whole, size


def test_a_term_in_prose_is_marked_beside_a_crowd_that_is_not() -> None:
    page = rewritten((PROSE + CROWDED).encode())
    assert (marked(page).count("{"), marked(page)[:45]) == (2, "<p>Nothing of the kind.<br><br>[A {war}, said")


def test_a_block_of_very_many_pieces_is_cut_at_the_same_piece_however_the_page_arrives() -> None:
    page = b"<p>" + b"of <b>" * 511 + b"special <i>operation</i> " + b"a <b>" * 600 + b"special <i>operation</i> "
    whole = rewritten(page)
    assert whole.count(b"<gl-term") == 2
    assert {rewritten(page, size) for size in (500, 1448, 3000, 5000)} == {whole}


WORDS_ON = "some words of a war that goes on and on "


@pytest.mark.parametrize(
    ("page", "most"),
    [
        pytest.param("<p>" + WORDS_ON * 500, 5200, id="one paragraph"),
        pytest.param("<p>" + (WORDS_ON + "<a href=x>y</a>") * 300, 5200, id="one paragraph of links"),
        pytest.param("<p>a war<script>" + "x" * 30_000, 5200, id="a script in a paragraph"),
        pytest.param("<p>" + (WORDS_ON + "<br>") * 500, 1500, id="line by line"),
        pytest.param("<p>" + (WORDS_ON * 6 + "<br><br>") * 80, 1500, id="paragraphs by line breaks"),
        pytest.param("<pre>" + WORDS_ON * 500, 1500, id="what is not read"),
    ],
)
def test_of_text_that_goes_on_little_waits(page: str, most: int) -> None:
    """If the site stops here, what waits is lost."""
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type="text/html; charset=utf-8")
    waits = [(rewriter.feed(page[at : at + 100].encode()), len(rewriter.pending))[1] for at in range(0, len(page), 100)]
    assert max(waits) <= most


@pytest.mark.parametrize("text", ["x" * (LONGEST - 3), "x " * (LONGEST // 2 - 2), "x. " * 1000 + "x" * (LONGEST - 3002)])
@pytest.mark.parametrize(
    "rest", [" war of words", "war <b>of</b> words", "<", "< war", "</", "<gl-term>", "<gl-x>", "<b>war", "<s>war"]
)
def test_text_is_cut_at_the_same_place_whether_a_chunk_ends_there_or_not(text: str, rest: str) -> None:
    for more in ("", "x", "xx", "xxx", "xxxx"):
        page = f"<p>{text}{more}{rest} and war".encode()
        whole = rewritten(page)
        for size in range(LONGEST - 2, LONGEST + 14):
            assert rewritten(page, size) == whole, (more, size)


@pytest.mark.parametrize(
    ("page", "result"),
    [
        ("<p>{}special<br>operation", "{special}<br>{operation}"),
        ("<p>{0}{0}special<br>operation", "special<br>operation"),
        ("<p>{0}{0}special<br>y<br>special<br>operation", "special<br>y<br>{special}<br>{operation}"),
        ("<p>{0}{0}special <b>operation", "{special }<b>{operation}"),
    ],
)
def test_a_long_text_ends_at_a_line_break(page: str, result: str) -> None:
    assert marked(rewritten(page.format("x " * 300).encode())).replace("[", "").replace("]", "").endswith("x " + result)


def test_pages_of_frameworks_are_left_alone_from_their_marker_on() -> None:
    page = b'<p>war</p><div id="__next"><p>war</p></div>'
    for size in (page.__len__(), 1, 7):
        rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type="text/html; charset=utf-8", script_owned="leave")
        out = left(page, rewriter, size)
        assert marked(out.replace(ENDS_HERE, b"")) == '<p>{war}</p><div id="__next"><p>war</p></div>'
        assert strip_annotations(out) == page
        assert rewriter.reason == "script-owned"


def test_a_used_up_budget_lets_the_rest_pass() -> None:
    clock = iter(range(100)).__next__
    rewriter = Rewriter(
        WordMatcher(), ANNOTATOR, content_type="text/html; charset=utf-8", budget=1500, clock=lambda: float(clock())
    )
    out = rewriter.feed(b"<p>war<p>") + rewriter.feed(b"war<p>") + rewriter.feed(b"war<p>war") + rewriter.close()
    assert (marked(out.replace(ENDS_HERE, b"")), rewriter.reason) == ("<p>{war}<p>{war}<p>war<p>war", "budget")


def test_after_an_exception_what_was_not_given_out_is_pending() -> None:
    class Broken(WordMatcher):
        def suspects(self, text: str, edges: object = None) -> list[int]:
            raise RuntimeError("broken")

    page = b"<p>war and peace</p>"
    rewriter = Rewriter(Broken(), ANNOTATOR, content_type="text/html; charset=utf-8")
    with pytest.raises(RuntimeError):
        rewriter.feed(page)
    assert rewriter.pending == page


def test_bytes_come_out_before_the_page_has_ended() -> None:
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type="text/html; charset=utf-8")
    assert rewriter.feed(b"<p>first war</p><p>second").endswith(b"</p><p>")
    assert rewriter.pending == b"second"


def test_a_page_comes_out_as_soon_as_it_has_named_its_encoding() -> None:
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type="text/html")
    assert rewriter.feed(b"<!doctype html><meta charset=utf-8><p>war</p>").endswith(b"</p>")


def test_the_public_function_annotates_and_the_other_takes_it_back() -> None:
    page = b"<meta charset=utf-8><p>a war"
    out = annotate_html(page, matcher=WordMatcher())
    assert (out != page, strip_annotations(out)) == (True, page)


PIECES = (
    "war", " ", "special", "operation", "word ", "<p>", "</p>", "<b>", "</b>", "<br>", "<code>", "</code>", "<select>", "<option>",
    "</select>", "<svg>", "</svg>", "<svg/>", "<svg a=b/>", "<path/>", "<foreignObject>", "</foreignObject>", "<title>", "</title>",
    "<desc>", "</desc>", "<math>", "</math>", "<mi>", "</mi>", "<annotation-xml encoding=text/html>", "<script>", "</script>", "<!--",
    "-->", "--!>", "<style>", "</style>", "<textarea>", "</textarea>", "<template>", "</template>", "<div contenteditable>", "<div>",
    "</div>", "<li lang=fr>", "<li>", "<ul>", "</ul>", "</li>", '<span translate="no">', "</span>", "<html lang=en>", "<body>", "<head>",
    "<body lang=ru>", "<meta http-equiv=content-security-policy content=x>", "&amp;", "&lt", "&notit;", "&#119;ar", "&", "<", ">", '"',
    "'", "=", "/", "</", "<!", "<?x", "</>", '<a href="x', "<a b=c>", "<![CDATA[", "]]>", "<gl-term", "</gl-term>", "<gl-run data-gl>",
    '<gl-term data-entry="x" data-kind="y">', "</gl-run>", "<style data-glossator>", "<style data-glossator></style>", "\0", "\r\n",
    "ü", "войны", "战争", "\xad", "<noscript>", "</noscript>", "<button>", "</button>", "<pre>", "<h2>", "<img>", "<sup>", "<table>",
    "<td>", "<tr>", "</table>", "<plaintext>", "<frameset>", '<i lang="de">', "</i>", "<datalist>", "<object>", "</object>", "<input>",
    "<optgroup>", "<font color=red>", "</svg", "--", "<script", "</script", "<!--<script>", "x" * 300, "word " * 200,
)  # fmt: skip
CHARSETS = ("utf-8", "windows-1251", "gb18030", "shift_jis", "utf-16le", "utf-16be", "iso-2022-jp")


def check(pieces: list[str], charset: str, sizes: list[int], density: Density) -> None:
    """Nothing is lost, and nothing depends on how the bytes came."""
    data = "".join(pieces).encode("utf-8")
    content_type = f"text/html; charset={charset}"
    whole = rewritten(data, content_type=content_type, density=density)
    assert strip_annotations(whole) == data
    for size in sizes:
        assert rewritten(data, size, content_type=content_type, density=density) == whole
    if not charset.startswith(("utf-16", "iso-2022")):
        assert rewritten(whole, content_type=content_type, density=density) == whole


DOCUMENT = st.lists(st.sampled_from(PIECES), max_size=40)


@given(DOCUMENT, st.sampled_from(CHARSETS), st.integers(1, 40), st.sampled_from(["all", "block", "section", "page"]))
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_comes_back_whatever_its_chunks(pieces: list[str], charset: str, size: int, density: Density) -> None:
    check(pieces, charset, [size], density)


@given(DOCUMENT, st.sampled_from(CHARSETS), st.integers(0, 200), st.integers(1, 40))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_left_anywhere_comes_back(pieces: list[str], charset: str, at: int, size: int) -> None:
    data = "".join(pieces).encode("utf-8")
    rewriter = Rewriter(WordMatcher(), ANNOTATOR, content_type=f"text/html; charset={charset}", density="all")
    out = rewriter.feed(data[:at]) + rewriter.leave("too long") + left(data[at:], rewriter, size)
    assert strip_annotations(out) == data
    assert rewriter.pending == b""


@pytest.mark.slow
@given(DOCUMENT, st.sampled_from(CHARSETS), st.integers(1, 40), st.sampled_from(["all", "block", "section", "page"]))
@settings(max_examples=8_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_more_documents_come_back_whatever_their_chunks(
    pieces: list[str], charset: str, size: int, density: Density
) -> None:
    check(pieces, charset, [size], density)


@pytest.mark.slow
def test_very_many_documents_come_back_whatever_their_chunks() -> None:
    for seed in range(DOCUMENTS):
        chance = random.Random(seed)
        pieces = [chance.choice(PIECES) for _ in range(chance.choice((3, 8, 20, 60)))]
        check(pieces, chance.choice(CHARSETS), [chance.randrange(1, 40)], chance.choice(("all", "block", "section", "page")))


@pytest.mark.slow
@pytest.mark.parametrize("size", [1, 7, 501, 4001, 16384])
def test_real_pages_come_back_and_do_not_depend_on_chunks(shared: Path, size: int) -> None:
    matcher = WordMatcher(("the", "war", "der", "и", "в", "的", "の"))
    wrong = []
    for path in pages(shared):
        data = path.read_bytes()
        if size == 1 and len(data) > 20_000:
            continue
        whole = rewritten(data, content_type=None, matcher=matcher, density="block")
        again = rewritten(data, size, content_type=None, matcher=matcher, density="block")
        if strip_annotations(whole) != data or again != whole:
            wrong.append(path.name)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("size", [333, 16384])
def test_real_pages_come_back_with_the_shipped_glossary_whatever_their_chunks(shared: Path, shipped: Matcher, size: int) -> None:
    annotator = Annotator(shipped.glossary)
    wrong, marks = [], 0
    for path in pages(shared):
        data = path.read_bytes()
        once, again = (Rewriter(shipped, annotator, density="all") for _ in range(2))
        whole = once.feed(data) + once.close()
        marks += whole.count(TERM_END.encode("ascii"))
        if strip_annotations(whole) != data or left(data, again, size) != whole:
            wrong.append(path.name)
    assert (wrong, marks > 10) == ([], True)
