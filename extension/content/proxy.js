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
  let { mode, labels, settings, ask: path } = JSON.parse(own.dataset.glossator || "");
  own.remove();
  const fetching = fetch;
  /** @type {Map<string, Card>} */
  const cards = new Map();

  /** What the proxy answers; null once it is gone. @param {object} [said] @returns {Promise<any>} */
  const send = async (said) => {
    const body = said && JSON.stringify(said), method = body ? "POST" : "GET";
    try {
      const answer = path && await fetching(path, {
        method, body, headers: { "Content-Type": "application/json" },
        credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(9000),
      });
      if (answer && answer.ok) return await answer.json();
    } catch {
      // As any answer but a good one: it is gone.
    }
    return path = null;
  };
  /** Nothing of the page leaves it unless the proxy has just shown that it is there. @param {object} said */
  const ask = async (said) => {
    const there = await send();
    if (!path?.endsWith("/" + there?.glossator)) path = null;
    return send(said);
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
  const cardOf = (id) => cards.get(id) || null;
  /** @param {Partial<Settings>} given @param {object} told */
  const onSetting = (given, told = given) => {
    settings = { ...settings, ...given };
    terms.apply(settings);
    panel.update(settings);
    return ask({ set: told });
  };
  const card = createCard({
    labels, cardOf, terms, canSave: !!path,
    onMute: (/** @type {string[]} */ ids) => onSetting({ hidden: [...settings.hidden, ...ids] }, { hidden: Object.fromEntries(ids.map((id) => [id, true])) }),
    onSiteOff: () => onSetting({ off: true }),
    onPanel: () => panel.open(),
  });
  const panel = createPanel({
    labels, terms, cardOf, settings, onSetting, live: overlay.live,
    onJump: card.go,
    crowded: () => !!document.querySelector("[data-crowded]"),
  });

  /** Whether a framework is going to take over what the server wrote: said by its comments, or by its data. */
  const isOwned = () => {
    const comments = document.createTreeWalker(document, 128);
    while (comments.nextNode()) {
      const { data, previousSibling, nextSibling } = /** @type {Comment} */ (comments.currentNode);
      // React parts texts that it put in one by one with a space; between anything else it is somebody's own.
      if (/^(\/?\$.?|\[.?|)$/.test(data) || data === " " && /^(#t|GL).*,(#t|GL)/.test(previousSibling?.nodeName + "," + nextSibling?.nodeName)) return true;
    }
    return [...document.scripts].some(({ id, src, text }) => /__(next_f|NEXT_D|NUXT|remixC|sveltekit)|\/_next\//i.test(id + src + text));
  };
  const begin = () => {
    for (const element of document.querySelectorAll("[data-card]")) keep(JSON.parse(element.getAttribute("data-card") || "[]"));
    if (mode === "overlay" || isOwned()) {
      mode = "overlay";
      for (const element of document.querySelectorAll("gl-term,gl-run,style[data-glossator]")) {
        const { parentNode, childNodes, localName } = element;
        element.replaceWith(...localName === "style" ? [] : childNodes);
        parentNode?.normalize();
      }
    }
    terms.learn();
    overlay.start(document, mode === "wrap");
  };
  if (mode === "wrap") document.addEventListener("readystatechange", begin, { once: true });
  else begin();
}
