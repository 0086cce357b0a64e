// What people judge beside the reports: likely figures, lowered conditions, responses elsewhere, what may go out.
import { newKey, patch, post } from "./api.js";
import { byId, h } from "./dom.js";
import { chip, listed, section } from "./findings.js";
import { choice, faultAt, field, may, numeral, ownProblem, refusal, text, time } from "./forms.js";
import { has, named, number, t } from "./i18n.js";
import { reportingPlaces } from "./places.js";
import { fromLocalInput, localInput, moment } from "./time.js";
import { LEVELS, indicatorName, unitFor } from "./vocabulary.js";

let draft = null;

export function judgements(app, level, plan) {
  const { store } = app;
  const writes = may(store.get("session"), "operator") && !store.get("at");
  const event = store.get("events")?.find(({ id }) => id === store.get("event"));
  return [
    section("judge.anticipated", anticipated(level), opener(app, writes, "anticipated", level, plan)),
    plan?.lowering ? section("judge.lowering", lowered(level, plan), opener(app, writes && store.get("session")?.authority, "lowering", level, plan)) : null,
    plan?.linkage ? section("judge.links", links(app, plan, writes), opener(app, writes, "link", level, plan)) : null,
    event?.release === "authorised" && writes ? section("judge.release", h("p", { class: "quiet" }, t("judge.release_about")), opener(app, writes, "release", level, plan)) : null,
  ];
}

const byWhom = ({ by, reason, recorded_at: at }) => h("p", { class: "quiet" }, [by, at && moment(at), reason].filter(Boolean).join(" · "));

function anticipated({ anticipation }) {
  if (!anticipation) return h("p", { class: "quiet" }, t("judge.none_anticipated"));
  return [h("p", {}, listed(Object.entries(anticipation.figures).map(([code, value]) => `${indicatorName(code)} ${number(value)}`))), byWhom(anticipation)];
}

function lowered({ lowering }, plan) {
  if (!lowering) return h("p", { class: "quiet" }, t("judge.not_lowered", { clause: plan.lowering.clause }));
  return [h("p", {}, t("judge.lowered", { percent: number(lowering.percent, 1), ground: named(plan.lowering.grounds.find(({ code }) => code === lowering.ground)) })), byWhom(lowering)];
}

const kindName = (plan, kind) => named(plan.linkage.grounds.find(({ code }) => code === kind)) || t("judge.relief");

/** The responses elsewhere, and what the plan makes of those under way. */
function links(app, plan, writes) {
  const { linked_responses: known = [], calls_for: calls = [] } = app.store.get("links") ?? {};
  if (!known.length) return h("p", { class: "quiet" }, t("judge.no_links"));
  const names = new Map(reportingPlaces(app.store).map(({ area, name }) => [area.replace(/(00)+$/, ""), name]));
  return [
    h("ul", { class: "past links" }, known.map((one) => h("li", { class: one.ended_at ? "superseded" : null }, chip(one.level),
      h("span", {}, `${kindName(plan, one.kind)} · ${names.get(one.area.replace(/(00)+$/, "")) ?? one.area} · ${moment(one.started_at)}`,
        one.ended_at ? ` – ${moment(one.ended_at)}` : ""),
      writes && !one.ended_at ? h("button", { type: "button", class: "plain", onclick: () => end(app, one) }, t("judge.link_end")) : null))),
    calls.length ? h("ul", { class: "plain-list" }, calls.map((call) => h("li", {}, h("strong", {}, named(call)), h("span", { class: "quiet" }, ` ${t("level.clause", { clause: call.clause })}`)))) : null,
  ];
}

async function end(app, { id }) {
  await patch(`${about(app)}/linked-responses/${id}`, { ended_at: new Date().toISOString() }).catch((problem) => app.note(problem.message));
  await app.refresh();
  app.redrawPanel();
}

const about = (app) => `/api/events/${encodeURIComponent(app.store.get("event"))}`;

function opener(app, allowed, kind, level, plan) {
  if (!allowed) return null;
  if (draft?.kind === kind) return form(app, level, plan);
  return h("button", { type: "button", class: "plain", id: `judge-${kind}`, onclick: () => { draft = begun(kind, level, plan, app); app.redrawPanel(); byId(`judge-${kind}-form`)?.querySelector("input, select")?.focus(); } }, t(`judge.open.${kind}`));
}

function begun(kind, level, plan, app) {
  const shared = { kind, key: newKey(), by: "", reason: "", problem: null };
  if (kind === "anticipated") return { ...shared, figures: { ...level.anticipation?.figures } };
  if (kind === "lowering") return { ...shared, ground: plan.lowering.grounds[0].code, percent: level.lowering?.percent ?? 20 };
  if (kind === "link") return { ...shared, link: plan.linkage.grounds[0].code, area: app.store.get("casualties")?.areas[0]?.area, level: "IV", started_at: localInput() };
  return shared;
}

