/** Building the page from data: elements and text nodes only, never markup made of data. */

/**
 * @typedef {Node | string | number | null | undefined | false | Child[]} Child
 */

/**
 * One element: `el("td.right", {title: "…"}, "text", otherNode)`. Attributes that are null or false are left out,
 * `on…` functions become listeners, `dataset` fills data attributes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K | `${K}.${string}`} name tag and classes
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(String(tag));
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) put(node, key, value);
  add(node, children);
  return /** @type {HTMLElementTagNameMap[K]} */ (node);
}

/**
 * @param {HTMLElement} node
 * @param {string} key
 * @param {any} value
 */
function put(node, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(node.dataset, value);
  else if (key === "value" || key === "checked" || key === "selected") /** @type {any} */ (node)[key] = value;
  else node.setAttribute(key, value === true ? "" : String(value));
}

/**
 * Append children, flattening lists and leaving out what is absent.
 * @param {Element} node
 * @param {Child[]} children
 */
export function add(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(node, child);
    else if (child instanceof Node) node.append(child);
    else if (child !== null && child !== undefined && child !== false) node.append(String(child));
  }
}

/**
 * Put children in the place of all there was.
 * @param {Element} node
 * @param {...Child} children
 */
export function fill(node, ...children) {
  node.replaceChildren();
  add(node, children);
}

/**
 * Put newer children in the place of older ones: who reads on keeps their place, who is on a row keeps the focus.
 * @param {HTMLElement} node what scrolls
 * @param {...Child} children
 */
export function refill(node, ...children) {
  const top = node.scrollTop;
  const held = document.activeElement;
  const key = held && node.contains(held) ? held.getAttribute("data-key") : null;
  fill(node, ...children);
  node.scrollTop = top;
  if (key)
    /** @type {HTMLElement | null} */ (node.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus({
      preventScroll: true,
    });
}

/**
 * The element with an id, which the template promises.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}

/**
 * A small drawing.
 * @param {string} viewBox
 * @param {[string, Record<string, string | number>][]} parts tag and attributes of each shape
 * @returns {SVGElement}
 */
export function drawing(viewBox, parts) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const [tag, attributes] of parts) {
    const shape = document.createElementNS(space, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, String(value));
    svg.append(shape);
  }
  return svg;
}
