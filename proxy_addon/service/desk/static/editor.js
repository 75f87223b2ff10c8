// What an editor does at the desk: an entry checked while it is written, a text tried, a list imported.

import { Refused, complain, here, members, put, say, send } from "./send.js";

// Milliseconds without a key before a text is looked at, and between two looks at whether an edit is in use.
const PAUSE = 400;
const LOOK = 1000;
const LOOKS = 60;

/** Begins what a part that was just loaded can do. @param {HTMLElement} part */
export function begin(part) {
  for (const form of part.querySelectorAll("form")) {
    if (form.dataset.edit !== undefined) edit(form);
    if (form.dataset.stub !== undefined) answers(form, "/desk/own/new");
    if (form.dataset.keep !== undefined) answers(form, "/desk/own/keep");
    if (form.dataset.try !== undefined) tries(form);
    if (form.dataset.import !== undefined) imports(form);
  }
}

/** Where a form's answer goes: the box behind it. @param {HTMLElement} form */
const box = (form) => /** @type {HTMLElement} */ (form.nextElementSibling);

/** @param {HTMLFormElement} form @param {string} path @param {(form: HTMLFormElement) => Promise<Record<string, unknown>>} [given] */
function answers(form, path, given = async (each) => members(each)) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await answer(form, path, await given(form));
  });
}

/** @param {HTMLElement} form @param {string} path @param {Record<string, unknown>} body */
async function answer(form, path, body) {
  const place = box(form);
  place.setAttribute("aria-busy", "true");
  try {
    put(place, await send("POST", here(path), body));
  } catch (error) {
    if (error instanceof Refused && error.part) put(place, error.part);
    else complain(error);
  }
  place.setAttribute("aria-busy", "false");
  begin(place);
}

/** @param {() => void} work */
function calmly(work) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, PAUSE);
  };
}

/** A text is tried while it is written, a page when it is chosen. @param {HTMLFormElement} form */
function tries(form) {
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const body = async () => {
    const chosen = file.files?.[0];
    return { ...members(form), html: chosen ? lean(await decoded(chosen)) : "" };
  };
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  answers(form, "/desk/own/trying", body);
  text.addEventListener("input", calmly(async () => { file.value = ""; answer(form, "/desk/own/trying", await body()); }));
  file.addEventListener("change", () => form.requestSubmit());
}

/** The text of a saved page, in the encoding that it names. @param {File} file */
async function decoded(file) {
  const bytes = await file.arrayBuffer();
  const start = new TextDecoder("latin1").decode(bytes.slice(0, 4096));
  const named = /charset\s*=\s*["']?\s*([\w-]+)/i.exec(start)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(named).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** A page without what nobody reads: it is shown without it, and so is small enough to send. @param {string} html */
function lean(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const each of page.querySelectorAll("script, style, link, meta, svg, iframe, object, embed, noscript, template")) each.remove();
  for (const each of page.querySelectorAll("*")) {
    for (const name of each.getAttributeNames()) if (!["lang", "dir", "translate", "hidden", "colspan", "rowspan"].includes(name)) each.removeAttribute(name);
  }
  return `<!DOCTYPE html>\n${page.documentElement.outerHTML}`;
}

/** @param {HTMLFormElement} form */
function imports(form) {
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  answers(form, "/desk/own/importing", async () => {
    const chosen = /** @type {File} */ (file.files?.[0]);
    return { ...members(form), name: chosen.name, text: await decoded(chosen) };
  });
}

/** @param {HTMLFormElement} form */
function edit(form) {
  const text = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
  const digest = /** @type {HTMLInputElement} */ (form.elements.namedItem("digest"));
  const checked = /** @type {HTMLElement} */ (form.querySelector(".checked"));
  const told = /** @type {HTMLElement} */ (form.querySelector(".answer"));
  const conflict = /** @type {HTMLElement} */ (form.querySelector(".conflict"));
  const kept = `glossator-draft:${form.dataset.key}`;
  const before = text.value;
  let asked = 0;

  const check = async () => {
    const nth = asked += 1;
    try {
      const html = await send("POST", here("/desk/own/check"), { entry: form.dataset.key, text: text.value });
      if (nth === asked) put(checked, html);
    } catch (error) {
      complain(error);
    }
  };
  const save = async () => {
    told.textContent = "";
    try {
      put(told, await send("POST", here("/desk/own/save"), members(form)));
      conflict.replaceChildren();
      sessionStorage.removeItem(kept);
      const done = /** @type {HTMLElement} */ (told.querySelector("[data-digest]"));
      digest.value = done.dataset.digest ?? "";
      await inUse(form, told, done.dataset.version ?? "");
    } catch (error) {
      if (!(error instanceof Refused) || !error.part) complain(error);
      else if (error.status === 409) put(conflict, error.part);
      else put(checked, error.part);
    }
  };

  restore(form, text, kept, before, check);
  const later = calmly(check);
  text.addEventListener("input", () => { sessionStorage.setItem(kept, text.value); later(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.dataset.line) go(text, Number(button.dataset.line));
    if (button?.dataset.overwrite) { digest.value = button.dataset.overwrite; save(); }
  });
  check();
}

/** The text of last time, if it was not saved.
 * @param {HTMLFormElement} form @param {HTMLTextAreaElement} text @param {string} kept @param {string} before @param {() => void} check */
function restore(form, text, kept, before, check) {
  const held = sessionStorage.getItem(kept);
  if (held === null || held === before) return;
  text.value = held;
  const line = document.createElement("p");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = form.dataset.discard ?? "";
  button.addEventListener("click", () => { text.value = before; sessionStorage.removeItem(kept); line.remove(); text.focus(); check(); });
  line.className = "note";
  line.append(`${form.dataset.restored} `, button);
  form.prepend(line);
}

/** Waits until the service uses the edit, and says so.
 * @param {HTMLFormElement} form @param {HTMLElement} told @param {string} version */
async function inUse(form, told, version) {
  const line = document.createElement("p");
  line.textContent = form.dataset.waiting ?? "";
  told.append(line);
  for (let look = 0; look < LOOKS && line.isConnected; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    const status = JSON.parse(await send("GET", "/v1/status"));
    if (status.fault) { line.textContent = form.dataset.broken ?? ""; line.className = "bad"; return; }
    if (status.glossary !== version) { line.textContent = form.dataset.inuse ?? ""; say(line.textContent); return; }
  }
  line.remove();
}

/** @param {HTMLTextAreaElement} text @param {number} line */
function go(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}
