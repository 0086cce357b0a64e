// Drawing a place on the map: by mouse or finger, or by keyboard with the cross in the middle of the map.
import { byId, fill, h } from "./dom.js";
import { crossesItself, lineLengthM, ringAreaM2 } from "./geometry.js";
import { number, t } from "./i18n.js";

const LEAST = { polygon: 3, line: 2, point: 1 };
const REACH_PX = 12;
const HECTARE = 10_000;
const SQUARE_KM = 1_000_000;

/** `start({shape, title, geometry, done})` hands `done` a geometry, or nothing when the user gives up. */
export function createDrawing(app) {
  let asked = null;
  let corners = [];
  let past = [];
  const { overlay } = app;
  const map = () => app.map.map;

  function start(question) {
    if (asked || !app.map) return;
    asked = question;
    corners = cornersOf(question.geometry);
    past = [];
    for (const [name, listener] of Object.entries(listeners)) map().on(name, listener);
    addEventListener("keydown", key, true);
    map().doubleClickZoom.disable();
    map().getCanvas().focus();
    document.body.classList.add("drawing-now");
    show();
    map().resize();
  }

  function stop(geometry = null) {
    const { done } = asked;
    asked = null;
    for (const [name, listener] of Object.entries(listeners)) map().off(name, listener);
    removeEventListener("keydown", key, true);
    map().doubleClickZoom.enable();
    document.body.classList.remove("drawing-now");
    byId("drawing").hidden = true;
    map().resize();
    overlay.show("sketch", []);
    done(geometry);
  }

  /** Takes over other corners; the ones before can be had back. */
  function change(next) {
    past.push(corners);
    corners = asked.shape === "point" ? next.slice(-1) : next;
    show();
  }

  const undo = () => { corners = past.pop() ?? corners; show(); };
  const finish = () => { if (!fault()) stop(geometryOf(asked.shape, corners)); };

  function fault() {
    if (corners.length < LEAST[asked.shape]) return t("drawing.too_few", { count: LEAST[asked.shape] });
    return asked.shape === "polygon" && crossesItself(corners) ? t("drawing.crosses") : "";
  }

  function show() {
    overlay.show("sketch", sketch(asked.shape, corners));
    const wrong = fault();
    const bar = byId("drawing");
    bar.hidden = false;
    bar.setAttribute("aria-label", asked.title);
    fill(bar, h("strong", {}, asked.title),
      h("span", { class: corners.length && wrong ? "fault" : "measure", id: "drawing-state", role: "status" }, corners.length && wrong ? wrong : sizeOf(asked.shape, corners)),
      h("button", { type: "button", id: "drawing-undo", class: "secondary", disabled: !past.length, onclick: undo }, t("drawing.undo")),
      h("button", { type: "button", id: "drawing-done", class: "primary", disabled: Boolean(wrong), onclick: finish }, t("drawing.done")),
      h("button", { type: "button", id: "drawing-cancel", class: "plain", onclick: () => stop() }, t("drawing.cancel")),
      h("p", { class: "hint" }, t("drawing.how")));
  }

  /** The corner under the pointer, or the middle of an edge, which then becomes a corner. */
  function gripAt({ x, y }) {
    const near = ([lon, lat]) => { const at = map().project([lon, lat]); return Math.hypot(at.x - x, at.y - y) <= REACH_PX; };
    const corner = corners.findIndex(near);
    if (corner >= 0) return { place: corner, fresh: false };
    const edge = middlesOf(asked.shape, corners).findIndex(near);
    return edge >= 0 ? { place: edge + 1, fresh: true } : null;
  }

  function drag(event) {
    const grip = gripAt(event.point);
    if (!grip) return;
    event.preventDefault();
    const before = corners;
    const rest = [...corners];
    if (grip.fresh) rest.splice(grip.place, 0, [event.lngLat.lng, event.lngLat.lat]);
    let moved = grip.fresh;
    const [move, end] = event.type === "touchstart" ? ["touchmove", "touchend"] : ["mousemove", "mouseup"];
    const follow = ({ lngLat }) => {
      moved = true;
      corners = rest.with(grip.place, [lngLat.lng, lngLat.lat]);
      show();
    };
    map().on(move, follow);
    map().once(end, () => {
      map().off(move, follow);
      if (moved) past.push(before);
      if (asked) show();
    });
  }

  function take(event) {
    event.preventDefault();
    const grip = gripAt(event.point);
    if (grip && !grip.fresh) change(corners.toSpliced(grip.place, 1));
  }

  const listeners = {
    click: ({ point, lngLat }) => gripAt(point) || change([...corners, [lngLat.lng, lngLat.lat]]),
    mousedown: drag, touchstart: drag, contextmenu: take,
  };

  /** The map has the keys while it is drawn on: arrows move it under the cross. */
  function key(event) {
    const onMap = event.target === map().getCanvas();
    const acts = {
      Escape: () => stop(),
      Backspace: () => onMap && undo(),
      " ": () => onMap && change([...corners, map().getCenter().toArray()]),
      Enter: () => onMap && finish(),
    };
    if (!acts[event.key] || (!onMap && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  return { start, isOn: () => Boolean(asked) };
}

function cornersOf(geometry) {
  if (!geometry) return [];
  if (geometry.type === "Polygon") return geometry.coordinates[0].slice(0, -1);
  return geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates;
}

const round = ([lon, lat]) => [Number(lon.toFixed(7)), Number(lat.toFixed(7))];

function geometryOf(shape, corners) {
  const places = corners.map(round);
  if (shape === "polygon") return { type: "Polygon", coordinates: [[...places, places[0]]] };
  return shape === "line" ? { type: "LineString", coordinates: places } : { type: "Point", coordinates: places[0] };
}

const middle = ([lon, lat], [otherLon, otherLat]) => [(lon + otherLon) / 2, (lat + otherLat) / 2];

function middlesOf(shape, corners) {
  if (corners.length < 2 || shape === "point") return [];
  const closed = shape === "polygon" && corners.length > 2;
  return corners.slice(closed ? 0 : 1).map((to, place) => (closed ? middle(to, corners[(place + 1) % corners.length]) : middle(corners[place], to)));
}

function sketch(shape, corners) {
  const outline = corners.length < 2 ? [] : [shape === "polygon" && corners.length > 2
    ? { type: "Polygon", coordinates: [[...corners, corners[0]]] } : { type: "LineString", coordinates: corners }];
  return [
    ...outline.map((geometry) => ({ type: "Feature", geometry, properties: {} })),
    ...middlesOf(shape, corners).map((coordinates) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties: { radius: 4 } })),
    ...corners.map((coordinates) => ({ type: "Feature", geometry: { type: "Point", coordinates }, properties: { radius: 8 } })),
  ];
}

/** The corners of an outline, or of the first of several. */
export const ringOf = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates[0][0] : coordinates[0]).slice(0, -1);

/** How large it is so far, in the unit that suits. */
export function sizeOf(shape, corners) {
  if (shape === "line") return corners.length > 1 ? `${number(lineLengthM(corners))} m` : "";
  if (shape !== "polygon" || corners.length < 3) return "";
  const area = ringAreaM2(corners);
  return area > SQUARE_KM ? `${number(area / SQUARE_KM, 1)} km²` : `${number(area)} m² (${t("drawing.hectares", { count: number(area / HECTARE, 2) })})`;
}
