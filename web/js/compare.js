// Two plans side by side: totals, each shelter, and who moves from where to where; on the map as well.
import { get } from "./api.js";
import { plansOnFile } from "./assignment.js";
import { areBeside, close as closeBeside, toggleBeside } from "./beside.js";
import { h } from "./dom.js";
import { choice, field, may, notAllowed, refusal } from "./forms.js";
import { named, number, percent, t } from "./i18n.js";
import { arrow, onFile, pointOf } from "./places-on-file.js";
import { moment } from "./time.js";

const SIDES = { other: "with", plan: "this" };
const MOST_SHOWN = 80;
let list = { event: null, rows: [] };
let run = { pair: "", problem: null, found: null, names: new Map() };

export const comparePanel = {
  id: "compare",
  tab: "assignment",
  page: true,
  keys: "lang event session plan other planOnMap",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.event !== app.store.get("event")) loadList(app);
    const pair = ["plan", "other"].map((key) => app.store.get(key) ?? "");
    if (run.pair !== pair.join()) compare(app, ...pair);
    return [choices(app), refusal(run.problem), run.found && outcome(run, app)];
  },
};

const isOpen = (app) => app.store.get("panel") === "compare" && app.redrawPanel();

async function loadList(app) {
  list = { event: app.store.get("event"), rows: [] };
  list.rows = await plansOnFile(app);
  const plan = app.store.get("plan") ?? list.rows[0]?.id ?? null;
  app.store.set({ plan, other: app.store.get("other") ?? list.rows.find(({ id }) => id !== plan)?.id ?? null });
  isOpen(app);
}

function choices(app) {
  const plans = [["", t("compare.none")], ...list.rows.map((row) => [row.id, `${moment(row.created_at)} · ${t("compare.in_short", { people: number(row.assigned_people), left: number(row.unassigned_people) })}`])];
  const one = (key) => field({ id: `compare-${key}`, label: t(`compare.${key}`), control: choice(app.store.get(key) ?? "", plans, (id) => app.store.set({ [key]: id || null })) });
  return h("div", { class: "form" }, one("other"), one("plan"), list.rows.length < 2 && h("p", { class: "quiet" }, t("compare.too_few")));
}

async function compare(app, plan, other) {
  const mine = { pair: [plan, other].join(), problem: null, found: null, names: new Map() };
  run = mine;
  app.overlay.clear("moves");
  app.store.set({ planOnMap: null });
  if (!plan || !other || plan === other) return;
  try {
    mine.found = await get(`/api/assignments/${plan}/comparison?with=${other}&limit=${MOST_SHOWN}`);
    mine.names = new Map(mine.found.shelters.map(({ shelter, name }) => [shelter, name ?? shelter]));
  } catch (problem) {
    mine.problem = problem;
  }
  if (run !== mine) return;
  isOpen(app);
  if (mine.found) await show(mine.found, app);
}

/** Arrows from the shelter that people leave to the one they go to, as wide as they are many. */
async function show({ flows }, app) {
  const shelters = await onFile("shelters", app.store.get("event"));
  const moved = flows.filter(({ kind }) => kind === "moved");
  const most = Math.max(...moved.map(({ persons }) => persons), 1);
  app.overlay.show("moves", moved.flatMap(({ from, to, persons }) => arrow(pointOf(shelters, from), pointOf(shelters, to),
    { weight: Math.sqrt(persons / most), select: `shelters/${to}` })));
}

function outcome({ found, names }, app) {
  const rows = [
    ["assigned", (plan) => plan.assigned_people], ["unassigned", (plan) => plan.unassigned_people],
    ["mean", (plan) => (plan.assigned_people ? plan.person_metres / plan.assigned_people : null)],
    ["p90", (plan) => plan.distance_percentiles?.p90 ?? null], ["farthest", (plan) => plan.distance_percentiles?.max ?? null],
    ["person_km", (plan) => plan.person_metres / 1000], ["gap", (plan) => plan.gap, (value) => (value === null ? "—" : percent(value, 2))],
  ];
  const moved = found.flows.filter(({ kind }) => kind === "moved");
  const people = moved.reduce((sum, { persons }) => sum + persons, 0);
  const block = (title, ...content) => h("section", { class: "block" }, h("h3", {}, title), content);
  return h("div", { class: "outcome", id: "compare-outcome", data: { moved: people } },
    onMap(app),
    block(t("compare.totals"), h("table", { class: "grid" }, header(["what", "before", "after", "change"]), h("tbody", {}, rows.map(([key, of, say = number]) => h("tr", {},
      h("th", { scope: "row" }, t(`compare.total.${key}`)), [of(found.with), of(found.this)].map((value) => h("td", { class: "numeral" }, say(value))),
      h("td", { class: "numeral" }, key === "gap" ? "" : signed(of(found.this) - of(found.with)))))))),
    block(t("compare.flows", { people: number(people) }), flowTable(found, names, app)),
    block(t("compare.shelters"), shelterTable(found.shelters, app)),
    found.moves.length ? block(t("compare.households"), h("ol", { class: "refused others" }, found.moves.map((move) => moveItem(move, names, app))),
      found.next ? h("p", { class: "quiet" }, t("compare.more_households")) : null) : null);
}

