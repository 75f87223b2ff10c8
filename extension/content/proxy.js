/**
 * The entry in a page that came through the proxy: reads what the proxy wrote for this page, and puts the parts together.
 *
 * In a page whose words were marked ("wrap") it looks, while the page comes and before the page's own scripts run, whether a
 * framework is about to take the page over; then the marks are taken out without a trace and the overlay takes their place.
 * It asks the proxy alone, by a path of the page's own origin; once the proxy is gone it never asks again.
 */
{
  const own = /** @type {HTMLElement} */ (document.currentScript);
  /** @type {{mode: "wrap"|"overlay", labels: any, settings: Settings, ask: string|null}} */
  let { mode, labels, settings, ask: path } = JSON.parse(own.dataset.glossator || "");
  own.remove();
  const fetching = fetch;
  let fresh = 0;
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
  /** Nothing of the page leaves it unless the proxy has shown within the last second that it is there. @param {object} said */
  const ask = async (said) => {
    if (performance.now() > fresh) {
      const there = await send();
      if (!path?.endsWith("/" + there?.glossator)) path = null;
    }
    const answer = await send(said);
    fresh = performance.now() + 1000;
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

  /** Whether a framework is going to take over what the server wrote: said by one of its comments. @param {any} node */
  const isMarker = ({ nodeType, data, previousSibling, nextSibling }) =>
    // React parts texts that it put in one by one with a space; between anything else it is somebody's own.
    nodeType === 8 && (/^(\/?\$.?|\[.?|)$/.test(data) || data === " " && /^(#t|GL).*,(#t|GL)/.test(previousSibling?.nodeName + "," + nextSibling?.nodeName));
  /** The same, said by what is there already: by comments, or by data. */
  const isOwned = () => {
    const comments = document.createTreeWalker(document, 128);
    while (comments.nextNode()) if (isMarker(comments.currentNode)) return true;
    return [...document.scripts].some(({ id, src, text }) => /__(next_f|NEXT_D|NUXT|remixC|sveltekit)|\/_next\//i.test(id + src + text));
  };
  /** Takes the marks out, but for those that the parser may still be writing in. @param {boolean} whole */
  const unmark = (whole) => {
    /** @type {Node} */
    let end = document;
    while (end.lastChild) end = end.lastChild;
    for (const element of document.querySelectorAll("gl-term,gl-run,style[data-glossator]")) {
      const { parentNode, childNodes, localName } = element;
      if (!whole && element.contains(end)) continue;
      element.replaceWith(...localName === "style" ? [] : childNodes);
      parentNode?.normalize();
    }
  };
  let owned = mode === "overlay" || isOwned(), begun = false;
  /** Begins, as soon as it is known how; and goes on taking marks out until the page is all there. */
  const look = () => {
    const whole = document.readyState !== "loading";
    owned ||= whole && isOwned();
    for (const element of document.querySelectorAll("[data-card]")) keep(JSON.parse(element.getAttribute("data-card") || "[]"));
    if (owned) unmark(whole);
    if (whole) watcher.disconnect();
    if (begun || !whole && !owned) return;
    begun = true;
    terms.learn();
    overlay.start(document, !owned && !!document.querySelector("gl-term"));
  };
  /** What the parser put in last: what follows it was not there yet. @type {Node[]} */
  let late = [];
  const watcher = new MutationObserver((records) => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
    owned ||= [...late, ...added].some(isMarker);
    late = added.slice(-1);
    if (owned) look();
  });
  if (mode === "wrap") watcher.observe(document, { childList: true, subtree: true });
  document.addEventListener("readystatechange", look, { once: true });
  if (owned) look();
}
