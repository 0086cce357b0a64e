// What this screen alone shows on the map: results in hand, what is drawn and what is selected.
import { middleOf } from "./geometry.js";
import { SOURCES, layersIn } from "./marks.js";

const collection = (features) => ({ type: "FeatureCollection", features });
export const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });

/** A feature and, in its middle, a point for its mark. */
export const marked = (geometry, properties) =>
  [feature(geometry, properties), feature({ type: "Point", coordinates: middleOf(geometry) }, properties)];

export function createOverlay() {
  const data = Object.fromEntries(SOURCES.map((source) => [source, collection([])]));
  let map = null;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  /** Shows these features in a source of this screen's own, instead of what it held. */
  const show = (source, features) => {
    data[source] = collection(features);
    map?.getSource(source)?.setData(data[source]);
  };
  return {
    attach(to) {
      map = to;
    },
    /** The style with these sources and layers on top of its own. */
    added(style) {
      const own = Object.fromEntries(Object.entries(data).map(([id, content]) => [id, { type: "geojson", data: content }]));
      return { ...style, sources: { ...style.sources, ...own }, layers: [...style.layers, ...layersIn(token)] };
    },
    show,
    clear: (...sources) => sources.forEach((source) => show(source, [])),
    mark: (geometry) => show("selected", geometry ? [feature(geometry)] : []),
  };
}
