// A verified report is taken over once each: its figures into the county's next report, its damage into a household's record.
import { get, newKey, post } from "./api.js";
import { h } from "./dom.js";
import { section } from "./findings.js";
import { choice, faultAt, field, may, numeral, refusal, text, time } from "./forms.js";
import { distanceM } from "./geometry.js";
import { number, t } from "./i18n.js";
import { gist } from "./report-words.js";
import { fromLocalInput, localInput, moment } from "./time.js";
import { indicatorName, unitFor } from "./vocabulary.js";

const HOMES_M = 300;
const METRES_A_DEGREE = 111_320;
const MOST_HOMES = 8;
let draft = null;

const event = ({ store }) => encodeURIComponent(store.get("event"));
const about = (app) => `/api/events/${event(app)}/field-reports`;

/** What a report was taken over into, and the forms for what it may still be taken over into. */
export function takeOver(app, report, uses, done) {
  if (draft?.report.id !== report.id) draft = null;
  const writes = report.state === "verified" && may(app.store.get("session"), "operator") && !app.store.get("at");
  if (!writes && !uses.length) return null;
  const free = (account) => writes && !uses.some((use) => use.account === account);
  return section("take_over.title",
    uses.length ? h("ul", { class: "plain-list", id: "uses" }, uses.map((use) => used(app, use))) : null,
    draft ? form(app, done) : h("p", { class: "chips" },
      free("loss_report") && Object.keys(report.figures ?? {}).length ? h("button", { type: "button", class: "secondary", id: "take-report", onclick: () => begin(app, report, "report") }, t("take_over.report")) : null,
      free("household") ? h("button", { type: "button", class: "secondary", id: "take-home", onclick: () => begin(app, report, "home") }, t("take_over.home")) : null));
}

function used(app, { account, loss_report: loss, household, at }) {
  const link = account === "household"
    ? h("button", { type: "button", class: "plain", onclick: () => app.select(`households/${household}`, { fly: true }) }, household)
    : h("button", { type: "button", class: "plain", onclick: () => app.openPanel("report") }, loss.slice(0, 8));
  return h("li", { data: { account } }, t(`take_over.into.${account}`), " ", link, ` · ${moment(at)}`);
}

async function begin(app, report, into) {
  const key = newKey();
  draft = into === "report" ? { report, into, key, ...(await countyDraft(app, report)) } : { report, into, key, ...(await homeDraft(app, report)) };
  app.redrawPanel();
}

const trimmed = (code) => code.replace(/(00)+$/, "");

/** The county that the report lies in, with what stands there and the verified reports that no loss report holds. */
async function countyDraft(app, report) {
  const county = app.store.get("casualties")?.areas.find(({ area }) => report.area?.startsWith(trimmed(area)));
  if (!county) return { problem: { code: "outside_event", message: t("take_over.no_county"), faults: [] } };
  const { standing, reports } = await get(`${about(app)}/take-over?area=${county.area}`).catch(() => ({ standing: {}, reports: [] }));
  const drawn = { county, standing, reports, chosen: new Set([report.id]), as_of: localInput(), source: t("take_over.source", { area: county.name }), problem: null };
  return { ...drawn, figures: sums(drawn) };
}

/** What stands and what the chosen reports add to it; people judge whether two speak of the same. */
function sums({ standing, reports, chosen }) {
  const figures = {};
  for (const { figures: found } of reports.filter(({ id }) => chosen.has(id))) {
    for (const [code, value] of Object.entries(found)) figures[code] = (figures[code] ?? standing[code] ?? 0) + value;
  }
  return figures;
}

/** Homes within 300 m of the report, the nearest first. */
async function homeDraft(app, { location: { lon, lat }, details, figures }) {
  const [dy, dx] = [HOMES_M / METRES_A_DEGREE, HOMES_M / (METRES_A_DEGREE * Math.cos(lat * Math.PI / 180))];
  const box = [lon - dx, lat - dy, lon + dx, lat + dy].map((side) => side.toFixed(6)).join();
  const { features } = await get(`/ogc/collections/households/items?event=${event(app)}&bbox=${box}&limit=500&f=json`).catch(() => ({ features: [] }));
  const homes = features.map(({ id, geometry, properties }) => ({ id: String(id), away_m: distanceM(geometry.coordinates, [lon, lat]), persons: properties.persons }))
    .sort((one, other) => one.away_m - other.away_m).slice(0, MOST_HOMES);
  const grade = ["collapsed", "severe", "slight"].includes(details?.grade) ? details.grade : figures?.collapsed_rooms ? "collapsed" : "severe";
  return { homes, household: homes[0]?.id ?? "", grade, rooms: figures?.collapsed_rooms ?? figures?.severely_damaged_rooms ?? 0, problem: null };
}

