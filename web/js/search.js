// Finding a place: by name among the divisions and registers, or by coordinate.
import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { collectionName } from "./layers.js";

const SEARCHED = ["counties", "townships", "shelters", "depots", "hazard_points"];
const MOST = 12;
let places = null;

/** Everything with a name, asked for once, when somebody first searches. */
async function named(store) {
  const event = encodeURIComponent(store.get("event"));
  const answers = await Promise.allSettled(SEARCHED.map((id) => get(`/ogc/collections/${id}/items?limit=5000&event=${event}&f=json`)));
  return answers.flatMap(({ value }, place) => (value?.features ?? []).map((feature) => ({
    collection: SEARCHED[place], id: String(feature.id), name: feature.properties.name ?? String(feature.id), geometry: feature.geometry,
  })));
}

function coordinate(text) {
  const [lon, lat, more] = text.split(/[\s,，]+/).map(Number);
  const found = more === undefined && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  return found ? { collection: "coordinate", id: text, name: `${lon}, ${lat}`, geometry: { type: "Point", coordinates: [lon, lat] } } : null;
}

function matches(text) {
  const at = coordinate(text);
  if (at) return [at];
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  return (places ?? []).filter(({ name, id }) => name.toLowerCase().includes(wanted) || id === wanted)
    .sort((one, other) => one.name.length - other.name.length).slice(0, MOST);
}

export function searchBox(app) {
  let found = [];
  let chosen = -1;
  const list = h("ul", { id: "search-list", role: "listbox", hidden: true });
  const input = h("input", { id: "search", type: "search", autocomplete: "off", role: "combobox", placeholder: t("search.placeholder"),
    aria: { label: t("search.label"), controls: "search-list", expanded: "false", autocomplete: "list" },
    onfocus: () => fetchPlaces(),
    oninput: () => show(matches(input.value)), onkeydown: (event) => key(event), onblur: () => setTimeout(() => show([]), 150) });

  /** Whoever typed before the names had come gets their matches when they do. */
  async function fetchPlaces() {
    places ??= await named(app.store).catch(() => null);
    if (document.activeElement === input && input.value) show(matches(input.value));
  }

  function show(next) {
    found = next;
    chosen = found.length ? 0 : -1;
    mark();
  }

  function mark() {
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    fill(list, found.map((place, index) => h("li", { role: "option", id: `found-${index}`, aria: { selected: String(index === chosen) }, onmousedown: () => go(place) },
      place.name, h("small", {}, place.collection === "coordinate" ? t("search.coordinate") : collectionName(place.collection)))));
    if (chosen >= 0) input.setAttribute("aria-activedescendant", `found-${chosen}`);
  }

  function key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(found.length, 1);
      mark();
    } else if (event.key === "Enter" && found[chosen]) go(found[chosen]);
    else if (event.key === "Escape") show([]);
  }

  function go(place) {
    input.value = place.name;
    show([]);
    app.map?.flyTo(place.geometry);
    if (place.collection !== "coordinate") app.select(`${place.collection}/${place.id}`);
  }

  return h("div", { class: "search" }, input, list);
}
