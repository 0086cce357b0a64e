// Registering a team, or mending what the register says of it. A number on file is never shown here: a new one replaces it.
import { newKey, patch, post } from "./api.js";
import { h } from "./dom.js";
import { choice, faultAt, field, numeral, ownProblem, refusal, text } from "./forms.js";
import { t } from "./i18n.js";
import { placeBox, reportingPlaces } from "./places.js";
import { coordinates } from "./report-words.js";
import { about } from "./team-acts.js";
import { TEAM_KINDS, openTeam, teamKind } from "./teams.js";

const SKILLS = ["search", "medical", "water", "climbing", "digging", "fire", "drone", "radio", "power", "transport", "information"];
let draft = null;

/** Opens the form for a team on file, or for a new one. */
export function openForm(team) {
  const { id = null, name = "", kind = "rescue", area = null, area_name: areaName = "", people = null, skills = [], contact = "", home = null } = team ?? {};
  draft = { id, name, kind, area, areaName, people, skills: [...skills], contact: contact ?? "", telephone: "", masked: team?.telephone ?? null, home, moved: false, key: newKey(), problem: null };
}

/** The form while one is open, else nothing; `stored` is called when the register has changed. */
export function teamForm(app, stored) {
  if (!draft) return null;
  const change = (name) => (value) => { draft[name] = value; };
  const said = (name, control, hint, label = name) => field({ id: `team-${name}`, label: t(`teams.${label}`), hint, fault: faultAt(draft.problem, `/${name}`), control });
  return [h("form", { class: "form", id: "team-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); send(app, stored); } },
    h("h3", {}, t(draft.id ? "teams.edit" : "teams.add")),
    refusal(draft.problem),
    said("name", text(draft.name, change("name"), { maxlength: 100, required: true })),
    h("div", { class: "row" },
      said("kind", choice(draft.kind, TEAM_KINDS.map((code) => [code, teamKind(code)]), change("kind"))),
      said("people", numeral(draft.people, change("people"), { min: 1 }), null, "people_label")),
    draft.id ? null : areaOf(app, said),
    h("fieldset", { class: "field skills" }, h("legend", {}, t("teams.skills")), SKILLS.map((code) => h("label", {},
      h("input", { type: "checkbox", id: `skill-${code}`, checked: draft.skills.includes(code), onchange: ({ target }) => { draft.skills = target.checked ? [...draft.skills, code] : draft.skills.filter((one) => one !== code); } }),
      t(`teams.skill.${code}`)))),
    h("div", { class: "row" },
      said("contact", text(draft.contact, change("contact"), { maxlength: 100 })),
      said("telephone", text(draft.telephone, change("telephone"), { type: "tel", inputmode: "tel", placeholder: draft.masked ?? "" }), draft.masked ? t("teams.telephone_stays") : null)),
    home(app),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "team-save" }, t("teams.save")),
      h("button", { type: "button", class: "plain", id: "team-form-close", onclick: () => { draft = null; app.redrawPanel(); } }, t("teams.cancel"))))];
}

function areaOf(app, said) {
  const box = placeBox({ places: reportingPlaces(app.store), value: draft.area ? `${draft.areaName} ${draft.area}` : "",
    onchoose: ({ area, name }) => { Object.assign(draft, { area, areaName: name }); app.redrawPanel(); document.getElementById("team-contact")?.focus(); } });
  return h("div", { class: "places" }, said("area", box.input), box.list);
}

/** Where the team is when nobody knows better. */
function home(app) {
  const draw = () => app.drawing.start({ shape: "point", title: t("teams.draw_home"), geometry: null, done: (geometry) => {
    if (geometry) Object.assign(draft, { home: { lon: geometry.coordinates[0], lat: geometry.coordinates[1] }, moved: true });
    app.redrawPanel();
  } });
  return h("p", {}, t("teams.home"), " ", h("span", { class: "quiet", id: "team-home" }, draft.home ? coordinates(draft.home) : t("teams.home_seat")), " ",
    app.map && h("button", { type: "button", class: "plain", id: "team-home-draw", onclick: draw }, t("teams.home_draw")));
}

function body() {
  const { id, name, kind, area, people, skills, contact, telephone, home: place, moved } = draft;
  return { name: name.trim(), kind, skills, people, contact: contact.trim() || null, ...(telephone.trim() ? { telephone: telephone.trim() } : {}),
    ...(moved ? { home: place } : {}), ...(id ? {} : { area }) };
}

function faults() {
  return [!draft.name.trim() && { at: "/name", detail: t("teams.fault.name") }, !draft.id && !draft.area && { at: "/area", detail: t("teams.fault.area") }].filter(Boolean);
}

async function send(app, stored) {
  const wrong = faults();
  draft.problem = wrong.length ? ownProblem(wrong) : null;
  if (wrong.length) return app.redrawPanel();
  try {
    const team = await (draft.id ? patch(about(draft), body()) : post("/api/teams", body(), draft.key));
    draft = null;
    await stored();
    return openTeam(app, team.id);
  } catch (problem) {
    Object.assign(draft, { problem, key: newKey() });
    return app.redrawPanel();
  }
}
