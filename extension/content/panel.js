/**
 * The panel of a page: which terms are on it, how often, and what of them is to be shown.
 *
 * Closed until the reader asks for it, by a key, by the card or by the toolbar; then it floats at a corner, moves nothing of the
 * page and takes the keyboard's focus, which returns where it was. Choices hold at once: `onSetting` is told what changed.
 * It does not know who keeps them.
 *
 * @param {{labels: Labels, terms: ReturnType<typeof createTerms>, cardOf: (id: string) => Card|undefined, settings: Settings, live: boolean,
 *   onJump: (term: Term) => void, onSetting: (given: Partial<Settings>, told?: object) => any}} given
 *   live: terms are shown in text that the page adds, too;
 *   told: the same for who keeps what other tabs chose, too; what `onSetting` promises is null where the choice could not be kept
 */
function createPanel({ labels, terms, cardOf, settings, live, onJump, onSetting }) {
  const { host, root, box, open: rise, close: shut } = createBox(labels, "box panel");
  const say = sayer(labels);
  /** Who had the focus before the panel. @type {any} */
  let back, lost = false;
  /** Which of its places the reader was taken to last, by entry. @type {{[id: string]: number}} */
  const turns = {};
  /** @param {Partial<Settings>} given @param {object} [told] */
  const set = async (given, told) => {
    settings = { ...settings, ...given };
    const kept = onSetting(given, told);
    draw();
    if (await kept !== null || lost) return;
    lost = true;
    update();
  };
  /** @param {[string, Term[]]} entry */
  const itemOf = ([id, found]) => {
    const card = cardOf(id), { text, kind } = found[0];
    const item = press([
      put("span", make("span." + kind, { lang: card?.lang, dir: "auto" }, card?.term || text)), put("small", say("times", found.length)),
    ], { id }, () => {
      // Else it would cover where it leads to.
      if (innerWidth < NARROW) close();
      onJump(found[turns[id] = (turns[id] + 1 || 0) % found.length]);
    });
    return put("li", item);
  };
  /** @param {string} kind @param {Term[]} all */
  const kindOf = (kind, all) => {
    const off = settings.kinds_off, others = off.filter((one) => one !== kind), checked = others.length === off.length;
    const box = make("input", { id: kind, type: "checkbox", checked, onchange: () => set({ kinds_off: checked ? [...off, kind] : others }, { kinds_off: { [kind]: checked } }) });
    return put("label", box, put("span." + kind, say(kind)), checked && put("small", all.filter((term) => term.kind === kind).length + ""));
  };
  /** @param {string} name @param {Partial<Settings>} given */
  const button = (name, given) => press(say(name), { id: name }, () => set(given));
  const draw = () => {
    const all = terms.all(), focused = root.activeElement?.id;
    /** @type {{[id: string]: Term[]}} */
    const entries = {};
    for (const term of all) (entries[term.entries[0]] ||= []).push(term);
    const density = make("select", { id: "density", onchange: () => set({ density: /** @type {any} */ (density).value }) },
      ["all", "block", "section", "page"].map((value) => make("option", { value, selected: value === settings.density }, say("density_" + value))));
    box.ariaLabel = say("panel");
    fill(
      box,
      put("h2", put("b", say("panel")), put("small", all.length + ""), press("×", { id: "close", ariaLabel: say("close") }, toggle)),
      all[0] ? make("ul", { role: "list" }, Object.entries(entries).map(itemOf)) : put("p", say(settings.off ? "off" : "none")),
      [select("[data-crowded]")[0] && "crowded", !live && "still", lost && "unsaved"].map((name) => name && put("p.dim", say(name))),
      put("fieldset", put("legend.dim", say("kinds")), Object.keys(KINDS).map((kind) => kindOf(kind, all))),
      put("label", say("density"), density),
      button(settings.off ? "site_on" : "site_off", { off: !settings.off }),
      settings.hidden[0] && button("unhide", { hidden: [] }),
      put("p.dim", say("own")),
    );
    if (focused) root.getElementById(focused)?.focus(STILL);
  };
  const open = () => {
    back = page.activeElement;
    draw();
    rise();
    box.focus(STILL);
  };
  const close = () => shut(back);
  /** The page's terms changed, or the settings. @param {Settings} [now] */
  const update = (now = settings) => {
    settings = now;
    if (host.isConnected) draw();
  };
  const toggle = () => host.isConnected ? close() : open();
  listen("keydown", (event) => {
    if (!isKey(event, PANEL) && (event.key !== "Escape" || !host.isConnected || event.defaultPrevented)) return;
    event.preventDefault();
    toggle();
  });
  return { open, toggle, update };
}