/** Which of the two plans the lines on the map are of, or both on a map each; who moves is drawn over either. */
function onMap(app) {
  const shown = app.store.get("planOnMap") ?? app.store.get("plan");
  return h("div", { class: "actions sides", role: "group", aria: { label: t("compare.on_map") } }, h("span", { class: "quiet" }, t("compare.on_map")), Object.keys(SIDES).map((key) =>
    h("button", { type: "button", class: "secondary", id: `show-${key}`, aria: { pressed: String(!areBeside() && shown === app.store.get(key)) }, onclick: () => {
      closeBeside();
      app.store.set({ planOnMap: app.store.get(key) });
      app.map?.showLayer("assignments");
      app.redrawPanel();
    } }, t(`compare.${key}.short`))),
  !app.store.get("flat") && h("button", { type: "button", class: "secondary", id: "show-beside", aria: { pressed: String(areBeside()) }, onclick: () => {
    if (!app.map) return;
    app.store.set({ planOnMap: null });
    app.map.showLayer("assignments");
    toggleBeside(app);
    app.redrawPanel();
  } }, t("compare.beside")));
}

const header = (keys) => h("thead", {}, h("tr", {}, keys.map((key, place) => h("th", { scope: "col", class: place && key !== "to" ? "numeral" : null }, t(`compare.column.${key}`)))));
const signed = (change) => (Math.abs(change) < 0.5 ? "±0" : `${change > 0 ? "+" : "−"}${number(Math.abs(change))}`);
const shelterLink = (id, name, app) => h("button", { type: "button", class: "plain", onclick: () => app.select(`shelters/${id}`, { fly: true }) }, name);

function flowTable({ flows }, names, app) {
  if (!flows.length) return h("p", {}, t("compare.nobody_moves"));
  const end = (id, kind, key) => (id ? shelterLink(id, names.get(id) ?? id, app) : t(`compare.${key}.${kind}`));
  return h("table", { class: "grid" }, header(["from", "to", "people"]), h("tbody", {}, flows.slice(0, MOST_SHOWN).map(({ from, to, kind, persons }) => h("tr", {},
    h("th", { scope: "row" }, end(from, kind, "from")), h("td", {}, end(to, kind, "to")), h("td", { class: "numeral" }, number(persons))))));
}

function shelterTable(shelters, app) {
  const people = (side) => side?.assigned_people ?? 0;
  const rows = shelters.filter((row) => people(row.this) !== people(row.with) || !row.this !== !row.with)
    .sort((one, other) => Math.abs(people(other.this) - people(other.with)) - Math.abs(people(one.this) - people(one.with)));
  if (!rows.length) return h("p", {}, t("compare.same"));
  return h("table", { class: "grid" }, header(["shelter", "before", "after", "change"]), h("tbody", {}, rows.slice(0, MOST_SHOWN).map((row) => h("tr", {},
    h("th", { scope: "row" }, shelterLink(row.shelter, row.name ?? row.shelter, app)),
    [row.with, row.this].map((side) => h("td", { class: "numeral" }, side ? number(side.assigned_people) : t("compare.out"))),
    h("td", { class: "numeral" }, signed(people(row.this) - people(row.with)))))));
}

const moveItem = ({ household, persons, from, to, detail, kind }, names, app) => h("li", {},
  h("button", { type: "button", class: "go", onclick: () => app.select(`households/${household}`, { fly: true }) }, h("span", {},
    h("strong", {}, household), ` ${number(persons)} ${t("unit.person")}`,
    h("span", { class: "measure" }, `${names.get(from) ?? t(`compare.from.${kind}`)} → ${names.get(to) ?? t(`compare.to.${kind}`)}`),
    h("span", { class: "measure" }, named(detail)))));
