// Two sources that disagree: both are shown, until a consultation states the figure that counts and points at both.
import { newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { field, faultAt, numeral, ownProblem, refusal, text } from "./forms.js";
import { number, t } from "./i18n.js";
import { moment } from "./time.js";
import { indicatorName, unitFor } from "./vocabulary.js";

let draft = null;

const isDrawn = (one) => draft && draft.area === one.area && draft.indicator === one.indicator && draft.other === one.other.report;

/** The open disagreements with what each source says; nothing when there are none. */
export function disputes(app, writes) {
  const casualties = app.store.get("casualties");
  const open = casualties?.disagreements ?? [];
  if (!open.length) return null;
  const names = new Map([...casualties.areas, ...(app.store.get("townships")?.areas ?? [])].map(({ area, name }) => [area, name]));
  return h("section", { class: "block", id: "disputes" }, h("h3", {}, t("checks.disagreements")),
    h("ol", { class: "disputes" }, open.map((one) => h("li", {},
      h("p", {}, h("strong", {}, names.get(one.area) ?? one.area), ` ${indicatorName(one.indicator)}`),
      h("div", { class: "sides" }, side(app, one, one.counted, "settle.counts", writes), side(app, one, one.other, "settle.other", writes)),
      writes && (isDrawn(one) ? form(app, one)
        : h("button", { type: "button", class: "plain", onclick: () => begin(app, one, null) }, t("settle.open")))))));
}

const side = (app, one, said, key, writes) => h("button", { type: "button", class: "side", disabled: !writes, title: t("settle.take"),
  onclick: () => begin(app, one, Number(said.value)) },
h("small", {}, t(key)), h("strong", {}, number(said.value, 1)), h("span", {}, said.source), h("small", {}, t("figure.as_of", { time: moment(said.as_of) })));

function begin(app, one, value) {
  draft = { key: newKey(), area: one.area, indicator: one.indicator, other: one.other.report, value, source: t("settle.consultation"), note: "", problem: null };
  app.redrawPanel();
  byId(value === null ? "settle-value" : "settle-note")?.focus();
}

function form(app, one) {
  return h("form", { class: "form", id: "settle-form", novalidate: true, onsubmit: (event) => submit(event, app, one) },
    refusal(draft.problem),
    h("div", { class: "row" },
      field({ id: "settle-value", label: t("settle.value"), unit: unitFor(one.indicator), fault: faultAt(draft.problem, "/value"),
        control: numeral(draft.value, (value) => { draft.value = value; }, { step: "any" }) }),
      field({ id: "settle-source", label: t("settle.source"), fault: faultAt(draft.problem, "/source"), control: text(draft.source, (value) => { draft.source = value; }, { maxlength: 200 }) })),
    field({ id: "settle-note", label: t("settle.note"), control: text(draft.note, (value) => { draft.note = value; }, { maxlength: 2000 }) }),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "settle-send" }, t("settle.send")),
      h("button", { type: "button", class: "plain", onclick: () => { draft = null; app.redrawPanel(); } }, t("board.no"))));
}

/** The settled figure is true at the later hour of the two, and stands at the higher of their stages. */
async function submit(event, app, { area, indicator, counted, other }) {
  event.preventDefault();
  const faults = [draft.value === null && { at: "/value", detail: t("report.fault.figures") }, !draft.source.trim() && { at: "/source", detail: t("report.fault.source") }].filter(Boolean);
  draft.problem = faults.length ? ownProblem(faults) : null;
  if (faults.length) return app.redrawPanel();
  const stages = (app.store.get("reports") ?? []).filter(({ id }) => [counted.report, other.report].includes(id)).map(({ stage }) => stage);
  const stage = ["final", "verified", "follow_up"].find((one) => stages.includes(one)) ?? "initial";
  const later = [counted.as_of, other.as_of].sort((one, two) => Date.parse(one) - Date.parse(two)).at(-1);
  const body = { area, stage, as_of: later, figures: { [indicator]: draft.value }, source: draft.source,
    settles: [counted.report, other.report], ...(draft.note ? { note: draft.note } : {}) };
  try {
    await post(`/api/events/${encodeURIComponent(app.store.get("event"))}/loss-reports`, body, draft.key);
    draft = null;
    await app.refresh();
  } catch (problem) {
    draft.problem = problem;
  }
  return app.redrawPanel();
}
