// Checking reports from the field: what nobody has checked, the most urgent first; one of them opened with all that helps
// to judge it. J and K walk the list, V, X and D find it verified, not true, or a repetition.
import { get } from "./api.js";
import { findingForm, openFinding } from "./checking-acts.js";
import { closeReport, openedReport, readReport, reportView } from "./checking-report.js";
import { byId, h } from "./dom.js";
import { choice, field, may, notAllowed } from "./forms.js";
import { isChinese, number, t } from "./i18n.js";
import { KINDS, STATES, gist, kindMark, kindName, placeOf, pointOf, stateName } from "./report-words.js";
import { atMost } from "./stream.js";
import { age } from "./time.js";

const MOST = 100;
const EVERY_MS = 1_500;
const COUNT_MS = 5_000;
const wanted = { state: "new", kind: "" };
let list = { of: null, rows: [], waiting: null };

export const checkingPanel = {
  id: "checking",
  page: true,
  keys: "lang event session minute select at",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.of !== asked(app)) readSoon(app);
    const id = openedIn(app.store);
    if (!id) closeReport();
    return id ? opened(app, id) : [filters(app), queue(app)];
  },
  press: (app, key) => KEYS[key]?.(app) ?? false,
};

const about = ({ store }) => `/api/events/${encodeURIComponent(store.get("event"))}/field-reports`;
const openedIn = (store) => /^field_reports\/(.+)$/.exec(store.get("select") ?? "")?.[1] ?? null;
const asked = ({ store }) => [store.get("event"), wanted.state, wanted.kind].join();

/** The panel follows what is told of reports, and what is selected on the map or in the feed. */
export function mountChecking(app) {
  const { store } = app;
  const isOpen = () => store.get("panel") === "checking";
  store.on("changes", () => {
    const told = store.get("changes").filter(({ layer }) => layer === "field_reports");
    if (told.length) (isOpen() ? readSoon : countSoon)(app);
    const id = openedIn(store);
    if (isOpen() && id && told.some((change) => change.id === null || change.id === id)) reportSoon(app);
  }, { now: false });
  store.on("resumed collections event", () => countSoon(app), { now: false });
  const reportSoon = atMost(EVERY_MS, () => openedIn(store) && readReport(app, openedIn(store)));
  store.on("select", () => {
    const id = openedIn(store);
    if (id && may(store.get("session"), "planner")) store.set({ panel: "checking" });
  });
}

const readSoon = atMost(EVERY_MS, (app) => read(app));
/** With the panel closed the tab tells how many wait, and that may come later. */
const countSoon = atMost(COUNT_MS, (app) => read(app));

async function read(app) {
  const { store } = app;
  if (!store.get("event") || !may(store.get("session"), "planner")) return;
  const of = asked(app);
  const kind = wanted.kind ? `&kind=${wanted.kind}` : "";
  const address = wanted.state === "new" ? `${about(app)}/queue?limit=${MOST}${kind}` : `${about(app)}?limit=${MOST}&state=${wanted.state}${kind}`;
  const answer = await get(address).catch(() => null);
  if (of !== asked(app)) return readSoon(app);
  const waiting = wanted.state === "new" && !wanted.kind ? answer?.waiting : list.waiting;
  list = { of, rows: answer?.queue ?? answer?.field_reports ?? list.rows, waiting: waiting ?? list.waiting, more: Boolean(answer?.next) };
  store.set({ toCheck: list.waiting });
  if (store.get("panel") === "checking") app.redrawPanel();
}

function filters(app) {
  const change = (name) => (value) => { wanted[name] = value; readSoon(app); app.redrawPanel(); };
  return h("div", { class: "row" },
    field({ id: "checking-state", label: t("checking.state"), control: choice(wanted.state, STATES.map((code) => [code, stateName(code)]), change("state")) }),
    field({ id: "checking-kind", label: t("checking.kind"), control: choice(wanted.kind, [["", t("checking.all")], ...KINDS.map((code) => [code, kindName(code)])], change("kind")) }));
}

function queue(app) {
  const { rows, waiting, more } = list;
  return h("section", {},
    h("p", { class: "quiet", id: "checking-count", role: "status", data: { waiting: waiting ?? "" } }, wanted.state === "new" && waiting !== null ? t("checking.waiting", { count: number(waiting) }) : ""),
    rows.length ? null : h("p", {}, t("checking.none")),
    h("ol", { class: "queue", id: "queue" }, rows.map((report) => row(report, app))),
    more ? h("p", { class: "quiet" }, t("checking.more", { count: MOST })) : null,
    h("p", { class: "quiet" }, h("kbd", {}, "J"), " ", h("kbd", {}, "K"), ` ${t("checking.keys_walk")}`));
}

function row(report, app) {
  const { id, urgency, kind, flags, received_at: came } = report;
  return h("li", { data: { report: id, kind } },
    h("button", { type: "button", class: "queued", id: `queue-${id}`, onclick: () => open(app, report) },
      urgency ? h("span", { class: "urgency", title: pointsInWords(urgency), data: { weight: weightOf(urgency) } }, number(urgency.points)) : null,
      kindMark(kind), h("strong", {}, `${kindName(kind)} · ${placeOf(report)}`), h("time", { datetime: came }, age(came)),
      h("span", { class: "gist" }, gist(report)), flags.length ? h("span", { class: "odd" }, t("checking.odd", { count: flags.length })) : null));
}

const weightOf = ({ points }) => (points >= 70 ? "high" : points >= 40 ? "middle" : "low");

/** Where the points come from. */
export const pointsInWords = ({ points, ...reasons }) => Object.entries(reasons)
  .map(([reason, value]) => `${t(`checking.urgency.${reason}`)} ${number(value, 1)}`).join(isChinese() ? "，" : ", ");

function open(app, report) {
  app.map?.showLayer("field_reports");
  app.map?.flyTo(pointOf(report));
  app.select(`field_reports/${report.id}`);
  byId("panel").scrollTop = 0;
  byId("checking-back")?.focus();
}

function opened(app, id) {
  const queued = list.rows.find((report) => report.id === id);
  const place = list.rows.findIndex((report) => report.id === id);
  const known = openedReport(app, id, queued);
  return [
    h("p", { class: "walk" },
      h("button", { type: "button", class: "plain", id: "checking-back", onclick: () => app.select(null) }, `‹ ${t("checking.back")}`),
      h("button", { type: "button", class: "plain", id: "checking-before", disabled: place < 1, onclick: () => walk(app, -1) }, t("checking.before"), " ", h("kbd", {}, "K")),
      h("button", { type: "button", class: "plain", id: "checking-next", disabled: place >= list.rows.length - 1, onclick: () => walk(app, 1) }, t("checking.next"), " ", h("kbd", {}, "J"))),
    known ? reportView(app, known, findingForm(app, known, () => { readReport(app, id); readSoon(app); })) : h("p", { class: "quiet" }, t("level.loading"))];
}

/** The report after or before the one that is open; the first when none is. */
function walk(app, step) {
  const place = list.rows.findIndex(({ id }) => id === openedIn(app.store));
  const next = list.rows[place < 0 ? 0 : place + step];
  if (next) open(app, next);
  return true;
}

function find(app, state) {
  const id = openedIn(app.store);
  return id ? openFinding(app, id, state) : false;
}

const KEYS = {
  j: (app) => walk(app, 1),
  k: (app) => walk(app, -1),
  v: (app) => find(app, "verified"),
  x: (app) => find(app, "rejected"),
  d: (app) => find(app, "duplicate"),
};
