/** What each role may do, as the server's own table decides it. */
import { get } from "./api.js";
import { say, t } from "./desk.js";
import { el, fill } from "./dom.js";
import { failure, loading } from "./states.js";

/**
 * @typedef {{code: string, zh: string, en: string}} Role
 * @typedef {{name: string, zh: string, en: string, roles: string[], own: boolean, at_root: boolean}} Permission
 */

/** @param {HTMLElement} place */
export async function showRoles(place) {
  fill(place, loading());
  try {
    const told = await get("/roles");
    fill(place, legend(told.apart, told.roles), drawn(told.roles, told.permissions));
  } catch (error) {
    fill(
      place,
      failure(error, () => void showRoles(place)),
    );
  }
}

/** @param {string[][]} apart @param {Role[]} roles */
function legend(apart, roles) {
  const named = Object.fromEntries(roles.map((role) => [role.code, say(role)]));
  const pairs = apart.map((pair) => pair.map((code) => named[code]).join(" / ")).join(t("；"));
  return el(
    "div.roles-legend",
    {},
    el("p", {}, t("● 对所授单位及其下级有效；◆ 仅县级授予时有效；“本人”指对自己的事总是可以。本表由程序的权限表得出。")),
    el("p.soft", {}, t("同一范围内不能由一人兼任：{pairs}", { pairs })),
  );
}

/** @param {Role[]} roles @param {Permission[]} permissions */
function drawn(roles, permissions) {
  const heads = [t("可以做什么"), t("本人"), ...roles.map(say)];
  return el(
    "div.table-wrap",
    { tabindex: 0, role: "region", "aria-label": t("角色权限") },
    el(
      "table.table.roles",
      {},
      el("caption.visually-hidden", {}, t("角色权限")),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          heads.map((head) => el("th", { scope: "col" }, head)),
        ),
      ),
      el(
        "tbody",
        {},
        permissions.map((permission) => row(permission, roles)),
      ),
    ),
  );
}

/** @param {Permission} permission @param {Role[]} roles */
function row(permission, roles) {
  const mark = permission.at_root ? "◆" : "●";
  const word = permission.at_root ? t("仅县级") : t("可以");
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, say(permission), el("span.under", {}, permission.name)),
    el("td", {}, permission.own ? el("span", { title: t("本人") }, "✓") : null),
    roles.map((role) =>
      el(
        "td",
        {},
        permission.roles.includes(role.code)
          ? [el("span", { "aria-hidden": "true" }, mark), el("span.visually-hidden", {}, word)]
          : null,
      ),
    ),
  );
}
