// One entry of the register: what is known, the identity number for a reason, and what stood there before.
import { get, post } from "./api.js";
import { h } from "./dom.js";
import { refusal, text } from "./forms.js";
import { section } from "./findings.js";
import { t } from "./i18n.js";
import { openPersonForm } from "./person-form.js";
import { about, areaName, nameOf, openPerson, personsOf, statusOf, writes } from "./persons.js";
import { moment } from "./time.js";

let seen = {};

/** Forgets what was unmasked and read. */
export const closePerson = () => { seen = {}; };

export function personView(app, person) {
  if (seen.id !== person.id) readHistory(app, person);
  const { source, as_of: stated, recorded_at: stored, area, place } = person;
  return [
    h("p", { class: "walk" }, h("button", { type: "button", class: "plain", id: "person-back", onclick: () => openPerson(app, null) }, `‹ ${t("persons.back")}`)),
    h("article", { class: "checked", id: "person", data: { person: person.id, status: person.status } },
      h("h3", {}, nameOf(person), " ", statusOf(person)),
      refusal(seen.problem),
      h("dl", { class: "facts" }, [
        [t("persons.who"), about(app, { ...person, area: "", place: null }) || "–"], [t("persons.area"), [areaName(app, area), place].filter(Boolean).join(" · ")],
        [t("persons.id_number"), idNumber(app, person)], [t("report.source"), source], [t("persons.as_of"), moment(stated)], [t("persons.stored"), moment(stored)],
      ].map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      writes(app) && h("p", { class: "actions" }, h("button", { type: "button", class: "secondary", id: "person-update", onclick: () => { openPersonForm(person); app.redrawPanel(); } }, t("persons.update"))),
      seen.history?.length ? section("persons.history", h("ol", { class: "found", id: "person-history" }, seen.history.map((earlier) => h("li", {},
        h("p", {}, nameOf(earlier), " ", statusOf(earlier), " ", h("time", { datetime: earlier.as_of }, moment(earlier.as_of))), h("p", { class: "quiet" }, [about(app, earlier), earlier.source].join(" · ")))))) : null)];
}

async function readHistory(app, { id }) {
  seen = { id };
  const answer = await get(personsOf(app, `/${id}/history`)).catch(() => ({ history: [] }));
  if (seen.id !== id) return;
  seen.history = answer.history;
  app.redrawPanel();
}

/** The number masked; in full for who says why. */
function idNumber(app, person) {
  if (!person.id_number) return "–";
  if (seen.whole) return h("strong", { id: "person-id-number" }, seen.whole);
  const ask = async () => {
    if (!seen.reason?.trim()) return document.getElementById("person-reason")?.focus();
    const answer = await post(personsOf(app, `/${person.id}/id-number`), { reason: seen.reason.trim() }).catch((problem) => { seen.problem = problem; });
    seen.whole = answer?.id_number;
    return app.redrawPanel();
  };
  return [h("span", { id: "person-id-number" }, person.id_number), " ",
    !writes(app) ? null : seen.asking ? h("span", { class: "control" }, Object.assign(text(seen.reason, (value) => { seen.reason = value; }, { maxlength: 200, placeholder: t("teams.reason") }), { id: "person-reason" }),
      h("button", { type: "button", class: "secondary", id: "person-unmask", onclick: ask }, t("teams.unmask_sure")))
      : h("button", { type: "button", class: "plain", id: "person-unmask", onclick: () => { seen.asking = true; app.redrawPanel(); document.getElementById("person-reason")?.focus(); } }, t("teams.unmask"))];
}
