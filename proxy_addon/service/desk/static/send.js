// What a page of the desk asks of the service: with the reader's key, as JSON, and never anywhere else.
// A part is HTML from the service's own templates; it is parsed without being run, and put in its place as nodes.

const KEY = "glossator-key";

/** @returns {string} */
export const key = () => localStorage.getItem(KEY) ?? "";

/** @param {string} token */
export function keep(token) {
  if (token) localStorage.setItem(KEY, token);
  else localStorage.removeItem(KEY);
}

/** A refusal of the service; the message is for the reader. */
export class Refused extends Error {
  /** @param {number} status @param {string} message @param {string} part */
  constructor(status, message, part = "") {
    super(message);
    this.status = status;
    this.part = part;
  }
}

/** The service's answer as text. Throws Refused.
 * @param {string} method @param {string} url @param {unknown} [body] @param {string} [token] @returns {Promise<string>} */
export async function send(method, url, body, token = key()) {
  const head = new Headers();
  if (token) head.set("Authorization", `Bearer ${token}`);
  if (method !== "GET") head.set("Content-Type", "application/json");
  const content = method === "GET" ? undefined : JSON.stringify(body ?? {});
  let answer;
  try {
    answer = await fetch(url, { method, headers: head, body: content, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch {
    throw new Refused(0, document.body.dataset.absent ?? "");
  }
  const text = await answer.text();
  if (answer.ok) return text;
  if (!answer.headers.get("Content-Type")?.includes("json")) throw new Refused(answer.status, "", text);
  throw new Refused(answer.status, JSON.parse(text).detail);
}

/** An address of the desk in the page's language.
 * @param {string} path */
export function here(path) {
  const lang = new URLSearchParams(location.search).get("lang");
  return lang ? `${path}${path.includes("?") ? "&" : "?"}lang=${encodeURIComponent(lang)}` : path;
}

/** Puts a part in its place.
 * @param {Element} place @param {string} html */
export function put(place, html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  place.replaceChildren(...parsed.body.childNodes);
}

let silence = 0;

/** Tells the reader, for a few seconds. @param {string} text @param {boolean} [bad] */
export function say(text, bad = false) {
  const line = /** @type {HTMLElement} */ (document.getElementById("say"));
  line.textContent = text;
  line.classList.toggle("bad", bad);
  clearTimeout(silence);
  silence = setTimeout(() => { line.textContent = ""; }, bad ? 15000 : 4000);
}

/** @param {unknown} error */
export function complain(error) {
  if (!(error instanceof Refused)) throw error;
  if (error.message) say(error.message, true);
}

/** How often each part was asked for: an answer that another one has overtaken is not shown. @type {WeakMap<HTMLElement, number>} */
const asked = new WeakMap();

/** Fetches a part, or shows how to get in.
 * @param {HTMLElement} place @returns {Promise<void>} */
export async function load(place) {
  const nth = (asked.get(place) ?? 0) + 1;
  asked.set(place, nth);
  place.setAttribute("aria-busy", "true");
  try {
    if (!key()) throw new Refused(401, "");
    const html = await send("GET", place.dataset.own ?? "");
    if (asked.get(place) !== nth) return;
    const kept = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : "";
    put(place, html);
    if (kept) document.getElementById(kept)?.focus();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.status !== 401) say(error.message, true);
    else lock(place);
  }
  place.setAttribute("aria-busy", "false");
  place.dispatchEvent(new CustomEvent("loaded", { bubbles: true }));
}

/** @param {HTMLElement} place */
function lock(place) {
  keep("");
  const shown = /** @type {HTMLTemplateElement} */ (document.getElementById("locked")).content.cloneNode(true);
  place.replaceChildren(...(document.querySelector("main .locked") && !place.querySelector(".locked") ? [] : [shown]));
}

/** The members of a form as JSON values.
 * @param {HTMLFormElement} form @returns {Record<string, unknown>} */
export function members(form) {
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const each of form.querySelectorAll("input, select, textarea")) {
    const field = /** @type {HTMLInputElement} */ (each);
    const list = field.dataset.off ?? field.dataset.on;
    if (list !== undefined) {
      const chosen = /** @type {string[]} */ (found[list] ??= []);
      if (field.checked === (field.dataset.on !== undefined)) chosen.push(field.value);
    } else if (field.name && field.type !== "file") {
      if (field.type === "checkbox") found[field.name] = field.checked;
      else if (field.dataset.true !== undefined) found[field.name] = true;
      else found[field.name] = field.dataset.null !== undefined && !field.value ? null : field.value;
    }
  }
  return found;
}

/** Sends what an element asks to be sent, and shows its part anew.
 * @param {HTMLElement} asks @param {Record<string, unknown>} body */
export async function carryOut(asks, body) {
  const [method, address] = (asks.dataset.send ?? "").split(" ");
  const url = address.replace(/\{(\w+)\}/g, (_, name) => {
    const value = String(body[name] ?? "").trim();
    delete body[name];
    return encodeURIComponent(value);
  });
  const place = /** @type {HTMLElement | null} */ (asks.closest("[data-own]"));
  try {
    await send(method, url, body);
    say(asks.dataset.said ?? document.body.dataset.saved ?? "");
  } catch (error) {
    complain(error);
  }
  if (place) await load(place);
}
