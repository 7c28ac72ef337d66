/**
 * To which projects and campaigns a matter or a trip belongs, as lines of its facts; none where the reader may read none.
 * @import {Named} from "../wire"
 */
import { get } from "./api.js";
import { t } from "./desk.js";
import { el } from "./dom.js";

/** @param {string} path of the matter or the trip @returns {Promise<[string, HTMLElement | null][]>} */
export async function belonging(path) {
  /** @type {{projects: Named[], campaigns: Named[]}} */
  const told = await get(`${path}/belonging`);
  return [
    [t("项目"), links("/projects", told.projects)],
    [t("专项行动"), links("/campaigns", told.campaigns)],
  ];
}

/** @param {string} page @param {Named[]} found */
function links(page, found) {
  if (!found.length) return null;
  return el("span", {}, found.flatMap(({ id, name }, index) => [index ? "、" : "", el("a", { href: `${page}/${id}` }, name)]));
}
