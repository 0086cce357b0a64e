// Two maps beside one another while two plans are compared: the plan before on the left, the one now on the right.
// They move together; what is clicked on the left is looked up on the right, where the same place lies.
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";
import { FONTS, mapLibrary } from "./map.js";
import { styleOf } from "./style.js";
import { addSymbol } from "./symbols.js";

/** So often the right map follows the left one: each time writes the address anew, which browsers ration. */
const FOLLOW_MS = 100;
let shown = null;

export const areBeside = () => Boolean(shown);

/** Shows the second map, or takes it away again. */
export const toggleBeside = (app) => (shown ? close() : open(app));

/** The page as the left map sees it: with the lines of the other plan. */
const leftOf = ({ overlay, store }) => ({ overlay, store: { get: (key) => store.get(key === "planOnMap" ? "other" : key), set() {} } });

async function open(app) {
  const right = app.map.map;
  const bounds = right.getBounds();
  const place = h("div", { class: "map", id: "map-beside" });
  const names = ["other", "plan"].map((key) => h("p", { class: `map-name ${key}` }, t(`compare.${key}`)));
  byId("map").before(place);
  byId("stage").append(...names);
  byId("stage").classList.add("beside");
  const mine = { left: null, stops: [], remove: () => {
    mine.stops.forEach((stop) => stop());
    mine.left?.remove();
    [place, ...names].forEach((element) => element.remove());
    byId("stage").classList.remove("beside");
    right.resize();
  } };
  shown = mine;
  right.resize();
  right.fitBounds(bounds, { duration: 0 });
  const library = await mapLibrary();
  const style = await styleOf(leftOf(app));
  if (shown !== mine) return;
  mine.left = new library.Map({
    container: place, style, center: right.getCenter(), zoom: right.getZoom(), maxZoom: right.getMaxZoom(), localIdeographFontFamily: FONTS,
    attributionControl: false, dragRotate: false, pitchWithRotate: false, locale: { "Map.Title": t("compare.other") },
  });
  mine.left.touchZoomRotate.disableRotation();
  mine.left.setMissingStyleImageResolver((id) => addSymbol(mine.left, id));
  mine.left.on("error", () => {}); // as on the other map, the state of the link tells
  mine.left.on("click", ({ point, lngLat }) => right.fire("click", { point, lngLat }));
  mine.stops = [together(mine.left, right, place), ...watches(app, mine)];
}

/** What closes the second map, and what draws it anew. */
function watches(app, mine) {
  const { store } = app;
  const compared = () => store.get("panel") === "compare" && store.get("plan") && store.get("other");
  return [
    store.on("panel event plan other", () => compared() || close(), { now: false }),
    store.on("other theme lang toggled at", async () => shown === mine && mine.left.setStyle(await styleOf(leftOf(app))), { now: false }),
  ];
}

/** Takes the second map away. */
export function close() {
  const gone = shown;
  shown = null;
  gone?.remove();
}

/** Moves each map when the other is moved; returns how to stop. */
function together(left, right, place) {
  let led = false;
  let later = null;
  const lead = (from, to) => {
    if (led) return;
    led = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom() });
    led = false;
  };
  const rightMoved = () => lead(right, left);
  const tell = () => { place.dataset.view = [left.getZoom().toFixed(2), left.getCenter().lat.toFixed(4), left.getCenter().lng.toFixed(4)].join("/"); };
  left.on("move", () => { if (!led) later ??= setTimeout(() => { later = null; lead(left, right); }, FOLLOW_MS); });
  left.on("moveend", tell);
  right.on("move", rightMoved);
  tell();
  return () => { clearTimeout(later); right.off("move", rightMoved); };
}
