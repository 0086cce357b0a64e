// The style document of the server, switched as the address says, with this screen's own marks on top.
import { isChinese } from "./i18n.js";

/** The server's style document for the event, theme and moment in the store. */
async function documentOf(store) {
  const at = store.get("at");
  const query = new URLSearchParams({ event: store.get("event") ?? "", theme: store.get("theme"), ...(at ? { known_at: at } : {}) });
  const answer = await fetch(`/ogc/styles/situation?${query}`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

/** Where the tiles of each layer are, as they were known at the moment in the store. */
export async function tilesOf({ store }) {
  const { sources } = await documentOf(store);
  return Object.entries(sources).filter(([, { tiles }]) => tiles).map(([id, { tiles }]) => [id, chosenIn(store, id, tiles)]);
}

/** The tiles of the results that lie open; without one, those of the newest. */
function chosenIn(store, id, tiles) {
  const [name, key] = { assignments: ["assignment", "plan"], sites: ["job", "siting"] }[id] ?? [];
  const open = key && ((key === "plan" && store.get("planOnMap")) || store.get(key));
  return open ? tiles.map((address) => `${address}${address.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(open)}`) : tiles;
}

/** The style for the event, theme and language in the store; its legend goes into the store. */
export async function styleOf({ store, overlay }) {
  const style = await documentOf(store);
  const { legend } = style.metadata;
  store.set({ legend });
  const off = new Set(legend.filter((entry) => !isOn(entry, store.get("toggled"))).flatMap(({ layers }) => layers));
  const sources = Object.fromEntries(Object.entries(style.sources).map(([id, source]) => [id, source.tiles ? { ...source, tiles: chosenIn(store, id, source.tiles) } : source]));
  return overlay.added({ ...style, sources, layers: style.layers.map((layer) => shown(layer, !off.has(layer.id))) });
}

/** A layer switched on or off, its words in the language in use. */
function shown(layer, on) {
  const words = layer.metadata?.["text-field"];
  const spoken = words && { "text-field": isChinese() ? words.zh : words.en };
  return { ...layer, layout: { ...layer.layout, ...spoken, visibility: on ? "visible" : "none" } };
}

/** A layer is on by its own default, unless the address switched it. */
export const isOn = (entry, toggled) => entry.visible !== toggled.has(entry.id);

export function flipped(toggled, id) {
  const next = new Set(toggled);
  if (!next.delete(id)) next.add(id);
  return next;
}
