"""Thirty-six Content-Security-Policies as sites send them, and what each becomes: for the unit tests and for real browsers.

``STYLE`` is the hash of the style element, ``<hash>`` below. A case is the values of the policy's header fields, before and after.
"""

from __future__ import annotations

from dataclasses import dataclass

STYLE = "'sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg='"


@dataclass(frozen=True, slots=True)
class Policy:
    """``before`` and ``after``: one string a header field. ``report_only``: sent as Content-Security-Policy-Report-Only."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    report_only: bool = False


def _same(name: str, *before: str, report_only: bool = False) -> Policy:
    return Policy(name, before, before, report_only)


def _changed(name: str, before: str, after: str, *, report_only: bool = False) -> Policy:
    return Policy(name, (before,), (after.replace("<hash>", STYLE),), report_only)


POLICIES: tuple[Policy, ...] = (
    _same(
        "code host: unsafe-inline styles",
        "default-src 'none'; base-uri 'self'; child-src assets.example/worker/; connect-src 'self' api.example; "
        "font-src assets.example; form-action 'self'; frame-ancestors 'none'; img-src 'self' data: blob: *.example; "
        "script-src assets.example; style-src 'unsafe-inline' assets.example; upgrade-insecure-requests",
    ),
    _same(
        "newspaper: everything inline in default-src",
        "default-src data: 'unsafe-inline' 'unsafe-eval' https:; script-src data: 'unsafe-inline' 'unsafe-eval' https: blob:; "
        "style-src data: 'unsafe-inline' https:; img-src data: https: blob:; block-all-mixed-content",
    ),
    _same(
        "encyclopedia: unsafe-inline in default-src and style-src",
        "script-src 'unsafe-eval' blob: 'self' meta.example *.example 'unsafe-inline'; "
        "default-src 'self' data: blob: upload.example https://commons.example 'unsafe-inline'; "
        "style-src 'self' data: blob: upload.example 'unsafe-inline'; object-src 'none'",
    ),
    _changed(
        "social network: nonce for styles",
        "default-src 'none'; frame-ancestors 'none'; font-src 'self' https://social.example; img-src 'self' https: data: blob:; "
        "style-src 'self' https://social.example 'nonce-8IBTHwOdqNKAWeKl7plt8g=='; form-action 'self'; script-src 'self'",
        "default-src 'none'; frame-ancestors 'none'; font-src 'self' https://social.example; img-src 'self' https: data: blob:; "
        "style-src 'self' https://social.example 'nonce-8IBTHwOdqNKAWeKl7plt8g==' <hash>; form-action 'self'; script-src 'self'",
    ),
    _same(
        "strict policy: scripts only",
        "object-src 'none'; base-uri 'none'; script-src 'nonce-R4nd0m' 'strict-dynamic' 'unsafe-inline' https: http:; "
        "report-uri https://csp.example/report",
    ),
    _same(
        "helmet's default",
        "default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"
        "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';"
        "style-src 'self' https: 'unsafe-inline';upgrade-insecure-requests",
    ),
    _same("raw files: sandboxed, inline allowed", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    _changed(
        "sandboxed without styles",
        "sandbox allow-scripts; default-src 'none'; img-src data:",
        "sandbox allow-scripts; default-src 'none'; img-src data:; style-src <hash>",
    ),
    _same("sandbox alone", "sandbox allow-same-origin allow-popups"),
    _changed("nothing at all", "default-src 'none'", "default-src 'none'; style-src <hash>"),
    _changed("own origin", "default-src 'self'", "default-src 'self'; style-src 'self' <hash>"),
    _changed("https only", "default-src https:", "default-src https:; style-src https: <hash>"),
    _same("anything inline over https", "default-src https: 'unsafe-inline'"),
    _changed("style-src 'none'", "style-src 'none'; img-src *", "style-src <hash>; img-src *"),
    _changed("style-src without sources", "style-src; img-src *", "style-src <hash>; img-src *"),
    _changed("'none' that means nothing", "style-src 'none' https:", "style-src https: <hash>"),
    _changed("upper case", "STYLE-SRC 'NONE'; IMG-SRC *", "STYLE-SRC <hash>; IMG-SRC *"),
    _same("upper case keyword", "Style-Src 'Unsafe-Inline' 'self'"),
    _changed(
        "unsafe-inline switched off by a nonce",
        "style-src 'self' 'unsafe-inline' 'nonce-abc123'",
        "style-src 'self' 'unsafe-inline' 'nonce-abc123' <hash>",
    ),
    _changed(
        "unsafe-inline switched off by a hash",
        "style-src 'unsafe-inline' 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC'",
        "style-src 'unsafe-inline' 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC' <hash>",
    ),
    _changed(
        "nonce in default-src only",
        "default-src 'self' 'nonce-abc' 'strict-dynamic' 'unsafe-inline'; object-src 'none'",
        "default-src 'self' 'nonce-abc' 'strict-dynamic' 'unsafe-inline'; object-src 'none'; "
        "style-src 'self' 'nonce-abc' 'strict-dynamic' 'unsafe-inline' <hash>",
    ),
    _same("strict-dynamic has no bearing on styles", "style-src 'strict-dynamic' 'unsafe-inline'"),
    _changed(
        "elements and attributes apart",
        "style-src 'self'; style-src-elem 'self' cdn.example; style-src-attr 'unsafe-inline'",
        "style-src 'self'; style-src-elem 'self' cdn.example <hash>; style-src-attr 'unsafe-inline'",
    ),
    _changed(
        "elements stricter than the rest",
        "style-src 'unsafe-inline'; style-src-elem 'none'",
        "style-src 'unsafe-inline'; style-src-elem <hash>",
    ),
    _same("elements freer than the rest", "default-src 'none'; style-src 'none'; style-src-elem 'unsafe-inline'"),
    _changed(
        "attributes only",
        "default-src 'self'; style-src-attr 'unsafe-inline'",
        "default-src 'self'; style-src-attr 'unsafe-inline'; style-src 'self' <hash>",
    ),
    _changed(
        "two policies in one field",
        "default-src 'none', style-src a.example",
        "default-src 'none'; style-src <hash>, style-src a.example <hash>",
    ),
    _same("a list of policies without styles", "upgrade-insecure-requests, frame-ancestors 'self' ,, img-src *"),
    Policy(
        "two fields",
        ("default-src 'self' 'unsafe-inline'", "style-src 'self'"),
        ("default-src 'self' 'unsafe-inline'", f"style-src 'self' {STYLE}"),
    ),
    _changed(
        "report-only",
        "default-src 'self'; report-uri /csp",
        "default-src 'self'; report-uri /csp; style-src 'self' <hash>",
        report_only=True,
    ),
    _same("report-only of scripts", "script-src 'self'; report-to csp", report_only=True),
    _changed(
        "trusted types",
        "require-trusted-types-for 'script'; trusted-types default; style-src 'self' 'report-sample'",
        "require-trusted-types-for 'script'; trusted-types default; style-src 'self' 'report-sample' <hash>",
    ),
    _changed("trailing semicolon", "default-src 'self' ; ", "default-src 'self' ; style-src 'self' <hash> "),
    _changed("tabs and empty directives", ";;\tstyle-src\t'self'\t;; img-src *;", ";;\tstyle-src\t'self' <hash>\t;; img-src *;"),
    _changed(
        "a directive given twice: the first holds",
        "style-src 'self'; style-src 'unsafe-inline'",
        "style-src 'self' <hash>; style-src 'unsafe-inline'",
    ),
    Policy("already let through", (f"style-src 'self' {STYLE}; img-src *",), (f"style-src 'self' {STYLE}; img-src *",)),
)
