// One team: whom to call, where it is and where it was in the last day, what it was sent to, and what may be done with it.
import { get } from "./api.js";
import { h } from "./dom.js";
import { choice, field, may, refusal, text } from "./forms.js";
import { section } from "./findings.js";
import { distanceM } from "./geometry.js";
import { number, t } from "./i18n.js";
import { coordinates, gist, kindMark, kindName, placeOf } from "./report-words.js";
import { about, endTeam, recallTeam, sendTeam, setState, telephoneOf } from "./team-acts.js";
import { openForm } from "./team-form.js";
import { TEAM_STATES, positionAge, stateOf, teamKind, whereIs } from "./teams.js";
import { age, moment } from "./time.js";

const NEAR_M = 200_000;
const MOST_NEAR = 6;
let seen = {};

/** Forgets what was unmasked, asked and half done. */
export const closeTeam = () => { seen = {}; };

const pointAt = ({ lon, lat }) => ({ type: "Point", coordinates: [lon, lat] });

export function teamView(app, team, { back, reload }) {
  const operates = may(app.store.get("session"), "operator");
  if (seen.id !== team.id) read(app, team);
  const act = async (doing) => { seen.problem = await doing; await reload(); };
  return [
    h("p", { class: "walk" }, h("button", { type: "button", class: "plain", id: "team-back", onclick: back }, `‹ ${t("teams.back")}`)),
    h("article", { class: "checked", id: "team", data: { team: team.id, state: team.state } },
      h("h3", {}, team.name, " ", stateOf(team)),
      team.synthetic && h("p", {}, h("span", { class: "synthetic" }, t("details.synthetic"))),
      refusal(seen.problem),
      h("dl", { class: "facts" }, factsOf(team, app, operates).map(([name, value]) => [h("dt", {}, t(name)), h("dd", {}, value)])),
      section("teams.where", whereOf(app, team)),
      section("teams.task", taskOf(app, team, operates, act)),
      operates && section("teams.acts", acts(app, team, act)),
      h("p", { class: "quiet" }, t("details.source", { source: team.source })))];
}

async function read(app, team) {
  seen = { id: team.id };
  const { lon, lat } = whereIs(team);
  const event = encodeURIComponent(app.store.get("event"));
  const open = `state=new&state=verified&near=${lon},${lat}&radius_m=${NEAR_M}&limit=200`;
  const [whole, near] = await Promise.all([get(about(team)).catch(() => null), get(`/api/events/${event}/field-reports?${open}`).catch(() => null)]);
  if (seen.id !== team.id) return;
  const reports = (near?.field_reports ?? []).sort((one, other) => one.distance_m - other.distance_m).slice(0, MOST_NEAR);
  Object.assign(seen, { positions: whole?.positions ?? [], reports });
  app.redrawPanel();
}

function factsOf(team, app, operates) {
  const { kind, people, area_name: area, area: code, skills, contact } = team;
  return [["teams.kind", teamKind(kind)], ["teams.area", area ?? code ?? "–"], ["teams.people_label", people ? t("teams.people", { count: number(people) }) : "–"],
    ["teams.skills", skills.length ? skills.map((skill) => t(`teams.skill.${skill}`)).join(" · ") : "–"], ["teams.contact", contact ?? "–"],
    ["teams.telephone", team.telephone ? telephone(team, app, operates) : "–"]];
}

/** The number masked; in full for who says why. */
function telephone(team, app, operates) {
  if (seen.telephone) return h("a", { id: "team-telephone", href: `tel:${seen.telephone}` }, seen.telephone);
  const ask = async () => {
    if (!seen.reason?.trim()) return document.getElementById("team-reason")?.focus();
    const asked = seen;
    asked.telephone = await telephoneOf(team, asked.reason.trim()).catch((problem) => { asked.problem = problem; });
    return app.redrawPanel();
  };
  return [h("span", { id: "team-telephone" }, team.telephone), " ",
    !operates ? null : seen.asking ? h("span", { class: "control" }, Object.assign(text(seen.reason, (value) => { seen.reason = value; }, { maxlength: 200, placeholder: t("teams.reason") }), { id: "team-reason" }),
      h("button", { type: "button", class: "secondary", id: "team-unmask", onclick: ask }, t("teams.unmask_sure")))
      : h("button", { type: "button", class: "plain", id: "team-unmask", onclick: () => { seen.asking = true; app.redrawPanel(); document.getElementById("team-reason")?.focus(); } }, t("teams.unmask"))];
}

