// @ts-check
/** The few small things that stay on this phone whoever is signed in: its choices and its own number. */

/** @param {string} key */
export function read(key) {
  try {
    return localStorage.getItem(`guatu.${key}`);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function write(key, value) {
  try {
    localStorage.setItem(`guatu.${key}`, value);
  } catch {
    // Storage refused (a private window): it then holds until the page is closed.
  }
}
