"""The tokenizer against the standard's own suite, and against an independent tokenizer on real pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from proxy_addon.markup.tokenizer import State, Token, Tokenizer
from tests.markup.fakes import pages

STATES: dict[str, State] = {
    "Data state": "data",
    "PLAINTEXT state": "plaintext",
    "RCDATA state": "rcdata",
    "RAWTEXT state": "rawtext",
    "Script data state": "script data",
    "CDATA section state": "cdata section",
}
# The suite starts in script data with another element's end tag as the appropriate one; no document can get there.
EXCEPTIONS = {("Script data state", "</XMP>")}
LETTERS = {"Character": "c", "StartTag": "s", "EndTag": "e"}


def tokens(data: bytes, size: int, state: State = "data", last: str = "", *, tree: bool = False) -> list[Token]:
    """All tokens of a document fed in pieces."""
    tokenizer = Tokenizer(state, last, tree=tree)
    out = [token for at in range(0, len(data), size) for token in tokenizer.feed(data[at : at + size])]
    return out + tokenizer.close()


def shape(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Kinds and names; neighbouring characters are one."""
    return [part for at, part in enumerate(parts) if part[0] != "c" or not at or parts[at - 1][0] != "c"]


def expected(case: dict[str, Any]) -> list[tuple[str, str]]:
    """What the suite says, in our terms."""
    said = [one for one in case["output"] if one != "ParseError"]
    return shape([(LETTERS.get(one[0], "o"), one[1] if one[0] in ("StartTag", "EndTag") else "") for one in said])


def seen(found: list[Token]) -> list[tuple[str, str]]:
    """What our tokens say, in the suite's terms: "</>" is nothing, a tag cut off is nothing, a comment cut off is one."""
    parts = []
    for token in found:
        source = token.source
        if token.kind in ("text", "raw"):
            parts.append(("c", ""))
        elif token.kind in ("start", "end"):
            name = token.name.encode("latin-1").decode("utf-8", "surrogatepass").replace("\0", "\ufffd")
            parts.append((token.kind[0], name))
        elif (token.kind == "comment" and source != b"</>") or (
            token.kind == "cut" and (source[:2] in (b"<!", b"<?") or (source[:2] == b"</" and not source[2:3].isalpha()))
        ):
            parts.append(("o", ""))
    return shape(parts)


def suite(folder: Path) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.test")):
        for case in json.loads(path.read_text("utf-8")).get("tests", []):
            text = case["input"]
            if case.get("doubleEscaped"):
                text = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda found: chr(int(found.group(1), 16)), text)
            for state in case.get("initialStates", ["Data state"]):
                yield path.name, state, text, case


@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_boundaries_are_those_of_the_standards_suite(shared: Path, size: int) -> None:
    wrong = []
    for name, state, text, case in suite(shared / "html5lib-tests" / "tokenizer"):
        data = text.encode("utf-8", "surrogatepass")
        found = tokens(data, size, STATES[state], case.get("lastStartTag", ""))
        assert b"".join(token.source for token in found) == data
        wants = expected(case)
        if (
            shape([(kind, re.sub(r"\\u([0-9A-Fa-f]{4})", lambda at: chr(int(at.group(1), 16)), tag)) for kind, tag in wants])
            != seen(found)
            and (state, text) not in EXCEPTIONS
        ):
            wrong.append((name, state, text))
    assert wrong == []


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (b"a<b>c</b>", ["text", "start", "text", "end"]),
        (b"<title><b></title>", ["start", "raw", "end"]),
        (b"<script><!--<script></script>--></script>", ["start", "raw", "end"]),
        (b"<svg><title/></svg>x<p>", ["start", "raw", "text", "start"]),
        (b"<svg><p>x", ["start", "raw", "text"]),
        (b"<a b='>'>x", ["start", "text"]),
        (b'<a b=">', ["cut"]),
        (b"a < b", ["text"]),
        (b"<plaintext><b>", ["start", "raw"]),
        (b"</><!x><?y></ z>", ["comment"] * 4),
    ],
)
def test_a_document_is_cut_where_a_browser_cuts_it(data: bytes, kinds: list[str]) -> None:
    assert [token.kind for token in tokens(data, 1 << 20, tree=True)] == kinds


def test_tags_on_real_pages_are_those_of_an_independent_tokenizer(shared: Path) -> None:
    turbohtml = pytest.importorskip("turbohtml")
    wrong = []
    for path in pages(shared):
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        ours = [
            (token.kind, token.name.encode("latin-1").decode("utf-8"))
            for token in tokens(text.encode("utf-8"), 1 << 24, tree=True)
            if token.kind in ("start", "end")
        ]
        if ours != list(independent(turbohtml, text)):
            wrong.append(path.name)
    assert wrong == []


def independent(turbohtml: Any, text: str) -> Iterator[tuple[str, str]]:
    """Tags as the other tokenizer sees them, but for those within drawings, which we take as one.

    It does not know foreign content: there alone "<title/>" is complete, so it is given none.
    """
    kinds = turbohtml.TokenType
    depth = 0
    for token in turbohtml.tokenize(re.sub(r"<title\s*/>", "", text)):
        opens = token.type == kinds.START_TAG
        if token.type not in (kinds.START_TAG, kinds.END_TAG):
            continue
        foreign = token.tag in ("svg", "math") and not (opens and token.self_closing)
        if not depth:
            yield ("start" if opens else "end"), token.tag
        if foreign and (opens or depth):
            depth += 1 if opens else -1
