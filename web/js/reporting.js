// A county's report, typed in under a minute; figures left empty are "not reported", 0 is zero.
import { newKey, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, may, notAllowed, numeral, ownProblem, refusal } from "./forms.js";
import { isChinese, number, t } from "./i18n.js";
import { fromLocalInput, localInput, moment } from "./time.js";
import { FORM_GROUPS, STAGES, indicatorName, isWhole, unitFor } from "./vocabulary.js";

const empty = () => ({ key: newKey(), area: null, stage: "follow_up", as_of: localInput(), source: "", figures: {},
  supersedes: null, problem: null, sending: false });
let draft = null;
let sent = null;

export const reportingPanel = {
  id: "report",
  keys: "lang event reports session",
  draw(app) {
    const session = app.store.get("session");
    draft ??= empty();
    return [
      sent && receipt(sent),
      may(session, "operator") ? form(app) : notAllowed("operator"),
      recent(app),
    ];
  },
};

function form(app) {
  const areas = (app.store.get("casualties")?.areas ?? []).filter(({ area }) => area.startsWith(app.store.get("session")?.admin_area ?? ""));
  draft.area ??= areas[0]?.area ?? null;
  const change = (name) => (value) => { draft[name] = value; };
  return h("form", { class: "form", id: "report-form", novalidate: true, onsubmit: (event) => submit(event, app) },
    draft.supersedes && h("p", { class: "lead" }, t("report.corrects"), " ",
      h("button", { type: "button", class: "plain", onclick: () => restart(app) }, t("report.not_correct"))),
    refusal(draft.problem),
    h("div", { class: "row" },
      field({ id: "report-area", label: t("report.area"), fault: faultAt(draft.problem, "/area"),
        control: choice(draft.area, areas.map(({ area, name }) => [area, `${name} ${area}`]), change("area")) }),
      field({ id: "report-stage", label: t("report.stage"), fault: faultAt(draft.problem, "/stage"),
        control: choice(draft.stage, STAGES.map((code) => [code, t(`stage.${code}`)]), change("stage")) })),
    h("div", { class: "row" },
      field({ id: "report-as_of", label: t("report.as_of"), fault: faultAt(draft.problem, "/as_of"),
        control: h("input", { type: "datetime-local", value: draft.as_of, required: true, oninput: (event) => change("as_of")(event.target.value) }) }),
      field({ id: "report-source", label: t("report.source"), fault: faultAt(draft.problem, "/source"),
        control: h("input", { type: "text", value: draft.source, maxlength: 200, required: true, placeholder: t("report.source_example"),
          oninput: (event) => change("source")(event.target.value) }) })),
    h("p", { class: "hint" }, t("report.empty_is_unreported")),
    FORM_GROUPS.map(figuresOf),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "report-send", disabled: draft.sending }, draft.sending ? t("report.sending") : t("report.send"))));
}

function figuresOf({ id, of, more }) {
  const fields = h("div", { class: "figures-grid" }, of.map((code) =>
    field({ id: `figure-${code}`, label: indicatorName(code), unit: unitFor(code), fault: faultAt(draft.problem, `/figures/${code}`),
      control: numeral(draft.figures[code], (value) => { draft.figures[code] = value; }, { step: "any" }) })));
  if (!more) return h("fieldset", {}, h("legend", {}, t(`report.group.${id}`)), fields);
  return h("details", { open: of.some((code) => draft.figures[code] !== undefined && draft.figures[code] !== null) },
    h("summary", {}, t(`report.group.${id}`)), fields);
}

