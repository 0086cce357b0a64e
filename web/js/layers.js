// The tree of layers: groups, switches, counts, and the legend as the map draws it.
import { byId, fill, h } from "./dom.js";
import { has, named, number, t } from "./i18n.js";
import { searchBox } from "./search.js";
import { flipped, isOn } from "./style.js";
import { swatch } from "./swatches.js";
import { age, isStale, moment } from "./time.js";

const MOST_IN_SIGHT = 7;
const unfolded = new Set();

export const collectionName = (id) => (has(`collection.${id}`) ? t(`collection.${id}`) : id);

export function mountLayers(app) {
  const { store } = app;
  const place = byId("layers");
  const tree = h("div", { id: "layer-tree" });
  store.on("lang", () => fill(place, searchBox(app), tree));
  store.on("legend toggled collections lang flat at minute", () => fill(tree, store.get("flat") ? [] : grouped(store.get("legend")).map((group) => groupOf(group, store))));
}

/** The legend's entries by group, in the order of the style. */
function grouped(legend) {
  const groups = new Map();
  for (const entry of legend) {
    const name = named(entry.group);
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups].map(([name, entries]) => ({ name, entries }));
}

const groupOf = ({ name, entries }, store) =>
  h("section", { class: "layer-group" }, h("h2", {}, name), entries.map((entry) => layerOf(entry, store)));

function layerOf(entry, store) {
  const on = isOn(entry, store.get("toggled"));
  const collection = store.get("collections")?.find(({ id }) => id === entry.id);
  const count = collection?.itemCount ?? null;
  return h("div", { class: on ? "layer" : "layer off", data: { layer: entry.id }, title: named(entry.about) },
    h("label", {},
      h("input", { type: "checkbox", id: `layer-${entry.id}`, checked: on,
        onchange: () => store.set({ toggled: flipped(store.get("toggled"), entry.id) }) }),
      h("span", { class: "name" }, named(entry.title)),
      h("span", { class: "known-of" }, store.get("at") ? null : ageOf(collection), h("span", { class: "count" }, count === null ? "" : number(count)))),
    legendOf(entry));
}

/** When the layer last changed; of what an event changes it is grey once that is a day ago. */
function ageOf({ updated, event } = {}) {
  if (!updated) return null;
  return h("time", { class: event && isStale(updated) ? "layer-age stale" : "layer-age", datetime: updated, title: t("layers.changed", { time: moment(updated) }) }, age(updated));
}

/** A long legend folds away, so that the whole tree is in sight. */
function legendOf({ id, items, credit }) {
  const columns = items.length > 3 && items.every(({ label }) => named(label).length <= 10);
  const list = h("ul", { class: columns ? "legend columns" : "legend" },
    items.map((look) => h("li", {}, swatch(look), h("span", {}, named(look.label)))),
    credit && h("li", { class: "note-line" }, named(credit)));
  if (items.length <= MOST_IN_SIGHT) return list;
  const remember = ({ target }) => (target.open ? unfolded.add(id) : unfolded.delete(id));
  return h("details", { class: "folded", open: unfolded.has(id), ontoggle: remember }, h("summary", {}, t("layers.legend", { count: items.length })), list);
}
