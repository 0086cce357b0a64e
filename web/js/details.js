// What was clicked on: its attributes in words, where they come from, and whether they are synthetic.
import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { may } from "./forms.js";
import { has, isChinese, number, t } from "./i18n.js";
import { collectionName } from "./layers.js";
import { columnTitle, inWords, schemaOf } from "./schema.js";
import { groundName, sitingResult } from "./siting.js";
import { alternativeInWords, alternativesOf, reasonInWords } from "./siting-result.js";

const HIDDEN = new Set(["id", "name", "source", "synthetic", "event", "event_name", "exercise", "parent", "job"]);

export function mountDetails(app) {
  const { store } = app;
  let shown = "";
  store.on("select lang event", async () => {
    const select = store.get("select");
    shown = select;
    const place = byId("details");
    if (!select || (select.startsWith("field_reports/") && may(store.get("session"), "planner"))) {
      place.hidden = true;
      if (!select) app.overlay.mark(null);
      return;
    }
    const card = await cardOf(select, store).catch((problem) => ({ title: select, rows: [], note: problem.message }));
    if (shown !== select) return;
    draw(place, card, () => app.select(null));
    app.overlay.mark(card.geometry ?? null);
    if (app.flyToSelection && card.geometry) app.map?.flyTo(card.geometry);
    app.flyToSelection = false;
  });
}

function draw(place, { kind, title, rows, source, synthetic, note }, close) {
  place.hidden = false;
  fill(place,
    h("header", {},
      h("div", {}, h("p", { class: "kind" }, kind), h("h2", {}, title)),
      h("button", { type: "button", class: "close", id: "details-close", aria: { label: t("details.close") }, onclick: close }, "×")),
    synthetic && h("p", {}, h("span", { class: "synthetic" }, t("details.synthetic"))),
    rows.length ? h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])) : null,
    note && h("p", { class: "quiet" }, note),
    source && h("p", { class: "source" }, t("details.source", { source })));
}

async function cardOf(select, store) {
  const [collection, ...rest] = select.split("/");
  const id = rest.join("/");
  if (GROUND_CARDS[collection]) return GROUND_CARDS[collection](id);
  const event = encodeURIComponent(store.get("event"));
  const feature = await get(`/ogc/collections/${collection}/items/${encodeURIComponent(id)}?event=${event}&f=json`);
  const schema = await schemaOf(collection);
  const { properties } = feature;
  return {
    kind: collectionName(collection),
    title: properties.name ?? String(feature.id ?? id),
    rows: rowsOf(properties, schema), note: unreported(properties, schema),
    source: properties.source, synthetic: properties.synthetic, geometry: feature.geometry,
  };
}

const isKnown = (value) => value !== null && value !== undefined;

const rowsOf = (properties, schema) => Object.entries(properties).filter(([key, value]) => !HIDDEN.has(key) && isKnown(value))
  .map(([key, value]) => [columnTitle(key, schema[key]), inWords(value, schema[key])]);

/** The figures that nobody stated, in one line: silence is shown, and never as a zero. */
function unreported(properties, schema) {
  const silent = Object.keys(properties).filter((key) => has(`indicator.${key}`) && !isKnown(properties[key]));
  return silent.length ? t("details.unreported", { list: silent.map((key) => columnTitle(key, schema[key])).join(isChinese() ? "、" : ", ") }) : "";
}

const ofCandidate = (list, candidate) => (list ?? []).filter((one) => String(one.candidate) === candidate);

/** Why this ground, why not that one: the three ways in which a siting may speak of a candidate. */
const GROUND_CARDS = {
  refused(candidate) {
    const reasons = ofCandidate(sitingResult()?.excluded, candidate);
    return { kind: t("siting.refused_ground"), title: groundName(candidate), geometry: reasons[0]?.geometry, rows: [], note: reasons.map(reasonInWords).join(isChinese() ? "；" : "; ") };
  },
  others(candidate) {
    const [other] = ofCandidate(alternativesOf(sitingResult()), candidate);
    return { kind: t("siting.other_ground"), title: groundName(candidate), geometry: other?.geometry, rows: [], note: other && alternativeInWords(other, sitingResult(), groundName) };
  },
  chosen(candidate) {
    const { properties, geometry } = sitingResult()?.features.find((one) => String(one.properties.candidate) === candidate) ?? { properties: {} };
    const near = (properties.nearest ?? []).map(({ layer, id, distance_m: metres }) => [`${collectionName(layer)} ${id ?? ""}`, `${number(metres)} m`]);
    return { kind: t("siting.chosen_ground", { rank: properties.rank }), title: groundName(candidate), geometry,
      rows: [[t("siting.serves"), `${number(properties.serves_people)} ${t("unit.person")}`], [t("siting.ground_area"), `${number(properties.ground_area_m2)} m²`], ...near],
      note: [properties.survey_required && t("siting.survey_required"), properties.engineering_required && t("siting.engineering_required")].filter(Boolean).join(" ") };
  },
};
