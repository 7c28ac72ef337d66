// @ts-check
/** What this phone keeps between visits: a small table of keys and plain values in IndexedDB. */

const NAME = "guatu";
const TABLE = "kept";

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(TABLE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/**
 * Runs one step in one transaction and waits until it is on disk.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<T>} step
 * @returns {Promise<T>}
 */
async function run(mode, step) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(TABLE, mode);
    const asked = step(transaction.objectStore(TABLE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/**
 * The value under a key, or null.
 * @param {string} key
 * @returns {Promise<any>}
 */
export async function get(key) {
  return (await run("readonly", (table) => table.get(key))) ?? null;
}

/**
 * Every value whose key begins so, in key order.
 * @param {string} prefix
 * @returns {Promise<any[]>}
 */
export function all(prefix) {
  return run("readonly", (table) => table.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}

/**
 * @param {string} key
 * @param {unknown} value anything structured clone can copy
 */
export async function put(key, value) {
  await run("readwrite", (table) => table.put(value, key));
}

/** @param {string} key */
export async function drop(key) {
  await run("readwrite", (table) => table.delete(key));
}

/**
 * Takes a key for a while unless somebody else holds it: one transaction, so two tabs cannot both win.
 * @param {string} key
 * @param {string} holder
 * @param {number} lasting_ms
 * @returns {Promise<boolean>} whether it is ours now
 */
export async function claim(key, holder, lasting_ms) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(TABLE, "readwrite");
    const table = transaction.objectStore(TABLE);
    const asked = table.get(key);
    let ours = false;
    asked.onsuccess = () => {
      const held = asked.result;
      ours = !held || held.holder === holder || held.until < Date.now();
      if (ours) table.put({ holder, until: Date.now() + lasting_ms }, key);
    };
    transaction.oncomplete = () => resolve(ours);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Drops every value whose key begins so. @param {string} prefix */
export async function dropAll(prefix) {
  await run("readwrite", (table) => table.delete(IDBKeyRange.bound(prefix, `${prefix}\uffff`)));
}