function whereOf(app, team) {
  const show = () => {
    app.map?.showLayer("teams");
    app.map?.flyTo(pointAt(whereIs(team)));
    app.overlay.mark(pointAt(whereIs(team)));
  };
  const before = (seen.positions ?? []).slice(1, 6);
  return [h("p", {}, positionAge(team), " ", h("span", { class: "quiet" }, team.position ? coordinates(team.position) : t("teams.at_home"))),
    h("p", {}, h("button", { type: "button", class: "plain", id: "team-show", onclick: show }, t("teams.show"))),
    before.length ? h("p", { class: "quiet" }, t("teams.before", { list: before.map(({ at }) => moment(at)).join(" · ") })) : null];
}

function taskOf(app, team, operates, act) {
  const { task, event } = team;
  const elsewhere = event && event !== app.store.get("event") ? t("teams.elsewhere", { event: app.store.get("events")?.find(({ id }) => id === event)?.name ?? event }) : "";
  return [
    task ? h("p", { class: "stated", id: "team-task" }, task.text ?? t("teams.sent")) : h("p", { class: "quiet", id: "team-task" }, t(event ? "teams.assigned" : "teams.no_task")),
    task && h("p", {}, h("time", { datetime: task.at, title: moment(task.at) }, age(task.at)), " · ",
      task.report ? h("button", { type: "button", class: "plain", id: "team-report", onclick: () => app.select(`field_reports/${task.report}`, { fly: true }) }, t("teams.report"))
        : h("button", { type: "button", class: "plain", onclick: () => app.map?.flyTo(pointAt(task)) }, coordinates(task)),
      ` · ${t("teams.away", { km: number(distanceM([task.lon, task.lat], [whereIs(team).lon, whereIs(team).lat]) / 1000, 1) })}`),
    elsewhere && h("p", { class: "warning" }, elsewhere),
    operates && (seen.sending ? sending(app, team, act) : h("p", { class: "actions" },
      h("button", { type: "button", class: "secondary", id: "team-send", onclick: () => { seen.sending = true; app.redrawPanel(); } }, t(task ? "teams.send_elsewhere" : "teams.send_out")),
      event && h("button", { type: "button", class: "plain", id: "team-recall", onclick: () => act(recallTeam(team)) }, t("teams.recall"))))];
}

/** Where to: one of the reports around, or any place on the map. */
function sending(app, team, act) {
  const words = () => (seen.words?.trim() ? { text: seen.words.trim() } : {});
  const go = (where) => { seen.sending = false; return act(sendTeam(app, team, { ...where, ...words() })); };
  const draw = () => app.drawing.start({ shape: "point", title: t("teams.draw"), geometry: null,
    done: (geometry) => geometry && go({ place: { lon: geometry.coordinates[0], lat: geometry.coordinates[1] } }) });
  return h("div", { class: "target" },
    field({ id: "team-words", label: t("teams.task_words"), control: text(seen.words, (value) => { seen.words = value; }, { maxlength: 200, placeholder: t("teams.task_example") }) }),
    app.map && h("p", {}, h("button", { type: "button", class: "secondary", id: "team-place", onclick: draw }, t("teams.place"))),
    h("ol", { class: "near" }, (seen.reports ?? []).map((report) => h("li", {},
      h("button", { type: "button", class: "queued", id: `send-to-${report.id}`, onclick: () => go({ report: report.id }) }, kindMark(report.kind),
        h("strong", {}, `${kindName(report.kind)} · ${placeOf(report)}`), h("span", {}, t("teams.away", { km: number(report.distance_m / 1000, 1) })), h("span", { class: "gist" }, gist(report, 60)))))),
    h("button", { type: "button", class: "plain", onclick: () => { seen.sending = false; app.redrawPanel(); } }, t("teams.cancel")));
}

function acts(app, team, act) {
  if (seen.ending) return h("p", { class: "actions" }, h("button", { type: "button", class: "secondary", id: "team-end-sure", onclick: () => { seen.ending = false; act(endTeam(team)); } }, t("teams.end_sure")),
    h("button", { type: "button", class: "plain", onclick: () => { seen.ending = false; app.redrawPanel(); } }, t("teams.cancel")));
  return [field({ id: "team-state", label: t("teams.state"), control: choice(team.state, TEAM_STATES.map((code) => [code, t(`teams.state.${code}`)]), (state) => act(setState(team, state))) }),
    h("p", { class: "actions" },
      h("button", { type: "button", class: "secondary", id: "team-edit", onclick: () => { openForm(team); app.redrawPanel(); } }, t("teams.edit")),
      team.state === "off_duty" ? null : h("button", { type: "button", class: "plain", id: "team-end", onclick: () => { seen.ending = true; app.redrawPanel(); } }, t("teams.end")))];
}
