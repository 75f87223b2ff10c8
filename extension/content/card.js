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
 * @typedef {{on: any, x?: any, y?: any}} Spot   a node and a point of the window
 */
// In ms: the pointer rests before anything is done, until the card shows, and before it closes.
const DWELL = 150, SHOW = 500, LEAVE = 300;
// In CSS pixels: between a term and its card, and between the card and the window's edge.
const GAP = 6, EDGE = 8;
// In CSS pixels: a window that is lower, or narrower, has no room for anything beside card or panel.
const LOW = 420, NARROW = 800;
// With Alt and Shift, wherever the letter stands on the keyboard: the next term, and the panel.
const NEXT = "KeyG", PANEL = "KeyP";

// Beside what a browser gives every popover: fixed, scrolling where it must, in system colours, which follow the reader's scheme
// and forced colours.
const LOOK = `:host{all:initial!important;display:contents!important}
*{box-sizing:border-box;margin:0}
.box{color-scheme:light dark;outline:0;inset:auto;width:max-content;max-width:min(380px,100% - 16px);
overflow-wrap:anywhere;scrollbar-width:thin;padding:12px 16px;border:1px solid #8888;border-radius:12px;font:15px/1.5 system-ui,sans-serif;box-shadow:0 8px 28px #0004}
.panel{width:340px;inset:auto 8px 8px auto;max-height:70vh}
h2,label,li button{display:flex;gap:0 8px;align-items:baseline}
section h2{flex-wrap:wrap}
h2{font-size:17px}
b,li span{flex:auto}
ul,fieldset,legend{padding:0;border:0;list-style:none}
small,.dim,label{font-size:13px;font-weight:400;color:color-mix(in srgb,CanvasText 72%,Canvas)}
p,.dim,select,fieldset{margin-top:6px}
.dim li{margin:4px 0 0 14px;list-style:disc}
li .dim{margin:0}
section+section,footer{border-top:1px solid #8888;margin-top:10px;padding-top:8px}
button,select{font:inherit;font-size:13px;padding:2px 8px;border:1px solid #8888;border-radius:8px}
button{margin:6px 6px 0 0}
li button{width:100%;margin:0;padding:2px 0;border:0;background:none;text-align:start}
button,select,label,summary{min-height:26px}
i{position:fixed;pointer-events:none;outline:2px solid Highlight}
@media(min-height:420px){footer{position:sticky;bottom:-12px;margin-bottom:-12px;padding-bottom:12px;background:Canvas}}
@media print{.box{display:none}}${underlined(".", "")}`;

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
/** The same without anything given. @param {string} what @param {(Inside|Inside[])[]} inside */
const put = (what, ...inside) => make(what, 0, ...inside);
/** What a term is in. @param {Term} term */
const homeOfTerm = ({ element, range }) => element || range?.startContainer.parentElement;
/** @param {Event} event */
const consume = (event) => {
  event.preventDefault();
  event.stopPropagation();
};
/** What an entry says, in its own language. @param {string} what @param {Said|null} said */
const tell = (what, said) => said && make(what, { lang: said.lang, dir: "auto" }, said.text);
/** What says a label, by number where it has plurals. @param {Labels} labels @returns {(name: string, given?: string|number) => string} */
const sayer = (labels) => (name, given = "") => {
  const found = labels[name];
  return (found.other ? found[new Intl.PluralRules(labels.lang).select(+given)] || found.other : found).replace("{}", given);
};
/** @param {Inside|Inside[]} inside @param {object} given @param {() => void} onclick */
const press = (inside, given, onclick) => make("button", { type: "button", onclick, ...given }, inside);
/** @param {KeyboardEvent} event @param {string} code */
const isKey = (event, code) => event.code === code && event.altKey && event.shiftKey && !event.ctrlKey && !event.metaKey;
/** Where an event is: inside of shadow trees, too; it forgets that once it is over. @param {any} event @returns {Spot} */
const spotOf = (event) => ({ on: event.composedPath()[0], x: event.clientX, y: event.clientY });
/** Before the page hears of it. @param {string} name @param {(event: any) => void} act */
const listen = (name, act) => addEventListener(name, act, true);

