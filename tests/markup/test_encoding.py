"""Encoding sniffing against the standard's suite and by hand; offsets lead back to bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proxy_addon import Matcher, annotate_html
from proxy_addon.glossary.model import Entry, Form, Glossary
from proxy_addon.markup.encoding import Encoding, named, prescan, sniff, transport

# These need more than the prescan: a byte order mark (tested below), a meta behind the first 1024 bytes, or running scripts.
BEYOND_THE_PRESCAN = (
    b"\xef\xbb\xbf",
    b"<!-- 2048",
    b"<!-- 2049",
    b"<!-- 4096",
    b"<!-- 4097",
    b"<!-- 8192",
    b"<!-- 8193",
    b"<!-- multi-script",
)


def test_the_prescan_is_that_of_the_standards_suite(shared: Path) -> None:
    wrong = []
    for path in sorted((shared / "html5lib-tests" / "encoding").glob("*.dat")):
        for case in path.read_bytes().split(b"#data\n")[1:]:
            data, _, rest = case.partition(b"\n#encoding\n")
            wants = named(rest.split(b"\n")[0].decode("ascii"))
            if not data.startswith(BEYOND_THE_PRESCAN) and (prescan(data[:1024]) or "windows-1252") != wants:
                wrong.append((path.name, data, wants))
    assert wrong == []


@pytest.mark.parametrize(
    "data",
    [
        b'<a title="<meta charset=koi8-r>',
        b"<a title='<meta charset=koi8-r>",
        b"<a title = '<meta charset=koi8-r>",
        b"<!-- <meta charset=koi8-r>",
        b"<a <meta charset=koi8-r",
        b"<meta charset=koi8-r",
        b"<meta charset=koi8-r x='>",
        b'<meta a="<meta charset=koi8-r>',
    ],
)
def test_the_prescan_ends_where_it_runs_out_of_bytes(data: bytes) -> None:
    assert prescan(data) is prescan(data + 2000 * b"x") is None


DECLARED = [
    b"<!doctype html><html><head><title>x</title><meta name=a content='b'><meta charset=koi8-r>",
    b"<!doctype html><meta http-equiv=content-type content='text/html; charset=koi8-r'/ >",
    b"<!--><a b='<meta charset=big5>'></a c='><meta charset=big5>'><META x/charset = 'koi8-r'\n>",
    b"<!-- " + b"x" * 2000 + b" --><meta charset=koi8-r>",
]


@pytest.mark.parametrize("data", DECLARED)
def test_a_declaration_is_believed_once_it_is_complete_and_for_good(data: bytes) -> None:
    rest = b"<meta charset=big5>" * 300
    found = [sniff((data + rest)[:length]) for length in range(len(data) + 500)]
    assert (found[: len(data)], {*found[len(data) :]}) == ([None] * len(data), {Encoding("koi8-r")})


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'<?xml version="1.0" encoding="koi8-r"?><p>x', "koi8-r"),
        (b"<?xml encoding = 'UTF-16' ?><p>x", "utf-8"),
        (b'<?xml version="1.0" encoding="koi8-r"?><meta charset=big5>', "big5"),
        (b'<?xml encoding="koi8-r"?>' + b"x" * 1024 + b"<meta charset=big5>", "koi8-r"),
        (b'<?xml encoding="no such"?>' + b"x" * 1024 + b"<meta charset=big5>", "big5"),
    ],
)
def test_an_xml_declaration_counts_where_no_meta_says_anything(data: bytes, name: str) -> None:
    found = sniff(data + b" " * 5000)
    assert found == Encoding(name)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        (None, None),
        ("text/html", None),
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;Charset="KOI8-R"', "koi8-r"),
        ("text/html; x=y; CHARSET='gb2312' ; z", "gbk"),
        ("text/html; charset=iso-8859-1", "windows-1252"),
        ("text/html; charset=nonsense", None),
    ],
)
def test_the_transport_names_an_encoding_in_any_quoting(field: str | None, name: str | None) -> None:
    assert transport(field) == name


@pytest.mark.parametrize(
    ("data", "field", "name"),
    [
        (b"\xef\xbb\xbfx", "text/html; charset=koi8-r", "utf-8"),
        (b"\xff\xfex\0", None, "utf-16le"),
        (b"\xfe\xff\0x", None, "utf-16be"),
        (b"<meta charset=koi8-r>", "text/html; charset=utf-8", "utf-8"),
        (b"<meta charset=utf-16>", None, "utf-8"),
        (b"<!-- <meta charset=koi8-r> --><meta charset=big5>", None, "big5"),
        (b"<meta http-equiv=content-type content='text/html; charset=gb2312'>", None, "gbk"),
        (b"<meta content='text/html; charset=gb2312'>x", None, "utf-8"),
        (b"<!-- " + b"x" * 2000 + b" --><meta charset=koi8-r>", None, "koi8-r"),
        ("просто".encode(), None, "utf-8"),
    ],
)
def test_mark_then_transport_then_meta_then_a_guess(data: bytes, field: str | None, name: str) -> None:
    found = sniff(data, field, last=True)
    assert found is not None
    assert found.name == name


def test_a_page_that_says_nothing_gets_only_ascii() -> None:
    found = sniff(b"plain", None, last=True)
    assert found == Encoding("utf-8", sure=False)
    assert found.encode("é") == b"&#233;"


@pytest.mark.parametrize(
    ("field", "only_ascii"),
    [(None, True), ("text/html", True), ("text/html; charset=nonsense", True), ("text/html; charset=utf-8", False)],
)
def test_what_is_put_into_a_page_that_says_nothing_reads_the_same_in_any_encoding(field: str | None, only_ascii: bool) -> None:
    entry = Entry(
        "term", "mandated", (Form("zorbulation", "en"),), {"en": "Слово – «выдуманное»."}, lang="en", who={"en": "Учреждение"}
    )
    page = "<!doctype html><title>ж</title><p>Вот: zorbulation. ".encode() + "ж".encode() * 3000
    annotated = annotate_html(page, matcher=Matcher(Glossary({"term": entry}, version="guess"), cache=None), content_type=field)
    put_in = b"".join(re.findall(rb"<gl-[^>]*>|<style data-glossator.*?</style>", annotated, re.DOTALL))
    assert (put_in.isascii(), b"<gl-term" in put_in, b"zorbulation" in annotated) == (only_ascii, True, True)


@pytest.mark.parametrize("name", ["utf-8", "windows-1251", "gbk", "big5", "shift_jis", "euc-kr", "euc-jp", "x-user-defined"])
@given(data=st.binary(max_size=40))
@example(data=b"\x88\xa3")
def test_every_character_knows_its_first_byte(name: str, data: bytes) -> None:
    encoding = Encoding(name)
    text = encoding.decode(data)
    spans = [encoding.span(data, at, at + 1) for at in range(len(text))]
    assert [0, *(end for _, end in spans)] == [*(start for start, _ in spans), len(data)]
    for (start, end), character in zip(spans, text, strict=True):
        if character != "\ufffd" and end > start:
            assert encoding.decode(data[start:end])[0] == character


def test_bytes_are_those_of_whole_characters() -> None:
    broken = "aй\xad".encode() + b"\xff"
    assert [Encoding("utf-8").span(broken, at, at + 1) for at in range(4)] == [(0, 1), (1, 3), (3, 5), (5, 6)]
    assert Encoding("utf-8").span(broken, 1, 4) == (1, 6)
    assert Encoding("euc-jp").span(b"\xff\xc0\xef", 1, 2) == (1, 3)
    assert Encoding("gbk").span("a战".encode("gb18030") + b"\x81", 1, 3) == (1, 4)


def test_koi8_u_has_the_letter_of_belarusian() -> None:
    ukrainian = Encoding("koi8-u")
    assert ukrainian.decode(b"\xae\xbe\xa4\xd0") == "ўЎєп"
    assert ukrainian.encode("ўЎєп战") == b"\xae\xbe\xa4\xd0&#25112;"
    assert (ukrainian.whole(b"\xae\xd0"), ukrainian.span(b"\xae\xbe", 1, 2)) == (2, (1, 2))
