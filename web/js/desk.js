// The page for the leader's desk: level and clause, figures with their ages, who is silent, a picture of the map.
import { get } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { findingInWords, listed } from "./findings.js";
import { LANGUAGES, loadLanguage, named, number, t } from "./i18n.js";
import { rank, stateInWords } from "./level.js";
import { canDraw } from "./map.js";
import { pictureOf } from "./picture.js";
import { createStore } from "./store.js";
import { swatch } from "./swatches.js";
import { age, clock, moment, nowOf, zoneLabel } from "./time.js";
import { HEADLINES, sumOf, unitOf } from "./vocabulary.js";

const LAYERS = ["casualties", "intensity", "faults", "counties"];
const MOST_COUNTIES = 12;
const query = new URLSearchParams(location.search);
const store = createStore({
  lang: LANGUAGES.includes(query.get("lang")) ? query.get("lang") : LANGUAGES[0], theme: "light", at: query.get("known_at"), toggled: new Set(), legend: [],
  event: query.get("event"), level: null, casualties: null, reporting: null, plans: [],
});
const app = { store, overlay: { added: (style) => style } };

async function ask() {
  const { events } = await get("/api/events");
  const event = events.find(({ id }) => id === store.get("event")) ?? events[0];
  const about = `/api/events/${encodeURIComponent(event.id)}`;
  const known = store.get("at") ? `known_at=${encodeURIComponent(store.get("at"))}` : "";
  const [level, casualties, reporting, { plans }] = await Promise.all([get(`${about}/response-level?${known}`), get(`${about}/casualties?by=county&${known}`),
    get(`${about}/reporting?${known}`), get("/api/plans")]);
  store.set({ event: event.id, level, casualties, reporting, plans });
  return event;
}

function tools(event) {
  const at = store.get("at");
  const briefing = (form) => `/api/events/${encodeURIComponent(event.id)}/briefing?${new URLSearchParams({ f: form, lang: store.get("lang") === "en" ? "en" : "zh", ...(at ? { known_at: at } : {}) })}`;
  fill(byId("tools"), h("button", { type: "button", id: "print", onclick: () => print() }, t("desk.print")),
    h("span", {}, t("desk.briefing")), ["html", "docx", "xlsx"].map((form) => h("a", { href: briefing(form), id: `briefing-${form}`, target: form === "html" ? "_blank" : null }, form.toUpperCase())));
}

function head(event) {
  const at = store.get("at");
  return h("header", { class: "head" },
    h("div", {},
      event.exercise ? h("span", { class: "mark" }, t("event.exercise")) : event.demo ? h("span", { class: "mark" }, t("event.demo")) : null,
      at && h("span", { class: "mark replay" }, t("timeline.replay")),
      h("h1", {}, event.name), h("p", {}, t("event.began", { time: moment(event.occurred_at), zone: zoneLabel() }))),
    h("p", { class: "made" }, at ? t("desk.known", { time: moment(at), zone: zoneLabel() }) : t("desk.made", { time: clock(), zone: zoneLabel() })));
}

function levelBlock() {
  const level = store.get("level");
  const { reported, acts = [] } = level;
  const last = acts.at(-1);
  return h("section", { class: "rank", id: "level", data: { level: reported.level ?? "none" } },
    h("p", { class: "numeral", aria: { hidden: "true" } }, reported.level ?? "–"),
    h("div", {}, h("h2", {}, rank(store, reported)),
      reported.findings.slice(0, 3).map((finding) => h("p", {}, h("b", {}, finding.clause), " ", findingInWords(finding))),
      ["lowered", "anticipated"].filter((basis) => level[basis]).map((basis) =>
        h("p", {}, `${t(`level.basis.${basis}`)}：`, h("b", {}, level[basis].level ? t(`level.${level[basis].level}`) : t("level.none_short")))),
      last && h("p", {}, `${t(`level.act.${last.kind}`)}：${last.by} · ${moment(last.at)} · ${last.clause}${last.document_number ? ` · ${last.document_number}` : ""}`)),
    (reported.level || last) && h("p", { class: "stands" }, stateInWords(level)));
}

