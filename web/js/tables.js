// The same facts as tables: for screen readers, for printing, and where the map can't be drawn.
import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { isChinese, number, t } from "./i18n.js";
import { collectionName } from "./layers.js";
import { columnTitle, inWords, schemaOf, unitInWords } from "./schema.js";
import { moment } from "./time.js";
import { FORM_GROUPS, indicatorName, unitFor } from "./vocabulary.js";

const REGISTERS = {
  shelters: ["name", "area", "level", "kind", "capacity", "occupancy", "free", "state"],
  depots: ["name", "area", "level", "state"],
  hazard_points: ["name", "area", "kind", "grade", "threatened_people", "state"],
  open_ground: ["name", "area", "kind", "ground_area_m2"],
};
const CHOICES = ["county", "township", ...Object.keys(REGISTERS)];
const MOST_ROWS = 500;
let chosen = "county";
let order = { column: null, down: true };
let register = { id: null, rows: [], schema: {} };

export function mountTables(app) {
  const { store } = app;
  store.on("panel casualties townships lang event flat", () => {
    const place = byId("tables");
    const open = store.get("panel") === "tables" || store.get("flat");
    place.hidden = !open;
    byId("stage").classList.toggle("flat", open);
    if (open) draw(app);
  });
}

async function draw(app) {
  if (REGISTERS[chosen] && register.id !== chosen) await loadRegister(app.store);
  const { columns, rows } = REGISTERS[chosen] ? registerTable() : figuresTable(app.store);
  fill(byId("tables"),
    h("div", { class: "table-tabs", role: "tablist", aria: { label: t("tables.title") } }, CHOICES.map((id) => h("button", {
      type: "button", role: "tab", id: `table-${id}`, aria: { selected: String(id === chosen) },
      onclick: () => { chosen = id; order = { column: null, down: true }; draw(app); } }, titleOf(id)))),
    h("div", { class: "table-scroll", tabindex: 0, role: "region", aria: { label: titleOf(chosen) } }, table(columns, rows, app)),
    h("p", { class: "quiet" }, t("tables.note", { rows: number(rows.length) }), " ", downloads(app.store)));
}

const titleOf = (id) => (REGISTERS[id] ? collectionName(id) : t(`tables.${id}`));

function table(columns, rows, app) {
  const sorted = order.column ? [...rows].sort(byColumn(order)) : rows;
  return h("table", { class: "grid wide" },
    h("caption", { class: "visually-hidden" }, titleOf(chosen)),
    h("thead", {}, h("tr", {}, columns.map(({ id, title, unit, numeric }) =>
      h("th", { scope: "col", class: numeric ? "numeral" : null, aria: { sort: order.column === id ? (order.down ? "descending" : "ascending") : "none" } },
        h("button", { type: "button", class: "plain", id: `sort-${id}`, onclick: () => { order = { column: id, down: order.column !== id || !order.down }; draw(app); } },
          title, unit && h("small", {}, unit)))))),
    h("tbody", {}, sorted.slice(0, MOST_ROWS).map((row) => h("tr", {}, columns.map(({ id, numeric }, place) =>
      h(place ? "td" : "th", { scope: place ? null : "row", class: [numeric && "numeral", row[id] === null && "none"].filter(Boolean).join(" ") || null },
        typeof row[id] === "number" ? number(row[id], 1) : row[id] ?? t("figure.unreported")))))));
}

function byColumn({ column, down }) {
  const sign = down ? -1 : 1;
  return ({ [column]: one }, { [column]: other }) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return sign * (typeof one === "number" ? one - other : String(one).localeCompare(String(other)));
  };
}

function figuresTable(store) {
  const areas = store.get(chosen === "county" ? "casualties" : "townships")?.areas ?? [];
  const codes = FORM_GROUPS.flatMap(({ of }) => of).filter((code) => areas.some(({ figures }) => figures[code] !== undefined));
  const columns = [{ id: "name", title: t("tables.name") }, { id: "area", title: t("tables.code") },
    ...codes.map((code) => ({ id: code, title: indicatorName(code), unit: unitFor(code), numeric: true })),
    { id: "stage", title: t("report.stage") }, { id: "as_of", title: t("report.as_of") }];
  const rows = areas.map(({ name, area, figures, stage, as_of: time }) => ({
    name, area, stage: stage && t(`stage.${stage}`), as_of: time && moment(time),
    ...Object.fromEntries(codes.map((code) => [code, figures[code] ?? null])),
  }));
  return { columns, rows };
}

async function loadRegister(store) {
  const event = encodeURIComponent(store.get("event"));
  const [schema, { features }] = await Promise.all([schemaOf(chosen),
    get(`/ogc/collections/${chosen}/items?limit=${MOST_ROWS}&event=${event}&f=json`).catch(() => ({ features: [] }))]);
  register = { id: chosen, schema, rows: features.map(({ properties }) => properties) };
}

function registerTable() {
  const { rows, schema } = register;
  const columns = REGISTERS[chosen].filter((id) => id in schema).map((id) => ({
    id, title: columnTitle(id, schema[id]), unit: unitInWords(schema[id]["x-unit"]), numeric: ["integer", "number"].includes(schema[id].type) }));
  const shown = (row, { id, numeric }) => (numeric ? row[id] : inWords(row[id], schema[id]));
  return { columns, rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column.id, shown(row, column)]))) };
}

/** What doesn't fit together: who is silent, which sums differ, which sources disagree. */
export const checksPanel = {
  id: "tables",
  keys: "casualties townships lang",
  draw({ store }) {
    const casualties = store.get("casualties");
    if (!casualties) return [];
    const names = new Map([...casualties.areas, ...(store.get("townships")?.areas ?? [])].map(({ area, name }) => [area, name]));
    const nameOf = (code) => names.get(code) ?? code;
    const silent = casualties.areas.filter(({ reported }) => !reported);
    return [
      check("checks.silent", silent.map(({ area }) => nameOf(area)), "checks.all_reported"),
      check("checks.differences", (casualties.differences ?? []).map((one) => t("checks.difference", {
        area: nameOf(one.area), indicator: indicatorName(one.indicator), stated: number(one.stated), sum: number(one.children_sum) })), "checks.no_differences"),
      check("checks.disagreements", (casualties.disagreements ?? []).map((one) => disagreement(one, nameOf)), "checks.no_disagreements"),
    ];
  },
};

const check = (key, lines, none) => h("section", { class: "block" }, h("h3", {}, t(key)),
  lines.length ? h("ul", { class: "plain-list" }, lines.map((line) => h("li", {}, line))) : h("p", { class: "quiet" }, t(none)));

const disagreement = ({ area, indicator, counted, other }, nameOf) => t("checks.disagreement", {
  area: nameOf(area), indicator: indicatorName(indicator), counted: number(counted.value), by: counted.source, other: number(other.value), source: other.source });

function downloads(store) {
  if (REGISTERS[chosen]) return null;
  const base = `/api/events/${encodeURIComponent(store.get("event"))}/casualties?by=${chosen}`;
  return ["csv", "xlsx", "geojson"].map((format) => [h("a", { href: `${base}&f=${format}`, download: "" }, format.toUpperCase()), isChinese() ? "　" : " "]);
}
