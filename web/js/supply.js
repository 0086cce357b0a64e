// What depots must hold for a response level, what they hold, and what is lacking where.
import { get, newKey, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal, text } from "./forms.js";
import { named, number, percent, t } from "./i18n.js";
import { downloads } from "./results.js";
import { LEVELS } from "./vocabulary.js";

const FORMS = ["xlsx", "csv", "gpkg"];
const MOST_SHORT = 40;
const draft = { level: null, people: null, days: null, margin_percent: null, shared_by: null };
const basis = { key: newKey(), by: "", reason: "" };
let chosen = null;
let run = { event: null, busy: false, problem: null, result: null, query: "" };

export const supplyPanel = {
  id: "supply",
  page: true,
  keys: "lang event session",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (run.event !== app.store.get("event")) ask(app);
    return [refusal(run.problem), run.result && outcome(run.result, app), form(app)];
  },
};

export const itemName = (items, code) => named(items?.find((item) => item.code === code || item.item === code)?.name ?? items?.find((item) => item.code === code)) || code;
const address = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}/supply`;
const given = () => Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== null && value !== ""));

async function ask(app) {
  run = { ...run, event: app.store.get("event"), busy: true, problem: null, query: String(new URLSearchParams(given())) };
  const mine = run;
  mine.result = await get(`${address(app)}?${mine.query}`).catch((problem) => { mine.problem = problem; return null; });
  mine.busy = false;
  if (mine === run && app.store.get("panel") === "supply") app.redrawPanel();
}

function form(app) {
  const found = run.result?.basis ?? {};
  const change = (name) => (value) => { draft[name] = value; };
  const figure = (name, unit, options) => field({ id: `supply-${name}`, label: t(`supply.${name}`), unit, fault: faultAt(run.problem, `?${name}`) ?? faultAt(run.problem, `/${name}`),
    control: Object.assign(numeral(draft[name], change(name), options), { placeholder: number(found[name]) }) });
  return h("form", { class: "form block", id: "supply-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); ask(app); } },
    h("h3", {}, t("supply.basis")),
    h("p", { class: "hint" }, t("supply.basis_hint")),
    h("div", { class: "row" },
      field({ id: "supply-level", label: t("supply.level"), control: choice(draft.level ?? run.result?.level ?? "II", LEVELS.map((level) => [level, t(`level.${level}`)]), change("level")) }),
      figure("people", t("unit.person"))),
    h("div", { class: "row three" }, figure("days", t("supply.day"), { min: 1, max: 365 }), figure("margin_percent", "%"),
      field({ id: "supply-shared_by", label: t("supply.shared_by"), control: choice(draft.shared_by ?? found.shared_by,
        ["population", "whole"].map((code) => [code, t(`supply.shared_by.${code}`)]), change("shared_by")) })),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "supply-run" }, t("supply.run"))),
    h("details", { class: "fold" }, h("summary", {}, t("supply.keep")),
      h("div", { class: "row" },
        field({ id: "basis-by", label: t("supply.by"), fault: faultAt(run.problem, "/by"), control: text(basis.by, (value) => { basis.by = value; }) }),
        field({ id: "basis-reason", label: t("supply.reason"), fault: faultAt(run.problem, "/reason"), control: text(basis.reason, (value) => { basis.reason = value; }) })),
      h("div", { class: "actions" }, h("button", { type: "button", class: "secondary", id: "basis-keep", onclick: () => keep(app) }, t("supply.keep_now")))));
}

/** Keeps the parameters in the form as the event's, with a reason and a name. */
async function keep(app) {
  const { by, reason } = basis;
  try {
    run.result = await post(`${address(app)}/bases`, { level: run.result?.level ?? "II", ...given(), by, reason }, basis.key);
    run.problem = null;
    Object.assign(draft, { people: null, days: null, margin_percent: null, shared_by: null });
  } catch (problem) {
    run.problem = problem;
  }
  basis.key = newKey();
  app.redrawPanel();
}

function outcome(result, app) {
  const area = result.areas.find((one) => one.area === chosen) ?? result.areas[0];
  return h("div", { class: "outcome", id: "supply-outcome", data: { shortages: result.shortages.length } },
    h("p", { class: "lead" }, t("supply.lead", { level: t(`level.${result.level}`), people: number(result.basis.people), days: number(result.basis.days), margin: number(result.basis.margin_percent) }),
      result.rule ? ` ${t("supply.rule", { clause: result.rule.clause })}` : ""),
    h("p", { class: "hint" }, named(result.basis.assumption), " ", named(result.norms.title)),
    area && areaTable(area, result, app),
    h("section", { class: "block" }, h("h3", {}, t("supply.shortages", { count: number(result.shortages.length) })),
      shortageTable(result, app),
      result.shortages.length > MOST_SHORT ? h("p", { class: "quiet" }, t("supply.more_short", { count: number(result.shortages.length - MOST_SHORT) })) : null,
      result.without_depot.length ? h("p", { class: "warning" }, t("supply.without_depot", { list: result.without_depot.map(({ name }) => name).join("、") })) : null,
      result.not_counted.length ? h("p", { class: "quiet" }, t("supply.not_counted", { count: number(result.not_counted.length) })) : null,
      downloads(`${address(app)}/file?${run.query}`, FORMS)));
}

function areaTable(area, { areas }, app) {
  return h("section", { class: "block" },
    field({ id: "supply-area", label: t("supply.area"), control: choice(area.area, areas.map((one) => [one.area, one.name]), (code) => { chosen = code; app.redrawPanel(); }) }),
    h("p", { class: "quiet" }, t("supply.area_people", { people: number(area.people) }), " ",
      area.depots.map(({ id, name }) => h("button", { type: "button", class: "plain", onclick: () => app.select(`depots/${id}`, { fly: true }) }, name))),
    h("table", { class: "grid" }, head("supply.column", ["item", "need", "stock", "short"]),
      h("tbody", {}, area.items.map((item) => h("tr", { class: item.shortfall ? "short" : null },
        h("th", { scope: "row" }, named(item.name), h("small", {}, ` ${item.unit}`),
          item.need ? h("meter", { min: 0, max: 1, low: 0.5, value: Math.min(item.stock / item.need, 1), aria: { hidden: "true" } }) : null),
        [item.need, item.stock].map((value) => h("td", { class: "numeral" }, number(value))),
        h("td", { class: "numeral" }, item.shortfall ? h("strong", {}, `−${number(item.shortfall)}`) : item.shortfall === 0 ? "✓" : "—"))))));
}

export const head = (prefix, keys) => h("thead", {}, h("tr", {}, keys.map((key, place) => h("th", { scope: "col", class: place ? "numeral" : null }, t(`${prefix}.${key}`)))));

function shortageTable({ shortages, norms }, app) {
  if (!shortages.length) return h("p", {}, t("supply.none_short"));
  return h("table", { class: "grid" }, head("supply.column", ["where", "short", "covered"]),
    h("tbody", {}, shortages.slice(0, MOST_SHORT).map(({ area, name, item, unit, shortfall, covered }) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "plain", onclick: () => { chosen = area; app.redrawPanel(); } }, name), ` ${itemName(norms.items, item)}`),
      h("td", { class: "numeral" }, `−${number(shortfall)} ${unit}`), h("td", { class: "numeral" }, percent(covered, 0))))));
}
