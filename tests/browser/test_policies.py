"""A site's security policy: our style works under every one, nothing of the site's is broken, nothing is reported."""

from __future__ import annotations

import json

import pytest

from tests.browser.conftest import Browser
from tests.browser.origin import Site
from tests.message.policies import POLICIES, Policy

pytestmark = pytest.mark.browser

# What a page shows of itself: whether its own inline style and style attribute work, and ours; and what the policy complained of.
STATE = """({
  element: getComputedStyle(document.getElementById('element')).color,
  attribute: getComputedStyle(document.getElementById('attribute')).color,
  term: document.querySelector('gl-term') && getComputedStyle(document.querySelector('gl-term')).textDecorationStyle,
})"""

BODY = """<!doctype html><html><head><meta charset=utf-8><title>Policy</title>%s
<style nonce="abc123">#element { color: rgb(1, 2, 3) }</style></head>
<body><p id=element>own element</p><p id=attribute style="color: rgb(4, 5, 6)">own attribute</p>
<p>A zorbulation here.</p></body></html>"""


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_under_every_policy_our_style_works_and_the_sites_own_is_as_before(browser: Browser, site: Site, policy: Policy) -> None:
    field = "Content-Security-Policy" + ("-Report-Only" if policy.report_only else "")
    headers = [(field, value) for value in policy.before]
    bare = site.put("/bare", BODY.replace("zorbulation", "nothing") % "", *headers)
    full = site.put("/full", BODY % "", *headers)
    browser.open(bare)
    before = browser.evaluate(STATE)
    browser.open(full)
    after = browser.evaluate(STATE)
    assert (after["element"], after["attribute"]) == (before["element"], before["attribute"])
    assert after["term"] == "dashed"


def test_a_report_only_policy_gets_no_report_because_of_us(browser: Browser, site: Site) -> None:
    policy = ("Content-Security-Policy-Report-Only", "default-src 'self'; style-src 'self'; report-uri /report")
    browser.open(site.put("/quiet", "<!doctype html><title>q</title><p>A zorbulation here.</p>", policy))
    browser.evaluate("new Promise(done => setTimeout(() => done(1), 700))")
    assert browser.evaluate(STATE_TERM) == "dashed"
    assert [json.loads(asked.body) for asked in site.asked if asked.method == "POST"] == []


STATE_TERM = "getComputedStyle(document.querySelector('gl-term')).textDecorationStyle"


@pytest.mark.parametrize(
    "policy",
    ["default-src 'none'", "style-src 'self'", "default-src 'self'; style-src 'nonce-abc123'"],
)
def test_a_page_with_a_meta_policy_is_styled(browser: Browser, site: Site, policy: str) -> None:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    browser.open(site.put("/meta", BODY % meta))
    assert browser.evaluate(STATE)["term"] == "dashed"


@pytest.mark.parametrize(
    "header",
    [
        ("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'"),
        ("Content-Security-Policy", "sandbox allow-scripts; default-src 'none'"),
        ("Content-Security-Policy", "require-trusted-types-for 'script'; trusted-types 'none'; style-src 'self'"),
    ],
    ids=["sandbox", "sandbox-none", "trusted-types"],
)
def test_sandboxed_and_trusted_type_pages_are_styled(browser: Browser, site: Site, header: tuple[str, str]) -> None:
    browser.open(site.put("/sandbox", BODY % "", header))
    assert browser.evaluate(STATE_TERM) == "dashed"
