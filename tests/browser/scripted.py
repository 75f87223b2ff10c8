"""Pages with the script in them, as the proxy writes them, but made here: a made-up glossary, one reader's language, no proxy.

What may be looked at by a test stays what a reader gets; only the closed shadow trees are opened (``OPENED``), so that tests see in.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from proxy_addon.glossary.loader import load_layers
from proxy_addon.markup.annotation import Annotator
from proxy_addon.markup.labels import labels
from proxy_addon.markup.page import PageWriter, Script
from proxy_addon.markup.rewriter import Rewriter
from proxy_addon.markup.script import SCRIPT
from proxy_addon.matching.matcher import Matcher
from tests.conftest import ROOT

GLOSSARY = Path(__file__).parent / "pages" / "made-up"
PARTS = ("text", "overlay", "terms", "card", "panel", "proxy")
SETTINGS: Mapping[str, Any] = {"off": False, "hidden": [], "kinds_off": [], "density": "all"}
# To be run before a page's own scripts.
OPENED = """{
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (given) {
    if (this.localName === "gl-card") globalThis.modes = [...globalThis.modes || [], given.mode];
    return attach.call(this, { ...given, mode: "open" });
  };
}"""


@cache
def matcher() -> Matcher:
    return Matcher(load_layers([GLOSSARY]), cache=None)


def sources() -> str:
    """The script of the page, not minified."""
    content = ROOT / "extension" / "content"
    return "(() => {\n" + "\n".join((content / f"{part}.js").read_text(encoding="utf-8") for part in PARTS) + "\n})();"


def scripted(page: str, *, language: str = "en", settings: Mapping[str, Any] = SETTINGS, ask: str | None = None) -> str:
    """``page`` with marks, style, script and cards."""
    told = Script(labels(language), settings, ask, lambda policy: True, lambda policy: True)
    hidden, kinds_off = frozenset(settings["hidden"]), frozenset(settings["kinds_off"])
    writer = PageWriter(Annotator(matcher().glossary, language=language), hidden, kinds_off, told)
    rewriter = Rewriter(matcher(), writer, content_type="text/html; charset=utf-8", density=settings["density"])
    written = (rewriter.feed(page.encode()) + rewriter.close()).decode()
    assert SCRIPT in written
    return written.replace(SCRIPT, sources())
