/**
 * The pages in the browser's tabs, as the extension's own parts reach them: puts the scripts in where there are none yet, and
 * tells them something. Knows which scripts those are, and nothing of what is said.
 */

export const EVERYWHERE = { origins: ["http://*/*", "https://*/*"] };
export const SCRIPTS = ["text", "overlay", "terms", "card", "panel", "extension"].map((name) => `content/${name}.js`);

/** @param {number} tabId @param {number} frameId */
async function reach(tabId, frameId) {
  const target = { tabId, frameIds: [frameId] };
  const [{ result: there }] = await chrome.scripting.executeScript({ target, func: () => "glossator" in globalThis });
  if (!there) await chrome.scripting.executeScript({ target: frameId ? target : { tabId, allFrames: true }, files: SCRIPTS });
}

/**
 * What the page of a tab answers, or one frame of it. Rejects where nobody may read.
 * @param {number} tabId @param {object} message @param {number} [frameId] @returns {Promise<any>}
 */
export async function tell(tabId, message, frameId = 0) {
  await reach(tabId, frameId);
  return chrome.tabs.sendMessage(tabId, message, { frameId });
}

/** Tells every frame of these tabs in which the scripts are already. @param {number[]} tabIds @param {object} message */
export function broadcast(tabIds, message) {
  for (const tabId of tabIds) chrome.tabs.sendMessage(tabId, message).catch(() => null);
}

/** What the reader wishes has changed, or the service is there again: pages in sight ask anew. */
export async function refreshAll() {
  broadcast((await chrome.tabs.query({})).flatMap(({ id }) => id ?? []), { refresh: true });
}
