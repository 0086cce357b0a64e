// Where a settlement may stand: what is asked for, how far the work is, and the result that lies open.
import { get, newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal } from "./forms.js";
import { named, number, t } from "./i18n.js";
import { followed, progressOf } from "./jobs.js";
import { sentence } from "./problems.js";
import { earlier } from "./results.js";
import { boundsOf, groundsField, newGrounds } from "./siting-grounds.js";
import { looksUp, newOptions, optionsAsked, optionsField } from "./siting-options.js";
import { outcome, showSiting } from "./siting-result.js";

const HECTARE = 10_000;
const PURPOSES = ["settlement", "shelter", "depot"];
const OBJECTIVES = ["p_median", "capacitated_p_median", "p_center", "max_cover", "set_cover"];
const WITH_RADIUS = ["max_cover", "set_cover"];
const draft = {
  key: newKey(), area: null, purpose: "settlement", people: 2000, per_person_m2: 4.5, count: 3, objective: "p_median", radius_m: 2000,
  avoid: {}, grounds: newGrounds(), options: newOptions(),
};
let rules = null;
let standards = null;
let names = new Map();
let list = { event: null, rows: [] };
let run = { id: null, job: null, problem: null, result: null };

export const sitingPanel = {
  id: "siting",
  page: true,
  keys: "lang event session siting",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (!rules) loadRules(app);
    if (list.event !== app.store.get("event")) loadList(app);
    const open = app.store.get("siting");
    if (open !== run.id) openResult(app, open);
    return [form(app), run.job && progressOf(run.job),
      earlier({ id: "siting", rows: list.rows, open, tell: inShort, choose: (id) => app.store.set({ siting: id }) }),
      run.result && outcome(run, names, app, again)];
  },
};

const isOpen = (app) => app.store.get("panel") === "siting" && app.redrawPanel();

/** What can be kept away from, with the distances that the standards propose. */
async function loadRules(app) {
  rules = [];
  standards = await get("/api/siting/rules").catch(() => ({ avoid: [] }));
  rules = standards.avoid;
  for (const { layer, distance_m } of rules) draft.avoid[layer] ??= layer === "roads" ? null : distance_m;
  isOpen(app);
}

async function loadList(app) {
  list = { event: app.store.get("event"), rows: list.event === app.store.get("event") ? list.rows : [] };
  list.rows = (await get(`/api/events/${encodeURIComponent(list.event)}/sitings?limit=30`).catch(() => ({ sitings: [] }))).sitings;
  isOpen(app);
}

const inShort = ({ purpose, objective, chosen, state }) => (state === "done"
  ? t("siting.in_short", { purpose: t(`siting.purpose.${purpose}`), objective: t(`siting.objective.${objective}`), count: chosen }) : t(`job.${state}`));

/** The result in hand, if any. */
export const sitingResult = () => run.result;
export const groundName = (candidate) => names.get(String(candidate)) ?? candidate;

/** Shows the result of a job, also while that is still under way; null closes what is open. */
async function openResult(app, id) {
  const mine = { id, job: id && { id, state: "queued", progress: 0 }, problem: null, result: null };
  run = mine;
  showSiting(null, app);
  if (!id) return;
  try {
    const job = await followed(id, (state) => { if (run === mine) { mine.job = state; isOpen(app); } });
    if (job.state === "done") Object.assign(mine, { result: job.result, created_at: job.created_at });
    if (mine.result) names = await namesOfGround();
  } catch (problem) {
    mine.problem = problem;
  }
  if (run !== mine) return;
  mine.job = null;
  isOpen(app);
  byId("siting-outcome")?.scrollIntoView({ block: "start" });
  showSiting(mine.result, app);
  app.map?.refreshLayers(["sites"]);
  loadList(app);
}

