"""Glossator: explains officially banned, mandated and euphemistic words on the pages you read.

The public interface, for scripts, tests and research; everything else may change::

    matcher = Matcher(load_glossary())
    matcher.find("the special military operation", lang="en")   # -> [Match(start, end, entries, …)] in code points
    page = annotate_html(original, matcher=matcher, content_type="text/html; charset=koi8-r")
    assert strip_annotations(page) == original

Names are imported when they are first used, so that a command that needs no matcher doesn't pay for one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proxy_addon.glossary.loader import GlossaryError, load_glossary
    from proxy_addon.glossary.model import Glossary
    from proxy_addon.markup.rewriter import annotate_html, strip_annotations
    from proxy_addon.matching.matcher import Match, Matcher

__all__ = ["Glossary", "GlossaryError", "Match", "Matcher", "annotate_html", "load_glossary", "strip_annotations"]

_HOMES = {
    "Glossary": "glossary.model",
    "GlossaryError": "glossary.loader",
    "Match": "matching.matcher",
    "Matcher": "matching.matcher",
    "annotate_html": "markup.rewriter",
    "load_glossary": "glossary.loader",
    "strip_annotations": "markup.rewriter",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'proxy_addon' has no attribute {name!r}")
    return getattr(import_module(f"proxy_addon.{_HOMES[name]}"), name)
