// Where sites may stand: on all open ground on file, on that inside an outline, or on grounds of one's own.
import { h } from "./dom.js";
import { choice, field, ownProblem } from "./forms.js";
import { number, t } from "./i18n.js";
import { ringOf, sizeOf } from "./drawing.js";
import { feature } from "./overlay.js";

const MOST_BYTES = 30e6;
const SYSTEMS = ["", "gcj02", "bd09", "EPSG:4326", "EPSG:4547"];
const POLYGONS = ["Polygon", "MultiPolygon"];

/** What a question may be bounded by: `where` is all, area or own. */
export const newGrounds = () => ({ where: "all", outline: null, own: [], crs: "", problem: null });

export function groundsField(grounds, app, fault) {
  const redraw = () => { showGrounds(grounds, app); app.redrawPanel(); };
  return h("fieldset", { class: "grounds" }, h("legend", {}, t("grounds.where")),
    field({ id: "grounds-where", label: t("grounds.on"), fault: grounds.problem ?? fault, control: choice(grounds.where,
      ["all", "area", "own"].map((code) => [code, t(`grounds.${code}`)]), (where) => { Object.assign(grounds, { where, problem: null }); redraw(); }) }),
    grounds.where === "area" && outlineTools(grounds, app, redraw),
    grounds.where === "own" && ownTools(grounds, app, redraw));
}

function outlineTools(grounds, app, redraw) {
  const draw = () => app.drawing.start({ shape: "polygon", title: t("grounds.draw_area"), geometry: grounds.outline?.type === "Polygon" ? grounds.outline : null,
    done: (geometry) => { if (geometry) grounds.outline = geometry; redraw(); } });
  return [
    grounds.outline && h("p", { class: "measure", id: "grounds-outline" }, t("grounds.outline", { size: sizeOf("polygon", ringOf(grounds.outline)) })),
    h("div", { class: "actions" },
      app.map && button("grounds-draw", t(grounds.outline ? "grounds.edit" : "grounds.draw"), draw),
      upload("grounds-upload", grounds, redraw, (polygons) => { grounds.outline = joined(polygons); }),
      grounds.outline && plain("grounds-clear", t("grounds.remove"), () => { grounds.outline = null; redraw(); })),
  ];
}

function ownTools(grounds, app, redraw) {
  const draw = (place) => app.drawing.start({ shape: "polygon", title: t("grounds.draw_own"), geometry: grounds.own[place]?.geometry,
    done: (geometry) => {
      if (geometry) grounds.own = place === undefined ? [...grounds.own, { id: nextId(grounds.own), geometry, drawn: true }] : grounds.own.with(place, { ...grounds.own[place], geometry });
      redraw();
    } });
  return [
    grounds.own.length ? h("ol", { class: "plain-list own-grounds" }, grounds.own.slice(0, 20).map(({ id, geometry, drawn }, place) => h("li", {},
      h("button", { type: "button", class: "plain", onclick: () => app.map?.flyTo(geometry) }, id), h("span", { class: "measure" }, ` ${sizeOf("polygon", ringOf(geometry))} `),
      drawn && app.map ? plain(`own-edit-${place}`, t("grounds.edit"), () => draw(place)) : null,
      plain(`own-remove-${place}`, t("grounds.remove"), () => { grounds.own = grounds.own.toSpliced(place, 1); redraw(); })))) : null,
    grounds.own.length > 20 && h("p", { class: "quiet" }, t("grounds.more", { count: number(grounds.own.length - 20) })),
    h("div", { class: "actions" },
      app.map && button("grounds-draw", t("grounds.draw"), () => draw()),
      upload("grounds-upload", grounds, redraw, (polygons) => { grounds.own = [...grounds.own.filter(({ drawn }) => drawn), ...polygons]; }),
      grounds.own.length > 1 && plain("grounds-clear", t("grounds.remove_all"), () => { grounds.own = []; redraw(); })),
    field({ id: "grounds-crs", label: t("grounds.crs"), hint: t("grounds.crs_hint"),
      control: choice(grounds.crs, SYSTEMS.map((code) => [code, t(`grounds.crs.${code || "degrees"}`)]), (code) => { grounds.crs = code; }) }),
  ];
}

const button = (id, words, onclick) => h("button", { type: "button", class: "secondary", id, onclick }, words);
const plain = (id, words, onclick) => h("button", { type: "button", class: "plain", id, onclick }, words);

function nextId(own) {
  const taken = new Set(own.map(({ id }) => id));
  for (let count = 1; ; count += 1) if (!taken.has(t("grounds.name", { count }))) return t("grounds.name", { count });
}

/** A file input dressed as a button; what the file holds goes to `take`, what is wrong with it into the form. */
function upload(id, grounds, redraw, take) {
  const input = h("input", { type: "file", id, class: "visually-hidden", accept: ".geojson,.json,application/geo+json", onchange: async () => {
    const [file] = input.files;
    grounds.problem = null;
    try {
      take(await polygonsIn(file));
    } catch (problem) {
      grounds.problem = problem.message;
    }
    redraw();
  } });
  return h("label", { class: "secondary as-button" }, input, t("grounds.upload"));
}

/** The polygons of a GeoJSON file with their ids; an error that says what to mend. */
export async function polygonsIn(file) {
  if (file.size > MOST_BYTES) throw new Error(t("grounds.too_large"));
  let content;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw new Error(t("grounds.no_geojson"));
  }
  const features = content?.features ?? [content?.type === "Feature" ? content : { geometry: content }];
  const found = features.map((one, place) => ({ id: String(one?.id ?? one?.properties?.id ?? one?.properties?.name ?? t("grounds.name", { count: place + 1 })), geometry: one?.geometry }));
  const wrong = found.findIndex(({ geometry }) => !POLYGONS.includes(geometry?.type) || !geometry.coordinates?.length);
  if (wrong >= 0 || !found.length) throw new Error(t("grounds.no_polygon", { place: wrong + 1 }));
  return found;
}

const joined = (polygons) => (polygons.length === 1 ? polygons[0].geometry
  : { type: "MultiPolygon", coordinates: polygons.flatMap(({ geometry }) => (geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates)) });

/** What the form is bounded by, on the map. */
export function showGrounds({ where, outline, own, crs }, app) {
  const shown = { area: outline ? [outline] : [], own: crs ? [] : own.map(({ geometry }) => geometry) }[where] ?? [];
  app.overlay.show("grounds", shown.map((geometry) => feature(geometry)));
}

/** What the question says of where it looks; throws a problem where nothing is drawn. */
export function boundsOf(grounds) {
  const { where, outline, own, crs } = grounds;
  if (where === "all") return {};
  grounds.problem = (where === "area" ? outline : own.length) ? null : t("grounds.nothing_drawn");
  if (grounds.problem) throw Object.assign(ownProblem([]), { message: grounds.problem });
  if (where === "area") return { within: outline };
  const features = own.map(({ id, geometry }) => ({ type: "Feature", id, geometry, properties: {} }));
  return { candidates: { type: "FeatureCollection", features }, ...(crs ? { crs } : {}) };
}
