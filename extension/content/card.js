/**
 * The card of a term: one box in the top layer that says what the word means, who wants it said or unsaid, and by which sources.
 *
 * It opens when the pointer rests on a term, at once when a term is focused, and by a tap or a click; Enter takes the keyboard
 * into it, Escape closes it, and so does leaving it. It takes no focus that was not sent there, stays inside the window, and
 * nothing of it is in the page but one empty element while it is open: its content stands in a closed shadow tree, made of
 * text and links to http and https alone. It does not know who keeps what the reader chooses, nor how terms are found.
 *
 * @typedef {{[name: string]: any}} Labels   in the reader's language; an object has one wording for each plural category
 * @typedef {Node|string|null|undefined|false|0} Inside
 */
// In ms: the pointer rests before anything is done, until the card shows, and before it closes.
const DWELL = 150, SHOW = 500, LEAVE = 300;
// In CSS pixels: between a term and its card, and between the card and the window's edge.
const GAP = 6, EDGE = 8;
// With Alt and Shift, wherever the letter stands on the keyboard: the next term, and the panel.
const NEXT = "KeyG", PANEL = "KeyP";

const page = document;

// Beside what a browser gives every popover: fixed, scrolling where it must, in system colours, which follow the reader's scheme
// and forced colours.
const LOOK = `:host{all:initial!important;display:contents!important}
*{box-sizing:border-box;margin:0}
.box{--line:1px solid color-mix(in srgb,CanvasText 24%,Canvas);color-scheme:light dark;outline:0;inset:auto;width:max-content;max-width:min(380px,100vw - 16px);
overflow-wrap:anywhere;padding:12px 16px;border:var(--line);border-radius:12px;
font:15px/1.5 system-ui,sans-serif;text-align:start;box-shadow:0 8px 28px #0004}
.panel{width:340px;right:8px;bottom:8px;max-height:min(70vh,560px)}
h2{font-size:17px;display:flex;gap:0 10px;flex-wrap:wrap;align-items:baseline}
b,li span{flex:1}
ul{padding:0;list-style:none}
small,.dim{font-size:13px;font-weight:400;color:color-mix(in srgb,CanvasText 72%,Canvas)}
p,.dim{margin-top:6px}
.dim li{margin-inline-start:14px;list-style:disc}
section+section,footer{border-top:var(--line);margin-top:10px;padding-top:8px}
button,select{font:13px/1.5 system-ui,sans-serif;min-height:26px;padding:2px 8px;margin:6px 6px 0 0;border:var(--line);border-radius:8px}
li button{display:flex;gap:8px;width:100%;margin:0;border:0;background:none;text-align:start}
label{display:flex;flex-wrap:wrap;gap:8px;align-items:center;min-height:26px}
fieldset{padding:0;border:0}
i{position:fixed;pointer-events:none;outline:2px solid Highlight;outline-offset:2px}
@media print{.box{display:none}}${Object.entries(KINDS).map(([kind, line]) => `.${kind}{text-decoration:underline ${line};text-underline-offset:.2em}`).join("")}`;

/** @template {Element} Box @param {Box} box @param {(Inside|Inside[])[]} inside */
const fill = (box, ...inside) => {
  box.replaceChildren(...inside.flat().flatMap((one) => one || []));
  return box;
};
/** An element, given as "name" or "name.class". @param {string} what @param {object|0} given @param {(Inside|Inside[])[]} inside */
const make = (what, given, ...inside) => {
  const [tag, className = ""] = what.split(".");
  return fill(Object.assign(page.createElement(tag), { className }, given), ...inside);
};
/** What a term is in. @param {Term} term */
const homeOfTerm = ({ element, range }) => element || range?.startContainer.parentElement;
/** @param {Event} event */
const consume = (event) => {
  event.preventDefault();
  event.stopPropagation();
};
/** What an entry says, in its own language. @param {string} what @param {Said|null} said */
const tell = (what, said) => said && make(what, { lang: said.lang, dir: "auto" }, said.text);
/** A label, by number where it has plurals. @param {Labels} labels @param {string} name @param {string|number} [given] @returns {string} */
const say = (labels, name, given = "") => {
  const found = labels[name];
  return (found.other ? found[new Intl.PluralRules(labels.lang).select(+given)] || found.other : found).replace("{}", given);
};
/** @param {string} text @param {object} given @param {() => void} onclick */
const press = (text, given, onclick) => make("button", { type: "button", onclick, ...given }, text);
/** @param {KeyboardEvent} event @param {string} code */
const isKey = (event, code) => event.code === code && event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;
/** @param {string} name @param {(event: any) => void} act @param {boolean} [passive] */
const listen = (name, act, passive = true) => addEventListener(name, act, { capture: true, passive });

