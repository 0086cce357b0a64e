// One report with what helps to judge it: figures, photos, both clocks, what is odd, the reporter's record, likely
// repetitions side by side, what lies near, who found what and when, and what it was taken over into.
import { get } from "./api.js";
import { section } from "./findings.js";
import { number, percent, t } from "./i18n.js";
import { h } from "./dom.js";
import { may } from "./forms.js";
import { chooseTeamFor } from "./teams.js";
import { showPhotos } from "./photos.js";
import { clocks, coordinates, detailsInWords, figuresInWords, flagsOf, gist, kindMark, kindName, placeOf, pointOf, stateName } from "./report-words.js";
import { takeOver } from "./take-over.js";
import { age, moment } from "./time.js";

const NEAR_M = 1_000;
const MOST_NEAR = 20;
let known = null;

const about = ({ store }, id = "") => `/api/events/${encodeURIComponent(store.get("event"))}/field-reports${id && `/${id}`}`;

export const closeReport = () => { known = null; };

/** What is known of a report; null while it is read. The queue knows more of the reporter than the report itself. */
export function openedReport(app, id, queued) {
  if (known?.id !== id) {
    known = { id, report: null };
    readReport(app, id);
  }
  if (queued) known.standing = queued;
  return known.problem || known.report ? known : null;
}

export async function readReport(app, id) {
  const list = (path, name) => get(`${about(app, id)}/${path}`).then((answer) => answer[name], () => []);
  try {
    const report = await get(about(app, id));
    const { lon, lat } = report.location;
    const [checks, alike, uses, near, roads] = await Promise.all([list("checks", "checks"), list("likely-duplicates", "likely_duplicates"), list("uses", "uses"),
      get(`${about(app)}?near=${lon},${lat}&radius_m=${NEAR_M}&limit=${MOST_NEAR}`).then((answer) => answer.field_reports, () => []),
      report.kind === "road" ? get(`${about(app, id)}/roads`).catch(() => null) : null]);
    if (known?.id === id) known = { ...known, report, checks, alike, uses, near, roads, problem: null };
  } catch (problem) {
    if (known?.id === id) known = { ...known, problem };
  }
  if (known?.id === id && app.store.get("panel") === "checking") {
    if (known.report) app.overlay.mark(pointOf(known.report));
    app.redrawPanel();
  }
}

/** The report as a page of the panel; `finding` is the form in which it is found verified or not. */
export function reportView(app, { report, problem, standing, checks, alike, uses, near }, finding) {
  if (!report) return [h("p", { class: "refusal" }, problem.message)];
  const others = near.filter(({ id }) => id !== report.id);
  return h("article", { class: "checked", id: "checked", data: { report: report.id, state: report.state } },
    h("h3", {}, kindMark(report.kind), ` ${kindName(report.kind)} `, h("span", { class: `badge found-${report.state}` }, stateName(report.state))),
    said(report), flagsOf(report),
    h("p", {}, h("button", { type: "button", class: "plain", id: "checked-place", onclick: () => app.map?.flyTo(pointOf(report)) }, placeOf(report)),
      " ", h("span", { class: "quiet" }, coordinates(report.location))),
    may(app.store.get("session"), "operator") && h("p", {}, h("button", { type: "button", class: "secondary", id: "send-team", onclick: () => chooseTeamFor(app, report) }, t("teams.send_team"))),
    clocks(report), reporterOf(report, standing),
    photosOf(app, report),
    finding,
    takeOver(app, report, uses, () => readReport(app, report.id)),
    section("checking.alike", alike.length ? h("ol", { class: "alike" }, alike.map((pair) => alikeTo(app, report, pair))) : h("p", { class: "quiet" }, t("checking.none_alike"))),
    checks.length ? section("checking.history", h("ol", { class: "found" }, checks.map(findingTaken))) : null,
    others.length ? section("checking.near", h("ol", { class: "near" }, others.map((other) => besides(app, other)))) : null);
}

const said = (report) => [
  [figuresInWords(report.figures), detailsInWords(report.details)].filter(Boolean).map((words) => h("p", { class: "stated" }, words)),
  report.text ? h("blockquote", {}, report.text) : null];

function reporterOf({ reporter, via }, standing) {
  const trust = standing?.trust;
  const record = trust && (trust.checked ? t("checking.trust", { verified: number(trust.verified), checked: number(trust.checked), share: percent(trust.share, 0) }) : t("checking.stranger"));
  return h("p", { class: "quiet", id: "checked-reporter" }, [reporter?.label ?? t("checking.no_reporter"), via && t(`checking.via.${via}`), record].filter(Boolean).join(" · "));
}

function photosOf(app, { id, photos = [] }) {
  const sources = photos.map(({ sha256 }) => `${about(app, id)}/photos/${sha256}`);
  return photos.length ? h("ul", { class: "photos" }, photos.map(({ taken_at: taken }, place) => h("li", {},
    h("button", { type: "button", id: `photo-${place}`, aria: { label: t("checking.photo", { number: place + 1 }) }, onclick: () => showPhotos(sources, place) },
      h("img", { src: sources[place], alt: "", loading: "lazy" })),
    taken && h("small", {}, moment(taken))))) : null;
}

/** Another report side by side with this one: what speaks for one and the same thing. */
function alikeTo(app, report, { score, grounds, report: other }) {
  const cells = (one) => [h("strong", {}, `${kindName(one.kind)} · ${stateName(one.state)}`), h("p", {}, gist(one, 120)), h("p", { class: "quiet" }, `${placeOf(one)} · ${t("checking.observed", { time: moment(one.observed_at) })}`),
    h("p", { class: "quiet" }, one.reporter?.label ?? "")];
  return h("li", { data: { report: other.id, score } },
    h("p", {}, h("strong", { class: "score" }, percent(score, 0)), " ", h("span", { class: "quiet" }, [
      t("checking.apart", { metres: number(grounds.distance_m), hours: number(grounds.hours_apart, 1) }),
      t(grounds.same_kind ? "checking.same_kind" : "checking.other_kind"),
      grounds.figures_alike !== null && t("checking.figures_alike", { share: percent(grounds.figures_alike, 0) })].filter(Boolean).join(" · "))),
    h("div", { class: "pair" }, h("div", {}, h("small", {}, t("checking.this")), cells(report)), h("div", {}, h("small", {}, t("checking.other")), cells(other))),
    h("p", { class: "chips" },
      h("button", { type: "button", class: "plain", onclick: () => app.select(`field_reports/${other.id}`, { fly: true }) }, t("checking.open")),
      h("button", { type: "button", class: "plain", id: `same-${other.id}`, disabled: other.state === "duplicate", onclick: () => app.findDuplicate(report.id, other) }, t("checking.repeats"))));
}

const findingTaken = ({ state, reason, at, by, of }) => h("li", { data: { state } },
  h("p", {}, h("span", { class: `badge found-${state}` }, stateName(state)), " ", h("time", { datetime: at }, moment(at)), ` ${by ?? ""}`),
  h("p", { class: "quiet" }, [reason, of && t("checking.of", { id: of.slice(0, 8) })].filter(Boolean).join(" · ")));

const besides = (app, other) => h("li", {},
  h("button", { type: "button", class: "plain", onclick: () => app.select(`field_reports/${other.id}`) }, `${kindName(other.kind)} · ${number(other.distance_m)} m`),
  ` ${stateName(other.state)} · ${age(other.received_at)}`, h("p", { class: "quiet" }, gist(other, 60)));
