/**
 * The card of a term: one box in the top layer that says what the word means, who wants it said or unsaid, and by which sources.
 *
 * It opens when the pointer rests on a term, at once when a term is focused, and by a tap or a click; Enter takes the keyboard
 * into it, Escape closes it, and so does leaving it. It takes no focus that was not sent there, stays inside the window, and
 * nothing of it is in the page but one empty element while it is open: its content stands in a closed shadow tree, made of
 * text and links to http and https alone. It does not know who keeps what the reader chooses, nor how terms are found.
 *
 * @typedef {{[name: string]: any}} Labels   in the reader's language; an object has one wording for each plural category
 * @typedef {{host: HTMLElement, root: ShadowRoot, box: HTMLElement, open(around: Element|null): void, close(): void}} Box
 */
// In ms: the pointer rests before anything is done, until the card shows, and before it closes.
const DWELL = 150, SHOW = 500, LEAVE = 300;
// With Alt and Shift, wherever the letter stands: the next term, and the panel.
const NEXT = "KeyG", PANEL = "KeyP";
// In CSS pixels: between a term and its card, and between the card and the window's edge.
const GAP = 6, EDGE = 8;

const LOOK = `:host{all:initial!important;display:contents!important}
*{box-sizing:border-box}
.box{--fg:#1b1b1f;--dim:#5a5a64;--bg:#fff;--line:#c9c9d1;--soft:#f1f1f5;--ink:#0b57b0;position:fixed;inset:auto;margin:0;width:max-content;
max-width:min(380px,100vw - 16px);overflow:auto;overscroll-behavior:contain;padding:14px 16px 10px;border:1px solid var(--line);border-radius:12px;
background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;box-shadow:0 1px 2px #0002,0 8px 28px #0003;overflow-wrap:anywhere;
text-align:start;color-scheme:light;animation:in .12s}
.panel{width:340px;inset:auto 16px 16px auto;max-height:min(70vh,560px)}
@keyframes in{from{opacity:0}}
h2,p,ul,ol,fieldset{margin:0 0 8px;padding:0;border:0;list-style:none}
h2{font-size:17px;line-height:1.3;display:flex;gap:4px 10px;flex-wrap:wrap;align-items:baseline}
h2 b{flex:1}h2 small{font-weight:400}
small,.dim,legend{font-size:13px;color:var(--dim)}
.quoted{font-style:italic}
section+section{border-top:1px solid var(--line);padding-top:10px}
a{color:var(--ink)}
ul.dim{padding-inline-start:14px}ul.dim li{list-style:disc}
footer{border-top:1px solid var(--line);padding-top:8px;font-size:13px;color:var(--dim)}
button,select{font:inherit;font-size:13px;color:var(--fg);background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:3px 10px;min-height:28px;
margin:6px 6px 0 0;cursor:pointer}
button:hover{border-color:var(--dim)}
li button{display:flex;width:100%;margin:0;background:none;border-color:#0000;text-align:start;gap:8px;font-size:14px}
li button span{flex:1}
label{display:flex;gap:8px;font-size:14px;min-height:24px;align-items:center}
:focus-visible{outline:2px solid var(--ink);outline-offset:1px}
.box:focus{outline:0}
i{position:fixed;pointer-events:none;outline:2px solid var(--ink);outline-offset:2px;border-radius:2px}
@media(prefers-color-scheme:dark){.box{--fg:#f1f1f4;--dim:#b4b4be;--bg:#232328;--line:#4c4c56;--soft:#32323a;--ink:#9cc3ff;color-scheme:dark}}
@media(prefers-reduced-motion){.box{animation:none}}
@media print{.box{display:none}}
` + Object.entries(KINDS).map(([kind, line]) => `.${kind}{text-decoration:underline ${line};text-underline-offset:.2em}`).join("");

/** @param {string} tag @param {object} given @param {(Node|string|null|undefined|false)[]} inside */
const make = (tag, given, ...inside) => {
  const node = Object.assign(document.createElement(tag), given);
  node.append(...inside.flatMap((one) => one || []));
  return /** @type {HTMLElement} */ (node);
};
/** @param {string} tag @param {Said|null|undefined} said @param {string} [className] */
const tell = (tag, said, className = "") => said && make(tag, { lang: said.lang, dir: "auto", className }, said.text);
/** A label, by number where it has plurals. @param {Labels} labels @param {string} name @param {string|number} [given] */
const say = (labels, name, given = "") => {
  const found = labels[name] || "";
  return (found.other ? found[new Intl.PluralRules(labels.lang).select(+given)] || found.other : found).replace("{}", given);
};
/** @param {KeyboardEvent} event @param {string} code */
const isKey = (event, code) => event.code === code && event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey
  && !/** @type {Element} */ (event.composedPath()[0]).closest?.("input,textarea,select,[contenteditable]");

