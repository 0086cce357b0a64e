// Which depot sends what to which shelter: the question, the plan that lies open, and the requests made of it.
import { get, newKey, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal, text } from "./forms.js";
import { named, number, t } from "./i18n.js";
import { arrow, onFile, pointOf } from "./places-on-file.js";
import { downloads, earlier, parametersOf } from "./results.js";
import { forgetRequests } from "./requests.js";
import { head, itemName } from "./supply.js";
import { moment } from "./time.js";

const STOCKS = ["government_physical", "government_capacity", "social_physical", "social_capacity"];
const FORMS = ["xlsx", "csv", "gpkg", "geojson"];
const MOST_SHOWN = 60;
const draft = { key: newKey(), days: null, assignment: "", stock: [...STOCKS], kg_each: null, max_distance_m: null, by: "" };
let lists = { event: null, plans: [], assignments: [] };
let run = { id: null, busy: false, problem: null, plan: null, asked: false };

export const dispatchPanel = {
  id: "dispatch",
  tab: "supply",
  page: true,
  keys: "lang event session dispatch",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (lists.event !== app.store.get("event")) loadLists(app);
    const open = app.store.get("dispatch");
    if (open !== run.id) openPlan(app, open);
    return [form(app), earlier({ id: "dispatch", rows: lists.plans, open, tell: inShort, choose: (id) => app.store.set({ dispatch: id }) }), run.plan && outcome(run.plan, app)];
  },
};

