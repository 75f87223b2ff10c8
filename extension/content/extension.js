/**
 * The entry in a page that the extension reads: puts the parts together, and answers the toolbar.
 *
 * Everything goes through the extension's own worker; the page sees neither the requests nor the token. Begins once, however
 * often it is put in. Where the proxy has annotated the page already, it does nothing. Where the service is away it waits, and
 * keeps what it has to ask: it asks again after a while, when the reader comes back to the page, and when the toolbar says so.
 */
if (!("glossator" in globalThis)) {
  // In seconds: how long a service that is away is left alone, longer each time.
  const RESTS = [2, 4, 8, 16, 32, 60];
  /** States of the service that end by themselves, or by what the reader does elsewhere. */
  const AWAY = ["absent", "busy", "unpaired"];
  // In UTF-16 units: of a sentence that is reported.
  const SENTENCE = 1000;

  /** What the worker answers; null where it has ended, or the extension was removed. @param {object} message @returns {Promise<any>} */
  const tell = async (message) => {
    try {
      return await chrome.runtime.sendMessage(message) ?? null;
    } catch {
      return null;
    }
  };
  /** The extension was removed or updated under this page: nobody answers any more. */
  const isOver = () => !chrome.runtime?.id;
  /** @type {Map<string, Card>} */
  const cards = new Map();
  /** @type {{terms: ReturnType<typeof createTerms>, overlay: Overlay, card: any, panel: any, settings: Settings}|null} */
  let parts = null;
  let told = -1, state = "absent";

  /** What waits, each to be called when it may go on. @type {Set<() => void>} */
  const waiting = new Set();
  /** Until it may go on: woken, or after so many seconds if the page can be seen then. @param {number} [seconds] @returns {Promise<void>} */
  const rest = (seconds) => new Promise((resolve) => {
    const timer = seconds && setTimeout(() => document.hidden || go(), seconds * 1000);
    const go = () => {
      clearTimeout(timer || 0);
      waiting.delete(go);
      resolve();
    };
    waiting.add(go);
  });
  const wake = () => waiting.forEach((go) => go());

  /** @param {Inquiry} request @returns {Promise<any>} */
  const askOnce = async (request) => {
    const answer = await tell({ annotate: request });
    for (const card of Object.values(answer?.entries || {})) cards.set(card.id, card);
    return answer;
  };
  /** As often as it takes: nothing is sent while nothing is to be shown, nothing is lost while the service is away. @param {Inquiry} request */
  const ask = async (request) => {
    for (let nth = 0; !isOver();) {
      if (parts?.settings.off) await rest();
      else {
        const answer = await askOnce(request);
        if (answer?.matches) {
          if (nth) count(true);
          return answer;
        }
        // It is there and does not take this text; it takes the next.
        if (answer?.state === "ready") return { matches: [], entries: {} };
        await rest(RESTS[nth++] || RESTS.at(-1));
      }
    }
    return null;
  };
  const count = (anew = false) => {
    const terms = parts && window === window.top ? parts.terms.all().length : 0;
    if ((anew || terms !== told) && window === window.top) tell({ count: { terms } });
    told = terms;
  };
  /** What the service says holds here. @param {any} given @returns {Settings} */
  const wishes = ({ off, hidden, kinds_off, density }) => ({ off, hidden, kinds_off, density: density || "block" });
  /** Shows the page by these settings, at once. @param {Partial<Settings>} given */
  const apply = (given) => {
    if (!parts) return;
    const before = JSON.stringify(parts.settings);
    parts.settings = { ...parts.settings, ...given };
    if (JSON.stringify(parts.settings) === before) return;
    parts.terms.apply(parts.settings);
    parts.panel.update(parts.settings);
    count();
    wake();
  };
  /** What the reader chose for this page, at once and for good. @param {Partial<Settings>} given */
  const set = (given) => {
    apply(given);
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
    const cardOf = (id) => cards.get(id);
    const card = createCard({
      labels, cardOf, terms, canSave: true, hiding: "hide", onPanel: () => panel.open(),
      /** @param {string[]} ids */
      onMute(ids) {
        apply({ hidden: [...parts?.settings.hidden || [], ...ids] });
        return tell({ hide: { ids } });
      },
      onSiteOff: () => set({ off: true }),
    });
    const panel = createPanel({ labels, terms, cardOf, settings, live: overlay.live, onJump: jump, onSetting: set });
    parts = { terms, overlay, card, panel, settings };
    overlay.start();
    count();
  };
  /** Begins if that is possible now. */
  const begin = async () => {
    if (parts) return;
    if (document.querySelector("style[data-glossator]") || CSS.highlights?.has("glossator-banned")) {
      state = "byProxy";
      return;
    }
    const given = await tell({ begin: true });
    state = given?.settings ? "ready" : given?.state || "absent";
    if (given?.settings && !parts) build(wishes(given.settings), given.labels);
  };
  const beginSoon = async () => {
    await begin();
    for (let nth = 0; !parts && AWAY.includes(state) && !isOver(); nth++) {
      await rest(RESTS[nth] || RESTS.at(-1));
      await begin();
    }
  };
  /** Asks anew what the reader wishes, which the desk, another page or the toolbar may have changed. */
  const refresh = async () => {
    if (document.hidden || isOver()) return;
    wake();
    const before = parts?.settings, given = before && await tell({ settings: true });
    // What was chosen on the page meanwhile is newer.
    if (given && parts?.settings === before) apply(wishes(given));
  };
  /** The reader selected words and asks what they mean. @param {string} text */
  const explain = async (text) => {
    await begin();
    const selection = getSelection();
    if (!parts || !selection?.rangeCount) return;
    const range = selection.getRangeAt(0).cloneRange();
    const lang = document.documentElement.lang;
    const answer = await askOnce({ lang, title: document.title, blocks: [{ id: "0", text: text.slice(0, 1000), lang }] });
    const entries = [.../** @type {Set<string>} */ (new Set((answer?.matches || []).flatMap((/** @type {Match} */ match) => match.entries)))];
    parts.card.show({
      entries, kind: cards.get(entries[0])?.kind || "", quoted: false, text, element: null, range, shown: true, repeat: false,
      note: chrome.i18n.getMessage(answer?.matches ? "noEntry" : "noService"),
      rects: () => [...range.getClientRects()], alive: () => range.startContainer.isConnected,
    }, { pinned: true });
  };
  /** The sentence in which a term stands, and its language. @param {Range} range */
  const sentenceAt = ({ startContainer: node, startOffset: start }) => {
    const home = homeOf(node);
    for (const read of home ? readBlocks(home, () => false) : []) {
      for (const { text, lang, pieces } of read?.[1] || []) {
        const piece = pieces.find(({ node: own, from, at, to }) => own === node && from <= start && start < from + to - at);
        const at = piece ? piece.at + start - piece.from : NaN;
        const found = piece && new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text).containing(at);
        if (!found) continue;
        const { segment, index } = found;
        const from = segment.length > SENTENCE ? Math.max(0, at - index - SENTENCE / 2) : 0;
        return { text: segment.slice(from, from + SENTENCE).trim().toWellFormed(), lang: lang || document.documentElement.lang };
      }
    }
    return null;
  };
  /** A term that should not have been marked, with its sentence; null where that could not be kept. @param {number} at */
  const report = (at) => {
    const { range = null, entries = [] } = parts?.terms.all()[at] || {}, sentence = range && sentenceAt(range);
    return sentence && tell({ report: { entry: entries[0], verdict: "wrong", ...sentence } });
  };

  /** What the worker and the toolbar may ask, by the name of the message. @type {{[name: string]: (said: any) => any}} */
  const ASKED = {
    explain,
    async panel() {
      await begin();
      parts?.panel.toggle();
    },
    async toggle() {
      await begin();
      return parts && set({ off: !parts.settings.off });
    },
    set,
    apply: (given) => apply(wishes(given)),
    refresh,
    /** What the toolbar shows of this page. */
    async state() {
      await begin();
      const all = parts?.terms.all() || [];
      return {
        state: parts ? "ready" : state,
        settings: parts?.settings,
        terms: all.map((term, at) => ({ at, text: term.text, kind: term.kind, meaning: cards.get(term.entries[0])?.means })),
      };
    },
    jump(at) {
      const term = parts?.terms.all()[at];
      if (term) jump(term);
    },
    report,
  };
  chrome.runtime.onMessage.addListener((message, sender, answer) => {
    const name = Object.keys(message || {})[0];
    if (sender.id !== chrome.runtime.id || !Object.hasOwn(ASKED, name)) return false;
    Promise.resolve(ASKED[name](message[name])).then((said) => answer(said ?? null), () => answer(null));
    return true;
  });
  document.addEventListener("visibilitychange", refresh);
  Object.defineProperty(globalThis, "glossator", { value: true });
  // What a script ends with is waited for by whoever put it in.
  void beginSoon();
}
