// What a checker finds of a report: true, not true, or said before; always with a reason, every finding stays on file.
import { patch } from "./api.js";
import { byId, h } from "./dom.js";
import { faultAt, field, may, refusal, text } from "./forms.js";
import { t } from "./i18n.js";
import { gist } from "./report-words.js";

const FINDINGS = [["verified", "V"], ["rejected", "X"], ["duplicate", "D"]];
const REASONS = { verified: ["call", "on_site", "photo", "second"], rejected: ["nothing_there", "wrong_place", "drill"], duplicate: ["same_thing"] };
let draft = null;

/** Opens the form for that finding; false where it can't be. */
export function openFinding(app, report, state, of = null) {
  if (!may(app.store.get("session"), "operator") || app.store.get("at")) return false;
  draft = { report, state, of, roads: null, reason: t(`checking.reason.${REASONS[state][0]}`), problem: null, sending: false };
  app.redrawPanel();
  byId("finding-reason")?.select();
  return true;
}

/** The acts on an opened report, or the form of the one that was chosen. */
export function findingForm(app, { report, alike = [], roads }, done) {
  if (!report || !may(app.store.get("session"), "operator") || app.store.get("at")) return null;
  app.findDuplicate = (id, other) => openFinding(app, id, "duplicate", other.id);
  if (draft?.report !== report.id) return buttons(app, report);
  return h("form", { class: "form finding", id: "finding", data: { state: draft.state }, novalidate: true,
    onkeydown: (event) => event.key === "Escape" && (event.stopPropagation(), forget(app)),
    onsubmit: (event) => { event.preventDefault(); send(app, report, done); } },
    refusal(draft.problem),
    draft.state === "duplicate" && original(alike),
    draft.state === "verified" && roads?.proposes && roadAct(roads),
    field({ id: "finding-reason", label: t("checking.reason"), fault: faultAt(draft.problem, "/reason"),
      control: text(draft.reason, (value) => { draft.reason = value; }, { maxlength: 2000 }) }),
    h("p", { class: "chips" }, REASONS[draft.state].map((code) => h("button", { type: "button", class: "plain", onclick: () => {
      draft.reason = t(`checking.reason.${code}`);
      app.redrawPanel();
    } }, t(`checking.reason.${code}`)))),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "finding-send", disabled: draft.sending }, t(`checking.find.${draft.state}`), " ", h("kbd", {}, "Enter")),
      h("button", { type: "button", class: "plain", id: "finding-cancel", onclick: () => forget(app) }, t("checking.cancel"))));
}

const buttons = (app, { id, state }) => h("div", { class: "actions findings-row", id: "findings" }, FINDINGS.filter(([code]) => code !== state).map(([code, key]) =>
  h("button", { type: "button", class: code === "verified" ? "primary" : "secondary", id: `find-${code}`, onclick: () => openFinding(app, id, code) }, t(`checking.find.${code}`), " ", h("kbd", {}, key))));

/** Of which report this is a repetition: one of the likely ones, or any by its id. */
function original(alike) {
  const options = alike.filter(({ report: other }) => other.state !== "duplicate");
  draft.of ??= options[0]?.report.id ?? null;
  return h("fieldset", { class: "choices" }, h("legend", {}, t("checking.repeats_which")),
    options.map(({ report: other, score }) => h("label", {},
      h("input", { type: "radio", name: "original", value: other.id, checked: draft.of === other.id, onchange: () => { draft.of = other.id; } }),
      ` ${Math.round(score * 100)} % · ${gist(other, 50)}`)),
    h("input", { id: "finding-of", "aria-label": t("checking.original_id"), placeholder: t("checking.original_id"), value: options.some(({ report: { id } }) => id === draft.of) ? "" : draft.of ?? "",
      oninput: ({ target }) => { draft.of = target.value.trim() || options[0]?.report.id || null; } }),
    faultAt(draft.problem, "/of") ? h("p", { class: "fault" }, faultAt(draft.problem, "/of")) : null);
}

/** A verified report may close the road that it found cut, or open it; never by itself. */
function roadAct({ proposes, roads, closures }) {
  const concerned = proposes === "close" ? roads.length : closures.length;
  if (!concerned) return h("p", { class: "quiet" }, t("checking.roads.none"));
  draft.roads ??= proposes;
  return h("label", { class: "road-act" }, h("input", { type: "checkbox", id: "finding-roads", checked: draft.roads === proposes, onchange: ({ target }) => { draft.roads = target.checked ? proposes : ""; } }),
    ` ${t(`checking.roads.${proposes}`, { count: concerned })}`);
}

function forget(app) {
  draft = null;
  app.redrawPanel();
}

async function send(app, { id }, done) {
  if (draft.sending) return;
  draft.sending = true;
  const { state, of, reason, roads } = draft;
  const address = `/api/events/${encodeURIComponent(app.store.get("event"))}/field-reports/${id}/verification`;
  try {
    await patch(address, { state, reason, ...(state === "duplicate" ? { of } : {}), ...(roads ? { roads } : {}) });
    draft = null;
    app.alerts.acknowledge([id]);
    done();
  } catch (problem) {
    draft = { ...draft, problem, sending: false };
  }
  app.redrawPanel();
}
