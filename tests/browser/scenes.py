"""Pages with hostile or unusual style, each as (name, style, body). The made-up word "zorbulation" is the term.

Used to see that annotating moves no text and that the tooltip can be read; the pictures of ``make screenshots`` show them.
"""

from __future__ import annotations

from dataclasses import dataclass

P = "<p>Before it the zorbulation began, and after it nothing changed.</p>"


@dataclass(frozen=True)
class Scene:
    """One page. ``may_move`` marks a scene in which a structural selector is known to count our elements, or a browser to set a
    line differently that ends in an element."""

    name: str
    style: str
    body: str = P
    may_move: bool = False

    @property
    def html(self) -> str:
        style = f"body{{font:18px/1.5 serif;margin:40px}}{self.style}"
        return f"<!doctype html><html lang=en><meta charset=utf-8><title>{self.name}</title><style>{style}</style><body>{self.body}</body></html>"


SCENES = (
    Scene("plain", ""),
    Scene("block children", "p > * { display: block }"),
    Scene("important block children", "p > * { display: block !important; margin: 9px !important }"),
    Scene("giant letters", "* { font-size: 30px !important }"),
    Scene("universal unset", "*:not(style,script,title,head,meta) { all: unset } p { display: block }"),
    Scene("universal inline-block", "p * { display: inline-block; padding: 4px }"),
    Scene("universal margin", "* { margin: 3px !important; padding: 2px !important }"),
    Scene("universal border", "p * { border: 3px solid red !important }"),
    Scene("reset pseudo-elements", "*::before, *::after { content: ''; display: block; margin: 5px }"),
    Scene("important pseudo-elements", "*::after { content: 'x' !important; color: red !important; display: block !important }"),
    Scene("letter-spacing on children", "p * { letter-spacing: 4px; word-spacing: 9px; text-transform: uppercase }"),
    Scene("flex paragraph", "p { display: flex; gap: 20px }"),
    Scene(
        "flex paragraph with elements",
        "p { display: flex; gap: 20px }",
        "<p>Before <b>it</b> the zorbulation began, <i>and</i> after.</p>",
    ),
    Scene(
        "flex column",
        "p { display: flex; flex-direction: column }",
        "<p>Before <b>it</b> the zorbulation began, <i>and</i> after.</p>",
    ),
    Scene(
        "grid paragraph",
        "p { display: grid; grid-template-columns: 1fr 1fr }",
        "<p>One zorbulation <b>two</b> three <i>four</i></p>",
    ),
    Scene("flex, the term alone", "p { display: flex; gap: 20px }", "<p><b>x </b>zorbulation<b> y</b></p>"),
    Scene("space-between", "p { display: flex; justify-content: space-between }", "<p>The zorbulation of <b>today</b></p>"),
    Scene("clipped", "p { overflow: hidden; height: 1.5em; border: 1px solid }"),
    Scene("ellipsis", "p { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; width: 260px }"),
    Scene(
        "line clamp",
        "p { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; width: 200px }",
    ),
    Scene("scroll box", "p { overflow: auto; height: 40px; width: 200px }"),
    Scene("transform", "p { transform: rotate(-2deg) scale(1.1); transform-origin: left }"),
    Scene("contain", "p { contain: paint layout; border: 1px solid }"),
    Scene("content-visibility", "p { content-visibility: auto }"),
    Scene("filter", "p { filter: grayscale(1); opacity: .8 }"),
    Scene(
        "high z-index sibling",
        "div { position: relative; z-index: 99999; background: #ffc; height: 80px }",
        P + "<div>above</div>",
    ),
    Scene("sticky header", "header { position: sticky; top: 0; z-index: 9; background: #eee }", "<header>Head</header>" + P * 4),
    Scene(
        "table",
        "td { border: 1px solid }",
        "<table><tr><td>The zorbulation</td><td>other</td></tr><tr><td>x</td><td>y</td></tr></table>",
    ),
    Scene(
        "fixed table",
        "table { table-layout: fixed; width: 200px }",
        "<table><tr><td>The zorbulation of it</td><td>other</td></tr></table>",
    ),
    Scene("cell that is the term", "td { border: 1px solid }", "<table><tr><td>zorbulation</td><td>other</td></tr></table>"),
    Scene("table caption", "", "<table><caption>The zorbulation table</caption><tr><td>x</td></tr></table>"),
    Scene("right to left", "body { direction: rtl }"),
    Scene("right to left, isolated", "p { direction: rtl; unicode-bidi: isolate-override }"),
    Scene("vertical", "p { writing-mode: vertical-rl; height: 300px }"),
    Scene("sideways upright", "p { writing-mode: vertical-rl; text-orientation: upright; height: 400px }"),
    Scene("columns", "body { columns: 3 }", P * 6),
    # Firefox counts the space that hangs behind an element at a line's end; a page's own <b> is set so as well.
    Scene("justified", "p { text-align: justify; width: 230px }", may_move=True),
    Scene("justified, last line too", "p { text-align: justify; text-align-last: justify; width: 600px }"),
    Scene("hyphenated", "p { hyphens: auto; width: 90px }"),
    Scene("break-all", "p { word-break: break-all; width: 90px }"),
    Scene("balanced", "p { text-wrap: balance; width: 260px }"),
    Scene("preserved space", "p { white-space: pre-wrap }", "<p>Before   it\n   the zorbulation   began.</p>"),
    Scene(
        "drop cap",
        "p::first-letter { font-size: 60px; float: left }",
        "<p>zorbulation began here, and then it went on for a while.</p>",
    ),
    Scene("first line", "p::first-line { font-size: 24px; letter-spacing: 2px }"),
    Scene("small caps and ligatures", "p { font-variant: small-caps; font-feature-settings: 'liga' 1 }"),
    Scene(
        "text shadow and gradient",
        "p { background: linear-gradient(90deg, red, blue); background-clip: text; color: transparent }",
    ),
    Scene("in a link", "a { color: #06c; font-weight: 700 }", "<p>See <a href='#x'>the zorbulation page</a> for more.</p>"),
    Scene("in a heading", "h2 { font: 30px/1.2 sans-serif; text-transform: uppercase }", "<h2>The zorbulation of today</h2>"),
    Scene("in a list", "li { list-style: square inside }", "<ul><li>The zorbulation</li><li>zorbulation</li></ul>"),
    Scene(
        "list item flex", "li { display: flex; align-items: center; gap: 8px }", "<ul><li><b>1</b>The zorbulation came</li></ul>"
    ),
    Scene("ruby", "", "<p>A <ruby>zorbulation<rt>zor</rt></ruby> here.</p>"),
    Scene("details", "", "<details open><summary>The zorbulation</summary>The zorbulation itself.</details>"),
    Scene(
        "blockquote",
        "blockquote { quotes: '«' '»' } blockquote::before { content: open-quote }",
        "<blockquote>The zorbulation began.</blockquote>",
    ),
    Scene(
        "first child",
        "p > :first-child { display: block; font-size: 40px }",
        "<p>The zorbulation <b>began</b> here.</p>",
        may_move=True,
    ),
    Scene("adjacent sibling", "p > * + * { margin-left: 60px }", "<p>The zorbulation <b>began</b> here.</p>", may_move=True),
    Scene("has children", "p:has(> *) { padding-left: 90px }", P, may_move=True),
    Scene("only child", "p > b:only-child { font-size: 40px }", "<p>The zorbulation <b>began</b> here.</p>", may_move=True),
    Scene("styles shown", "style { display: block; white-space: pre }"),
)
