"""Puts the script of a page together from its sources: ``python extension/bundle.py`` writes ``proxy_addon/markup/page.js``.

The proxy sends that file as it is, so that running it needs no minifier. It is committed; a test makes it again and compares.
Needs ``tdewolff-minify`` and ``minify-html`` (of the ``test`` extra): one gives the names of a scope one letter, the other
writes statements shorter.
"""

from __future__ import annotations

import re
import string
from pathlib import Path

import minify
import minify_html

CONTENT = Path(__file__).resolve().parent / "content"
PAGE = CONTENT.parent.parent / "proxy_addon" / "markup" / "page.js"

# They share one scope, in this order; the last begins the work.
FILES = ("text.js", "overlay.js", "terms.js", "card.js", "panel.js", "proxy.js")

# Members that these files alone give and take, which no minifier can know: none is a member of what a browser gives, and none
# comes from the proxy or stands in a string. Each gets a short name.
OWN = (
    "admit", "alive", "apply", "canSave", "cardOf", "element", "found", "hiding", "home", "latest", "learn", "live",
    "onChange", "onJump", "onMute", "onPanel", "onSetting", "onSiteOff", "pieces", "pinned", "place", "range", "near",
    "rects", "repaint", "repeat", "shown", "terms", "update",
)  # fmt: skip


VALUE = re.compile(r'\b([A-Z]+) = (\d+|"\S*?")')
CONSTANTS = re.compile(rf"^const (?:{VALUE.pattern}(?:, )?)+;$", re.MULTILINE)


def bundle(content: Path = CONTENT) -> str:
    """The files as one script that leaves no name behind, in ASCII, as pages are in all kinds of encodings."""
    parts = [(content / name).read_text(encoding="utf-8") for name in FILES]
    # Line breaks between the rules of a sheet are of no use either.
    bare = re.sub(r"/\*\*.*?\*/", "", "(() => {\n" + "\n".join(parts) + "\n})();", flags=re.DOTALL)
    source = _renamed(_filled_in(re.sub(r"}\n(?=\S+{)", "}", bare)))
    short = minify_html.minify(f"<script>{source}</script>", minify_js=True).removeprefix("<script>").removesuffix("</script>")
    named = minify.string("application/javascript", short).strip()
    return re.sub(r"[^\0-\x7f]", lambda found: f"\\u{ord(found.group()):04x}", named)


def _filled_in(source: str) -> str:
    """With the values of constants in their place, as long as those are numbers and single words."""
    given = dict(VALUE.findall("\n".join(found.group() for found in CONSTANTS.finditer(source))))
    rest = CONSTANTS.sub("", source)
    return re.sub(rf"\b({'|'.join(given)})\b", lambda found: given[found.group()], rest)


def _renamed(source: str) -> str:
    names = {name: f"${letter}" for name, letter in zip(OWN, string.ascii_letters, strict=False)}
    return re.sub(rf"\b({'|'.join(OWN)})\b", lambda found: names[found.group()], source)


if __name__ == "__main__":
    text = bundle()
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {len(text.encode())} bytes")
