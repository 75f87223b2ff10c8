/**
 * The entry in a page that came through the proxy: reads what the proxy wrote for this page, and puts the parts together.
 *
 * In a page whose words were marked ("wrap") it looks, before the page's own deferred scripts run, whether a framework is
 * about to take the page over; then the marks are taken out without a trace and the overlay takes their place.
 * It asks the proxy alone, by a path of the page's own origin; once the proxy is gone it never asks again.
 */
{
  const own = /** @type {HTMLElement} */ (document.currentScript);
  /** @type {{mode: "wrap"|"overlay", labels: any, settings: Settings, ask: string|null}} */
  const config = JSON.parse(own.dataset.glossator || "");
  own.remove();
  let { mode, settings } = config;
  const { labels, ask: path } = config;
  const fetching = fetch.bind(window);
  /** @type {Map<string, Card>} */
  const cards = new Map();
  let gone = !path, seen = -1e4;

  /** What the proxy answers; null once it is gone. @param {object} [said] @returns {Promise<any>} */
  const send = async (said) => {
    try {
      const answer = await fetching(path || "", {
        credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(9000),
        ...(said && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) }),
      });
      if (answer.ok && !gone) return await answer.json();
    } catch {
      // Said by what follows: it is gone.
    }
    gone = true;
    return null;
  };
  /** Nothing of the page leaves it before the proxy has just shown that it is there. @param {object} said */
  const ask = async (said) => {
    if (gone) return null;
    if (performance.now() - seen > 1000) {
      const there = await send();
      gone ||= there?.glossator !== path?.split("/").pop();
      seen = performance.now();
    }
    return gone ? null : send(said);
  };

  const overlay = createOverlay({
    async ask(request) {
      const answer = await ask({ annotate: request });
      for (const card of Object.values(answer?.entries || {})) cards.set(card.id, card);
      return answer;
    },
    admit: (entries) => isWanted(settings, entries, cards.get(entries[0])?.kind),
    onChange() {
      terms.update();
      panel?.update();
    },
  });
  const terms = createTerms({ overlay, settings });
  /** @param {Partial<Settings>} given */
  const set = (given) => {
    settings = { ...settings, ...given };
    terms.apply(settings);
    ask({ set: given });
  };
  /** @param {string} id */
  const cardOf = (id) => cards.get(id) || null;
  const card = createCard({
    labels, cardOf, terms, canSave: !!path,
    /** @param {string} id */
    onMute: (id) => set({ hidden: [...settings.hidden, id] }),
    onSiteOff: () => set({ off: true }),
  });
  const panel = createPanel({
    labels, terms, cardOf, settings, live: overlay.live,
    /** @param {Term} term */
    onJump(term) {
      (term.element || term.range?.startContainer.parentElement)?.scrollIntoView({ block: "center" });
      term.element?.focus();
      card.show(term, { pinned: true });
    },
    onSetting: set,
    crowded: () => !!document.querySelector("[data-crowded]"),
  });

  /** Whether a framework is going to take over what the server wrote. */
  const isOwned = () => {
    if (document.querySelector("#__next,#__nuxt,[data-reactroot],[data-server-rendered],[ng-server-context],[data-hk],[q\\:container],"
      + "astro-island,#___gatsby,[data-sveltekit-preload-data]")) return true;
    if ([...document.scripts].some((script) => /__next_f|__NUXT__|__remixContext|__sveltekit|_next\/static/.test(script.src + script.text))) return true;
    const comments = document.createTreeWalker(document, 128);
    while (comments.nextNode()) if (/^( |\[|\$.?)$/.test(/** @type {Comment} */ (comments.currentNode).data)) return true;
    return false;
  };
  const unwrap = () => {
    document.querySelector("style[data-glossator]")?.remove();
    for (const element of document.querySelectorAll("gl-term,gl-run")) {
      const parent = element.parentNode;
      element.replaceWith(...element.childNodes);
      parent?.normalize();
    }
  };
  const begin = () => {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-card]"))) {
      for (const one of JSON.parse(element.dataset.card || "[]")) cards.set(one.id, one);
    }
    if (mode === "wrap" && isOwned()) {
      mode = "overlay";
      unwrap();
    }
    terms.learn();
    overlay.start(document, mode === "wrap");
  };
  if (mode === "wrap" && document.readyState === "loading") document.addEventListener("readystatechange", begin, { once: true });
  else begin();
}