/** The figures, each with when it was true, how long ago that is, and how many counties stand behind it. */
function totals() {
  const { areas, total } = store.get("casualties");
  const now = nowOf(store);
  return h("dl", { class: "totals" }, HEADLINES.map(({ id, of }) => {
    const value = sumOf(total, of);
    const behind = areas.filter(({ figures }) => sumOf(figures, of) !== null);
    const newest = behind.map(({ as_of: time }) => time).filter(Boolean).sort().at(-1);
    return h("div", { data: { figure: id } }, h("dt", {}, t(`figure.${id}`)),
      h("dd", { class: value === null ? "value none" : "value" }, value === null ? t("figure.unreported") : [number(value), h("small", {}, t(`figure.unit.${unitOf(of[0])}`))]),
      h("dd", {}, newest ? `${t("figure.as_of", { time: moment(newest) })} · ${age(newest, now)}` : "—"),
      h("dd", {}, t("figure.coverage", { reported: behind.length, all: areas.length })));
  }));
}

const BY_COUNTY = [["dead", "missing"], ["injured"], ["relocated"], ["collapsed_rooms", "severely_damaged_rooms"]];
const NAMES = ["dead", "injured", "relocated", "rooms"];

function counties() {
  const areas = [...store.get("casualties").areas].sort((one, other) => (sumOf(other.figures, BY_COUNTY[0]) ?? -1) - (sumOf(one.figures, BY_COUNTY[0]) ?? -1));
  const cell = (value) => h("td", { class: value === null ? "none" : null }, value === null ? t("figure.unreported") : number(value));
  return h("table", { class: "counties" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("desk.county")), NAMES.map((id) => h("th", { scope: "col" }, id === "dead" ? `${t("figure.dead")}+${t("figure.missing")}` : t(`figure.${id}`))),
      h("th", { scope: "col" }, t("desk.newest")))),
    h("tbody", {}, areas.slice(0, MOST_COUNTIES).map(({ name, figures, as_of: time, stage }) => h("tr", {}, h("th", { scope: "row" }, name),
      BY_COUNTY.map((of) => cell(sumOf(figures, of))), h("td", {}, time ? [moment(time), h("small", {}, ` ${t(`stage.${stage}`)}`)] : "—")))));
}

function silence() {
  const { areas } = store.get("reporting");
  const silent = areas.filter((desk) => desk.silent).map(({ name }) => name);
  const late = areas.filter(({ state, silent: none }) => state === "late" && !none).map(({ name }) => name);
  if (!silent.length && !late.length) return h("p", {}, t("desk.all_reported"));
  return h("section", { class: "silent-counties" }, silent.length ? h("p", {}, t("desk.silent", { list: listed(silent) })) : null,
    late.length ? h("p", {}, t("desk.late", { list: listed(late) })) : null);
}

async function picture(host) {
  const drawing = byId("drawing");
  Object.assign(drawing.style, { width: `${host.clientWidth}px`, height: `${host.clientHeight}px` });
  const image = canDraw() ? await pictureOf(app, drawing, LAYERS).catch(() => null) : null;
  if (!image) return fill(host, h("figcaption", { class: "key" }, t("desk.no_map")));
  const entries = store.get("legend").filter(({ id }) => ["casualties", "intensity"].includes(id));
  fill(host, h("img", { src: image, alt: t("desk.map") }), h("figcaption", { class: "key" }, entries.map(({ title, items }) =>
    h("ul", {}, h("li", {}, h("b", {}, named(title))), items.map((look) => h("li", {}, swatch(look), named(look.label)))))));
  return byId("paper").querySelector("img").decode();
}

function foot(event) {
  const credits = [...new Set(store.get("legend").map(({ credit }) => named(credit)).filter(Boolean))].join(" · ");
  const plan = store.get("plans").find(({ id }) => id === store.get("level").reported.plan);
  return h("footer", { class: "foot" }, h("p", {}, t("desk.advice"), " ", t("level.plan", { plan: `${named(plan?.title)} ${plan?.document_number ?? ""}` })),
    h("p", {}, event.demo ? `${t("credits.synthetic")} · ` : "", credits, " · ", t("credits.approval")));
}

async function start() {
  await loadLanguage(store.get("lang"));
  const event = await ask();
  document.title = `${event.name} · ${t("desk.page")}`;
  tools(event);
  const map = h("figure", { class: "picture" });
  const end = h("div", { class: "end" });
  fill(byId("paper"), head(event), levelBlock(), totals(), counties(), silence(), map, end);
  await Promise.all([picture(map), document.fonts.ready]);
  fill(end, foot(event));
  document.body.dataset.ready = "true";
}

start().catch((problem) => {
  if (problem.status === 401) location.assign("/");
  fill(byId("paper"), h("p", {}, `${t("app.failed")} ${problem.message}`));
  document.body.dataset.ready = "failed";
});
