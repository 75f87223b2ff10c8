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
 *   instead: {id: string, term: string, lang: string}[], see: {id: string, term: string, lang: string}[],
 *   sources: {title: string, url: string|null, archive: string|null, published: string}[]}} Card
 * @typedef {{entries: string[], kind: string, quoted: boolean, text: string, element: HTMLElement|null, range: Range|null,
 *   rects(): DOMRect[], alive(): boolean, shown: boolean, repeat?: boolean, place?: Place, note?: string}} Term
 *   shown: not hidden by the reader's settings; repeat: its entries were met before in the same block; place: where its range is;
 *   note: said where it has no entry
 * @typedef {{block: string, start: number, end: number, entries: string[], quoted: boolean}} Match
 * @typedef {{lang: string, title: string, blocks: {id: string, text: string, lang: string}[]}} Inquiry
 * @typedef {{matches: Match[], entries: {[id: string]: Card}}} Answer
 * @typedef {{terms: Term[], home: Element, blocks: Block[], near: boolean}} Place   what is known of a home
 *   near: in sight, or not far from it; a browser paints all ranges anew whenever one of them changes
 */
const KINDS = { banned: "double 1px #c0392b", mandated: "dashed 1px #2471a3", euphemism: "dotted 1px #b7791f", label: "dotted 2.5px #9b59b6" };
/** A rule for each kind. @param {string} before @param {string} after */
const underlined = (before, after) => Object.entries(KINDS).map(([kind, line]) => `${before}${kind}${after}{text-decoration:underline ${line}}`).join("");
// The looks of style.css for ranges.
const SHEET = `@media screen{${underlined("::highlight(glossator-", ")")}}`;
// Of one request: blocks, and bytes of text. Denser than FEW and one in APART units nobody writes to be read.
const BLOCKS = 2000, BYTES = 99000, KEPT = 5000, FEW = 24, APART = 12;

