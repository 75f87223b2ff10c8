"""Where a page's text is no text to annotate, checked against the tree that a browser builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag

from tests.markup.fakes import WordMatcher, rewritten

FORBIDDEN = (
    "svg", "math", "title", "textarea", "select", "option", "script", "style", "template", "noscript", "iframe", "button", "code",
    "pre", "listing", "xmp", "noembed", "noframes", "object", "audio", "video", "canvas", "datalist", "frameset",
)  # fmt: skip
OPENINGS = (
    "<svg>", "<svg><g>", "<svg><title>", "<svg><desc>", "<svg><foreignObject>", "<svg/>", "<svg a=b/>", "<svg><title/>", "<svg><style/>",
    "<svg><script/>", "<svg><![CDATA[", "<svg><svg></svg>", "<svg><p>", "<svg><font>", "<svg><font color=red>", "<math>", "<math><mi>",
    "<math><annotation-xml>", "<math><annotation-xml encoding=text/html>", "<title>", "<textarea>", "<style>", "<script>", "<noscript>",
    "<iframe>", "<xmp>", "<noembed>", "<noframes>", "<template>", "<select>", "<select><option>", "<button>", "<button><svg></svg>",
    "<code>", "<code><b>", "<pre>", "<listing>", "<object>", "<audio>", "<video>", "<canvas>", "<datalist><option>", "<div contenteditable>",
    "<div contenteditable=true>", "<div contenteditable=false>", "<p translate=no>", "<p class='x notranslate'>", "<li contenteditable>",
    "<td contenteditable>", "<span contenteditable><div>", "<table><tr><td>", "<!--", "<!-->", "<!x", "<?x", "</ x", "<a title='",
    "<p contenteditable>x<p>", "<svg></p>", "<svg><path></svg>",
)  # fmt: skip
CLOSINGS = (
    "",
    "</p>",
    "</div>x",
    "</svg>",
    "</select>",
    "</code></button>",
    "<p>",
    "-->",
    "</title></textarea></style></script>",
)


def inside(term: Tag) -> set[str]:
    """The names of what the term stands in, and of what makes text editable or untranslatable."""
    names = {parent.name for parent in term.parents}
    for parent in term.parents:
        if parent.attrs.get("contenteditable") in ("", "true"):
            names.add("contenteditable")
        if parent.attrs.get("translate") == "no" or "notranslate" in parent.get_attribute_list("class"):
            names.add("translate=no")
    return names


def tree(data: bytes) -> BeautifulSoup:
    return BeautifulSoup(data.decode("utf-8", "replace"), "html5lib")


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("closing", CLOSINGS)
def test_no_term_stands_where_none_may(opening: str, closing: str) -> None:
    page = f"<!doctype html><body><p>war</p>{opening}war {closing} war<div>war".encode()
    for term in tree(rewritten(page)).find_all("gl-term"):
        forbidden = {*FORBIDDEN, "contenteditable", "translate=no"} & inside(term)
        # A foreign element ends at a break-out tag; html5lib 1.1 keeps "</p>" inside, browsers do not (13.2.6.5).
        assert forbidden <= ({"svg", "math"} if "</p>" in opening + closing else set())


@pytest.mark.parametrize(
    "opening", ["<p>", "<div>", "<svg></svg>", "<button></button>", "<code>x</code>", "<select></select>", "<br>", "<a>"]
)
def test_text_behind_is_annotated_again(opening: str) -> None:
    assert rewritten(f"<body>{opening}war".encode()).count(b"</gl-term>") == 1


MISNESTED = [
    ("<span translate=no><p></span>war", 0),
    ("<span translate=no><p>x</p></span>war", 1),
    ("<div><span translate=no><p>x</span></div>war", 1),
    ("<span translate=no><i></span>war", 1),
    ("<video><pre></video>war", 0),
    ("<b translate=no><button></b>war", 0),
    ("<b translate=no><div></b>war", 1),
    ("<b><div translate=no></b>war</div>war", 1),
    ("<b translate=no><object></b>war", 0),
    ("<button><select></button>war", 0),
    ("<button><select></select></button>war", 1),
    ("<div translate=no><table><tr><td></div>war", 0),
    ("<div translate=no><section></div>war", 1),
    ("<li translate=no><section><li>war", 0),
    ("<li translate=no><div><li>war", 1),
    ("<p translate=no><select><div></select>war", 0),
    ("<body contenteditable>x</body>war", 0),
]


@pytest.mark.parametrize(("page", "count"), MISNESTED)
@pytest.mark.parametrize("size", [None, 1])
def test_an_end_tag_closes_what_a_browser_closes(page: str, count: int, size: int | None) -> None:
    out = rewritten(f"<!doctype html>{page}".encode(), size)
    assert out.count(b"</gl-term>") == count
    for term in tree(out).find_all("gl-term"):
        assert not {*FORBIDDEN, "contenteditable", "translate=no"} & inside(term)


@pytest.mark.parametrize("name", ["pre", "listing", "textarea"])
def test_nothing_comes_before_a_line_break_that_is_dropped(name: str) -> None:
    page = f"<{name}>\nwar</{name}>".encode()
    assert rewritten(page) == page


def test_the_text_that_a_reader_sees_is_unchanged_on_real_pages(shared: Path) -> None:
    matcher = WordMatcher(("the", "war", "и", "в", "的", "der"))
    wrong = []
    for path in sorted((shared / "pages").glob("*.html"))[::12]:
        data = path.read_bytes().decode("utf-8", "replace").encode("utf-8")
        out = rewritten(data, matcher=matcher, density="block")
        before, after = tree(data), tree(out)
        for style in after.find_all("style", attrs={"data-glossator": True}):
            style.decompose()
        if before.get_text() != after.get_text():
            wrong.append(path.name)
    assert wrong == []


@pytest.mark.parametrize(
    "tag",
    [
        '<p translate = "no">',
        "<P TRANSLATE=NO>",
        "<p\ttranslate\n=\n'No'>",
        '<p title="x"translate=no>',
        "<p/translate=no>",
        "<DIV ContentEditable>",
        "<div contenteditable = 'plaintext-only'>",
        '<p CLASS = "x NoTranslate">',
    ],
)
@pytest.mark.parametrize("size", [None, 1, 5])
def test_what_asks_to_be_left_alone_may_be_written_in_any_way(tag: str, size: int | None) -> None:
    page = f"<body><p>x</p>{tag}war</p></div>".encode()
    assert rewritten(page, size) == page


@pytest.mark.parametrize(
    "tag", ['<p translate="yes">', "<p data-translate=no>", "<p contenteditable=false>", "<p title='translate=no'>"]
)
def test_what_only_looks_like_asking_is_read(tag: str) -> None:
    assert b"<gl-term" in rewritten(f"<body><p>x</p>{tag}war".encode())
