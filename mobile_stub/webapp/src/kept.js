// @ts-check
/** What this phone keeps between visits, in IndexedDB: a table of keys and plain values, the queue of what was done
 *  and not yet delivered, the fixes of a track, and photos. Every release brings older ones over, and loses none of them. */

const NAME = "guatu";

/** @typedef {"kept" | "queue" | "fixes" | "photos"} Table */

/** Another tab runs a newer release, whose tables this one cannot read. */
export class Outdated extends Error {}

/** Check-ins waiting as the first release kept them, oldest first. @param {any[]} found */
function oldUnsent(found) {
  return found.sort((one, other) => one.value.item.made_at.localeCompare(other.value.item.made_at))
    .map(({ key, value: { item, problem } }) => ({
      person_id: Number(key.split(":")[1]), kind: "checkin", id: item.id, told: item, title: "", at: item.made_at,
      state: problem ? (problem.status === 409 ? "conflict" : "refused") : "waiting",
      tries: 0, retry_at: 0, problem, record: null, kept_at: null,
    }));
}

/** Moves them into the queue. @param {IDBObjectStore} table @param {IDBObjectStore} queue */
function bringOver(table, queue) {
  const range = IDBKeyRange.bound("unsent:", "unsent:\uffff");
  /** @type {{key: IDBValidKey, value: any}[]} */
  const found = [];
  const asked = table.openCursor(range);
  asked.onsuccess = () => {
    const at = asked.result;
    if (at) {
      found.push({ key: at.key, value: at.value });
      at.continue();
      return;
    }
    for (const item of oldUnsent(found)) queue.add(item);
    table.delete(range);
  };
}

/** One step for each shape the tables ever had; a release only ever adds to the end. */
const STEPS = /** @type {((base: IDBDatabase, within: IDBTransaction) => void)[]} */ ([
  (base) => base.createObjectStore("kept"),
  (base, within) => {
    const queue = base.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
    base.createObjectStore("fixes", { keyPath: "number", autoIncrement: true });
    bringOver(within.objectStore("kept"), queue);
  },
  (base) => base.createObjectStore("photos", { keyPath: "id" }),
]);

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** Lets go of the tables when a newer release needs them, or when the browser closed them. @param {IDBDatabase} base */
function yielding(base) {
  base.onversionchange = () => {
    base.close();
    opened = null;
  };
  base.onclose = () => {
    opened = null;
  };
  return base;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, STEPS.length);
    asked.onupgradeneeded = ({ oldVersion }) => {
      for (const step of STEPS.slice(oldVersion)) step(asked.result, /** @type {IDBTransaction} */ (asked.transaction));
    };
    asked.onsuccess = () => resolve(yielding(asked.result));
    asked.onerror = () => {
      opened = null;
      reject(asked.error?.name === "VersionError" ? new Outdated() : asked.error);
    };
  });
  return opened;
}

/**
 * Runs one step in one transaction and waits until it is on disk.
 * @template T
 * @param {Table} name
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<T>} step
 * @returns {Promise<T>}
 */
export async function run(name, mode, step) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const within = base.transaction(name, mode);
    const asked = step(within.objectStore(name));
    within.oncomplete = () => resolve(asked.result);
    within.onabort = () => reject(within.error ?? asked.error);
  });
}

/**
 * Reads a row and writes what becomes of it, in one transaction; a row that is gone stays gone.
 * @param {Table} name
 * @param {IDBValidKey} key
 * @param {(value: any) => unknown} become the row to write, or null to leave it
 * @returns {Promise<any>} what was written
 */
export async function change(name, key, become) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const within = base.transaction(name, "readwrite");
    const table = within.objectStore(name);
    const asked = table.get(key);
    /** @type {unknown} */
    let written = null;
    asked.onsuccess = () => {
      written = become(asked.result);
      if (written) table.put(written, table.keyPath ? undefined : key);
    };
    within.oncomplete = () => resolve(written);
    within.onabort = () => reject(within.error);
  });
}

/** Whether a failure means that there is no room left on the phone. @param {unknown} failure */
export const full = (failure) => failure instanceof DOMException && failure.name === "QuotaExceededError";

/**
 * The value under a key, or null.
 * @param {string} key
 * @returns {Promise<any>}
 */
export async function get(key) {
  return (await run("kept", "readonly", (table) => table.get(key))) ?? null;
}

/**
 * @param {string} key
 * @param {unknown} value anything structured clone can copy
 */
export async function put(key, value) {
  await run("kept", "readwrite", (table) => table.put(value, key));
}

/** @param {string} key */
export async function drop(key) {
  await run("kept", "readwrite", (table) => table.delete(key));
}

/** Every value whose key begins so. @param {string} prefix @returns {Promise<any[]>} */
export function all(prefix) {
  return run("kept", "readonly", (table) => table.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

/** Drops every value whose key begins so. @param {string} prefix */
export async function dropAll(prefix) {
  await run("kept", "readwrite", (table) => table.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

/**
 * Takes a key for a while unless somebody else holds it: one transaction, so two tabs cannot both win.
 * @param {string} key
 * @param {string} holder
 * @param {number} lasting_ms
 * @returns {Promise<boolean>} whether it is ours now
 */
export async function claim(key, holder, lasting_ms) {
  const ours = await change("kept", key, (held) =>
    (!held || held.holder === holder || held.until < Date.now() ? { holder, until: Date.now() + lasting_ms } : null));
  return ours !== null;
}
