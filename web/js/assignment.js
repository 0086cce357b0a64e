// Who sleeps where tonight: ask, follow, keep a plan when something changed, and open the plans on file.
import { get, newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { outcome } from "./assignment-result.js";
import { choice, faultAt, field, may, notAllowed, numeral, refusal } from "./forms.js";
import { number, percent, t } from "./i18n.js";
import { followed, progressOf } from "./jobs.js";
import { earlier } from "./results.js";

const GROUPS = ["subsistence_allowance", "destitute", "disabled", "left_behind_elder", "left_behind_child", "orphan",
  "preferential_care", "veteran_old_disabled", "military_family"];
const WAYS = ["straight", "vehicle", "walking"];
const KINDS = { all: null, indoor: ["indoor"], outdoor: ["outdoor"] };
const draft = { key: newKey(), max_distance_m: 5000, priority: ["disabled", "left_behind_elder"], area: "", kinds: "all", distance: "straight" };
let list = { event: null, rows: [] };
let run = { id: null, job: null, problem: null, result: null };

export const assignmentPanel = {
  id: "assignment",
  page: true,
  keys: "lang event session plan",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.event !== app.store.get("event")) loadList(app, { open: !app.store.get("plan") });
    const open = app.store.get("plan");
    if (open !== run.id && !run.job) openPlan(app, open);
    return [form(app), run.job && progressOf(run.job),
      earlier({ id: "assignment", rows: list.rows, open, tell: inShort, choose: (id) => app.store.set({ plan: id }) }),
      run.result && outcome(run.result, app, again)];
  },
};

const listAddress = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}/assignments`;
const isOpen = (app) => app.store.get("panel") === "assignment" && app.redrawPanel();

/** The plans on file, newest first. */
export async function plansOnFile(app) {
  return (await get(`${listAddress(app)}?limit=30`).catch(() => ({ assignments: [] }))).assignments;
}

/** A plan as the lists call it. */
export const inShort = ({ assigned_people: people, unassigned_people: left, gap }) =>
  t("assignment.in_short", { people: number(people), left: number(left), gap: gap === null ? "—" : percent(gap, 2) });

/** Reads the list; the plan that was made last opens by itself, so that it needn't be made again to be read. */
async function loadList(app, { open }) {
  list = { event: app.store.get("event"), rows: [] };
  list.rows = await plansOnFile(app);
  if (open && list.rows.length && !app.store.get("plan")) app.store.set({ plan: list.rows[0].id });
  isOpen(app);
}

async function openPlan(app, id) {
  const mine = { id, job: null, problem: null, result: null };
  run = mine;
  if (!id) return;
  mine.result = await get(`/api/assignments/${id}`).catch((problem) => { mine.problem = problem; return null; });
  if (run === mine) isOpen(app);
}

function form(app) {
  const change = (name) => (value) => { draft[name] = value; };
  const counties = (app.store.get("casualties")?.areas ?? []).map(({ area, name }) => [area, name]);
  return h("form", { class: "form", id: "assignment-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(app); } },
    refusal(run.problem),
    h("p", { class: "lead" }, t("assignment.who")),
    h("div", { class: "row" },
      field({ id: "assignment-area", label: t("assignment.area"), control: choice(draft.area, [["", t("siting.whole_area")], ...counties], change("area")) }),
      field({ id: "assignment-kinds", label: t("assignment.kinds"), control: choice(draft.kinds, Object.keys(KINDS).map((kind) => [kind, t(`assignment.kinds.${kind}`)]), change("kinds")) })),
    h("div", { class: "row" },
      field({ id: "assignment-way", label: t("assignment.way"), fault: faultAt(run.problem, "/distance"), control: choice(draft.distance, WAYS.map((way) => [way, t(`assignment.way.${way}`)]), change("distance")) }),
      field({ id: "assignment-distance", label: t("assignment.max_distance"), unit: "m", hint: t("assignment.max_distance_hint"),
        fault: faultAt(run.problem, "/max_distance_m"), control: numeral(draft.max_distance_m, change("max_distance_m")) })),
    h("details", { class: "fold", open: true }, h("summary", {}, t("assignment.priority")),
      h("div", { class: "checks" }, GROUPS.map((code) => h("label", {},
        h("input", { type: "checkbox", id: `group-${code}`, checked: draft.priority.includes(code), onchange: ({ target }) => toggle(code, target.checked) }),
        t(`group.${code}`))))),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "assignment-run", disabled: Boolean(run.job) }, t("assignment.run"))));
}

function toggle(code, on) {
  draft.priority = on ? [...draft.priority, code] : draft.priority.filter((other) => other !== code);
}

function body() {
  const { max_distance_m: most, priority, area, kinds, distance } = draft;
  return { ...(distance === "straight" ? { distance } : { distance: "road", travel: distance }), priority, ...(most ? { max_distance_m: most } : {}),
    ...(area ? { households: { areas: [area] } } : {}), ...(KINDS[kinds] ? { shelters: { kinds: KINDS[kinds] } } : {}) };
}

const submit = (app, asked = body()) => work(app, () => post(listAddress(app), asked, draft.key));

/** Starts a job, follows it and opens the plan that it made. */
async function work(app, start) {
  if (run.job) return;
  run = { ...run, job: { state: "queued", progress: 0 }, problem: null, result: null };
  app.redrawPanel();
  let made = null;
  try {
    const job = await followed((await start()).id, (state) => { run.job = state; isOpen(app); });
    made = job.result?.assignment;
  } catch (problem) {
    run.problem = problem;
  }
  draft.key = newKey();
  run.job = null;
  if (!made) return isOpen(app);
  const opened = openPlan(app, made);
  app.store.set({ plan: made });
  await opened;
  byId("assignment-outcome")?.scrollIntoView({ block: "start" });
  app.map?.showLayer("assignments");
  app.map?.refreshLayers(["shelters"]);
  return loadList(app, { open: false });
}

const again = (app) => submit(app);
