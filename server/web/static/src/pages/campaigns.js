/**
 * The campaigns the reader may read, those under way first.
 * @import {ListedCampaign} from "../wire"
 */
import { get } from "../lib/api.js";
import { campaignForm } from "../lib/campaign-forms.js";
import { stands } from "../lib/campaigns.js";
import { may, t } from "../lib/desk.js";
import { byId, el, fill } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { blank, failure, loading } from "../lib/states.js";

async function read() {
  const place = byId("campaigns");
  fill(place, loading());
  try {
    const { items } = await get("/campaigns");
    fill(place, items.length ? el("div.campaign-cards", {}, items.map(card)) : el("section.sheet", {}, none()));
  } catch (error) {
    fill(place, failure(error, () => void read()));
  }
}

const none = () => blank(t("还没有专项行动"), t("由指挥部所在单位的督查或领导发起；有任务的单位会在这里看到。"));

/** @param {ListedCampaign} one */
function card(one) {
  return el(
    "a.sheet.campaign-card",
    { href: `/campaigns/${one.id}` },
    el("h2", {}, one.name, " ", one.state === "closed" ? el("span.tag", {}, t("已结束")) : null),
    el("span.small.faint", {}, t("{unit} · 总指挥 {lead} · {from} 至 {to}", { unit: one.unit.name, lead: one.lead.name, from: one.starts_on, to: one.ends_on })),
    stands(one.stands),
    el("span.small.soft", {}, t("项目 {n} 个 · 事项 {m} 件", { n: one.projects, m: one.matters })),
  );
}

async function open() {
  if (await campaignForm(null)) await read();
}

frame();
if (may("campaign.open")) fill(byId("acts"), el("button.button.button-main", { type: "button", onclick: () => void open() }, t("发起专项行动")));
void read();
