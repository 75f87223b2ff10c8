/** The words of the extension's own pages, in the browser's language. Puts them where `data-said` names them. */

/** @param {string} name @param {...(string|number)} given */
export const said = (name, ...given) => chrome.i18n.getMessage(name, given.map(String)) || name;

/**
 * One of several wordings, by the plural rule of the language (Intl.PluralRules).
 * @param {string} name @param {number} number
 */
export function counted(name, number) {
  const category = new Intl.PluralRules(said("language")).select(number);
  return said(`${name}_${category}`, number);
}

export function speak() {
  document.documentElement.lang = said("language");
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-said]"))) {
    element.textContent = said(element.dataset.said || "");
  }
}

/** The element with this id. @template {HTMLElement} T @param {string} id @returns {T} */
export const part = (id) => /** @type {T} */ (document.getElementById(id));
