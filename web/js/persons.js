// The register of the dead, missing and injured: searched, added to, brought up to date, likely pairs judged. Each look is
// audited, so it is read when it is opened, when it was changed here, and by a press; not by itself.
import { get } from "./api.js";
import { h } from "./dom.js";
import { choice, field, may, notAllowed, refusal, text } from "./forms.js";
import { section } from "./findings.js";
import { number, percent, t } from "./i18n.js";
import { closePerson, personView } from "./person-view.js";
import { openPersonForm, personForm } from "./person-form.js";
import { initials } from "./places.js";
import { judge, verdictForm } from "./person-verdict.js";
import { clock, moment } from "./time.js";

export const STATUSES = ["missing", "dead", "seriously_injured", "injured", "found"];
const COUNTED = { dead: ["dead"], missing: ["missing"], injured: ["injured", "seriously_injured"] };
const wanted = { status: "", words: "" };
const nothing = (of) => ({ of, persons: [], matches: [], registered: {}, reported: {}, read: null, problem: null });
let list = nothing(null);
let opened = null;

export const personsPanel = {
  id: "persons",
  tab: "report",
  page: true,
  keys: "lang event session at",
  draw(app) {
    if (!may(app.store.get("session"), "planner")) return [notAllowed("planner")];
    if (list.of !== asked(app)) readPersons(app);
    const form = personForm(app) ?? verdictForm(app);
    if (form) return form;
    const person = list.persons.find(({ id }) => id === opened);
    return person ? personView(app, person) : [sums(app), refusal(list.problem), pairs(app), filters(app), rows(app)];
  },
};

const asked = ({ store }) => `${store.get("event")} ${store.get("at")}`;
export const personsOf = ({ store }, path = "") => `/api/events/${encodeURIComponent(store.get("event"))}/persons${path}`;

export async function readPersons(app) {
  const of = asked(app);
  if (list.of !== of) list = nothing(of);
  const at = app.store.get("at");
  const [found, pairsFound] = await Promise.all([get(personsOf(app, at ? `?known_at=${encodeURIComponent(at)}` : "")).catch((problem) => ({ problem })),
    at ? { matches: [] } : get(personsOf(app, "/matches")).catch(() => ({ matches: [] }))]);
  if (of !== asked(app)) return;
  list = { ...list, problem: null, ...found, matches: pairsFound.matches, read: Date.now() };
  if (app.store.get("panel") === "persons") app.redrawPanel();
}

/** Opens one entry, or the list. */
export function openPerson(app, id) {
  opened = id;
  closePerson();
  app.redrawPanel();
}

export const writes = ({ store }) => may(store.get("session"), "operator") && !store.get("at");
export const nameOf = ({ name }) => name ?? t("persons.nameless");
export const statusOf = ({ status }) => h("span", { class: "badge person-status", data: { status } }, t(`persons.status.${status}`));

export function areaName({ store }, code) {
  const known = [...(store.get("casualties")?.areas ?? []), ...(store.get("townships")?.areas ?? [])].find(({ area }) => area === code);
  return known?.name ?? code;
}

/** What one line says of a person. */
export const about = (app, { sex, age, area, place }) => [sex && t(`persons.sex.${sex}`), age !== null && t("persons.years", { age: number(age) }), areaName(app, area), place].filter(Boolean).join(" · ");

/** How many are on the register beside what the divisions report: neither replaces the other. */
function sums(app) {
  const { registered, reported, read } = list;
  const of = (codes) => codes.reduce((sum, code) => sum + (registered[code] ?? 0), 0);
  return [h("table", { class: "grid", id: "persons-sums" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, ""), h("th", { scope: "col", class: "numeral" }, t("persons.registered")), h("th", { scope: "col", class: "numeral" }, t("persons.reported")))),
    h("tbody", {}, Object.entries(COUNTED).map(([code, codes]) => h("tr", { class: reported[code] !== undefined && reported[code] !== null && Number(reported[code]) !== of(codes) ? "differs" : null },
      h("th", { scope: "row" }, t(`persons.status.${code}`)), h("td", { class: "numeral" }, number(of(codes))),
      h("td", { class: "numeral" }, reported[code] === undefined || reported[code] === null ? t("figure.unreported") : number(Number(reported[code]))))))),
  h("p", { class: "walk" }, h("span", { class: "quiet" }, read ? t("persons.read", { time: clock(read) }) : t("level.loading")),
    h("button", { type: "button", class: "plain", id: "persons-again", onclick: () => readPersons(app) }, t("persons.again")),
    writes(app) && h("button", { type: "button", class: "plain", id: "person-add", onclick: () => { openPersonForm(null); app.redrawPanel(); } }, t("persons.add")))];
}

/** Entries that may be one person; nobody but a person decides. */
function pairs(app) {
  if (!list.matches.length) return null;
  const side = (person) => h("div", {}, h("strong", {}, nameOf(person)), " ", statusOf(person), h("p", { class: "quiet" }, about(app, person)), h("p", { class: "quiet" }, person.source));
  return section("persons.pairs", h("ol", { class: "alike", id: "person-pairs" }, list.matches.map((pair) => h("li", {},
    h("p", {}, h("strong", { class: "score" }, percent(pair.score, 0)), " ", h("span", { class: "quiet" }, pair.grounds.map((ground) => t(`persons.ground.${ground}`)).join(" · "))),
    h("div", { class: "pair" }, side(pair.first), side(pair.second)),
    writes(app) && h("p", { class: "chips" }, ["same", "two"].map((verdict) => h("button", { type: "button", class: "plain", data: { verdict }, onclick: () => judge(app, pair, verdict === "same") }, t(`persons.${verdict}`))))))));
}

function filters(app) {
  const change = (name) => (value) => { wanted[name] = value; app.redrawPanel(); };
  return h("div", { class: "row" },
    field({ id: "persons-status", label: t("persons.status"), control: choice(wanted.status, [["", t("checking.all")], ...STATUSES.map((code) => [code, t(`persons.status.${code}`)])], change("status")) }),
    field({ id: "persons-words", label: t("teams.search"), control: text(wanted.words, change("words"), { placeholder: t("persons.search_example") }) }));
}

function isWanted(app, person) {
  const words = wanted.words.trim().toLowerCase();
  const said = `${person.name ?? ""} ${areaName(app, person.area)} ${person.place ?? ""} ${person.source}`.toLowerCase();
  return (!wanted.status || person.status === wanted.status) && (!words || said.includes(words) || initials(person.name ?? "").startsWith(words));
}

function rows(app) {
  const found = list.persons.filter((person) => isWanted(app, person));
  if (!found.length) return h("p", { class: "quiet" }, list.read && t(list.persons.length ? "persons.none_wanted" : "persons.none"));
  return h("ol", { class: "queue teams", id: "persons" }, found.map((person) => h("li", { data: { person: person.id, status: person.status } },
    h("button", { type: "button", class: "team", id: `person-${person.id}`, onclick: () => openPerson(app, person.id) },
      h("strong", {}, nameOf(person)), statusOf(person), h("span", { class: "quiet" }, about(app, person)), h("time", { class: "quiet", datetime: person.as_of }, moment(person.as_of)),
      h("span", { class: "gist quiet" }, person.source)))));
}
