/**
 * The terms of a page, however they are shown: marked words (gl-term) and ranges of the overlay, as one list in document order.
 *
 * `apply` shows and hides them as the reader wishes, at once. A marked word that the page's script rewrote is no term any
 * more. Changes nothing on the page but attributes of our own elements.
 *
 * @typedef {{off: boolean, hidden: string[], kinds_off: string[], density: "all"|"block"|"section"|"page"}} Settings
 * @typedef {ReturnType<typeof createOverlay>} Overlay
 */

/** Whether a reader wants to see a term. @param {Settings} settings @param {string[]} entries @param {string} [kind] */
const isWanted = (settings, entries, kind) =>
  !settings.off && !settings.kinds_off.includes(kind || "") && !entries.every((id) => settings.hidden.includes(id));

/** @param {{overlay: Overlay, settings: Settings}} given */
function createTerms({ overlay, settings }) {
  /** @type {WeakMap<Element, Term>} */
  const marked = new WeakMap();
  /** The words that were marked, by entries. @type {Set<string>} */
  const words = new Set();

  /** @param {HTMLElement} element @returns {Term} */
  const termOf = (element) => {
    const known = marked.get(element);
    if (known) return known;
    const name = element.dataset.entry || "", text = element.textContent || "";
    const tip = element.getAttribute("aria-description");
    /** @type {Term & {tip: string|null}} */
    const term = {
      entries: name.split(" "), kind: element.dataset.kind || "", quoted: "quoted" in element.dataset, text, element,
      range: null, shown: true, repeat: false, spans: [], tip,
      rects: () => [...element.getClientRects()],
      alive: () => element.isConnected && element.textContent === text && words.has(name + "\n" + text),
    };
    marked.set(element, term);
    return term;
  };
  const elements = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("gl-term")]);
  /** @param {HTMLElement} element @param {boolean} on */
  const show = (element, on) => {
    const term = termOf(element);
    term.shown = on;
    if (on !== "off" in element.dataset) return;
    element.toggleAttribute("data-off", !on);
    if ("part" in element.dataset) return;
    if (on) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  };
  /** Every term, in document order. */
  const ordered = () => {
    /** @type {Map<Node, Term[]>} */
    const at = new Map();
    for (const term of [...elements().map(termOf), ...overlay.terms()]) {
      const node = term.element || term.spans[0].node;
      at.set(node, [...(at.get(node) || []), term]);
    }
    /** @type {[Node, Term[]][]} */
    const found = [];
    const walker = document.createTreeWalker(document, 5);
    for (let node; at.size && (node = walker.nextNode());) {
      const here = at.get(node);
      if (here || /^h[1-6]$/.test(/** @type {Element} */ (node).localName)) found.push([node, here || []]);
      at.delete(node);
    }
    found.push(...at);
    for (const [, here] of found) here.sort((one, other) => (one.spans[0]?.start || 0) - (other.spans[0]?.start || 0));
    return found;
  };
  /** @param {Settings} wanted */
  const apply = (wanted) => {
    settings = wanted;
    const met = new Set();
    /** @type {any} */
    let place;
    for (const [node, here] of ordered()) {
      if (!here.length && settings.density === "section") met.clear();
      for (const term of here) {
        const home = settings.density === "block" && term.element && homeOf(term.element);
        if (home && home !== place) met.clear();
        place = home || place;
        const counted = settings.density !== "all" && (term.element || settings.density !== "block");
        const repeat = counted ? term.entries.every((id) => met.has(id)) : settings.density === "block" && term.repeat;
        const on = term.alive() && isWanted(settings, term.entries, term.kind) && !repeat;
        if (counted && on) for (const id of term.entries) met.add(id);
        if (term.element) show(term.element, on);
        else term.shown = on;
      }
    }
    overlay.repaint();
  };

  return {
    /** Marks made while the page was read are the page's own words now. */
    learn() {
      for (const element of elements()) words.add(element.dataset.entry + "\n" + element.textContent);
    },
    /** What changed on the page is looked at. */
    update() {
      if (settings.density === "section" || settings.density === "page") apply(settings);
      else for (const element of elements()) if (!termOf(element).alive()) show(element, false);
    },
    all: () => ordered().flatMap(([, here]) => here.filter((term) => term.shown && !("part" in (term.element?.dataset || {})))),
    /** @param {MouseEvent|FocusEvent} event @returns {Term|null} */
    at(event) {
      const target = event.composedPath()[0];
      const element = target instanceof Element && /** @type {HTMLElement|null} */ (target.closest("gl-term"));
      if (element) return termOf(element).shown ? termOf(element) : null;
      return event instanceof MouseEvent ? overlay.at(event.clientX, event.clientY) : null;
    },
    /** The term `step` further than another; from null, the first in sight. @param {Term|null} from @param {number} step @returns {Term|null} */
    next(from, step) {
      const all = this.all();
      const at = from ? all.indexOf(from) + step : all.findIndex((term) => term.rects().some(({ bottom }) => bottom > 0));
      return all[(Math.max(at, from ? at : 0) + all.length) % all.length] || null;
    },
    apply,
  };
}
