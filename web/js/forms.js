// Fields of the panels' forms: a label, a control, its unit, and what is wrong with it, together.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { sentence } from "./problems.js";

export { refusal } from "./problems.js";

/** A labelled control; `fault` stands under it and is announced with it. */
export function field({ id, label, hint, fault, unit, control }) {
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  if (described) control.setAttribute("aria-describedby", described);
  if (fault) control.setAttribute("aria-invalid", "true");
  control.id = id;
  return h("div", { class: fault ? "field wrong" : "field" },
    h("label", { for: id }, label),
    h("span", { class: "control" }, control, unit && h("span", { class: "unit" }, unit)),
    h("div", {}, hint && h("p", { class: "hint", id: `${id}-hint` }, hint), fault && h("p", { class: "fault", id: `${id}-fault` }, fault)));
}

export const numeral = (value, onchange, { min = 0, max, step = 1, required = false } = {}) =>
  h("input", { type: "number", inputmode: "decimal", min, max, step, value: value ?? "", required,
    oninput: (event) => onchange(event.target.value === "" ? null : Number(event.target.value)) });

export const choice = (value, options, onchange) =>
  h("select", { onchange: (event) => onchange(event.target.value) },
    options.map(([code, name]) => h("option", { value: code, selected: code === value }, name)));

/** A problem that the page itself sees before it asks: the fields and what is wrong with each. */
export const ownProblem = (faults) => ({ code: "invalid_input", message: "", faults });

/** The fault at one place of the body, as a sentence. */
export const faultAt = (problem, at) => problem?.faults?.filter((fault) => fault.at === at).map(({ detail }) => sentence(detail)).join(" ") || null;

const RANK = ["viewer", "field", "planner", "operator", "admin"];

/** Whether the session's role is at least `role`; and the sentence for those who may not. */
export const may = (session, role) => RANK.indexOf(session?.role) >= RANK.indexOf(role);
export const notAllowed = (role) => h("p", { class: "refusal" }, t("form.needs_role", { role: t(`role.${role}`) }));

/** A text of one line or several. */
export const text = (value, onchange, { rows = 0, ...props } = {}) =>
  h(rows ? "textarea" : "input", { ...(rows ? { rows } : { type: "text" }), value: value ?? "", autocomplete: "off", ...props,
    oninput: (event) => onchange(event.target.value) });

export const time = (value, onchange, props = {}) =>
  h("input", { type: "datetime-local", value, ...props, oninput: (event) => onchange(event.target.value) });
