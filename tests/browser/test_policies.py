"""A site's security policy: our style works under every one, nothing of the site's is broken, nothing is reported."""

from __future__ import annotations

import json
from typing import Any

import pytest

from proxy_addon.message import csp
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


# What the policies of a page complained of so far, and what became of our script.
COMPLAINTS = """new Promise(done => setTimeout(() => {
  const seen = [];
  const observer = new ReportingObserver(reports => seen.push(...reports), {types: ["csp-violation"], buffered: true});
  observer.observe();
  setTimeout(() => done(seen.map(({body}) => [body.effectiveDirective, body.blockedURL, body.disposition]).sort()), 60);
}, 250))"""
SCRIPT = "[!!document.querySelector('[data-card]'), document.querySelectorAll('script[data-glossator]').length]"


@pytest.mark.slow
def test_under_every_policy_our_script_runs_unseen_or_is_not_there(page: Any, site: Site) -> None:
    """In Chromium, which tells what a policy complained of afterwards too."""
    for policy in POLICIES:
        field = "Content-Security-Policy" + ("-Report-Only" if policy.report_only else "")
        headers = [(field, value) for value in policy.before]
        # Where no script may run at all, no timer of a test does either.
        seen = "[]" if any("sandbox" in value and "allow-scripts" not in value for value in policy.before) else COMPLAINTS
        page.goto(site.put("/bare", BODY.replace("zorbulation", "nothing") % "", *headers))
        before = page.evaluate(seen)
        page.goto(site.put("/full", BODY % "", *headers))
        assert page.evaluate(seen) == before, policy.name
        admitted = csp.admits_script(tuple((field.encode(), value.encode()) for value in policy.before))
        assert page.evaluate(SCRIPT) == [admitted, 0], policy.name


def test_a_policy_in_the_page_keeps_the_script_from_asking(page: Any, site: Site) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    meta = '<meta http-equiv="Content-Security-Policy" content="connect-src \'none\'">'
    page.goto(site.put("/meta", BODY % meta))
    page.evaluate("document.body.append('another zorbulation')")
    assert page.evaluate(COMPLAINTS) == []
    assert page.evaluate(SCRIPT) == [True, 0]
    assert [error for error in errors if "Content Security Policy" in error] == []
