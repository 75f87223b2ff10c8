/**
 * Terms shown over a page that is left as it is: ranges painted by the CSS Custom Highlight API.
 *
 * Follows the page's changes, asks about new text in batches while the browser is idle, and takes back at once what is
 * said of words that are gone. Never touches the page's nodes. It does not know who answers, nor what a reader wants to
 * see: `ask` and `admit` do. Where the browser has no highlights `live` is false and nothing is done.
 *
 * @typedef {{lang: string, text: string}} Said
 * @typedef {{id: string, kind: "banned"|"mandated"|"euphemism"|"label", status: string, term: string, lang: string,
 *   means: Said|null, who: Said|null, since: string, until: string, note: Said|null,
 *   rules: {id: string, authority: Said|null, title: Said|null, penalty: Said|null, since: string, until: string, url: string|null}[],
 *   instead: {id: string, term: string}[], see: {id: string, term: string}[],
 *   sources: {title: string, url: string|null, archive: string|null, published: string}[]}} Card
 * @typedef {{entries: string[], kind: string, quoted: boolean, text: string, element: HTMLElement|null, range: Range|null,
 *   rects(): DOMRect[], alive(): boolean, shown: boolean, repeat: boolean, spans: Span[]}} Term
 * @typedef {{start: number, end: number, entries: string[], quoted: boolean, kind: string}} Match
 * @typedef {{lang: string, title: string, blocks: {id: string, text: string, lang: string|null}[]}} Request
 * @typedef {{matches: {block: string, start: number, end: number, entries: string[], quoted: boolean}[], entries: {[id: string]: Card}}} Answer
 * @typedef {{turn: number, terms: Term[], reading?: Reading}} Home
 * @typedef {{home: Home, blocks: Block[], matches: Map<Block, Match[]>}} Reading
 */
const KINDS = { banned: "double 1px #c0392b", mandated: "dashed 1px #2471a3", euphemism: "dotted 1px #b7791f", label: "dotted 2.5px #9b59b6" };
const MOST_BLOCKS = 2000, MOST_UNITS = 33000, MOST_KEPT = 5000, FEW = 24, APART = 12;

