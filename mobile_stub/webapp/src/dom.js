// @ts-check
/** Builds page elements. Data only ever enters as text or as an attribute, never as markup. */

/** @typedef {Node | string | number | null | false | undefined} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => unknown)>} Traits */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Gives an element its attributes and listeners: a function under `onclick` listens, `true` is a bare
 * attribute, `false`, `null` and `undefined` leave it out.
 * @param {Element} node
 * @param {Traits} traits
 */
function dress(node, traits) {
  for (const [name, value] of Object.entries(traits)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
}

/**
 * Adds children, leaving out the empty ones.
 * @param {Element} node
 * @param {Child[]} children
 */
function fill(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/**
 * Makes an HTML element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Traits} [traits]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, traits = {}, ...children) {
  const node = document.createElement(tag);
  dress(node, traits);
  fill(node, children);
  return node;
}

/**
 * Makes an SVG element.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Traits} [traits]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function svg(tag, traits = {}, ...children) {
  const node = /** @type {SVGElementTagNameMap[Tag]} */ (document.createElementNS(SVG, tag));
  dress(node, traits);
  fill(node, children);
  return node;
}

/**
 * Replaces everything inside a node.
 * @param {Element} node
 * @param {...Child} children
 */
export function refill(node, ...children) {
  node.replaceChildren();
  fill(node, children);
}
