"""A policy is widened by one hash, and by nothing more."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy_addon.markup import annotation
from proxy_addon.message import csp
from tests.message.policies import POLICIES, STYLE, Policy

TOKENS = (
    "'none'",
    "'NONE'",
    "'self'",
    "'unsafe-inline'",
    "'UNSAFE-inline'",
    "'nonce-abc='",
    "'sha256-abc'",
    "'strict-dynamic'",
    "https:",
    "*",
    "a.example",
    STYLE,
)
NAMES = ("style-src", "STYLE-SRC", "style-src-elem", "style-src-attr", "default-src", "script-src", "sandbox", "")
SPACE = st.sampled_from((" ", "  ", "\t", ""))


@st.composite
def policies(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.lists(st.sampled_from(TOKENS), max_size=4), SPACE, SPACE)))
    directives = (before + " ".join((name, *sources)) + after for name, sources, before, after in parts)
    return draw(st.sampled_from((";", "; ", ";;", ","))).join(directives)


def words(value: str) -> Counter[str]:
    return Counter(re.findall(r"[^ \t;,]+", value))


def test_there_are_36_policies() -> None:
    assert len({policy.name for policy in POLICIES}) == 36


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_each_policy_becomes_exactly_this(policy: Policy) -> None:
    assert policy.after == tuple(csp.allow(value, style=STYLE) for value in policy.before)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_every_field_of_both_names_is_widened_and_no_other(policy: Policy) -> None:
    name = b"Content-Security-Policy-Report-Only" if policy.report_only else b"content-security-policy"
    others = ((b"X-Content-Security-Policy", b"default-src 'none'"), (b"Set-Cookie", b"a=1; default-src 'none'"))
    before = (others[0], *((name, value.encode()) for value in policy.before), others[1])
    after = (others[0], *((name, value.encode()) for value in policy.after), others[1])
    assert after == csp.allow_in_fields(before, style=STYLE)


def test_bytes_beyond_ascii_in_a_policy_survive() -> None:
    before = ((b"Content-Security-Policy", b"img-src \xff\xfe; style-src \xe9.example"),)
    after = ((b"Content-Security-Policy", b"img-src \xff\xfe; style-src \xe9.example " + STYLE.encode()),)
    assert after == csp.allow_in_fields(before, style=STYLE)


def test_a_comma_in_a_meta_element_is_no_list() -> None:
    before = "style-src a.example, default-src 'none'"
    assert f"style-src a.example, default-src {STYLE}" == csp.allow_in_meta(before, style=STYLE)


@given(policies())
def test_twice_is_once(value: str) -> None:
    once = csp.allow(value, style=STYLE)
    assert once == csp.allow(once, style=STYLE)


@given(policies())
def test_no_token_goes_but_none(value: str) -> None:
    lost = words(value) - words(csp.allow(value, style=STYLE))
    assert set() == {word for word in lost if word.lower() != "'none'"}


@given(policies())
def test_nothing_is_added_but_the_hash_and_a_copy_of_default_src(value: str) -> None:
    added = words(csp.allow(value, style=STYLE)) - words(value)
    assert set() == set(added) - {STYLE, "style-src", *TOKENS}


@given(st.text())
def test_any_text_is_taken(value: str) -> None:
    once = csp.allow(value, style=STYLE)
    assert once == csp.allow(once, style=STYLE)


def test_the_hash_is_of_the_exact_text_of_the_style_element() -> None:
    digest = base64.b64encode(hashlib.sha256(annotation.STYLE.encode()).digest()).decode()
    assert f"'sha256-{digest}'" == annotation.STYLE_HASH


# What a policy says of scripts -> whether any inline script may run.
SCRIPTS = {
    "": True,
    "img-src *": True,
    "default-src 'self'": False,
    "default-src 'self' 'unsafe-inline'": True,
    "default-src 'none'; script-src 'unsafe-inline'": True,
    "script-src 'unsafe-inline'; script-src-elem 'self'": False,
    "script-src 'self'; script-src-elem 'UNSAFE-INLINE'": True,
    "SCRIPT-SRC 'Unsafe-Inline'": True,
    "script-src 'unsafe-inline' 'nonce-abc'": False,
    "script-src 'unsafe-inline' 'sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='": False,
    "script-src 'unsafe-inline' 'strict-dynamic'": False,
    "script-src 'unsafe-inline' 'Strict-Dynamic' https:": False,
    "script-src-attr 'none'; script-src 'unsafe-inline'": True,
    "script-src": False,
    "script-src 'none'": False,
    "script-src *": False,
    "script-src 'unsafe-hashes' 'unsafe-eval' https:": False,
    "script-src 'self'; script-src 'unsafe-inline'": False,
    "require-trusted-types-for 'script'; trusted-types 'none'": True,
    # A sandbox is not a matter of sources: it counts in an enforced field only.
    "sandbox": True,
}


@pytest.mark.parametrize(("policy", "runs"), SCRIPTS.items(), ids=lambda value: str(value) or "empty")
def test_any_inline_script_runs_only_where_unsafe_inline_holds(policy: str, runs: bool) -> None:
    assert csp.runs_inline(policy) == runs


@pytest.mark.parametrize(
    ("policies", "runs"),
    [
        ((), True),
        ((("Content-Security-Policy", "script-src 'unsafe-inline', img-src *"),), True),
        ((("Content-Security-Policy", "script-src 'unsafe-inline', default-src 'self'"),), False),
        ((("Content-Security-Policy", "img-src *"), ("content-security-policy", "script-src 'self'")), False),
        ((("Content-Security-Policy-Report-Only", "script-src 'self'"),), False),
        ((("Content-Security-Policy", "sandbox"),), False),
        ((("Content-Security-Policy", "sandbox allow-same-origin Allow-Scripts"),), True),
        ((("Content-Security-Policy-Report-Only", "sandbox"),), True),
        ((("X-Content-Security-Policy", "script-src 'none'"),), True),
    ],
)
def test_a_head_admits_a_script_only_if_every_policy_does(policies: tuple[tuple[str, str], ...], runs: bool) -> None:
    assert csp.admits_script(tuple((name.encode(), value.encode()) for name, value in policies)) == runs


@pytest.mark.parametrize(
    ("policy", "scheme", "asks"),
    [
        ("", "https", True),
        ("connect-src 'self' api.example", "https", True),
        ("connect-src 'SELF'", "http", True),
        ("connect-src api.example", "https", False),
        ("connect-src *", "http", True),
        ("connect-src https:", "https", True),
        ("connect-src https:", "http", False),
        ("connect-src http:", "https", True),
        ("connect-src 'none'; default-src 'self'", "https", False),
        ("default-src 'self'", "https", True),
        ("default-src 'none'", "https", False),
        ("connect-src", "https", False),
        ("sandbox allow-scripts", "https", False),
        ("sandbox allow-scripts allow-same-origin", "https", True),
        ("connect-src 'self', connect-src 'none'", "https", False),
    ],
)
def test_a_page_may_ask_its_own_origin_only_if_every_policy_says_so(policy: str, scheme: str, asks: bool) -> None:
    fields = ((b"Content-Security-Policy", policy.encode()),)
    assert csp.admits_self(fields, scheme=scheme) == asks


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_what_is_said_of_scripts_is_never_widened(policy: Policy) -> None:
    name = b"Content-Security-Policy"
    before, after = (tuple((name, value.encode()) for value in values) for values in (policy.before, policy.after))
    assert csp.admits_script(after) == csp.admits_script(before)


@given(st.text())
def test_any_text_is_judged(value: str) -> None:
    assert csp.runs_inline(value) in (True, False)
    assert csp.connects_self(value, scheme="https") in (True, False)
