// "Prepare for offline": the boundaries, villages and shelters of the event's area, kept on the phone.
import { get } from "../js/api.js";
import { keep } from "./depot.js";

const LAYERS = ["counties", "townships", "villages", "shelters"];

/** Every feature of a layer in `area`, whole: the links to further pages are followed to the end. */
async function features(layer, area) {
  const within = layer === "shelters" ? "area" : "code";
  const query = new URLSearchParams({ limit: 2000, count: "false", filter: `${within} LIKE '${area}%'` });
  let next = `/ogc/collections/${layer}/items?${query}`;
  const found = [];
  while (next) {
    const page = await get(next);
    found.push(...page.features.map(({ geometry, properties: { code, name, area: place } }) => ({ geometry, properties: { code, name, area: place } })));
    const link = page.links.find(({ rel }) => rel === "next")?.href;
    next = link ? new URL(link, location.origin).pathname + new URL(link, location.origin).search : null;
  }
  return found;
}

/** The event's area as the prefix that the codes of its divisions begin with. */
export const prefixOf = (area) => area.replace(/(00)+$/, "") || area;

/** Fetches everything and keeps it in one go; `onprogress(0..1)`. What was kept before stays until then. */
export async function prepare(area, onprogress) {
  const prefix = prefixOf(area);
  const pack = { area, at: new Date().toISOString() };
  for (const [number, layer] of LAYERS.entries()) {
    pack[layer] = await features(layer, prefix);
    onprogress((number + 1) / LAYERS.length);
  }
  await keep("pack", pack);
  return pack;
}
