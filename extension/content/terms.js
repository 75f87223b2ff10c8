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

  const elements = () => select("gl-term");
  /** @param {HTMLElement} element */
  const wordOf = ({ dataset, textContent }) => dataset.entry + "\n" + textContent;
  /** @param {HTMLElement} element @returns {Term} */
  const termOf = (element) => {
    const { entry, kind, quoted } = /** @type {{[name: string]: any}} */ (element.dataset), word = wordOf(element);
    const term = known.get(element) || {
      entries: (entry + "").split(" "), kind, quoted: quoted === "", text: /** @type {string} */ (element.textContent), element,
      range: null, shown: true,
      rects: () => [...element.getClientRects()],
      alive: () => element.isConnected && wordOf(element) === word && words.has(word),
    };
    known.set(element, term);
    return term;
  };
  /** Not a further piece of a split match. @param {Term} term */
  const isFirst = ({ element }) => element?.dataset.part !== "";
  /** @param {Term} term @param {boolean} on */
  const show = (term, on) => {
    const { element } = term;
    if (element && term.shown !== on) {
      element.toggleAttribute("data-off", !on);
      if (isFirst(term)) element.tabIndex = on ? 0 : -1;
    }
    term.shown = on;
  };
  /** @param {any} one @returns {any} */
  const nodeOf = (one) => one.element || one.range?.startContainer || one;
  /** Headings and terms in document order. @returns {any[]} */
  const ordered = () => [...elements().map(termOf), ...overlay.terms, ...select("h1,h2,h3,h4,h5,h6")].sort((/** @type {any} */ one, /** @type {any} */ other) => {
    const node = nodeOf(one), another = nodeOf(other);
    return node === another ? one.range?.startOffset - other.range?.startOffset || 0 : node.compareDocumentPosition(another) & 2 ? 1 : -1;
  });
  /** @param {Settings} wanted */
  const apply = (wanted) => {
    settings = wanted;
    const { density } = settings, met = new Set();
    /** @type {any} */
    let home;
    for (const term of ordered()) {
      if (!term.entries) {
        if (density === "section") met.clear();
        continue;
      }
      if (density === "block" && home !== (home = homeOf(nodeOf(term)))) met.clear();
      const { element, entries } = term, repeat = density !== "all" && (element || density !== "block") && isFirst(term) && entries.every((/** @type {string} */ id) => met.has(id));
      const on = term.alive() && isWanted(settings, term) && !repeat;
      if (on) entries.forEach((/** @type {string} */ id) => met.add(id));
      show(term, on);
    }
    overlay.repaint();
  };
  /** @returns {Term[]} */
  const all = () => ordered().filter((term) => term.shown && isFirst(term));

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
    /** @param {Spot} spot */
    at({ on, x, y }) {
      const element = on.closest?.("gl-term"), term = element ? termOf(element) : x >= 0 && overlay.at(x, y);
      return term && term.shown ? term : null;
    },
    /** The term after another; after none of them, the first in sight. @param {Term|null} from */
    next(from) {
      const list = all(), at = list.indexOf(/** @type {Term} */ (from)) + 1 || list.findIndex((term) => term.rects().some(({ bottom }) => bottom > 0));
      return list.at(at % list.length) || null;
    },
  };
}
