// What this screen alone shows on the map: the grounds that siting chose and refused, and what is selected.
import { middleOf } from "./geometry.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });
const POINTS = ["==", ["geometry-type"], "Point"];
const SHAPES = ["!=", ["geometry-type"], "Point"];

/** The layers above the style's own; colours come from the page's tokens. */
const layersIn = (ink, focus) => [
  { id: "refused-ground", type: "line", source: "refused", filter: SHAPES, paint: { "line-color": ink, "line-width": 1.5, "line-dasharray": [2, 1.5] } },
  { id: "refused-mark", type: "symbol", source: "refused", filter: POINTS,
    layout: { "icon-image": "refused", "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 12, 0.95],
      "icon-allow-overlap": true, "icon-ignore-placement": true } },
  { id: "chosen-mark", type: "symbol", source: "chosen",
    layout: { "icon-image": "site", "icon-allow-overlap": true, "icon-ignore-placement": true,
      "text-field": ["to-string", ["get", "rank"]], "text-size": 19, "text-allow-overlap": true, "text-ignore-placement": true },
    paint: { "text-color": "#ffffff" } },
  { id: "selected-line", type: "line", source: "selected", filter: SHAPES, paint: { "line-color": focus, "line-width": 4 } },
  { id: "selected-point", type: "circle", source: "selected", filter: POINTS,
    paint: { "circle-radius": 15, "circle-opacity": 0, "circle-stroke-color": focus, "circle-stroke-width": 4 } },
];

export function createOverlay() {
  const data = { refused: NOTHING, chosen: NOTHING, selected: NOTHING };
  let map = null;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const show = (source, features) => {
    data[source] = { type: "FeatureCollection", features };
    map?.getSource(source)?.setData(data[source]);
  };
  return {
    attach(to) {
      map = to;
    },
    /** The style with these sources and layers on top of its own. */
    added(style) {
      const own = Object.fromEntries(Object.entries(data).map(([id, content]) => [id, { type: "geojson", data: content }]));
      return { ...style, sources: { ...style.sources, ...own }, layers: [...style.layers, ...layersIn(token("--ink"), token("--focus"))] };
    },
    /** Marks the result of a siting: what was chosen by its rank, what was refused by a cross. */
    showSiting({ features, excluded }) {
      show("chosen", features.map(({ geometry, properties }) => feature({ type: "Point", coordinates: middleOf(geometry) }, properties)));
      const once = new Map(excluded.map((reason) => [reason.candidate, reason]));
      show("refused", [...once.values()].flatMap(({ candidate, geometry }) =>
        [feature(geometry, { candidate }), feature({ type: "Point", coordinates: middleOf(geometry) }, { candidate })]));
    },
    mark: (geometry) => show("selected", geometry ? [feature(geometry)] : []),
  };
}
