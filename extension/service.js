/**
 * The local service as the extension sees it: one function that asks, and what became of it as a word.
 *
 * Speaks the protocol of proxy_addon/service/PROTOCOL.md. A lost pairing, a busy service and an absent one are states, not errors;
 * who asked waits and asks again (content/extension.js). Knows nothing of tabs or pages.
 *
 * @typedef {"ready"|"absent"|"unpaired"|"busy"} State
 * @typedef {{port: number, token: string}} Place
 */

const DEFAULT_PORT = 8081;
/** In milliseconds: what takes longer than this is as if there was no service. */
const PATIENCE = 9000;

/** What a status says of the service; any other is the answer of one that is well. @param {number} status @returns {State} */
const stateBy = (status) =>
  status === 401 || status === 403 ? "unpaired" : status === 408 || status === 429 || status >= 500 ? "busy" : "ready";

/** @type {State} */
let state = "ready";

/** Where the service is, and the token that it gave. @returns {Promise<Place>} */
export async function place() {
  const kept = await chrome.storage.local.get({ port: DEFAULT_PORT, token: "" });
  return /** @type {Place} */ (kept);
}

/** @param {Partial<Place>} given */
export async function keep(given) {
  await chrome.storage.local.set(given);
}

/** What became of the last request. */
export const lastState = () => state;

/**
 * The answer of the service as a value; null where there is none, and then `lastState` says why.
 * @param {string} path @param {{method?: string, body?: object}} [asked]
 */
export async function ask(path, { method = "GET", body } = {}) {
  const { port, token } = await place();
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method, cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE),
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    state = "absent";
    return null;
  }
  const told = answer.status === 204 ? {} : await answer.json().catch(() => null);
  state = answer.ok && !told ? "busy" : stateBy(answer.status);
  return answer.ok ? told : null;
}

/**
 * Takes the code that the desk shows to the service, and keeps the token. What is said to the person where it fails is the
 * service's own word, or empty where it is away.
 * @param {string} code @returns {Promise<{paired: boolean, said: string}>}
 */
export async function pair(code) {
  const { port } = await place();
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/pair`, {
      method: "POST", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE),
      headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }),
    });
    const told = await answer.json();
    if (!answer.ok) return { paired: false, said: String(told.detail || "") };
    await keep({ token: told.token });
    state = "ready";
    return { paired: true, said: "" };
  } catch {
    state = "absent";
    return { paired: false, said: "" };
  }
}
