/**
 * The entry in a page that came through the proxy: reads what the proxy wrote for this page, and puts the parts together.
 *
 * In a page whose words were marked ("wrap") it looks, while the page comes and before the page's own scripts run, whether a
 * framework is about to take the page over; then the marks are taken out without a trace and the overlay takes their place.
 * It asks the proxy alone, by a path of the page's own origin; once the proxy is gone it never asks again.
 */
{
  const own = /** @type {HTMLElement} */ (page.currentScript);
  /** @type {{mode: "wrap"|"overlay", labels: any, settings: Settings, ask: string|null}} */
  let { mode, labels, settings, ask: path } = JSON.parse(/** @type {string} */ (own.dataset.glossator));
  own.remove();
  const fetching = fetch;
  let fresh = 0;
  /** @type {Map<string, Card>} */
  const cards = new Map();

  /** What the proxy answers; null once it is gone. @param {object} [said] @returns {Promise<any>} */
  const send = async (said) => {
    const body = said && JSON.stringify(said);
    try {
      const answer = path ? await fetching(path, {
        method: body && "POST", body, headers: { "Content-Type": "application/json" },
        credentials: "omit", redirect: "error", signal: AbortSignal.timeout(9000),
      }) : null;
      if (answer?.ok) return await answer.json();
    } catch {
      // As any answer but a good one: it is gone.
    }
    return path = null;
  };
  /** Nothing of the page leaves it unless the proxy has shown within the last second that it is there. @param {object} said */
  const ask = async (said) => {
    if (Date.now() > fresh) {
      const there = await send();
      if (!path?.endsWith("/" + there?.glossator)) path = null;
    }
    const answer = await send(said);
    fresh = Date.now() + 1000;
    return answer;
  };
  /** @param {{[id: string]: Card}} given */
  const keep = (given) => {
    for (const id in given) cards.set(given[id].id, given[id]);
  };

  const overlay = createOverlay({
    async ask(request) {
      const answer = await ask({ annotate: request });
      keep(answer?.entries);
      return answer;
    },
    admit: (term) => isWanted(settings, term),
    onChange() {
      terms.update();
      panel.update();
    },
  });
  const terms = createTerms({ overlay, settings });
  /** @param {string} id */
  const cardOf = (id) => cards.get(id);
  /** @param {Partial<Settings>} given @param {object} told */
  const onSetting = (given, told = given) => {
    settings = { ...settings, ...given };
    terms.apply(settings);
    panel.update(settings);
    return ask({ set: told });
  };
  const card = createCard({
    labels, cardOf, terms, canSave: !!path, hiding: "hide_here",
    onMute: (/** @type {string[]} */ ids) => onSetting({ hidden: [...settings.hidden, ...ids] }, { hidden: Object.fromEntries(ids.map((id) => [id, true])) }),
    onSiteOff: () => onSetting({ off: true }),
    onPanel: () => panel.open(),
  });
  const panel = createPanel({
    labels, terms, cardOf, settings, onSetting, live: overlay.live,
    onJump: card.go,
  });

  const comments = page.createTreeWalker(page, 128);
  /** What the parser wrote last. */
  const lastNode = () => {
    /** @type {Node} */
    let node = page;
    while (node.lastChild) node = node.lastChild;
    return node;
  };
  /** Whether a framework is going to take over what the server wrote: said by comments that were not looked at yet. */
  const isMarked = () => {
    while (comments.nextNode()) {
      const { data, previousSibling, nextSibling } = /** @type {Comment} */ (comments.currentNode);
      // React parts texts that it put in one by one with a space; between anything else it is somebody's own.
      if (/^(\/?\$.?|\[.?|)$/.test(data) || data === " " && /^(#t|GL).*,(#t|GL|u)/.test(previousSibling?.nodeName + "," + nextSibling?.nodeName)) return true;
    }
    comments.currentNode = lastNode();
  };
  /** The same, said by data. */
  const hasData = () => [...page.scripts].some(({ id, src, text }) => /__(next_f|NEXT_D|NUXT|remixC|sveltekit)|\/_next\//i.test(id + src + text));
  let owned = mode === "overlay", begun = false;
  /** Begins once it is known how; and where a framework owns the page takes out marks, but for those that the parser is writing in. */
  const look = () => {
    const whole = page.readyState !== "loading";
    owned ||= isMarked() || whole && hasData();
    if (!owned && !whole) return;
    for (const element of select("[data-card]")) keep(JSON.parse(/** @type {string} */ (element.dataset.card)));
    const last = lastNode();
    for (const element of owned ? select("gl-term,gl-run,style[data-glossator]") : []) {
      const { childNodes, localName } = element, around = /** @type {Node} */ (element.parentNode);
      if (!whole && element.contains(last)) continue;
      element.replaceWith(...localName === "style" ? [] : childNodes);
      around.normalize();
    }
    if (whole) watcher.disconnect();
    if (begun) return;
    begun = true;
    terms.learn();
    overlay.start(!owned && !!select("gl-term")[0]);
  };
  const watcher = new MutationObserver(look);
  if (mode === "wrap") watcher.observe(page, { childList: true, subtree: true });
  page.addEventListener("readystatechange", look, { once: true });
  look();
}
