"""ISO-2022-JP pages: the bytes come back, and a browser's decoder reads the same text as before, whatever the page."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proxy_addon.markup.bridge import bridge
from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.rewriter import strip_annotations
from tests.markup.fakes import STYLE, WordMatcher, rewritten

CONTENT_TYPE = "text/html; charset=iso-2022-jp"
OURS = re.compile(r"<style data-glossator=iso-2022-jp>.*?</style>|</?gl-[^>]*>", re.DOTALL)
ASCII, ROMAN, KANA, JIS78, JIS83 = b"\x1b(B", b"\x1b(J", b"\x1b(I", b"\x1b$@", b"\x1b$B"


def decoded(data: bytes) -> str:
    """The decoder of the Encoding standard (12.2.1), step by step; characters of two bytes by their numbers."""
    out, state, behind, flag, lead, at = [], "ascii", "ascii", False, 0, 0
    led = {ASCII: "ascii", ROMAN: "roman", KANA: "katakana", JIS78: "lead", JIS83: "lead"}
    while at < len(data):
        byte = data[at]
        at += 1
        if byte == 0x1B:
            if state == "trail":
                out.append("\ufffd")
            state = behind
            found = led.get(data[at - 1 : at + 2])
            if found is None:
                out.append("\ufffd")
                flag = False
                continue
            out += ["\ufffd"] if flag else []
            state, behind, flag, at = found, found, True, at + 2
            continue
        flag = False
        if state == "trail":
            state = "lead"
            out.append(f"[{lead:x}{byte:x}]" if 0x21 <= byte <= 0x7E else "\ufffd")
        elif state == "lead" and 0x21 <= byte <= 0x7E:
            state, lead = "trail", byte
        elif state == "katakana" and 0x21 <= byte <= 0x5F:
            out.append(chr(0xFF61 + byte - 0x21))
        elif state in ("lead", "katakana") or byte in (0x0E, 0x0F) or byte >= 0x80:
            out.append("\ufffd")
        else:
            out.append({0x5C: "\u00a5", 0x7E: "\u203e"}.get(byte, chr(byte)) if state == "roman" else chr(byte))
    return "".join(out) + ("\ufffd" if state == "trail" else "")


class Everywhere(WordMatcher):
    """Finds single characters, so that marks stand beside every kind of neighbour."""

    def __init__(self) -> None:
        super().__init__(("戦争", "戦", "争", "ｱ", "ｲｳ", "war", "w", "r x"))


def check(data: bytes, size: int) -> None:
    whole = rewritten(data, content_type=CONTENT_TYPE, matcher=Everywhere())
    assert strip_annotations(whole) == data
    assert OURS.sub("", decoded(whole)) == OURS.sub("", decoded(data))
    assert rewritten(data, size, content_type=CONTENT_TYPE, matcher=Everywhere()) == whole


@pytest.mark.parametrize(
    ("page", "result"),
    [
        (b"<p>war", b"<p>{war}"),
        (b"<p>" + JIS83 + b"@oAh" + ASCII, b"<p>[{" + JIS83 + b"@oAh" + ASCII + b"}]"),
        (
            b"<p>" + JIS83 + b"$@@oAh$@" + ASCII,
            b"<p>[" + JIS83 + b"$@" + ASCII + b"{" + JIS83 + b"@oAh" + ASCII + b"}" + JIS83 + b"$@" + ASCII + b"]",
        ),
        (b"<p>" + JIS83 + b"@oAh" + ASCII + b" war", b"<p>[{" + JIS83 + b"@oAh" + ASCII + b"} {war}]"),
        (b"<p>war " + JIS83 + b"@oAh" + ROMAN + b"</p>", b"<p>[{war} {" + JIS83 + b"@oAh" + ROMAN + b"}]</p>"),
        (KANA + b"1" + JIS83 + b"@o" + ASCII, b"[{" + KANA + b"1" + ASCII + b"}{" + JIS83 + b"@o" + ASCII + b"}]"),
    ],
)
def test_marks_stand_where_escape_sequences_do_not_meet(page: bytes, result: bytes) -> None:
    style = STYLE.replace(b"<style data-glossator>", b"<style data-glossator=iso-2022-jp>")
    for size in (None, 1, 2, 3, 7):
        out = rewritten(page, size, content_type=CONTENT_TYPE, matcher=Everywhere())
        short = re.sub(rb"<gl-term [^>]*>", b"{", out.replace(style, b"").replace(b"</gl-term>", b"}"))
        short = short.replace(b"<gl-run data-gl>", b"[").replace(b"</gl-run>", b"]")
        assert short == result
        assert strip_annotations(out) == page


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\x1b",
        b"war\x1b$",
        JIS83 + b"@oAh",
        JIS83 + b"@oA",
        JIS83 + b"@oAh\n<p>" + ASCII + b"war",
        JIS83 + b"@oAh" + JIS83 + b"@oAh" + ASCII,
        JIS83 + b"@oAh" + JIS78 + b"@oAh" + ROMAN + b"war\\~war" + ROMAN + b"war",
        JIS83 + b"@oAh" + ASCII + JIS83 + b"@oAh" + ASCII,
        JIS83 + ASCII + b"war" + ASCII + b"war" + KANA + b"1" + KANA + b"23" + JIS83 + b"@o",
        JIS83 + b"\0" + JIS83 + b"@oA" + ASCII + b"war" + ROMAN + b"war",
        b"war\0war\x80war\x0ewar\x1bwar\x1b$war" + ASCII + b"war",
        b"<p title='" + JIS83 + b'$<$"' + ASCII + b"'>" + JIS83 + b'$<@oAh$"' + ASCII + b"</p>",
    ],
)
def test_a_broken_page_comes_back_and_shows_no_more_than_it_did(page: bytes, size: int) -> None:
    check(page, size)


PIECES = (
    ASCII, ROMAN, KANA, JIS78, JIS83, ASCII, JIS83, b"@oAh", b"@o", b"Ah", b"1", b"23", b"A", b"\x1b", b"\x1b(", b"\x1b$", b"\n", b"\0",
    b"\x80", b"\x0e", b"war", b" ", b"x", b"<p>", b"</p>", b"<b>", b"</b>", b"<br>", b"<!--", b"-->", b"\\", b"~", b"&#119;", b"<", b"(B",
    b"$B", b"!$", b"-!", b"<style data-glossator=iso-2022-jp></style>", b"</gl-term>", b"<script>", b"</script>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.integers(1, 20))
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_comes_back_and_reads_as_before(pieces: list[bytes], size: int) -> None:
    check(b"".join(pieces), size)


@pytest.mark.slow
def test_very_many_documents_come_back_and_read_as_before() -> None:
    for seed in range(50_000):
        chance = random.Random(seed)
        pieces = [chance.choice(PIECES) for _ in range(chance.choice((4, 10, 25)))]
        check(b"".join(pieces), chance.randrange(1, 20))


@given(st.binary(max_size=60) | st.lists(st.sampled_from(PIECES)).map(b"".join), st.integers(1, 9))
def test_what_has_not_come_out_is_what_is_held(data: bytes, size: int) -> None:
    way = bridge(Encoding("iso-2022-jp"))
    assert way is not None
    out, waiting = b"", b""
    for at in range(0, len(data), size):
        waiting += way.inward(data[at : at + size])
        out += way.outward(waiting[:-3])
        waiting = waiting[-3:]
        assert out + way.held(waiting) == data[: at + size]
    assert out + way.outward(waiting + way.inward(b"", last=True), last=True) == data
