"""The slow look at a page: tag by tag, which text may be annotated, in which language, and what the head says of the page.

It goes over every byte once, however often the bytes are offered again. Behind the head it goes from one tag that matters
beyond being block or inline to where all such elements are closed, and passes over the rest. It knows where our own markup
stands in the way, not what it means.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left
from dataclasses import dataclass, field

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.grammar import NAME_ENDS, TAG_NAME, UNITS, attributes, lower
from proxy_addon.markup.passages import HOLD
from proxy_addon.markup.runs import HEADINGS, SKIPPED, Ancestry, asks, names, places, readable
from proxy_addon.markup.stretch import Stretch
from proxy_addon.markup.strip import OURS

# In lower case: tags that matter by their names, and headings. What begins like one of them is looked for by a library that
# takes many bytes at once, which is four times as quick as a pattern.
_BEGINNINGS = [
    f"<{begin}".encode() for begin in (*sorted(SKIPPED), "gl-", "/gl-", "style data-glossator", "script data-glossator")
]
_BEGINS = BytesAhoCorasick(_BEGINNINGS, matchkind=MatchKind.LeftmostFirst)
_TAGS = re.compile(rf"<(?:(?:{'|'.join(sorted(SKIPPED))}){NAME_ENDS}|/?+gl-|s(?:tyle|cript) data-glossator)".encode("ascii"))
_HEADINGS = re.compile(rf"<h[1-6]{NAME_ENDS}".encode("ascii"))
# In lower case: tags that a head may have or that end it, but for those that are passed over; and what a meta element may say.
_HEAD_TAGS = re.compile(
    rf"<(?:(?!(?:meta|link|base|s(?:cript|tyle)|noscript|head){NAME_ENDS})[a-z]|/?+gl-|s(?:cript|tyle) data-glossator)".encode()
)
_SAYINGS = (b"description", b"og:title", b"content-security-policy")
_HEAD = names("html head title meta link base script style noscript template")


@dataclass(slots=True)
class Evidence:
    """What a page says of itself before its text."""

    title: str = ""
    description: str = ""
    lang: str | None = None


@dataclass(slots=True)
class Reader:
    """Where the walk has got to. ``halt`` is the offset of markup like ours; ``policy`` that of a meta element with a CSP,
    ``policies`` the texts of all such; ``body`` the offset of what ended the head.

    ``sections``: whether headings are wanted.
    """

    encoding: Encoding
    sections: bool = False
    ancestry: Ancestry = field(default_factory=Ancestry)
    evidence: Evidence = field(default_factory=Evidence)
    in_head: bool = True
    walked: int = 0
    halt: int | None = None
    policy: int | None = None
    policies: list[str] = field(default_factory=list)
    body: int | None = None
    headings: list[int] = field(default_factory=list)
    # Texts that are not for reading or have a language of their own.
    _texts: dict[int, tuple[bool, str | None]] = field(default_factory=dict)

    @property
    def hidden(self) -> list[int]:
        """The offsets of texts that are not for reading, of those that may still be asked for."""
        return [at for at, (visible, _) in self._texts.items() if not visible]

    def reading(self, at: int) -> tuple[bool, str | None]:
        """Whether the text at this offset may be annotated, and its language."""
        return self._texts.get(at, (True, self.ancestry.base)) if self._texts else (True, self.ancestry.base)

    def holds(self, at: int, begin: int | None = None) -> None:
        """Text before ``at`` won't be asked for again; what stands at ``at`` is the rest of the text that begins at ``begin``."""
        if begin is not None and begin in self._texts:
            self._texts[at] = self._texts[begin]
        if self._texts:
            self._texts = {key: known for key, known in self._texts.items() if key >= at}

    def walk(self, stretch: Stretch, source: bytes) -> None:
        """Look at what is new in a stretch, whose ``source`` it is; ends early at ``halt``."""
        begin = max(self.walked - stretch.at, 0)
        # Most heads end here; where this one does not, the rest is looked through then.
        limit = source.find(b"<body", begin) if self.in_head else -1
        lowered = source.lower()
        telling = [*self._telling(lowered, begin, limit), limit] if limit >= 0 else self._telling(lowered, begin)
        if self.in_head or telling or not self.ancestry.clear:
            self._walk(stretch, lowered, telling, limit if limit >= 0 else len(source))
        if self.halt is None:
            self.walked = max(self.walked, stretch.at + stretch.stop)

    def _walk(self, stretch: Stretch, lowered: bytes, telling: list[int], limit: int) -> None:
        in_head = self.in_head
        index = stretch.index_at(max(self.walked, stretch.at)) | 1
        if stretch.offset(index) >= self.walked:
            self._text(stretch, index - 1)
        while index < len(stretch.parts) and self.halt is None:
            if self.ancestry.clear:
                begin = stretch.offset(index) - stretch.at
                if in_head is not self.in_head or begin > limit:
                    in_head, limit, telling = self.in_head, len(lowered), self._telling(lowered, begin)
                index = self._next(stretch, telling, index)
                if index >= len(stretch.parts):
                    return
            if index not in stretch.foreign:
                self._markup(stretch.parts[index], stretch.offset(index))
            self._text(stretch, index + 1)
            index += 2

    def _telling(self, lowered: bytes, begin: int, end: int = sys.maxsize) -> list[int]:
        """Where tags may stand that matter, in bytes of the source, given in lower case, from ``begin`` on and up to ``end``."""
        if self.in_head:
            found = [tag.start() for tag in _HEAD_TAGS.finditer(lowered, begin, end)]
            found += [at for saying in _SAYINGS for at in places(saying, lowered, begin, end)]
        else:
            begun = _BEGINS.find_matches_as_indexes(lowered[begin:end])
            found = [begin + at for _, at, _ in begun if _TAGS.match(lowered, begin + at, end)]
        if self.sections:
            found += [heading.start() for heading in _HEADINGS.finditer(lowered, begin, end)]
        return sorted((*found, *asks(lowered, begin, end)))

    def _next(self, stretch: Stretch, telling: list[int], index: int) -> int:
        """The first markup from ``index`` on that must be looked at; behind the last part if there is none."""
        found = self._first(stretch, telling, index)
        if self.in_head:
            # Any text ends the head.
            for text in range(index + 1, found, 2):
                if stretch.parts[text].strip():
                    return text - 1
        return found

    @staticmethod
    def _first(stretch: Stretch, telling: list[int], index: int) -> int:
        for nth in range(bisect_left(telling, stretch.offset(index) - stretch.at), len(telling)):
            found = stretch.index_at(stretch.at + telling[nth])
            if found % 2:
                return found
        return len(stretch.parts)

    def begin(self, tag: bytes, at: int) -> None:
        """The beginning of a start tag too long to wait for; and likewise an end tag's."""
        if begin := TAG_NAME.match(tag):
            self._tag(begin.group(1), lower(begin.group(2)), tag, at)
        self.walked = max(self.walked, at + 1)

    def _text(self, stretch: Stretch, index: int) -> None:
        text = stretch.parts[index] if index < len(stretch.parts) else b""
        if not text:
            return
        skipping, lang = self.ancestry.skipping, self.ancestry.lang
        if self.in_head and not skipping and text.strip():
            self._leave_head(stretch.offset(index))
        if skipping or lang != self.ancestry.base:
            self._texts[stretch.offset(index)] = (not skipping, lang)

    def _markup(self, source: bytes, begin: int) -> None:
        for unit in UNITS.finditer(source):
            at = begin + unit.start()
            if at >= self.walked:
                slash, name = unit.groups()
                if name is None:
                    self._whole(unit[0], at)
                else:
                    self._tag(slash, lower(name), unit[0], at)
                if self.halt is not None:
                    return

    def _tag(self, slash: bytes, name: str, tag: bytes, at: int) -> None:
        if tag.startswith(OURS):
            self.halt = at
            return
        if slash:
            self.ancestry.end(name)
            return
        if self.sections and name in HEADINGS:
            self.headings.append(at)
        self.ancestry.start(name, tag[:HOLD])
        if self.in_head and name not in _HEAD:
            self._leave_head(at)
        elif self.in_head and name == "meta":
            self._meta(attributes(tag[:HOLD]), at, cut=len(tag) >= HOLD)

    def _leave_head(self, at: int) -> None:
        self.in_head, self.ancestry.settled, self.body = False, True, at
        self.evidence.lang = self.ancestry.base

    def _whole(self, unit: bytes, at: int) -> None:
        """A comment, a raw element or a drawing."""
        if unit.startswith(OURS):
            self.halt = at
        elif self.in_head and len(unit) <= HOLD and unit[:6].lower() == b"<title" and not self.evidence.title:
            content = unit[unit.index(b">") + 1 : unit.rindex(b"</")]
            self.evidence.title = readable(self.encoding.decode(content)).strip()

    def _meta(self, said: dict[str, bytes], at: int, *, cut: bool) -> None:
        if said.get("http-equiv", b"").strip().lower() == b"content-security-policy":
            self.policy = at if self.policy is None else self.policy
            # Of one that was not read to its end the worst is assumed.
            self.policies.append("default-src 'none'" if cut else readable(self.encoding.decode(said.get("content", b""))))
        about = said.get("name", said.get("property", b"")).lower()
        if about in (b"description", b"og:title") and "content" in said:
            self._evidence(about, readable(self.encoding.decode(said["content"])).strip())

    def _evidence(self, about: bytes, text: str) -> None:
        if about == b"description" and not self.evidence.description:
            self.evidence.description = text
        elif about == b"og:title" and text not in self.evidence.title:
            self.evidence.title = f"{self.evidence.title}\n{text}".strip()