const about = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}`;
const isOpen = (app) => app.store.get("panel") === "dispatch" && app.redrawPanel();
const inShort = ({ items }) => t("dispatch.in_short", { items: number(items.length), unmet: number(items.filter(({ unmet }) => unmet).length) });

async function loadLists(app) {
  lists = { event: app.store.get("event"), plans: [], assignments: [] };
  const [{ dispatch_plans: plans }, { assignments }] = await Promise.all([
    get(`${about(app)}/dispatch-plans`).catch(() => ({ dispatch_plans: [] })), get(`${about(app)}/assignments?limit=30`).catch(() => ({ assignments: [] }))]);
  Object.assign(lists, { plans, assignments });
  isOpen(app);
}

async function openPlan(app, id) {
  const mine = { id, busy: Boolean(id), problem: null, plan: null, asked: false };
  run = mine;
  app.overlay.clear("goods");
  if (!id) return;
  mine.plan = await get(`${about(app)}/dispatch-plans/${id}`).catch((problem) => { mine.problem = problem; return null; });
  if (run !== mine) return;
  mine.busy = false;
  isOpen(app);
  if (mine.plan) await show(mine.plan, app);
}

/** Everything that goes from one depot to one shelter as one arrow, as wide as it weighs. */
async function show({ moves }, app) {
  const [depots, shelters] = await Promise.all(["depots", "shelters"].map((id) => onFile(id, app.store.get("event"))));
  const ways = waysOf(moves);
  const heaviest = Math.max(...ways.map(({ kg }) => kg), 1);
  app.overlay.show("goods", ways.flatMap((way) => arrow(pointOf(depots, way.depot), pointOf(shelters, way.shelter),
    { weight: Math.sqrt(way.kg / heaviest), select: `shelters/${way.shelter}` })));
}

function waysOf(moves) {
  const ways = new Map();
  for (const move of moves) {
    const key = `${move.depot} ${move.shelter}`;
    const way = ways.get(key) ?? { ...move, kg: 0, items: [] };
    way.kg += move.kg;
    way.items.push(move);
    ways.set(key, way);
  }
  return [...ways.values()].sort((one, other) => other.kg - one.kg);
}

function form(app) {
  const change = (name) => (value) => { draft[name] = value; };
  const figure = (name, unit) => field({ id: `dispatch-${name}`, label: t(`dispatch.${name}`), unit, fault: faultAt(run.problem, `/${name}`),
    control: Object.assign(numeral(draft[name], change(name), { min: 0 }), { placeholder: t("dispatch.no_limit") }) });
  return h("form", { class: "form", id: "dispatch-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(app); } },
    refusal(run.problem),
    field({ id: "dispatch-assignment", label: t("dispatch.for"), fault: faultAt(run.problem, "/assignment"), control: choice(draft.assignment,
      [["", t("dispatch.for_now")], ...lists.assignments.map(({ id, created_at: at, assigned_people: people }) => [id, t("dispatch.for_plan", { time: moment(at), people: number(people) })])], change("assignment")) }),
    h("div", { class: "row three" }, figure("days", t("supply.day")), figure("kg_each", "kg"), figure("max_distance_m", "m")),
    h("fieldset", {}, h("legend", {}, t("dispatch.stock")), h("div", { class: "checks" }, STOCKS.map((kind) => h("label", {},
      h("input", { type: "checkbox", id: `stock-${kind}`, checked: draft.stock.includes(kind), onchange: ({ target }) => {
        draft.stock = STOCKS.filter((one) => (one === kind ? target.checked : draft.stock.includes(one))); } }), t(`stock.${kind}`))))),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "dispatch-run", disabled: run.busy }, t("dispatch.run")),
      run.plan && h("button", { type: "button", class: "plain", onclick: () => app.store.set({ dispatch: null }) }, t("siting.clear"))));
}

async function submit(app) {
  const { days, assignment, stock, kg_each, max_distance_m, key } = draft;
  const body = Object.fromEntries(Object.entries({ days, assignment: assignment || null, stock, kg_each, max_distance_m }).filter(([, value]) => value !== null));
  run = { ...run, busy: true, problem: null };
  app.redrawPanel();
  try {
    const plan = await post(`${about(app)}/dispatch-plans`, body, key);
    run = { ...run, busy: false };
    app.store.set({ dispatch: plan.id });
    loadLists(app);
  } catch (problem) {
    run = { ...run, busy: false, problem };
    app.redrawPanel();
  }
  draft.key = newKey();
}

function outcome(plan, app) {
  const ways = waysOf(plan.moves);
  const name = (code) => itemName(plan.items, code);
  return h("div", { class: "outcome", id: "dispatch-outcome", data: { moves: plan.moves.length, unmet: plan.unmet.length } },
    h("section", { class: "block" }, h("h3", {}, t("dispatch.result", { people: number(plan.people), days: number(plan.days), time: moment(plan.created_at) })),
      h("table", { class: "grid" }, head("dispatch.column", ["item", "need", "sent", "unmet"]), h("tbody", {}, plan.items.map((item) => h("tr", { class: item.unmet ? "short" : null },
        h("th", { scope: "row" }, named(item.name), h("small", {}, ` ${item.unit}`)),
        [item.need, item.sent].map((value) => h("td", { class: "numeral" }, number(value))), h("td", { class: "numeral" }, item.unmet ? h("strong", {}, number(item.unmet)) : "✓"))))),
      downloads(`${about(app)}/dispatch-plans/${plan.id}/file`, FORMS), parametersOf(plan.parameters, plan.data_version, [[t("results.plane"), plan.distances_in]]), ask(plan, app)),
    plan.unmet.length ? h("section", { class: "block" }, h("h3", {}, t("dispatch.unmet", { count: number(plan.unmet.length) })),
      h("ol", { class: "refused" }, plan.unmet.slice(0, MOST_SHOWN).map((one) => way(`shelters/${one.shelter}`, app, one.shelter_name ?? one.shelter,
        `${name(one.item)} ${number(one.quantity)} ${one.unit} · ${named(one.detail)}`, true)))) : null,
    h("section", { class: "block" }, h("h3", {}, t("dispatch.ways", { count: number(ways.length) })),
      h("ol", { class: "refused" }, ways.slice(0, MOST_SHOWN).map((one) => way(`shelters/${one.shelter}`, app, `${one.depot_name} → ${one.shelter_name}`,
        `${one.items.map((move) => `${name(move.item)} ${number(move.quantity)} ${move.unit}`).join(" · ")} · ${number(one.kg)} kg · ${number(one.distance_m / 1000, 1)} km`))),
      ways.length > MOST_SHOWN ? h("p", { class: "quiet" }, t("siting.more_refused", { count: number(ways.length - MOST_SHOWN) })) : null));
}

const way = (select, app, title, words, bad = false) => h("li", {}, h("button", { type: "button", class: "go", onclick: () => app.select(select, { fly: true }) },
  bad && h("span", { class: "cross", aria: { hidden: "true" } }, "×"), h("span", {}, h("strong", {}, title), h("span", { class: "measure" }, words))));

/** Makes each move a request; a plan is asked for once. */
function ask(plan, app) {
  if (!plan.moves.length) return null;
  return h("div", { class: "actions ask" },
    field({ id: "dispatch-by", label: t("supply.by"), fault: faultAt(run.problem, "/by"), control: text(draft.by, (value) => { draft.by = value; }) }),
    h("button", { type: "button", class: "secondary", id: "dispatch-ask", onclick: async () => {
      try {
        await post(`${about(app)}/supply-requests/from-plan`, { plan: plan.id, by: draft.by });
        forgetRequests();
        app.openPanel("requests");
      } catch (problem) {
        run = { ...run, problem };
        app.redrawPanel();
      }
    } }, t("dispatch.ask")));
}