/** @param {{ask: (request: Request) => Promise<Answer|null>, admit: (entries: string[]) => boolean, onChange: () => void}} given */
function createOverlay({ ask, admit, onChange }) {
  const live = !!(globalThis.CSS?.highlights && globalThis.Highlight);
  const sheet = new CSSStyleSheet();
  /** @type {{[kind: string]: Highlight}} */
  const painted = {};
  /** @type {Map<Term, StaticRange[]>} */
  const terms = new Map();
  /** @type {WeakMap<Node, Home>} */
  const homes = new WeakMap();
  /** Where something changed; true: all of it is new. @type {Map<Node, boolean>} */
  const dirty = new Map();
  /** @type {Generator<void, void>[]} */
  const jobs = [];
  /** What is to be asked, in sight and out of sight. @type {Map<string, [Reading, Block][]>[]} */
  const waiting = [new Map(), new Map()];
  /** @type {Map<string, Match[]>} */
  const known = new Map();
  /** @type {Set<ShadowRoot>} */
  const shadows = new Set();
  let turn = 1, planned = 0, asking = false, ended = !live, changed = false, said = "";

  /** @param {Match} match @param {Block} block @param {Span[]} spans @param {boolean} repeat @returns {Term} */
  const termOf = (match, block, spans, repeat) => {
    const words = spans.map(({ node, start, end }) => node.data.slice(start, end));
    return {
      entries: match.entries, kind: match.kind, quoted: match.quoted, text: block.text.slice(match.start, match.end),
      element: null, shown: true, repeat, spans,
      get range() {
        const range = document.createRange(), last = spans[spans.length - 1];
        range.setStart(spans[0].node, spans[0].start);
        range.setEnd(last.node, last.end);
        return range;
      },
      rects: () => spans.flatMap(({ node, start, end }) => {
        const range = document.createRange();
        range.setStart(node, start);
        range.setEnd(node, end);
        return [...range.getClientRects()];
      }),
      alive: () => spans.every(({ node, start, end }, nth) => node.isConnected && node.data.slice(start, end) === words[nth]),
    };
  };
  /** @param {Term} term */
  const paint = (term) => {
    const ranges = terms.get(term) || term.spans.map(({ node, start, end }) =>
      new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end }));
    terms.set(term, ranges);
    const on = term.shown && admit(term.entries);
    for (const range of ranges) painted[term.kind][on ? "add" : "delete"](range);
  };
  /** @param {Term} term */
  const drop = (term) => {
    for (const range of terms.get(term) || []) painted[term.kind].delete(range);
    changed = terms.delete(term) || changed;
  };
  /** Says that something changed, once for all of it. */
  const tell = () => {
    if (changed) onChange();
    changed = false;
  };

  /** @param {MutationRecord[]} records */
  const see = (records) => {
    turn++;
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === "attributes") dirty.set(target, true);
      else if (!dirty.has(target)) dirty.set(target, false);
      for (const node of addedNodes) if (node.nodeType === 1) dirty.set(node, true);
      changed ||= type === "characterData" || removedNodes.length > 0;
    }
    if (changed) for (const term of terms.keys()) if (!term.alive()) drop(term);
    tell();
    plan();
  };
  const observer = new MutationObserver(see);
  /** @param {Node} root */
  const watch = (root) => observer.observe(root, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "contenteditable", "translate", "lang"],
  });

  /** Reads what changed. */
  function* readAll() {
    for (const [node, all] of dirty) {
      dirty.delete(node);
      const home = node.isConnected && homeOf(node);
      if (home) yield* readFrom(home, all ? node : null);
      else for (const term of terms.keys()) if (node.contains(term.spans[0].node)) drop(term);
    }
  }
  /** @param {Element|ShadowRoot} from @param {Node|null} fresh */
  function* readFrom(from, fresh) {
    const stack = [from];
    for (let at; (at = stack.pop());) {
      /** @type {Home} */
      const home = homes.get(at) || { turn: 0, terms: [] };
      if (home.turn === turn) continue;
      home.turn = turn;
      homes.set(at, home);
      /** @type {(Element|ShadowRoot)[]} */
      const inner = [];
      const shadow = /** @type {Element} */ (at).shadowRoot;
      if (shadow) inner.push(shadow);
      if (at.nodeType === 11 && !shadows.has(/** @type {ShadowRoot} */ (at))) enter(/** @type {ShadowRoot} */ (at));
      const blocks = yield* readBlocks(at, (found) => inner.push(found));
      wonder({ home, blocks, matches: new Map() }, at);
      for (const found of inner.reverse()) if (!homes.has(found) || fresh?.contains(found.nodeType === 11 ? /** @type {ShadowRoot} */ (found).host : found)) stack.push(found);
      yield;
    }
  }
  /** @param {ShadowRoot} root */
  const enter = (root) => {
    shadows.add(root);
    root.adoptedStyleSheets.push(sheet);
    watch(root);
  };

  /** Matches that are known are shown; the others will be asked for. @param {Reading} reading @param {Element|ShadowRoot} at */
  const wonder = (reading, at) => {
    reading.home.reading = reading;
    let far = -1;
    for (const block of reading.blocks) {
      const key = block.lang + "\n" + block.text;
      const matches = known.get(key);
      if (matches) reading.matches.set(block, matches);
      else if (!ended) {
        if (far < 0) far = isNear(at) ? 0 : 1;
        const same = waiting.find((some) => some.has(key)) || waiting[far].set(key, []);
        same.get(key)?.push([reading, block]);
      }
    }
    settle(reading);
  };
  /** @param {Element|ShadowRoot} at */
  const isNear = (at) => {
    const { top, bottom } = (/** @type {ShadowRoot} */ (at).host || at).getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  /** @param {Reading} reading */
  const settle = ({ home, blocks, matches }) => {
    if (matches.size < blocks.length) return;
    const old = home.terms.filter((term) => terms.has(term));
    home.terms = blocks.flatMap((block) => {
      const met = new Set();
      if (block.pieces.some(({ node, data }) => node.data !== data)) return [];
      return (matches.get(block) || []).flatMap((match) => {
        const spans = spansOf(block, match.start, match.end);
        if (!spans.length || spans.some(({ node }) => node.parentElement?.closest("gl-term"))) return [];
        const repeat = match.entries.every((id) => met.has(id));
        for (const id of match.entries) met.add(id);
        const same = old.find(({ spans: [{ node, start, end }], entries }) =>
          node === spans[0].node && start === spans[0].start && end === spans[0].end && entries + "" === match.entries + "");
        const term = same || termOf(match, block, spans, repeat);
        term.repeat = repeat;
        return [term];
      });
    });
    for (const term of old) if (!home.terms.includes(term)) drop(term);
    for (const term of home.terms) {
      if (terms.has(term)) continue;
      paint(term);
      changed = true;
    }
  };

  const send = async () => {
    const from = waiting.find((some) => some.size);
    if (asking || ended || !from) return;
    const title = document.title, lang = document.documentElement.lang;
    if (said !== (said = lang + "\n" + title) || known.size > MOST_KEPT) known.clear();
    /** @type {[string, [Reading, Block][]][]} */
    const batch = [];
    let units = 0;
    for (const item of from) {
      units += item[1][0][1].text.length;
      if (batch.length && (batch.length >= MOST_BLOCKS || units > MOST_UNITS)) break;
      batch.push(item);
      from.delete(item[0]);
    }
    asking = true;
    const answer = await ask({
      lang, title,
      blocks: batch.map(([, [[, block]]], nth) => ({ id: nth + "", text: block.text.replace(/\p{Cs}/gu, "\ufffd"), lang: block.lang || null })),
    });
    asking = false;
    ended ||= !answer;
    if (ended) return waiting.forEach((some) => some.clear());
    jobs.push(take(batch, /** @type {Answer} */ (answer)));
    plan();
  };
  /** @param {[string, [Reading, Block][]][]} batch @param {Answer} answer */
  function* take(batch, { matches, entries }) {
    /** @type {Match[][]} */
    const found = batch.map(() => []);
    for (const match of matches) found[+match.block]?.push({ ...match, kind: entries[match.entries[0]]?.kind || "euphemism" });
    for (const [nth, [key, asked]] of batch.entries()) {
      const own = found[nth];
      if (own.length > FEW && own.length * APART > asked[0][1].text.length) own.length = 0;
      known.set(key, own);
      for (const [reading, block] of asked) {
        reading.matches.set(block, own);
        if (reading.home.reading === reading) settle(reading);
        yield;
      }
    }
  }

  /** @param {IdleDeadline} [idle] */
  const work = (idle) => {
    planned = 0;
    const until = performance.now() + Math.max(2, Math.min(8, idle ? idle.timeRemaining() : 4));
    if (dirty.size && !jobs.length) jobs.push(readAll());
    while (jobs.length && performance.now() < until) if (jobs[0].next().done) jobs.shift();
    tell();
    if (jobs.length || dirty.size) plan();
    else send();
  };
  const plan = () => {
    planned ||= globalThis.requestIdleCallback ? requestIdleCallback(work, { timeout: 1000 }) : setTimeout(work, 50);
  };

  return {
    live,
    /** Follow the page below `root`; `seen`: what is there already is known. @param {Node} root @param {boolean} [seen] */
    start(root, seen) {
      if (!live) return;
      for (const kind of Object.keys(KINDS)) CSS.highlights.set("glossator-" + kind, painted[kind] = new Highlight());
      document.adoptedStyleSheets.push(sheet);
      sheet.replaceSync(SHEET);
      watch(root);
      if (!seen) dirty.set(root, true);
      plan();
    },
    terms: () => [...terms.keys()],
    /** @param {number} x @param {number} y @returns {Term|null} */
    at(x, y) {
      const node = document.caretPositionFromPoint
        ? document.caretPositionFromPoint(x, y, { shadowRoots: [...shadows] })?.offsetNode
        : document.caretRangeFromPoint?.(x, y)?.startContainer;
      for (const term of terms.keys()) {
        if (term.shown && admit(term.entries) && term.spans.some((span) => span.node === node)
          && term.rects().some(({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom)) return term;
      }
      return null;
    },
    repaint() {
      for (const term of terms.keys()) paint(term);
    },
    stop() {
      ended = true;
      observer.disconnect();
      for (const term of terms.keys()) drop(term);
    },
  };
}
/** The looks of style.css for ranges, and for marked words that are not to be shown. */
const SHEET = Object.entries(KINDS).map(([kind, line]) => `::highlight(glossator-${kind}){text-decoration:underline ${line}}`).join("")
  + "@media (forced-colors:active){" + Object.keys(KINDS).map((kind) => `::highlight(glossator-${kind}){text-decoration-color:CanvasText}`).join("")
  + "}@layer glossator{gl-term[data-off]{text-decoration:none!important;cursor:inherit!important}"
  + "gl-term[data-off][data-off][data-off]::after{content:none!important}}";
