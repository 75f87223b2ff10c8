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
 *   rects(): DOMRect[], alive(): boolean, shown: boolean, repeat?: boolean, home?: Element, note?: string}} Term
 *   shown: not hidden by the reader's settings; repeat: its entries were met before in the same block; home: what its range is in;
 *   note: said where it has no entry
 * @typedef {{block: string, start: number, end: number, entries: string[], quoted: boolean}} Match
 * @typedef {{lang: string, title: string, blocks: {id: string, text: string, lang: string}[]}} Inquiry
 * @typedef {{matches: Match[], entries: {[id: string]: Card}}} Answer
 * @typedef {{block: Block, found?: Match[], readers: Reading[]}} Question   one text in one language
 * @typedef {{turn: number, terms: Term[], home: Element, latest?: Reading}} Place   what is known of a home
 * @typedef {{place: Place, asked: [Block, Question][]}} Reading
 */
const KINDS = { banned: "double 1px #c0392b", mandated: "dashed 1px #2471a3", euphemism: "dotted 1px #b7791f", label: "dotted 2.5px #9b59b6" };
// The looks of style.css for ranges, and for marked words that are not to be shown.
const SHEET = `@media screen{${Object.entries(KINDS).map(([kind, line]) => `::highlight(glossator-${kind}){text-decoration:underline ${line}}`).join("")}}`
  + "@layer glossator{gl-term[data-off]{text-decoration:none!important;cursor:inherit!important}}";
// Of one request: blocks, and bytes of text. Denser than FEW and one in APART units nobody writes to be read.
const BLOCKS = 2000, BYTES = 99000, KEPT = 5000, FEW = 24, APART = 12;

