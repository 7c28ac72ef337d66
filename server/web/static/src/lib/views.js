/**
 * Views of the visit log: kept under a name by whoever made them, opened by their address, let go of again.
 * @import {View} from "../wire"
 */
import { get, post, put, Refusal, remove } from "./api.js";
import { ask } from "./dialog.js";
import { t } from "./desk.js";
import { el, fill } from "./dom.js";
import { attempt, toast } from "./states.js";

/**
 * @param {HTMLElement} place
 * @param {{chosen: (view: View) => void, now: () => {filters: Record<string, string>, columns: string[]}}} how
 */
export function viewBar(place, { chosen, now }) {
  /** @type {View[]} */
  let views = [];
  /** @type {View | null} */
  let used = null;

  function draw() {
    const others = used && !used.mine ? [used] : [];
    const select = el(
      "select.select",
      { id: "view", "aria-label": t("视图"), onchange: pick },
      el("option", { value: "" }, t("选择视图")),
      [...others, ...views].map(choice),
    );
    fill(
      place,
      select,
      button(t("保存视图"), keep),
      used ? button(t("复制地址"), share) : null,
      used?.mine ? button(t("删除视图"), drop) : null,
    );
  }

  /** @param {View} view */
  const choice = (view) => el("option", { value: view.id, selected: view.id === used?.id }, named(view));

  /** @param {View} view */
  const named = (view) => (view.mine ? view.name : t("{name}（同事的视图）", { name: view.name }));

  /** @param {string} words @param {() => unknown} act */
  const button = (words, act) => el("button.button.button-small", { type: "button", onclick: () => void act() }, words);

  /** @param {Event} event */
  function pick(event) {
    const id = /** @type {HTMLSelectElement} */ (event.target).value;
    const view = [...views, ...(used ? [used] : [])].find((one) => one.id === id);
    if (view) location.assign(`/log?view=${view.id}`);
  }

  async function keep() {
    const before = used?.mine ? used.name : "";
    const name = el("input.input", { id: "ask-name", name: "name", required: true, maxlength: 40, value: before });
    /** @type {View | null} */
    let kept = null;
    await ask({
      title: t("保存视图"),
      yes: t("保存"),
      body: [
        el("p", {}, t("保存当前的筛选、排序和栏目；同名的视图会被替换。")),
        el("div.field", {}, el("label", { for: "ask-name" }, t("名称")), name),
      ],
      act: async (form) => {
        kept = await post("/views", { name: form.get("name"), ...now() });
      },
    });
    if (!kept) return;
    await read(kept);
    toast(t("已保存。"));
  }

  async function share() {
    const url = `${location.origin}/log?view=${used?.id}`;
    try {
      await navigator.clipboard.writeText(url);
      toast(t("地址已复制；同事打开后只看到其权限内的内容。"));
    } catch {
      toast(url);
    }
  }

  async function drop() {
    const id = used?.id;
    const done = await attempt(async () => {
      await remove(`/views/${id}`);
      return true;
    });
    if (done) location.assign("/log");
  }

  /** @param {View | null} now_used */
  async function read(now_used) {
    used = now_used;
    const answer = await get("/views");
    views = answer.items;
    draw();
    return answer.columns;
  }

  /** @returns {string[]} the usual columns: the log is read, and says what is wrong, also where no view could be */
  function withoutAny() {
    draw();
    return [];
  }

  return {
    /**
     * The views, and the columns the reader chose; a view that the address names is handed to `chosen` first.
     * @param {string | undefined} id
     * @returns {Promise<string[]>}
     */
    async begin(id) {
      try {
        const view = id ? await get(`/views/${id}`) : null;
        if (view) chosen(view);
        return await read(view);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        toast(error.status === 404 ? t("没有这个视图，可能已被删除。") : error.message, true);
        return id ? this.begin(undefined) : withoutAny();
      }
    },
  };
}

/** @param {string[]} columns @returns {Promise<unknown>} once they are kept for the reader */
export function keepColumns(columns) {
  return attempt(() => put("/views/columns", { columns }));
}
