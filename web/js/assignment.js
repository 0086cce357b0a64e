// Who sleeps where tonight: ask, follow, keep a plan when something changed, and open the plans on file.
import { get, newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { newQuestion, questionAsked, questionFields, questionKeeping } from "./assignment-options.js";
import { outcome } from "./assignment-result.js";
import { field, may, notAllowed, numeral, refusal } from "./forms.js";
import { number, percent, t } from "./i18n.js";
import { followed, progressOf } from "./jobs.js";
import { earlier } from "./results.js";

const draft = { key: newKey(), ...newQuestion() };
const keeping = { price: 1000, arrived: true };
let list = { event: null, rows: [] };
let run = { id: null, following: null, job: null, problem: null, result: null };

export const assignmentPanel = {
  id: "assignment",
  page: true,
  keys: "lang event session plan assigning",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.event !== app.store.get("event")) loadList(app, { open: !app.store.get("plan") && !app.store.get("assigning") });
    const open = app.store.get("plan");
    const assigning = app.store.get("assigning");
    if (assigning && assigning !== run.following) follow(app, assigning);
    if (open !== run.id && !run.job) openPlan(app, open);
    return [form(app), run.job && progressOf(run.job),
      earlier({ id: "assignment", rows: list.rows, open, tell: inShort, choose: (id) => app.store.set({ plan: id }) }),
      run.result && outcome(run.result, app, again), run.result && changed(run.result, app)];
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
  const mine = { id, following: null, job: null, problem: null, result: null };
  run = mine;
  if (!id) return;
  mine.result = await get(`/api/assignments/${id}`).catch((problem) => { mine.problem = problem; return null; });
  if (run === mine) isOpen(app);
}

function form(app) {
  return h("form", { class: "form", id: "assignment-form", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    begin(app, () => post(listAddress(app), questionAsked(draft), draft.key));
  } },
    refusal(run.problem),
    h("p", { class: "lead" }, t("assignment.who")),
    questionFields(draft, app, run.problem),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "assignment-run", disabled: Boolean(run.job) }, t("assignment.run"))));
}

/** When something changed: the plan that lies open is kept as far as moving people again isn't worth it. */
function changed(plan, app) {
  return h("section", { class: "block form" }, h("h3", {}, t("assignment.changed")),
    h("p", { class: "hint" }, t("assignment.changed_about")),
    field({ id: "assignment-price", label: t("assignment.price"), unit: "m", control: numeral(keeping.price, (value) => { keeping.price = value; }) }),
    h("div", { class: "checks" }, h("label", {}, h("input", { type: "checkbox", id: "assignment-arrived", checked: keeping.arrived, onchange: ({ target }) => { keeping.arrived = target.checked; } }), t("assignment.arrived"))),
    h("div", { class: "actions" }, h("button", { type: "button", class: "secondary", id: "assignment-keep", disabled: Boolean(run.job),
      onclick: () => begin(app, () => post(listAddress(app), questionKeeping(plan, keeping.price, keeping.arrived), draft.key)) }, t("assignment.keep"))));
}

/** Starts a job; the address names it from then on, so that a page that is loaded anew goes on following it. */
async function begin(app, start) {
  if (run.job) return;
  run = { ...run, job: { state: "queued", progress: 0 }, problem: null, result: null };
  app.redrawPanel();
  try {
    const { id } = await start();
    app.store.set({ assigning: id });
  } catch (problem) {
    run = { ...run, job: null, problem };
    app.redrawPanel();
  }
  draft.key = newKey();
}

/** Follows a job to its end and opens the plan that it made, beside the one that it kept. */
async function follow(app, id) {
  const mine = { id: run.id, following: id, job: { id, state: "queued", progress: 0 }, problem: null, result: null };
  run = mine;
  let made = null;
  try {
    made = (await followed(id, (state) => { mine.job = state; if (run === mine) isOpen(app); })).result?.assignment;
  } catch (problem) {
    mine.problem = problem;
  }
  if (run !== mine || app.store.get("assigning") !== id) return undefined;
  Object.assign(mine, { following: null, job: null });
  app.store.set({ assigning: null });
  if (!made) return isOpen(app);
  const read = openPlan(app, made);
  app.store.set({ plan: made });
  await read;
  if (run.result?.kept) app.store.set({ other: run.result.kept });
  byId("assignment-outcome")?.scrollIntoView({ block: "start" });
  app.map?.showLayer("assignments");
  app.map?.refreshLayers(["shelters"]);
  return loadList(app, { open: false });
}

/** The same question on the store of today. */
const again = (app, id) => begin(app, () => post(`/api/assignments/${id}/runs`, {}, draft.key));
