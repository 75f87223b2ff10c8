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
 *   rects(): DOMRect[], alive(): boolean, shown: boolean, repeat?: boolean, spans: Span[]}} Term
 *   shown: not hidden by the reader's settings; repeat: its entries were met before in the same block; spans: of a range
 * @typedef {{block: string, start: number, end: number, entries: string[], quoted: boolean}} Match
 * @typedef {{lang: string, title: string, blocks: {id: string, text: string, lang: string|null}[]}} Request
 * @typedef {{matches: Match[], entries: {[id: string]: Card}}} Answer
 * @typedef {{block: Block, found?: Match[], readers: Set<Reading>}} Question   one text in one language
 * @typedef {{turn: number, terms: Term[], latest?: Reading}} Place   what is known of a home
 * @typedef {{place: Place, asked: [Block, Question][]}} Reading
 */
const KINDS = { banned: "double 1px #c0392b", mandated: "dashed 1px #2471a3", euphemism: "dotted 1px #b7791f", label: "dotted 2.5px #9b59b6" };
// The looks of style.css for ranges, and for marked words that are not to be shown.
const SHEET = `@media screen{${Object.entries(KINDS).map(([kind, line]) => `::highlight(glossator-${kind}){text-decoration:underline ${line}}`).join("")}}`
  + "@layer glossator{gl-term[data-off]{text-decoration:none!important;cursor:inherit!important}"
  + "gl-term[data-off][data-off][data-off]::after{content:none!important}}";
// Of one request: blocks, and UTF-16 units of text (at most 100 kB). Denser than FEW and one in APART units nobody writes to be read.
const BLOCKS = 2000, UNITS = 33000, KEPT = 5000, FEW = 24, APART = 12;

