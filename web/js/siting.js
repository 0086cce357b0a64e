// Where a settlement may stand: what is asked for, how far the work is, which grounds won and which were refused.
import { get, newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal } from "./forms.js";
import { named, number, percent, t } from "./i18n.js";
import { followed, progressOf } from "./jobs.js";
import { collectionName } from "./layers.js";

const HECTARE = 10_000;
const MOST_SHOWN = 60;
const NOTHING = { features: [], excluded: [] };
const draft = {
  key: newKey(), area: null, purpose: "settlement", people: 2000, per_person_m2: 4.5, count: 3, objective: "p_median", radius_m: null,
  avoid: {},
};
let rules = null;
let names = new Map();
let run = { job: null, problem: null, result: null };

export const sitingPanel = {
  id: "siting",
  keys: "lang event session",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (!rules) loadRules(app);
    return [form(app), run.job && progressOf(run.job), run.result && outcome(run.result, app)];
  },
};

/** What can be kept away from, with the distances that the standards propose. */
async function loadRules(app) {
  rules = [];
  rules = (await get("/api/siting/rules").catch(() => ({ avoid: [] }))).avoid;
  for (const { layer, distance_m } of rules) draft.avoid[layer] ??= layer === "roads" ? null : distance_m;
  if (app.store.get("panel") === "siting") app.redrawPanel();
}

/** The result in hand, if any. */
export const sitingResult = () => run.result;

function form(app) {
  const areas = areaOptions(app);
  draft.area ??= app.store.get("events")?.find(({ id }) => id === app.store.get("event"))?.area ?? null;
  const change = (name) => (value) => { draft[name] = value; };
  const fault = (at) => faultAt(run.problem, at);
  return h("form", { class: "form", id: "siting-form", novalidate: true, onsubmit: (event) => submit(event, app) },
    refusal(run.problem),
    h("div", { class: "row" },
      field({ id: "siting-area", label: t("siting.area"), fault: fault("/area"), control: choice(draft.area, areas, change("area")) }),
      field({ id: "siting-purpose", label: t("siting.purpose"), fault: fault("/purpose"),
        control: choice(draft.purpose, ["settlement", "shelter", "depot"].map((code) => [code, t(`siting.purpose.${code}`)]), change("purpose")) })),
    h("div", { class: "row three" },
      field({ id: "siting-people", label: t("siting.people"), unit: t("unit.person"), control: numeral(draft.people, change("people"), { min: 1 }) }),
      field({ id: "siting-per_person", label: t("siting.per_person"), unit: "m²",
        control: numeral(draft.per_person_m2, change("per_person_m2"), { min: 0.5, step: 0.5 }) }),
      field({ id: "siting-count", label: t("siting.count"), fault: fault("/count"), control: numeral(draft.count, change("count"), { min: 1, max: 100 }) })),
    h("p", { class: "hint", id: "siting-ground" }, t("siting.ground", { area: number(groundArea()), hectares: number(groundArea() / HECTARE, 2) })),
    h("fieldset", {}, h("legend", {}, t("siting.avoid")),
      h("p", { class: "hint" }, t("siting.avoid_hint")),
      (rules ?? []).map(avoidField)),
    field({ id: "siting-objective", label: t("siting.objective"), fault: fault("/objective"),
      control: choice(draft.objective, ["p_median", "p_center", "max_cover", "set_cover"].map((code) => [code, t(`siting.objective.${code}`)]), change("objective")) }),
    field({ id: "siting-radius", label: t("siting.radius"), unit: "m", fault: fault("/radius_m"), hint: t("siting.radius_hint"),
      control: numeral(draft.radius_m, change("radius_m")) }),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "siting-run", disabled: Boolean(run.job) }, t("siting.run")),
      run.result && h("button", { type: "button", class: "plain", onclick: () => clear(app) }, t("siting.clear"))));
}

function avoidField({ layer, title, sources }) {
  const place = avoided().findIndex((rule) => rule.layer === layer);
  const control = numeral(draft.avoid[layer], (value) => { draft.avoid[layer] = value; });
  control.title = sources.map(({ text }) => text).join("\n");
  return field({ id: `avoid-${layer}`, label: named(title), unit: "m", control, fault: place >= 0 && faultAt(run.problem, `/avoid/${place}/distance_m`) });
}

function areaOptions(app) {
  const event = app.store.get("events")?.find(({ id }) => id === app.store.get("event"));
  const counties = app.store.get("casualties")?.areas ?? [];
  return [[event?.area, t("siting.whole_area")], ...counties.map(({ area, name }) => [area, name])];
}

const groundArea = () => Math.ceil((draft.people ?? 0) * (draft.per_person_m2 ?? 0));
const avoided = () => Object.entries(draft.avoid).filter(([, distance]) => distance !== null && distance !== undefined)
  .map(([layer, distance_m]) => ({ layer, distance_m }));

function body(app) {
  const { area, purpose, count, objective, radius_m } = draft;
  return { event: app.store.get("event"), area, purpose, avoid: avoided(), min_ground_area_m2: groundArea(), count, objective,
    ...(radius_m ? { radius_m } : {}) };
}

