// Entering a person, before anybody need be sure who it is; bringing an entry up to date makes a new one in its place.
import { newKey, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, numeral, ownProblem, refusal, text, time } from "./forms.js";
import { t } from "./i18n.js";
import { STATUSES, areaName, openPerson, personsOf, readPersons } from "./persons.js";
import { placeBox, reportingPlaces } from "./places.js";
import { fromLocalInput, localInput } from "./time.js";

let draft = null;

/** Opens the form for a new entry, or for one that takes the place of `person`. */
export function openPersonForm(person) {
  const { id = null, status = "missing", area = null, name = "", sex = "", age = null, place = "", source = "" } = person ?? {};
  draft = { key: newKey(), supersedes: id, masked: person?.id_number ?? null, status, area, name: name ?? "", sex: sex ?? "", age, place: place ?? "", source, id_number: "", as_of: localInput(), problem: null };
}

/** The form while one is open, else nothing. */
export function personForm(app) {
  if (!draft) return null;
  const change = (name) => (value) => { draft[name] = value; };
  const said = (name, label, control, hint) => field({ id: `person-${name}`, label: t(label), hint, fault: faultAt(draft.problem, `/${name}`), control });
  const box = placeBox({ places: reportingPlaces(app.store), value: draft.area ? `${areaName(app, draft.area)} ${draft.area}` : "",
    onchoose: ({ area }) => { draft.area = area; app.redrawPanel(); document.getElementById("person-place")?.focus(); } });
  return [h("form", { class: "form", id: "person-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(app); } },
    h("h3", {}, t(draft.supersedes ? "persons.update" : "persons.add")),
    h("p", { class: "quiet" }, t("persons.unsure")),
    refusal(draft.problem),
    h("div", { class: "row" },
      said("status", "persons.status", choice(draft.status, STATUSES.map((code) => [code, t(`persons.status.${code}`)]), change("status"))),
      said("name", "persons.name", text(draft.name, change("name"), { maxlength: 100 }))),
    h("div", { class: "row" },
      said("sex", "persons.sex", choice(draft.sex, [["", t("persons.unknown")], ...["female", "male"].map((code) => [code, t(`persons.sex.${code}`)])], change("sex"))),
      said("age", "persons.age", numeral(draft.age, change("age"), { max: 130 }))),
    h("div", { class: "places" }, said("area", "persons.area", box.input), box.list),
    said("place", "persons.place", text(draft.place, change("place"), { maxlength: 200 })),
    said("id_number", "persons.id_number", text(draft.id_number, change("id_number"), { maxlength: 20, placeholder: draft.masked ?? "" }), draft.masked ? t("persons.id_again") : null),
    said("source", "report.source", text(draft.source, change("source"), { maxlength: 200, placeholder: t("report.source_example") })),
    said("as_of", "persons.as_of", time(draft.as_of, change("as_of"), { required: true })),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "person-save" }, t("teams.save")),
      h("button", { type: "button", class: "plain", id: "person-form-close", onclick: () => { draft = null; app.redrawPanel(); } }, t("teams.cancel"))))];
}

function body() {
  const { status, area, name, sex, age, place, source, id_number: number, as_of: stated, supersedes } = draft;
  const known = { name: name.trim(), sex, age, place: place.trim(), id_number: number.trim(), supersedes };
  return { status, area, source: source.trim(), as_of: fromLocalInput(stated), ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null && value !== "")) };
}

async function send(app) {
  const faults = [!draft.area && { at: "/area", detail: t("teams.fault.area") }, !draft.source.trim() && { at: "/source", detail: t("report.fault.source") },
    !draft.as_of && { at: "/as_of", detail: t("report.fault.as_of") }].filter(Boolean);
  draft.problem = faults.length ? ownProblem(faults) : null;
  if (faults.length) return app.redrawPanel();
  try {
    const { id } = await post(personsOf(app), body(), draft.key);
    draft = null;
    await readPersons(app);
    return openPerson(app, id);
  } catch (problem) {
    Object.assign(draft, { problem, key: newKey() });
    return app.redrawPanel();
  }
}
