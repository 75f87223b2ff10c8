/**
 * The worker between the pages and the local service. Content scripts never fetch: they send a message, this asks.
 *
 * A page may say what it is (its host comes from the browser, not from the page) and ask about its text. What it may change is
 * the reader's wish to see terms; nothing else. Holds no state that is not kept in storage: the browser may end it any time.
 */

import { ask, lastState } from "./service.js";

const SCRIPTS = ["text", "overlay", "terms", "card", "panel", "extension"].map((name) => `content/${name}.js`);
const EVERYWHERE = { origins: ["http://*/*", "https://*/*"] };
const MENU = "explain";

/** @param {string|undefined} url */
const hostOf = (url) => {
  try {
    const { protocol, hostname } = new URL(url || "");
    return protocol === "http:" || protocol === "https:" ? hostname : "";
  } catch {
    return "";
  }
};
const language = () => chrome.i18n.getUILanguage();

/** What a page needs to begin. @param {string} host */
async function begin(host) {
  const settings = await ask(`/v1/sites/${encodeURIComponent(host)}`);
  const labels = settings && await ask(`/v1/labels?language=${encodeURIComponent(language())}`);
  return settings && labels ? { settings, labels } : { state: lastState() };
}

/**
 * What a page may say, by the name of the message.
 * @type {{[name: string]: (said: any, host: string, tab: chrome.tabs.Tab) => Promise<any>}}
 */
const FROM_PAGES = {
  begin: (_, host) => begin(host),
  annotate: (request) => ask(`/v1/annotate?language=${encodeURIComponent(language())}`, { method: "POST", body: request }),
  hide: ({ ids }) => hide(ids),
  set: (given, host) => ask(`/v1/sites/${encodeURIComponent(host)}`, { method: "PATCH", body: given }),
  report: (given) => ask("/v1/feedback", { method: "POST", body: given }),
  async count({ terms }, _, tab) {
    await chrome.action.setBadgeBackgroundColor({ color: "#45454d" });
    await chrome.action.setBadgeText({ tabId: tab.id, text: terms ? String(Math.min(terms, 999)) : "" });
  },
};

/** Hides entries everywhere: the reader's word in an isolated script is trusted further than in a page. @param {string[]} ids */
async function hide(ids) {
  const settings = await ask("/v1/settings");
  return settings && ask("/v1/settings", { method: "PATCH", body: { hidden: [...new Set([...settings.hidden, ...ids])] } });
}

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const name = Object.keys(message || {})[0];
  const host = hostOf(sender.url);
  if (sender.id !== chrome.runtime.id || !sender.tab || !host || !Object.hasOwn(FROM_PAGES, name)) return false;
  FROM_PAGES[name](message[name], host, sender.tab).then((told) => answer(told ?? null), () => answer(null));
  return true;
});

/** Where the reader allowed every site, the scripts are there before the page is read; else they come with the reader's click. */
async function settle() {
  const everywhere = await chrome.permissions.contains(EVERYWHERE);
  const [registered] = await chrome.scripting.getRegisteredContentScripts({ ids: ["content"] });
  if (everywhere && !registered) {
    await chrome.scripting.registerContentScripts([
      { id: "content", js: SCRIPTS, matches: EVERYWHERE.origins, allFrames: true, matchOriginAsFallback: false, runAt: "document_idle" },
    ]);
  } else if (!everywhere && registered) {
    await chrome.scripting.unregisterContentScripts({ ids: ["content"] });
  }
}

/** Puts the scripts into a page that has none yet. @param {number} tabId */
async function reach(tabId) {
  const target = { tabId, allFrames: true };
  const [{ result: there }] = await chrome.scripting.executeScript({ target: { tabId }, func: () => "glossator" in globalThis });
  if (!there) await chrome.scripting.executeScript({ target, files: SCRIPTS });
}

/** @param {chrome.tabs.Tab|undefined} tab @param {object} message */
async function tell(tab, message) {
  if (!tab?.id) return;
  try {
    await reach(tab.id);
    await chrome.tabs.sendMessage(tab.id, message);
  } catch {
    // A page of the browser's own, which nobody may read.
    await chrome.action.setBadgeText({ tabId: tab.id, text: "–" });
  }
}

chrome.runtime.onInstalled.addListener(async ({ reason }) => {
  await chrome.contextMenus.removeAll();
  chrome.contextMenus.create({ id: MENU, title: chrome.i18n.getMessage("explainSelection"), contexts: ["selection"] });
  await settle();
  if (reason === "install") await chrome.runtime.openOptionsPage();
});
chrome.runtime.onStartup.addListener(settle);
chrome.permissions.onAdded.addListener(settle);
chrome.permissions.onRemoved.addListener(settle);
chrome.contextMenus.onClicked.addListener((info, tab) => {
  if (info.menuItemId === MENU) tell(tab, { explain: info.selectionText || "" });
});
chrome.commands.onCommand.addListener(async (name, tab) => {
  if (name === "panel") await tell(tab, { panel: true });
  if (name === "site") await tell(tab, { toggle: true });
});
