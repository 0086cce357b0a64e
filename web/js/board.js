// The reporting board: who is late, the worst first; silence is shown as silence. Zero report in one click.
import { newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { openCorrection, openEntry } from "./entry.js";
import { may, refusal } from "./forms.js";
import { isChinese, number, t } from "./i18n.js";
import { disputes } from "./settlement.js";
import { age, fromLocalInput, localInput, moment, nowOf, span } from "./time.js";
import { FORM_GROUPS, indicatorName } from "./vocabulary.js";

const MOST_ROWS = 60;
const VERIFIED = ["verified", "final"];
let asking = null; // the county whose zero report waits for its confirmation, with the key of the request
let told = null; // what came of the last zero report

export const boardPanel = {
  id: "report",
  page: true,
  keys: "lang event reporting reports casualties session at",
  draw(app) {
    const board = app.store.get("reporting");
    if (!board) return [h("p", { class: "quiet" }, t("level.loading"))];
    const writes = may(app.store.get("session"), "operator") && !app.store.get("at");
    return [
      head(app, board, writes),
      told?.problem ? refusal(told.problem) : told && h("p", { class: "receipt", role: "status" }, told.words),
      h("ol", { class: "board", id: "board" }, board.areas.slice(0, MOST_ROWS).map((desk) => rowOf(app, desk, writes))),
      board.areas.length > MOST_ROWS && h("p", { class: "quiet" }, t("board.more", { count: number(board.areas.length - MOST_ROWS) })),
      disputes(app, writes),
      verification(app, board, writes),
      recent(app, writes),
    ];
  },
};

function head(app, { areas, late, silent, of }, writes) {
  return h("header", { class: "board-head" },
    h("p", {}, t("board.summary", { of, reported: of - silent.length }),
      late.length ? h("strong", { class: "late" }, t("board.late", { count: late.length })) : null,
      silent.length ? h("strong", { class: "silent" }, t("board.silent", { count: silent.length })) : null),
    writes && areas.length ? h("button", { type: "button", class: "primary", id: "board-entry", onclick: () => openEntry(app) }, t("board.entry"), " ", h("kbd", {}, "N")) : null);
}

function rowOf(app, desk, writes) {
  const now = nowOf(app.store);
  return h("li", { data: { area: desk.area, state: desk.state, silent: String(desk.silent) } },
    h("p", { class: "who" }, h("strong", {}, desk.name), standing(desk, now)),
    h("p", { class: "quiet" }, desk.silent ? t("board.nothing") : lastWord(desk.last, now)),
    owed(desk, now),
    writes && (asking?.area === desk.area ? confirmation(app, desk) : actions(app, desk)));
}

/** Late by how much, due in how long, or in time; and whether anything came at all. */
function standing({ state, silent, late_s: late, due }, now) {
  const next = due.filter((one) => !one.met_at).map(({ due_at: at }) => Date.parse(at)).sort((one, other) => one - other)[0];
  const words = { late: () => t("board.late_by", { span: span(late * 1000) }), due: () => t("board.due_in", { span: span(next - now) }), on_time: () => t("board.on_time") }[state]();
  return [silent && h("span", { class: "badge silent" }, t("figure.unreported")), h("span", { class: `badge ${state}` }, words)];
}

const lastWord = ({ stage, no_change: zero, as_of: time, recorded_at: came }, now) =>
  [zero ? t("board.zero") : t(`stage.${stage}`), t("figure.as_of", { time: moment(time, now) }), t("board.came", { age: age(came, now) })].join(" · ");

/** What is still owed, by which rule. */
function owed({ due }, now) {
  const open = due.filter((one) => !one.met_at);
  return open.length ? h("p", { class: "quiet" }, open.map(({ kind, due_at: at, clause, source }) =>
    h("span", { title: source }, t("board.owed", { kind: t(`board.kind.${kind}`), time: moment(at, now), clause })))) : null;
}

function actions(app, desk) {
  return h("p", { class: "row-actions" },
    h("button", { type: "button", class: "plain", id: `zero-${desk.area}`, disabled: desk.silent, title: desk.silent ? t("board.zero_needs_report") : "",
      onclick: () => { asking = { area: desk.area, key: newKey() }; told = null; app.redrawPanel(); byId(`confirm-${desk.area}`)?.focus(); } }, t("board.zero")),
    h("button", { type: "button", class: "plain", id: `enter-${desk.area}`, onclick: () => openEntry(app, desk.area) }, t("board.enter")));
}

function confirmation(app, desk) {
  return h("p", { class: "row-actions confirm" }, h("span", {}, t("board.zero_sure", { area: desk.name })),
    h("button", { type: "button", class: "primary", id: `confirm-${desk.area}`, onclick: () => sendZero(app, desk) }, t("board.zero_yes")),
    h("button", { type: "button", class: "plain", onclick: () => { asking = null; app.redrawPanel(); } }, t("board.no")));
}

async function sendZero(app, { area, name }) {
  const before = (app.store.get("reports") ?? []).find((report) => report.area === area && report.own && report.source?.includes(name));
  const body = { area, stage: "follow_up", as_of: fromLocalInput(localInput()), no_change: true, source: before?.source ?? t("report.bureau", { area: name }) };
  try {
    await post(`/api/events/${encodeURIComponent(app.store.get("event"))}/loss-reports`, body, asking.key);
    told = { words: t("board.zero_stored", { area: name }) };
  } catch (problem) {
    told = { problem };
  }
  asking = null;
  await app.refresh();
  app.redrawPanel();
}

/** A city verifies after its counties: which have, which have not, and whether the city has. */
function verification(app, { areas }, writes) {
  const event = app.store.get("events")?.find(({ id }) => id === app.store.get("event"));
  if (!event || !areas.length) return null;
  const open = areas.filter(({ last }) => !VERIFIED.includes(last?.stage));
  const city = (app.store.get("reports") ?? []).find((report) => sameArea(report.area, event.area) && VERIFIED.includes(report.stage) && !report.superseded_at);
  return h("section", { class: "block", id: "verification" }, h("h3", {}, t("board.verification")),
    h("p", {}, t("board.verified", { count: areas.length - open.length, of: areas.length }),
      isChinese() ? "" : " ", open.length ? t("board.unverified", { list: open.map(({ name }) => name).join(isChinese() ? "、" : ", ") }) : ""),
    h("p", { class: "quiet" }, city ? t("board.city_verified", { time: moment(city.as_of) }) : t("board.city_not_verified"), " ",
      writes && !city && !open.length ? h("button", { type: "button", class: "plain", id: "verify-city", onclick: () => openEntry(app, event.area, { stage: "verified" }) }, t("board.verify")) : null));
}

/** Codes with and without the zeros that GB/T 2260 fills them up with. */
const sameArea = (one, other) => one.replace(/(00)+$/, "") === other.replace(/(00)+$/, "");

const nameOf = (app, code) => ["casualties", "townships"].flatMap((name) => app.store.get(name)?.areas ?? []).find(({ area }) => area === code)?.name ?? code;

function recent(app, writes) {
  const at = app.store.get("at");
  const reports = (app.store.get("reports") ?? []).filter(({ recorded_at: came }) => !at || Date.parse(came) <= Date.parse(at));
  return h("section", { class: "block" }, h("h3", {}, t("report.recent")),
    reports.length ? null : h("p", { class: "quiet" }, t("board.nothing")),
    h("ol", { class: "reports" }, reports.slice(0, 12).map((report) => {
      const gone = report.superseded_at && (!at || Date.parse(report.superseded_at) <= Date.parse(at));
      return h("li", { class: gone ? "superseded" : null },
        h("p", {}, h("strong", {}, nameOf(app, report.area)), ` ${report.no_change ? t("board.zero") : t(`stage.${report.stage}`)} · ${t("figure.as_of", { time: moment(report.as_of) })}`),
        h("p", { class: "quiet" }, inWords(report.figures)),
        h("p", { class: "quiet" }, report.source, report.settles?.length ? ` · ${t("report.settles")}` : "", gone ? ` · ${t("report.superseded")}` : "",
          !gone && writes && !report.no_change
            ? h("button", { type: "button", class: "plain", onclick: () => openCorrection(app, report) }, t("report.correct")) : null));
    })));
}

const ORDER = FORM_GROUPS.flatMap(({ of }) => of);
const inWords = (figures) => ORDER.filter((code) => code in (figures ?? {})).slice(0, 6).map((code) => [code, figures[code]])
  .map(([code, value]) => `${indicatorName(code)} ${number(value)}`).join(isChinese() ? "，" : ", ");
