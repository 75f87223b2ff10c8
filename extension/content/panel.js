/**
 * The panel of a page: which terms are on it, how often, and what of them is to be shown.
 *
 * Closed until the reader asks for it, by a key, by the card or by the toolbar; then it floats at a corner, moves nothing of the
 * page and takes the keyboard's focus, which returns where it was. Choices hold at once: `onSetting` is told what changed.
 * It does not know who keeps them.
 *
 * @param {{labels: Labels, terms: ReturnType<typeof createTerms>, cardOf: (id: string) => Card|null, settings: Settings, live: boolean,
 *   onJump: (term: Term) => void, onSetting: (given: Partial<Settings>) => void, crowded: () => boolean}} given
 *   live: terms are shown in text that the page adds, too; crowded: marks stopped where terms stood too close together
 */
function createPanel({ labels, terms, cardOf, settings, live, onJump, onSetting, crowded }) {
  const { host, root, box, open: rise, close: sink } = createBox(labels, "box panel");
  const stop = new AbortController();
  /** @type {any} */
  let back = null;
  let planned = 0;
  /** Which of its places the reader was taken to last, by entry. @type {{[id: string]: number}} */
  const turns = {};
  /** @param {Partial<Settings>} given */
  const set = (given) => {
    settings = { ...settings, ...given };
    onSetting(given);
    draw();
  };
  /** @param {string} id @param {Term[]} found */
  const itemOf = (id, found) => {
    const card = cardOf(id);
    const jump = () => {
      turns[id] = ((turns[id] ?? -1) + 1) % found.length;
      onJump(found[turns[id]]);
    };
    return make("li", {}, make("button", { id, type: "button", onclick: jump },
      make("span", {}, make("span", { className: found[0].kind, lang: card?.lang, dir: "auto" }, card?.term || found[0].text)),
      make("small", {}, say(labels, "times", found.length))));
  };
  /** @param {string} kind @param {Term[]} all */
  const kindOf = (kind, all) => {
    const off = settings.kinds_off, checked = !off.includes(kind);
    const onchange = () => set({ kinds_off: checked ? [...off, kind] : off.filter((one) => one !== kind) });
    return make("label", {}, make("input", { id: kind, type: "checkbox", checked, onchange }), make("span", { className: kind }, say(labels, kind)),
      checked && make("small", {}, all.filter((term) => term.kind === kind).length + ""));
  };
  /** @param {string} name @param {Partial<Settings>} given */
  const button = (name, given) => make("button", { id: name, type: "button", onclick: () => set(given) }, say(labels, name));
  const draw = () => {
    const all = terms.all(), focused = root.activeElement?.id;
    /** @type {Map<string, Term[]>} */
    const entries = new Map();
    for (const term of all) entries.set(term.entries[0], [...entries.get(term.entries[0]) || [], term]);
    const density = make("select", { id: "density", onchange: () => set({ density: /** @type {any} */ (density).value }) },
      ...["all", "block", "section", "page"].map((value) => make("option", { value, selected: value === settings.density }, say(labels, "density_" + value))));
    box.ariaLabel = say(labels, "panel");
    box.replaceChildren(
      make("h2", {}, make("b", {}, say(labels, "panel")), make("small", {}, all.length + ""),
        make("button", { id: "close", type: "button", onclick: close, ariaLabel: say(labels, "close") }, "×")),
      !all.length ? make("p", {}, say(labels, "none")) : make("ul", { role: "list" }, ...[...entries].map(([id, found]) => itemOf(id, found))),
      ...["crowded", "still"].filter((name) => name === "still" ? !live : crowded()).map((name) => make("p", { className: "dim" }, say(labels, name))),
      make("fieldset", {}, make("legend", {}, say(labels, "kinds")), ...Object.keys(KINDS).map((kind) => kindOf(kind, all))),
      make("label", { className: "dim" }, say(labels, "density"), density),
      button("site_off", { off: true }),
      settings.hidden.length ? button("unhide", { hidden: [] }) : "",
      make("p", { className: "dim" }, say(labels, "own")),
    );
    if (focused) root.getElementById(focused)?.focus({ preventScroll: true });
  };
  const open = () => {
    back = document.activeElement;
    draw();
    rise(null);
    box.focus();
  };
  const close = () => {
    const inside = root.activeElement;
    sink();
    if (inside) back?.focus?.({ preventScroll: true });
  };
  const toggle = () => host.isConnected ? close() : open();
  addEventListener("keydown", (event) => {
    const closes = event.key === "Escape" && event.target === host && !event.defaultPrevented;
    if (!closes && !isKey(event, PANEL)) return;
    event.preventDefault();
    if (closes) close();
    else toggle();
  }, { capture: true, signal: stop.signal });
  return {
    open, close, toggle,
    /** The page's terms changed, or the settings. @param {Settings} [now] */
    update(now) {
      settings = now || settings;
      if (host.isConnected) planned ||= setTimeout(() => (planned = 0, host.isConnected && draw()), 100);
    },
    destroy() {
      close();
      stop.abort();
    },
  };
}
