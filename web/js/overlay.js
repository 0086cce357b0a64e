// What this screen alone shows on the map: results in hand, what is drawn and what is selected.
import { middleOf } from "./geometry.js";
import { PANELS_OF, SOURCES, layersIn } from "./marks.js";

const collection = (features) => ({ type: "FeatureCollection", features });
export const feature = (geometry, properties = {}) => ({ type: "Feature", geometry, properties });

/** A feature and, in its middle, a point for its mark. */
export const marked = (geometry, properties) =>
  [feature(geometry, properties), feature({ type: "Point", coordinates: middleOf(geometry) }, properties)];

export function createOverlay() {
  const data = Object.fromEntries(SOURCES.map((source) => [source, collection([])]));
  let map = null;
  let panel = null;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  /** A result is on the map while its own panel is open. */
  const inSight = (source) => (PANELS_OF[source]?.includes(panel) ?? true ? data[source] : collection([]));
  const draw = (source) => map?.getSource(source)?.setData(inSight(source));
  /** Shows these features in a source of this screen's own, instead of what it held. */
  const show = (source, features) => {
    data[source] = collection(features);
    draw(source);
  };
  return {
    attach(to) {
      map = to;
    },
    /** The style with these sources and layers on top of its own. */
    added(style) {
      const own = Object.fromEntries(SOURCES.map((id) => [id, { type: "geojson", data: inSight(id) }]));
      return { ...style, sources: { ...style.sources, ...own }, layers: [...style.layers, ...layersIn(token)] };
    },
    show,
    /** The panel that is open now. */
    withPanel(id) {
      panel = id;
      Object.keys(PANELS_OF).forEach(draw);
    },
    clear: (...sources) => sources.forEach((source) => show(source, [])),
    mark: (geometry) => show("selected", geometry ? [feature(geometry)] : []),
  };
}
