// The map itself: MapLibre on the server's own style; no other host, no glyphs, no blob workers.
import { byId } from "./dom.js";
import { boxOf } from "./geometry.js";
import { t } from "./i18n.js";
import { flipped, isOn, styleOf, tilesOf } from "./style.js";
import { addSymbol } from "./symbols.js";

const LIBRARY = "/static/vendor/maplibre-gl-6.17.0";
export const FONTS = '"Reliefmap Sans", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const EVERYWHERE = [73, 18, 135, 54];
const CLOSEST = 14.5;
const TOUCH_PX = 5;
const CHANGING = ["casualties", "intensity", "households", "field_reports", "sites", "assignments"];

/** MapLibre, with its worker and the font that it draws Chinese with. */
export async function mapLibrary() {
  const [library] = await Promise.all([import("maplibre-gl"), document.fonts.load('16px "Reliefmap Sans"', "阳泉").catch(() => null)]);
  library.setWorkerUrl(`${LIBRARY}/maplibre-gl-worker.mjs`);
  return library;
}

/** Whether this browser can draw the map at all. */
export function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

/** The map in its place, with what the rest of the page may do with it. */
export async function createMap(app) {
  const { store } = app;
  const [library, style] = await Promise.all([mapLibrary(), styleOf(app)]);
  const view = store.get("view");
  const home = style.metadata.bounds ?? EVERYWHERE;
  const map = new library.Map({
    container: "map",
    style,
    ...(view ?? { bounds: home, fitBoundsOptions: { padding: 36 } }),
    localIdeographFontFamily: FONTS,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    locale: { "NavigationControl.ZoomIn": t("map.zoom_in"), "NavigationControl.ZoomOut": t("map.zoom_out"), "Map.Title": t("map.canvas") },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ maxWidth: 140 }), "bottom-right");
  map.setMissingStyleImageResolver((id) => addSymbol(map, id));
  map.on("moveend", () => store.set({ view: { zoom: map.getZoom(), center: map.getCenter().toArray() } }));
  map.on("error", () => {}); // a tile that can't be had is shown by the state of the link
  app.overlay.attach(map);
  const face = faceOf(map, app, home, library.Marker);
  store.on("theme event lang", face.restyle, { now: false });
  store.on("resumed", () => face.retry(), { now: false });
  store.on("toggled", face.applySwitches, { now: false });
  store.on("at plan planOnMap siting", face.showMoment, { now: false });
  tellWhenIdle(map);
  return face;
}

/** `data-idle` on the map's place: all that it was asked for is drawn. */
function tellWhenIdle(map) {
  const { dataset } = byId("map");
  map.on("idle", () => { dataset.idle = "true"; });
  for (const event of ["movestart", "dataloading"]) map.on(event, () => { delete dataset.idle; });
  // Only after drawing does the map look whether it is idle, and what is hidden or does not come draws nothing.
  for (const event of ["dataloading", "error", "dataabort"]) map.on(event, () => map.triggerRepaint());
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function faceOf(map, app, home, Marker) {
  const { store } = app;
  let awaited = false;
  const go = (box, options) => map.fitBounds(box, { duration: calm() ? 0 : 700, ...options });
  return {
    map,
    /** The style for the event, theme and language in the store; where it can't be had now, when the link is back. */
    async restyle() {
      const style = await styleOf(app).catch(() => null);
      if (style) map.setStyle(style);
      else awaited = true;
    },
    /** Asks once more for a style that could not be had. */
    retry() {
      if (awaited) this.restyle();
      awaited = false;
    },
    /** The event's layers as they were known at the moment in the store, with the results that lie open. */
    async showMoment() {
      const shown = () => ["at", "plan", "planOnMap", "siting"].map((key) => store.get(key)).join();
      const asked = shown();
      const tiles = await tilesOf(app);
      if (shown() !== asked) return;
      for (const [id, addresses] of tiles) if (CHANGING.includes(id)) map.getSource(id)?.setTiles(addresses);
    },
    applySwitches() {
      for (const entry of store.get("legend")) {
        const visibility = isOn(entry, store.get("toggled")) ? "visible" : "none";
        for (const layer of entry.layers) map.setLayoutProperty(layer, "visibility", visibility);
      }
    },
    /** Draws the tiles of these layers anew. */
    refreshLayers(layers) {
      for (const layer of layers) if (map.getSource(layer)?.type === "vector") map.refreshTiles(layer);
    },
    showLayer(id) {
      const entry = store.get("legend").find((one) => one.id === id);
      if (entry && !isOn(entry, store.get("toggled"))) store.set({ toggled: flipped(store.get("toggled"), id) });
    },
    flyTo(geometry) {
      go(boxOf(geometry), { padding: 120, maxZoom: CLOSEST });
    },
    /** An element that stays at that place, above the map. */
    markAt: (element, { lon, lat }) => new Marker({ element }).setLngLat([lon, lat]).addTo(map),
    home: () => go(home, { padding: 36 }),
    featuresAt: ({ x, y }) => map.queryRenderedFeatures([[x - TOUCH_PX, y - TOUCH_PX], [x + TOUCH_PX, y + TOUCH_PX]]),
    settled: () => new Promise((resolve) => { map.once("idle", resolve); }),
  };
}
