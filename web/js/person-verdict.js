// Whether two entries are one person: said by somebody, for a reason; both stay on file.
import { newKey, post } from "./api.js";
import { h } from "./dom.js";
import { faultAt, field, refusal, text } from "./forms.js";
import { t } from "./i18n.js";
import { nameOf, personsOf, readPersons } from "./persons.js";

let draft = null;
let lastBy = "";

/** Asks who says so and why. */
export function judge(app, { first, second }, same) {
  draft = { first, second, same, reason: "", by: lastBy, key: newKey(), problem: null };
  app.redrawPanel();
  document.getElementById("verdict-reason")?.focus();
}

/** The question while it is open, else nothing. */
export function verdictForm(app) {
  if (!draft) return null;
  const change = (name) => (value) => { draft[name] = value; };
  const said = (name, label) => field({ id: `verdict-${name}`, label: t(label), fault: faultAt(draft.problem, `/${name}`), control: text(draft[name], change(name), { required: true }) });
  const close = () => { draft = null; app.redrawPanel(); };
  return [h("form", { class: "form", id: "verdict-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(app); } },
    h("h3", {}, t(draft.same ? "persons.same" : "persons.two")),
    h("p", {}, `${nameOf(draft.first)} — ${nameOf(draft.second)}`),
    refusal(draft.problem), said("reason", "persons.reason"), said("by", "supply.by"),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: "verdict-send" }, t("teams.save")), h("button", { type: "button", class: "plain", onclick: close }, t("teams.cancel"))))];
}

async function send(app) {
  const { first, second, same, reason, by, key } = draft;
  try {
    await post(personsOf(app, "/matches"), { first: first.id, second: second.id, same, reason, by }, key);
    lastBy = by;
    draft = null;
    await readPersons(app);
  } catch (problem) {
    Object.assign(draft, { problem, key: newKey() });
  }
  app.redrawPanel();
}
