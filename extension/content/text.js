/**
 * The readable text of a page: blocks that a reader reads as one, with the way back to the text nodes.
 *
 * The same notion as the proxy's (markup/runs.py): inline tags vanish, a line break is "\n", what is no text is U+FFFC,
 * and a block ends at an element of block display, at two line breaks and where the language changes. What is not for
 * reading, or may be typed in, is never looked at. Reads only; offsets are UTF-16 code units. It knows nothing of terms.
 *
 * @typedef {Document|ShadowRoot|Element} Home   what has inline content of its own
 * @typedef {{node: Text, data: string, from: number, at: number, to: number}} Piece
 *   the units of `data` from `from` on stand at `at` to `to` in the block
 * @typedef {{text: string, lang: string, key: string, pieces: Piece[]}} Block   key: text and language
 */
const SKIPPED = "audio,button,canvas,code,gl-card,head,iframe,math,noscript,object,option,pre,script,select,style,svg,template,textarea,"
  + "video,[contenteditable]:not([contenteditable=false i]),[translate=no i],.notranslate,[hidden],[role=textbox]";
const OBJECT = "\ufffc";
// In UTF-16 units: a longer block is cut.
const LONGEST = 16384;

const page = document;
/** @param {string} selector */
const select = (selector) => /** @type {HTMLElement[]} */ ([...page.querySelectorAll(selector)]);
/** @param {Document|ShadowRoot} root @param {string} text */
const dress = (root, text) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  root.adoptedStyleSheets.push(sheet);
};
/** Whether a point is in a box, or no further from it than that. @param {{x?: any, y?: any}} point @param {DOMRect} rect @param {number} by */
const isIn = ({ x, y }, { left, right, top, bottom }, by) => left - by <= x && x <= right + by && top - by <= y && y <= bottom + by;

/** @param {Element} element */
const displayOf = (element) => getComputedStyle(element).display;
/** @param {string} display */
const isInline = (display) => /^(inl|con|ru)/.test(display);

/** An element itself, or the element whose shadow tree this is. @param {any} node @returns {any} */
const hostOf = (node) => node.nodeType === 11 ? node.host : node;
/** The nearest element of a kind at or around a node, out of shadow trees too. @param {any} node @param {string} selector @returns {any} */
const closest = (node, selector) => {
  for (; node; node = node.getRootNode().host) {
    const found = (node.nodeType === 3 ? node.parentElement : hostOf(node))?.closest?.(selector);
    if (found) return found;
  }
};
/** The nearest language that was named. @param {Node} node @returns {string} */
const langAt = (node) => closest(node, "[lang]:not([lang=''])")?.lang || "";

/** Among whose inline content a node stands; null where nothing is read. @param {any} node @returns {Home|null} */
const homeOf = (node) => {
  if (page.designMode === "on" || closest(node, SKIPPED)) return null;
  while (node.parentNode && (node.nodeType !== 1 || isInline(displayOf(node)))) node = node.parentNode;
  return node;
};

/**
 * The blocks of what is in `from`, home by home: each with the blocks of its own inline content, as soon as they are known.
 * Asks before it goes into a home (`deeper`), and yields nothing now and then, so that its caller may pause.
 *
 * @param {Home} from
 * @param {(home: Home, around: Home) => boolean} deeper
 * @returns {Generator<[Home, Block[]]|undefined, void>}
 */
function* readBlocks(from, deeper) {
  /** The homes that are open, from the innermost one outward. @type {[Home, Block[]][]} */
  let open = [];
  /** @type {Piece[]} */
  let pieces = [];
  let lang = "", text = "", between = "", breaks = 0, steps = 0;
  const flush = (now = lang) => {
    if (/\p{L}/u.test(text)) open[0][1].push({ text, lang, key: lang + "\n" + text, pieces });
    lang = now;
    text = between = "";
    breaks = 0;
    pieces = [];
  };
  /** What an element puts between the texts beside it, or beside its own. @param {Element} element */
  const mark = (element) => {
    if (/^(embed|img|input|meter|progress|r[pt]|su[bp])$/.test(element.localName) && !between.endsWith(OBJECT)) between += OBJECT;
  };
  /** @param {Element} element @param {Node} at */
  const speak = (element, at) => {
    const now = element.hasAttribute("lang") ? langAt(at) : lang;
    if (now !== lang) flush(now);
  };
  /** @param {Text} node */
  const add = (node) => {
    const data = node.data;
    if (/\S/.test(data)) {
      if (breaks > 1) flush();
      breaks = 0;
    }
    for (let from = 0, to; from < data.length; from = to) {
      to = data.length;
      if (text) text += between;
      between = "";
      const room = from + LONGEST - text.length;
      if (to > room) to = Math.max(data.lastIndexOf(" ", room) + 1, from + 1, room - 99);
      pieces.push({ node, data, from, at: text.length, to: text.length + to - from });
      text += data.slice(from, to);
      if (to < data.length) flush();
    }
  };
  /** Whether the content of an element is to be read. @param {Element} element */
  const enter = (element) => {
    const display = displayOf(element), skipped = element.matches(SKIPPED);
    if (element.localName === "br") {
      between += "\n";
      breaks++;
    } else if (!isInline(display)) {
      if (!skipped || display !== "none") flush();
      if (skipped || !deeper(element, open[0][0])) return;
      open.unshift([element, []]);
    } else if (skipped) {
      between += OBJECT;
      return;
    }
    mark(element);
    speak(element, element);
    descend(element);
    return element.firstChild;
  };
  /** @type {Home[]} */
  const roots = [];
  /** @param {any} home */
  const descend = ({ shadowRoot }) => {
    if (shadowRoot && deeper(shadowRoot, open[0]?.[0])) roots.push(shadowRoot);
  };
  /** @type {any} */
  let node;
  roots.push(from);
  for (node of roots) {
    lang = langAt(node);
    open = [[node, []]];
    descend(node);
    let next = node.firstChild;
    while (node) {
      if (++steps % 32 === 0) yield;
      if (next) {
        node = next;
        next = node.nodeType === 3 ? add(node) : node.nodeType === 1 && enter(node);
        continue;
      }
      if (node === open[0][0]) {
        flush();
        yield open.shift();
        if (!open.length) break;
      }
      if (node.nodeType === 1) {
        mark(node);
        speak(node, node.parentNode);
      }
      next = node.nextSibling;
      if (!next) node = node.parentNode;
    }
  }
}

/** Where units `start` to `end` of a block stand; of one text node, or from one to another. @param {Block} block @param {number} start @param {number} end */
const rangeOf = ({ pieces }, start, end) => {
  const range = new Range();
  for (const { node, from, at, to } of pieces) {
    if (at <= start && start < to) range.setStart(node, from + start - at);
    if (at < end && end <= to) range.setEnd(node, from + end - at);
  }
  return range;
};
