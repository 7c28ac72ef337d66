/** What every page has around its content: complain or suggest, the language switch that keeps the filters. */
import { post } from "./api.js";
import { bell } from "./bell.js";
import { ask, textField } from "./dialog.js";
import { t } from "./desk.js";
import { el } from "./dom.js";
import { searchBox } from "./search.js";
import { toast } from "./states.js";

/** Complain or suggest: kept as a matter that nobody below the county can delete. */
async function complain() {
  const kinds = el(
    "fieldset.choices",
    {},
    el("legend.visually-hidden", {}, t("种类")),
    el("label.choice", {}, el("input", { type: "radio", name: "kind", value: "complaint", checked: true }), t("投诉")),
    el("label.choice", {}, el("input", { type: "radio", name: "kind", value: "suggestion" }), t("建议")),
  );
  const done = await ask({
    title: t("投诉建议"),
    yes: t("提交"),
    body: [
      el("p", {}, t("直接送到县级，县以下任何人都不能删除。投诉只有县级管理员和审计能看到。")),
      kinds,
      textField("text", t("想说的话"), { rows: 5, maxlength: 4000 }),
    ],
    act: (form) => post("/matters", { kind: form.get("kind"), text: form.get("text"), page: location.pathname }),
  });
  if (!done) return;
  toast(t("已收到，感谢。"));
  document.dispatchEvent(new CustomEvent("guatu:complained"));
}

/** Wire the frame of the page; harmless on pages that have only part of it. */
export function frame() {
  searchBox();
  bell();
  document.getElementById("complain")?.addEventListener("click", complain);
  const other = /** @type {HTMLAnchorElement | null} */ (document.getElementById("language"));
  other?.addEventListener("click", () => {
    const query = new URLSearchParams(location.search);
    query.set("lang", other.lang === "en" ? "en" : "zh");
    other.href = `${location.pathname}?${query}`;
  });
}
