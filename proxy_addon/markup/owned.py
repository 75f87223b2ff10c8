"""Pages whose text a framework's script is going to take over: by what they are known, and where our script may stand there.

Such a script compares the page with what it would have written itself, and draws anew, or stumbles over, what differs. So the
page's text is left as it is. This module does not know what the script does.
"""

from __future__ import annotations

import re

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from proxy_addon.markup.grammar import UNITS
from proxy_addon.markup.stretch import Stretch

# What frameworks that write on the server, or draw the whole page in the browser, leave in a page.
FRAMEWORKS = (
    # React (its separator of texts, an empty comment, is too common elsewhere), Next.js, Remix, Gatsby
    b"data-reactroot", b'id="react-root"', b"data-react-helmet", b"<!--$-->", b"<!--$?-->",
    b"fetchPriority=",
    b"/_next/static", b"__NEXT_DATA__", b"self.__next_f",
    b'id="__next"', b"__remixContext", b"__reactRouterContext", b"___gatsby", b"__staticRouterHydrationData",
    # Vue, Nuxt
    b"data-server-rendered", b"data-v-app", b"<!--[-->", b"/_nuxt/", b"__NUXT", b'id="__nuxt"',
    # Svelte, Solid, Qwik, Angular, Astro, others
    b"data-sveltekit", b"__sveltekit", b"/_app/immutable/", b"data-svelte-h", b"data-hk=", b"q:container", b"ng-version",
    b"ng-server-context", b"data-beasties", b"<astro-island", b"data-hydrate",
    # The usual places of pages drawn in the browser
    b'id="root"', b"id=root>", b'id="app"', b"id=app>",
)  # fmt: skip
_LONGEST = max(map(len, FRAMEWORKS))
# Leftmost matching lets the library look at many bytes at once: ten times as quick.
_ANY = BytesAhoCorasick(list(FRAMEWORKS), matchkind=MatchKind.LeftmostFirst)
# A script element before these would change what the parser makes of them.
_NOT_BEFORE = re.compile(rb"<col(?![^\s/>])", re.IGNORECASE)


class Markers:
    """Looks for a framework's marker in a page as it comes; bytes whose ASCII is ASCII."""

    def __init__(self) -> None:
        self._tail = b""

    def end(self, data: bytes) -> int | None:
        """How many of these further bytes stand before the end of the first marker, if one ends in them."""
        text = self._tail + data
        found = _ANY.find_matches_as_indexes(text)
        known = len(self._tail)
        self._tail = text[-_LONGEST + 1 :]
        return max(found[0][2] - known, 0) if found else None


def place(stretch: Stretch, body: int) -> int | None:
    """The offset of the first start tag at ``body`` or behind it: a script element before it cuts no text in two."""
    for index in range(1, len(stretch.parts), 2):
        if index in stretch.foreign:
            continue
        begin = stretch.offset(index)
        for unit in UNITS.finditer(stretch.parts[index]):
            tag = unit.group()
            if begin + unit.start() >= body and tag[1:2].isalpha() and not _NOT_BEFORE.match(tag):
                return begin + unit.start()
    return None
