/**
 * The worker between the pages and the local service. Content scripts never fetch: they send a message, this asks.
 *
 * A page may say what it is (its host comes from the browser, not from the page) and ask about its text. What it may change is
 * the reader's wish to see terms; nothing else. A frame is part of the page that it is in: what holds on the site in the address
 * bar holds in it. Holds no state that is not kept in storage: the browser may end it any time.
 */

import { EVERYWHERE, SCRIPTS, broadcast, refreshAll, tell } from "./pages.js";
import { ask, lastState } from "./service.js";

const MENU = "explain";
/** What the button says of a tab in which nothing can be explained now. @type {{[state: string]: string}} */
const TROUBLE = { absent: "noService", unpaired: "notPaired", busy: "serviceBusy", unreadable: "pageUnreadable" };

/** @typedef {{host: string, sender: chrome.runtime.MessageSender, tabId: number}} From   who said it; host is empty where it is no site */

/** @param {string|undefined} url */
const hostOf = (url) => {
  try {
    const { protocol, hostname } = new URL(url || "");
    return protocol === "http:" || protocol === "https:" ? hostname : "";
  } catch {
    return "";
  }
};
const language = () => encodeURIComponent(chrome.i18n.getUILanguage());
/** @param {string} host */
const siteOf = (host) => `/v1/sites/${encodeURIComponent(host)}`;

/** The button over a tab: a few letters, and why. @param {number} tabId @param {string} text @param {string} [why] */
async function show(tabId, text, why) {
  await chrome.action.setBadgeBackgroundColor({ color: "#45454d" });
  await chrome.action.setBadgeText({ tabId, text });
  await chrome.action.setTitle({ tabId, title: why ? `Glossator: ${chrome.i18n.getMessage(why)}` : "Glossator" });
}

/** The answer, or in its place how the service is; the button says that too. @param {any} answer @param {From} from */
async function orState(answer, { sender, tabId }) {
  if (answer) return answer;
  const state = lastState();
  if (TROUBLE[state] && sender.frameId === 0) await show(tabId, "–", TROUBLE[state]);
  return { state };
}

/** What a page may say, by the name of the message. @type {{[name: string]: (said: any, from: From) => Promise<any>}} */
const FROM_PAGES = {
  async begin(_, from) {
    if (!from.host) return { state: "unreadable" };
    const settings = await ask(siteOf(from.host));
    const labels = settings && await ask(`/v1/labels?language=${language()}`);
    return orState(labels && { settings, labels }, from);
  },
  settings: (_, { host }) => ask(siteOf(host)),
  annotate: async (body, from) => orState(await ask(`/v1/annotate?language=${language()}`, { method: "POST", body }), from),
  async hide({ ids }) {
    const settings = await ask("/v1/settings");
    const kept = settings && await ask("/v1/settings", { method: "PATCH", body: { hidden: [...new Set([...settings.hidden, ...ids])] } });
    if (kept) refreshAll();
    return kept;
  },
  async set(body, { host, tabId }) {
    const settings = await ask(siteOf(host), { method: "PATCH", body });
    if (settings) broadcast([tabId], { apply: settings });
    return settings;
  },
  report: (body) => ask("/v1/feedback", { method: "POST", body }),
  count: ({ terms }, { tabId }) => show(tabId, terms ? String(Math.min(terms, 999)) : ""),
};

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  const name = Object.keys(message || {})[0], tabId = sender.tab?.id;
  if (sender.id !== chrome.runtime.id || tabId === undefined || !Object.hasOwn(FROM_PAGES, name)) return false;
  const host = hostOf(sender.tab?.url ?? sender.url);
  if (!host && name !== "begin") return false;
  FROM_PAGES[name](message[name], { host, sender, tabId }).then((told) => answer(told ?? null), () => answer(null));
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

/** What the reader asks of a page by the menu or a key. @param {chrome.tabs.Tab|undefined} tab @param {object} message @param {number} [frameId] */
async function order(tab, message, frameId) {
  if (tab?.id === undefined) return;
  try {
    await tell(tab.id, message, frameId);
  } catch {
    // A page of the browser's own, which nobody may read.
    await show(tab.id, "–", TROUBLE.unreadable);
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
  if (info.menuItemId === MENU) order(tab, { explain: info.selectionText || "" }, info.frameId);
});
chrome.commands.onCommand.addListener((name, tab) => {
  if (name === "panel") order(tab, { panel: true });
  if (name === "site") order(tab, { toggle: true });
});
