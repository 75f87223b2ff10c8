/**
 * The entry in a page that the extension reads: puts the parts together, and answers the toolbar.
 *
 * Everything goes through the extension's own worker; the page sees neither the requests nor the token. Begins once, however
 * often it is put in. Where the proxy has annotated the page already, it does nothing; where the service is away, it waits
 * until it is asked again.
 */
if (!("glossator" in globalThis)) {
  /** @param {object} message @returns {Promise<any>} */
  const tell = (message) => chrome.runtime.sendMessage(message).catch(() => null);
  /** @type {Map<string, Card>} */
  const cards = new Map();
  /** @type {{terms: ReturnType<typeof createTerms>, overlay: Overlay, card: any, panel: any, settings: Settings}|null} */
  let parts = null;
  let crowded = false, told = -1, state = "off";

  /** @param {Inquiry} request @returns {Promise<Answer|null>} */
  const ask = async (request) => {
    const answer = await tell({ annotate: request });
    for (const card of Object.values(answer?.entries || {})) cards.set(card.id, card);
    return answer;
  };
  const count = () => {
    const terms = parts && window === window.top ? parts.terms.all().length : 0;
    if (terms !== told && window === window.top) tell({ count: { terms } });
    told = terms;
  };
  /** What the reader chose for this page, at once and for good. @param {Partial<Settings>} given */
  const set = (given) => {
    if (!parts) return;
    parts.settings = { ...parts.settings, ...given };
    parts.terms.apply(parts.settings);
    parts.panel.update(parts.settings);
    count();
    return tell({ set: given });
  };
  /** @param {Term} term */
  const jump = (term) => {
    parts?.card.go(term);
  };
  /** @param {Settings} settings @param {any} labels */
  const build = (settings, labels) => {
    const overlay = createOverlay({
      ask,
      admit: (term) => isWanted(parts?.settings || settings, term),
      onChange() {
        parts?.terms.update();
        parts?.panel.update();
        count();
      },
    });
    const terms = createTerms({ overlay, settings });
    /** @param {string} id */
    const cardOf = (id) => cards.get(id) || null;
    const card = createCard({
      labels, cardOf, terms, canSave: true, everywhere: true, onPanel: () => panel.open(),
      /** @param {string[]} ids */
      onMute(ids) {
        if (!parts) return undefined;
        parts.settings = { ...parts.settings, hidden: [...parts.settings.hidden, ...ids] };
        parts.terms.apply(parts.settings);
        parts.panel.update(parts.settings);
        count();
        return tell({ hide: { ids } });
      },
      onSiteOff: () => set({ off: true }),
    });
    const panel = createPanel({ labels, terms, cardOf, settings, live: overlay.live, onJump: jump, onSetting: set, crowded: () => crowded });
    parts = { terms, overlay, card, panel, settings };
    overlay.start(document, false);
  };
  const begin = async () => {
    if (parts || document.querySelector("style[data-glossator]") || CSS.highlights?.has("glossator-banned")) return;
    const given = await tell({ begin: true });
    state = given?.state || "ready";
    if (given?.settings && !parts) build({ ...given.settings, density: given.settings.density || "block" }, given.labels);
  };
  /** The reader selected words and asks what they mean. @param {string} text */
  const explain = async (text) => {
    await begin();
    const selection = getSelection();
    if (!parts || !selection?.rangeCount) return;
    const range = selection.getRangeAt(0).cloneRange();
    const lang = document.documentElement.lang;
    const answer = await ask({ lang, title: document.title, blocks: [{ id: "0", text: text.slice(0, 1000), lang }] });
    const entries = [...new Set((answer?.matches || []).flatMap((match) => match.entries))];
    parts.card.show({
      entries, kind: cards.get(entries[0])?.kind || "", quoted: false, text, element: null, range, shown: true, repeat: false,
      rects: () => [...range.getClientRects()], alive: () => range.startContainer.isConnected,
    }, { pinned: true });
  };
  /** What the toolbar shows of this page. */
  const report = () => ({
    state: parts ? "ready" : state,
    settings: parts?.settings,
    terms: (parts?.terms.all() || []).map((term, at) => ({ at, text: term.text, kind: term.kind, meaning: cards.get(term.entries[0])?.means })),
  });

  /** What the worker and the toolbar may ask, by the name of the message. @type {{[name: string]: (said: any) => any}} */
  const ASKED = {
    explain,
    panel: () => parts?.panel.toggle(),
    toggle: () => set({ off: !parts?.settings.off }),
    set,
    async report() {
      await begin();
      return report();
    },
    jump(at) {
      const term = parts?.terms.all()[at];
      if (term) jump(term);
    },
  };
  chrome.runtime.onMessage.addListener((message, sender, answer) => {
    const name = Object.keys(message || {})[0];
    if (sender.id !== chrome.runtime.id || !Object.hasOwn(ASKED, name)) return false;
    if (window !== window.top && name !== "set" && name !== "toggle") return false;
    Promise.resolve(ASKED[name](message[name])).then((said) => answer(said ?? null), () => answer(null));
    return true;
  });
  Object.defineProperty(globalThis, "glossator", { value: true });
  begin();
}
