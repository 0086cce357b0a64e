// Fields of the panels' forms: a label, a control, its unit, and what is wrong with it, together.
import { h } from "./dom.js";
import { has, t } from "./i18n.js";

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

/** What went wrong, in one place above the form; faults that have a field stand at the field too. */
export function refusal(problem) {
  if (!problem) return null;
  const known = has(`problem.${problem.code}`);
  return h("div", { class: "refusal", role: "alert" },
    h("p", {}, h("strong", {}, known ? t(`problem.${problem.code}`) : problem.title || t("form.refused"))),
    problem.message && h("p", {}, problem.message),
    problem.faults?.length ? h("ul", {}, problem.faults.map(({ at, detail }) => h("li", {}, h("code", {}, at), " ", detail))) : null);
}

/** A problem that the page itself sees before it asks: the fields and what is wrong with each. */
export const ownProblem = (faults) => ({ code: "invalid_input", message: "", faults });

/** The fault at one place of the body, as a sentence. */
export const faultAt = (problem, at) => problem?.faults?.filter((fault) => fault.at === at).map(({ detail }) => detail).join(" ") || null;

const RANK = ["viewer", "field", "planner", "operator", "admin"];

/** Whether the session's role is at least `role`; and the sentence for those who may not. */
export const may = (session, role) => RANK.indexOf(session?.role) >= RANK.indexOf(role);
export const notAllowed = (role) => h("p", { class: "refusal" }, t("form.needs_role", { role: t(`role.${role}`) }));
