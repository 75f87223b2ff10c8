"""Puts the script of a page together from its sources: ``python extension/bundle.py`` writes ``proxy_addon/markup/page.js``.

The proxy sends that file as it is, so that running it needs no minifier. It is committed; a test makes it again and compares.
Needs ``tdewolff-minify`` (of the ``test`` extra).
"""

from __future__ import annotations

import re
from pathlib import Path

import minify

CONTENT = Path(__file__).resolve().parent / "content"
PAGE = CONTENT.parent.parent / "proxy_addon" / "markup" / "page.js"

# They share one scope, in this order; the last begins the work.
FILES = ("text.js", "overlay.js", "terms.js", "card.js", "panel.js", "proxy.js")


def bundle(content: Path = CONTENT) -> str:
    """The files as one script that leaves no name behind, in ASCII, as pages are in all kinds of encodings."""
    parts = [(content / name).read_text(encoding="utf-8") for name in FILES]
    short = minify.string("application/javascript", "(() => {\n" + "\n".join(parts) + "\n})();").strip()
    return re.sub(r"[^\0-\x7f]", lambda found: f"\\u{ord(found.group()):04x}", short)


if __name__ == "__main__":
    text = bundle()
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {len(text.encode())} bytes")
