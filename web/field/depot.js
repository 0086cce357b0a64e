// What the phone keeps: reports, their photos, and what it needs to work with no network.
import { openDB } from "idb";

const opened = openDB("reliefmap-field", 1, {
  upgrade(database) {
    database.createObjectStore("reports", { keyPath: "id" });
    database.createObjectStore("photos", { keyPath: "id" }).createIndex("report", "report");
    database.createObjectStore("kept");
  },
});

/** A value under a name: who is signed in, the events, the places for offline. */
export const kept = async (name) => (await opened).get("kept", name);
export const keep = async (name, value) => (await opened).put("kept", value, name);

/** All reports, the newest first. */
export async function reports() {
  const all = await (await opened).getAll("reports");
  return all.sort((one, other) => other.observed_at.localeCompare(one.observed_at));
}

export const report = async (id) => (await opened).get("reports", id);
export const photosOf = async (id) => (await opened).getAllFromIndex("photos", "report", id);
export const putPhoto = async (photo) => (await opened).put("photos", photo);

/** Stores a report with its photos together, or neither. Throws QuotaExceededError on a full phone. */
export async function save(entry, photos = []) {
  const database = await opened;
  const change = database.transaction(["reports", "photos"], "readwrite");
  const old = await change.objectStore("photos").index("report").getAllKeys(entry.id);
  const kept = new Set(photos.map(({ id }) => id));
  await Promise.all([
    ...old.filter((id) => !kept.has(id)).map((id) => change.objectStore("photos").delete(id)),
    change.objectStore("reports").put(entry),
    ...photos.map((photo) => change.objectStore("photos").put({ ...photo, report: entry.id })),
    change.done,
  ]);
}

/** Changes some members of a report that is still there; tells whether it was. */
export async function amend(id, members) {
  const change = (await opened).transaction("reports", "readwrite");
  const found = await change.store.get(id);
  if (found) await change.store.put({ ...found, ...members });
  await change.done;
  return Boolean(found);
}

/** Whether it is for want of room that something was not kept. */
export const isFull = ({ name }) => name === "QuotaExceededError" || name === "AbortError";

/** Takes a report and its photos off the phone. */
export async function drop(id) {
  const change = (await opened).transaction(["reports", "photos"], "readwrite");
  for (const photo of await change.objectStore("photos").index("report").getAllKeys(id)) change.objectStore("photos").delete(photo);
  change.objectStore("reports").delete(id);
  await change.done;
}
