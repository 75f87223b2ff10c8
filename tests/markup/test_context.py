"""Where a page's text is no text to annotate, checked against the tree that a browser builds."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag

from tests.markup.fakes import WordMatcher, rewritten

FORBIDDEN = (
    "svg", "math", "title", "textarea", "select", "option", "script", "style", "template", "noscript", "iframe", "button", "code",
    "pre", "xmp", "noembed", "noframes", "object", "audio", "video", "canvas", "datalist", "frameset",
)  # fmt: skip
OPENINGS = (
    "<svg>", "<svg><g>", "<svg><title>", "<svg><desc>", "<svg><foreignObject>", "<svg/>", "<svg a=b/>", "<svg><title/>", "<svg><style/>",
    "<svg><script/>", "<svg><![CDATA[", "<svg><svg></svg>", "<svg><p>", "<svg><font>", "<svg><font color=red>", "<math>", "<math><mi>",
    "<math><annotation-xml>", "<math><annotation-xml encoding=text/html>", "<title>", "<textarea>", "<style>", "<script>", "<noscript>",
    "<iframe>", "<xmp>", "<noembed>", "<noframes>", "<template>", "<select>", "<select><option>", "<button>", "<button><svg></svg>",
    "<code>", "<code><b>", "<pre>", "<object>", "<audio>", "<video>", "<canvas>", "<datalist><option>", "<div contenteditable>",
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
