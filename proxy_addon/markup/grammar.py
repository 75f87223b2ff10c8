"""The grammar of HTML tokens over raw bytes, built from named pieces; the names are the states of the WHATWG standard, 13.2.5.

Promises: a pattern that matches takes exactly the bytes a browser's tokenizer would take, in linear time (every repetition is
possessive), in any encoding that keeps ASCII bytes ASCII: the bytes of ``< > " ' = / ! - &`` are never part of a longer
character there. It does not know which text is worth reading, nor what an unfinished construct becomes.
"""

from __future__ import annotations

import re
from string import ascii_lowercase

SPACE = r"\t\n\x0c\r "
NAME_ENDS = rf"(?=[{SPACE}/>])"
# Tag name state.
NAME_REST = rf"[^{SPACE}/>]*+"
NAME = rf"[A-Za-z]{NAME_REST}"

# Before attribute value state: quoted, unquoted, or missing before ">".
_VALUE = rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|(?!["'>])[^{SPACE}>]++|(?=>)|\Z)"""
# Attribute name state: "=" may begin a name. After attribute name state: space before and after the "=".
_ATTRIBUTE = rf"(?:=[^{SPACE}/>=]*+|[^{SPACE}/>=]++)(?:[{SPACE}]*+=[{SPACE}]*+{_VALUE})?+"
_ANY_ATTRIBUTES = rf"(?:[{SPACE}/]++|{_ATTRIBUTE})*+>"
# What nearly every tag looks like: name="value" only. The look-behind leaves a space or quote before "=" to the rule above.
_USUAL_ATTRIBUTES = rf"""(?:[^<>"'=]*+(?<![{SPACE}/"'])="[^"]*+")*+[^<>"'=]*+>"""
ATTRIBUTES = rf"(?:>|{_USUAL_ATTRIBUTES}|{_ANY_ATTRIBUTES})"

# Comment start, comment, comment end and comment end bang states.
COMMENT = r"!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>)"
# Markup declaration open state without "--" (a doctype has the same end), "<?", "</" before no letter, and "</>".
BOGUS_COMMENT = r"!(?!--)[^>]*+>|\?[^>]*+>|/(?:[^A-Za-z>][^>]*+)?+>"

RCDATA = ("title", "textarea")
# With scripting on, as in the browsers this is for, noscript is raw text.
RAWTEXT = ("style", "xmp", "iframe", "noembed", "noframes", "noscript")
SWITCHING = frozenset((*RCDATA, *RAWTEXT, "script", "plaintext"))


def _whole(name: str, content: str) -> str:
    return rf"(?i:{name}){NAME_ENDS}{ATTRIBUTES}(?:{content})*+</(?i:{name}){NAME_ENDS}{ATTRIBUTES}"


def _raw(name: str) -> str:
    return _whole(name, rf"[^<]++|<(?!(?i:/{name}){NAME_ENDS})")


# Script data double escaped state, up to what leaves it.
_DOUBLE_ESCAPED = rf"(?:[^<-]++|-(?!->)|<(?!(?i:/script){NAME_ENDS}))*+"
# Script data escaped state, behind "<!--".
_ESCAPED = (
    rf"(?:-?>|(?:[^<-]++|-(?!->)|<(?!(?i:/?script){NAME_ENDS})"
    rf"|<(?i:script){NAME_ENDS}{_DOUBLE_ESCAPED}(?:(?=-->)|<(?i:/script){NAME_ENDS}))*+(?:-->|(?=<(?i:/script){NAME_ENDS})))"
)
_SCRIPT = _whole("script", rf"[^<]++|<(?!(?i:/script){NAME_ENDS}|!--)|<!--{_ESCAPED}")
_RAW_ELEMENTS = "|".join((_SCRIPT, *(_raw(name) for name in (*RCDATA, *RAWTEXT))))

# 13.2.6.5: start tags that end foreign content; "font" only with some attributes, which is left to the namespace stack.
BREAKS_OUT = (
    "b|big|blockquote|body|br|center|code|dd|div|dl|dt|em|embed|font|h[1-6]|head|hr|i|img|li|listing|menu|meta|nobr|ol|p|pre"
    "|ruby|s|small|span|strike|strong|sub|sup|table|tt|u|ul|var"
)
_CHANGES_NAMESPACE = rf"(?i:/?(?:svg|math|foreignobject|annotation-xml|m[ions]|mtext|title|desc|{BREAKS_OUT})){NAME_ENDS}"
_FOREIGN_TAG = rf"<(?!{_CHANGES_NAMESPACE})/?+{NAME}{ATTRIBUTES}"
# Integration points are safe to pass over only while they hold nothing but text.
_FOREIGN_LABEL = rf"<(?i:title|desc){NAME_ENDS}{ATTRIBUTES}(?<!/>)[^<]*+</(?i:title|desc){NAME_ENDS}{ATTRIBUTES}"
_CDATA = r"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+\]\]>"
_NOT_MARKUP = r"<(?![A-Za-z!?/]|\Z)"
# A simple drawing: no namespace changes inside, and not closed by its own start tag (``a=b/>`` would only look so).
_DRAWING = (
    rf"(?i:svg){NAME_ENDS}{ATTRIBUTES}(?<!/>)(?:[^<]++|{_CDATA}|{_FOREIGN_TAG}|{_FOREIGN_LABEL}|<{COMMENT}"
    rf"|<!(?!--|\[CDATA\[)[^>]*+>|<\?[^>]*+>|{_NOT_MARKUP})*+</(?i:svg){NAME_ENDS}{ATTRIBUTES}"
)

_SWITCHES = "|".join(("script", "plaintext", "svg", "math", *RCDATA, *RAWTEXT))


def _ordinary(special: str) -> str:
    """A start tag of none of the ``special`` names; their first two letters are told apart first, which is quicker."""
    seconds: dict[str, str] = {}
    for name in sorted(set(special.split("|"))):
        seconds[name[0]] = seconds.get(name[0], "") + name[1] + name[1].upper()
    free = "".join(letter + letter.upper() for letter in ascii_lowercase if letter not in seconds)
    begins = "|".join(f"[{first}{first.upper()}](?![{second}])" for first, second in seconds.items())
    return rf"(?:[{free}]|{begins}|(?!(?i:{special}){NAME_ENDS})[A-Za-z]){NAME_REST}{ATTRIBUTES}"


_UNIT = rf"/{NAME}{ATTRIBUTES}|{_ordinary(_SWITCHES)}|{COMMENT}|{_RAW_ELEMENTS}|{_DRAWING}|{BOGUS_COMMENT}"
# Behind the first construct that is unfinished or no unit, scanning must not resume: it is taken with all that follows.
_STOP = r"[A-Za-z!?/](?s:.*)|\Z"


def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode("ascii"))


# ``split`` gives [text, markup, text, ... text]; joined, the pieces are the input. Every way begins with one and the same "<",
# written once: so the search for it is one call of memchr, and takes less than half of the time.
SPLIT = _compiled(rf"(<(?=[A-Za-z!?/]|\Z)(?:(?:{_UNIT})(?:<(?:{_UNIT}))*+|{_STOP}))")
UNIT = _compiled(rf"<(?:{_UNIT})")
# The units of a piece of markup. A tag has groups 1 ("/" or "") and 2 (name); raw elements and drawings are one unit without.
UNITS = _compiled(rf"<(?:(?=[sStTxXiInN])(?:{_RAW_ELEMENTS}|{_DRAWING})|(/?+)({NAME}){ATTRIBUTES}|{COMMENT}|{BOGUS_COMMENT})")
# One token wherever it stands: a tag as above; group 3 marks the start of an unfinished construct.
TOKEN = _compiled(rf"<(?:(/?+)({NAME}){ATTRIBUTES}|{COMMENT}|{BOGUS_COMMENT}|([A-Za-z!?/]|\Z))")
TAG_NAME = _compiled(rf"<(/?+)({NAME})")
ATTRIBUTE = _compiled(
    rf"""[{SPACE}/]*+(=?+[^{SPACE}/>=]*+)(?:[{SPACE}]*+=[{SPACE}]*+(?:"([^"]*+)"|'([^']*+)'|([^{SPACE}>]*+)))?+"""
)


# Names that most tags have: looked up in half the time that folding takes.
_USUAL_NAMES = """
a abbr article b body br button code div em footer form g h1 h2 h3 head header i img input label li link main meta nav ol option
p path script section select small span strong style sub sup svg table tbody td th title tr u ul
"""
_USUAL = {name.encode("ascii"): name for name in _USUAL_NAMES.split()}


def lower(name: bytes) -> str:
    """A tag or attribute name as the standard folds it: ASCII capitals only. Other bytes stand for themselves."""
    return _USUAL.get(name) or name.lower().decode("latin-1")


def attributes(tag: bytes) -> dict[str, bytes]:
    """The attributes of a complete or cut start tag by lower-case name, values as written; of two alike the first counts."""
    found: dict[str, bytes] = {}
    begin = TAG_NAME.match(tag)
    at = begin.end() if begin else len(tag)
    while at < len(tag) and (match := ATTRIBUTE.match(tag, at)) and match.end() > at:
        at = match.end()
        if match.group(1):
            found.setdefault(lower(match.group(1)), match.group(2) or match.group(3) or match.group(4) or b"")
    return found