/** The figures that the plan's conditions speak of, once each. */
const judged = (plan) => [...new Set((plan?.levels ?? []).flatMap(({ conditions }) => conditions.flatMap(({ indicator }) => indicator.split("+"))))]
  .filter((code) => has(`indicator.${code}`));

const change = (name) => (value) => { draft[name] = value; };

const FIELDS = {
  anticipated: (plan) => h("div", { class: "figures-grid" }, judged(plan).map((code) => field({ id: `likely-${code}`, label: indicatorName(code), unit: unitFor(code),
    fault: faultAt(draft.problem, `/figures/${code}`), control: numeral(draft.figures[code], (value) => { draft.figures[code] = value; }) }))),
  lowering: (plan) => h("div", { class: "row" },
    field({ id: "lowering-ground", label: t("judge.ground"), fault: faultAt(draft.problem, "/ground"),
      control: choice(draft.ground, plan.lowering.grounds.map((ground) => [ground.code, named(ground)]), change("ground")) }),
    field({ id: "lowering-percent", label: t("judge.percent"), unit: "%", fault: faultAt(draft.problem, "/percent"), control: numeral(draft.percent, change("percent"), { max: 99 }) })),
  link: (plan, app) => [
    h("div", { class: "row" },
      field({ id: "link-kind", label: t("judge.kind"), fault: faultAt(draft.problem, "/kind"),
        control: choice(draft.link, [...plan.linkage.grounds.map((kind) => [kind.code, named(kind)]), ["relief", t("judge.relief")]], change("link")) }),
      field({ id: "link-level", label: t("judge.level"), control: choice(draft.level, LEVELS.map((level) => [level, t(`level.${level}`)]), change("level")) })),
    h("div", { class: "row" },
      field({ id: "link-area", label: t("judge.area"), fault: faultAt(draft.problem, "/area"),
        control: choice(draft.area, reportingPlaces(app.store).filter(({ kind }) => kind !== "township").map(({ area, name }) => [area, name]), change("area")) }),
      field({ id: "link-started", label: t("judge.started_at"), fault: faultAt(draft.problem, "/started_at"), control: time(draft.started_at, change("started_at")) })),
  ],
  release: () => null,
};

function form(app, level, plan) {
  const { kind } = draft;
  return h("form", { class: "form judge", id: `judge-${kind}-form`, novalidate: true, onsubmit: (event) => submit(event, app) },
    refusal(draft.problem),
    FIELDS[kind](plan, app),
    h("div", { class: "row" },
      field({ id: `judge-${kind}-by`, label: t("judge.by"), fault: faultAt(draft.problem, "/by"), control: text(draft.by, change("by"), { maxlength: 200 }) }),
      kind !== "link" && field({ id: `judge-${kind}-reason`, label: t("acts.reason_label"), fault: faultAt(draft.problem, "/reason"), control: text(draft.reason, change("reason"), { maxlength: 2000 }) })),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "primary", id: `judge-${kind}-send` }, t("judge.send")),
      kind === "anticipated" && level.anticipation ? takeBack(app, () => { draft.figures = {}; }) : null,
      kind === "lowering" && level.lowering ? takeBack(app, () => { draft.percent = 0; }) : null,
      h("button", { type: "button", class: "plain", onclick: () => { draft = null; app.redrawPanel(); } }, t("board.no"))));
}

const takeBack = (app, empty) => h("button", { type: "submit", class: "plain", onclick: empty }, t("judge.take_back"));

const ADDRESSES = { anticipated: "response-level/anticipated", lowering: "response-level/lowerings", link: "linked-responses", release: "releases" };

function bodyOf({ kind, by, reason, figures, ground, percent, link, area, level, started_at: at }) {
  if (kind === "link") return { kind: link, area, level, started_at: fromLocalInput(at), by };
  const stated = figures && Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== null && value !== undefined));
  return { by, reason, ...(kind === "anticipated" ? { figures: stated } : {}), ...(kind === "lowering" ? { ground, percent: percent ?? 0 } : {}) };
}

async function submit(event, app) {
  event.preventDefault();
  const needed = draft.kind === "link" ? ["by"] : ["by", "reason"];
  const faults = needed.filter((name) => !draft[name].trim()).map((name) => ({ at: `/${name}`, detail: t(`acts.fault.${name}`) }));
  draft.problem = faults.length ? ownProblem(faults) : null;
  if (faults.length) return app.redrawPanel();
  try {
    await post(`${about(app)}/${ADDRESSES[draft.kind]}`, bodyOf(draft), draft.key);
    draft = null;
  } catch (problem) {
    draft.problem = problem;
    draft.key = newKey();
  }
  await app.refresh();
  return app.redrawPanel();
}
