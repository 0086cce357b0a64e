// Where things on file lie and what they are called, asked for once for each event.
import { get } from "./api.js";

const known = new Map();

/** The features of a collection by id. */
export async function onFile(collection, event) {
  const key = `${collection} ${event}`;
  if (!known.has(key)) known.set(key, await fetched(collection, event).catch(() => new Map()));
  return known.get(key);
}

async function fetched(collection, event) {
  const query = new URLSearchParams({ event, limit: 10000, f: "json" });
  const { features } = await get(`/ogc/collections/${collection}/items?${query}`);
  return new Map(features.map((feature) => [String(feature.id), feature]));
}

export const pointOf = (places, id) => places.get(id)?.geometry?.coordinates ?? null;

/** A line from here to there as the map draws it; nothing where an end is not on file. */
export function arrow(from, to, properties) {
  return from && to ? [{ type: "Feature", geometry: { type: "LineString", coordinates: [from, to] }, properties }] : [];
}
