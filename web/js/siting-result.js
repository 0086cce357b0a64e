// What came of a siting: why these grounds, why not those, how good it is proven to be; on the panel and on the map.
import { h } from "./dom.js";
import { number, percent, t } from "./i18n.js";
import { collectionName } from "./layers.js";
import { marked } from "./overlay.js";
import { sentence } from "./problems.js";
import { downloads, parametersOf } from "./results.js";
import { moment } from "./time.js";

const MOST_SHOWN = 60;
const FORMS = ["geojson", "csv", "xlsx", "gpkg"];
const UNFIT = ["too_small", "too_narrow", "too_steep", "outside"];
const nameIn = (names, candidate) => names.get(String(candidate)) ?? candidate;

/** Marks what was chosen by its rank, what would have done by a ring, what was refused by a cross. */
export function showSiting(result, app) {
  const once = new Map((result?.excluded ?? []).map((reason) => [reason.candidate, reason]));
  app.overlay.show("chosen", (result?.features ?? []).flatMap(({ geometry, properties }) => marked(geometry, properties)));
  app.overlay.show("refused", [...once.values()].flatMap(({ candidate, geometry }) => marked(geometry, { candidate })));
  app.overlay.show("others", alternativesOf(result).filter(({ geometry }) => geometry).flatMap(({ geometry, candidate }) => marked(geometry, { candidate })));
}

export const alternativesOf = (result) => result?.alternatives ?? [];

export function outcome({ id, result, created_at: made }, names, app, again) {
  const sites = [...result.features].sort((one, other) => one.properties.rank - other.properties.rank);
  const refused = byCandidate(result.excluded);
  const others = alternativesOf(result);
  const block = (key, values, ...content) => h("section", { class: "block" }, h("h3", {}, t(key, values)), content);
  return h("div", { class: "outcome", id: "siting-outcome", data: { chosen: sites.length, refused: refused.length } },
    block("siting.chosen", { count: sites.length },
      sites.length ? null : h("p", {}, t("siting.none")),
      bound(result), unserved(result), within(result), standing(result),
      (result.warnings ?? []).slice(0, 5).map((words) => h("p", { class: "warning" }, sentence(words))),
      h("ol", { class: "sites" }, sites.map((site) => siteItem(site, names, app))),
      downloads(`/api/jobs/${id}/result`, FORMS),
      h("div", { class: "actions" }, h("button", { type: "button", class: "plain", id: "siting-again", onclick: () => again(app, id) }, t("results.again"))),
      parametersOf(result.parameters, result.data_version, [[t("results.made"), moment(made)], [t("results.plane"), result.distances_in]])),
    others.length ? block("siting.others", { count: others.length }, h("ol", { class: "others" }, others.slice(0, MOST_SHOWN).map((one) => otherItem(one, result, names, app)))) : null,
    block("siting.refused", { count: refused.length, of: result.candidates },
      h("ul", { class: "tally" }, tally(result.excluded).map(([layer, count]) => h("li", {}, collectionName(layer), h("strong", {}, number(count)))),
        UNFIT.filter((reason) => result[reason]?.length).map((reason) => h("li", {}, t(`siting.${reason}`), h("strong", {}, number(result[reason].length))))),
      h("ol", { class: "refused" }, refused.slice(0, MOST_SHOWN).map((entry) => refusedItem(entry, names, app))),
      refused.length > MOST_SHOWN ? h("p", { class: "quiet" }, t("siting.more_refused", { count: refused.length - MOST_SHOWN })) : null));
}

/** How far from the best it can be, in words; proven or only bounded. */
function bound({ objective, objective_value: value, bound: least, gap, proven }) {
  if (value === undefined || value === null || least === null) return null;
  const apart = gap ?? (least ? Math.abs(value / least - 1) : 0);
  if (proven || apart < 1e-9) return h("p", { class: "quiet" }, t(objective === "p_median" || !objective || objective === "capacitated_p_median" ? "siting.proven.p_median" : "siting.proven.other", { value: number(value) }));
  const words = objective === "p_median" || !objective || objective === "capacitated_p_median" ? "siting.bound.p_median" : "siting.bound.other";
  return h("p", { class: "quiet" }, t(words, { value: number(value), bound: number(least), gap: percent(Math.max(apart, 0), 2) }));
}

const unserved = ({ people, unserved_people: left }) => (left > 0 ? h("p", { class: "quiet" }, t("siting.unserved", { left: number(left), people: number(people) })) : null);

const within = ({ within_count: found }) => (found ? h("p", { class: "quiet" }, t("siting.within", { count: found.count, people: number(found.people) })) : null);

/** The sites that stand already and take part. */
function standing({ fixed = [] }) {
  const people = fixed.reduce((sum, { serves_people: served }) => sum + (served ?? 0), 0);
  return fixed.length ? h("p", { class: "quiet" }, t("siting.standing", { count: number(fixed.length), people: number(people) })) : null;
}

const go = (geometry, app, mark, ...content) => h("button", { type: "button", class: "go", onclick: () => app.map?.flyTo(geometry) }, mark, h("span", {}, content));
const cross = () => h("span", { class: "cross", aria: { hidden: "true" } }, "×");

function siteItem({ id, properties, geometry }, names, app) {
  const nearest = (properties.nearest ?? []).slice(0, 4);
  return h("li", {},
    go(geometry, app, h("span", { class: "rank-mark" }, properties.rank), h("strong", {}, nameIn(names, properties.candidate ?? id)),
      h("span", { class: "measure" }, t("siting.site", { area: number(properties.ground_area_m2), people: number(properties.serves_people) }),
        properties.places ? ` · ${t("siting.places", { places: number(properties.places) })}` : "", properties.widest_circle_m ? ` · ${t("siting.wide", { metres: number(properties.widest_circle_m) })}` : "")),
    properties.survey_required && h("p", { class: "warning" }, t("siting.survey_required")),
    properties.engineering_required && h("p", { class: "warning" }, t("siting.engineering_required")),
    h("p", { class: "quiet" }, nearest.map(({ layer, distance_m }) => `${collectionName(layer)} ${number(distance_m)} m`).join(" · ")));
}

const otherItem = (one, result, names, app) => h("li", {}, go(one.geometry, app, h("span", { class: "ring-mark", aria: { hidden: "true" } }),
  h("strong", {}, nameIn(names, one.candidate)), h("span", { class: "measure" }, alternativeInWords(one, result, (candidate) => nameIn(names, candidate)))));

/** What another ground would have cost in place of the chosen one that it would best replace. */
export function alternativeInWords(one, { objective_value: value }, name = String) {
  const cost = one.objective_value ?? one.cost;
  const instead = one.instead_of ?? one.replaces;
  if (cost === undefined || cost === null) return t("siting.not_needed");
  const apart = value ? cost / value - 1 : 0;
  const change = t(apart < 0 ? "siting.less" : "siting.more", { share: percent(Math.abs(apart), 2) });
  return instead ? t("siting.other_instead", { instead: name(instead), cost: number(cost), change }) : t("siting.other", { cost: number(cost), change });
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

const refusedItem = ({ candidate, geometry, reasons }, names, app) => h("li", {}, go(geometry, app, cross(),
  h("strong", {}, nameIn(names, candidate)), reasons.map((reason) => h("span", { class: "measure" }, reasonInWords(reason)))));

export const reasonInWords = ({ layer, feature, distance_m: distance, required_m: required }) =>
  t("siting.reason", { layer: collectionName(layer), feature: feature ?? "", distance: number(distance), required: number(required) });
