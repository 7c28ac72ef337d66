/**
 * One's own identities at the county's sign-in provider: linked by going there and back, ended here.
 * @import {Identity} from "../wire"
 */
import { get, post, remove } from "./api.js";
import { ask } from "./dialog.js";
import { desk, t } from "./desk.js";
import { byId, el, fill } from "./dom.js";
import { passwordField } from "./factor.js";
import { attempt, failure, loading, toast } from "./states.js";
import { fully } from "./time.js";

/** The provider's name; empty where this server has none. */
const provider = () => String(/** @type {{provider?: string}} */ (desk).provider || "");

/** Shows the section; it stays hidden where there is no provider. */
export async function showIdentities() {
  if (!provider()) return;
  byId("identity-sheet").hidden = false;
  byId("link").addEventListener("click", () => void link());
  if (new URLSearchParams(location.search).has("linked")) toast(t("已绑定，下次可以用它登录。"));
  await read();
}

async function read() {
  const place = byId("identities");
  fill(place, loading());
  try {
    draw((await get("/me/identities")).items);
  } catch (error) {
    fill(
      place,
      failure(error, () => void read()),
    );
  }
}

/** @param {Identity[]} items */
function draw(items) {
  fill(
    byId("identities"),
    items.length ? el("ul.rows", {}, items.map(row)) : el("p.identity-none.faint", {}, t("还没有绑定")),
  );
}

/** @param {Identity} identity */
function row(identity) {
  const used = identity.used_at ? fully(identity.used_at) : t("还没有用过");
  return el(
    "li.session",
    {},
    el(
      "div",
      {},
      el("b", {}, identity.name),
      el("span.under.faint.small", {}, t("绑定于 {at} · 最近登录 {used}", { at: fully(identity.linked_at), used })),
    ),
    el("button.button.button-small.button-stop", { type: "button", onclick: () => void unlink(identity) }, t("解除绑定")),
  );
}

async function link() {
  /** @type {string | null} */
  let url = null;
  await ask({
    title: t("绑定{name}", { name: provider() }),
    yes: t("前往绑定"),
    body: [el("p", {}, t("接下来到{name}登录一次，回来即绑定。", { name: provider() })), passwordField()],
    act: async (form) => {
      url = (await post("/me/identities", { password: form.get("password") })).url;
    },
  });
  if (url) location.assign(url);
}

/** @param {Identity} identity */
async function unlink(identity) {
  const answer = await attempt(() => remove(`/me/identities/${identity.id}`));
  if (answer) draw(answer.items);
}
