// The map itself: MapLibre on the server's own style; no other host, no glyphs, no blob workers.
import { isChinese, t } from "./i18n.js";
import { boxOf } from "./geometry.js";
import { addSymbol } from "./symbols.js";

const LIBRARY = "/static/vendor/maplibre-gl-6.17.0";
const FONTS = '"Reliefmap Sans", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/** Whether this browser can draw the map at all. */
export function canDraw() {
  try {
    return Boolean(document.createElement("canvas").getContext("webgl2"));
  } catch {
    return false;
  }
}

const styleAddress = (store) =>
  `/ogc/styles/situation?event=${encodeURIComponent(store.get("event") ?? "")}&theme=${store.get("theme")}`;

/** The style document, its layers switched as the address says; names follow the language. */
async function styleFor(store) {
  const answer = await fetch(styleAddress(store), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`style ${answer.status}`);
  const style = await answer.json();
  delete style.glyphs;
  store.set({ legend: style.metadata?.legend ?? [] });
  return style;
}

export async function createMap(app) {
  const { store } = app;
  const library = await import("maplibre-gl");
  library.setWorkerUrl(`${LIBRARY}/maplibre-gl-worker.mjs`);
  document.fonts.load('16px "Reliefmap Sans"', "阳泉").catch(() => {});
  const view = store.get("view");
  const style = await styleFor(store);
  const map = new library.Map({
    container: "map",
    style,
    ...(view ?? { bounds: homeBox(style), fitBoundsOptions: { padding: 40 } }),
    localIdeographFontFamily: FONTS,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    locale: { "NavigationControl.ZoomIn": t("map.zoom_in"), "NavigationControl.ZoomOut": t("map.zoom_out") },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ maxWidth: 140 }), "bottom-right");
  map.getCanvas().setAttribute("aria-label", t("map.canvas"));
  map.setMissingStyleImageResolver((id) => addSymbol(map, id));
  map.on("moveend", () => store.set({ view: { zoom: map.getZoom(), center: map.getCenter().toArray() } }));
  map.on("error", ({ error }) => app.note(error?.status === 401 ? t("map.signed_out") : null));
  const face = withFace(map, app, style);
  store.on("theme event", () => face.restyle(), { now: false });
  return face;
}

const homeBox = (style) => style.metadata?.bounds ?? [113.0, 37.6, 114.2, 38.6];

/** What the rest of the page may do with the map. */
function withFace(map, app, style) {
  const { store } = app;
  const shownLayers = () => store.get("legend").filter((entry) => isOn(entry, store.get("toggled")));
  const applySwitches = () => {
    const on = new Set(shownLayers().flatMap((entry) => entry.layers));
    for (const entry of store.get("legend")) {
      for (const id of entry.layers) {
        if (map.getLayer(id)) map.setLayoutProperty(id, "visibility", on.has(id) ? "visible" : "none");
      }
    }
  };
  map.on("style.load", () => {
    applySwitches();
    nameLabels(map);
    for (const hook of face.hooks) hook(map);
  });
  store.on("toggled", () => map.style?.loaded() && applySwitches(), { now: false });
  store.on("lang", () => map.style?.loaded() && nameLabels(map), { now: false });
  const face = {
    map,
    hooks: [],
    /** Runs now if the style stands, and after each change of style. */
    onStyle(hook) {
      face.hooks.push(hook);
      if (map.isStyleLoaded()) hook(map);
    },
    async restyle() {
      map.setStyle(await styleFor(store), { diff: false });
    },
    /** Draws the tiles of these collections anew. */
    refreshLayers(collections) {
      const { sources } = map.getStyle();
      for (const [id, source] of Object.entries(sources)) {
        const of = source.metadata?.collection ?? id;
        if (collections.includes(of) && source.type === "vector") map.refreshTiles(id);
      }
    },
    showLayer(id) {
      const entry = store.get("legend").find((one) => one.id === id);
      if (entry && !isOn(entry, store.get("toggled"))) store.set({ toggled: flipped(store.get("toggled"), id) });
    },
    flyTo(geometry) {
      const [west, south, east, north] = boxOf(geometry);
      map.fitBounds([[west, south], [east, north]], { padding: 120, maxZoom: 14.5, duration: calm() ? 0 : 700 });
    },
    home() {
      const [west, south, east, north] = homeBox(map.getStyle());
      map.fitBounds([[west, south], [east, north]], { padding: 40, duration: calm() ? 0 : 700 });
    },
    featuresAt: (point) => map.queryRenderedFeatures(
      [[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]],
      { layers: shownLayers().flatMap((entry) => entry.layers).filter((id) => map.getLayer(id)) }),
    settled: () => new Promise((resolve) => { map.loaded() ? resolve() : map.once("idle", resolve); }),
  };
  return face;
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** A layer is on by its own default, unless the address switched it. */
export const isOn = (entry, toggled) => (entry.visible !== false) !== toggled.has(entry.id);

export function flipped(toggled, id) {
  const next = new Set(toggled);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** Labels that carry a name in both languages show the one in use. */
function nameLabels(map) {
  for (const layer of map.getStyle().layers) {
    const words = layer.metadata?.["text-field"];
    if (words) map.setLayoutProperty(layer.id, "text-field", isChinese() ? words.zh : words.en);
  }
}
