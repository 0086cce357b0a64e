// The whole state of the screen stands in the address, so that it can be sent, bookmarked and reloaded.
import { LANGUAGES } from "./i18n.js";

/** The results that lie open: a siting, an assignment, another to compare it with, one at work, a dispatch plan. */
export const RESULTS = ["siting", "plan", "other", "assigning", "dispatch"];
const NAMES = ["event", "lang", "theme", "panel", "select", ...RESULTS, "layers", "at", "view"];

/** What the address asks for; `view` is zoom/lat/lon, `layers` the names switched from their default, `at` a moment played back. */
export function readAddress(search = location.search) {
  const query = new URLSearchParams(search);
  const remembered = (name) => localStorage.getItem(`reliefmap.${name}`);
  const lang = query.get("lang") ?? remembered("lang");
  const theme = query.get("theme") ?? remembered("theme");
  return {
    event: query.get("event") ?? null,
    lang: LANGUAGES.includes(lang) ? lang : LANGUAGES[0],
    theme: theme === "light" ? "light" : "dark",
    panel: query.get("panel") ?? "level",
    select: query.get("select") ?? null,
    ...Object.fromEntries(RESULTS.map((name) => [name, query.get(name) || null])),
    toggled: new Set((query.get("layers") ?? "").split(",").filter(Boolean)),
    at: readMoment(query.get("at")),
    view: readView(query.get("view")),
  };
}

const readMoment = (text) => (Number.isNaN(Date.parse(text ?? "")) ? null : new Date(text).toISOString());

function readView(text) {
  const [zoom, lat, lon] = (text ?? "").split("/").map(Number);
  const sane = Math.abs(lat) <= 85 && Math.abs(lon) <= 180 && zoom >= 0 && zoom <= 24;
  return sane ? { zoom, center: [lon, lat] } : null;
}

/** Keeps the address in step with the store. */
export function keepAddress(store) {
  const write = () => {
    const query = new URLSearchParams();
    for (const name of NAMES) {
      const value = written(store, name);
      if (value) query.set(name, value);
    }
    for (const name of ["lang", "theme"]) localStorage.setItem(`reliefmap.${name}`, store.get(name));
    history.replaceState(null, "", `?${query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",")}`);
  };
  store.on(`event lang theme panel select ${RESULTS.join(" ")} toggled at view`, write);
}

function written(store, name) {
  if (name === "layers") return [...store.get("toggled")].sort().join(",");
  if (name !== "view") return store.get(name);
  const view = store.get("view");
  return view && [view.zoom.toFixed(2), view.center[1].toFixed(4), view.center[0].toFixed(4)].join("/");
}