/** Where the focus goes, the page does not. */
const STILL = { preventScroll: true };
/** An empty box of ours, in the top layer while it is open. @param {Labels} labels @param {string} className */
const createBox = ({ lang }, className) => {
  const host = make("gl-card", 0), sheet = new CSSStyleSheet();
  const root = host.attachShadow({ mode: "closed" });
  // What is written in it reads from left to right, whatever the page's direction, which "all" leaves as it is.
  const box = make("div", { className, popover: "manual", role: "dialog", tabIndex: -1, lang, dir: "ltr" });
  sheet.replaceSync(LOOK);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  return {
    host, root, box,
    open() {
      // What is outside of a modal dialog can be seen, but neither touched nor read.
      const home = [...page.querySelectorAll("dialog:modal")].pop() || page.documentElement;
      if (host.parentNode === home) return;
      home.append(host);
      box.showPopover();
    },
  };
};

/**
 * @param {{labels: Labels, cardOf: (id: string) => Card|null, terms: ReturnType<typeof createTerms>, onMute: (ids: string[]) => any,
 *   onSiteOff: () => any, onPanel?: () => void, canSave: boolean, everywhere?: boolean}} given   everywhere: so hides `onMute`;
 *   what `onMute` and `onSiteOff` promise is null where the choice could not be kept
 */