/** Where the focus goes, the page does not. */
const STILL = { preventScroll: true };
/** An empty box of ours, in the top layer while it is open. @param {Labels} labels @param {string} className */
const createBox = ({ lang }, className) => {
  const host = put("gl-card");
  const root = host.attachShadow({ mode: "closed" });
  // What is written in it reads from left to right, whatever the page's direction, which "all" leaves as it is.
  const box = make("div", { className, popover: "manual", role: "dialog", tabIndex: -1, lang, dir: "ltr" });
  dress(root, LOOK);
  root.append(box);
  return {
    host, root, box,
    /** @param {Element|null} [beside] */
    open(beside) {
      // A touch outside of a popover closes it; what is outside of a modal dialog can be seen, but neither touched nor read.
      const home = closest(beside, ":popover-open") || select("dialog:modal").pop() || page.documentElement;
      if (host.parentNode === home) return;
      home.append(host);
      box.style.zoom = 1 / (home.currentCSSZoom || 1) + "";
      box.showPopover();
    },
    /** @param {any} back   who had the focus before */
    close(back) {
      const inside = root.activeElement;
      host.remove();
      if (inside) back?.focus(STILL);
    },
  };
};

/**
 * @param {{labels: Labels, cardOf: (id: string) => Card|undefined, terms: ReturnType<typeof createTerms>, onMute: (ids: string[]) => any,
 *   onSiteOff: () => any, onPanel: () => void, canSave: boolean, hiding: string}} given   hiding: the label of what `onMute` does;
 *   what `onMute` and `onSiteOff` promise is null where the choice could not be kept
 */