function form(app) {
  const areas = areaOptions(app);
  draft.area ??= eventOf(app)?.area ?? null;
  if (!areas.some(([code]) => code === draft.area)) draft.area = areas[0][0];
  const change = (name) => (value) => { draft[name] = value; };
  const fault = (at) => faultAt(run.problem, at);
  const options = (codes, kind) => codes.map((code) => [code, t(`siting.${kind}.${code}`)]);
  return h("form", { class: "form", id: "siting-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(app); } },
    refusal(run.problem),
    h("div", { class: "row" },
      field({ id: "siting-area", label: t("siting.area"), fault: fault("/area"), control: choice(draft.area, areas, change("area")) }),
      field({ id: "siting-purpose", label: t("siting.purpose"), fault: fault("/purpose"), control: choice(draft.purpose, options(PURPOSES, "purpose"), change("purpose")) })),
    groundsField(draft.grounds, app, boundsFault()),
    h("div", { class: "row three" },
      field({ id: "siting-people", label: t("siting.people"), unit: t("unit.person"), control: numeral(draft.people, ground("people"), { min: 1 }) }),
      field({ id: "siting-per_person", label: t("siting.per_person"), unit: "m²", control: numeral(draft.per_person_m2, ground("per_person_m2"), { min: 0.5, step: 0.5 }) }),
      field({ id: "siting-count", label: t("siting.count"), fault: fault("/count"), control: numeral(draft.count, change("count"), { min: 1, max: 500 }) })),
    h("p", { class: "hint", id: "siting-ground" }, groundInWords()),
    h("fieldset", {}, h("legend", {}, t("siting.avoid")), h("p", { class: "hint" }, t("siting.avoid_hint")), (rules ?? []).map(avoidField)),
    h("div", { class: "row" },
      field({ id: "siting-objective", label: t("siting.objective"), fault: fault("/objective"),
        control: choice(draft.objective, options(OBJECTIVES, "objective"), (value) => { draft.objective = value; app.redrawPanel(); }) }),
      WITH_RADIUS.includes(draft.objective) && field({ id: "siting-radius", label: t("siting.radius"), unit: "m", fault: fault("/radius_m"),
        control: numeral(draft.radius_m, change("radius_m")) })),
    optionsField(draft.options, standards, run.problem),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "siting-run", disabled: Boolean(run.job) }, t("siting.run")),
      run.result && h("button", { type: "button", class: "plain", onclick: () => app.store.set({ siting: null }) }, t("siting.clear"))));
}

const groundArea = () => Math.ceil((draft.people ?? 0) * (draft.per_person_m2 ?? 0));
const groundInWords = () => t("siting.ground", { area: number(groundArea()), hectares: number(groundArea() / HECTARE, 2) });
const ground = (name) => (value) => { draft[name] = value; byId("siting-ground").textContent = groundInWords(); };

function avoidField({ layer, title, sources }) {
  const place = avoided().findIndex((rule) => rule.layer === layer);
  const control = numeral(draft.avoid[layer], (value) => { draft.avoid[layer] = value; });
  control.title = sources.map(({ text }) => text).join("\n");
  return field({ id: `avoid-${layer}`, label: named(title), unit: "m", control, fault: place >= 0 && faultAt(run.problem, `/avoid/${place}/distance_m`) });
}

/** What is wrong with the outline or the grounds, wherever in them. */
const boundsFault = () => run.problem?.faults?.filter(({ at }) => /^\/(within|candidates|crs)\b/.test(at)).slice(0, 3).map(({ detail }) => sentence(detail)).join(" ") || null;

const eventOf = (app) => app.store.get("events")?.find(({ id }) => id === app.store.get("event"));

function areaOptions(app) {
  const counties = app.store.get("casualties")?.areas ?? [];
  return [[eventOf(app)?.area, t("siting.whole_area")], ...counties.map(({ area, name }) => [area, name])];
}

const avoided = () => Object.entries(draft.avoid).filter(([, distance]) => distance !== null && distance !== undefined)
  .map(([layer, distance_m]) => (looksUp(draft.options, layer) ? { layer } : { layer, distance_m }));

function body(app) {
  const { area, purpose, count, objective, radius_m, options, per_person_m2: perPerson } = draft;
  return { event: app.store.get("event"), area, purpose, avoid: avoided(), min_ground_area_m2: groundArea(), count, objective,
    ...(WITH_RADIUS.includes(objective) && radius_m ? { radius_m } : {}), ...optionsAsked(options, objective, perPerson) };
}

const submit = (app) => begin(app, async () => post("/api/siting", { ...body(app), ...boundsOf(draft.grounds) }, draft.key));

/** The same question with the same candidates, on the store of today. */
const again = (app, id) => begin(app, () => post(`/api/jobs/${id}/runs`, {}, draft.key));

async function begin(app, start) {
  if (run.job) return;
  run = { ...run, job: { state: "queued", progress: 0 }, problem: null, result: null };
  app.redrawPanel();
  try {
    const started = await start();
    draft.key = newKey();
    run = { ...run, job: null };
    app.store.set({ siting: started.id });
  } catch (problem) {
    run = { ...run, job: null, problem };
    draft.key = newKey();
    app.redrawPanel();
  }
}

/** The names of open ground on file, by id. */
async function namesOfGround() {
  const { features } = await get("/ogc/collections/open_ground/items?limit=10000&f=json").catch(() => ({ features: [] }));
  return new Map(features.map(({ id, properties }) => [String(id), properties.name]));
}
