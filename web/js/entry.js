// A report by telephone, typed in under a minute with the keyboard alone: the division by its first letters, the
// figures one below the other with Enter, what was last known beside each. Empty is "not reported", 0 is zero.
import { newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, ownProblem, refusal, text, time } from "./forms.js";
import { number, t } from "./i18n.js";
import { placeBox, reportingPlaces } from "./places.js";
import { sentence } from "./problems.js";
import { fromLocalInput, localInput, moment } from "./time.js";
import { FORM_GROUPS, STAGES, indicatorName, isWhole, unitFor } from "./vocabulary.js";

const CODES = FORM_GROUPS.flatMap(({ of }) => of);
const empty = () => ({ key: newKey(), area: null, name: "", stage: "follow_up", as_of: localInput(), source: "", figures: {},
  supersedes: null, problem: null, sending: false });
let draft = empty();
let sent = null;

export const entryPanel = {
  id: "entry",
  tab: "report",
  keys: "lang event session at",
  draw(app) {
    if (!may(app.store.get("session"), "operator")) return [back(app), notAllowed("operator")];
    if (app.store.get("at")) return [back(app), h("p", { class: "refusal" }, t("replay.no_entry"))];
    return [back(app), sent && receipt(sent), form(app)];
  },
};

/** Opens the entry: for `area` when it is known who calls, else with the box to type it in. */
export function openEntry(app, area = null, patch = {}) {
  draft = { ...empty(), ...patch };
  sent = null;
  const place = area && reportingPlaces(app.store).find((one) => one.area === area);
  if (place) take(app, place, patch);
  app.store.set({ panel: "entry" });
  app.redrawPanel();
  byId("panel").scrollTop = 0;
  byId(place ? `figure-${CODES[0]}` : "report-area")?.focus();
}

/** A correction is a report of its own that supersedes the wrong one. */
export function openCorrection(app, report) {
  const figures = Object.fromEntries(Object.entries(report.figures).map(([code, value]) => [code, Number(value)]));
  openEntry(app, report.area, { stage: report.stage, as_of: localInput(report.as_of), source: report.source ?? "", supersedes: report.id, figures });
}

const back = (app) => h("button", { type: "button", class: "plain back", id: "entry-back", onclick: () => app.openPanel("report") }, `‹ ${t("report.board")}`);

/** What is known of a division: its figures, and the stage of its last report. */
function known(app, area) {
  const listed = ["casualties", "townships"].flatMap((name) => app.store.get(name)?.areas ?? []).find((one) => one.area === area);
  return listed ?? { figures: app.store.get("casualties")?.total ?? {}, reported: true };
}

/** Takes the division over, with the stage and the source that its next report most likely has. */
function take(app, { area, name, kind }, patch = {}) {
  const before = (app.store.get("reports") ?? []).filter((report) => report.area === area && report.own && !report.settles?.length);
  draft = { ...draft, area, name, problem: null, stage: before.length ? "follow_up" : "initial",
    source: before.find(({ source }) => source?.includes(name))?.source ?? t("report.bureau", { area: kind === "whole" ? t("report.city") : name }), ...patch };
}

function form(app) {
  const change = (name) => (value) => { draft[name] = value; };
  const last = draft.area ? known(app, draft.area) : null;
  const box = placeBox({ places: reportingPlaces(app.store), value: draft.area ? `${draft.name} ${draft.area}` : "", onchoose: (place) => {
    take(app, place);
    app.redrawPanel();
    byId(`figure-${CODES[0]}`).focus();
  } });
  return h("form", { class: "form entry", id: "report-form", novalidate: true, onsubmit: (event) => submit(event, app), onkeydown: (event) => walk(event) },
    draft.supersedes && h("p", { class: "lead" }, t("report.corrects"), " ",
      h("button", { type: "button", class: "plain", onclick: () => openEntry(app, draft.area) }, t("report.not_correct"))),
    refusal(draft.problem),
    h("div", { class: "places" },
      field({ id: "report-area", label: t("report.area"), fault: faultAt(draft.problem, "/area"), control: box.input }), box.list),
    draft.area && [
      h("div", { class: "row" },
        field({ id: "report-stage", label: t("report.stage"), fault: faultAt(draft.problem, "/stage"),
          control: choice(draft.stage, STAGES.map((code) => [code, t(`stage.${code}`)]), change("stage")) }),
        field({ id: "report-as_of", label: t("report.as_of"), fault: faultAt(draft.problem, "/as_of"), control: time(draft.as_of, change("as_of"), { required: true }) })),
      field({ id: "report-source", label: t("report.source"), fault: faultAt(draft.problem, "/source"),
        control: text(draft.source, change("source"), { maxlength: 200, placeholder: t("report.source_example") }) }),
      h("div", { class: "sheet", role: "group", aria: { label: t("report.figures") } },
        h("p", { class: "sheet-head" }, h("span", {}, t("report.empty_is_unreported")), h("span", {}, t("report.last")), h("span", {}, t("report.now"))),
        FORM_GROUPS.map((group) => groupOf(group, last))),
      h("div", { class: "actions" },
        h("button", { type: "submit", class: "primary", id: "report-send", disabled: draft.sending }, draft.sending ? t("report.sending") : t("report.send")),
        h("span", { class: "quiet" }, h("kbd", {}, "Ctrl"), " ", h("kbd", {}, "Enter"))),
    ]);
}