function createCard({ labels, cardOf, terms, onMute, onSiteOff, onPanel, canSave, everywhere }) {
  const { host, root, box, open } = createBox(labels, "box"), ring = make("i", 0), bare = new CSSStyleSheet();
  /** The term of the card. @type {Term|null} */
  let shown = null;
  /** The term under the pointer. @type {Term|null} */
  let over = null;
  /** The term shown last. @type {Term|null} */
  let latest = null;
  /** Why the card stays while the pointer is elsewhere: "focus", "tap" or "pin". */
  let held = "";
  /** @type {MouseEvent|undefined} */
  let move;
  /** Who had the focus before the card. @type {any} */
  let back;
  let line = 0, looking = 0, opening = 0, closing = 0, touched = false, returning = false;

  /** @param {string} date */
  const dated = (date) => /^\d{4}-\d\d-\d\d$/.test(date) && Intl.DateTimeFormat.supportedLocalesOf(labels.lang)[0]
    ? new Date(date).toLocaleDateString(labels.lang, { dateStyle: "long", timeZone: "UTC" }) : date;
  /** @param {{since: string, until: string}} of */
  const times = (of) => /** @type {const} */ (["since", "until"]).flatMap((name) => of[name] ? say(labels, name, dated(of[name])) : []).join(", ");
  /** @param {string|null} href @param {Node|string|null} text */
  const link = (href, text) => /^https?:/i.test(href || "") ? make("a", { href, target: "_blank", rel: "noreferrer noopener" }, text) : text;
  /** @param {string} name @param {Inside[]} inside */
  const point = (name, ...inside) => make("p.dim", 0, say(labels, name) + ": ", ...inside);
  /** @param {Card["rules"][0]} rule */
  const ruleOf = (rule) => make("li", 0, link(rule.url, tell("span", rule.title || rule.authority)), " " + times(rule),
    rule.penalty && point("penalty", tell("span", rule.penalty)));
  /** @param {Card["sources"][0]} source */
  const sourceOf = ({ title, url, archive, published }) => make("li", 0, link(url, title), ` ${dated(published)} `, archive && link(archive, say(labels, "archive")));
  /** @param {Card} card @param {Term} term */
  const senseOf = (card, { quoted }) => make(
    "section", 0,
    make("h2", 0, make("b", { lang: card.lang, dir: "auto" }, card.term), make("small", 0, make("span." + card.kind, 0, say(labels, card.kind)),
      labels[card.status] && " · " + say(labels, card.status))),
    tell("p", card.means),
    quoted && make("p.dim", 0, say(labels, "quoted")),
    card.who && make("p.dim", 0, say(labels, "by_" + card.kind) + " ", tell("span", card.who), " " + times(card)),
    make("ul.dim", 0, card.rules.map(ruleOf)),
    /** @type {const} */ (["instead", "see"]).map((name) => card[name][0] && point(name, card[name].map(({ term }) => term).join(" · "))),
    tell("p.dim", card.note),
    card.sources[0] && point("sources", make("ul", 0, card.sources.map(sourceOf))),
  );
  /** @param {string} name @param {() => any} act @param {number} [number] */
  const button = (name, act, number) => press(say(labels, name, number), {}, async () => {
    const term = shown;
    hide();
    if (await act() !== null || !canSave || !term) return;
    canSave = false;
    show(term, { why: "tap" });
  });
  /** @param {Term} term */
  const write = (term) => {
    const cards = term.entries.flatMap((id) => cardOf(id) || []), count = onPanel ? terms.all().length : 0;
    box.ariaLabel = term.text;
    fill(
      box,
      cards.map((card) => senseOf(card, term)),
      !cards[0] && make("p", 0, term.note || term.element?.ariaDescription || term.element?.dataset.note),
      term.entries[0] && make(
        "footer", 0, make("small", 0, say(labels, "own")), make("br", 0),
        button(everywhere ? "hide" : "hide_here", () => onMute(term.entries)),
        button("site_off", onSiteOff),
        count > 1 && button("all", () => onPanel?.(), count),
        !canSave && make("p.dim", 0, say(labels, "unsaved")),
      ),
      ring,
    );
  };

  /** Puts the card beside the line of its term, where there is room; the card goes with the term. */
  const place = () => {
    if (!shown) return;
    const rect = shown.alive() && shown.rects()[line], width = page.documentElement.clientWidth;
    if (!rect || rect.bottom < 0 || rect.top > innerHeight || rect.right < 0 || rect.left > width) return hide();
    const { left, top, right, bottom } = rect, { style } = box;
    const { writingMode, direction } = getComputedStyle(homeOfTerm(shown) || box);
    /** @param {string} edge @param {number} at @param {number} room */
    const put = (edge, at, room) => style.setProperty(edge, Math.max(EDGE, Math.min(at, room - EDGE)) + "px");
    const below = innerHeight - bottom, across = writingMode[0] !== "h", whole = innerHeight - 2 * EDGE;
    style.maxHeight = whole + "px";
    const under = below > box.offsetHeight + GAP + EDGE || below > top;
    if (!across) style.maxHeight = Math.min(whole, Math.max(under ? below : top, 80) - GAP - EDGE) + "px";
    const { offsetWidth: w, offsetHeight: h } = box;
    put("left", across ? right + GAP + w < width ? right + GAP : left - GAP - w : direction === "rtl" ? right - w : left, width - w);
    put("top", across ? top : under ? bottom + GAP : top - GAP - h, innerHeight - h);
    ring.style.cssText = `left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px`;
    ring.hidden = held !== "pin";
  };
  /** @param {MouseEvent} event @param {DOMRect} rect @param {number} by */
  const isIn = ({ clientX: x, clientY: y }, { left, right, top, bottom }, by) => left - by <= x && x <= right + by && top - by <= y && y <= bottom + by;
  const relax = () => {
    clearTimeout(opening);
    clearTimeout(closing);
    closing = 0;
  };
  /** @param {Term} term @param {{pinned?: boolean, why?: string, at?: MouseEvent}} [how] */
  const show = (term, { pinned = false, why = "", at } = {}) => {
    relax();
    if (pinned && root.activeElement === null) back = term.element || page.activeElement;
    if (shown !== term) write(term);
    if (shown !== term || at) line = Math.max(0, at ? term.rects().findIndex((rect) => isIn(at, rect, 2)) : 0);
    shown = latest = term;
    held = pinned ? "pin" : why;
    open();
    place();
    if (pinned) box.focus(STILL);
  };
  const hide = () => {
    relax();
    const inside = root.activeElement;
    host.remove();
    shown = null;
    held = "";
    returning = true;
    if (inside) back?.focus(STILL);
    returning = false;
  };

  const look = () => {
    looking = 0;
    const term = move ? terms.at(move) : null;
    if (term === over) return;
    clearTimeout(opening);
    over = term;
    if (term && term !== shown && held !== "pin") opening = setTimeout(() => move && term === terms.at(move) && show(term, { at: move }), SHOW - DWELL);
  };
  /** @param {PointerEvent} event */
  const onMove = (event) => {
    const path = event.composedPath();
    if (event.pointerType === "touch") return;
    // An event forgets its path once it is over.
    move = path[0] === host ? undefined : Object.assign(new MouseEvent("move", event), { composedPath: () => path });
    looking ||= setTimeout(look, DWELL);
    if (!shown || held) return;
    // On the card, on its term, or on the way between them.
    if (isIn(event, box.getBoundingClientRect(), GAP + 2) || shown.rects().some((rect) => isIn(event, rect, 2))) {
      clearTimeout(closing);
      closing = 0;
    } else closing ||= setTimeout(hide, LEAVE);
  };
  /** @param {FocusEvent} event */
  const onFocus = (event) => {
    if (returning || event.target === host) return;
    const term = terms.at(event);
    if (term?.element?.matches(":focus-visible")) show(term, { why: "focus" });
    else if (held && term !== shown) hide();
  };
  /** A tap on a link with a term in it shows the card; the next follows the link. @param {MouseEvent} event */
  const onClick = (event) => {
    if (event.target === host) return;
    const term = terms.at(event), taken = /** @type {Element} */ (event.composedPath()[0]).closest("a[href],button,label,summary");
    if (term !== shown) hide();
    if (!term || (taken && (!touched || taken.localName !== "a" || term === shown))) return;
    show(term, { why: held || "tap", at: event });
    if (taken) consume(event);
  };
  /** Tab stays in a pinned card. @param {KeyboardEvent} event */
  const cycle = ({ shiftKey }) => {
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("a,button")]), [first, last] = shiftKey ? [-1, 0] : [0, -1];
    const { activeElement } = root, ends = activeElement === all.at(last) || (shiftKey && activeElement === box);
    if (ends) all.at(first)?.focus();
    return ends;
  };
  /** Brings a term to the middle of the window. @param {Term} term */
  const go = (term, pinned = true) => {
    homeOfTerm(term)?.scrollIntoView({ block: "center" });
    term.element?.focus(STILL);
    show(term, { why: "focus", pinned });
  };
  const jump = () => {
    const all = terms.all(), { activeElement } = document;
    const term = terms.next(all.find(({ element }) => element && element === activeElement) || all.find((one) => one === latest) || null, 1);
    if (!term) return false;
    go(term, !term.element);
    return true;
  };
  /** Whether a key was ours, and its work is done. @param {KeyboardEvent} event */
  const act = (event) => {
    const { key, target } = event;
    if (isKey(event, NEXT)) return jump();
    if (key === "Escape" && shown) return hide(), true;
    if (key === "Tab") return target === host && cycle(event);
    const term = key === "Enter" ? terms.at(event) : null;
    if (!term || term.element !== target) return false;
    show(term, { pinned: true });
    return true;
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (!event.isComposing && act(event)) consume(event);
  };

  if ("popover" in box) {
    // Ours instead of the tooltip; which goes on where there is no such box.
    bare.replaceSync("@layer glossator{gl-term:is(*,#a#a)::after{content:none!important}}");
    page.adoptedStyleSheets.push(bare);
    listen("pointermove", onMove);
    listen("pointerout", onMove);
    listen("pointerdown", ({ pointerType }) => touched = pointerType === "touch");
    listen("focusin", onFocus);
    listen("scroll", place);
    listen("resize", place);
    listen("click", onClick, false);
    listen("keydown", onKey, false);
  }
  return { show, go };
}
