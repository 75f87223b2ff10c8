/** The options page, which is also the first page after the installation: service, pairing, sites, and why each permission. */

import { EVERYWHERE, refreshAll } from "./pages.js";
import { ask, keep, lastState, pair, place } from "./service.js";
import { part, said, speak } from "./words.js";

const port = /** @type {HTMLInputElement} */ (part("port"));
const code = /** @type {HTMLInputElement} */ (part("code"));
const everywhere = /** @type {HTMLInputElement} */ (part("everywhere"));

/** What is said of each state of the service. @type {{[state: string]: string}} */
const STATES = { ready: "isReady", absent: "serviceAbsent", unpaired: "notPaired", busy: "serviceBusy" };

async function refresh() {
  const kept = await place();
  port.value = String(kept.port);
  await ask("/v1/settings");
  part("state").textContent = said(STATES[lastState()]);
  part("unpair").hidden = !kept.token;
  everywhere.checked = await chrome.permissions.contains(EVERYWHERE);
}

port.addEventListener("change", async () => {
  if (port.checkValidity() && port.value) await keep({ port: Number(port.value) });
  await refresh();
});
part("pairing").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { paired, said: answer } = await pair(code.value);
  part("told").textContent = paired ? "" : answer || said("serviceAbsent");
  if (paired) {
    code.value = "";
    await refreshAll();
  }
  await refresh();
});
part("unpair").addEventListener("click", async () => {
  await keep({ token: "" });
  await refresh();
});
everywhere.addEventListener("change", async () => {
  if (everywhere.checked) await chrome.permissions.request(EVERYWHERE);
  else await chrome.permissions.remove(EVERYWHERE);
  await refresh();
});

speak();
refresh();