async function submit(event, app) {
  event.preventDefault();
  if (run.job) return;
  run = { job: { state: "queued", progress: 0 }, problem: null, result: null };
  app.redrawPanel();
  try {
    const started = await post("/api/siting", body(app), draft.key);
    const job = await followed(started.id, (state) => { run.job = state; app.redrawPanel(); });
    if (job.state === "done") run.result = job.result;
    if (run.result) names = await namesOfGround();
  } catch (problem) {
    run.problem = problem;
  }
  draft.key = newKey();
  run.job = null;
  app.redrawPanel();
  byId("siting-outcome")?.scrollIntoView({ block: "start" });
  app.overlay.showSiting(run.result ?? NOTHING);
  app.map?.refreshLayers(["sites"]);
}

/** What the candidates are called, where they are the store's own open ground. */
async function namesOfGround() {
  const { features } = await get("/ogc/collections/open_ground/items?limit=10000&f=json").catch(() => ({ features: [] }));
  return new Map(features.map(({ id, properties }) => [String(id), properties.name]));
}

const nameOf = (candidate) => names.get(String(candidate)) ?? candidate;

function clear(app) {
  run = { job: null, problem: null, result: null };
  app.overlay.showSiting(NOTHING);
  app.redrawPanel();
}

function outcome(result, app) {
  const sites = [...result.features].sort((one, other) => one.properties.rank - other.properties.rank);
  const refused = byCandidate(result.excluded);
  return h("div", { class: "outcome", id: "siting-outcome", data: { chosen: sites.length, refused: refused.length } },
    h("section", { class: "block" }, h("h3", {}, t("siting.chosen", { count: sites.length })),
      sites.length ? null : h("p", {}, t("siting.none")),
      bound(result),
      h("ol", { class: "sites" }, sites.map((site) => siteItem(site, app)))),
    h("section", { class: "block" }, h("h3", {}, t("siting.refused", { count: refused.length, of: result.candidates })),
      h("ul", { class: "tally" }, tally(result.excluded).map(([layer, count]) => h("li", {}, collectionName(layer), h("strong", {}, number(count)))),
        result.too_small.length ? h("li", {}, t("siting.too_small"), h("strong", {}, number(result.too_small.length))) : null),
      h("ol", { class: "refused" }, refused.slice(0, MOST_SHOWN).map((entry) => refusedItem(entry, app))),
      refused.length > MOST_SHOWN ? h("p", { class: "quiet" }, t("siting.more_refused", { count: refused.length - MOST_SHOWN })) : null));
}

function bound({ objective, objective_value: value, bound: least }) {
  if (value === undefined || value === null) return null;
  const gap = least ? value / least - 1 : 0;
  const words = objective === "p_median" || !objective ? "siting.bound.p_median" : "siting.bound.other";
  return h("p", { class: "quiet" }, t(words, { value: number(value), bound: number(least), gap: percent(Math.max(gap, 0), 2) }));
}

function siteItem({ id, properties, geometry }, app) {
  const nearest = (properties.nearest ?? []).slice(0, 4);
  return h("li", {},
    h("button", { type: "button", class: "go", onclick: () => app.map?.flyTo(geometry) },
      h("span", { class: "rank-mark" }, properties.rank),
      h("span", {}, h("strong", {}, nameOf(properties.candidate ?? id)),
        h("span", { class: "measure" }, t("siting.site", { area: number(properties.ground_area_m2), people: number(properties.serves_people) })))),
    properties.survey_required && h("p", { class: "warning" }, t("siting.survey_required")),
    properties.engineering_required && h("p", { class: "warning" }, t("siting.engineering_required")),
    h("p", { class: "quiet" }, nearest.map(({ layer, distance_m }) => `${collectionName(layer)} ${number(distance_m)} m`).join(" · ")));
}

/** All reasons of a candidate together, the refusals nearest to their source first. */
function byCandidate(excluded) {
  const groups = new Map();
  for (const reason of excluded) {
    const entry = groups.get(reason.candidate) ?? { candidate: reason.candidate, geometry: reason.geometry, reasons: [] };
    entry.reasons.push(reason);
    groups.set(reason.candidate, entry);
  }
  return [...groups.values()];
}

function tally(excluded) {
  const candidates = new Map();
  for (const { layer, candidate } of excluded) candidates.set(layer, (candidates.get(layer) ?? new Set()).add(candidate));
  return [...candidates].map(([layer, found]) => [layer, found.size]).sort((one, other) => other[1] - one[1]);
}

const refusedItem = ({ candidate, geometry, reasons }, app) =>
  h("li", {}, h("button", { type: "button", class: "go", onclick: () => app.map?.flyTo(geometry) },
    h("span", { class: "cross", aria: { hidden: "true" } }, "×"),
    h("span", {}, h("strong", {}, nameOf(candidate)), reasons.map((reason) => h("span", { class: "measure" }, reasonInWords(reason))))));

export const reasonInWords = ({ layer, feature, distance_m: distance, required_m: required }) =>
  t("siting.reason", { layer: collectionName(layer), feature: feature ?? "", distance: number(distance), required: number(required) });
