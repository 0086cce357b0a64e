// The register of teams: who there is, in which state, where and how long ago that was said, and what each was sent to.
// With a report or a place as the target the list is in the order of the distance, and a press sends a team there.
import { get } from "./api.js";
import { h } from "./dom.js";
import { choice, field, may, notAllowed, refusal, text } from "./forms.js";
import { distanceM } from "./geometry.js";
import { initials } from "./places.js";
import { number, t } from "./i18n.js";
import { kindName as reportKind, placeOf, pointOf } from "./report-words.js";
import { openForm, teamForm } from "./team-form.js";
import { closeTeam, teamView } from "./team-view.js";
import { sendTeam } from "./team-acts.js";
import { age } from "./time.js";

export const TEAM_KINDS = ["rescue", "information", "medical", "repair", "other"];
export const TEAM_STATES = ["deployed", "ready", "resting", "off_duty"];
const wanted = { kind: "", state: "active", words: "" };
let list = { stamp: null, rows: [], problem: null };
let opened = null;
let target = null;

export const teamsPanel = {
  id: "teams",
  tab: "checking",
  page: true,
  keys: "lang event session minute told",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.stamp !== stamp(app)) load(app);
    const form = teamForm(app, () => reload(app));
    if (form) return form;
    const team = list.rows.find(({ id }) => id === opened);
    if (team) return teamView(app, team, { back: () => openTeam(app, null), reload: () => reload(app) });
    return [head(app), targetOf(app), filters(app), refusal(list.problem), rowsOf(app)];
  },
};

/** The list is read anew when a change of teams is told, and every minute. */
const stamp = ({ store }) => `${store.get("event")} ${store.get("minute")} ${store.get("told").teams}`;

async function load(app) {
  list.stamp = stamp(app);
  const found = await get("/api/teams?limit=2000").catch((problem) => ({ problem }));
  list = { ...list, rows: found.teams ?? list.rows, problem: found.problem ?? null };
  if (app.store.get("panel") === "teams") app.redrawPanel();
}

async function reload(app) {
  await load(app);
  app.redrawPanel();
}

/** Opens one team in the panel, or the list. */
export function openTeam(app, id) {
  opened = id;
  closeTeam();
  app.store.set({ panel: "teams" });
  app.redrawPanel();
}

/** Asks which team shall go to this report. */
export function chooseTeamFor(app, report) {
  target = { report, text: "", problem: null };
  openTeam(app, null);
}

export const teamKind = (kind) => t(`teams.kind.${kind}`);
export const stateOf = ({ state }) => h("span", { class: "badge team-state", data: { state } }, t(`teams.state.${state}`));
/** Where the team is as far as is known: where it said, else at home. */
export const whereIs = ({ position, home }) => position ?? home;
const lonLat = ({ lon, lat }) => [lon, lat];

const head = (app) => h("p", { class: "walk" }, h("strong", { id: "teams-count", data: { count: list.rows.length } }, t("teams.count", { count: number(list.rows.length), out: number(list.rows.filter(({ state }) => state === "deployed").length) })),
  may(app.store.get("session"), "operator") ? h("button", { type: "button", class: "plain", id: "team-add", onclick: () => { openForm(null); app.redrawPanel(); } }, t("teams.add")) : null);

/** What a team is wanted for. */
function targetOf(app) {
  if (!target) return null;
  const { report, problem } = target;
  return h("div", { class: "target", id: "team-target", data: { report: report.id } },
    h("p", {}, h("strong", {}, t("teams.for", { what: `${reportKind(report.kind)} · ${placeOf(report)}` })), " ",
      h("button", { type: "button", class: "plain", onclick: () => app.map?.flyTo(pointOf(report)) }, t("teams.show")), " ",
      h("button", { type: "button", class: "plain", id: "team-target-none", onclick: () => { target = null; app.redrawPanel(); } }, t("teams.cancel"))),
    refusal(problem),
    field({ id: "team-task-text", label: t("teams.task"), control: text(target.text, (value) => { target.text = value; }, { maxlength: 200, placeholder: t("teams.task_example") }) }));
}

function filters(app) {
  const change = (name) => (value) => { wanted[name] = value; app.redrawPanel(); };
  return [h("div", { class: "row" },
    field({ id: "teams-kind", label: t("teams.kind"), control: choice(wanted.kind, [["", t("checking.all")], ...TEAM_KINDS.map((code) => [code, teamKind(code)])], change("kind")) }),
    field({ id: "teams-state", label: t("teams.state"), control: choice(wanted.state, [["active", t("teams.state.active")], ...TEAM_STATES.map((code) => [code, t(`teams.state.${code}`)]), ["", t("checking.all")]], change("state")) })),
  field({ id: "teams-words", label: t("teams.search"), control: text(wanted.words, change("words"), { placeholder: t("teams.search_example") }) })];
}

function isWanted({ kind, state, name, area_name: area }) {
  const words = wanted.words.trim().toLowerCase();
  const said = `${name} ${area ?? ""}`.toLowerCase();
  return (!wanted.kind || kind === wanted.kind) && (!wanted.state || (wanted.state === "active" ? state !== "off_duty" : state === wanted.state))
    && (!words || said.includes(words) || initials(said).includes(words));
}

function rowsOf(app) {
  const away = (team) => (target ? distanceM(lonLat(whereIs(team)), lonLat(target.report.location)) : null);
  const rows = list.rows.filter(isWanted).map((team) => ({ team, metres: away(team) }));
  rows.sort((one, other) => (target ? one.metres - other.metres : TEAM_STATES.indexOf(one.team.state) - TEAM_STATES.indexOf(other.team.state)));
  return rows.length ? h("ol", { class: "queue teams", id: "teams" }, rows.map(({ team, metres }) => row(app, team, metres)))
    : h("p", { class: "quiet" }, t(list.rows.length ? "teams.none_wanted" : "teams.none"));
}

function row(app, team, metres) {
  const { id, name, kind, people, area_name: area, task } = team;
  const sends = metres !== null && may(app.store.get("session"), "operator");
  return h("li", { data: { team: id, kind, state: team.state } },
    h("button", { type: "button", class: "team", id: `team-${id}`, onclick: () => openTeam(app, id) },
      h("strong", {}, name), stateOf(team),
      h("span", { class: "quiet" }, [teamKind(kind), people && t("teams.people", { count: number(people) }), area].filter(Boolean).join(" · ")), positionAge(team),
      task && h("span", { class: "gist" }, `→ ${task.text ?? t("teams.sent")}`, h("time", { datetime: task.at }, ` ${age(task.at)}`))),
    metres === null ? null : h("p", { class: "sends" }, h("span", {}, t("teams.away", { km: number(metres / 1000, 1) })),
      sends && h("button", { type: "button", class: "secondary", id: `send-${id}`, onclick: () => send(app, team) }, t("teams.send"))));
}

/** How old the position is; greyed once it tells little any more. */
export function positionAge({ position }) {
  if (!position) return h("span", { class: "position-age none" }, t("teams.no_position"));
  return h("time", { class: position.stale ? "position-age stale" : "position-age", datetime: position.at }, t(position.stale ? "teams.position_old" : "teams.position", { age: age(position.at) }));
}

async function send(app, team) {
  const { report, text: words } = target;
  const problem = await sendTeam(app, team, { report: report.id, ...(words ? { text: words } : {}) });
  target = problem ? { ...target, problem } : null;
  await load(app);
  if (!problem) openTeam(app, team.id);
}
