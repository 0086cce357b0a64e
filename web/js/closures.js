// Roads that the event has cut: marked on the map, listed, lifted; ways by road go round them.
import { Problem, get, newKey, post, remove } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, refusal, text, time } from "./forms.js";
import { number, t } from "./i18n.js";
import { marked } from "./overlay.js";
import { fromLocalInput, moment } from "./time.js";

let draft = newDraft("");
let list = { stamp: null, rows: [], graph: null };
let problem = null;
let lifting = null;

function newDraft(by) {
  return { key: newKey(), location: null, direction: "both", until: "", reason: "", by };
}

export const closuresPanel = {
  id: "closures",
  tab: "assignment",
  page: true,
  keys: "lang event session minute told",
  draw(app) {
    if (list.stamp !== stamp(app)) load(app);
    const writes = may(app.store.get("session"), "planner");
    return [writes ? form(app) : notAllowed("planner"), h("section", { class: "block" },
      h("h3", {}, t("closures.list", { count: number(list.rows.filter(holds).length) })),
      list.rows.length ? h("ol", { class: "requests", id: "closures-list" }, list.rows.map((row) => item(row, writes, app))) : h("p", { class: "quiet" }, t("closures.none")),
      list.graph && h("p", { class: "quiet" }, t("closures.graph", { roads: number(list.graph.roads), islands: number(list.graph.islands) })))];
  },
};

/** Others close roads too: the list is read anew when that is told, and every minute. */
const stamp = ({ store }) => `${store.get("event")} ${store.get("minute")} ${store.get("told").road_closures}`;
const address = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}/road-closures`;
const holds = ({ lifted_at: lifted, until }) => !lifted && !(until && Date.parse(until) < Date.now());
const isOpen = (app) => app.store.get("panel") === "closures" && app.redrawPanel();

async function load(app) {
  list.stamp = stamp(app);
  const [found, graph] = await Promise.all([get(`${address(app)}?limit=200`).catch(() => null), list.graph ?? get("/api/road-graph").catch(() => null)]);
  list = { ...list, rows: found?.closures ?? list.rows, graph };
  show(app);
  isOpen(app);
}

function show(app) {
  const drawn = draft.location ? marked(draft.location, {}) : [];
  app.overlay.show("cuts", [...drawn, ...list.rows.filter(holds).flatMap(({ stretches, location }) => marked(stretches ?? location, {}))]);
}

function form(app) {
  const change = (name) => (value) => { draft[name] = value; };
  const fault = (at) => faultAt(problem, at);
  const draw = (shape) => () => app.drawing.start({ shape, title: t(`closures.draw.${shape}`), geometry: null, done: (geometry) => {
    if (geometry) draft.location = geometry;
    show(app);
    isOpen(app);
  } });
  return h("form", { class: "form", id: "closure-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(app); } },
    refusal(problem),
    h("p", { class: "lead" }, t("closures.about")),
    app.map && h("div", { class: "actions" },
      h("button", { type: "button", class: "secondary", id: "closure-point", onclick: draw("point") }, t("closures.point")),
      h("button", { type: "button", class: "secondary", id: "closure-line", onclick: draw("line") }, t("closures.line"))),
    h("p", { class: draft.location ? "measure" : "quiet", id: "closure-place" }, draft.location ? t(`closures.placed.${draft.location.type}`) : t("closures.not_placed"), fault("/location") && h("span", { class: "fault" }, ` ${fault("/location")}`)),
    h("div", { class: "row" },
      field({ id: "closure-direction", label: t("closures.direction"), fault: fault("/direction"), control: choice(draft.direction, ["both", "drawn"].map((code) => [code, t(`closures.direction.${code}`)]), change("direction")) }),
      field({ id: "closure-by", label: t("supply.by"), fault: fault("/by"), control: text(draft.by, change("by")) })),
    field({ id: "closure-reason", label: t("closures.reason"), fault: fault("/reason"), control: text(draft.reason, change("reason")) }),
    field({ id: "closure-until", label: t("closures.until"), fault: fault("/until"), control: time(draft.until, change("until")) }),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "closure-send", disabled: !draft.location }, t("closures.send"))));
}

async function send(app) {
  const { key, location, direction, until, reason, by } = draft;
  try {
    await post(address(app), { location, direction, reason, by, ...(until ? { until: fromLocalInput(until) } : {}) }, key);
    draft = newDraft(by);
    problem = null;
  } catch (refused) {
    problem = refused;
    draft.key = newKey();
  }
  await load(app);
}

function item(row, writes, app) {
  const { id, roads, from, until, reason, by, lifted_at: lifted, lifted_by: who, stretches, location } = row;
  return h("li", { data: { state: holds(row) ? "requested" : "cancelled" } },
    h("p", {}, h("button", { type: "button", class: "plain", onclick: () => app.map?.flyTo(stretches ?? location) }, reason ?? id), " ",
      h("span", { class: "badge" }, t(lifted ? "closures.lifted" : holds(row) ? "closures.holds" : "closures.over"))),
    h("p", { class: "quiet" }, [t("closures.roads", { count: number(roads?.length ?? 0) }), by, `${moment(from)} –${until ? ` ${moment(until)}` : ""}`, lifted && t("closures.lifted_by", { by: who ?? "", time: moment(lifted) })].filter(Boolean).join(" · ")),
    writes && holds(row) ? (lifting === id ? confirmLift(id, app) : h("button", { type: "button", class: "plain", id: `lift-${id}`, onclick: () => { lifting = id; app.redrawPanel(); } }, t("closures.lift"))) : null);
}

function confirmLift(id, app) {
  return h("p", { class: "actions" }, h("button", { type: "button", class: "secondary", id: "lift-sure", onclick: async () => {
    const query = draft.by ? `?${new URLSearchParams({ by: draft.by })}` : "";
    await remove(`${address(app)}/${id}${query}`).catch((refused) => { problem = refused instanceof Problem ? refused : null; });
    lifting = null;
    await load(app);
  } }, t("closures.lift_sure")), h("button", { type: "button", class: "plain", onclick: () => { lifting = null; app.redrawPanel(); } }, t("drawing.cancel")));
}
