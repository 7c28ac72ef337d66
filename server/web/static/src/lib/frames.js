/** Server-Sent Events, read from a byte stream: pure, so that it can be tested without a browser. */

/**
 * @typedef {{id: string | null, event: string, data: string}} Frame
 */

/**
 * A reader fed with text as it arrives; it calls `frame` for each whole event; one that only moves
 * the id has no data.
 * @param {(frame: Frame) => void} frame
 * @returns {(text: string) => void}
 */
export function reader(frame) {
  let rest = "";
  /** @type {{id: string | null, event: string, data: string[]}} */
  let made = { id: null, event: "message", data: [] };

  /** @param {string} line */
  function take(line) {
    if (line === "") return end();
    if (line.startsWith(":")) return undefined;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") made.data.push(value);
    else if (name === "event") made.event = value;
    else if (name === "id") made.id = value;
    return undefined;
  }

  function end() {
    if (made.data.length || made.id !== null) frame({ id: made.id, event: made.event, data: made.data.join("\n") });
    made = { id: null, event: "message", data: [] };
  }

  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() || "";
    lines.forEach(take);
  };
}