function createCard({ labels, cardOf, terms, onMute, onSiteOff, onPanel, canSave, hiding }) {
  const { host, root, box, open, close } = createBox(labels, "box"), ring = put("i");
  const say = sayer(labels);
  /** The term of the card. @type {Term|null} */
  let shown = null;
  /** The term under the pointer. @type {Term|null} */
  let over = null;
  /** The term shown last. @type {Term|null} */
  let latest = null;
  /** Why the card stays while the pointer is elsewhere: "focus", "tap" or "pin". */
  let held = "";
  /** Where the pointer is. @type {Spot|undefined} */
  let spot;
  /** Who had the focus before the card. @type {any} */
  let back;
  let line = 0, looking = 0, opening = 0, closing = 0, returning = false;

  /** @param {string} date */
  const dated = (date) => /^\d{4}-\d\d-\d\d$/.test(date)
    ? new Date(date).toLocaleDateString(labels.lang, { dateStyle: "long", timeZone: "UTC" }) : date;
  /** @param {{since: string, until: string}} of */
  const times = (of) => /** @type {const} */ (["since", "until"]).flatMap((name) => of[name] ? say(name, dated(of[name])) : []).join(", ");
  /** @param {string|null} href @param {Node|string|null} text */
  const link = (href, text) => /^https?:/i.test(/** @type {string} */ (href)) ? make("a", { href, target: "_blank", rel: "noreferrer noopener" }, text) : text;
  /** @param {string} name @param {(Inside|Inside[])[]} inside */
  const point = (name, ...inside) => put("p.dim", say(name) + ": ", ...inside);
  /** @param {Card["rules"][0]} rule */
  const ruleOf = (rule) => put("li", link(rule.url, tell("span", rule.title || rule.authority)), " " + times(rule),
    rule.penalty && point("penalty", tell("span", rule.penalty)));
  /** @param {Card["sources"][0]} source */
  const sourceOf = ({ title, url, archive, published }) => put("li", link(url, title), ` ${dated(published)} `, archive && link(archive, say("archive")));
  /** @param {Card} card @param {Term} term */
  const senseOf = (card, { quoted }) => put(
    "section",
    put("h2", make("b", { lang: card.lang, dir: "auto" }, card.term), put("small", put("span." + card.kind, say(card.kind)),
      labels[card.status] && " · " + say(card.status))),
    tell("p", card.means),
    quoted && put("p.dim", say("quoted")),
    card.who && put("p.dim", say("by_" + card.kind) + " ", tell("span", card.who), " " + times(card)),
    put("ul.dim", card.rules.map(ruleOf)),
    /** @type {const} */ (["instead", "see"]).map((name) => card[name][0] && point(name, card[name].flatMap(({ term, lang }, at) => [at && " · ", make("span", { lang, dir: "auto" }, term)]))),
    tell("p.dim", card.note),
    card.sources[0] && put("details.dim", put("summary", say("sources")), put("ul", card.sources.map(sourceOf))),
  );
  /** @param {string} name @param {() => any} act @param {number} [number] */
  const button = (name, act, number) => press(say(name, number), {}, async () => {
    const term = shown;
    hide();
    if (await act() !== null || !canSave || !term) return;
    canSave = false;
    show(term, { why: "tap" });
  });
  /** @param {Term} term */
  const write = (term) => {
    const cards = term.entries.flatMap((id) => cardOf(id) || []), count = terms.all().length;
    box.ariaLabel = term.text;
    fill(
      box,
      cards.map((card) => senseOf(card, term)),
      !cards[0] && put("p", term.note || term.element?.ariaDescription || term.element?.dataset.note),
      term.entries[0] && put(
        "footer", put("p.dim", say("own")),
        button(hiding, () => onMute(term.entries)),
        button("site_off", onSiteOff),
        count > 1 && button("all", onPanel, count),
        !canSave && put("p.dim", say("unsaved")),
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
    const move = (edge, at, room) => style.setProperty(edge, Math.max(EDGE, Math.min(at, room - EDGE)) + "px");
    const below = innerHeight - bottom, across = writingMode[0] !== "h", whole = innerHeight - 2 * EDGE;
    style.maxHeight = whole + "px";
    const under = below > box.offsetHeight + GAP + EDGE || below > top;
    // In a window as low as this, beside the term there is room for too little.
    if (!across && innerHeight > LOW) style.maxHeight = Math.min(whole, Math.max(under ? below : top, 80) - GAP - EDGE) + "px";
    const { offsetWidth: w, offsetHeight: h } = box;
    move("left", across ? right + GAP + w < width ? right + GAP : left - GAP - w : direction === "rtl" ? right - w : left, width - w);
    move("top", across ? top : under ? bottom + GAP : top - GAP - h, innerHeight - h);
    ring.style.cssText = `left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px`;
    ring.hidden = held !== "pin";
  };
  const relax = () => {
    clearTimeout(opening);
    clearTimeout(closing);
    closing = 0;
  };
  /** @param {Term} term @param {{pinned?: boolean, why?: string, at?: Spot}} [how] */
  const show = (term, { pinned = false, why = "", at } = {}) => {
    relax();
    if (pinned && root.activeElement === null) back = term.element || page.activeElement;
    if (shown !== term) write(term);
    if (shown !== term || at) line = Math.max(0, at ? term.rects().findIndex((rect) => isIn(at, rect, 2)) : 0);
    shown = latest = term;
    held = pinned ? "pin" : why;
    open(homeOfTerm(term));
    place();
    if (pinned) box.focus(STILL);
  };
  const hide = () => {
    relax();
    shown = null;
    held = "";
    returning = true;
    close(back);
    returning = false;
  };

  const under = () => spot && spot.on !== host ? terms.at(spot) : null;
  const look = () => {
    looking = 0;
    const term = under();
    if (term === over) return;
    clearTimeout(opening);
    over = term;
    if (term && term !== shown && held !== "pin") opening = setTimeout(() => term === under() && show(term, { at: spot }), SHOW - DWELL);
  };
  /** @param {PointerEvent} event */
  const onMove = (event) => {
    if (event.pointerType === "touch") return;
    const here = spot = spotOf(event);
    looking ||= setTimeout(look, DWELL);
    if (!shown || held) return;
    // On the card, on its term, or on the way between them.
    if (isIn(here, box.getBoundingClientRect(), GAP + 2) || shown.rects().some((rect) => isIn(here, rect, 2))) {
      clearTimeout(closing);
      closing = 0;
    } else closing ||= setTimeout(hide, LEAVE);
  };
  /** @param {FocusEvent} event */
  const onFocus = (event) => {
    if (returning || event.target === host) return;
    const term = terms.at(spotOf(event));
    if (term?.element?.matches(":focus-visible")) show(term, { why: "focus" });
    else if (held && term !== shown) hide();
  };
  /** A tap on a link with a term in it shows the card; the next follows the link. @param {PointerEvent} event */
  const onClick = (event) => {
    if (event.target === host) return;
    const at = spotOf(event), term = terms.at(at), taken = at.on.closest("a[href],button,label,summary");
    if (term !== shown) hide();
    if (!term || (taken && (event.pointerType !== "touch" || taken.localName !== "a" || term === shown))) return;
    show(term, { why: held || "tap", at });
    if (taken) consume(event);
  };
  /** Tab stays in a pinned card. @param {KeyboardEvent} event */
  const cycle = ({ shiftKey }) => {
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("a,button,summary")]), [first, last] = shiftKey ? [-1, 0] : [0, -1];
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
    const term = terms.next(page.activeElement && terms.at({ on: page.activeElement }) || latest);
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
    const term = key === "Enter" ? terms.at(spotOf(event)) : null;
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
    dress(page, "@layer glossator{gl-term:is(*,#a)::after{content:none!important}}");
    listen("pointermove", onMove);
    listen("pointerout", onMove);
    listen("focusin", onFocus);
    listen("scroll", place);
    listen("resize", place);
    listen("click", onClick);
    listen("keydown", onKey);
  }
  return { show, go };
}
