// What this screen alone shows on the map: the ground that siting chose or refused, and what is selected.
import { middleOf } from "./geometry.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const collection = (features) => ({ type: "FeatureCollection", features });
const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });

/** Layers above the style's own, added anew whenever the style is; colours come from the page's tokens. */
function layersOf(css) {
  const font = ["Noto Sans CJK SC Bold", "Noto Sans Bold"];
  return [
    { id: "refused-ground", type: "line", source: "refused", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": css("--ink"), "line-width": 1.5, "line-dasharray": [2, 1.5] } },
    { id: "refused-mark", type: "symbol", source: "refused", filter: ["==", ["geometry-type"], "Point"],
      layout: { "icon-image": "refused", "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.45, 12, 0.9], "icon-allow-overlap": true } },
    { id: "chosen-ground", type: "fill", source: "chosen", filter: ["!=", ["geometry-type"], "Point"], paint: { "fill-color": "#0b7a5e", "fill-opacity": 0.55 } },
    { id: "chosen-mark", type: "symbol", source: "chosen", filter: ["==", ["geometry-type"], "Point"],
      layout: { "icon-image": "site", "icon-allow-overlap": true, "text-field": ["to-string", ["get", "rank"]], "text-font": font, "text-size": 17, "text-allow-overlap": true },
      paint: { "text-color": "#ffffff" } },
    { id: "selected-line", type: "line", source: "selected", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": css("--focus"), "line-width": 4 } },
    { id: "selected-point", type: "circle", source: "selected", filter: ["==", ["geometry-type"], "Point"],
      paint: { "circle-radius": 15, "circle-opacity": 0, "circle-stroke-color": css("--focus"), "circle-stroke-width": 4 } },
  ];
}

export function createOverlay() {
  const data = { refused: NOTHING, chosen: NOTHING, selected: NOTHING };
  let map = null;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const show = (source, features) => {
    data[source] = collection(features);
    map?.getSource(source)?.setData(data[source]);
  };
  return {
    /** Puts the sources and layers into a style that has just come. */
    attach(to) {
      map = to;
      for (const [id, content] of Object.entries(data)) if (!map.getSource(id)) map.addSource(id, { type: "geojson", data: content });
      for (const layer of layersOf(css)) if (!map.getLayer(layer.id)) map.addLayer(layer);
    },
    showSiting(result) {
      const refused = result?.excluded ?? [];
      const once = [...new Map(refused.map((reason) => [reason.candidate, reason])).values()];
      show("refused", once.flatMap(({ candidate, geometry }) => marked(geometry, { candidate })));
      show("chosen", (result?.features ?? []).flatMap(({ geometry, properties, id }) =>
        marked(geometry, { rank: properties.rank, candidate: properties.candidate ?? id })));
    },
    mark: (geometry) => show("selected", geometry ? [feature(geometry)] : []),
    /** The refused candidate under a point of the screen, if any. */
    refusedAt: (point) => map?.getLayer("refused-mark")
      && map.queryRenderedFeatures(point, { layers: ["refused-mark", "refused-ground"] })[0]?.properties.candidate,
  };
}

/** The ground itself and a mark in its middle, so that it is seen from afar. */
const marked = (geometry, properties) => (geometry
  ? [feature(geometry, properties), feature({ type: "Point", coordinates: middleOf(geometry) }, properties)] : []);
