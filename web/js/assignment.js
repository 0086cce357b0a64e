// Who sleeps where tonight: run it, follow it, read who is left over and why.
import { get, newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { faultAt, field, may, notAllowed, numeral, refusal } from "./forms.js";
import { named, number, percent, t } from "./i18n.js";
import { followed, progressOf } from "./jobs.js";
import { moment } from "./time.js";

const GROUPS = ["subsistence_allowance", "destitute", "disabled", "left_behind_elder", "left_behind_child", "orphan",
  "preferential_care", "veteran_old_disabled", "military_family"];
const draft = { key: newKey(), max_distance_m: 5000, priority: ["disabled", "left_behind_elder"] };
let run = { job: null, problem: null, result: null };
let shownFor = null;

export const assignmentPanel = {
  id: "assignment",
  keys: "lang event session",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (shownFor !== app.store.get("event")) loadNewest(app);
    return [form(app), run.job && progressOf(run.job), run.result && outcome(run.result, app)];
  },
};

const listAddress = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}/assignments`;

/** The plan that was made last for this event, so that it needn't be made again to be read. */
async function loadNewest(app) {
  shownFor = app.store.get("event");
  run = { job: null, problem: null, result: null };
  const { assignments } = await get(listAddress(app)).catch(() => ({ assignments: [] }));
  if (!assignments.length || run.job) return;
  run.result = await get(`/api/assignments/${assignments[0].id}`).catch(() => null);
  if (app.store.get("panel") === "assignment") app.redrawPanel();
}

function form(app) {
  return h("form", { class: "form", id: "assignment-form", novalidate: true, onsubmit: (event) => submit(event, app) },
    refusal(run.problem),
    h("p", { class: "lead" }, t("assignment.who")),
    field({ id: "assignment-distance", label: t("assignment.max_distance"), unit: "m", hint: t("assignment.max_distance_hint"),
      fault: faultAt(run.problem, "/max_distance_m"),
      control: numeral(draft.max_distance_m, (value) => { draft.max_distance_m = value; }) }),
    h("fieldset", {}, h("legend", {}, t("assignment.priority")),
      h("div", { class: "checks" }, GROUPS.map((code) => h("label", {},
        h("input", { type: "checkbox", checked: draft.priority.includes(code), onchange: (event) => toggle(code, event.target.checked) }),
        t(`group.${code}`))))),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "assignment-run", disabled: Boolean(run.job) }, t("assignment.run"))));
}

function toggle(code, on) {
  draft.priority = on ? [...draft.priority, code] : draft.priority.filter((other) => other !== code);
}

async function submit(event, app) {
  event.preventDefault();
  if (run.job) return;
  run = { job: { state: "queued", progress: 0 }, problem: null, result: null };
  app.redrawPanel();
  try {
    const { max_distance_m: most, priority } = draft;
    const body = { distance: "straight", priority, ...(most ? { max_distance_m: most } : {}) };
    const started = await post(listAddress(app), body, draft.key);
    const job = await followed(started.id, (state) => { run.job = state; app.redrawPanel(); });
    if (job.state === "done") run.result = await get(`/api/assignments/${job.result.assignment}`);
  } catch (problem) {
    run.problem = problem;
  }
  draft.key = newKey();
  run.job = null;
  app.redrawPanel();
  byId("assignment-outcome")?.scrollIntoView({ block: "start" });
  if (run.result) app.map?.showLayer("assignments");
  app.map?.refreshLayers(["assignments", "shelters"]);
}

function outcome(result, app) {
  const left = result.unassigned ?? [];
  return h("div", { class: "outcome", id: "assignment-outcome", data: { unassigned: left.length } },
    h("section", { class: "block" }, h("h3", {}, t("assignment.result", { time: moment(result.created_at) })),
      h("dl", { class: "big-pairs" },
        pair("assignment.assigned", result.assigned_people, t("unit.person")),
        pair("assignment.unassigned", result.unassigned_people, t("unit.person")),
        pair("assignment.mean", result.assigned_people ? result.person_metres / result.assigned_people : null, "m")),
      h("p", {}, boundInWords(result))),
    h("section", { class: "block" }, h("h3", {}, t("assignment.left_over", { count: number(left.length) })),
      left.length ? leftOver(left, app) : h("p", {}, t("assignment.nobody_left"))),
    h("section", { class: "block" }, h("h3", {}, t("assignment.shelters")), shelterTable(result.shelters ?? [], app)));
}

const pair = (key, value, unit) => [h("dt", {}, t(key)), h("dd", {}, h("strong", {}, number(value)), ` ${unit}`)];

const boundInWords = ({ person_metres: cost, lower_bound: least, gap }) =>
  t(gap < 1e-9 ? "assignment.optimal" : "assignment.bound", { cost: number(cost / 1000), bound: number(least / 1000), gap: percent(gap, 2) });

/** How many people each kind of reason leaves over, then the households with theirs in full. */
function leftOver(left, app) {
  const people = new Map();
  for (const { reason, persons } of left) people.set(reason, (people.get(reason) ?? 0) + persons);
  return [
    h("ul", { class: "tally" }, [...people].map(([reason, persons]) =>
      h("li", {}, t(`assignment.reason.${reason}`), h("strong", {}, `${number(persons)} ${t("unit.person")}`)))),
    h("ol", { class: "refused" }, left.slice(0, 60).map((household) => h("li", {},
      h("button", { type: "button", class: "go", onclick: () => app.select(`households/${household.household}`, { fly: true }) },
        h("span", { class: "cross", aria: { hidden: "true" } }, "×"),
        h("span", {}, h("strong", {}, household.household), ` ${number(household.persons)} ${t("unit.person")}`,
          h("span", { class: "measure" }, named(household.detail))))))),
    left.length > 60 ? h("p", { class: "quiet" }, t("assignment.more_left", { count: number(left.length - 60) })) : null,
  ];
}

function shelterTable(shelters, app) {
  const rows = [...shelters].sort((one, other) => other.assigned_people - one.assigned_people);
  return h("table", { class: "grid" },
    h("thead", {}, h("tr", {}, ["shelter", "assigned", "capacity", "free"].map((key, place) =>
      h("th", { scope: "col", class: place ? "numeral" : null }, t(`assignment.column.${key}`))))),
    h("tbody", {}, rows.map((row) => h("tr", {},
      h("th", { scope: "row" }, h("button", { type: "button", class: "plain", onclick: () => app.select(`shelters/${row.shelter}`, { fly: true }) },
        row.name ?? row.shelter),
        h("meter", { min: 0, max: Math.max(row.capacity, 1), value: row.capacity - row.free, aria: { hidden: "true" } })),
      [row.assigned_people, row.capacity, row.free].map((value) => h("td", { class: "numeral" }, number(value)))))));
}