async function submit(event, app) {
  event.preventDefault();
  if (draft.sending) return;
  const faults = faultsOf(draft);
  draft.sending = !faults.length;
  draft.problem = faults.length ? ownProblem(faults) : null;
  app.redrawPanel();
  if (faults.length) return focusFirstFault();
  try {
    const stored = await post(`/api/events/${encodeURIComponent(app.store.get("event"))}/loss-reports`, body(), draft.key);
    sent = { ...stored, name: nameOf(app, stored.area) };
    draft = { ...empty(), area: draft.area, source: draft.source };
    await app.refresh();
  } catch (problem) {
    draft.problem = problem;
    draft.sending = false;
    if (problem.code === "idempotency_key_reused") draft.key = newKey();
  }
  app.redrawPanel();
  if (draft.problem) focusFirstFault();
  document.querySelector("#panel .refusal, #panel .receipt")?.scrollIntoView({ block: "nearest" });
}

const focusFirstFault = () => document.querySelector("#panel [aria-invalid]")?.focus();

/** What can be seen to be wrong before the server is asked. */
function faultsOf({ source, as_of: time, figures }) {
  const stated = Object.entries(figures).filter(([, value]) => value !== null);
  return [
    !source.trim() && { at: "/source", detail: t("report.fault.source") },
    !time && { at: "/as_of", detail: t("report.fault.as_of") },
    !stated.length && { at: "/figures", detail: t("report.fault.figures") },
    ...stated.filter(([, value]) => value < 0).map(([code]) => ({ at: `/figures/${code}`, detail: t("report.fault.negative") })),
    ...stated.filter(([code, value]) => isWhole(code) && !Number.isInteger(value)).map(([code]) => ({ at: `/figures/${code}`, detail: t("report.fault.fraction") })),
  ].filter(Boolean);
}

function body() {
  const figures = Object.fromEntries(Object.entries(draft.figures).filter(([, value]) => value !== null));
  const { area, stage, source, supersedes } = draft;
  return { area, stage, as_of: fromLocalInput(draft.as_of), figures, source, ...(supersedes ? { supersedes } : {}) };
}

function restart(app) {
  draft = empty();
  app.redrawPanel();
}

const nameOf = (app, code) => app.store.get("casualties")?.areas.find(({ area }) => area === code)?.name
  ?? app.store.get("townships")?.areas.find(({ area }) => area === code)?.name ?? code;

function receipt(report) {
  const level = report.response_level?.level;
  return h("div", { class: "receipt", role: "status" },
    h("p", {}, h("strong", {}, t("report.stored", { area: report.name })), " ",
      level ? t("report.level_now", { level: t(`level.${level}`) }) : t("report.no_level")),
    report.warnings?.map((warning) => h("p", { class: "fault" }, warning)));
}

function recent(app) {
  const reports = app.store.get("reports") ?? [];
  return h("section", { class: "block" }, h("h3", {}, t("report.recent")),
    h("ol", { class: "reports" }, reports.slice(0, 12).map((report) =>
      h("li", { class: report.superseded_at ? "superseded" : null },
        h("p", {}, h("strong", {}, nameOf(app, report.area)), ` ${t(`stage.${report.stage}`)} · ${t("figure.as_of", { time: moment(report.as_of) })}`),
        h("p", { class: "quiet" }, inWords(report.figures)),
        h("p", { class: "quiet" }, report.source, report.superseded_at ? ` · ${t("report.superseded")}` : "",
          !report.superseded_at && may(app.store.get("session"), "operator")
            ? h("button", { type: "button", class: "plain", onclick: () => correct(app, report) }, t("report.correct")) : null)))));
}

const inWords = (figures) => Object.entries(figures ?? {}).slice(0, 6)
  .map(([code, value]) => `${indicatorName(code)} ${number(value)}`).join(isChinese() ? "，" : ", ");

/** A correction is a report of its own that supersedes the wrong one. */
function correct(app, report) {
  const figures = Object.fromEntries(Object.entries(report.figures).map(([code, value]) => [code, Number(value)]));
  draft = { ...empty(), area: report.area, stage: report.stage, as_of: localInput(report.as_of), source: report.source,
    supersedes: report.id, figures };
  app.redrawPanel();
  document.getElementById("figure-dead")?.focus();
}