/** @param {{ask: (inquiry: Inquiry) => Promise<Answer|null>, admit: (term: Term) => boolean, onChange: () => void}} given */
function createOverlay({ ask, admit, onChange }) {
  const live = !!CSS.highlights;
  const sheet = new CSSStyleSheet();
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
  /** What is to be asked: in sight, and out of sight. @type {Set<Question>[]} */
  const waiting = [new Set(), new Set()];
  /** @type {Map<string, Question>} */
  const questions = new Map();
  /** Homes in sight or not far from it: a browser paints all ranges anew whenever one of them changes. @type {WeakSet<Element>} */
  const near = new WeakSet();
  /** @type {Set<ShadowRoot>} */
  const shadows = new Set();
  let turn = 1, planned = 0, asking = !live, changed = false, skip = 0, away = 0, steps = 0, title = "";

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
    const ranges = painted[term.kind], on = terms.has(term) && near.has(term.home) && isShown(term);
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
    turn++;
    changes.push(records);
    changed ||= records.some(({ type, removedNodes }) => type === "characterData" || removedNodes.length > 0);
    if (changed) for (const term of terms) if (!term.alive()) drop(term);
    tell();
    plan();
  });
  const sight = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting, boundingClientRect: { width, height } } of seen) {
      // What has no box of its own is nowhere, but its content may be anywhere.
      near[isIntersecting || !width && !height ? "add" : "delete"](target);
      for (const home of [target, target.shadowRoot]) home && places.get(home)?.terms.forEach(paint);
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
      const home = node.isConnected && homeOf(node);
      if (home) yield* readFrom(home, fresh && node);
      else for (const term of terms) if (term.range?.intersectsNode(node)) drop(term);
    }
  }
  /** @param {Home} from @param {false|Node} fresh */
  function* readFrom(from, fresh) {
    /** @param {any} home @param {Home} around */
    const deeper = (home, around) => {
      const all = around !== from || dirty.get(home) || fresh && fresh.contains(hostOf(home));
      if (all) dirty.delete(home);
      return !!all && isNew(home);
    };
    if (isNew(from)) for (const read of readBlocks(from, deeper)) {
      if (read) wonder(...read);
      if (isLong()) yield;
    }
  }
  /** Whether a home has not been read since the last change; from now on it has. @param {any} home */
  const isNew = (home) => {
    let place = places.get(home);
    if (!place) places.set(home, place = { turn: 0, terms: [], home: hostOf(home) });
    if (home.nodeType === 11 && !shadows.has(home)) {
      shadows.add(home);
      home.adoptedStyleSheets.push(sheet);
      watch(home);
    }
    return place.turn !== (place.turn = turn);
  };
  /** What is known of its blocks is shown; the rest will be asked for. @param {any} home @param {Block[]} blocks */
  const wonder = (home, blocks) => {
    const place = /** @type {Place} */ (places.get(home));
    /** @type {Reading} */
    const reading = place.latest = { place, asked: [] };
    for (const block of blocks) {
      const key = block.lang + "\n" + block.text;
      let question = questions.get(key);
      if (!question) {
        // The further out of sight, the fewer are looked at.
        if (--skip < 0) {
          const { top, bottom } = place.home.getBoundingClientRect();
          away = Math.max(0, -bottom, top - innerHeight);
          skip = away >> 10;
        }
        questions.set(key, question = { block, readers: [] });
        waiting[+!!away].add(question);
      }
      if (!question.found) question.readers.push(reading);
      reading.asked.push([block, question]);
    }
    settle(reading);
  };
  /** Shows what was found, if all of it is known. @param {Reading} reading */
  const settle = (reading) => {
    const { place, asked } = reading;
    if (place.latest !== reading || asked.some(([, { found }]) => !found)) return;
    if (!place.terms[0] && !asked.some(([, { found }]) => found?.[0])) return;
    const old = place.terms.filter((term) => terms.has(term));
    place.terms = asked.flatMap(([block, { found }]) => {
      /** @type {string[]} */
      const met = [];
      return (found || []).flatMap((match) => {
        const range = rangeOf(block, match.start, match.end);
        const repeat = match.entries.every((id) => met.includes(id));
        met.push(...match.entries);
        if (block.pieces.some(({ node, data }) => node.data !== data) || closest(range.startContainer, "gl-term")) return [];
        const term = old.find(({ range: known, entries }) => known && entries + "" === match.entries + ""
          && !known.compareBoundaryPoints(0, range) && !known.compareBoundaryPoints(2, range)) || termOf(match, range);
        term.repeat = repeat;
        term.home = place.home;
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
    const [near, far] = waiting, from = near.size ? near : far;
    if (asking || !from.size) return;
    const { lang } = document.documentElement;
    /** @type {Question[]} */
    const batch = [];
    let bytes = 0;
    for (const question of from) {
      const { text } = question.block;
      bytes += text.length * (/[^\0-\x7f]/.test(text) ? 3 : 1);
      if (batch.length && (bytes > BYTES || batch.length === BLOCKS)) break;
      batch.push(question);
      from.delete(question);
    }
    asking = true;
    const answer = await ask({
      lang, title, blocks: batch.map(({ block: { text, lang } }, id) => ({ id: id + "", text: text.toWellFormed(), lang })),
    });
    if (!answer) return;
    asking = false;
    jobs.push(take(batch, answer));
    plan();
  };
  /** @param {Question[]} batch @param {Answer} answer */
  function* take(batch, { matches, entries }) {
    for (const id in entries) kinds[id] = entries[id].kind;
    for (const question of batch) question.found = [];
    for (const match of matches) batch[+match.block].found?.push(match);
    for (const { found, block, readers } of batch) {
      if (found && found.length > FEW && found.length * APART > block.text.length) found.length = 0;
      for (const reading of readers) {
        settle(reading);
        if (isLong()) yield;
      }
      readers.length = 0;
    }
  }

  /** @param {IdleDeadline} [idle] */
  const work = (idle) => {
    planned = 0;
    if (title !== (title = document.title) || questions.size > KEPT) questions.clear();
    const until = performance.now() + Math.max(2, Math.min(8, idle ? idle.timeRemaining() : 4));
    if (!jobs.length) jobs.push(readAll());
    while (jobs.length && performance.now() < until) if (jobs[0].next().done) jobs.shift();
    if (jobs.length || dirty.size || changes.length) return plan();
    send();
    tell();
  };
  const plan = () => {
    planned ||= "requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 1000 }) : setTimeout(work, 50);
  };

  return {
    live,
    /** Follow the page below `root`; `seen`: what is there already is known. @param {Node} root @param {boolean} [seen] */
    start(root, seen) {
      sheet.replaceSync(SHEET);
      document.adoptedStyleSheets.push(sheet);
      if (!live) return;
      for (const kind in KINDS) CSS.highlights.set("glossator-" + kind, painted[kind] = new Highlight());
      watch(root);
      if (!seen) dirty.set(root, true);
      plan();
    },
    terms: () => [...terms],
    /** @param {number} x @param {number} y */
    at(x, y) {
      const place = document.caretPositionFromPoint?.(x, y, { shadowRoots: [...shadows] });
      return [...terms].find((term) => place && term.range?.isPointInRange(place.offsetNode, place.offset) && isShown(term)
        && term.rects().some(({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom)) || null;
    },
    repaint: () => terms.forEach(paint),
  };
}
