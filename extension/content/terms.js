/**
 * The terms of a page, however they are shown: marked words (gl-term) and ranges of the overlay, as one list in document order.
 *
 * `apply` shows and hides them as the reader wishes, at once. A marked word that the page's script rewrote is no term any
 * more. Changes nothing on the page but attributes of our own elements.
 *
 * @typedef {{off: boolean, hidden: string[], kinds_off: string[], density: "all"|"block"|"section"|"page"}} Settings
 * @typedef {ReturnType<typeof createOverlay>} Overlay
 */

/** Whether a reader wants to see a term, wherever it stands. @param {Settings} settings @param {Term} term */
const isWanted = ({ off, kinds_off, hidden, density }, { entries, kind, repeat }) =>
  !off && !kinds_off.includes(kind) && !entries.every((id) => hidden.includes(id)) && !(repeat && density === "block");

/** @param {{overlay: Overlay, settings: Settings}} given */
function createTerms({ overlay, settings }) {
  /** @type {WeakMap<Element, Term>} */
  const known = new WeakMap();
  /** The words that were marked, each with its entries. @type {Set<string>} */
  const words = new Set();

  const elements = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("gl-term")]);
  /** @param {HTMLElement} element */
  const wordOf = ({ dataset, textContent }) => dataset.entry + "\n" + textContent;
  /** @param {HTMLElement} element @returns {Term} */
  const termOf = (element) => {
    const { entry, kind, quoted } = element.dataset, word = wordOf(element);
    const term = known.get(element) || {
      entries: (entry || "").split(" "), kind: kind || "", quoted: quoted === "", text: element.textContent || "", element,
      range: null, shown: true,
      rects: () => [...element.getClientRects()],
      alive: () => element.isConnected && wordOf(element) === word && words.has(word),
    };
    known.set(element, term);
    return term;
  };
  /** @param {Term} term @param {boolean} on */
  const show = (term, on) => {
    const { element } = term;
    if (element && term.shown !== on) {
      element.toggleAttribute("data-off", !on);
      if (element.dataset.part !== "") element.tabIndex = on ? 0 : -1;
    }
    term.shown = on;
  };
  /** @param {Term} term @returns {any} */
  const nodeOf = ({ element, range }) => element || range?.startContainer;
  /** Headings and what has terms, in document order, with the terms. */
  const ordered = () => {
    /** @type {Map<Node, Term[]>} */
    const at = new Map();
    for (const term of [...elements().map(termOf), ...overlay.terms()]) {
      const node = nodeOf(term);
      at.set(node, [...at.get(node) || [], term].sort((one, other) => (one.range?.startOffset || 0) - (other.range?.startOffset || 0)));
    }
    /** @type {Term[][]} */
    const found = [];
    const walker = document.createTreeWalker(document, 5);
    for (let node; at.size && (node = walker.nextNode());) {
      const here = at.get(node);
      if (here || /^h\d$/.test(/** @type {Element} */ (node).localName)) found.push(here || []);
      at.delete(node);
    }
    return [...found, ...at.values()];
  };
  /** @param {Settings} wanted */
  const apply = (wanted) => {
    settings = wanted;
    const { density } = settings, met = new Set();
    /** @type {any} */
    let home;
    for (const here of ordered()) {
      if (!here.length && density === "section") met.clear();
      for (const term of here) {
        if (density === "block" && home !== (home = homeOf(nodeOf(term)))) met.clear();
        const repeat = density !== "all" && (term.element || density !== "block") && term.element?.dataset.part !== "" && term.entries.every((id) => met.has(id));
        const on = term.alive() && isWanted(settings, term) && !repeat;
        if (on) term.entries.forEach((id) => met.add(id));
        show(term, on);
      }
    }
    overlay.repaint();
  };
  const all = () => ordered().flat().filter((term) => term.shown && term.element?.dataset.part !== "");

  return {
    all,
    apply,
    /** The words that are marked now are what the proxy marked. */
    learn: () => elements().forEach((element) => words.add(wordOf(element))),
    /** To be called when the page changed. */
    update() {
      if (/^[sp]/.test(settings.density)) apply(settings);
      else for (const term of elements().map(termOf)) if (!term.alive()) show(term, false);
    },
    /** @param {Event} event */
    at(event) {
      const element = /** @type {Element} */ (event.composedPath()[0]).closest?.("gl-term");
      const term = element ? termOf(/** @type {HTMLElement} */ (element)) : event instanceof MouseEvent ? overlay.at(event.clientX, event.clientY) : null;
      return term?.shown ? term : null;
    },
    /** The term `step` further than another; from null, the first in sight. @param {Term|null} from @param {number} step */
    next(from, step) {
      const list = all();
      const at = from ? list.indexOf(from) + step : list.findIndex((term) => term.rects().some(({ bottom }) => bottom > 0));
      return list.at(at % list.length) || null;
    },
  };
}
