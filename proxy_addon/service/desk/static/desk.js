// Begins on every page of the desk: takes the key from the address, loads the parts, sends what is changed.

import { begin } from "./editor.js";
import { carryOut, complain, keep, key, load, members, put, say, send, here } from "./send.js";

/** The key of an address is good once; what it is exchanged for stays in this browser until the service ends. */
async function enter() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (!given) return;
  history.replaceState(null, "", location.pathname + location.search);
  try {
    keep(JSON.parse(await send("POST", "/desk/enter", { key: given }, "")).token);
  } catch (error) {
    complain(error);
  }
}

/** @param {SubmitEvent} event */
async function submitted(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.enter !== undefined) {
    event.preventDefault();
    try {
      keep(JSON.parse(await send("POST", "/desk/own/sitting", {}, String(members(form).token).trim())).token);
      location.reload();
    } catch (error) {
      complain(error);
    }
  } else if (form.dataset.send !== undefined) {
    event.preventDefault();
    await carryOut(form, members(form));
  }
}

/** @param {Event} event */
async function changed(event) {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form?.dataset.live !== undefined) await carryOut(form, members(form));
  if (form?.dataset.show !== undefined) {
    const place = /** @type {HTMLElement} */ (form.closest("[data-own]"));
    const shipped = members(form).shipped;
    place.dataset.own = here(`/desk/own/problems${shipped ? "?shipped=1" : ""}`);
    await load(place);
  }
}

/** @param {MouseEvent} event */
async function clicked(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  if (button.dataset.pair !== undefined) await pair(/** @type {HTMLElement} */ (button.closest("[data-pairing]")));
  if (button.dataset.send === undefined) return;
  if (button.dataset.sure && !button.dataset.asked) {
    button.dataset.asked = "1";
    button.textContent = button.dataset.sure;
    return;
  }
  await carryOut(button, JSON.parse(button.dataset.body ?? "{}"));
}

/** Shows a code, its time, and whether it was used.
 * @param {HTMLElement} box */
async function pair(box) {
  const code = /** @type {HTMLElement} */ (box.querySelector(".code"));
  const hint = /** @type {HTMLElement} */ (box.querySelector(".hint"));
  const paired = async () => send("GET", "/v1/pairings");
  try {
    const before = await paired();
    const digits = JSON.parse(await send("POST", "/v1/pairings")).code;
    /** @type {HTMLElement} */ (code.querySelector("output")).textContent = `${digits.slice(0, 4)} ${digits.slice(4)}`;
    code.hidden = false;
    for (let left = 120; left > 0 && box.isConnected; left -= 1) {
      hint.textContent = `${box.dataset.left} ${left}`;
      if (left % 2 === 0 && await paired() !== before) {
        const place = /** @type {HTMLElement} */ (box.closest("[data-own]"));
        await load(place);
        say(box.dataset.used ?? "");
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    code.hidden = true;
    hint.textContent = box.dataset.over ?? "";
  } catch (error) {
    complain(error);
  }
}

/** Says of each picture whether it came.
 * @param {HTMLElement} check */
function watch(check) {
  const picture = /** @type {HTMLImageElement} */ (check.querySelector("img"));
  const result = /** @type {HTMLElement} */ (check.querySelector(".result"));
  const tell = () => {
    const came = picture.naturalWidth > 0;
    check.classList.add(came ? "good" : "bad");
    result.textContent = (came ? check.dataset.ok : check.dataset.no) ?? "";
  };
  if (picture.complete) tell();
  else for (const name of ["load", "error"]) picture.addEventListener(name, tell);
}

document.addEventListener("submit", submitted);
document.addEventListener("change", changed);
document.addEventListener("click", clicked);
document.addEventListener("loaded", (event) => begin(/** @type {HTMLElement} */ (event.target)));
await enter();
for (const place of document.querySelectorAll("[data-own]")) load(/** @type {HTMLElement} */ (place));
for (const check of document.querySelectorAll("[data-check]")) watch(/** @type {HTMLElement} */ (check));
