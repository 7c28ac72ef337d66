/** Which piece of the world a map shows, as it is written into an address. Pure. */

/** @typedef {{lng: number, lat: number, zoom: number}} Sight the middle in WGS-84 degrees, and the zoom */

/** @param {Sight} sight @returns {string} "118.50120,29.60345,11.25" */
export function toText({ lng, lat, zoom }) {
  return `${lng.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`;
}

/** @param {string | undefined} text @returns {Sight | null} null for what no map ever wrote */
export function fromText(text) {
  const [lng, lat, zoom, ...more] = (text || "").split(",").map((part) => (part.trim() ? Number(part) : NaN));
  if (lng === undefined || lat === undefined || zoom === undefined || more.length) return null;
  return Math.abs(lng) <= 180 && Math.abs(lat) <= 85 && zoom >= 1 && zoom <= 22 ? { lng, lat, zoom } : null;
}