function groupOf({ id, of, more }, last) {
  const rows = of.map((code) => rowOf(code, last));
  if (!more) return [h("h4", {}, t(`report.group.${id}`)), rows];
  return h("details", { open: of.some((code) => stated(draft.figures[code])) }, h("summary", {}, t(`report.group.${id}`)), rows);
}

const stated = (value) => value !== undefined && value !== null;

/** One figure: its name, what was last known, the box, and by how much it differs. */
function rowOf(code, { figures, as_of: time }) {
  const before = figures[code] ?? null;
  const fault = faultAt(draft.problem, `/figures/${code}`);
  const difference = h("output", { class: "difference", for: `figure-${code}` });
  const show = () => {
    const value = draft.figures[code];
    const by = stated(value) && before !== null ? value - before : 0;
    difference.textContent = by ? `${by > 0 ? "+" : "−"}${number(Math.abs(by), 1)}` : stated(value) && before !== null ? "=" : "";
    difference.dataset.way = by > 0 ? "up" : by < 0 ? "down" : "";
  };
  const input = h("input", { type: "number", inputmode: "decimal", min: 0, step: "any", id: `figure-${code}`, value: draft.figures[code] ?? "",
    "aria-describedby": fault ? `figure-${code}-fault` : null, "aria-invalid": fault ? "true" : null,
    oninput: () => {
      draft.figures[code] = input.value === "" ? null : Number(input.value);
      show();
    } });
  show();
  return h("div", { class: fault ? "sheet-row wrong" : "sheet-row" },
    h("label", { for: `figure-${code}` }, indicatorName(code), h("small", {}, ` ${unitFor(code)}`)),
    h("span", { class: before === null ? "last none" : "last", title: before !== null && time ? t("figure.as_of", { time: moment(time) }) : "" },
      before === null ? t("figure.unreported") : number(before, 1)),
    input, difference, fault && h("p", { class: "fault", id: `figure-${code}-fault` }, fault));
}

/** Enter goes on to the next box, Shift and Enter back, Ctrl and Enter sends. */
function walk(event) {
  if (event.key !== "Enter" || event.target.type === "submit" || event.target.tagName === "BUTTON" || event.target.tagName === "SUMMARY") return;
  event.preventDefault();
  if (event.ctrlKey || event.metaKey) return byId("report-send")?.click();
  const boxes = [...byId("report-form").querySelectorAll("input, select, #report-send")].filter((box) => box.offsetParent);
  const next = boxes[boxes.indexOf(event.target) + (event.shiftKey ? -1 : 1)];
  next?.focus();
  return next?.select?.();
}

async function submit(event, app) {
  event.preventDefault();
  if (draft.sending || !draft.area) return;
  const faults = faultsOf(draft);
  draft.sending = !faults.length;
  draft.problem = faults.length ? ownProblem(faults) : null;
  app.redrawPanel();
  if (faults.length) return focusFirstFault();
  try {
    const stored = await post(`/api/events/${encodeURIComponent(app.store.get("event"))}/loss-reports`, body(), draft.key);
    sent = { ...stored, name: draft.name };
    draft = empty();
    await app.refresh();
  } catch (problem) {
    draft.problem = problem;
    draft.sending = false;
    if (problem.code === "idempotency_key_reused") draft.key = newKey();
  }
  app.redrawPanel();
  byId("panel").scrollTop = 0;
  if (draft.problem) focusFirstFault();
  else byId("report-area")?.focus();
}

const focusFirstFault = () => document.querySelector("#panel [aria-invalid]")?.focus();

/** What can be seen to be wrong before the server is asked. */
function faultsOf({ source, as_of: time, figures }) {
  const given = Object.entries(figures).filter(([, value]) => value !== null);
  return [
    !source.trim() && { at: "/source", detail: t("report.fault.source") },
    !time && { at: "/as_of", detail: t("report.fault.as_of") },
    !given.length && { at: "/figures", detail: t("report.fault.figures") },
    ...given.filter(([, value]) => value < 0).map(([code]) => ({ at: `/figures/${code}`, detail: t("report.fault.negative") })),
    ...given.filter(([code, value]) => isWhole(code) && !Number.isInteger(value)).map(([code]) => ({ at: `/figures/${code}`, detail: t("report.fault.fraction") })),
  ].filter(Boolean);
}

function body() {
  const figures = Object.fromEntries(Object.entries(draft.figures).filter(([, value]) => value !== null));
  const { area, stage, source, supersedes } = draft;
  return { area, stage, as_of: fromLocalInput(draft.as_of), figures, source, ...(supersedes ? { supersedes } : {}) };
}

function receipt(report) {
  const level = report.response_level?.level;
  return h("div", { class: "receipt", role: "status" },
    h("p", {}, h("strong", {}, t("report.stored", { area: report.name })), " ",
      level ? t("report.level_now", { level: t(`level.${level}`) }) : t("report.no_level")),
    report.warnings?.map((warning) => h("p", { class: "warning" }, sentence(warning))));
}