/** @param {{ask: (inquiry: Inquiry) => Promise<Answer|null>, admit: (term: Term) => boolean, onChange: () => void}} given */
function createOverlay({ ask, admit, onChange }) {
  const live = !!CSS.highlights;
  /** @type {{[kind: string]: Highlight}} */
  const painted = {};
  /** @type {Set<Term>} */
  const terms = new Set();
  /** @type {WeakMap<Node, Place>} */
  const places = new WeakMap();
  /** What changed and was not looked at yet. @type {MutationRecord[][]} */
  const changes = [];
  /** Where something changed; true: all of it is new. @type {Map<Node, boolean>} */
  const dirty = new Map();
  /** @type {Generator<void, void>[]} */
  const jobs = [];
  /** What is to be asked: in sight, and out of sight. @type {Set<Block>[]} */
  const waiting = [new Set(), new Set()];
  /** What was found in a block, by its key; null until that is known. @type {Map<string, Match[]|null>} */
  const known = new Map();
  /** Where it is not known yet. @type {Set<Place>} */
  const open = new Set();
  /** @type {Set<ShadowRoot>} */
  const shadows = new Set();
  let planned = 0, asking = false, changed = false, skip = 0, away = 0, steps = 0, title = "";

  /** @param {Match} match @param {Range} range @returns {Term} */
  const termOf = ({ entries, quoted }, range) => {
    const text = range + "";
    return {
      entries, kind: kinds[entries[0]], quoted, text, element: null, shown: true, range,
      rects: () => [...range.getClientRects()],
      alive: () => range + "" === text && range.startContainer.isConnected,
    };
  };
  /** @param {any} term */
  const paint = (term) => {
    const ranges = painted[term.kind], on = terms.has(term) && term.place.near && isShown(term);
    if (ranges.has(term.range) !== on) ranges[on ? "add" : "delete"](term.range);
  };
  /** @param {Term} term */
  const isShown = (term) => term.shown && admit(term);
  /** @param {any} term */
  const drop = (term) => {
    painted[term.kind].delete(term.range);
    terms.delete(term);
    changed = true;
  };
  const tell = () => {
    if (changed) onChange();
    changed = false;
  };

  const observer = new MutationObserver((records) => {
    changes.push(records);
    changed ||= records.some(({ type, removedNodes }) => type === "characterData" || removedNodes.length > 0);
    if (changed) for (const term of terms) if (!term.alive()) drop(term);
    tell();
    plan();
  });
  const sight = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting, boundingClientRect: { width, height } } of seen) {
      for (const home of [target, target.shadowRoot]) {
        const place = home && places.get(home);
        if (!place) continue;
        // What has no box of its own is nowhere, but its content may be anywhere.
        place.near = isIntersecting || !width && !height;
        place.terms.forEach(paint);
      }
    }
  }, { rootMargin: "100%" });
  /** @param {Node} root */
  const watch = (root) => observer.observe(root, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "contenteditable", "translate", "lang"],
  });

  /** Whether to look at the clock again. */
  const isLong = () => ++steps % 8 === 0;
  /** Reads what changed. */
  function* readAll() {
    for (const { type, target, addedNodes } of changes.splice(0).flat()) {
      dirty.set(target, dirty.get(target) || type === "attributes");
      addedNodes.forEach((node) => dirty.set(node, true));
      if (isLong()) yield;
    }
    for (const [node, fresh] of dirty) {
      dirty.delete(node);
      const from = node.isConnected && homeOf(node);
      /** @param {any} home @param {Home} around */
      const deeper = (home, around) => {
        const all = !!(around !== from || dirty.get(home) || fresh && node.contains(hostOf(home)));
        if (all) dirty.delete(home);
        if (all && home.nodeType === 11 && !shadows.has(home)) {
          shadows.add(home);
          dress(home, SHEET);
          watch(home);
        }
        return all;
      };
      if (from) for (const read of readBlocks(from, deeper)) {
        if (read) wonder(...read);
        if (isLong()) yield;
      }
      else for (const term of terms) if (term.range?.intersectsNode(node)) drop(term);
    }
  }
  /** What is known of its blocks is shown; the rest will be asked for. @param {any} home @param {Block[]} blocks */
  const wonder = (home, blocks) => {
    const place = places.get(home) || { terms: [], home: hostOf(home), blocks, near: false };
    places.set(home, place);
    place.blocks = blocks;
    for (const block of blocks) {
      if (known.has(block.key)) continue;
      // The further out of sight, the fewer are looked at.
      if (--skip < 0) {
        const { top, bottom } = place.home.getBoundingClientRect();
        away = Math.max(0, -bottom, top - innerHeight);
        skip = away >> 10;
      }
      known.set(block.key, null);
      waiting[+!!away].add(block);
    }
    open.add(place);
    settle(place);
  };
  /** Shows what was found, if all of it is known. @param {Place} place */
  const settle = (place) => {
    const found = /** @type {Match[][]} */ (place.blocks.map(({ key }) => known.get(key)));
    if (!found.every((matches) => matches)) return;
    open.delete(place);
    if (!place.terms[0] && !found.some((matches) => matches[0])) return;
    const old = place.terms.filter((term) => terms.has(term));
    place.terms = place.blocks.flatMap((block, at) => {
      /** @type {string[]} */
      const met = [];
      return found[at].flatMap((match) => {
        const range = rangeOf(block, match.start, match.end);
        const repeat = match.entries.every((id) => met.includes(id));
        met.push(...match.entries);
        if (block.pieces.some(({ node, data }) => node.data !== data) || closest(range.startContainer, "gl-term")) return [];
        const term = old.find(({ range: known, entries }) => known && entries + "" === match.entries + ""
          && !known.compareBoundaryPoints(0, range) && !known.compareBoundaryPoints(2, range)) || termOf(match, range);
        term.repeat = repeat;
        term.place = place;
        terms.add(term);
        return term;
      });
    });
    if (place.terms[0]) {
      changed = true;
      sight.observe(place.home);
      place.terms.forEach(paint);
    }
    for (const term of old) if (!place.terms.includes(term)) drop(term);
  };
  /** @type {{[id: string]: string}} */
  const kinds = {};

  const send = async () => {
    const from = waiting.find(({ size }) => size);
    if (asking || !from) return;
    const { lang } = page.documentElement;
    /** @type {Block[]} */
    const batch = [];
    let bytes = 0;
    for (const block of from) {
      const { text } = block;
      bytes += text.length * (/[^\0-\x7f]/.test(text) ? 3 : 1);
      if (batch.length && (bytes > BYTES || batch.length === BLOCKS)) break;
      batch.push(block);
      from.delete(block);
    }
    asking = true;
    const answer = await ask({
      lang, title, blocks: batch.map(({ text, lang }, id) => ({ id: id + "", text: text.toWellFormed(), lang })),
    });
    if (!answer) return;
    asking = false;
    jobs.push(take(batch, answer));
    plan();
  };
  /** @param {Block[]} batch @param {Answer} answer */
  function* take(batch, { matches, entries }) {
    for (const id in entries) kinds[id] = entries[id].kind;
    const found = batch.map(() => /** @type {Match[]} */ ([]));
    for (const match of matches) found[+match.block]?.push(match);
    batch.forEach(({ key, text }, at) => known.set(key, found[at].length > FEW && found[at].length * APART > text.length ? [] : found[at]));
    for (const place of open) {
      settle(place);
      if (isLong()) yield;
    }
  }

  /** @param {IdleDeadline} [idle] */
  const work = (idle) => {
    planned = 0;
    if (!open.size && (title !== (title = page.title) || known.size > KEPT)) known.clear();
    const until = performance.now() + Math.max(2, Math.min(8, idle?.timeRemaining() ?? 4));
    if (!jobs.length) jobs.push(readAll());
    while (jobs.length && performance.now() < until) if (jobs[0].next().done) jobs.shift();
    if (jobs.length || dirty.size || changes.length) return plan();
    send();
    tell();
  };
  const plan = () => {
    planned ||= window.requestIdleCallback?.(work, { timeout: 1000 }) || setTimeout(work, 50);
  };

  return {
    live,
    /** Follow the page; `seen`: what is there already is known. @param {boolean} [seen] */
    start(seen) {
      dress(page, SHEET);
      if (!live) return;
      for (const kind in KINDS) CSS.highlights.set("glossator-" + kind, painted[kind] = new Highlight());
      watch(page);
      if (!seen) dirty.set(page, true);
      plan();
    },
    terms,
    /** @param {number} x @param {number} y */
    at(x, y) {
      const place = page.caretPositionFromPoint?.(x, y, { shadowRoots: [...shadows] });
      return [...terms].find((term) => place && term.range?.isPointInRange(place.offsetNode, place.offset) && isShown(term)
        && term.rects().some((rect) => isIn({ x, y }, rect, 0))) || null;
    },
    repaint: () => terms.forEach(paint),
  };
}
