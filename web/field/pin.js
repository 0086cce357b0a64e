// A pin set by hand: on the offline map where this phone can draw one, else by coordinates.
import { h } from "../js/dom.js";
import { t } from "../js/i18n.js";
import { kept } from "./depot.js";

const FONTS = '"Reliefmap Sans", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

const collection = (features = []) => ({ type: "FeatureCollection", features: features.filter(({ geometry }) => geometry).map((one) => ({ type: "Feature", ...one })) });

const canDraw = () => Boolean(document.createElement("canvas").getContext("webgl2"));

function style(pack) {
  const source = (name) => ({ type: "geojson", data: collection(pack?.[name]) });
  const label = (name, size, minzoom) => ({ id: `${name}-name`, type: "symbol", source: name, minzoom, layout: { "text-field": ["get", "name"], "text-size": size, "text-anchor": "top", "text-offset": [0, 0.4] }, paint: { "text-color": "#0e1a1b", "text-halo-color": "#fff", "text-halo-width": 1.6 } });
  return {
    version: 8,
    sources: Object.fromEntries(["counties", "townships", "villages", "shelters"].map((name) => [name, source(name)])),
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eff4f3" } },
      { id: "townships", type: "line", source: "townships", paint: { "line-color": "#92a3a2", "line-width": 1 } },
      { id: "counties", type: "line", source: "counties", paint: { "line-color": "#3c4e50", "line-width": 2.4 } },
      { id: "villages", type: "circle", source: "villages", minzoom: 9, paint: { "circle-radius": 3.5, "circle-color": "#5d7072" } },
      { id: "shelters", type: "circle", source: "shelters", minzoom: 9, paint: { "circle-radius": 6, "circle-color": "#0b6b5c", "circle-stroke-color": "#fff", "circle-stroke-width": 2 } },
      label("townships", 15, 7), label("villages", 13, 11), label("shelters", 13, 12.5),
    ],
  };
}

/** The box that all villages lie in; null without them. */
function extent(pack) {
  const places = (pack?.villages ?? []).filter(({ geometry }) => geometry).map(({ geometry }) => geometry.coordinates);
  if (!places.length) return null;
  const [lons, lats] = [0, 1].map((axis) => places.map((place) => place[axis]));
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

const SYSTEMS = ["", "gcj02", "bd09"];
const CHINA = { west: 72, east: 137, south: 3, north: 55 };
const inChina = (lon, lat) => lon >= CHINA.west && lon <= CHINA.east && lat >= CHINA.south && lat <= CHINA.north;
const possible = (lon, lat) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

/** What to ask about a place before it is taken: `none`, `swapped`, `far`; null where nothing is odd. */
function doubt(lon, lat) {
  if (inChina(lon, lat)) return null;
  if (inChina(lat, lon)) return "swapped";
  return possible(lon, lat) ? "far" : "none";
}

/** Asks for a place in a dialog; the pin is the middle of the map. Resolves to `{lon, lat, crs?}` or null. */
export async function pinByHand(start) {
  const pack = await kept("pack");
  const host = h("div", { class: "pin-map", tabindex: -1, autofocus: true });
  const box = (name, value) => h("input", { type: "number", step: "any", inputmode: "decimal", name, value: value ?? "", aria: { label: t(`pin.${name}`) } });
  const [lon, lat] = [box("lon", start?.lon), box("lat", start?.lat)];
  const system = h("select", { name: "crs", aria: { label: t("pin.crs") } }, SYSTEMS.map((code) => h("option", { value: code, selected: code === (start?.crs ?? "") }, t(`pin.crs.${code || "gps"}`))));
  const ask = h("p", { class: "refusal", role: "alert", hidden: true });
  const use = h("button", { type: "submit", value: "yes", class: "primary" }, t("pin.use"));
  const dialog = h("dialog", { class: "pin" }, h("form", { method: "dialog", onsubmit: submit },
    h("p", {}, t(pack ? "pin.explain" : "pin.no_pack")), host,
    h("div", { class: "coordinates" }, h("label", {}, t("pin.lon"), lon), h("label", {}, t("pin.lat"), lat)), system, ask,
    h("div", { class: "row" }, h("button", { type: "submit", value: "no", formnovalidate: true }, t("pin.cancel")), use)));
  let asked = "";

  const written = () => (lon.value === "" || lat.value === "" ? [NaN, NaN] : [Number(lon.value), Number(lat.value)]);

  /** A place that is odd is asked about once; the same again is meant. */
  function submit(event) {
    const odd = event.submitter?.value === "yes" ? doubt(...written()) : null;
    if (!odd || (odd === "far" && asked === String(written()))) return;
    event.preventDefault();
    if (odd === "swapped") [lon.value, lat.value] = [lat.value, lon.value];
    asked = String(written());
    ask.textContent = t(`pin.${odd}`);
    ask.hidden = false;
  }

  document.body.append(dialog);
  dialog.showModal();
  const map = canDraw() ? await draw(host, pack, start, ([x, y]) => { lon.value = x.toFixed(6); lat.value = y.toFixed(6); system.value = ""; }) : null;
  if (!map) host.hidden = true;
  await new Promise((closed) => { dialog.addEventListener("close", closed, { once: true }); });
  map?.remove();
  dialog.remove();
  const [x, y] = written();
  return dialog.returnValue === "yes" ? { lon: x, lat: y, ...(system.value ? { crs: system.value } : {}) } : null;
}

async function draw(host, pack, start, onmove) {
  const library = await import("maplibre-gl");
  library.setWorkerUrl(new URL("maplibre-gl-worker.mjs", import.meta.resolve("maplibre-gl")).href);
  const bounds = extent(pack);
  const map = new library.Map({
    container: host, style: style(pack), localIdeographFontFamily: FONTS, attributionControl: false, dragRotate: false, pitchWithRotate: false, touchPitch: false,
    locale: { "NavigationControl.ZoomIn": t("pin.zoom_in"), "NavigationControl.ZoomOut": t("pin.zoom_out") },
    ...(start ? { center: [start.lon, start.lat], zoom: 13 } : bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : { center: [113.5, 37.9], zoom: 7 }),
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "bottom-right"); // one thumb can't pinch
  host.append(h("span", { class: "cross", aria: { hidden: "true" } }));
  map.on("move", () => onmove(map.getCenter().toArray()));
  map.once("load", () => { host.dataset.ready = "true"; });
  return map;
}
