/**
 * The local service as the extension sees it: one function that asks, and what became of it as a word.
 *
 * Speaks the protocol of proxy_addon/service/PROTOCOL.md. Tries again after a while when the service is away; a pause of the
 * service, a lost pairing and an absent service are states, not errors. Knows nothing of tabs or pages.
 *
 * @typedef {"ready"|"absent"|"unpaired"|"busy"} State
 * @typedef {{port: number, token: string}} Place
 */

const DEFAULT_PORT = 8081;
/** Milliseconds for which an absent service is not asked again by itself; asking by hand always asks. */
const REST = 2000;
const PATIENCE = 9000;

/** @type {State} */
let state = "ready";
let absentSince = -Infinity;

/** Where the service is, and the token that it gave. @returns {Promise<Place>} */
export async function place() {
  const kept = await chrome.storage.local.get({ port: DEFAULT_PORT, token: "" });
  return /** @type {Place} */ (kept);
}

/** @param {Partial<Place>} given */
export async function keep(given) {
  await chrome.storage.local.set(given);
  absentSince = -Infinity;
}

/** What became of the last request. */
export const lastState = () => state;

/**
 * The answer of the service as a value; null where there is none, and then `lastState` says why.
 * @param {string} path @param {{method?: string, body?: object, byHand?: boolean}} [asked]
 */
export async function ask(path, { method = "GET", body, byHand = false } = {}) {
  if (!byHand && performance.now() - absentSince < REST) return null;
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
    absentSince = performance.now();
    return null;
  }
  state = answer.status === 401 || answer.status === 403 ? "unpaired" : answer.status === 429 || answer.status === 503 ? "busy" : "ready";
  if (answer.status === 204) return {};
  const told = await answer.json().catch(() => null);
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
