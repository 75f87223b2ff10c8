"""The slow look at a page: tag by tag, which text may be annotated, in which language, and what the head says of the page.

It goes over every byte once, however often the bytes are offered again, and is needed only where a tag matters beyond
being block or inline. It knows where our own markup stands in the way, not what it means.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from proxy_addon.markup.encoding import Encoding
from proxy_addon.markup.grammar import TAG_NAME, UNITS, attributes, lower
from proxy_addon.markup.passages import HOLD
from proxy_addon.markup.runs import ASKS, HEADINGS, Ancestry, names, readable
from proxy_addon.markup.stretch import Stretch
from proxy_addon.markup.strip import OURS

# A stretch of a page, in lower case, needs the slow look where a word of the left stands in one of the ways of the right.
_ASKING = (
    (b"contenteditable", (b"contenteditable",)),
    (b"translate", tuple(word.encode("ascii") for word in ASKS if "translate" in word)),
    (b"lang=", tuple(word.encode("ascii") for word in ASKS if "lang=" in word)),
    (b"gl-", (b"gl-term", b"gl-run")),
    (b"data-glossator", (b"data-glossator",)),
)
_HEAD = names("html head title meta link base script style noscript template")


def asks(source: bytes) -> bool:
    """Whether there may be a tag in this source that matters beyond its name."""
    lowered = source.lower()
    return any(word in lowered and any(way in lowered for way in ways) for word, ways in _ASKING)


@dataclass(slots=True)
class Evidence:
    """What a page says of itself before its text."""

    title: str = ""
    description: str = ""
    lang: str | None = None


@dataclass(slots=True)
class Reader:
    """Where the walk has got to. ``halt`` is the offset of markup like ours; ``policy`` that of a meta element with a CSP."""

    encoding: Encoding
    ancestry: Ancestry = field(default_factory=Ancestry)
    evidence: Evidence = field(default_factory=Evidence)
    in_head: bool = True
    walked: int = 0
    special: int = -1
    halt: int | None = None
    policy: int | None = None
    headings: list[int] = field(default_factory=list)
    _texts: dict[int, tuple[bool, str | None]] = field(default_factory=dict)

    def reading(self, at: int) -> tuple[bool, str | None]:
        """Whether the text at this offset may be annotated, and its language."""
        return self._texts.get(at, (True, self.ancestry.base))

    def holds(self, at: int, begin: int | None = None) -> None:
        """Text before ``at`` won't be asked for again; what stands at ``at`` is the rest of the text that begins at ``begin``."""
        if begin is not None and begin in self._texts:
            self._texts[at] = self._texts[begin]
        if self._texts:
            self._texts = {key: known for key, known in self._texts.items() if key >= at}

    def walk(self, stretch: Stretch) -> None:
        """Look at what is new in a stretch; ends early at ``halt``."""
        self._text(stretch, 0)
        for index in range(1, len(stretch.parts), 2):
            begin = stretch.offset(index)
            if index not in stretch.foreign and begin + len(stretch.parts[index]) > self.walked:
                self._markup(stretch.parts[index], begin)
                if self.halt is not None:
                    return
            self._text(stretch, index + 1)
        self.walked = max(self.walked, stretch.at + stretch.stop)

    def begin(self, tag: bytes, at: int) -> None:
        """The beginning of a start tag too long to wait for; and likewise an end tag's."""
        if begin := TAG_NAME.match(tag):
            self._tag(begin.group(1), lower(begin.group(2)), tag, at)
        self.walked = max(self.walked, at + 1)

    def _text(self, stretch: Stretch, index: int) -> None:
        text = stretch.parts[index] if index < len(stretch.parts) else b""
        if not text or (at := stretch.offset(index)) in self._texts:
            return
        skipping, lang = self.ancestry.skipping, self.ancestry.lang
        if self.in_head and not skipping and text.strip():
            self._leave_head()
        if skipping or lang != self.ancestry.base:
            self.special = at + len(text)
        self._texts[at] = (not skipping, lang)

    def _markup(self, source: bytes, begin: int) -> None:
        for unit in UNITS.finditer(source):
            at = begin + unit.start()
            if at >= self.walked:
                slash, name = unit.groups()
                if name is None:
                    self._whole(unit.group(), at)
                else:
                    self._tag(slash, lower(name), unit.group(), at)
                if self.halt is not None:
                    return

    def _tag(self, slash: bytes, name: str, tag: bytes, at: int) -> None:
        if tag.startswith(OURS):
            self.halt = at
            return
        if slash:
            self.ancestry.end(name)
            return
        if name in HEADINGS:
            self.headings.append(at)
        self.ancestry.start(name, tag[:HOLD])
        if self.in_head and name not in _HEAD:
            self._leave_head()
        elif self.in_head and name == "meta":
            self._meta(attributes(tag[:HOLD]), at)

    def _leave_head(self) -> None:
        self.in_head = False
        self.evidence.lang = self.ancestry.base

    def _whole(self, unit: bytes, at: int) -> None:
        """A comment, a raw element or a drawing."""
        if unit.startswith(OURS):
            self.halt = at
        elif self.in_head and len(unit) <= HOLD and unit[:6].lower() == b"<title" and not self.evidence.title:
            content = unit[unit.index(b">") + 1 : unit.rindex(b"</")]
            self.evidence.title = readable(self.encoding.decode(content)).strip()

    def _meta(self, said: dict[str, bytes], at: int) -> None:
        if said.get("http-equiv", b"").strip().lower() == b"content-security-policy" and self.policy is None:
            self.policy = at
        about = said.get("name", said.get("property", b"")).lower()
        if about in (b"description", b"og:title") and "content" in said:
            self._evidence(about, readable(self.encoding.decode(said["content"])).strip())

    def _evidence(self, about: bytes, text: str) -> None:
        if about == b"description" and not self.evidence.description:
            self.evidence.description = text
        elif about == b"og:title" and text not in self.evidence.title:
            self.evidence.title = f"{self.evidence.title}\n{text}".strip()
