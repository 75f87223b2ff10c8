/**
 * The toolbar's popup: what the extension does on this page, and what is in its way.
 *
 * Everything shown is asked for when it opens. Knows the page only through the content script's report.
 */

import { ask, lastState } from "./service.js";
import { counted, part, said, speak } from "./words.js";

const EVERYWHERE = { origins: ["http://*/*", "https://*/*"] };
const SCRIPTS = ["text", "overlay", "terms", "card", "panel", "extension"].map((name) => `content/${name}.js`);

/** What is said of each state, and whether help is shown. @type {{[state: string]: [string, boolean]}} */
const STATES = {
  ready: ["", false],
  absent: ["serviceAbsent", true],
  unpaired: ["notPaired", true],
  busy: ["serviceBusy", true],
  paused: ["isPaused", false],
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

/** @param {number} tabId @returns {Promise<any>} */
async function reported(tabId) {
  try {
    const [{ result: there }] = await chrome.scripting.executeScript({ target: { tabId }, func: () => "glossator" in globalThis });
    if (!there) await chrome.scripting.executeScript({ target: { tabId, allFrames: true }, files: SCRIPTS });
    return await chrome.tabs.sendMessage(tabId, { report: true });
  } catch {
    return null;
  }
}

/** @param {{at: number, text: string, kind: string, meaning: {text: string}|null}} term @param {number} tabId */
function row({ at, text, meaning }, tabId) {
  const item = document.createElement("li"), button = document.createElement("button");
  const word = document.createElement("b"), gloss = document.createElement("span");
  word.textContent = text;
  gloss.textContent = meaning?.text || "";
  button.append(word, gloss);
  button.addEventListener("click", async () => {
    await chrome.tabs.sendMessage(tabId, { jump: at });
    window.close();
  });
  item.append(button);
  return item;
}

/** @param {chrome.tabs.Tab} tab */
async function showPage(tab) {
  const tabId = /** @type {number} */ (tab.id);
  const report = await reported(tabId);
  if (!report) return show("unreadable");
  if (report.state !== "ready" || !report.settings) return show(report.state === "ready" ? "unreadable" : report.state);
  show("ready");
  part("siteName").textContent = said("onSite", new URL(tab.url || "").hostname);
  /** @type {HTMLInputElement} */ (part("site")).checked = !report.settings.off;
  part("found").textContent = counted("terms", report.terms.length);
  part("terms").replaceChildren(...report.terms.slice(0, 100).map((/** @type {any} */ term) => row(term, tabId)));
  part("everywhere").hidden = await chrome.permissions.contains(EVERYWHERE);
}

/** @param {boolean} [byHand] */
async function refresh(byHand = false) {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  const settings = await ask("/v1/settings", { byHand });
  /** @type {HTMLInputElement} */ (part("paused")).checked = !!settings && !settings.paused;
  /** @type {HTMLInputElement} */ (part("paused")).disabled = !settings;
  if (!settings) return show(lastState());
  if (settings.paused) return show("paused");
  if (tab) await showPage(tab);
}

part("paused").addEventListener("change", async (event) => {
  await ask("/v1/settings", { method: "PATCH", body: { paused: !(/** @type {HTMLInputElement} */ (event.target).checked) }, byHand: true });
  await refresh(true);
});
part("site").addEventListener("change", async (event) => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  await chrome.tabs.sendMessage(/** @type {number} */ (tab.id), { set: { off: !(/** @type {HTMLInputElement} */ (event.target).checked) } });
  await refresh(true);
});
part("panel").addEventListener("click", async () => {
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  await chrome.tabs.sendMessage(/** @type {number} */ (tab.id), { panel: true });
  window.close();
});
part("copy").addEventListener("click", () => navigator.clipboard.writeText(part("command").textContent || ""));
part("again").addEventListener("click", () => refresh(true));
part("everywhere").addEventListener("click", () => chrome.permissions.request(EVERYWHERE));
for (const id of ["pair", "options"]) part(id).addEventListener("click", () => chrome.runtime.openOptionsPage());

speak();
refresh(true);