function form(app, done) {
  return h("form", { class: "form", id: "take-over", novalidate: true, onsubmit: (submit) => { submit.preventDefault(); send(app, done); } },
    refusal(draft.problem),
    draft.into === "home" ? homeFields(app) : draft.county && countyFields(app),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "take-send", disabled: draft.sending || (draft.into === "report" && !draft.county) }, t(draft.into === "home" ? "take_over.send_home" : "take_over.send_report")),
      h("button", { type: "button", class: "plain", id: "take-cancel", onclick: () => { draft = null; app.redrawPanel(); } }, t("checking.cancel"))));
}

const change = (name) => (value) => { draft[name] = value; };

function countyFields(app) {
  const { county, reports, chosen, figures, standing, problem } = draft;
  return [
    h("p", { class: "lead" }, t("take_over.about", { area: county.name })),
    h("fieldset", { class: "choices" }, h("legend", {}, t("take_over.which")), reports.map((one) => h("label", {},
      h("input", { type: "checkbox", id: `with-${one.id}`, checked: chosen.has(one.id), onchange: () => {
        if (!chosen.delete(one.id)) chosen.add(one.id);
        draft.figures = sums(draft);
        app.redrawPanel();
      } }), ` ${gist(one, 60)} · ${moment(one.observed_at)}`))),
    h("div", { class: "sheet" },
      h("p", { class: "sheet-head" }, h("span", {}, t("report.figures")), h("span", {}, t("take_over.stands")), h("span", {}, t("report.now"))),
      Object.keys(figures).map((code) => h("div", { class: "sheet-row" },
        h("label", { for: `take-${code}` }, indicatorName(code), h("small", {}, ` ${unitFor(code)}`)),
        h("span", { class: "last" }, code in standing ? number(standing[code]) : t("figure.unreported")),
        Object.assign(numeral(figures[code], (value) => { figures[code] = value; }), { id: `take-${code}` }),
        faultAt(problem, `/figures/${code}`) ? h("p", { class: "fault" }, faultAt(problem, `/figures/${code}`)) : null))),
    field({ id: "take-as_of", label: t("report.as_of"), fault: faultAt(problem, "/as_of"), control: time(draft.as_of, change("as_of")) }),
    field({ id: "take-source", label: t("report.source"), fault: faultAt(problem, "/source"), control: text(draft.source, change("source"), { maxlength: 200 }) })];
}

function homeFields() {
  const { homes, household, grade, rooms, problem } = draft;
  return [
    homes.length ? field({ id: "take-near", label: t("take_over.near"), control: choice(household, homes.map(({ id, away_m: metres, persons }) =>
      [id, t("take_over.home_option", { id, metres: number(metres), persons: number(persons) })]), change("household")) })
      : field({ id: "take-household", label: t("take_over.household"), hint: t("take_over.no_homes"), fault: faultAt(problem, "/household"), control: text(household, change("household")) }),
    h("div", { class: "row" },
      field({ id: "take-grade", label: t("checking.grade"), fault: faultAt(problem, "/grade"), control: choice(grade, ["collapsed", "severe", "slight"].map((code) => [code, t(`checking.grade.${code}`)]), change("grade")) }),
      field({ id: "take-rooms", label: t("take_over.rooms"), fault: faultAt(problem, "/rooms"), control: numeral(rooms, change("rooms")) }))];
}

async function send(app, done) {
  const { into, report, county, chosen, figures, as_of: asOf, source, household, grade, rooms, key } = draft;
  draft.sending = true;
  try {
    if (into === "home") await post(`${about(app)}/${report.id}/household`, { household, grade, rooms: rooms ?? 0 }, key);
    else await post(`${about(app)}/take-over`, { area: county.area, as_of: fromLocalInput(asOf), figures: stated(figures), reports: [...chosen], source }, key);
    draft = null;
    done();
    app.refresh();
  } catch (problem) {
    draft = { ...draft, problem, sending: false, key: problem.code === "idempotency_key_reused" ? newKey() : key };
  }
  app.redrawPanel();
}

const stated = (figures) => Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null));
