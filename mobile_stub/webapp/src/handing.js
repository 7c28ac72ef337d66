// @ts-check
/** Handing a file to the browser, which saves it as it saves any other. */

import { el } from "./dom.js";

const KEPT_MS = 60_000;

/** @param {Blob} file @param {string} name */
export function hand(file, name) {
  const address = URL.createObjectURL(file);
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
