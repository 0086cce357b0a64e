// What came of an assignment: how good it is, who was left over and why, how full each shelter gets.
import { h } from "./dom.js";
import { has, isChinese, named, number, percent, t } from "./i18n.js";
import { downloads, parametersOf } from "./results.js";
import { reasonInWords } from "./siting-result.js";
import { moment } from "./time.js";

const FORMS = ["xlsx", "csv", "gpkg", "geojson"];
const MOST_SHOWN = 60;

export function outcome(result, app, again) {
  const left = result.unassigned ?? [];
  const address = `/api/assignments/${result.id}/file`;
  return h("div", { class: "outcome", id: "assignment-outcome", data: { unassigned: left.length, plan: result.id } },
    h("section", { class: "block" }, h("h3", {}, t("assignment.result", { time: moment(result.created_at) })),
      h("dl", { class: "big-pairs" },
        pair("assignment.assigned", result.assigned_people, t("unit.person")),
        pair("assignment.unassigned", result.unassigned_people, t("unit.person")),
        pair("assignment.mean", result.assigned_people ? result.person_metres / result.assigned_people : null, "m")),
      h("p", {}, boundInWords(result)),
      percentiles(result.distance_percentiles),
      replanned(result, app),
      downloads(`${address}?of=households`, FORMS, t("assignment.file.households")),
      downloads(`${address}?of=shelters`, FORMS, t("assignment.file.shelters")),
      left.length ? downloads(`${address}?of=left_over`, FORMS, t("assignment.file.left_over")) : null,
      h("div", { class: "actions" }, h("button", { type: "button", class: "plain", id: "assignment-again", onclick: () => again(app, result.id) }, t("results.again"))),
      parametersOf(result.parameters, result.data_version)),
    result.unsafe_shelters?.length ? h("section", { class: "block" }, h("h3", {}, t("assignment.unsafe_shelters", { count: number(result.unsafe_shelters.length) })), unsafe(result.unsafe_shelters, app)) : null,
    result.split?.length ? h("section", { class: "block" }, h("h3", {}, t("assignment.split", { count: number(result.split.length) })),
      h("ul", { class: "plain-list" }, result.split.slice(0, MOST_SHOWN).map((one) => h("li", {}, `${one.name ?? one.group ?? one.village ?? ""} ${named(one.detail ?? one.reason)}`)))) : null,
    h("section", { class: "block" }, h("h3", {}, t("assignment.left_over", { count: number(left.length) })),
      left.length ? leftOver(left, result, app) : h("p", {}, t("assignment.nobody_left"))),
    h("section", { class: "block" }, h("h3", {}, t("assignment.shelters")), shelterTable(result.shelters ?? [], app)));
}

const pair = (key, value, unit) => [h("dt", {}, t(key)), h("dd", {}, h("strong", {}, number(value)), ` ${unit}`)];

const boundInWords = ({ person_metres: cost, lower_bound: least, gap }) =>
  t(gap !== null && gap < 1e-9 ? "assignment.optimal" : "assignment.bound", { cost: number(cost / 1000), bound: number(least / 1000), gap: gap === null ? "—" : percent(gap, 2) });

/** How far people go, at the middle, for nine of ten and at most. */
function percentiles(found) {
  if (!found) return null;
  return h("p", { class: "measure" }, t("assignment.percentiles"), " ", ["p50", "p90", "max"].map((key) =>
    h("span", { class: "whole" }, t(`assignment.percentile.${key}`), " ", h("strong", {}, number(found[key])), " m")));
}

/** What keeping the plan before cost, beside solving all of it again. */
function replanned({ replanned: found, kept, shelters_out: out = [] }, app) {
  if (!found) return null;
  const anew = found.without_keeping;
  return h("div", { class: "receipt", id: "assignment-replanned" },
    h("p", {}, t("assignment.moved", { people: number(found.moved_people), households: number(found.moved_households) }),
      found.cost_gap === null || found.cost_gap === undefined ? "" : ` ${t("assignment.moved_gap", { gap: percent(found.cost_gap, 3) })}`),
    anew?.moved_people !== undefined ? h("p", { class: "quiet" }, t("assignment.anew", { people: number(anew.moved_people) })) : null,
    out.length ? h("p", { class: "quiet" }, t("assignment.out", { list: out.map(({ shelter, name, reason }) => `${name ?? shelter} (${t(`assignment.out.${reason}`)})`).join(isChinese() ? "、" : ", ") })) : null,
    h("button", { type: "button", class: "plain", id: "assignment-moves", onclick: () => { app.store.set({ other: kept }); app.openPanel("compare"); } }, t("assignment.who_moves")));
}

/** Shelters within a hazard, with the rule, the feature and the distance. */
const unsafe = (shelters, app) => h("ol", { class: "refused others" }, shelters.slice(0, MOST_SHOWN).map(({ shelter, name, taken, dangers = [] }) => h("li", {},
  h("button", { type: "button", class: "go", onclick: () => app.select(`shelters/${shelter}`, { fly: true }) },
    h("span", { class: "cross", aria: { hidden: "true" } }, taken ? "!" : "×"),
    h("span", {}, h("strong", {}, name ?? shelter), taken ? ` ${t("assignment.taken_all_the_same")}` : "",
      dangers.slice(0, 3).map((danger) => h("span", { class: "measure" }, reasonInWords(danger))))))));

/** How many people each kind of reason leaves over, then the households with theirs in full. */
function leftOver(left, { shortages }, app) {
  const people = new Map();
  for (const { reason, persons } of left) people.set(reason, (people.get(reason) ?? 0) + persons);
  return [
    h("ul", { class: "tally" }, [...people].map(([reason, persons]) =>
      h("li", {}, has(`assignment.reason.${reason}`) ? t(`assignment.reason.${reason}`) : reason, h("strong", {}, `${number(persons)} ${t("unit.person")}`)))),
    shortages?.length ? h("ul", { class: "plain-list" }, shortages.map((one) => h("li", { class: "warning" }, named(one.detail)))) : null,
    h("ol", { class: "refused" }, left.slice(0, MOST_SHOWN).map((household) => h("li", {},
      h("button", { type: "button", class: "go", onclick: () => app.select(`households/${household.household}`, { fly: true }) },
        h("span", { class: "cross", aria: { hidden: "true" } }, "×"),
        h("span", {}, h("strong", {}, household.household), ` ${number(household.persons)} ${t("unit.person")}`,
          h("span", { class: "measure" }, named(household.detail))))))),
    left.length > MOST_SHOWN ? h("p", { class: "quiet" }, t("assignment.more_left", { count: number(left.length - MOST_SHOWN) })) : null,
  ];
}

function shelterTable(shelters, app) {
  const rows = [...shelters].sort((one, other) => other.assigned_people - one.assigned_people);
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, ["shelter", "assigned", "capacity", "free", ...(rows.some((row) => row.distance_percentiles) ? ["p90"] : [])].map((key, place) =>
      h("th", { scope: "col", class: place ? "numeral" : null }, t(`assignment.column.${key}`))))),
    h("tbody", {}, rows.map((row) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "plain", onclick: () => app.select(`shelters/${row.shelter}`, { fly: true }) },
        row.name ?? row.shelter),
        h("meter", { min: 0, max: Math.max(row.capacity, 1), value: row.capacity - row.free, aria: { hidden: "true" } })),
      [row.assigned_people, row.capacity, row.free, ...(row.distance_percentiles ? [row.distance_percentiles.p90] : [])].map((value) => h("td", { class: "numeral" }, number(value)))))));
}