/** @param {{ask: (request: Request) => Promise<Answer|null>, admit: (term: Term) => boolean, onChange: () => void}} given */
function createOverlay({ ask, admit, onChange }) {
  const live = !!CSS.highlights;
  const sheet = new CSSStyleSheet();
  /** @type {{[kind: string]: Highlight}} */
  const painted = {};
  /** @type {Map<Term, StaticRange[]>} */
  const terms = new Map();
  /** @type {WeakMap<Node, Place>} */
  const places = new WeakMap();
  /** Where something changed; true: all of it is new. @type {Map<Node, boolean>} */
  const dirty = new Map();
  /** @type {Generator<void, void>[]} */
  const jobs = [];
  /** What is to be asked: in sight, and out of sight. @type {Set<Question>[]} */
  const waiting = [new Set(), new Set()];
  /** @type {Map<string, Question>} */
  const questions = new Map();
  /** @type {Set<ShadowRoot>} */
  const shadows = new Set();
  let turn = 1, planned = 0, asking = !live, changed = false;

  /** @param {Span[]} spans */
  const rangeOf = (spans) => {
    const range = new Range(), last = spans[spans.length - 1];
    range.setStart(spans[0].node, spans[0].from);
    range.setEnd(last.node, last.to);
    return range;
  };
  /** @param {Match} match @param {string} kind @param {Span[]} spans @returns {Term} */
  const termOf = ({ entries, quoted }, kind, spans) => {
    const read = () => spans.map(({ node, from, to }) => node.isConnected ? node.data.slice(from, to) : "").join("");
    const text = read();
    return {
      entries, kind, quoted, text, element: null, shown: true, spans,
      get range() {
        return rangeOf(spans);
      },
      rects: () => spans.flatMap((span) => [...rangeOf([span]).getClientRects()]),
      alive: () => read() === text,
    };
  };
  /** @param {Term} term */
  const paint = (term) => {
    const ranges = terms.get(term) || term.spans.map(({ node, from, to }) =>
      new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to }));
    terms.set(term, ranges);
    for (const range of ranges) painted[term.kind][isShown(term) ? "add" : "delete"](range);
  };
  /** @param {Term} term */
  const isShown = (term) => term.shown && admit(term);
  /** @param {Term} term */
  const drop = (term) => {
    for (const range of terms.get(term) || []) painted[term.kind].delete(range);
    terms.delete(term);
    changed = true;
  };
  const tell = () => {
    if (changed) onChange();
    changed = false;
  };

  const observer = new MutationObserver((records) => {
    turn++;
    for (const { type, target, addedNodes, removedNodes } of records) {
      dirty.set(target, dirty.get(target) || type === "attributes");
      for (const node of addedNodes) dirty.set(node, true);
      changed ||= type === "characterData" || removedNodes.length > 0;
    }
    if (changed) for (const term of terms.keys()) if (!term.alive()) drop(term);
    tell();
    plan();
  });
  /** @param {Node} root */
  const watch = (root) => observer.observe(root, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "contenteditable", "translate", "lang"],
  });

  /** Reads what changed. */
  function* readAll() {
    for (const [node, fresh] of dirty) {
      dirty.delete(node);
      const home = node.isConnected && homeOf(node);
      if (home) yield* readFrom(home, fresh && node);
      else for (const term of terms.keys()) if (node.contains(term.spans[0].node)) drop(term);
    }
  }
  /** @param {Home} from @param {false|Node} fresh */
  function* readFrom(from, fresh) {
    /** @type {any[]} */
    const stack = [from];
    for (let at; (at = stack.pop());) {
      const place = places.get(at) || { turn: 0, terms: [] };
      if (place.turn === turn) continue;
      place.turn = turn;
      places.set(at, place);
      if (at.nodeType === 11 && !shadows.has(at)) {
        shadows.add(at);
        at.adoptedStyleSheets.push(sheet);
        watch(at);
      }
      /** @type {any[]} */
      const inner = at.shadowRoot ? [at.shadowRoot] : [];
      wonder(place, yield* readBlocks(at, (home) => inner.unshift(home)), at);
      stack.push(...inner.filter((home) => fresh && (at !== from || fresh.contains(hostOf(home)))));
      yield;
    }
  }
  /** What is known of its blocks is shown; the rest will be asked for. @param {Place} place @param {Block[]} blocks @param {any} at */
  const wonder = (place, blocks, at) => {
    let far = -1;
    /** @type {Reading} */
    const reading = place.latest = { place, asked: [] };
    for (const block of blocks) {
      const key = [document.title, block.lang, block.text].join("\n");
      let question = questions.get(key);
      if (!question) {
        if (far < 0) {
          const { top, bottom } = hostOf(at).getBoundingClientRect();
          far = +(bottom < 0 || top > innerHeight);
        }
        questions.set(key, question = { block, readers: new Set() });
        waiting[far].add(question);
      }
      if (!question.found) question.readers.add(reading);
      reading.asked.push([block, question]);
    }
    settle(reading);
  };
  /** Shows what was found, if all of it is known. @param {Reading} reading */
  const settle = (reading) => {
    const { place, asked } = reading;
    if (place.latest !== reading || asked.some(([, { found }]) => !found)) return;
    const old = new Set(place.terms);
    place.terms = asked.flatMap(([block, { found }]) => {
      const met = new Set();
      return (found || []).flatMap((match) => {
        const spans = spansOf(block, match.start, match.end);
        const repeat = match.entries.every((id) => met.has(id));
        match.entries.forEach((id) => met.add(id));
        if (block.pieces.some(({ node, data }) => node.data !== data) || spans.some(({ node }) => node.parentElement?.closest("gl-term"))) return [];
        const key = JSON.stringify([match.entries, spans]);
        const term = [...old].find((one) => terms.has(one) && one.spans[0].node === spans[0].node && JSON.stringify([one.entries, one.spans]) === key)
          || termOf(match, kinds[match.entries[0]], spans);
        term.repeat = repeat;
        old.delete(term);
        if (!terms.has(term)) {
          paint(term);
          changed = true;
        }
        return term;
      });
    });
    old.forEach((term) => terms.has(term) && drop(term));
  };
  /** @type {{[id: string]: string}} */
  const kinds = {};

  const send = async () => {
    const [near, far] = waiting, from = near.size ? near : far;
    if (asking || !from.size) return;
    const { title, documentElement: { lang } } = document;
    if (questions.size > KEPT) questions.clear();
    /** @type {Question[]} */
    const batch = [];
    let units = 0;
    for (const question of from) {
      units += question.block.text.length;
      if (batch.length && (units > UNITS || batch.length === BLOCKS)) break;
      batch.push(question);
      from.delete(question);
    }
    asking = true;
    const answer = await ask({
      lang, title, blocks: batch.map(({ block: { text, lang } }, id) => ({ id: id + "", text: text.replace(/\p{Cs}/gu, "\ufffd"), lang })),
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
        yield;
      }
      readers.clear();
    }
  }

  /** @param {IdleDeadline} [idle] */
  const work = (idle) => {
    planned = 0;
    const until = performance.now() + Math.max(2, Math.min(8, idle ? idle.timeRemaining() : 4));
    if (!jobs.length) jobs.push(readAll());
    while (jobs.length && performance.now() < until) if (jobs[0].next().done) jobs.shift();
    tell();
    if (jobs.length || dirty.size) plan();
    else send();
  };
  const plan = () => {
    planned ||= window.requestIdleCallback ? requestIdleCallback(work, { timeout: 1000 }) : setTimeout(work, 50);
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
    terms: () => [...terms.keys()],
    /** @param {number} x @param {number} y */
    at(x, y) {
      const node = document.caretPositionFromPoint
        ? document.caretPositionFromPoint(x, y, { shadowRoots: [...shadows] })?.offsetNode
        : document.caretRangeFromPoint?.(x, y)?.startContainer;
      return [...terms.keys()].find((term) => term.spans.some((span) => span.node === node) && isShown(term)
        && term.rects().some(({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom)) || null;
    },
    repaint: () => [...terms.keys()].forEach(paint),
    stop() {
      asking = true;
      observer.disconnect();
      [...terms.keys()].forEach(drop);
    },
  };
}
