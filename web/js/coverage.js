// Whom no shelter reaches, township by township, and where one more shelter would help most.
import { get } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal } from "./forms.js";
import { middleOf } from "./geometry.js";
import { number, percent, t } from "./i18n.js";
import { feature } from "./overlay.js";
import { onFile } from "./places-on-file.js";
import { downloads, parametersOf } from "./results.js";

const FORMS = ["xlsx", "csv", "gpkg", "geojson"];
const draft = { of: "census", radius_m: 1000, min_ground_area_m2: 2000, count: 5, otherwise_m: null };
let run = { event: null, busy: false, problem: null, result: null, query: "" };

export const coveragePanel = {
  id: "coverage",
  tab: "siting",
  page: true,
  keys: "lang event session",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (run.event !== app.store.get("event")) ask(app);
    return [form(app), run.busy ? h("p", { class: "quiet", role: "status" }, t("job.running")) : null, run.result && outcome(run.result, app)];
  },
};

const address = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}/coverage`;

function form(app) {
  const change = (name) => (value) => { draft[name] = value; };
  const metres = (name) => field({ id: `coverage-${name}`, label: t(`coverage.${name}`), unit: name === "min_ground_area_m2" ? "m²" : "m",
    fault: faultAt(run.problem, `?${name}`), control: numeral(draft[name], change(name)) });
  return h("form", { class: "form", id: "coverage-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); ask(app); } },
    refusal(run.problem),
    h("div", { class: "row" },
      field({ id: "coverage-of", label: t("coverage.of"), control: choice(draft.of, ["census", "affected"].map((code) => [code, t(`coverage.of.${code}`)]), change("of")) }),
      field({ id: "coverage-count", label: t("coverage.count"), fault: faultAt(run.problem, "?count"), control: numeral(draft.count, change("count"), { max: 50 }) })),
    h("div", { class: "row three" }, metres("radius_m"), metres("min_ground_area_m2"), metres("otherwise_m")),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "coverage-run", disabled: run.busy }, t("coverage.run")),
      run.result && h("button", { type: "button", class: "plain", onclick: () => { app.overlay.clear("gap", "added"); run.result = null; app.redrawPanel(); } }, t("siting.clear"))));
}

async function ask(app) {
  const given = Object.entries(draft).filter(([, value]) => value !== null);
  run = { event: app.store.get("event"), busy: true, problem: null, result: null, query: String(new URLSearchParams(given)) };
  const mine = run;
  if (app.store.get("panel") === "coverage") app.redrawPanel();
  mine.result = await get(`${address(app)}?${run.query}`).catch((problem) => { mine.problem = problem; return null; });
  mine.busy = false;
  if (mine !== run) return;
  if (app.store.get("panel") === "coverage") app.redrawPanel();
  if (mine.result) await show(mine.result, app);
}

/** Townships hatched the denser the larger the share beyond, with the share as a figure; additions as numbered houses. */
async function show({ townships, additions }, app) {
  const outlines = await onFile("townships", app.store.get("event"));
  const missed = townships.filter(({ area, beyond }) => beyond > 0 && outlines.get(area)?.geometry);
  app.overlay.show("gap", missed.flatMap(({ area, share_beyond: share }) => {
    const { geometry, properties } = outlines.get(area);
    const figure = { share, label: `${properties.name}\n${percent(share, 0)}` };
    return [...(geometry.type === "Point" ? [] : [feature(geometry, figure)]), feature({ type: "Point", coordinates: middleOf(geometry) }, figure)];
  }));
  app.overlay.show("added", additions.sites.map(({ rank, candidate, lon, lat }) =>
    feature({ type: "Point", coordinates: [lon, lat] }, { rank, select: `open_ground/${candidate}` })));
}

function outcome(result, app) {
  const { people, beyond, townships, additions, shelters, parameters, distances_in: plane } = result;
  const file = `${address(app)}/file?${run.query}`;
  return h("div", { class: "outcome", id: "coverage-outcome", data: { beyond } },
    h("section", { class: "block" }, h("h3", {}, t("coverage.result")),
      h("p", { class: "measure" }, t("coverage.total", { people: number(people) }), " ", h("strong", {}, number(beyond)), ` ${t("unit.person")} (${percent(people ? beyond / people : 0)})`),
      h("p", { class: "quiet" }, t("coverage.counted", { counted: number(shelters.counted), without: number(shelters.without_radius) })),
      h("ul", { class: "hatches" }, [1, 2, 3, 4].map((grade) => h("li", {}, h("span", { class: `hatch hatch-${grade}`, aria: { hidden: "true" } }), t(`coverage.share.${grade}`)))),
      downloads(file, FORMS), parametersOf(parameters, result.data_version, [[t("results.plane"), plane]])),
    h("section", { class: "block" }, h("h3", {}, t("coverage.additions", { count: additions.sites.length })),
      additions.sites.length ? null : h("p", {}, t("coverage.no_additions")),
      h("ol", { class: "sites" }, additions.sites.map((site) => addition(site, app))),
      h("p", { class: "quiet" }, t("coverage.at_most", { ground: number(additions.ground), refused: number(additions.refused), people: number(additions.at_most) }))),
    h("section", { class: "block" }, h("h3", {}, t("coverage.townships")), townshipTable(townships, app)));
}

const addition = ({ rank, name, candidate, ground_area_m2: area, newly_reached: reached }, app) => h("li", {},
  h("button", { type: "button", class: "go", onclick: () => app.select(`open_ground/${candidate}`, { fly: true }) },
    h("span", { class: "house-mark" }, rank),
    h("span", {}, h("strong", {}, name ?? candidate), h("span", { class: "measure" }, t("coverage.addition", { people: number(reached), area: number(area) })))));

function townshipTable(townships, app) {
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, ["township", "people", "beyond", "share"].map((key, place) => h("th", { scope: "col", class: place ? "numeral" : null }, t(`coverage.column.${key}`))))),
    h("tbody", {}, townships.map(({ area, name, people, beyond, share_beyond: share }) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "plain", onclick: () => app.select(`townships/${area}`, { fly: true }) }, name ?? area),
        h("meter", { min: 0, max: 1, value: share, aria: { hidden: "true" } })),
      [number(people), number(beyond), percent(share, 0)].map((value) => h("td", { class: "numeral" }, value))))));
}
