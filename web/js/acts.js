// Proposing, deciding and ending: only what the plan's path makes possible and the caller's authority allows.
// The program recommends and records; it never starts a level by itself.
import { newKey, post } from "./api.js";
import { byId, h } from "./dom.js";
import { chip, findingInWords, listed } from "./findings.js";
import { choice, faultAt, field, may, ownProblem, refusal, text, time } from "./forms.js";
import { isChinese, named, t } from "./i18n.js";
import { fromLocalInput, localInput } from "./time.js";

const BASES = ["reported", "anticipated", "lowered"];
const PATHS = { propose: "proposals", start: "decisions", refuse: "decisions", end: "terminations" };
let draft = null;
let done = null;

/** What may be done now by this session, `{kind, level, party}`, and of what else is possible by whom. */
export function offersOf(level, plan, session) {
  if (!plan) return { mine: [], others: [] };
  const { in_force: inForce, open_proposal: open, acts = [] } = level;
  const waiting = acts.find(({ id }) => id === open);
  const possible = plan.levels.flatMap(({ level: of, decides: rule }) => [
    !waiting && inForce !== of && rule.proposal !== "none" && { kind: "propose", level: of, party: rule.proposes, rule },
    waiting?.level === of && inForce !== of && { kind: "start", level: of, party: rule, rule, proposal: open },
    waiting?.level === of && { kind: "refuse", level: of, party: rule, rule, proposal: open },
    !waiting && inForce !== of && rule.proposal !== "required" && { kind: "start", level: of, party: rule, rule },
    inForce === of && { kind: "end", level: of, party: rule, rule },
  ].filter(Boolean)).map((offer) => ({ ...offer, grounds: groundsFor(offer, level, plan) }))
    .filter(({ kind, proposal, grounds }) => proposal || kind === "refuse" || kind === "end" || grounds.length);
  const isMine = ({ party }) => may(session, "operator") && Boolean(session?.authority) && party?.authority === session.authority;
  return { mine: possible.filter(isMine), others: possible.filter((offer) => !isMine(offer)) };
}

/** What a start of this level can rest on: conditions that are met, and the clause for other circumstances. */
function groundsFor({ level: of }, level, plan) {
  const met = BASES.flatMap((basis) => (level[basis]?.level === of ? level[basis].findings.filter((one) => one.level === of) : [])
    .map((finding) => ({ clause: finding.clause, words: `${finding.clause} ${findingInWords(finding)}${basis === "reported" ? "" : ` · ${t(`level.basis.${basis}`)}`}`, met: true })));
  const other = plan.levels.find(({ level: one }) => one === of)?.discretion;
  const once = met.filter((one, place) => met.findIndex(({ clause }) => clause === one.clause) === place);
  return other ? [...once, { clause: other.clause, words: `${other.clause} ${named(other)}`, met: false }] : once;
}

export function actForm(app, plan, { mine, others }) {
  if (app.store.get("at")) return null;
  const shown = done && h("div", { class: "receipt", role: "status", id: "act-receipt" }, h("p", {}, h("strong", {}, t(`acts.done.${done.kind}`, { level: t(`level.${done.level}`) }))),
    done.told?.length ? h("p", {}, t("acts.told", { list: listed(done.told.map(named)) })) : null);
  if (draft) return h("div", { id: "acts" }, shown, form(app, mine));
  return h("div", { id: "acts" }, shown,
    h("div", { class: "offers" }, mine.filter(isPlain).map((offer) => offerButton(app, offer))),
    elsewise(app, mine.filter((offer) => !isPlain(offer))),
    waitingFor(mine, others));
}

/** What the figures call for, and what answers or ends something; the rest needs the clause for other circumstances. */
const isPlain = ({ kind, proposal, grounds }) => proposal || kind === "end" || grounds.some(({ met }) => met);

const offerButton = (app, offer) => h("button", { type: "button", class: offer.kind === "refuse" || offer.kind === "end" ? "secondary" : "primary",
  id: `offer-${offer.kind}-${offer.level}`, onclick: () => open(app, offer) }, t(`acts.offer.${offer.kind}`, { level: t(`level.${offer.level}`) }));

const elsewise = (app, offers) => (offers.length ? h("details", { class: "elsewise" }, h("summary", {}, t("acts.elsewise")),
  h("div", { class: "offers" }, offers.map((offer) => offerButton(app, offer)))) : null);

/** Who else could act, where this session can't. */
function waitingFor(mine, others) {
  const next = others.find(({ proposal }) => proposal) ?? (mine.length ? null : others.find(({ grounds }) => grounds.some(({ met }) => met)));
  return next && next.party ? h("p", { class: "quiet", id: "acts-by" }, t(`acts.by.${next.kind}`, { level: t(`level.${next.level}`), party: named(next.party), clause: next.rule.clause })) : null;
}

