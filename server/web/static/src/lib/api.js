/**
 * Talking to /api/v1 with the page's session; every refusal arrives as a `Refusal` with the server's own sentence.
 * @import {Problem} from "../wire"
 */
import { desk, t } from "./desk.js";
import { hand } from "./handing.js";

const ROOT = "/api/v1";

/** A refusal said by the server, or the network's silence (`code` "unreachable"). */
export class Refusal extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(desk.lang === "en" ? problem.title_en || problem.title : problem.title || problem.title_en);
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
  }
}

/**
 * An address under the API with its query; empty values are left out.
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} [query]
 * @returns {string}
 */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const words = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return ROOT + path + (words ? `?${words}` : "");
}

/**
 * @param {string} path
 * @param {Record<string, string | number | boolean | null | undefined>} [query]
 * @returns {Promise<any>}
 */
export function get(path, query) {
  return ask("GET", address(path, query));
}

/**
 * A file, handed to the browser to be saved.
 * @param {string} path
 * @param {string} name
 */
export async function download(path, name) {
  let answer;
  try {
    answer = await fetch(address(path), { credentials: "same-origin" });
  } catch {
    throw unreachable();
  }
  if (!answer.ok) await refuse(answer);
  hand(await answer.blob(), name);
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export function post(path, body) {
  return ask("POST", address(path), body);
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export function put(path, body) {
  return ask("PUT", address(path), body);
}

/**
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export function patch(path, body) {
  return ask("PATCH", address(path), body);
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export function remove(path) {
  return ask("DELETE", address(path));
}

/**
 * @param {string} path with its query
 * @param {ArrayBuffer} bytes a part of a file
 * @returns {Promise<any>}
 */
export function sendBytes(path, bytes) {
  return ask("PATCH", ROOT + path, new Blob([bytes], { type: "application/octet-stream" }));
}

/** @returns {string} this session's token against forged requests */
function token() {
  return document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") || "";
}

/**
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] JSON, a form with a file, or a part of one
 * @returns {Promise<any>}
 */
async function ask(method, url, body) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRF-Token"] = token();
  const whole = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !whole) headers["Content-Type"] = "application/json";
  const sent = body === undefined || whole ? /** @type {FormData | Blob | undefined} */ (body) : JSON.stringify(body);
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: sent, credentials: "same-origin" });
  } catch {
    throw unreachable();
  }
  return answer.ok ? (answer.status === 204 ? null : answer.json()) : refuse(answer);
}

/** @returns {Refusal} */
function unreachable() {
  return new Refusal({
    code: "unreachable",
    status: 0,
    title: "连不上服务器，请检查网络后重试。",
    title_en: "The server cannot be reached; check the network and try again.",
  });
}

/**
 * @param {Response} answer
 * @returns {Promise<never>}
 */
export async function refuse(answer) {
  /** @type {Problem} */
  let problem;
  try {
    problem = await answer.json();
  } catch {
    problem = {
      code: "http",
      status: answer.status,
      title: t("服务器没有给出可读的答复（{status}）。", { status: answer.status }),
      title_en: "",
    };
  }
  problem.status = answer.status;
  if (answer.status === 401) signedOut();
  throw new Refusal(problem);
}

/** What is done when the server says that nobody is signed in. */
let signedOut = signInAgain;

/** @param {() => void} act instead of going to the door, as on a wall that nobody stands at */
export function whenSignedOut(act) {
  signedOut = act;
}

/** The session is over: back to the door, and from there to this very page. */
export function signInAgain() {
  const here = location.pathname + location.search;
  location.assign(`/sign-in?${new URLSearchParams({ next: here, ended: "1" })}`);
}