/** An empty box of ours, in the top layer while it is open. @param {Labels} labels @param {string} className @returns {Box} */
const createBox = (labels, className) => {
  const host = make("gl-card", { translate: false }), sheet = new CSSStyleSheet();
  const root = host.attachShadow({ mode: "closed" });
  const box = make("div", { className, popover: "manual", role: "dialog", tabIndex: -1, lang: labels.lang, dir: "ltr" });
  sheet.replaceSync(LOOK);
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  return {
    host, root, box,
    open(around) {
      // What is outside of a modal dialog can be seen, but neither touched nor read.
      const modal = around?.closest(":modal") || [...document.querySelectorAll("dialog:modal")].pop();
      const home = modal || document.documentElement;
      if (host.parentNode === home) return;
      home.append(host);
      box.showPopover();
    },
    close: () => host.remove(),
  };
};

/**
 * @param {{labels: Labels, cardOf: (id: string) => Card|null, terms: ReturnType<typeof createTerms>, onMute: (id: string) => void,
 *   onSiteOff: () => void, onPanel?: () => void, canSave: boolean, everywhere?: boolean}} given   everywhere: so hides `onMute`
 */
function createCard({ labels, cardOf, terms, onMute, onSiteOff, onPanel, canSave, everywhere }) {
  const { host, root, box, open, close } = createBox(labels, "box");
  const ring = make("i", {}), bare = new CSSStyleSheet(), stop = new AbortController();
  /** The term of the card. @type {Term|null} */
  let shown = null;
  /** The term under the pointer. @type {Term|null} */
  let over = null;
  /** The term shown last. @type {Term|null} */
  let latest = null;
  /** Why the card stays while the pointer is elsewhere: "focus", "tap" or "pin". */
  let held = "";
  /** @type {MouseEvent|null} */
  let move = null;
  /** @type {any} */
  let back = null;
  let line = 0, looking = 0, opening = 0, closing = 0, touched = false, returning = false;
  // Ours instead of the tooltip; which goes on where there is no such box.
  bare.replaceSync("@layer glossator{gl-term:is(*,#a#a)::after{content:none!important}}");

  /** @param {string} date */
  const dated = (date) => /^\d{4}-\d\d-\d\d$/.test(date) && Intl.DateTimeFormat.supportedLocalesOf(labels.lang).length
    ? new Intl.DateTimeFormat(labels.lang, { dateStyle: "long", timeZone: "UTC" }).format(new Date(date)) : date;
  /** @param {{since: string, until: string}} of */
  const times = ({ since, until }) => [since && say(labels, "since", dated(since)), until && say(labels, "until", dated(until))].filter(Boolean).join(" ");
  /** @param {string|null} href @param {string|Node} text */
  const link = (href, text) => /^https?:/i.test(href || "")
    ? make("a", { href, target: "_blank", rel: "noreferrer noopener" }, text) : make("span", {}, text);
  /** @param {string} name @param {{term: string}[]} others */
  const others = (name, others) => others.length && make("p", {}, make("small", {}, say(labels, name) + " "), others.map(({ term }) => term).join(" · "));
  /** @param {Card["rules"][0]} rule */
  const ruleOf = ({ title, authority, penalty, url, ...dates }) => make(
    "li", {}, title && link(url, tell("span", title) || ""), authority && !title && tell("span", authority), " " + times(dates),
    penalty && make("div", {}, say(labels, "penalty") + ": ", tell("span", penalty)),
  );
  /** @param {Card["sources"][0]} source */
  const sourceOf = ({ title, url, archive, published }) => make(
    "li", {}, link(url, title), published && ` (${dated(published)})`, archive && " · ", archive && link(archive, say(labels, "archive")),
  );
  /** @param {string} name @param {HTMLElement[]} items */
  const list = (name, items) => items.length && make("div", { className: "dim" }, name && say(labels, name), make("ul", { className: "dim" }, ...items));
  /** @param {Card} card @param {Term} term */
  const senseOf = (card, { quoted }) => make(
    "section", {},
    make("h2", {}, make("b", { lang: card.lang, dir: "auto" }, card.term), make("small", {}, make("span", { className: card.kind }, say(labels, card.kind)),
      /^(ended|disputed)$/.test(card.status) && " · " + say(labels, card.status))),
    quoted && make("p", { className: "dim quoted" }, say(labels, "quoted")),
    tell("p", card.means),
    card.who && make("p", { className: "dim" }, say(labels, "by_" + card.kind) + " ", tell("span", card.who), ", ".repeat(+!!times(card)) + times(card)),
    list("", card.rules.map(ruleOf)) || null,
    others("instead", card.instead) || null,
    others("see", card.see) || null,
    tell("p", card.note, "dim"),
    list("sources", card.sources.map(sourceOf)) || null,
  );
  /** @param {string} name @param {() => void} act @param {number} [number] */
  const button = (name, act, number) => make("button", { type: "button", onclick: act }, say(labels, name, number));
  /** @param {Term} term */
  const fill = (term) => {
    const cards = term.entries.map(cardOf).filter((card) => card !== null), count = onPanel ? terms.all().length : 0;
    const said = term.element?.getAttribute("aria-description") || term.element?.dataset.note;
    box.ariaLabel = cards[0]?.term || term.text;
    box.replaceChildren(
      ...cards.map((card) => senseOf(card, term)),
      ...cards.length || !said ? [] : said.split("\n").map((text) => make("p", { dir: "auto" }, text)),
      make(
        "footer", {}, say(labels, "own"), make("br", {}),
        button(everywhere ? "hide" : "hide_here", () => leave(() => term.entries.forEach(onMute))),
        button("site_off", () => leave(onSiteOff)),
        count > 1 && button("all", () => leave(() => onPanel?.()), count),
        !canSave && make("p", {}, say(labels, "unsaved")),
      ),
      ring,
    );
  };
  /** @param {() => void} act */
  const leave = (act) => {
    hide();
    act();
  };

  /** Which side of the term's line has room, and where there. */
  const place = () => {
    const rect = shown?.alive() && shown.rects()[line];
    const { clientWidth: width } = document.documentElement, height = innerHeight;
    if (!shown || !rect || rect.bottom < 0 || rect.top > height || rect.right < 0 || rect.left > width) return hide();
    const home = shown.element || shown.spans[0]?.node.parentElement || document.body, { writingMode, direction } = getComputedStyle(home);
    box.style.maxHeight = height - 2 * EDGE + "px";
    const upright = /^h/.test(writingMode), { offsetWidth: w, offsetHeight } = box;
    const below = height - rect.bottom, under = below >= offsetHeight + GAP + EDGE || below >= rect.top;
    const beside = rect.right + GAP + w + EDGE <= width;
    const most = upright ? Math.max(below, rect.top) - GAP - EDGE : height - 2 * EDGE;
    const h = Math.min(offsetHeight, most);
    const x = !upright ? beside ? rect.right + GAP : rect.left - GAP - w : direction === "rtl" ? rect.right - w : rect.left;
    const y = !upright ? rect.top : under ? rect.bottom + GAP : rect.top - GAP - h;
    Object.assign(box.style, {
      maxHeight: most + "px",
      left: Math.max(EDGE, Math.min(x, width - EDGE - w)) + "px",
      top: Math.max(EDGE, Math.min(y, height - EDGE - h)) + "px",
    });
    Object.assign(ring.style, { left: rect.left + "px", top: rect.top + "px", width: rect.width + "px", height: rect.height + "px" });
    ring.hidden = held !== "pin";
  };
  /** @param {number} x @param {number} y @param {DOMRect} rect @param {number} by */
  const within = (x, y, { left, right, top, bottom }, by) => left - by <= x && x <= right + by && top - by <= y && y <= bottom + by;
  /** On the card, on its term, or on the way between. @param {MouseEvent} event */
  const isNear = ({ clientX: x, clientY: y }) =>
    shown && (within(x, y, box.getBoundingClientRect(), GAP + 2) || shown.rects().some((rect) => within(x, y, rect, 2)));
  const relax = () => {
    clearTimeout(closing);
    clearTimeout(opening);
    closing = opening = 0;
  };
  /** Which of the term's boxes is nearest to the pointer. @param {Term} term @param {MouseEvent|null} at */
  const lineOf = (term, at) => at ? Math.max(term.rects().findIndex((rect) => within(at.clientX, at.clientY, rect, 2)), 0) : 0;

  /** @param {Term} term @param {{pinned?: boolean, why?: string, at?: MouseEvent|null}} [how] */
  const show = (term, { pinned = false, why = "", at = null } = {}) => {
    relax();
    if (pinned && held !== "pin") back = term.element || document.activeElement;
    if (shown !== term) fill(term);
    line = lineOf(term, at);
    shown = latest = term;
    held = pinned ? "pin" : why;
    open(term.element || term.spans[0]?.node.parentElement || null);
    place();
    if (pinned) box.focus({ preventScroll: true });
  };
  const hide = () => {
    relax();
    const inside = root.activeElement;
    close();
    shown = null;
    held = "";
    returning = true;
    if (inside && back?.isConnected) back.focus({ preventScroll: true });
    returning = false;
  };

  const look = () => {
    looking = 0;
    const term = move && terms.at(move);
    if (term === over) return;
    clearTimeout(opening);
    over = term;
    if (term && term !== shown && held !== "pin") opening = setTimeout(() => term === (move && terms.at(move)) && show(term, { at: move }), SHOW - DWELL);
  };
  /** @param {PointerEvent} event */
  const onMove = (event) => {
    if (event.pointerType === "touch") return;
    const path = event.composedPath();
    move = path[0] === host ? null : Object.assign(new MouseEvent("move", event), { composedPath: () => path });
    looking ||= setTimeout(look, DWELL);
    if (!shown || held) return;
    if (isNear(event)) {
      clearTimeout(closing);
      closing = 0;
    } else closing ||= setTimeout(hide, LEAVE);
  };
  /** @param {PointerEvent} event */
  const onOut = ({ relatedTarget }) => {
    if (relatedTarget) return;
    over = move = null;
    clearTimeout(opening);
    if (shown && !held) closing ||= setTimeout(hide, LEAVE);
  };
  /** @param {FocusEvent} event */
  const onFocus = (event) => {
    const term = terms.at(event);
    if (term?.element?.matches(":focus-visible") && !returning && held !== "pin") show(term, { why: "focus" });
    else if (/focus|pin/.test(held) && event.target !== host && term !== shown && !returning) hide();
  };
  /** @param {FocusEvent} event */
  const onBlur = ({ relatedTarget }) => {
    if (held === "focus" && !relatedTarget) closing ||= setTimeout(hide, LEAVE);
  };
  /** A tap on a link with a term in it shows the card; the next follows the link. @param {MouseEvent} event */
  const onClick = (event) => {
    if (event.target === host) return;
    const term = terms.at(event), [target] = event.composedPath();
    const taken = term && /** @type {Element} */ (target).closest("a[href],button,label,summary,[role=button]");
    const opens = term && (!taken || (touched && taken.matches("a") && term !== shown)) && term !== shown;
    if (shown && term !== shown) hide();
    if (opens) show(term, { why: "tap", at: event });
    else if (term === shown && shown && !taken) held ||= "tap";
    if (opens && taken) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  /** Tab stays in a pinned card. @param {KeyboardEvent} event */
  const cycle = (event) => {
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("a,button")]), to = all.at(event.shiftKey ? 0 : -1);
    if (held !== "pin" || (root.activeElement !== to && !(event.shiftKey && root.activeElement === box))) return false;
    all.at(event.shiftKey ? -1 : 0)?.focus();
    return true;
  };
  const jump = () => {
    const element = document.activeElement?.closest("gl-term"), all = terms.all();
    const term = terms.next((element && all.find((one) => one.element === element)) || (latest && all.includes(latest) ? latest : null), 1);
    if (!term) return false;
    (term.element || term.spans[0].node.parentElement)?.scrollIntoView({ block: "center" });
    hide();
    if (term.element) term.element.focus({ preventScroll: true });
    show(term, term.element ? { why: "focus" } : { pinned: true });
    return true;
  };
  /** What a key does, if it is ours. @param {KeyboardEvent} event */
  const act = (event) => {
    if (isKey(event, NEXT)) return jump();
    const term = event.key === "Enter" && event.target !== host && terms.at(event);
    if (term && term.element === event.target) return show(term, { pinned: true }), true;
    if (event.key === "Escape" && shown) return hide(), true;
    return event.key === "Tab" && event.target === host && cycle(event);
  };
  /** @param {KeyboardEvent} event */
  const onKey = (event) => {
    if (event.isComposing || !act(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  if ("popover" in box) {
    const options = { capture: true, passive: true, signal: stop.signal }, active = { ...options, passive: false };
    document.adoptedStyleSheets.push(bare);
    addEventListener("pointermove", onMove, options);
    addEventListener("pointerout", onOut, options);
    addEventListener("pointerdown", ({ pointerType }) => touched = pointerType === "touch", options);
    addEventListener("focusin", onFocus, options);
    addEventListener("focusout", onBlur, options);
    addEventListener("scroll", () => shown && place(), options);
    addEventListener("resize", () => shown && place(), options);
    addEventListener("click", onClick, active);
    addEventListener("keydown", onKey, active);
  }
  return {
    show, hide,
    isOpen: () => !!shown,
    /** @param {Node} node */
    contains: (node) => host.contains(node),
    destroy() {
      hide();
      stop.abort();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== bare);
    },
  };
}