function open(app, offer) {
  const [ground] = offer.grounds;
  draft = { ...offer, key: newKey(), clause: ground?.clause ?? null, by: named(offer.party), at: localInput(), document_number: "", problem: null, sending: false,
    reason: offer.kind === "refuse" || offer.kind === "end" || !ground?.met ? "" : t("acts.reason", { ground: ground.words }) };
  done = null;
  app.redrawPanel();
  byId("act-reason")?.focus();
}

function form(app, mine) {
  const change = (name) => (value) => { draft[name] = value; };
  const picks = ["propose", "start"].includes(draft.kind) && !draft.proposal;
  return h("form", { class: "form act", id: "act-form", novalidate: true, data: { kind: draft.kind }, onsubmit: (event) => submit(event, app) },
    h("p", { class: "act-title" }, chip(draft.level), h("strong", {}, t(`acts.title.${draft.kind}`, { level: t(`level.${draft.level}`) }))),
    refusal(draft.problem),
    picks && draft.grounds.length > 1 && field({ id: "act-clause", label: t("acts.clause"), fault: faultAt(draft.problem, "/clause"),
      control: choice(draft.clause, draft.grounds.map(({ clause, words }) => [clause, words]), (clause) => {
        const ground = draft.grounds.find((one) => one.clause === clause);
        Object.assign(draft, { clause, reason: ground.met ? t("acts.reason", { ground: ground.words }) : "" });
        app.redrawPanel();
      }) }),
    field({ id: "act-reason", label: t("acts.reason_label"), fault: faultAt(draft.problem, "/reason"), control: text(draft.reason, change("reason"), { rows: 2, maxlength: 2000 }) }),
    field({ id: "act-by", label: t(`acts.who.${draft.kind}`), fault: faultAt(draft.problem, "/by"), control: text(draft.by, change("by"), { maxlength: 200 }) }),
    h("div", { class: "row" },
      field({ id: "act-at", label: t("acts.at"), fault: faultAt(draft.problem, "/at"), control: time(draft.at, change("at")) }),
      field({ id: "act-document", label: t("acts.document_number"), fault: faultAt(draft.problem, "/document_number"), control: text(draft.document_number, change("document_number"), { maxlength: 100 }) })),
    h("div", { class: "actions" },
      h("button", { type: "submit", class: "primary", id: "act-send", disabled: draft.sending }, t(`acts.send.${draft.kind}`)),
      h("button", { type: "button", class: "plain", id: "act-cancel", onclick: () => { draft = null; app.redrawPanel(); } }, t("board.no"))));
}

async function submit(event, app) {
  event.preventDefault();
  if (draft.sending) return;
  const faults = ["reason", "by"].filter((name) => !draft[name].trim()).map((name) => ({ at: `/${name}`, detail: t(`acts.fault.${name}`) }));
  draft.problem = faults.length ? ownProblem(faults) : null;
  if (faults.length) return app.redrawPanel();
  const { kind, level, clause, reason, by, at, document_number: number, proposal } = draft;
  const when = at === localInput() ? {} : { at: fromLocalInput(at) };
  const body = { level, reason, by, ...when, ...(clause && !proposal && kind !== "end" ? { clause } : {}), ...(number.trim() ? { document_number: number.trim() } : {}),
    ...(proposal ? { proposal } : {}), ...(kind === "refuse" ? { outcome: "refuse" } : {}) };
  draft.sending = true;
  try {
    const answer = await post(`/api/events/${encodeURIComponent(app.store.get("event"))}/response-level/${PATHS[kind]}`, body, draft.key);
    done = { kind, level, told: answer.duties?.told ?? answer.told, counties: answer.duties?.counties_start };
    draft = null;
  } catch (problem) {
    draft.problem = problem;
    draft.key = newKey();
    draft.sending = false;
  }
  await app.refresh();
  return app.redrawPanel();
}

/** What a start brings with it while it is in force: which counties start at once, who is told (5.6). */
export function duties(app, { in_force: inForce }, plan) {
  if (!inForce) return null;
  const rule = plan?.levels.find(({ level }) => level === inForce);
  const hit = (app.store.get("casualties")?.areas ?? []).filter(({ figures }) => Object.values(figures).some((value) => Number(value) > 0));
  const counties = plan?.linkage?.counties_start ? hit.map(({ name }) => name) : [];
  const told = [...(rule?.decides.told ?? []), ...(plan?.linkage?.told ?? [])].map(named);
  if (!counties.length && !told.length) return null;
  return h("section", { class: "block duties", id: "duties" }, h("h3", {}, t("level.duties", { clause: plan?.linkage?.clause ?? rule.decides.clause })),
    h("dl", { class: "pairs" },
      counties.length ? [h("dt", {}, t("level.counties_start")), h("dd", {}, h("strong", {}, counties.join(isChinese() ? "、" : ", ")))] : null,
      told.length ? [h("dt", {}, t("level.told")), h("dd", {}, listed(told))] : null));
}
