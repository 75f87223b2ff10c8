/**
 * The toolbar's popup: what the extension does on this page, and what is in its way.
 *
 * Everything shown is asked for when it opens, and the page's terms while it is open: a page that begins with the click that opened
 * it is still being read. Knows the page only through what the content script tells.
 */

import { EVERYWHERE, refreshAll, tell } from "./pages.js";
import { ask, lastState, place } from "./service.js";
import { counted, part, said, speak } from "./words.js";

/** In milliseconds: between two looks at the page. */
const LOOK = 500;
const paused = /** @type {HTMLInputElement} */ (part("paused"));
const site = /** @type {HTMLInputElement} */ (part("site"));

/** What is said of each state, and whether help is shown. @type {{[state: string]: [string, boolean]}} */
const STATES = {
  ready: ["", false],
  absent: ["serviceAbsent", true],
  unpaired: ["notPaired", true],
  busy: ["serviceBusy", true],
  paused: ["isPaused", false],
  byProxy: ["explainedByProxy", false],
  unreadable: ["pageUnreadable", false],
};

/** @param {keyof typeof STATES} state */
function show(state) {
  const [words, help] = STATES[state];
  part("state").textContent = words && said(words);
  part("help").hidden = !help;
  part("pair").hidden = state !== "unpaired";
  part("page").hidden = state !== "ready";
}

/** The tab under the popup. */
async function tabHere() {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}
/** What the page under the popup answers. @param {object} message */
const tellHere = async (message) => tell(/** @type {number} */ ((await tabHere()).id), message);

/** @param {string} className @param {(event: Event) => any} act @param {(Node|string)[]} inside */
function button(className, act, ...inside) {
  const made = document.createElement("button");
  made.className = className;
  made.append(...inside);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} name @param {string} text */
function text(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** @param {{at: number, text: string, kind: string, meaning: {text: string}|null}} term */
function row({ at, text: word, meaning }) {
  const item = document.createElement("li");
  const go = button("term", async () => {
    await tellHere({ jump: at });
    window.close();
  }, text("b", word), text("span", meaning?.text || ""));
  const wrong = button("wrong", async () => {
    const kept = await tellHere({ report: at }).catch(() => null);
    wrong.disabled = !!kept;
    part("told").textContent = said(kept ? "reportKept" : "reportLost");
  }, "⚑");
  wrong.title = said("markedWrongly");
  wrong.ariaLabel = `${said("markedWrongly")}: ${word}`;
  item.append(go, wrong);
  return item;
}

/** What is shown of the page. */
let shown = "";

async function showPage() {
  const tab = await tabHere();
  const page = await tellHere({ state: true }).catch(() => null);
  const now = JSON.stringify(page);
  if (now === shown) return;
  shown = now;
  if (!page) return show("unreadable");
  show(page.state);
  if (page.state !== "ready") return;
  part("siteName").textContent = said("onSite", new URL(tab.url || "").hostname);
  site.checked = !page.settings.off;
  part("found").textContent = counted("terms", page.terms.length);
  part("terms").replaceChildren(...page.terms.slice(0, 100).map(row));
  part("everywhere").hidden = await chrome.permissions.contains(EVERYWHERE);
}

async function refresh() {
  const settings = await ask("/v1/settings");
  paused.checked = !!settings && !settings.paused;
  paused.disabled = !settings;
  part("told").textContent = shown = "";
  if (!settings) {
    show(lastState());
    // The click gives the right to read this page; it begins by itself once the service is there.
    await tellHere({ state: true }).catch(() => null);
  } else if (settings.paused) show("paused");
  else await showPage();
}

paused.addEventListener("change", async () => {
  await ask("/v1/settings", { method: "PATCH", body: { paused: !paused.checked } });
  await refreshAll();
  await refresh();
});
site.addEventListener("change", async () => {
  await tellHere({ set: { off: !site.checked } });
  await refresh();
});
part("panel").addEventListener("click", async () => {
  await tellHere({ panel: true });
  window.close();
});
part("copy").addEventListener("click", () => navigator.clipboard.writeText(part("command").textContent || ""));
part("again").addEventListener("click", async () => {
  await refreshAll();
  await refresh();
});
part("everywhere").addEventListener("click", () => chrome.permissions.request(EVERYWHERE));
part("desk").addEventListener("click", async () => {
  await chrome.tabs.create({ url: `http://127.0.0.1:${(await place()).port}/` });
  window.close();
});
for (const id of ["pair", "options"]) part(id).addEventListener("click", () => chrome.runtime.openOptionsPage());

speak();
await refresh();
setInterval(() => part("page").hidden || showPage(), LOOK);
