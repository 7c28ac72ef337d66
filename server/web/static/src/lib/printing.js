/** Printing a page once all its pictures are there: those out of sight are read late, and would be white on paper. */

const PATIENCE_MS = 4_000;

/** @returns {Promise<void>} */
export async function printWhole() {
  const pictures = [...document.images].map(come);
  const enough = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.all(pictures), enough]);
  print();
}

/** @param {HTMLImageElement} picture @returns {Promise<unknown>} once it is there, or will not come */
function come(picture) {
  picture.loading = "eager";
  return picture.decode().catch(() => undefined);
}
