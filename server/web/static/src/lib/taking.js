/** Taking a file home that the server writes as it is read: how far it is, and a way to stop. */
import { refuse, Refusal } from "./api.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { hand } from "./handing.js";
import { askReason } from "./looks.js";
import { toast } from "./states.js";

/** What begins each row in the forms whose rows can be told apart while they come. */
const MARKS = { csv: "\r\n", geojson: '"type":"Feature"', gpx: "<wpt " };

/**
 * Fetch a file with its progress in `place`, then hand it to the browser under the server's name for it.
 * @param {string} url
 * @param {string} form csv, xlsx, geojson or gpx
 * @param {HTMLElement} place
 * @param {boolean} closed whether it is known that the server wants to know why first
 */
export async function take(url, form, place, closed) {
  if (closed && !(await explained())) return toast(t("已停止导出。"));
  const ended = new AbortController();
  const bar = el("progress", { max: 1, "aria-label": t("导出进度") });
  const words = el("span", { role: "status" }, t("正在准备…"));
  const stop = el("button.button.button-small", { type: "button", onclick: () => ended.abort() }, t("停止"));
  fill(place, el("div.taking", {}, bar, words, stop));
  try {
    const answer = await asked(url, ended.signal);
    let left = 0;
    const parts = await received(answer, form, (rows, bytes, of) => {
      left = rows === null || of === null ? 0 : of - rows;
      tell(bar, words, rows, bytes, of);
    });
    hand(new Blob(parts, { type: answer.headers.get("Content-Type") || "" }), nameOf(answer, form));
    toast(form === "gpx" && left > 0 ? t("已导出。另有 {n} 条没有位置，GPX 中没有。", { n: left }) : t("已导出。"));
  } catch (error) {
    if (ended.signal.aborted) return toast(t("已停止导出。"));
    if (!(error instanceof Refusal)) return toast(t("导出中断，请重试。"), true);
    toast(error.message, true);
  } finally {
    fill(place);
  }
  return undefined;
}

/**
 * The answer; where the server wants to know why first, it is asked and tried once more.
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {Promise<Response>}
 */
async function asked(url, signal) {
  for (let again = true; ; again = false) {
    const answer = await fetch(url, { credentials: "same-origin", signal });
    if (answer.ok) return answer;
    try {
      await refuse(answer);
    } catch (error) {
      const reason = error instanceof Refusal && error.code === "reason_needed" && again;
      if (!reason || !(await explained())) throw error;
    }
  }
}

/** @returns {Promise<boolean>} whether a reason was given */
const explained = () => askReason({ title: t("导出位置") });

/**
 * @param {Response} answer
 * @param {string} form
 * @param {(rows: number | null, bytes: number, of: number | null) => void} tell
 * @returns {Promise<BlobPart[]>}
 */
async function received(answer, form, tell) {
  const of = answer.headers.has("Guatu-Rows") ? Number(answer.headers.get("Guatu-Rows")) : null;
  const mark = /** @type {Record<string, string>} */ (MARKS)[form];
  const letters = new TextDecoder();
  const bytes = answer.body?.getReader();
  /** @type {BlobPart[]} */
  const parts = [];
  let size = 0,
    rows = 0,
    rest = "";
  for (let part = await bytes?.read(); part && !part.done; part = await bytes?.read()) {
    parts.push(part.value);
    size += part.value.length;
    if (mark) {
      const said = rest + letters.decode(part.value, { stream: true });
      rows += said.split(mark).length - 1;
      rest = said.slice(Math.max(said.lastIndexOf(mark) + 1, said.length - mark.length + 1));
    }
    tell(mark ? rows : null, size, of);
  }
  return parts;
}

/**
 * @param {HTMLProgressElement} bar
 * @param {HTMLElement} words
 * @param {number | null} rows
 * @param {number} bytes
 * @param {number | null} of how many rows there will be, where that is told
 */
function tell(bar, words, rows, bytes, of) {
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  if (rows !== null && of) bar.value = Math.min(rows / of, 1);
  if (rows !== null && of) words.textContent = t("已写 {n} / {of} 条，{size}", { n: Math.min(rows, of), of, size });
  else if (of) words.textContent = t("共 {of} 条，已收 {size}", { of, size });
  else words.textContent = t("已收 {size}", { size });
}

/** @param {Response} answer @param {string} form @returns {string} */
function nameOf(answer, form) {
  return /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || `guatu.${form}`;
}
