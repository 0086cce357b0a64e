// Two plans side by side: totals, each shelter, and who moves from where to where; on the map as well.
import { get } from "./api.js";
import { inShort, plansOnFile } from "./assignment.js";
import { h } from "./dom.js";
import { choice, field, may, notAllowed, refusal } from "./forms.js";
import { number, percent, t } from "./i18n.js";
import { arrow, onFile, pointOf } from "./places-on-file.js";
import { moment } from "./time.js";

let list = { event: null, rows: [] };
let run = { pair: "", problem: null, one: null, other: null };

export const comparePanel = {
  id: "compare",
  tab: "assignment",
  page: true,
  keys: "lang event session plan other",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.event !== app.store.get("event")) loadList(app);
    const pair = ["plan", "other"].map((key) => app.store.get(key) ?? "");
    if (run.pair !== pair.join()) compare(app, ...pair);
    return [choices(app), refusal(run.problem), run.one && run.other && outcome(run, app)];
  },
};

const isOpen = (app) => app.store.get("panel") === "compare" && app.redrawPanel();

async function loadList(app) {
  list = { event: app.store.get("event"), rows: [] };
  list.rows = await plansOnFile(app);
  const [newest, before] = list.rows;
  app.store.set({ plan: app.store.get("plan") ?? newest?.id ?? null, other: app.store.get("other") ?? before?.id ?? null });
  isOpen(app);
}

function choices(app) {
  const named = [["", t("compare.none")], ...list.rows.map((row) => [row.id, `${moment(row.created_at)} · ${inShort(row)}`])];
  const one = (key) => field({ id: `compare-${key}`, label: t(`compare.${key}`), control: choice(app.store.get(key) ?? "", named, (id) => app.store.set({ [key]: id || null })) });
  return h("div", { class: "form" }, one("other"), one("plan"), list.rows.length < 2 && h("p", { class: "quiet" }, t("compare.too_few")));
}

async function compare(app, plan, other) {
  const mine = { pair: [plan, other].join(), problem: null, one: null, other: null };
  run = mine;
  app.overlay.clear("flows");
  if (!plan || !other || plan === other) return;
  try {
    [mine.one, mine.other] = await Promise.all([plan, other].map((id) => get(`/api/assignments/${id}`)));
  } catch (problem) {
    mine.problem = problem;
  }
  if (run !== mine) return;
  isOpen(app);
}

function outcome({ one, other }, app) {
  const rows = [
    ["assigned", (plan) => plan.assigned_people], ["unassigned", (plan) => plan.unassigned_people],
    ["mean", (plan) => (plan.assigned_people ? plan.person_metres / plan.assigned_people : null)],
    ["person_km", (plan) => plan.person_metres / 1000], ["gap", (plan) => plan.gap, (value) => (value === null ? "—" : percent(value, 2))],
  ];
  return h("div", { class: "outcome", id: "compare-outcome" },
    h("section", { class: "block" }, h("h3", {}, t("compare.totals")),
      h("table", { class: "grid" }, header(["what", "before", "after", "change"]), h("tbody", {}, rows.map(([key, of, say = number]) => h("tr", {},
        h("th", { scope: "row" }, t(`compare.total.${key}`)), [of(other), of(one)].map((value) => h("td", { class: "numeral" }, say(value))), h("td", { class: "numeral" }, key === "gap" ? "" : signed(of(one) - of(other)))))))),
    h("section", { class: "block" }, h("h3", {}, t("compare.shelters")), shelterTable(one, other, app)));
}

const header = (keys) => h("thead", {}, h("tr", {}, keys.map((key, place) => h("th", { scope: "col", class: place ? "numeral" : null }, t(`compare.column.${key}`)))));
const signed = (change) => (Math.abs(change) < 0.5 ? "±0" : `${change > 0 ? "+" : "−"}${number(Math.abs(change))}`);

function shelterTable(one, other, app) {
  const before = new Map(other.shelters.map((row) => [row.shelter, row]));
  const after = new Map(one.shelters.map((row) => [row.shelter, row]));
  const rows = [...new Set([...before.keys(), ...after.keys()])].map((id) => {
    const [was, is] = [before, after].map((plan) => plan.get(id)?.assigned_people ?? null);
    return { id, name: (after.get(id) ?? before.get(id)).name ?? id, was, is, change: (is ?? 0) - (was ?? 0) };
  }).filter(({ change, was, is }) => change || (was === null) !== (is === null)).sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
  if (!rows.length) return h("p", {}, t("compare.same"));
  return h("table", { class: "grid" }, header(["shelter", "before", "after", "change"]), h("tbody", {}, rows.slice(0, 80).map(({ id, name, was, is, change }) => h("tr", {},
    h("th", { scope: "row" }, h("button", { type: "button", class: "plain", onclick: () => app.select(`shelters/${id}`, { fly: true }) }, name)),
    [was, is].map((value) => h("td", { class: "numeral" }, value === null ? t("compare.out") : number(value))), h("td", { class: "numeral" }, signed(change))))));
}
