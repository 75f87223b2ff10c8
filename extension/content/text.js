/**
 * The readable text of a page: blocks that a reader reads as one, with the way back to the text nodes.
 *
 * The same notion as the proxy's (markup/runs.py): inline tags vanish, a line break is "\n", what is no text is U+FFFC,
 * and a block ends at an element of block display, at two line breaks and where the language changes. What is not for
 * reading, or may be typed in, is never looked at. Reads only; offsets are UTF-16 code units. It knows nothing of terms.
 *
 * @typedef {{node: Text, data: string, from: number, at: number, length: number}} Piece
 *   `length` units of `data` from `from` on, which stand at `at` in the block.
 * @typedef {{text: string, lang: string, pieces: Piece[]}} Block
 * @typedef {{node: Text, start: number, end: number}} Span
 */
const SKIPPED =
  "applet,audio,button,canvas,code,datalist,frameset,head,iframe,input,math,noembed,noframes,noscript,object,option,optgroup,pre,"
  + "script,select,style,svg,template,textarea,title,video,xmp,[contenteditable]:not([contenteditable=false i]),[translate=no i],"
  + ".notranslate,[hidden],[role=textbox]";
const OBJECTS =
  /^(applet|audio|button|canvas|code|embed|iframe|img|input|keygen|math|meter|object|picture|progress|rt?[pc]|rt|select|su[bp]|svg|textarea|video)$/;
const LONGEST = 16384;

/** @param {Element} element */
const display = (element) => getComputedStyle(element).display;
/** @param {Element} element */
const isInline = (element) => OBJECTS.test(element.localName) || /^(in|contents|ruby)/.test(display(element));

/** Whether text at a node is not for reading, or is being written. @param {Node} node */
function isSkipped(node) {
  /** @type {any} */
  let at = node.nodeType === 3 ? node.parentNode : node;
  for (; at; at = at.getRootNode().host) {
    at = at.host || at;
    if (at.closest?.(SKIPPED)) return true;
  }
  return document.designMode === "on";
}

/** The nearest language that was named. @param {any} node */
function langAt(node) {
  for (; node; node = node.getRootNode().host) {
    const named = (node.closest ? node : node.host || node.parentElement)?.closest("[lang]:not([lang=''])");
    if (named) return named.lang;
  }
  return "";
}

/** The element (or shadow root) among whose inline content a node stands; null where nothing is read. @param {Node} node */
function homeOf(node) {
  /** @type {any} */
  let home = node.nodeType === 3 ? node.parentNode : node.nodeType === 9 ? document.documentElement : node;
  if (!home || isSkipped(home)) return null;
  while (home.nodeType === 1 && home.parentNode?.nodeType !== 9 && home.parentNode && isInline(home)) home = home.parentNode;
  return /** @type {Element|ShadowRoot} */ (home);
}

/**
 * The blocks of the inline content of `home`. Elements in it that have content of their own are given to `found`.
 * Yields now and then, so that its caller may pause.
 *
 * @param {Element|ShadowRoot} home
 * @param {(inner: Element|ShadowRoot) => void} found
 * @returns {Generator<void, Block[]>}
 */
function* readBlocks(home, found) {
  /** @type {Block[]} */
  const blocks = [];
  let lang = langAt(home), breaks = 0, between = "", steps = 0;
  /** @type {Block} */
  let block = { text: "", lang, pieces: [] };
  const flush = () => {
    if (/\p{L}/u.test(block.text)) blocks.push(block);
    block = { text: "", lang, pieces: [] };
    between = "";
    breaks = 0;
  };
  /** @param {string} mark */
  const put = (mark) => {
    if (!between.endsWith(mark)) between += mark;
  };
  /** @param {Text} node */
  const add = (node) => {
    const data = node.data;
    if (/\S/.test(data)) {
      if (breaks > 1) flush();
      breaks = 0;
    }
    for (let from = 0; from < data.length;) {
      const room = LONGEST - block.text.length;
      let to = data.length;
      if (to - from > room) to = data.lastIndexOf(" ", from + room) + 1;
      if (to <= from) to = Math.min(data.length, from + Math.max(room, 1));
      if (block.text) block.text += between;
      block.pieces.push({ node, data, from, at: block.text.length, length: to - from });
      block.text += data.slice(from, to);
      from = to;
      if (block.text.length >= LONGEST || from < data.length) flush();
    }
    if (data) between = "";
  };
  /** What an element says; its own content is to be read next if it is inline. @param {Element} element */
  const enter = (element) => {
    const name = element.localName;
    const mark = OBJECTS.test(name) ? "\ufffc" : "";
    if (name === "br") {
      between += "\n";
      breaks++;
    } else if (element.matches(SKIPPED)) {
      if (mark) put(mark);
      else if (!/^(in|none)/.test(display(element))) flush();
    } else if (mark || /^(in|contents|ruby)/.test(display(element))) {
      put(mark);
      speak(element, element);
      if (element.shadowRoot) found(element.shadowRoot);
      return element.firstChild;
    } else {
      if (display(element) !== "none") flush();
      found(element);
    }
    return null;
  };
  /** @param {Element} element @param {Node} at */
  const speak = (element, at) => {
    const now = element.hasAttribute("lang") ? langAt(at) : lang;
    if (now === lang) return;
    lang = now;
    flush();
  };
  /** @type {any} */
  let node = home.firstChild;
  while (node && node !== home) {
    if (++steps % 32 === 0) yield;
    if (node.nodeType === 3) add(node);
    let next = node.nodeType === 1 ? enter(node) : null;
    while (!next && node && node !== home) {
      next = node.nextSibling;
      if (next) break;
      node = node.parentNode;
      if (node?.localName && node !== home) {
        if (OBJECTS.test(node.localName)) put("\ufffc");
        speak(node, node.parentNode);
      }
    }
    node = next;
  }
  flush();
  return blocks;
}

/** Where units `start` to `end` of a block stand, one span for each text node. @param {Block} block @param {number} start @param {number} end */
const spansOf = (block, start, end) => block.pieces.flatMap(({ node, from, at, length }) => {
  const first = Math.max(start - at, 0), behind = Math.min(end - at, length);
  return first < behind ? [{ node, start: from + first, end: from + behind }] : [];
});
